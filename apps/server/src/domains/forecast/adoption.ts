import { addDays, type Day, msPerDay } from '#lib/time.ts';
import type { AdoptedTarget, Adoption } from './schema.ts';
import type { SetupObservation } from './setup.ts';
import type { ForecastResult, ForecastSeries, Snapshot } from './task.ts';

/** A KPI of a scenario of a forecast, and what is known of the time before. */
export interface AdoptionInput {
  observation: Pick<SetupObservation, 'kpi' | 'measure'>;
  /** How the KPI of a quarter follows from its days. */
  rule: AdoptedTarget['rule'];
  series: ForecastSeries;
  snapshot: Pick<Snapshot, 'from' | 'to' | 'series'>;
}

type Target = Omit<AdoptedTarget, 'before' | 'beforeOrigin'>;
type Left = Adoption['left'][number];

/**
 * Targets by quarter from the weeks of a forecast. Sums share a week that lies in two quarters by its days and add what
 * the first quarter has had already; what is counted at the end is taken on the last day of the quarter, on the way from week
 * to week. A quarter whose end the forecast does not reach gets none, nor does one whose beginning is not known. The
 * quantiles of a sum are the sums of the weekly quantiles, as if weeks moved together: the interval errs to the wide side.
 */
export function quarterTargets(input: AdoptionInput): { targets: Target[]; left: Left[] } {
  const { rule, snapshot } = input;
  const { kpi } = input.observation;
  const days = daysOf(input);
  const targets: Target[] = [];
  const left: Left[] = [];
  for (const quarter of new Set(days.map(({ day }) => quarterOf(day)))) {
    const leave = (code: string, text: Left['text']) => void left.push({ kpi, quarter, code, text });
    const [from, to] = quarterDays(quarter);
    const own = days.filter(({ day }) => day >= from && day < to);
    const known = rule === 'sum' ? knownBefore(kpi, snapshot, from) : [];
    if (own.at(-1)?.day !== addDays(to, -1)) leave('quarter_not_reached', reached);
    else if (known === undefined) leave('quarter_begun_unknown', begun);
    else {
      const [low, after, high] = (['p10', 'p50', 'p90'] as const).map((of) =>
        quarterValue(
          rule,
          own.map((day) => day[of]),
          known,
        ),
      ) as [number, number, number];
      if (![low, after, high].every(Number.isFinite)) leave('not_finite', infinite);
      else {
        // Net figures may fall below zero, targets do not.
        targets.push({
          kpi,
          quarter,
          after: Math.max(0, after),
          low,
          high,
          daysKnown: known.length,
          daysForecast: own.length,
          rule,
        });
      }
    }
  }
  return { targets, left };
}

function quarterValue(rule: AdoptedTarget['rule'], forecast: readonly number[], known: readonly number[]): number {
  if (rule === 'end') return forecast.at(-1) ?? Number.NaN;
  return [...known, ...forecast].reduce((total, value) => total + value, 0);
}

interface ForecastDay {
  day: Day;
  p10: number;
  p50: number;
  p90: number;
}

/** Weeks spread over their days: totals evenly, means as they are, levels on the way from the end of one week to the next. */
function daysOf({ observation, series, snapshot }: AdoptionInput): ForecastDay[] {
  const { kpi, measure } = observation;
  const last = snapshot.series.find((one) => one.kpi === kpi)?.values.at(-1) ?? null;
  return series.weeks.flatMap((week, number) => {
    const earlier = series.weeks[number - 1];
    return Array.from({ length: week.days }, (_, at) => {
      const value = (of: 'p10' | 'p50' | 'p90') => {
        const ends = toldOf(week, of);
        if (measure === 'total') return ends / week.days;
        if (measure === 'mean') return ends;
        const begins = earlier === undefined ? (last ?? ends) : toldOf(earlier, of);
        return begins + ((ends - begins) * (at + 1)) / week.days;
      };
      return { day: addDays(week.t, at), p10: value('p10'), p50: value('p50'), p90: value('p90') };
    });
  });
}

/** What was not finite is null once it was stored, and null counts as zero in sums. */
function toldOf(week: Record<'p10' | 'p50' | 'p90', number | null>, of: 'p10' | 'p50' | 'p90'): number {
  return week[of] ?? Number.NaN;
}

/** Values of the days of a quarter before the forecast; undefined where some are not known. */
function knownBefore(kpi: string, snapshot: AdoptionInput['snapshot'], from: Day): number[] | undefined {
  if (from >= snapshot.to) return [];
  const values = snapshot.series.find((one) => one.kpi === kpi)?.values;
  const first = daysBetween(snapshot.from, from);
  if (values === undefined || first < 0) return undefined;
  const own = values.slice(first);
  return own.every((value) => value !== null) ? own : undefined;
}

/** `2026Q1` of a day. */
export function quarterOf(day: Day): string {
  return `${day.slice(0, 4)}Q${Math.floor((Number(day.slice(5, 7)) - 1) / 3) + 1}`;
}

/** First day of a quarter, and the day after its last. */
export function quarterDays(quarter: string): [Day, Day] {
  const year = Number(quarter.slice(0, 4));
  const number = Number(quarter.slice(5));
  const start = (y: number, month: number) => `${y}-${String(month).padStart(2, '0')}-01`;
  return [start(year, number * 3 - 2), number === 4 ? start(year + 1, 1) : start(year, number * 3 + 1)];
}

function daysBetween(from: Day, to: Day): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / msPerDay);
}

/** Series of a forecast of one scenario. */
export function seriesOf(result: ForecastResult, scenario: string, kpi: string): ForecastSeries | undefined {
  return result.series.find((one) => one.scenario === scenario && one.kpi === kpi);
}

const reached = {
  en: 'The forecast ends before the quarter does.',
  zh: '预测在该季度结束前终止。',
};
const begun = {
  en: 'The quarter has begun, and not all of its days so far have data.',
  zh: '该季度已开始，且此前的日子并非都有数据。',
};
const infinite = {
  en: 'The forecast of this quarter is not a finite number.',
  zh: '该季度的预测值不是有限数。',
};
