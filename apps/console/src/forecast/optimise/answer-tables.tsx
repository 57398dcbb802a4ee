import type { OptimiseResult } from '@tandem/server/schema/forecast';
import { useMemo } from 'react';
import { bandOption, meant } from '../../charts/band-option.ts';
import { Chart } from '../../charts/chart.tsx';
import { dayLabel } from '../../figures/date.ts';
import { figure } from '../../figures/number.ts';
import { addDays } from '../../figures/period.ts';
import { useWords } from '../../i18n/words.ts';
import { EmptyState } from '../../shell/states.tsx';
import { ToneTag } from '../../shell/tone-tag.tsx';
import { colors } from '../../theme.ts';
import { type Names, useLab } from '../lab-context.ts';
import { percent, plain, quantity, wordsIn } from '../quantity.ts';
import { monthDays } from './request.ts';

interface TableProps {
  result: OptimiseResult;
  names: Names;
}

type Lever = OptimiseResult['levers'][number];

function LeverPath({ lever, result, names }: TableProps & { lever: Lever }) {
  const { say, language } = useWords();
  const unit = names.unit(lever.variable);
  const option = useMemo(() => {
    const times = monthDays(result).map((day) => addDays(result.start, day));
    return bandOption({
      times,
      bands: [],
      lines: [
        { name: say('lab.optimise.best'), color: colors.joined, values: lever.byMonth },
        {
          name: say('lab.optimise.today'),
          color: colors.baseline,
          dash: 'dashed',
          values: lever.byMonth.map(() => lever.today),
        },
      ],
      style: { unit: 'number', language },
      axisName: wordsIn(unit, language),
      rangeName: '',
      legend: false,
      steps: true,
      ticks: 3,
    });
  }, [result, lever, unit, say, language]);
  const mean = lever.byMonth.reduce((sum, value) => sum + value, 0) / Math.max(1, lever.byMonth.length);
  return (
    <article className="multiple">
      <h3>{names.variable(lever.variable)}</h3>
      <p className="answer-line">
        <strong>{quantity(mean, unit, language)}</strong>{' '}
        <span className="faint">{say('lab.optimise.against', { today: quantity(lever.today, unit, language) })}</span>
      </p>
      <Chart option={option} label={say('lab.lever.pathOf', { name: names.variable(lever.variable) })} height={150} />
    </article>
  );
}

/** The lever path: month by month, beside what it is today. */
export function LeverPaths({ result, names }: TableProps) {
  return (
    <div className="multiples">
      {result.levers.map((lever) => (
        <LeverPath key={lever.variable} lever={lever} result={result} names={names} />
      ))}
    </div>
  );
}

/** Which limit holds the plan back, and what loosening it would be worth. */
export function ConstraintsTable({ result, names }: TableProps) {
  const { say, language, both } = useWords();
  if (result.constraints.length === 0) return <EmptyState compact title={say('lab.optimise.noConstraints')} />;
  return (
    <div className="scroll">
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">{say('lab.optimise.limit')}</th>
            <th scope="col" className="num">
              {say('lab.optimise.used')}
            </th>
            <th scope="col" className="num">
              {say('lab.optimise.limitValue')}
            </th>
            <th scope="col">{say('lab.optimise.worth')}</th>
          </tr>
        </thead>
        <tbody>
          {result.constraints.map((one) => (
            <tr key={one.name}>
              <th scope="row" className="row-name">
                {both(one.en, one.zh)} {one.isBinding && <ToneTag tone="watch">{say('lab.optimise.binding')}</ToneTag>}
              </th>
              <td className="num">
                {plain(one.value, language)}
                {one.probability !== undefined && (
                  <div className="faint">
                    {say('lab.optimise.kept', { probability: percent(one.probability, language, 0) })}
                  </div>
                )}
              </td>
              <td className="num">{plain(one.bound, language)}</td>
              <td>
                {one.worth === null
                  ? '–'
                  : say('lab.optimise.worthOf', {
                      worth: plain(one.worth, language),
                      unit: wordsIn(names.unitOf(result.unit), language),
                    })}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What each KPI comes to under the plan, against its target. */
export function KpiTable({ result, names }: TableProps) {
  const { model } = useLab();
  const { say, language } = useWords();
  return (
    <div className="scroll">
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">{say('explorer.kpi')}</th>
            <th scope="col">{say('lab.optimise.when')}</th>
            <th scope="col" className="num">
              {say('lab.optimise.median')}
            </th>
            <th scope="col" className="num">
              {say('lab.range.1090')}
            </th>
            <th scope="col" className="num">
              {say('explorer.target')}
            </th>
            <th scope="col" className="num">
              {say('lab.optimise.probability')}
            </th>
          </tr>
        </thead>
        <tbody>
          {result.kpis.map(({ kpi, total, target, probability, day }) => {
            const style = names.style(kpi);
            const text = (value: number) => figure(meant(value, style), style);
            const rule = model.setup.observations.find((one) => one.kpi === kpi)?.measure ?? 'total';
            return (
              <tr key={`${kpi} ${day ?? ''}`}>
                <th scope="row" className="row-name">
                  {names.kpi(kpi)}
                </th>
                <td className="faint">
                  {day ? say('lab.optimise.byDay', { day: dayLabel(day, language, true) }) : say(`lab.total.${rule}`)}
                </td>
                <td className="num">{text(total.p50)}</td>
                <td className="num">
                  {text(total.p10)} – {text(total.p90)}
                </td>
                <td className="num">{target === null ? '–' : text(target)}</td>
                <td className="num">{probability === null ? '–' : percent(probability, language, 0)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
