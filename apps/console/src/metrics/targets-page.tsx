import type { Kpi, Target, TargetList } from '@tandem/server/schema/metrics';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { App, Button, Checkbox, InputNumber, Select, Tag } from 'antd';
import { Fragment, useRef, useState } from 'react';
import type { Static } from 'typebox';
import { useBrand, useFigureStyle } from '../access/brand-context.ts';
import { downloadCsv } from '../figures/csv.ts';
import { dayOf } from '../figures/date.ts';
import { exactFigure, figure } from '../figures/number.ts';
import { useWords } from '../i18n/words.ts';
import { errorSentence } from '../shell/errors.ts';
import { Guard } from '../shell/layout.tsx';
import { Page, Panel } from '../shell/page.tsx';
import { Loaded } from '../shell/states.tsx';
import { useCatalogue } from './catalogue.ts';
import { useDataDays } from './cockpit-data.ts';
import { quarterName } from './figure-card.tsx';
import { quartersOf, targetGroups, typedOf, valueOfTyped } from './target-table.ts';
import './metrics.css';

const route = getRouteApi('/app/targets');

type Targets = Static<typeof TargetList>;

interface CellProps {
  kpi: Kpi;
  quarter: string;
  target: Target | undefined;
  onSave: (value: number | null) => void;
}

function EditCell(props: CellProps & { onDone: () => void }) {
  const { kpi, quarter, target } = props;
  const { say, language, both } = useWords();
  const started = target ? typedOf(target.value, kpi.unit) : null;
  const [typed, setTyped] = useState<number | null>(started);
  const over = useRef(false);
  const finish = (save: boolean) => {
    if (over.current) return;
    over.current = true;
    props.onDone();
    if (save && typed !== started) props.onSave(typed === null ? null : valueOfTyped(typed, kpi.unit));
  };
  return (
    <InputNumber
      size="small"
      autoFocus
      value={typed}
      onChange={setTyped}
      onBlur={() => finish(true)}
      onPressEnter={() => finish(true)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') finish(false);
      }}
      suffix={kpi.unit === 'ratio' ? '%' : undefined}
      aria-label={say('targets.edit', { kpi: both(kpi.nameEn, kpi.nameZh), quarter: quarterName(quarter, language) })}
    />
  );
}

function TargetCell(props: CellProps) {
  const { kpi, quarter, target } = props;
  const { can } = useBrand();
  const { say, language, both } = useWords();
  const style = useFigureStyle()(kpi.unit);
  const [editing, setEditing] = useState(false);
  const template = target?.origin === 'template';
  const text = target ? figure(target.value, style) : '–';
  const words = (
    <>
      {template && <Tag className="target-origin">{say('targets.template')}</Tag>} {text}
    </>
  );
  if (editing) return <EditCell {...props} onDone={() => setEditing(false)} />;
  if (!can('targets.write')) return <span title={target ? exactFigure(target.value, style) : ''}>{words}</span>;
  const label = say('targets.edit', { kpi: both(kpi.nameEn, kpi.nameZh), quarter: quarterName(quarter, language) });
  return (
    <button
      type="button"
      className={template ? 'from-template' : ''}
      title={target ? exactFigure(target.value, style) : say('targets.none')}
      aria-label={`${label}: ${text}`}
      onClick={() => setEditing(true)}
    >
      {words}
    </button>
  );
}

function useSaveTarget(year: number) {
  const { api, brand } = useBrand();
  const { message } = App.useApp();
  const { say, language } = useWords();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: api.setTarget,
    onSuccess: async (_, change) => {
      void message.success(say(change.value === null ? 'targets.cleared' : 'targets.saved'));
      await queries.invalidateQueries({ queryKey: ['targets', brand.id, year] });
      await queries.invalidateQueries({ queryKey: ['cockpit', brand.id] });
    },
    onError: (error) => message.error(errorSentence(error, say, language)),
  });
}

function TargetsTable(props: { year: number; kpis: Kpi[]; list: Targets; onlySet: boolean }) {
  const { year, kpis, list, onlySet } = props;
  const { say, language, both } = useWords();
  const save = useSaveTarget(year);
  const quarters = quartersOf(year);
  const gates = new Map(list.gates.map((gate) => [gate.quarter, both(gate.nameEn, gate.nameZh)]));
  return (
    <div className="scroll">
      <table className="plain-table targets">
        <thead>
          <tr>
            <th scope="col">{say('explorer.kpi')}</th>
            {quarters.map((quarter) => (
              <th scope="col" key={quarter} className="num">
                {quarterName(quarter, language)}
                <span className="target-gate">{gates.get(quarter)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {targetGroups(kpis, list.targets, onlySet).map((group) => (
            <Fragment key={group.dimension}>
              <tr className="targets-group">
                <th scope="colgroup" colSpan={5}>
                  {say(`dimension.${group.dimension}`)}
                </th>
              </tr>
              {group.rows.map(({ kpi, targets }) => (
                <tr key={kpi.id}>
                  <td>{both(kpi.nameEn, kpi.nameZh)}</td>
                  {quarters.map((quarter) => (
                    <td key={quarter} className="num">
                      <TargetCell
                        kpi={kpi}
                        quarter={quarter}
                        target={targets.get(quarter)}
                        onSave={(value) => save.mutate({ kpi: kpi.id, quarter, value })}
                      />
                    </td>
                  ))}
                </tr>
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Targets() {
  const { api, brand, can } = useBrand();
  const { say } = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const days = useDataDays();
  const thisYear = Number(dayOf(Date.now(), brand.zone).slice(0, 4));
  // The year of the latest data: older data is judged against the targets of its own year.
  const year = search.year ?? Number(days.anchor.slice(0, 4));
  const [onlySet, setOnlySet] = useState(true);
  const catalogue = useCatalogue();
  const targets = useQuery({
    queryKey: ['targets', brand.id, year],
    queryFn: () => api.targets(year),
    enabled: !days.query.isPending,
  });
  const first = Math.min(year, thisYear - 2, Number((days.firstDay ?? days.anchor).slice(0, 4)));
  const years = Array.from({ length: Math.max(year, thisYear + 2) - first + 1 }, (_, index) => first + index);
  const save = () =>
    downloadCsv(
      `targets-${year}.csv`,
      ['kpi', 'quarter', 'value', 'origin'],
      (targets.data?.targets ?? []).map((one) => [one.kpi, one.quarter, one.value, one.origin]),
    );
  return (
    <Page
      title={say('targets.title')}
      sentence={say('targets.sentence')}
      filters={
        <>
          <Select
            aria-label={say('targets.year')}
            value={year}
            options={years.map((one) => ({ value: one, label: String(one) }))}
            onChange={(chosen) => void navigate({ search: { year: chosen } })}
          />
          <Checkbox checked={onlySet} onChange={(event) => setOnlySet(event.target.checked)}>
            {say('targets.withTarget')}
          </Checkbox>
          <span className="faint">{say(can('targets.write') ? 'targets.hint' : 'targets.readOnly')}</span>
        </>
      }
      action={<Button onClick={save}>{say('action.exportCsv')}</Button>}
    >
      <Panel>
        <Loaded query={catalogue} rows={10}>
          {(kpis) => (
            <Loaded query={targets} rows={10}>
              {(list) => <TargetsTable year={year} kpis={kpis} list={list} onlySet={onlySet} />}
            </Loaded>
          )}
        </Loaded>
      </Panel>
    </Page>
  );
}

/** What each quarter has to reach. */
export function TargetsPage() {
  return (
    <Guard needs="kpi.read">
      <Targets />
    </Guard>
  );
}
