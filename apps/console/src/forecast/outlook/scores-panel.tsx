import type { BacktestResult, BacktestSeries } from '@tandem/server/schema/forecast';
import { Alert, Button } from 'antd';
import { useBrand } from '../../access/brand-context.ts';
import { downloadCsv } from '../../figures/csv.ts';
import { figure } from '../../figures/number.ts';
import { useWords } from '../../i18n/words.ts';
import { Panel } from '../../shell/page.tsx';
import { EmptyState, Loaded } from '../../shell/states.tsx';
import { type Names, useLab, useNames } from '../lab-context.ts';
import { newest, useForecast, useRunControl, useRuns } from '../lab-data.ts';
import { percent } from '../quantity.ts';
import { Provenance, RunBar } from '../run-bar.tsx';
import { methods, type ScoreCell, type ScoreRow, scoreRows } from './score-table.ts';

function Cell({ cell, crps }: { cell: ScoreCell; crps: (value: number) => string }) {
  const { say, language } = useWords();
  if (cell.mase === null && cell.crps === null) return <td className="num faint">–</td>;
  return (
    <td className={cell.wins ? 'num score score-wins' : 'num score'}>
      <div>
        {cell.mase === null ? '–' : cell.mase.toFixed(2)}
        {cell.wins && <span className="score-mark">{say('lab.score.used')}</span>}
      </div>
      <div className="faint">{cell.crps === null ? '–' : crps(cell.crps)}</div>
      <div className="faint">{cell.coverage === null ? '–' : percent(cell.coverage, language, 0)}</div>
    </td>
  );
}

function ScoreLine({ row, crps }: { row: ScoreRow; crps: (value: number) => string }) {
  const { say, language } = useWords();
  const count = Math.max(0, ...row.cells.map((cell) => cell.count));
  const skill = row.skill !== null && row.winner !== row.baseline && row.baseline !== null;
  return (
    <tr>
      <th scope="row">
        {row.horizon.from === row.horizon.to
          ? say('lab.score.week', { week: row.horizon.from })
          : say('lab.score.weeks', { from: row.horizon.from, to: row.horizon.to })}
        <div className="faint">{say('lab.score.count', { n: count })}</div>
        {skill && (
          <div className="faint">
            {say((row.skill ?? 0) < 0 ? 'lab.score.worse' : 'lab.score.skill', {
              share: percent(Math.abs(row.skill ?? 0), language, 0),
              baseline: say(`lab.method.${row.baseline ?? 'last_value'}`),
            })}
          </div>
        )}
      </th>
      <th scope="row" className="score-kinds faint">
        <div>{say('lab.score.mase')}</div>
        <div>{say('lab.score.crps')}</div>
        <div>{say('lab.score.coverage')}</div>
      </th>
      {row.cells.map((cell) => (
        <Cell key={cell.method} cell={cell} crps={crps} />
      ))}
    </tr>
  );
}

function Scores({ series, result, names }: { series: BacktestSeries; result: BacktestResult; names: Names }) {
  const { say, both } = useWords();
  const style = names.style(series.kpi);
  const notes = result.notes.filter((note) => note.kpi === series.kpi);
  return (
    <section className="scores" aria-label={names.kpi(series.kpi)}>
      <h3>{names.kpi(series.kpi)}</h3>
      {notes.length > 0 && (
        <Alert
          type="info"
          showIcon
          title={
            <ul className="plain-list">
              {notes.map((note) => (
                <li key={note.code + note.en}>{both(note.en, note.zh)}</li>
              ))}
            </ul>
          }
        />
      )}
      <div className="scroll">
        <table className="plain-table score-table">
          <thead>
            <tr>
              <th scope="col">{say('lab.score.ahead')}</th>
              <th scope="col">
                <span className="sr-only">{say('lab.score.measure')}</span>
              </th>
              {methods.map((method) => (
                <th scope="col" className="num" key={method}>
                  {say(`lab.method.${method}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {scoreRows(series, result.horizons).map((row) => (
              <ScoreLine key={row.horizon.from} row={row} crps={(value) => figure(value, style)} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function exportScores(result: BacktestResult) {
  downloadCsv(
    'backtest.csv',
    ['kpi', 'weeks_from', 'weeks_to', 'method', 'count', 'mase', 'crps', 'coverage_80', 'used'],
    result.series.flatMap((series) =>
      scoreRows(series, result.horizons).flatMap(({ horizon, cells }) =>
        cells.map((cell) => [
          series.kpi,
          horizon.from,
          horizon.to,
          cell.method,
          cell.count,
          cell.mase,
          cell.crps,
          cell.coverage,
          cell.wins ? 1 : 0,
        ]),
      ),
    ),
  );
}

function Tables({ id }: { id: string }) {
  const { say } = useWords();
  const names = useNames();
  const backtest = useForecast(id);
  return (
    <Loaded query={backtest} rows={6}>
      {(data) => {
        const { result } = data;
        if (result?.kind !== 'backtest') return null;
        return (
          <>
            <p className="faint">{say('lab.score.explain', { n: result.origins.length })}</p>
            {result.series.map((series) => (
              <Scores key={series.kpi} series={series} result={result} names={names} />
            ))}
            <Provenance run={data} />
            <div>
              <Button size="small" onClick={() => exportScores(result)}>
                {say('action.exportCsv')}
              </Button>
            </div>
          </>
        );
      }}
    </Loaded>
  );
}

/** How good forecasts of each kind were on the brand's own past, and which is used at which horizon. */
export function ScoresPanel() {
  const { model } = useLab();
  const { can } = useBrand();
  const { say } = useWords();
  const runs = useRuns('backtest', model.id);
  const { start, cancel } = useRunControl('backtest');
  const { latest, done, active } = newest(runs.data);
  return (
    <Panel
      title={say('lab.score.title')}
      sentence={say('lab.score.sentence')}
      extra={
        can('forecast.run') && (
          <Button
            loading={start.isPending || active !== undefined}
            onClick={() => start.mutate({ kind: 'backtest', modelId: model.id, version: model.version.number })}
            data-testid="backtest-run"
          >
            {say(done ? 'lab.score.again' : 'lab.score.run')}
          </Button>
        )
      }
    >
      <div className="stack">
        <RunBar run={latest} doing={say('lab.score.doing')} onCancel={cancel.mutate} />
        {done ? (
          <Tables id={done.id} />
        ) : (
          !active && <EmptyState compact title={say('lab.score.none')} hint={say('lab.score.noneHint')} />
        )}
      </div>
    </Panel>
  );
}
