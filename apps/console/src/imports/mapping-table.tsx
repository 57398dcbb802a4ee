import type { PresetInfo, Preview } from '@tandem/server/schema/imports';
import { Button, Select } from 'antd';
import { useWords, wordOf } from '../i18n/words.ts';
import { ToneTag } from '../shell/tone-tag.tsx';
import { type Columns, fieldLabel } from './import-state.ts';

type Guess = Preview['mapping'][number];

/** How a column was read by habit where its values prove nothing. */
function Doubts({ doubts }: { doubts: Guess['doubts'] }) {
  const { say } = useWords();
  return doubts.map((doubt) => (
    <div key={doubt} className="mapping-doubt">
      {wordOf(say, `wizard.doubt.${doubt}`, doubt)}
    </div>
  ));
}

/** Columns with a similar name; taken only by a person. */
function Suggestions(props: { guesses: Guess['suggestions']; onTake: (column: string) => void }) {
  const { say } = useWords();
  return props.guesses.slice(0, 2).map(({ column }) => (
    <Button key={column} type="link" size="small" onClick={() => props.onTake(column)}>
      {say('wizard.suggestion', { column })}
    </Button>
  ));
}

interface MappingTableProps {
  preview: Preview;
  preset: PresetInfo | undefined;
  columns: Columns;
  onChange: (field: string, column: string | null) => void;
}

/** Fields of Tandem and the columns of the file that fill them; each can be changed. */
export function MappingTable({ preview, preset, columns, onChange }: MappingTableProps) {
  const { say, language } = useWords();
  const first = preview.sample[0] ?? {};
  const options = [...new Set(preview.columns)]
    .filter((column) => column !== '')
    .map((column) => ({ value: column, label: column }));
  return (
    <div className="scroll">
      <table className="plain-table mapping">
        <thead>
          <tr>
            <th scope="col">{say('wizard.field')}</th>
            <th scope="col">{say('wizard.column')}</th>
            <th scope="col">{say('wizard.example')}</th>
            <th scope="col" className="num">
              {say('wizard.confidence')}
            </th>
          </tr>
        </thead>
        <tbody>
          {preview.mapping.map((one) => {
            const column = columns[one.field] ?? null;
            const label = fieldLabel(preset, one.field, language);
            const missing = one.required && column === null;
            return (
              <tr key={one.field}>
                <td>
                  {label} {one.required && <ToneTag tone={missing ? 'act' : 'plain'}>{say('wizard.required')}</ToneTag>}
                </td>
                <td>
                  <Select
                    className="mapping-select"
                    size="small"
                    allowClear
                    showSearch
                    aria-label={label}
                    placeholder={say('wizard.notMapped')}
                    value={column}
                    {...(missing ? { status: 'error' as const } : {})}
                    options={options}
                    popupMatchSelectWidth={280}
                    onChange={(value: string | undefined) => onChange(one.field, value ?? null)}
                  />
                </td>
                <td className="mapping-example">
                  {column === null ? '' : (first[column] ?? '')}
                  {column !== null && <Doubts doubts={one.doubts} />}
                  {column === null && (
                    <Suggestions guesses={one.suggestions} onTake={(name) => onChange(one.field, name)} />
                  )}
                </td>
                <td className="num">
                  {one.column !== null && column === one.column ? `${Math.round(one.confidence * 100)}%` : ''}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
