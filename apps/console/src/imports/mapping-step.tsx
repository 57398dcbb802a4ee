import type { Mapping, PresetInfo, Preview } from '@tandem/server/schema/imports';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Alert, Button, Select } from 'antd';
import { useState } from 'react';
import { useBrand } from '../access/brand-context.ts';
import { useWords, type WordKey } from '../i18n/words.ts';
import { Panel } from '../shell/page.tsx';
import { ErrorState, LoadingState } from '../shell/states.tsx';
import {
  type Columns,
  columnsOf,
  fieldLabel,
  mappingOf,
  missingFields,
  type Reading,
  rankedPresets,
  unusedColumns,
} from './import-state.ts';
import { MappingTable } from './mapping-table.tsx';
import { ProblemRows, SampleRows } from './preview-parts.tsx';

export interface ImportPlan {
  preset: string;
  mapping: Mapping | undefined;
  dryRun: boolean;
}

interface MappingStepProps {
  fileId: string;
  presets: PresetInfo[];
  starting: boolean;
  startError: unknown;
  onBack: () => void;
  onStart: (plan: ImportPlan) => void;
}

function PresetChoice(props: {
  preview: Preview;
  presets: PresetInfo[];
  preset: string | null;
  onChange: (id: string) => void;
}) {
  const { preview, presets, preset } = props;
  const { say, both } = useWords();
  const ranked = rankedPresets(presets, preview.presetScores);
  const chosen = ranked.find((one) => one.preset.id === preset);
  const facts = { format: preview.format.toUpperCase(), encoding: preview.encoding, line: preview.headerLine };
  return (
    <div className="wizard-preset">
      <Select
        data-testid="import-preset"
        aria-label={say('wizard.preset')}
        placeholder={say('wizard.presetChoose')}
        value={preset}
        onChange={props.onChange}
        showSearch={{ optionFilterProp: 'label' }}
        options={ranked.map((one) => ({ value: one.preset.id, label: both(one.preset.nameEn, one.preset.nameZh) }))}
      />
      {chosen && chosen.score > 0 && (
        <span className="faint">{say('wizard.presetGuessed', { score: `${Math.round(chosen.score * 100)}%` })}</span>
      )}
      <span className="faint">{say(preview.encoding ? 'wizard.facts' : 'wizard.factsBare', facts)}</span>
    </div>
  );
}

/** How dates and decimals are to be read, where the file itself does not prove it. */
function ReadingChoice(props: { reading: Reading; onChange: (reading: Reading) => void }) {
  const { say } = useWords();
  const { dateOrder, decimal } = props.reading;
  const next = (date: string, sign: string) =>
    props.onChange({
      ...(date === 'dmy' || date === 'mdy' ? { dateOrder: date } : {}),
      ...(sign === '.' || sign === ',' ? { decimal: sign } : {}),
    });
  return (
    <div className="wizard-reading">
      <Select
        aria-label={say('wizard.dateOrder')}
        value={dateOrder ?? ''}
        onChange={(date) => next(date, decimal ?? '')}
        options={['', 'dmy', 'mdy'].map((one) => ({
          value: one,
          label: say(`wizard.dateOrder.${one || 'auto'}` as WordKey),
        }))}
      />
      <Select
        aria-label={say('wizard.decimal')}
        value={decimal ?? ''}
        onChange={(sign) => next(dateOrder ?? '', sign)}
        options={[
          { value: '', label: say('wizard.decimal.auto') },
          { value: '.', label: say('wizard.decimal.point') },
          { value: ',', label: say('wizard.decimal.comma') },
        ]}
      />
    </div>
  );
}

/** Check which column fills which field, see the first rows and problems, then try or start. */
export function MappingStep(props: MappingStepProps) {
  const { fileId, presets, onBack, onStart } = props;
  const { api, brand } = useBrand();
  const { say, language } = useWords();
  const [chosen, setChosen] = useState<string | null>(null);
  const [changes, setChanges] = useState<Columns>({});
  const [reading, setReading] = useState<Reading>({});
  const [guessed, setGuessed] = useState<Columns>({});
  const mapping = mappingOf(changes, reading, guessed);
  const query = useQuery({
    queryKey: ['preview', brand.id, fileId, chosen, mapping],
    queryFn: () => api.preview({ fileId, ...(chosen ? { preset: chosen } : {}), ...(mapping ? { mapping } : {}) }),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const preview = query.data;
  if (!preview) {
    return (
      <Panel title={query.isError ? say('state.error') : say('wizard.reading')}>
        {query.isError ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <LoadingState rows={8} />
        )}
        <Button onClick={onBack}>{say('action.back')}</Button>
      </Panel>
    );
  }
  const presetId = chosen ?? preview.preset;
  const preset = presets.find((one) => one.id === presetId);
  const columns = columnsOf(preview, changes);
  const missing = missingFields(preview, columns);
  const unused = unusedColumns(preview.columns, columns);
  const comma = language === 'en' ? ', ' : '、';
  const start = (dryRun: boolean) => presetId && onStart({ preset: presetId, mapping, dryRun });
  const blocked = !presetId || missing.length > 0 || props.starting;
  return (
    <div className="stack">
      <Panel title={say('wizard.preset')}>
        <PresetChoice
          preview={preview}
          presets={presets}
          preset={presetId}
          onChange={(id) => {
            setChosen(id);
            setChanges({});
            setReading({});
          }}
        />
        <ReadingChoice
          reading={reading}
          onChange={(next) => {
            setChosen(presetId);
            setGuessed(columnsOf(preview, {}));
            setReading(next);
          }}
        />
        {!presetId && <Alert style={{ marginTop: 12 }} type="warning" showIcon title={say('wizard.presetUnknown')} />}
      </Panel>
      {query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {presetId && (
        <Panel title={say('wizard.mapping')}>
          {missing.length > 0 && (
            <Alert
              type="error"
              showIcon
              title={say('wizard.missing', {
                fields: missing.map((field) => fieldLabel(preset, field, language)).join(comma),
              })}
            />
          )}
          <MappingTable
            preview={preview}
            preset={preset}
            columns={columns}
            onChange={(field, column) => {
              // A mapping is read with the preset that it was made for.
              setChosen(presetId);
              setChanges((all) => ({ ...all, [field]: column }));
            }}
          />
          {unused.length > 0 && <p className="faint">{say('wizard.unused', { columns: unused.join(comma) })}</p>}
        </Panel>
      )}
      <ProblemRows preview={preview} />
      <SampleRows preview={preview} />
      {props.startError !== null && <ErrorState error={props.startError} />}
      <div className="wizard-bar wizard-bar-end">
        <span className="faint">{say('wizard.dryRunHint')}</span>
        <Button onClick={onBack}>{say('action.back')}</Button>
        <Button disabled={blocked} onClick={() => start(true)} data-testid="import-dry-run">
          {say('wizard.dryRun')}
        </Button>
        <Button
          type="primary"
          disabled={blocked}
          loading={props.starting}
          onClick={() => start(false)}
          data-testid="import-start"
        >
          {say('wizard.start')}
        </Button>
      </div>
    </div>
  );
}
