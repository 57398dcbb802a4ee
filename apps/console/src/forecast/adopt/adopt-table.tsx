import type { AdoptedTarget } from '@tandem/server/schema/forecast';
import { Checkbox } from 'antd';
import { Fragment } from 'react';
import { meant } from '../../charts/band-option.ts';
import { dayLabel } from '../../figures/date.ts';
import { figure } from '../../figures/number.ts';
import { addDays } from '../../figures/period.ts';
import { useWords } from '../../i18n/words.ts';
import { quarterName } from '../../metrics/figure-card.tsx';
import { type DoneFit, useNames } from '../lab-context.ts';
import { quantity } from '../quantity.ts';
import type { Draft } from '../scenarios/draft.ts';

interface AdoptTableProps {
  targets: readonly AdoptedTarget[];
  chosen: ReadonlySet<string>;
  onChosen: (chosen: Set<string>) => void;
}

function TargetRow({ target }: { target: AdoptedTarget }) {
  const { say, language } = useWords();
  const names = useNames();
  const style = names.style(target.kpi);
  const text = (value: number) => figure(meant(value, style), style);
  return (
    <tr>
      <td>{quarterName(target.quarter, language)}</td>
      <td className="num">
        {target.before === null ? '–' : text(target.before)}
        {target.beforeOrigin === 'template' && <div className="faint">{say('targets.template')}</div>}
      </td>
      <td className="num">
        <strong>{text(target.after)}</strong>
        <div className="faint">{say('lab.range.p', { low: text(target.low), high: text(target.high) })}</div>
      </td>
      <td className="faint">
        {target.daysKnown > 0
          ? say('lab.adopt.daysBoth', { known: target.daysKnown, forecast: target.daysForecast })
          : say('lab.adopt.days', { forecast: target.daysForecast })}
      </td>
    </tr>
  );
}

/** Targets by KPI and quarter, as they are and as they would be; KPIs can be left out. */
export function AdoptTable({ targets, chosen, onChosen }: AdoptTableProps) {
  const { say } = useWords();
  const names = useNames();
  const kpis = [...new Set(targets.map(({ kpi }) => kpi))];
  const toggle = (kpi: string) => {
    const next = new Set(chosen);
    if (!next.delete(kpi)) next.add(kpi);
    onChosen(next);
  };
  return (
    <div className="scroll">
      <table className="plain-table" data-testid="adopt-table">
        <thead>
          <tr>
            <th scope="col">{say('lab.adopt.quarter')}</th>
            <th scope="col" className="num">
              {say('lab.adopt.before')}
            </th>
            <th scope="col" className="num">
              {say('lab.adopt.after')}
            </th>
            <th scope="col">{say('lab.adopt.basis')}</th>
          </tr>
        </thead>
        <tbody>
          {kpis.map((kpi) => (
            <Fragment key={kpi}>
              <tr className="group-row">
                <th scope="colgroup" colSpan={4}>
                  <Checkbox checked={chosen.has(kpi)} onChange={() => toggle(kpi)}>
                    {names.kpi(kpi)}
                  </Checkbox>
                </th>
              </tr>
              {targets
                .filter((target) => target.kpi === kpi)
                .map((target) => (
                  <TargetRow key={target.quarter} target={target} />
                ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const stepsShown = 6;

/** What is done with the levers under the plan, and from when. */
export function LeverSchedule({ draft, fit }: { draft: Draft; fit: DoneFit }) {
  const { say, language } = useWords();
  const names = useNames();
  if (draft.levers.length === 0) return <p className="faint">{say('lab.adopt.noLevers')}</p>;
  return (
    <div className="scroll">
      <table className="plain-table">
        <caption>{say('lab.adopt.levers')}</caption>
        <tbody>
          {draft.levers.map(({ variable, steps }) => (
            <tr key={variable}>
              <th scope="row" className="row-name">
                {names.variable(variable)}
              </th>
              <td>
                {steps
                  .slice(0, stepsShown)
                  .map(
                    ({ day, value }) =>
                      `${dayLabel(addDays(fit.snapshot.to, Math.floor(day)), language, true)} ${quantity(value, names.unit(variable), language)}`,
                  )
                  .join(' → ')}
                {steps.length > stepsShown && say('lab.adopt.moreSteps', { n: steps.length - stepsShown })}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
