import type { Cockpit } from '@tandem/server/schema/metrics';
import { useFigureStyle } from '../access/brand-context.ts';
import { exactFigure, figure } from '../figures/number.ts';
import { useWords, wordOf } from '../i18n/words.ts';
import { Panel } from '../shell/page.tsx';
import { EmptyState } from '../shell/states.tsx';
import { useKpiName } from './catalogue.ts';

/** Width of each bar against the largest step, 0 to 1. */
export function funnelShares(steps: readonly { value: number }[]): number[] {
  const largest = Math.max(0, ...steps.map((step) => step.value));
  return steps.map((step) => (largest === 0 ? 0 : step.value / largest));
}

/** From seeing the room to paying; a table with bars, so that every number is there to read. */
export function FunnelPanel(props: { steps: Cockpit['funnel'] }) {
  const { say } = useWords();
  const style = useFigureStyle();
  const kpiName = useKpiName();
  const shares = funnelShares(props.steps);
  const empty = shares.every((share) => share === 0);
  return (
    <Panel title={say('funnel.title')} sentence={say('funnel.sentence')}>
      {empty ? (
        <EmptyState compact title={say('funnel.empty')} />
      ) : (
        <table className="plain-table funnel">
          <thead>
            <tr>
              <th scope="col">{say('funnel.step')}</th>
              <td />
              <th scope="col" className="num">
                {say('funnel.count')}
              </th>
              <th scope="col" className="num">
                {say('funnel.rate')}
              </th>
            </tr>
          </thead>
          <tbody>
            {props.steps.map((step, index) => (
              <tr key={step.step}>
                <td>{wordOf(say, `step.${step.step}`, kpiName(step.step))}</td>
                <td className="funnel-cell">
                  <div className="funnel-bar" style={{ width: `${Math.max(0.5, (shares[index] ?? 0) * 100)}%` }} />
                </td>
                <td className="num" title={exactFigure(step.value, style('count'))}>
                  {figure(step.value, style('count'))}
                </td>
                <td className="num">{index === 0 ? '' : figure(step.rate, style('ratio'))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
