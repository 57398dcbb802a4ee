import type { Cockpit } from '@tandem/server/schema/metrics';
import { Button } from 'antd';
import { useFigureStyle } from '../access/brand-context.ts';
import { downloadCsv } from '../figures/csv.ts';
import { bucketLabel } from '../figures/date.ts';
import { figure, whole } from '../figures/number.ts';
import { useWords } from '../i18n/words.ts';
import { Panel } from '../shell/page.tsx';
import { EmptyState } from '../shell/states.tsx';

type Cohorts = Cockpit['retention'];

/** Smallest and largest rate after the first column, which is always everyone. */
export function returnRange(cohorts: Cohorts['cohorts']): { low: number; high: number } {
  const rates = cohorts.flatMap((cohort) => cohort.rates.slice(1)).filter((rate) => rate !== null);
  return rates.length === 0 ? { low: 0, high: 0 } : { low: Math.min(...rates), high: Math.max(...rates) };
}

/** Depth of a cell's colour between the smallest and the largest rate: 0.1 to 0.8, where ink still reads on it. */
export function heatShare(rate: number, range: { low: number; high: number }): number {
  const span = range.high - range.low;
  const share = span <= 0 ? 0.5 : Math.min(1, Math.max(0, (rate - range.low) / span));
  return 0.1 + share * 0.7;
}

function HeatCell(props: { rate: number | null; depth: number; label: string; text: string }) {
  if (props.rate === null) return <td className="heat-none" />;
  const depth = Math.round(props.depth * 100);
  return (
    <td
      className="heat"
      style={{ background: `color-mix(in srgb, var(--t-community) ${depth}%, var(--t-surface))` }}
      title={props.label}
    >
      {props.text}
    </td>
  );
}

/** Cohorts by first order: how many come back, bucket after bucket. */
export function RetentionPanel(props: { retention: Cohorts }) {
  const { grain, cohorts } = props.retention;
  const { say, language } = useWords();
  const style = useFigureStyle()('ratio');
  const grainWord = say(`retention.${grain}`);
  const shown = cohorts.filter((cohort) => cohort.size > 0);
  const columns = Math.max(0, ...shown.map((cohort) => cohort.rates.length));
  const range = returnRange(shown);
  const save = () =>
    downloadCsv(
      'retention.csv',
      [
        say('retention.cohort', { grain: grainWord }),
        say('retention.size'),
        ...Array.from({ length: columns }, (_, i) => i),
      ].map(String),
      shown.map((cohort) => [cohort.start, cohort.size, ...cohort.rates]),
    );
  return (
    <Panel
      title={say('retention.title')}
      sentence={say('retention.sentence', { grain: grainWord })}
      extra={
        shown.length > 0 && (
          <Button size="small" onClick={save}>
            {say('action.exportCsv')}
          </Button>
        )
      }
    >
      {shown.length === 0 ? (
        <EmptyState compact title={say('retention.empty')} />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
        <section className="scroll" tabIndex={0} aria-label={say('retention.title')}>
          <table className="plain-table heatmap">
            <thead>
              <tr>
                <th scope="col">{say('retention.cohort', { grain: grainWord })}</th>
                <th scope="col" className="num">
                  {say('retention.size')}
                </th>
                {Array.from({ length: columns }, (_, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the column is its index.
                  <th scope="col" key={index} className="num">
                    {index}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((cohort) => (
                <tr key={cohort.start}>
                  <th scope="row" className="nowrap">
                    {grain === 'month' ? bucketLabel(cohort.start, 'month', language) : cohort.start}
                  </th>
                  <td className="num">{whole(cohort.size, language)}</td>
                  {Array.from({ length: columns }, (_, index) => {
                    const rate = cohort.rates[index] ?? null;
                    const text = figure(rate, style);
                    return (
                      <HeatCell
                        // biome-ignore lint/suspicious/noArrayIndexKey: the column is its index.
                        key={index}
                        rate={rate}
                        depth={rate === null || index === 0 ? 0 : heatShare(rate, range)}
                        text={text}
                        label={say('retention.cell', {
                          start: cohort.start,
                          size: cohort.size,
                          index,
                          grain: grainWord,
                          rate: text,
                        })}
                      />
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </Panel>
  );
}
