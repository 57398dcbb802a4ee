import { CloseOutlined, PlusOutlined } from '@ant-design/icons';
import type { Scenario } from '@tandem/server/schema/forecast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Dropdown, Input } from 'antd';
import { useState } from 'react';
import { useBrand } from '../../access/brand-context.ts';
import { useWords } from '../../i18n/words.ts';
import { errorSentence } from '../../shell/errors.ts';
import { Panel } from '../../shell/page.tsx';
import { AdoptDialog } from '../adopt/adopt-dialog.tsx';
import { type DoneFit, useLab } from '../lab-context.ts';
import { useLabApi } from '../lab-data.ts';
import { type Draft, draftOf, draftsMax, emptyDraft } from './draft.ts';
import { ScenarioMark } from './fans-panel.tsx';

interface BarProps {
  drafts: readonly Draft[];
  chosen: string;
  scenarios: readonly Scenario[];
  fit: DoneFit;
  days: number;
  onChoose: (key: string) => void;
  onDrafts: (drafts: Draft[]) => void;
}

/** Keeps a plan on the server: a new one, or the one that it came from. */
export function useSaveDraft() {
  const { model } = useLab();
  const { brand } = useBrand();
  const api = useLabApi();
  const { message } = App.useApp();
  const { say, language } = useWords();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ name, levers, couplings, savedId, preset }: Draft) => {
      const body = { name: name.trim() || say('lab.scenario.mine'), modelId: model.id, levers, couplings };
      return savedId !== null && !preset ? api.changeScenario(savedId, body) : api.addScenario(body);
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['lab-scenarios', brand.id] }),
    onError: (error) => message.error(errorSentence(error, say, language)),
  });
}

function ScenarioChip(props: {
  draft: Draft;
  index: number;
  open: boolean;
  onChoose: () => void;
  onRename: (name: string) => void;
  onRemove: (() => void) | null;
}) {
  const { draft, index, open } = props;
  const { say } = useWords();
  return (
    <div className={open ? 'chip chip-open' : 'chip'}>
      <ScenarioMark index={index} />
      {open && !draft.preset ? (
        <Input
          size="small"
          variant="borderless"
          value={draft.name}
          maxLength={120}
          aria-label={say('lab.scenario.name')}
          onChange={(event) => props.onRename(event.target.value)}
        />
      ) : (
        <button type="button" className="chip-name" aria-pressed={open} onClick={props.onChoose}>
          {draft.name}
        </button>
      )}
      {draft.changed && <span className="faint">{say('lab.scenario.changed')}</span>}
      {props.onRemove && (
        <Button
          size="small"
          type="text"
          icon={<CloseOutlined />}
          aria-label={say('lab.scenario.close', { name: draft.name })}
          onClick={props.onRemove}
        />
      )}
    </div>
  );
}

function AddScenario({ scenarios, onAdd }: { scenarios: readonly Scenario[]; onAdd: (draft: Draft) => void }) {
  const { say, both } = useWords();
  const item = (one: Scenario) => ({
    key: one.id,
    label: both(one.name, one.nameZh),
    title: both(one.note, one.noteZh),
    onClick: () => onAdd(draftOf(one, crypto.randomUUID(), both(one.name, one.nameZh))),
  });
  const own = scenarios.filter(({ preset }) => !preset);
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          {
            key: 'new',
            label: say('lab.scenario.new'),
            onClick: () => onAdd(emptyDraft(crypto.randomUUID(), say('lab.scenario.mine'))),
          },
          {
            key: 'presets',
            type: 'group',
            label: say('lab.scenario.presets'),
            children: scenarios.filter(({ preset }) => preset).map(item),
          },
          ...(own.length > 0
            ? [{ key: 'own', type: 'group' as const, label: say('lab.scenario.own'), children: own.map(item) }]
            : []),
        ],
      }}
    >
      <Button icon={<PlusOutlined />} data-testid="scenario-add">
        {say('lab.scenario.add')}
      </Button>
    </Dropdown>
  );
}

/** The plans that stand side by side, and what may be done with the chosen one. */
export function ScenarioBar(props: BarProps) {
  const { drafts, chosen, onDrafts, onChoose, fit } = props;
  const { can } = useBrand();
  const { say } = useWords();
  const { message } = App.useApp();
  const save = useSaveDraft();
  const [sending, setSending] = useState(false);
  const draft = drafts.find((one) => one.key === chosen);
  const put = (next: Draft) => onDrafts(drafts.map((one) => (one.key === next.key ? next : one)));
  const keep = async (one: Draft) => {
    const saved = await save.mutateAsync(one);
    const kept = { ...one, name: saved.name, savedId: saved.id, preset: saved.preset, changed: false };
    put(kept);
    return kept;
  };
  const add = (next: Draft) => {
    onDrafts([...drafts, next]);
    onChoose(next.key);
  };
  return (
    <Panel>
      <div className="scenario-bar">
        {drafts.map((one, index) => (
          <ScenarioChip
            key={one.key}
            draft={one}
            index={index}
            open={one.key === chosen}
            onChoose={() => onChoose(one.key)}
            onRename={(name) => put({ ...one, name, changed: true })}
            onRemove={index === 0 ? null : () => onDrafts(drafts.filter((each) => each.key !== one.key))}
          />
        ))}
        {drafts.length < draftsMax && <AddScenario scenarios={props.scenarios} onAdd={add} />}
        <span className="top-gap" />
        {draft && can('forecast.run') && (
          <Button
            loading={save.isPending}
            disabled={draft.preset ? !draft.changed : !draft.changed && draft.savedId !== null}
            onClick={() =>
              void keep(draft).then(
                () => message.success(say('lab.scenario.saved')),
                () => undefined,
              )
            }
            data-testid="scenario-save"
          >
            {say('action.save')}
          </Button>
        )}
        {draft && can('forecast.adopt') && (
          <Button type="primary" onClick={() => setSending(true)} data-testid="send-to-plan">
            {say('lab.adopt.send')}
          </Button>
        )}
      </div>
      {sending && draft && (
        <AdoptDialog draft={draft} fit={fit} keep={keep} days={props.days} onClose={() => setSending(false)} />
      )}
    </Panel>
  );
}
