import type { FittedSeries, ForecastResult, ForecastSeries } from '@tandem/server/schema/forecast';
import { useMemo } from 'react';
import { meant } from '../../charts/band-option.ts';
import { Chart } from '../../charts/chart.tsx';
import { figure } from '../../figures/number.ts';
import { useWords } from '../../i18n/words.ts';
import { type Names, useLab, useNames } from '../lab-context.ts';
import { fanOption, historyOf, scenarioLooks, wholeWeeks } from '../outlook/fan.ts';
import { useFanWords } from '../outlook/fans-panel.tsx';
import { useWeekAxis } from '../overview/fit-panel.tsx';
import { percent } from '../quantity.ts';
import { useTargets, weeklyTargets } from '../targets.ts';
import type { Draft } from './draft.ts';

/** The mark of a scenario: its colour and its stroke, as in the charts. */
export function ScenarioMark({ index }: { index: number }) {
  const look = scenarioLooks[index] ?? scenarioLooks[0];
  return (
    <svg className="scenario-mark" width="24" height="8" aria-hidden="true">
      <line
        x1="0"
        x2="24"
        y1="4"
        y2="4"
        stroke={look.color}
        strokeWidth="3"
        strokeDasharray={look.dash === 'solid' ? undefined : look.dash === 'dashed' ? '7 4' : '2 4'}
      />
    </svg>
  );
}

/** Two plans that come to the same in every draw. */
const isSame = ({ p10, p50, p90 }: { p10: number; p50: number; p90: number }) => p10 === 0 && p50 === 0 && p90 === 0;

interface FansProps {
  drafts: readonly Draft[];
  result: ForecastResult;
  history: readonly FittedSeries[];
}

function Totals({
  kpi,
  series,
  drafts,
  result,
  names,
}: {
  kpi: string;
  series: readonly (ForecastSeries | undefined)[];
  drafts: readonly Draft[];
  result: ForecastResult;
  names: Names;
}) {
  const { model } = useLab();
  const { say, language } = useWords();
  const style = names.style(kpi);
  const text = (value: number) => figure(meant(value, style), style);
  const rule = model.setup.observations.find((one) => one.kpi === kpi)?.measure ?? 'total';
  const first = drafts[0];
  return (
    <div className="scroll">
      <table className="plain-table totals">
        <thead>
          <tr>
            <th scope="col">{say('lab.scenario')}</th>
            <th scope="col" className="num">
              {say(`lab.total.${rule}`)}
            </th>
            <th scope="col" className="num">
              {say('lab.scenario.difference', { name: first?.name ?? '' })}
            </th>
          </tr>
        </thead>
        <tbody>
          {drafts.map((draft, index) => {
            const total = series[index]?.total;
            const change = result.differences.find(
              (one) => one.kpi === kpi && one.a === first?.key && one.b === draft.key,
            );
            return (
              <tr key={draft.key}>
                <th scope="row" className="row-name">
                  <ScenarioMark index={index} /> {draft.name}
                </th>
                <td className="num">
                  {total ? text(total.p50) : '–'}
                  {total && (
                    <div className="faint">{say('lab.range.p', { low: text(total.p10), high: text(total.p90) })}</div>
                  )}
                </td>
                <td className="num" data-testid={index > 0 ? `difference-${kpi}-${index}` : undefined}>
                  {change && isSame(change.difference) ? (
                    <span className="faint">{say('lab.scenario.same')}</span>
                  ) : change ? (
                    <>
                      {change.difference.p50 > 0 ? '+' : ''}
                      {text(change.difference.p50)}
                      <div className="faint">
                        {say('lab.range.p', { low: text(change.difference.p10), high: text(change.difference.p90) })}
                      </div>
                      <div className="faint">
                        {say('lab.scenario.higher', { probability: percent(change.probabilityHigher, language, 0) })}
                      </div>
                    </>
                  ) : (
                    '–'
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function KpiFan({ kpi, names, ...props }: FansProps & { kpi: string; names: Names }) {
  const { drafts, result, history } = props;
  const { model } = useLab();
  const { say } = useWords();
  const words = useFanWords();
  const axis = useWeekAxis(names);
  const [style, axisName, name] = [names.style(kpi), axis(kpi), names.kpi(kpi)];
  const series = useMemo(
    () => drafts.map((draft) => result.series.find((one) => one.kpi === kpi && one.scenario === draft.key)),
    [drafts, result, kpi],
  );
  const weeks = useMemo(() => wholeWeeks(series.find((one) => one !== undefined)?.weeks ?? []), [series]);
  const targets = useTargets(weeks[0]?.t ?? result.start, weeks.at(-1)?.t ?? result.start);
  const observation = model.setup.observations.find((one) => one.kpi === kpi);
  const option = useMemo(
    () =>
      fanOption({
        history: historyOf(history, kpi),
        courses: drafts.flatMap((draft, index) => {
          const own = series[index];
          return own ? [{ name: draft.name, weeks: wholeWeeks(own.weeks) }] : [];
        }),
        targets: weeklyTargets(observation, weeks, targets),
        style,
        axisName,
        words,
      }),
    [history, kpi, drafts, series, weeks, observation, targets, style, axisName, words],
  );
  return (
    <article className="multiple" data-testid={`scenario-fan-${kpi}`}>
      <h3>{name}</h3>
      <Chart option={option} label={say('lab.forecast.chart', { kpi: name })} height={240} />
      <Totals kpi={kpi} series={series} drafts={drafts} result={result} names={names} />
    </article>
  );
}

/** The fans of up to three scenarios beside each other, KPI by KPI, with what they come to and how they differ. */
export function ScenarioFans(props: FansProps) {
  const names = useNames();
  const kpis = [...new Set(props.result.series.map(({ kpi }) => kpi))];
  return (
    <div className="multiples multiples-wide">
      {kpis.map((kpi) => (
        <KpiFan key={kpi} kpi={kpi} names={names} {...props} />
      ))}
    </div>
  );
}
