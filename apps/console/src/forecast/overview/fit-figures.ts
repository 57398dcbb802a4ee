import type { Discrepancy, FitResult, FittedParameter, FittedSeries } from '@tandem/server/schema/forecast';

/**
 * How far "next week is as this week" lies from what was observed, of the mean of the series: the trivial rule beside
 * which the error of a fit is read. Null where there are no two weeks in a row.
 */
export function lastWeekError(weeks: FittedSeries['weeks']): number | null {
  let error = 0;
  let pairs = 0;
  const seen = weeks.flatMap(({ observed }) => (observed === null ? [] : [observed]));
  const mean = seen.reduce((sum, value) => sum + Math.abs(value), 0) / seen.length;
  for (const [index, { observed }] of weeks.entries()) {
    const before = weeks[index - 1]?.observed;
    if (observed === null || before === null || before === undefined) continue;
    error += Math.abs(observed - before);
    pairs++;
  }
  return pairs === 0 || !(mean > 0) ? null : error / pairs / mean;
}

/** How far a week usually lies from the model, as a share: the spread of level and noise together, on the logarithm. */
export function weeklyNoise({ phi, push, noise }: Pick<Discrepancy, 'phi' | 'push' | 'noise'>): number {
  const level = push ** 2 / Math.max(1e-6, 1 - phi ** 2);
  return Math.expm1(Math.sqrt(level + noise ** 2));
}

export const verdictTones = {
  identified: 'ok',
  weak: 'watch',
  unidentified: 'plain',
  at_bound: 'act',
} as const satisfies Record<FittedParameter['verdict'], string>;

const order: Record<FittedParameter['verdict'], number> = { at_bound: 0, identified: 1, weak: 2, unidentified: 3 };

/** What the data settled first; within that, what they moved furthest from the template. */
export function byVerdict(parameters: FitResult['parameters']): FittedParameter[] {
  return [...parameters].sort(
    (a, b) => order[a.verdict] - order[b.verdict] || Math.abs(b.priorScore) - Math.abs(a.priorScore),
  );
}

/** Whether an interval is best read on a logarithmic scale: positive, and over more than a factor of twenty. */
export function isWide(values: readonly number[]): boolean {
  const least = Math.min(...values);
  return least > 0 && Math.max(...values) / least > 20;
}
