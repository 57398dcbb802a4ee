import type { Adoption } from '@tandem/server/schema/forecast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Alert, Button, Modal, Result } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useBrand } from '../../access/brand-context.ts';
import { useWords } from '../../i18n/words.ts';
import { ErrorState, LoadingState } from '../../shell/states.tsx';
import { type DoneFit, useLab, useNames } from '../lab-context.ts';
import { asIsPlan, isActive, useLabApi, useRunControl, useRuns } from '../lab-data.ts';
import { RunBar } from '../run-bar.tsx';
import type { Draft } from '../scenarios/draft.ts';
import { AdoptTable, LeverSchedule } from './adopt-table.tsx';

interface AdoptDialogProps {
  draft: Draft;
  fit: DoneFit;
  days: number;
  /** Keeps the plan on the server and gives it back with its id. */
  keep: (draft: Draft) => Promise<Draft>;
  onClose: () => void;
}

/** Targets need the forecast of the server, with all draws and the methods that won: the picture on the page is a draft. */
function useServerForecast(fit: DoneFit, draft: Draft, days: number, keep: AdoptDialogProps['keep']) {
  const { model } = useLab();
  const { start, cancel } = useRunControl('forecast');
  const runs = useRuns('forecast', model.id);
  const begun = useRef(false);
  const [asked, setAsked] = useState<{ runId: string; scenarioId: string } | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    const ask = async () => {
      const kept = draft.savedId !== null && !draft.changed ? draft : await keep(draft);
      const scenarioId = kept.savedId ?? '';
      const run = await start.mutateAsync({
        kind: 'forecast',
        fitId: fit.id,
        horizonDays: days,
        // With things going on as they are beside it, so that this forecast answers for both.
        scenarios: [asIsPlan, scenarioId],
      });
      setAsked({ runId: run.id, scenarioId });
    };
    ask().catch(setFault);
  }, [draft, days, fit.id, keep, start]);
  const run = asked ? runs.data?.find((one) => one.id === asked.runId) : undefined;
  return { run, scenarioId: asked?.scenarioId, fault, cancel };
}

function Preview(props: {
  adoption: Adoption;
  draft: Draft;
  fit: DoneFit;
  chosen: ReadonlySet<string>;
  onChosen: (chosen: Set<string>) => void;
}) {
  const { adoption } = props;
  const { say, both } = useWords();
  const names = useNames();
  return (
    <div className="stack">
      {adoption.targets.length === 0 ? (
        <Alert type="warning" showIcon title={say('lab.adopt.nothing')} />
      ) : (
        <AdoptTable targets={adoption.targets} chosen={props.chosen} onChosen={props.onChosen} />
      )}
      {adoption.left.length > 0 && (
        <details>
          <summary className="faint">{say('lab.adopt.left', { n: adoption.left.length })}</summary>
          <ul className="plain-list faint">
            {adoption.left.map((one) => (
              <li key={`${one.kpi} ${one.quarter}`}>
                {names.kpi(one.kpi)} {one.quarter ?? ''} {both(one.text.en, one.text.zh)}
              </li>
            ))}
          </ul>
        </details>
      )}
      <LeverSchedule draft={props.draft} fit={props.fit} />
    </div>
  );
}

function Done({ adoption, onClose }: { adoption: Adoption; onClose: () => void }) {
  const { say } = useWords();
  const year = Number(adoption.targets[0]?.quarter.slice(0, 4));
  return (
    <Result
      status="success"
      title={say('lab.adopt.done', { n: adoption.targets.length })}
      subTitle={say('lab.adopt.doneHint')}
      extra={[
        <Link key="targets" to="/targets" search={Number.isFinite(year) ? { year } : {}} data-testid="to-targets">
          <Button type="primary">{say('lab.adopt.toTargets')}</Button>
        </Link>,
        <Button key="close" onClick={onClose}>
          {say('action.close')}
        </Button>,
      ]}
    />
  );
}

function useAdoption(fit: DoneFit, run: ReturnType<typeof useServerForecast>['run'], scenarioId: string | undefined) {
  const api = useLabApi();
  const { brand } = useBrand();
  const queries = useQueryClient();
  const adopt = (dryRun: boolean, kpis: string[]) =>
    api.adopt(scenarioId ?? '', { forecastId: run?.id ?? '', kpis, dryRun });
  const preview = useMutation({
    mutationFn: () => adopt(true, fit.input.model.setup.observations.map(({ kpi }) => kpi).slice(0, 20)),
  });
  const confirm = useMutation({
    mutationFn: (kpis: string[]) => adopt(false, kpis),
    onSuccess: () => {
      for (const key of ['targets', 'cockpit', 'lab-plan'])
        void queries.invalidateQueries({ queryKey: [key, brand.id] });
    },
  });
  const { mutate } = preview;
  const ready = run?.state === 'done';
  useEffect(() => {
    if (ready) mutate();
  }, [ready, mutate]);
  return { preview, confirm };
}

/** Sends a plan to the targets: what each quarter would have to reach, before and after, and what is done with the levers. */
export function AdoptDialog({ draft, fit, days, keep, onClose }: AdoptDialogProps) {
  const { say } = useWords();
  const { run, scenarioId, fault, cancel } = useServerForecast(fit, draft, days, keep);
  const { preview, confirm } = useAdoption(fit, run, scenarioId);
  const [left, setLeft] = useState<ReadonlySet<string> | null>(null);
  const all = new Set(preview.data?.targets.map(({ kpi }) => kpi));
  const chosen = left ?? all;
  const error = fault ?? preview.error ?? confirm.error;
  return (
    <Modal
      open
      width={880}
      title={say('lab.adopt.title', { name: draft.name })}
      onCancel={onClose}
      destroyOnHidden
      footer={
        confirm.data ? null : (
          <>
            <Button onClick={onClose}>{say('action.cancel')}</Button>
            <Button
              type="primary"
              disabled={!preview.data || chosen.size === 0 || fit.result.basis === 'prior'}
              loading={confirm.isPending}
              onClick={() => confirm.mutate([...chosen])}
              data-testid="adopt-confirm"
            >
              {say('lab.adopt.confirm')}
            </Button>
          </>
        )
      }
    >
      <div className="stack">
        {error !== null && <ErrorState error={error} />}
        {fit.result.basis === 'prior' && <Alert type="error" showIcon title={say('lab.adopt.priorOnly')} />}
        {confirm.data ? (
          <Done adoption={confirm.data} onClose={onClose} />
        ) : preview.data ? (
          <Preview adoption={preview.data} draft={draft} fit={fit} chosen={chosen} onChosen={setLeft} />
        ) : (
          error === null && (
            <>
              <p>{say('lab.adopt.computing')}</p>
              <RunBar run={run} doing={say('lab.forecast.doing')} onCancel={cancel.mutate} />
              {(!run || !isActive(run)) && run?.state !== 'failed' && run?.state !== 'cancelled' && (
                <LoadingState rows={4} />
              )}
            </>
          )
        )}
      </div>
    </Modal>
  );
}
