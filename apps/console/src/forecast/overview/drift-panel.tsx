import type { Drift } from '@tandem/server/schema/forecast';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Switch } from 'antd';
import { useBrand } from '../../access/brand-context.ts';
import { IntervalBar, scaleOf } from '../../charts/interval-bar.tsx';
import { moment } from '../../figures/date.ts';
import { useWords } from '../../i18n/words.ts';
import { errorSentence } from '../../shell/errors.ts';
import { Panel } from '../../shell/page.tsx';
import { EmptyState, Loaded } from '../../shell/states.tsx';
import { ToneTag } from '../../shell/tone-tag.tsx';
import { type Names, useNames } from '../lab-context.ts';
import { useLabApi } from '../lab-data.ts';
import { interval } from '../quantity.ts';

/** Refits the model every week by itself. */
function Weekly({ modelId }: { modelId: string }) {
  const api = useLabApi();
  const { brand, can } = useBrand();
  const { say, language } = useWords();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const key = ['lab-schedule', brand.id];
  const schedules = useQuery({ queryKey: key, queryFn: () => api.schedules() });
  const change = useMutation({
    mutationFn: (every: 'week' | 'off') => api.setSchedule({ modelId, every }),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
    onError: (error) => message.error(errorSentence(error, say, language)),
  });
  const own = schedules.data?.schedules.find((one) => one.modelId === modelId);
  if (!schedules.data) return null;
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the switch within is a control, drawn by a component.
    <label className="switch-row">
      <Switch
        size="small"
        checked={own?.every === 'week'}
        disabled={!can('forecast.run')}
        loading={change.isPending}
        onChange={(on) => change.mutate(on ? 'week' : 'off')}
      />
      {say('lab.drift.weekly')}
      {own?.nextAt && (
        <span className="faint">{say('lab.drift.next', { at: moment(own.nextAt, brand.zone, false) })}</span>
      )}
    </label>
  );
}

type Row = Drift['parameters'][number];

function DriftRow({ row, names, fits }: { row: Row; names: Names; fits: Drift['fits'] }) {
  const { say, language } = useWords();
  const known = row.values.flatMap((value) => (value ? [value.low, value.high] : []));
  const { from, to } = scaleOf(known);
  return (
    <tr>
      <th scope="row" className="row-name">
        {names.variable(row.variable)}
        {row.drifted && <ToneTag tone="watch">{say('lab.drift.moved')}</ToneTag>}
      </th>
      {row.values.map((value, index) => (
        <td key={fits[index]?.id ?? index} className="num">
          {value ? (
            <>
              {interval(value.low, value.high, names.unit(row.variable), language)}
              <IntervalBar from={from} to={to} low={value.low} mid={value.median} high={value.high} />
            </>
          ) : (
            '–'
          )}
        </td>
      ))}
    </tr>
  );
}

const fitsShown = 4;

function DriftTable({ drift, names }: { drift: Drift; names: Names }) {
  const { say } = useWords();
  const { brand } = useBrand();
  const fits = drift.fits.slice(-fitsShown);
  const moved = drift.parameters.filter(({ drifted }) => drifted);
  const rows = (moved.length > 0 ? moved : drift.parameters.slice(0, 5)).slice(0, 20);
  return (
    <>
      <p>{say(moved.length > 0 ? 'lab.drift.some' : 'lab.drift.none', { n: moved.length, of: drift.fits.length })}</p>
      <div className="scroll">
        <table className="plain-table">
          <thead>
            <tr>
              <th scope="col">{say('lab.parameters.name')}</th>
              {fits.map((fit) => (
                <th scope="col" className="num" key={fit.id}>
                  {moment(fit.createdAt, brand.zone, false)}
                  <div className="faint">{say('lab.drift.to', { day: fit.to })}</div>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <DriftRow
                key={row.variable}
                row={{ ...row, values: row.values.slice(-fitsShown) }}
                names={names}
                fits={fits}
              />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** Whether what was learned stays the same from fit to fit. */
export function DriftPanel({ modelId }: { modelId: string }) {
  const api = useLabApi();
  const { brand } = useBrand();
  const { say } = useWords();
  const names = useNames();
  const drift = useQuery({ queryKey: ['lab-drift', brand.id, modelId], queryFn: () => api.drift(modelId) });
  return (
    <Panel title={say('lab.drift.title')} sentence={say('lab.drift.sentence')} extra={<Weekly modelId={modelId} />}>
      <Loaded query={drift} rows={3}>
        {(data) =>
          data.fits.length < 2 ? (
            <EmptyState compact title={say('lab.drift.one')} />
          ) : (
            <DriftTable drift={data} names={names} />
          )
        }
      </Loaded>
    </Panel>
  );
}
