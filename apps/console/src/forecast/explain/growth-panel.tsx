import type { ExplainResult } from '@tandem/server/schema/forecast';
import { Button, Select } from 'antd';
import { useMemo, useState } from 'react';
import { Chart } from '../../charts/chart.tsx';
import { mainShares, type ShareSeries, shareOption } from '../../charts/share-option.ts';
import { downloadCsv } from '../../figures/csv.ts';
import { bucketLabel } from '../../figures/date.ts';
import { useWords } from '../../i18n/words.ts';
import { Panel } from '../../shell/page.tsx';
import { EmptyState } from '../../shell/states.tsx';
import type { Names } from '../lab-context.ts';
import { percent, wordsIn } from '../quantity.ts';
import { growthOf, growthSeries } from './growth.ts';

interface Shown {
  months: readonly string[];
  series: readonly ShareSeries[];
}

function LastMonth({ months, series }: Shown) {
  const { say, language } = useWords();
  const last = months.at(-1);
  const [first, second] = series
    .flatMap((one) => {
      const share = one.shares.at(-1);
      return share && share.share > 0 ? [{ name: one.name, ...share }] : [];
    })
    .sort((a, b) => b.share - a.share);
  if (!first || last === undefined) return null;
  const text = (one: typeof first) =>
    say('lab.growth.part', {
      part: one.name,
      share: percent(one.share, language, 0),
      low: percent(one.low, language, 0),
      high: percent(one.high, language, 0),
    });
  return (
    <p className="verdict" data-testid="growth-sentence">
      {say(second ? 'lab.growth.two' : 'lab.growth.one', {
        month: bucketLabel(last, 'month', language),
        first: text(first),
        second: second ? text(second) : '',
      })}
    </p>
  );
}

const monthsShown = 6;

function GrowthTable({ months, series }: Shown) {
  const { say, language } = useWords();
  const shown = months.slice(-monthsShown);
  return (
    <div className="scroll">
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">{say('lab.growth.partName')}</th>
            {shown.map((month) => (
              <th scope="col" className="num" key={month}>
                {bucketLabel(month, 'month', language)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {series.map((one) => (
            <tr key={one.id}>
              <th scope="row" className="row-name">
                {one.name}
              </th>
              {one.shares.slice(-monthsShown).map(({ share, low, high }, index) => (
                <td className="num" key={shown[index] ?? index}>
                  {percent(share, language, 0)}
                  <div className="faint">
                    {percent(low, language, 0)} – {percent(high, language, 0)}
                  </div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function exportGrowth(outcome: string, { months, series }: Shown) {
  downloadCsv(
    'growth.csv',
    ['outcome', 'month', 'part', 'name', 'share', 'low_10', 'high_90'],
    series.flatMap((one) =>
      one.shares.map(({ share, low, high }, index) => [outcome, months[index], one.id, one.name, share, low, high]),
    ),
  );
}

/** Which part brings the growth, month by month. */
export function GrowthPanel({ result, names }: { result: ExplainResult; names: Names }) {
  const { say, language } = useWords();
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const outcomes = useMemo(() => growthOf(result), [result]);
  const outcome = outcomes.find(({ key }) => key === chosen) ?? outcomes[0];
  const shown = useMemo<Shown>(() => {
    const nameOf = (part: string) => {
      const words = outcome?.parts.get(part);
      return words ? wordsIn(words, language) : names.part(part);
    };
    const months = outcome?.months ?? [];
    return { months: months.map(({ month }) => month), series: growthSeries(months, nameOf) };
  }, [outcome, names, language]);
  const option = useMemo(
    () =>
      shareOption({
        months: shown.months,
        series: mainShares(shown.series, say('explorer.other')),
        axisName: say('lab.growth.axis'),
        language,
      }),
    [shown, say, language],
  );
  return (
    <Panel
      title={say('lab.growth.title')}
      sentence={say('lab.growth.sentence')}
      extra={
        <>
          {outcomes.length > 1 && (
            <Select
              size="small"
              className="output-picker"
              aria-label={say('lab.output')}
              value={outcome?.key ?? null}
              onChange={setChosen}
              options={outcomes.map(({ key, label }) => ({
                value: key,
                label: label ? wordsIn(label, language) : key,
              }))}
            />
          )}
          <Button size="small" onClick={() => setOpen(!open)}>
            {say(open ? 'lab.table.hide' : 'lab.table.show')}
          </Button>
          <Button size="small" onClick={() => exportGrowth(outcome?.key ?? '', shown)}>
            {say('action.exportCsv')}
          </Button>
        </>
      }
    >
      {shown.series.length === 0 ? (
        <EmptyState compact title={say('lab.growth.none')} />
      ) : (
        <>
          <LastMonth {...shown} />
          <Chart option={option} label={say('lab.growth.title')} height={280} />
          {open && <GrowthTable {...shown} />}
        </>
      )}
    </Panel>
  );
}
