import type { FittedSeries } from '@tandem/server/schema/forecast';
import { useMemo } from 'react';
import { bandOption } from '../../charts/band-option.ts';
import { Chart } from '../../charts/chart.tsx';
import { whole } from '../../figures/number.ts';
import { useWords } from '../../i18n/words.ts';
import { Panel } from '../../shell/page.tsx';
import { colors } from '../../theme.ts';
import { type DoneFit, type Names, useNames } from '../lab-context.ts';
import { percent, wordsIn } from '../quantity.ts';
import { Provenance } from '../run-bar.tsx';
import { lastWeekError, weeklyNoise } from './fit-figures.ts';

/** The axis of a weekly KPI: its unit, a week. */
export function useWeekAxis(names: Names): (kpi: string) => string {
  const { say, language } = useWords();
  return (kpi) => {
    const unit = wordsIn(names.kpiUnit(kpi), language) || names.kpi(kpi);
    return say(`lab.axis.${names.measure(kpi)}`, { unit });
  };
}

function SeriesFit({ series, names }: { series: FittedSeries; names: Names }) {
  const { say, language } = useWords();
  const axis = useWeekAxis(names);
  const axisName = axis(series.kpi);
  const style = names.style(series.kpi);
  const option = useMemo(
    () =>
      bandOption({
        times: series.weeks.map(({ t }) => t),
        bands: [
          {
            name: say('lab.series.model'),
            color: colors.joined,
            points: series.weeks.map(({ low, median, high }) => ({ low, mid: median, high })),
          },
        ],
        lines: [
          {
            name: say('lab.series.observed'),
            color: colors.ink,
            dots: true,
            values: series.weeks.map(({ observed }) => observed),
          },
        ],
        style,
        axisName,
        rangeName: say('lab.range.90'),
        legend: false,
        ticks: 4,
      }),
    [series, style, axisName, say],
  );
  const naive = lastWeekError(series.weeks);
  return (
    <article className="multiple" data-testid={`fit-series-${series.kpi}`}>
      <h3>{names.kpi(series.kpi)}</h3>
      <Chart option={option} label={say('lab.fit.chart', { kpi: names.kpi(series.kpi) })} height={190} />
      <dl className="facts">
        <div>
          <dt>{say('lab.fit.error')}</dt>
          <dd>{percent(series.relativeError, language)}</dd>
        </div>
        <div>
          <dt>{say('lab.fit.naive')}</dt>
          <dd>{naive === null ? '–' : percent(naive, language)}</dd>
        </div>
        <div>
          <dt>{say('lab.fit.noise')}</dt>
          <dd>±{percent(weeklyNoise(series.discrepancy), language, 0)}</dd>
        </div>
        <div>
          <dt>{say('lab.fit.days')}</dt>
          <dd>{whole(series.days, language)}</dd>
        </div>
      </dl>
    </article>
  );
}

function Legend() {
  const { say } = useWords();
  return (
    <p className="legend">
      <span className="key key-dot">{say('lab.series.observed')}</span>
      <span className="key key-line">{say('lab.series.model')}</span>
      <span className="key key-band">{say('lab.range.90')}</span>
    </p>
  );
}

/** How good the model is: every KPI's observed weeks against what the model says of them. */
export function FitPanel({ fit }: { fit: DoneFit }) {
  const { say, language } = useWords();
  const names = useNames();
  const { result } = fit;
  const sure = result.rhat !== null && result.effectiveDraws !== null;
  return (
    <Panel title={say('lab.fit.title')} sentence={say('lab.fit.sentence')}>
      <Legend />
      <div className="multiples">
        {result.series.map((series) => (
          <SeriesFit key={series.kpi} series={series} names={names} />
        ))}
      </div>
      {result.missing.length > 0 && (
        <p className="silent">
          {say('lab.fit.without', {
            names: result.missing
              .map(({ kpi, code }) => `${names.kpi(kpi)}${say('lab.paren', { text: say(`lab.missing.${code}`) })}`)
              .join(language === 'en' ? ', ' : '、'),
          })}
        </p>
      )}
      <Provenance run={fit}>
        {sure &&
          ` · ${say('lab.fit.draws', {
            draws: whole(result.effectiveDraws ?? 0, language),
            rhat: (result.rhat ?? 0).toFixed(2),
            runs: whole(result.evaluations, language),
          })}`}
      </Provenance>
    </Panel>
  );
}
