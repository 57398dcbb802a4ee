import type { ExplainResult } from '@tandem/server/schema/forecast';
import { Button } from 'antd';
import { useMemo, useState } from 'react';
import { Chart } from '../../charts/chart.tsx';
import { mainShares, shareOption } from '../../charts/share-option.ts';
import { downloadCsv } from '../../figures/csv.ts';
import { bucketLabel } from '../../figures/date.ts';
import { useWords } from '../../i18n/words.ts';
import { Panel } from '../../shell/page.tsx';
import { EmptyState } from '../../shell/states.tsx';
import type { Names } from '../lab-context.ts';
import { percent } from '../quantity.ts';
import { growthSeries } from './growth.ts';

interface GrowthProps {
  result: ExplainResult;
  names: Names;
}

function LastMonth({ result, names }: GrowthProps) {
  const { say, language } = useWords();
  const last = result.growth.at(-1);
  if (!last) return null;
  const sorted = [...last.shares].sort((a, b) => b.share - a.share).filter(({ share }) => share > 0);
  const [first, second] = sorted;
  if (!first) return null;
  const text = (one: typeof first) =>
    say('lab.growth.part', {
      part: names.part(one.part),
      share: percent(one.share, language, 0),
      low: percent(one.low, language, 0),
      high: percent(one.high, language, 0),
    });
  return (
    <p className="verdict" data-testid="growth-sentence">
      {say(second ? 'lab.growth.two' : 'lab.growth.one', {
        month: bucketLabel(last.month, 'month', language),
        first: text(first),
        second: second ? text(second) : '',
      })}
    </p>
  );
}

function exportGrowth({ result, names }: GrowthProps) {
  downloadCsv(
    'growth.csv',
    ['month', 'part', 'name', 'share', 'low_5', 'high_95'],
    result.growth.flatMap(({ month, shares }) =>
      shares.map((one) => [month, one.part, names.part(one.part), one.share, one.low, one.high]),
    ),
  );
}

function GrowthTable({ result, names }: GrowthProps) {
  const { say, language } = useWords();
  const months = result.growth.slice(-6);
  return (
    <div className="scroll">
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">{say('lab.growth.partName')}</th>
            {months.map(({ month }) => (
              <th scope="col" className="num" key={month}>
                {bucketLabel(month, 'month', language)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {growthSeries(result.growth, names.part).map((series) => (
            <tr key={series.id}>
              <th scope="row" className="row-name">
                {series.name}
              </th>
              {series.shares.slice(-6).map(({ share, low, high }, index) => (
                <td className="num" key={months[index]?.month ?? index}>
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

/** Which part brings the growth, month by month. */
export function GrowthPanel(props: GrowthProps) {
  const { result, names } = props;
  const { say, language } = useWords();
  const [open, setOpen] = useState(false);
  const option = useMemo(
    () =>
      shareOption({
        months: result.growth.map(({ month }) => month),
        series: mainShares(growthSeries(result.growth, names.part), say('explorer.other')),
        axisName: say('lab.growth.axis'),
        language,
      }),
    [result, names, say, language],
  );
  return (
    <Panel
      title={say('lab.growth.title')}
      sentence={say('lab.growth.sentence')}
      extra={
        <>
          <Button size="small" onClick={() => setOpen(!open)}>
            {say(open ? 'lab.table.hide' : 'lab.table.show')}
          </Button>
          <Button size="small" onClick={() => exportGrowth(props)}>
            {say('action.exportCsv')}
          </Button>
        </>
      }
    >
      {result.growth.length === 0 ? (
        <EmptyState compact title={say('lab.growth.none')} />
      ) : (
        <>
          <LastMonth {...props} />
          <Chart option={option} label={say('lab.growth.title')} height={280} />
          {open && <GrowthTable {...props} />}
        </>
      )}
    </Panel>
  );
}
