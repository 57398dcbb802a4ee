import { type Diagnostic, error } from '../diagnostic.ts';
import type { Range } from '../experiment/evaluate.ts';
import { standardNormalQuantile } from '../numerics/normal.ts';

/** A parameter with a distribution of another shape than a range has. */
export type Distributed =
  | { name: string; distribution: 'normal'; mean: number; deviation: number }
  /** The logarithm is normal with `logMean` and `logDeviation`; the median is exp(logMean). */
  | { name: string; distribution: 'lognormal'; logMean: number; logDeviation: number }
  | { name: string; distribution: 'triangular'; low: number; mode: number; high: number };

/** An uncertain parameter: uniform over a range, uniform in its logarithm, or with a distribution of its own. */
export type Factor = Range | Distributed;

/** What is wrong with the factors of an experiment: none, too many, twice the same, or one that has no sense. */
export function factorFaults(factors: readonly Factor[], most: number): Diagnostic[] {
  if (factors.length === 0) return [error('experiment.no_factors')];
  if (factors.length > most) return [error('experiment.too_many_factors', { count: factors.length, most })];
  const seen = new Set<string>();
  const faults: Diagnostic[] = [];
  for (const factor of factors) {
    if (seen.has(factor.name)) faults.push(error('experiment.same_name', { name: factor.name }));
    seen.add(factor.name);
    faults.push(...('distribution' in factor ? distributionFaults(factor) : rangeFaults(factor)));
  }
  return faults;
}

function rangeFaults({ name, low, high, scale }: Range): Diagnostic[] {
  // A width beyond the largest double would make every point in between infinite.
  if (!(low < high && Number.isFinite(high - low))) return [error('experiment.bad_range', { name, low, high })];
  if (scale === 'log' && low <= 0) return [error('experiment.bad_log_range', { name, low })];
  return [];
}

function distributionFaults(factor: Distributed): Diagnostic[] {
  switch (factor.distribution) {
    case 'normal':
      return spreadFaults(factor.name, factor.mean, factor.deviation);
    case 'lognormal':
      return spreadFaults(factor.name, factor.logMean, factor.logDeviation);
    case 'triangular': {
      const { name, low, mode, high } = factor;
      const faults = rangeFaults({ name, low, high });
      if (faults.length > 0 || (mode >= low && mode <= high)) return faults;
      return [error('experiment.bad_mode', { name, mode, low, high })];
    }
  }
}

function spreadFaults(name: string, mean: number, deviation: number): Diagnostic[] {
  const isSound = Number.isFinite(mean) && Number.isFinite(deviation) && deviation > 0;
  return isSound ? [] : [error('experiment.bad_distribution', { name, mean, deviation })];
}

/** The least share and the most: half the step of a draw away from the ends, where a normal factor is infinite. */
const shareLeast = 2 ** -54;
const shareMost = 1 - 2 ** -53;

/**
 * How a number from the unit interval becomes a value of the factor: the inverse of its distribution function. Of a range
 * 0 gives exactly `low` and 1 exactly `high`; of normal and lognormal factors both ends give far but finite values.
 */
export function factorScale(factor: Factor): (share: number) => number {
  if ('distribution' in factor) return distributionScale(factor);
  const { low, high } = factor;
  if (factor.scale !== 'log') return (share) => (share === 1 ? high : low + share * (high - low));
  const logLow = Math.log(low);
  const width = Math.log(high) - logLow;
  return (share) => {
    if (share <= 0) return low;
    if (share >= 1) return high;
    return Math.min(high, Math.max(low, Math.exp(logLow + share * width)));
  };
}

function distributionScale(factor: Distributed): (share: number) => number {
  switch (factor.distribution) {
    case 'normal':
      return (share) => factor.mean + factor.deviation * normalScore(share);
    case 'lognormal':
      return (share) => Math.exp(factor.logMean + factor.logDeviation * normalScore(share));
    case 'triangular': {
      const { low, mode, high } = factor;
      const width = high - low;
      const turn = (mode - low) / width;
      return (share) =>
        share < turn ? low + width * Math.sqrt(share * turn) : high - width * Math.sqrt((1 - share) * (1 - turn));
    }
  }
}

function normalScore(share: number): number {
  return standardNormalQuantile(Math.min(shareMost, Math.max(shareLeast, share)));
}

/** Points of the unit cube, one after the other, as values of the factors; the given points are left as they are. */
export function scalePoints(points: Float64Array, factors: readonly Factor[]): Float64Array {
  const scales = factors.map(factorScale);
  const scaled = new Float64Array(points.length);
  for (const [d, scale] of scales.entries()) {
    for (let i = d; i < points.length; i += scales.length) scaled[i] = scale(points[i]!);
  }
  return scaled;
}
