import type { Horizon, Method } from '../task.ts';
import type { Grid } from './grid.ts';

/** Weeks of data before the first origin, at least and at most. */
const firstLeast = 10;
const firstMost = 26;
const shareBefore = 1 / 3;
/** Of the weeks of data, so many at most lie after the last origin: short histories score long horizons less often. */
const shareAfter = 1 / 6;

/**
 * Origins for a history of so many weeks: weeks from its first to forecast from, evenly spread. None where the history is
 * too short to forecast from and score.
 */
export function originWeeks(weeks: number, count: number, longest: number): number[] {
  const first = Math.min(firstMost, Math.max(firstLeast, Math.round(weeks * shareBefore)));
  const last = weeks - Math.max(1, Math.min(longest, Math.floor(weeks * shareAfter)));
  if (last < first || count < 1) return [];
  const most = Math.min(count, last - first + 1);
  const step = most > 1 ? (last - first) / (most - 1) : 0;
  return Array.from({ length: most }, (_, i) => last - Math.round((most - 1 - i) * step));
}

/** One series at one origin: what was forecast and what came. */
export interface Fold {
  /** Model day. */
  origin: number;
  /** Forecasts by week ahead. */
  grids: Partial<Record<Method, Grid[]>>;
  /**
   * By week ahead, on the logarithm: what the model has the plan of record change against levers going on as they were. The
   * forecasts are of the latter. Absent where no plan was known.
   */
  move?: Float64Array;
  /** By week ahead; NaN where not known. */
  observed: Float64Array;
  maseScale: number | null;
}

/** One week of one fold. */
export interface Pair {
  fold: number;
  /** Place in `grids` and `observed`: weeks ahead less one. */
  week: number;
  observed: number;
}

/** Weeks of folds within a horizon that had been seen by a day; of all folds without. */
export function pairsWithin(folds: readonly Fold[], { from, to }: Horizon, byDay = Number.POSITIVE_INFINITY): Pair[] {
  return folds.flatMap(({ origin, observed }, fold) => {
    const pairs: Pair[] = [];
    for (let week = from - 1; week < Math.min(to, observed.length); week += 1) {
      const value = observed[week]!;
      if (origin + 7 * (week + 1) <= byDay && !Number.isNaN(value)) pairs.push({ fold, week, observed: value });
    }
    return pairs;
  });
}

/** A share of 1 for each fold, divided among its pairs: weeks of one forecast err together. */
export function pairShares(pairs: readonly Pair[]): number[] {
  const counts = new Map<number, number>();
  for (const { fold } of pairs) counts.set(fold, (counts.get(fold) ?? 0) + 1);
  return pairs.map(({ fold }) => 1 / counts.get(fold)!);
}
