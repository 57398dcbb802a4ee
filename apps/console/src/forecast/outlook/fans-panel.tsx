import type { FittedSeries, ForecastResult, ForecastSeries } from '@tandem/server/schema/forecast';
import { Button } from 'antd';
import { type ReactNode, useMemo } from 'react';
import { meant } from '../../charts/band-option.ts';
import { Chart } from '../../charts/chart.tsx';
import { downloadCsv } from '../../figures/csv.ts';
import { figure } from '../../figures/number.ts';
import { useWords } from '../../i18n/words.ts';
import { Panel } from '../../shell/page.tsx';
import { type Names, useLab, useNames } from '../lab-context.ts';
import { asIsScenario } from '../lab-data.ts';
import { useWeekAxis } from '../overview/fit-panel.tsx';
import { useTargets, weeklyTargets } from '../targets.ts';
import { baselineOf, type FanWords, fanOption, historyOf, methodStretches, wholeWeeks } from './fan.ts';

/** The words of every fan. */
export function useFanWords(): FanWords {
  const { say } = useWords();
  return useMemo(
    () => ({
      observed: say('lab.series.observed'),
      baseline: say('lab.series.baseline'),
      target: say('lab.series.target'),
      targetBeyond: (value: string) => say('lab.series.targetBeyond', { value }),
      range: say('lab.range.1090'),
      start: say('lab.series.start'),
    }),
    [say],
  );
}

/** Which method makes which weeks of a forecast. */
function Methods({ series }: { series: ForecastSeries }) {
  const { say, language } = useWords();
  const text = methodStretches(series.weeks)
    .map(({ method, from, to }) => say('lab.method.weeks', { method: say(`lab.method.${method}`), from, to }))
    .join(language === 'en' ? ', ' : '，');
  return <p className="faint">{text}</p>;
}

interface FanProps {
  series: ForecastSeries;
  result: ForecastResult;
  history: readonly FittedSeries[];
  names: Names;
}

function Fan({ series, result, history, names }: FanProps) {
  const { model } = useLab();
  const { say } = useWords();
  const words = useFanWords();
  const axis = useWeekAxis(names);
  const { kpi } = series;
  const [style, axisName, name] = [names.style(kpi), axis(kpi), names.kpi(kpi)];
  const weeks = useMemo(() => wholeWeeks(series.weeks), [series]);
  const targets = useTargets(series.weeks[0]?.t ?? result.start, series.weeks.at(-1)?.t ?? result.start);
  const observation = model.setup.observations.find((one) => one.kpi === kpi);
  const baseline = baselineOf(result, kpi);
  const option = useMemo(
    () =>
      fanOption({
        history: historyOf(history, kpi),
        courses: [{ name: say('lab.series.forecast'), weeks }],
        baseline: baseline?.weeks,
        targets: weeklyTargets(observation, weeks, targets),
        style,
        axisName,
        words: baseline ? { ...words, baseline: say(`lab.method.${baseline.method}`) } : words,
      }),
    [history, kpi, weeks, baseline, observation, targets, style, axisName, words, say],
  );
  const { p10, p50, p90 } = series.total;
  const rule = observation?.measure ?? 'total';
  return (
    <article className="multiple" data-testid={`fan-${kpi}`}>
      <h3>{name}</h3>
      <p className="answer-line">
        <span className="faint">{say(`lab.total.${rule}`)}</span> <strong>{figure(meant(p50, style), style)}</strong>{' '}
        <span className="faint">
          {say('lab.range.p', { low: figure(meant(p10, style), style), high: figure(meant(p90, style), style) })}
        </span>
      </p>
      <Chart option={option} label={say('lab.forecast.chart', { kpi: name })} height={260} />
      <Methods series={series} />
    </article>
  );
}

function exportWeeks(result: ForecastResult) {
  downloadCsv(
    `forecast-${result.start}.csv`,
    ['kpi', 'scenario', 'week', 'days', 'method', 'p10', 'p25', 'p50', 'p75', 'p90', 'mean'],
    result.series.flatMap(({ kpi, scenario, weeks }) =>
      weeks.map((one) => [
        kpi,
        scenario,
        one.t,
        one.days,
        one.method,
        one.p10,
        one.p25,
        one.p50,
        one.p75,
        one.p90,
        one.mean,
      ]),
    ),
  );
}

interface FansPanelProps {
  forecast: ForecastResult;
  history: readonly FittedSeries[];
  children: ReactNode;
}

/** A fan for each KPI: history, P10 to P90 by week, the baseline, and what the targets ask. */
export function FansPanel({ forecast, history, children }: FansPanelProps) {
  const { say } = useWords();
  const names = useNames();
  const isAsIs = forecast.series.some(({ scenario }) => scenario === asIsScenario);
  const shown = isAsIs ? asIsScenario : forecast.series[0]?.scenario;
  return (
    <Panel
      title={say('lab.forecast.title', { days: forecast.horizonDays })}
      sentence={say(isAsIs ? 'lab.forecast.sentence' : 'lab.forecast.sentencePlan', { draws: forecast.draws })}
      extra={
        <Button size="small" onClick={() => exportWeeks(forecast)}>
          {say('action.exportCsv')}
        </Button>
      }
    >
      <div className="multiples multiples-wide">
        {forecast.series
          .filter((series) => series.scenario === shown)
          .map((series) => (
            <Fan key={series.kpi} series={series} result={forecast} history={history} names={names} />
          ))}
      </div>
      {children}
    </Panel>
  );
}
