import { normalCdf } from '../numerics/normal.ts';
import { quantileOf } from '../numerics/quantile.ts';
import { drawsOf } from '../sampling/chance.ts';

/** Both ends of an interval. */
export interface Interval {
  low: number;
  high: number;
}

/** Resamples by default: an interval then moves by a hundredth or two of its width from seed to seed. */
export const resamplesDefault = 2000;
/** With fewer the tails of an interval are empty; with more the samples of a thousand statistics take too much memory. */
export const resamplesMin = 200;
export const resamplesMax = 10_000;

/** Freedom from which Student's distribution is taken as normal; they differ by less than 1e-3 of an interval there. */
const freedomMax = 1000;

/**
 * Parts from which the resamples tell the shape of the interval and not only its width. Sums of a few values have shorter
 * tails than the values they stand for: percentiles over eight parts hold the truth in 93 % of cases instead of 95 %.
 */
const shapedFrom = 20;

/**
 * Bootstrap intervals of statistics of `clusters` independent and equally distributed parts, resampled whole, with
 * replacement. `statistic` gets how often each part was drawn, and gives always the same number of values; resamples in
 * which a value is no number count for nothing there.
 *
 * With 20 parts and more the percentiles of the resamples, expanded for the number of parts; with fewer the standard
 * error of the resamples around the value from all parts, with Student's quantile. Both after T. C. Hesterberg, "What
 * teachers should know about the bootstrap", The American Statistician 69 (2015) 371-386: resamples of n parts spread too
 * little by the factor sqrt((n - 1) / n), and the normal quantile is too small for few parts.
 */
export function bootstrapIntervals(
  clusters: number,
  statistic: (weights: Float64Array) => Float64Array,
  settings: { resamples: number; confidence: number; seed: number },
): Interval[] {
  const { resamples, confidence, seed } = settings;
  const next = drawsOf(seed, 'resampling', clusters);
  const weights = new Float64Array(clusters).fill(1);
  const centers = statistic(weights);
  const samples = Array.from(centers, () => new Float64Array(resamples));
  for (let b = 0; b < resamples; b += 1) {
    weights.fill(0);
    for (let i = 0; i < clusters; i += 1) weights[Math.floor(next() * clusters)]! += 1;
    const values = statistic(weights);
    for (const [k, sample] of samples.entries()) sample[b] = values[k]!;
  }
  const finite = samples.map((sample) => sample.filter(Number.isFinite));
  if (clusters >= shapedFrom) {
    const tail = expandedTail(clusters, confidence);
    return finite.map((sample) => percentileInterval(sample.sort(), tail));
  }
  const factor = studentQuantile((1 + confidence) / 2, clusters - 1) * Math.sqrt(clusters / (clusters - 1));
  return finite.map((sample, k) => {
    const half = factor * spreadOf(sample);
    return { low: centers[k]! - half, high: centers[k]! + half };
  });
}

function percentileInterval(sorted: Float64Array, tail: number): Interval {
  return { low: quantileOf(sorted, tail), high: quantileOf(sorted, 1 - tail) };
}

function spreadOf(sample: Float64Array): number {
  const mean = sample.reduce((sum, value) => sum + value / sample.length, 0);
  return Math.sqrt(sample.reduce((sum, value) => sum + (value - mean) ** 2, 0) / sample.length);
}

/** The share of resamples on either side of an expanded percentile interval. */
export function expandedTail(clusters: number, confidence: number): number {
  const student = studentQuantile((1 + confidence) / 2, clusters - 1);
  return normalCdf(-student * Math.sqrt(clusters / (clusters - 1)), 0, 1);
}

/** The quantile of Student's distribution for a share above one half, by bisection of its distribution function. */
export function studentQuantile(share: number, freedom: number): number {
  const nu = Math.min(freedom, freedomMax);
  let low = 0;
  let high = 1;
  while (studentShare(high, nu) < share && high < 1e12) high *= 2;
  for (let i = 0; i < 100 && high - low > 1e-13 * high; i += 1) {
    const middle = (low + high) / 2;
    if (studentShare(middle, nu) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(T <= t) for t >= 0 and whole degrees of freedom: M. Abramowitz, I. A. Stegun, 26.7.3 and 26.7.4. */
function studentShare(t: number, freedom: number): number {
  const angle = Math.atan(t / Math.sqrt(freedom));
  const sine = Math.sin(angle);
  const square = Math.cos(angle) ** 2;
  const isOdd = freedom % 2 === 1;
  let term = isOdd ? Math.cos(angle) : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k <= freedom - 2; k += 2) {
    term *= (square * (k - 1)) / k;
    sum += term;
  }
  const inside = isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
  return (1 + inside) / 2;
}
