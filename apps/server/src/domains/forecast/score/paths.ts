import type { Method } from '../task.ts';
import { decomposition, exponentialSmoothing, type Path } from './exponential.ts';
import { gapsFilled } from './gaps.ts';
import type { History } from './history.ts';
import { type Transform, transformFor } from './transform.ts';

export type BaselineMethod = Exclude<Method, 'model' | 'combination'>;
export const baselineMethods: readonly BaselineMethod[] = ['last_value', 'seasonal_naive', 'ets', 'mstl'];

/** One way to carry out a baseline method; where a method has several, errors of the past choose. */
export interface Variant {
  method: BaselineMethod;
  /** Weeks of history below which it is not tried. */
  weeksLeast: number;
  /** Medians for the weeks ahead on the transformed scale, promotions left out. */
  path: (seen: Seen, ahead: number) => Path | undefined;
}

/** A history freed of promotions, on a scale on which errors are alike. */
export interface Seen {
  history: History;
  transform: Transform;
  /** By week; gaps at the beginning are cut off, others lie on the straight line between their neighbours. */
  filled: Float64Array;
}

const year = 52;
/** Weeks that a seasonal naive forecast of one week's season may average. */
const windows = [4, 1, 2, 8, 13];
const openDayShare = 0.05;
const smearingWeeks = 26;

export function seenOf(history: History): Seen {
  const plain = history.weeks.map((value, week) => value / history.lift[week]!);
  const transform = transformFor(plain);
  return { history, transform, filled: gapsFilled(plain.map(transform.forward)) };
}

/**
 * The baselines in the form in which a good forecaster would make them. Last value: a random walk. Seasonal naive: the same
 * week of last year where there are two years; before that the only season that can be known is the week's own, and the
 * forecast is the mean of the last weeks, as many as served best so far (a seasonal window average with the days of a week
 * added up). ETS: on weeks. MSTL: with the season of the year on weeks where there are two years, else with the days
 * of the week on days.
 */
export const variants: readonly Variant[] = [
  { method: 'last_value', weeksLeast: 1, path: ({ filled }, ahead) => level(filled.slice(-1), ahead) },
  {
    method: 'seasonal_naive',
    weeksLeast: 2 * year,
    path: ({ filled }, ahead) => ({
      points: Float64Array.from({ length: ahead }, (_, h) => filled[filled.length - year + (h % year)]!),
      deviations: undefined,
    }),
  },
  ...windows.map(
    (window): Variant => ({
      method: 'seasonal_naive',
      weeksLeast: window,
      path: ({ filled }, ahead) => level(filled.slice(-window), ahead),
    }),
  ),
  { method: 'ets', weeksLeast: 6, path: ({ filled }, ahead) => exponentialSmoothing(filled, ahead) },
  {
    method: 'mstl',
    weeksLeast: 2 * year + 1,
    path: ({ filled }, ahead) => decomposition(filled, year, ahead),
  },
  { method: 'mstl', weeksLeast: 4, path: (seen, ahead) => dailyDecomposition(seen, ahead) },
];

function level(values: Float64Array, ahead: number): Path | undefined {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Number.isFinite(mean) ? { points: new Float64Array(ahead).fill(mean), deviations: undefined } : undefined;
}

/** Days on which the shop is open, decomposed by weekday and added up to weeks again. */
function dailyDecomposition({ history, transform }: Seen, ahead: number): Path | undefined {
  const { input, origin, pattern } = history;
  const isOpen = (day: number) => (pattern.weekday?.[(input.weekday0 + day) % 7] ?? 1) > openDayShare;
  const season = [0, 1, 2, 3, 4, 5, 6].filter(isOpen).length;
  if (season < 2) return undefined;
  const days = Array.from({ length: origin }, (_, day) => day).filter(isOpen);
  const plain = Float64Array.from(days, (day) => {
    const factor = input.promotions[day] === 1 ? (pattern.promotion ?? 1) : 1;
    return (input.values[day] ?? Number.NaN) / factor;
  });
  const scale = transformFor(plain);
  const filled = gapsFilled(plain.map(scale.forward));
  const aheadDays = Array.from({ length: 7 * ahead }, (_, day) => origin + day).filter(isOpen);
  const found = decomposition(filled, season, aheadDays.length);
  if (found === undefined) return undefined;
  // A mean of days is wanted, and the fit is of medians (N. Duan, J. Am. Stat. Assoc. 78 (1983) 605-610).
  const recent = Math.min(found.fitted.length, smearingWeeks * season);
  const [real, said] = [sumOf(filled.slice(-recent), scale), sumOf(found.fitted.slice(-recent), scale)];
  const smearing = input.measure === 'level' || !(real > 0 && said > 0) ? 1 : real / said;
  const points = new Float64Array(ahead);
  for (const [i, day] of aheadDays.entries()) {
    const week = Math.floor((day - origin) / 7);
    const value = scale.back(found.points[i]!) * smearing;
    points[week] = input.measure === 'level' ? value : points[week]! + value / (input.measure === 'mean' ? season : 1);
  }
  const transformed = points.map(transform.forward);
  return transformed.every(Number.isFinite) ? { points: transformed, deviations: undefined } : undefined;
}

function sumOf(values: Float64Array, { back }: Transform): number {
  return values.reduce((sum, value) => sum + back(value), 0);
}
