import type { Quantiles } from '../task.ts';

/** Quantile of sorted values by linear interpolation, type 7 of R. J. Hyndman, Y. Fan, Am. Stat. 50 (1996) 361-365. */
export function quantileAt(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const lower = sorted[below];
  const upper = sorted[Math.min(below + 1, sorted.length - 1)];
  if (lower === undefined || upper === undefined) return Number.NaN;
  const part = position - below;
  return lower === upper ? lower : Math.min(upper, lower + part * (upper - lower));
}

/** Quantiles and mean of values, which are sorted in place; those that are not finite are left out. */
export function quantilesOf(values: Float64Array): Quantiles {
  values.sort();
  let count = values.length;
  while (count > 0 && !Number.isFinite(values[count - 1]!)) count -= 1;
  const first = values.findIndex((value) => value > Number.NEGATIVE_INFINITY);
  const sorted = values.subarray(Math.max(0, first), count);
  let sum = 0;
  for (let i = 0; i < sorted.length; i += 1) sum += sorted[i]!;
  return {
    p10: quantileAt(sorted, 0.1),
    p25: quantileAt(sorted, 0.25),
    p50: quantileAt(sorted, 0.5),
    p75: quantileAt(sorted, 0.75),
    p90: quantileAt(sorted, 0.9),
    mean: sum / sorted.length,
  };
}

const keys = ['p10', 'p25', 'p50', 'p75', 'p90', 'mean'] as const;

/** Quantiles whose distances from the median are `factor` times as long; what cannot be negative stays so. */
export function spreadQuantiles(quantiles: Quantiles, factor: number): Quantiles {
  if (factor === 1) return quantiles;
  const { p50 } = quantiles;
  const isPositive = quantiles.p10 > 0 && quantiles.p25 > 0;
  const wider = (value: number) => {
    // On the logarithm where all is positive, so that no width makes it cross zero.
    if (isPositive && value > 0) return p50 * (value / p50) ** factor;
    return p50 + factor * (value - p50);
  };
  // Rounding must not turn the order of neighbours round.
  const p25 = Math.min(p50, wider(quantiles.p25));
  const p75 = Math.max(p50, wider(quantiles.p75));
  return {
    p10: Math.min(p25, wider(quantiles.p10)),
    p25,
    p50,
    p75,
    p90: Math.max(p75, wider(quantiles.p90)),
    mean: wider(quantiles.mean),
  };
}

/**
 * Quantile averaging: each quantile is the weighted mean of the same quantile of all forecasts (K. C. Lichtendahl, Y.
 * Grushka-Cockayne, R. L. Winkler, "Is it better to average probabilities or quantiles?", Management Science 59 (2013)
 * 1594-1611). Weights that add up to nothing give undefined.
 */
export function averageQuantiles(parts: readonly { quantiles: Quantiles; weight: number }[]): Quantiles | undefined {
  const whole = parts.reduce((sum, { weight }) => sum + weight, 0);
  if (!(whole > 0)) return undefined;
  const average: Quantiles = { p10: 0, p25: 0, p50: 0, p75: 0, p90: 0, mean: 0 };
  for (const { quantiles, weight } of parts) {
    for (const key of keys) average[key] += (weight / whole) * quantiles[key];
  }
  return average;
}
