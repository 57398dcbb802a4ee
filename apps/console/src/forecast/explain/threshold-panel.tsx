import type { ExplainResult } from '@tandem/server/schema/forecast';
import { useMemo } from 'react';
import { bandOption } from '../../charts/band-option.ts';
import { branchOption } from '../../charts/branch-option.ts';
import { Chart } from '../../charts/chart.tsx';
import type { FigureStyle } from '../../figures/number.ts';
import { useWords } from '../../i18n/words.ts';
import { Panel } from '../../shell/page.tsx';
import { EmptyState } from '../../shell/states.tsx';
import { colors } from '../../theme.ts';
import type { Names } from '../lab-context.ts';
import { percent, plain, quantity, wordsIn } from '../quantity.ts';

type Threshold = NonNullable<ExplainResult['threshold']>;
type Crossing = Threshold['crossings'][number];

interface ThresholdProps {
  threshold: Threshold;
  names: Names;
}

function Answer({ threshold }: { threshold: Threshold }) {
  const { say, language } = useWords();
  const { activity, theta, distance, probabilityAbove } = threshold;
  const range = (one: { p10: number; p90: number }) =>
    say('lab.range.p', { low: percent(one.p10, language), high: percent(one.p90, language) });
  const above = distance.p50 >= 0;
  return (
    <>
      <p className="verdict" data-testid="threshold-sentence">
        {say(above ? 'lab.threshold.above' : 'lab.threshold.below', {
          distance: plain(Math.abs(distance.p50) * 100, language),
          probability: percent(probabilityAbove, language, 0),
        })}
      </p>
      <dl className="facts facts-wide">
        <div>
          <dt>{say('lab.threshold.activity')}</dt>
          <dd>
            {percent(activity.p50, language)} <span className="faint">{range(activity)}</span>
          </dd>
        </div>
        <div>
          <dt>{say('lab.threshold.theta')}</dt>
          <dd>
            {percent(theta.p50, language)} <span className="faint">{range(theta)}</span>
          </dd>
        </div>
        <div>
          <dt>{say('lab.threshold.probability')}</dt>
          <dd>{percent(probabilityAbove, language, 0)}</dd>
        </div>
      </dl>
    </>
  );
}

function useActivityOption({ threshold }: ThresholdProps) {
  const { say, language } = useWords();
  return useMemo(() => {
    const style: FigureStyle = { unit: 'ratio', language };
    return bandOption({
      times: threshold.activityOverTime.map(({ t }) => t),
      bands: [
        {
          name: say('lab.threshold.activity'),
          color: colors.community,
          points: threshold.activityOverTime.map(({ low, median, high }) => ({ low, mid: median, high })),
        },
      ],
      lines: [],
      style,
      axisName: say('lab.threshold.activityAxis'),
      rangeName: say('lab.range.90'),
      target: { name: say('lab.threshold.theta'), value: threshold.theta.p50 },
      legend: false,
    });
  }, [threshold, say, language]);
}

function useBranchOption({ threshold, names }: ThresholdProps) {
  const { say, language } = useWords();
  const unit = names.unit(threshold.control);
  return useMemo(() => {
    const unitName = wordsIn(unit, language);
    const control = names.variable(threshold.control) + (unitName ? ` (${unitName})` : '');
    return branchOption({
      branches: threshold.branches,
      folds: threshold.folds,
      today: {
        control: threshold.controlNow,
        activity: threshold.activity.p50,
        low: threshold.activity.p10,
        high: threshold.activity.p90,
      },
      words: {
        stable: say('lab.threshold.stable'),
        unstable: say('lab.threshold.unstable'),
        fold: say('lab.threshold.fold'),
        today: say('lab.threshold.today'),
        control,
        activity: say('lab.threshold.activityAxis'),
      },
      text: (value) => plain(value, language),
      activityText: (value) => percent(value, language, 0),
    });
  }, [threshold, names, unit, say, language]);
}

function CrossingRow({ crossing, names }: { crossing: Crossing; names: Names }) {
  const { say, language } = useWords();
  const unit = names.unitOf(crossing.unitWords);
  const { share, sureTo } = crossing;
  return (
    <tr>
      <th scope="row" className="row-name">
        {names.variable(crossing.lever)}
      </th>
      <td className="num">{quantity(crossing.from, unit, language)}</td>
      <td className="num">{quantity(crossing.to ?? Number.NaN, unit, language)}</td>
      <td>
        {say(`lab.threshold.crosses.${crossing.direction}`, {
          share: share === null ? '–' : percent(share, language, 0),
          held: crossing.heldDays,
          watched: crossing.watchedDays,
        })}
        {sureTo !== null && (
          <div className="faint">{say('lab.threshold.sure', { value: quantity(sureTo, unit, language) })}</div>
        )}
      </td>
    </tr>
  );
}

function Crossings({ threshold, names }: ThresholdProps) {
  const { say, language } = useWords();
  if (threshold.crossings.length === 0) return null;
  const able = threshold.crossings.filter(({ to }) => to !== null);
  const unable = threshold.crossings.filter(({ to }) => to === null).map(({ lever }) => names.variable(lever));
  const noneOf =
    unable.length > 0 && say('lab.threshold.unable', { names: unable.join(language === 'en' ? ', ' : '、') });
  if (able.length === 0) return <p>{noneOf}</p>;
  return (
    <div className="scroll">
      <table className="plain-table">
        <caption>{say('lab.threshold.crossings')}</caption>
        <thead>
          <tr>
            <th scope="col">{say('lab.lever')}</th>
            <th scope="col" className="num">
              {say('lab.threshold.from')}
            </th>
            <th scope="col" className="num">
              {say('lab.threshold.to')}
            </th>
            <th scope="col">{say('lab.threshold.effect')}</th>
          </tr>
        </thead>
        <tbody>
          {able.map((crossing) => (
            <CrossingRow key={crossing.lever} crossing={crossing} names={names} />
          ))}
        </tbody>
      </table>
      {noneOf && <p className="silent">{noneOf}</p>}
    </div>
  );
}

/** How far the community is from the activity at which it drives itself, and what would carry it across. */
export function ThresholdPanel(props: ThresholdProps) {
  const { say, both } = useWords();
  const { pictureMissing, method } = props.threshold;
  const activity = useActivityOption(props);
  const branches = useBranchOption(props);
  return (
    <Panel title={say('lab.threshold.title')} sentence={say('lab.threshold.sentence')}>
      <Answer threshold={props.threshold} />
      <div className="two">
        <figure className="figure">
          <figcaption>{say('lab.threshold.overTime')}</figcaption>
          <Chart option={activity} label={say('lab.threshold.overTime')} height={280} />
        </figure>
        <figure className="figure">
          <figcaption>{say('lab.threshold.branches')}</figcaption>
          {pictureMissing ? (
            <EmptyState compact title={both(pictureMissing.en, pictureMissing.zh)} />
          ) : (
            <>
              <Chart option={branches} label={say('lab.threshold.branches')} height={300} />
              <p className="faint">{say('lab.threshold.branchesHint')}</p>
              {method && (
                <details>
                  <summary className="faint">{say('lab.how')}</summary>
                  <p className="faint breakable">{both(method.en, method.zh)}</p>
                </details>
              )}
            </>
          )}
        </figure>
      </div>
      <Crossings {...props} />
      {!props.threshold.complete && <p className="silent">{say('lab.threshold.incomplete')}</p>}
    </Panel>
  );
}
