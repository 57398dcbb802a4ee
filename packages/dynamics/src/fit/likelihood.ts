import { type Diagnostic, error } from '../diagnostic.ts';
import { gammaQuantile } from '../numerics/continuous.ts';
import { poissonQuantile } from '../numerics/discrete.ts';
import { logGamma } from '../numerics/gamma-function.ts';
import { standardNormalQuantile } from '../numerics/normal.ts';
import type { Prior } from './prior.ts';

/** A size of the noise: known, or a parameter of its own that is estimated along. */
export type NoiseSize = number | Prior;

/** How observations scatter around the output of the model. */
export type Noise =
  | { distribution: 'normal'; deviation: NoiseSize }
  /** The logarithm of the observation is normal around the logarithm of the output. */
  | { distribution: 'lognormal'; logDeviation: NoiseSize }
  /** Student's distribution: outliers count less, the less freedom the more so. */
  | { distribution: 'student'; scale: NoiseSize; freedom: NoiseSize }
  /** Counts around the output. */
  | { distribution: 'poisson' }
  /** Counts with variance mean + dispersion * mean². */
  | { distribution: 'negative_binomial'; dispersion: NoiseSize };

/** Observations of some outputs that follow each other in a run's answer; NaN where nothing was observed. */
export interface Series {
  name: string;
  observations: ArrayLike<number>;
  noise: Noise;
}

/** Two numbers that a noise has, with the places of those that are estimated among all parameters. */
interface Size {
  fixed: number;
  place: number | undefined;
}

export interface Likelihood {
  /** Sizes of noise that are estimated, after the parameters of the model. */
  estimated: Prior[];
  width: number;
  /** Log probability of the data for one row of outputs and all parameters; -Infinity where it cannot be. */
  logDensity: (row: Float64Array, values: Float64Array) => number;
  /** An observation of output `k` of a row, from two uniform draws. */
  sample: (row: Float64Array, values: Float64Array, k: number, first: number, second: number) => number;
}

/** What is wrong with series of observations. */
export function seriesFaults(series: readonly Series[]): Diagnostic[] {
  const faults: Diagnostic[] = [];
  let observed = 0;
  for (const { name, observations, noise } of series) {
    for (const size of sizesOf(noise)) {
      if (typeof size === 'number' && !(size > 0 && Number.isFinite(size))) {
        faults.push(error('fit.bad_prior', { name, setting: 'noise', value: size }));
      }
    }
    for (let i = 0; i < observations.length; i += 1) {
      const value = observations[i]!;
      if (Number.isNaN(value)) continue;
      observed += 1;
      if (!isPossible(noise, value)) {
        const { distribution } = noise;
        faults.push(error('fit.bad_observation', { series: name, number: i + 1, value, distribution }));
        break;
      }
    }
  }
  return faults.length === 0 && observed === 0 ? [error('fit.no_data')] : faults;
}

function isPossible(noise: Noise, value: number): boolean {
  if (!Number.isFinite(value)) return false;
  switch (noise.distribution) {
    case 'normal':
    case 'student':
      return true;
    case 'lognormal':
      return value > 0;
    case 'poisson':
    case 'negative_binomial':
      return value >= 0 && Number.isInteger(value);
  }
}

function sizesOf(noise: Noise): NoiseSize[] {
  switch (noise.distribution) {
    case 'normal':
      return [noise.deviation];
    case 'lognormal':
      return [noise.logDeviation];
    case 'student':
      return [noise.scale, noise.freedom];
    case 'poisson':
      return [];
    case 'negative_binomial':
      return [noise.dispersion];
  }
}

/** The likelihood of series for a model of `modelParameters`; sizes of the same name are the same parameter. */
export function likelihoodOf(series: readonly Series[], modelParameters: number): Likelihood {
  const estimated: Prior[] = [];
  const placeOf = (size: NoiseSize): Size => {
    if (typeof size === 'number') return { fixed: size, place: undefined };
    let at = estimated.findIndex(({ name }) => name === size.name);
    if (at < 0) at = estimated.push(size) - 1;
    return { fixed: 0, place: modelParameters + at };
  };
  let width = 0;
  const parts = series.map(({ observations, noise }) => {
    const part = {
      start: width,
      observations: Float64Array.from(observations),
      noise,
      sizes: sizesOf(noise).map(placeOf),
    };
    width += observations.length;
    return part;
  });
  const sizeAt = (values: Float64Array, size: Size | undefined) =>
    size === undefined ? 0 : size.place === undefined ? size.fixed : values[size.place]!;
  return {
    estimated,
    width,
    logDensity: (row, values) => {
      let sum = 0;
      for (const { start, observations, noise, sizes } of parts) {
        const first = sizeAt(values, sizes[0]);
        const second = sizeAt(values, sizes[1]);
        sum += seriesDensity(noise.distribution, observations, row, start, first, second);
      }
      return Number.isNaN(sum) || sum === Number.POSITIVE_INFINITY ? Number.NEGATIVE_INFINITY : sum;
    },
    sample: (row, values, k, first, second) => {
      const part = parts.findLast(({ start }) => start <= k)!;
      const [one, two] = [sizeAt(values, part.sizes[0]), sizeAt(values, part.sizes[1])];
      return sampled(part.noise.distribution, row[k]!, one, two, first, second);
    },
  };
}

const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);

function seriesDensity(
  distribution: Noise['distribution'],
  observations: Float64Array,
  row: Float64Array,
  start: number,
  first: number,
  second: number,
): number {
  let sum = 0;
  for (let i = 0; i < observations.length; i += 1) {
    const y = observations[i]!;
    if (!Number.isNaN(y)) sum += logDensity(distribution, y, row[start + i]!, first, second);
  }
  return sum;
}

/** The log density of one observation, whole, so that models with different noise can be compared. */
function logDensity(
  distribution: Noise['distribution'],
  y: number,
  mean: number,
  first: number,
  second: number,
): number {
  switch (distribution) {
    case 'normal': {
      const z = (y - mean) / first;
      return -0.5 * z * z - Math.log(first) - halfLogTwoPi;
    }
    case 'lognormal': {
      if (!(mean > 0)) return Number.NaN;
      const z = Math.log(y / mean) / first;
      return -0.5 * z * z - Math.log(first * y) - halfLogTwoPi;
    }
    case 'student': {
      const z = (y - mean) / first;
      const half = (second + 1) / 2;
      const constant = logGamma(half) - logGamma(second / 2) - 0.5 * Math.log(Math.PI * second);
      return constant - Math.log(first) - half * Math.log1p((z * z) / second);
    }
    case 'poisson':
      if (!(mean > 0)) return mean === 0 && y === 0 ? 0 : Number.NaN;
      return y * Math.log(mean) - mean - logGamma(y + 1);
    case 'negative_binomial': {
      if (!(mean > 0)) return mean === 0 && y === 0 ? 0 : Number.NaN;
      // Below this the variance is that of Poisson to rounding, and 1 / dispersion loses its digits.
      if (first * mean < 1e-9) return y * Math.log(mean) - mean - logGamma(y + 1);
      const size = 1 / first;
      const spread = first * mean;
      const chosen = logGamma(y + size) - logGamma(size) - logGamma(y + 1);
      return chosen + y * (Math.log(spread) - Math.log1p(spread)) - size * Math.log1p(spread);
    }
  }
}

function sampled(
  distribution: Noise['distribution'],
  mean: number,
  first: number,
  second: number,
  one: number,
  two: number,
): number {
  switch (distribution) {
    case 'normal':
      return mean + first * standardNormalQuantile(one);
    case 'lognormal':
      return mean > 0 ? mean * Math.exp(first * standardNormalQuantile(one)) : Number.NaN;
    case 'student':
      return mean + first * standardNormalQuantile(one) * Math.sqrt(second / gammaQuantile(two, second / 2, 2));
    case 'poisson':
      return mean >= 0 ? poissonQuantile(one, mean) : Number.NaN;
    case 'negative_binomial':
      // A Poisson variate whose mean is a gamma variate.
      return mean >= 0 ? poissonQuantile(one, mean * meanOneGamma(two, 1 / first)) : Number.NaN;
  }
}

/** Quantile of a gamma variate with mean 1; of a large shape as E. B. Wilson, M. M. Hilferty (1931) approximate it. */
function meanOneGamma(share: number, shape: number): number {
  if (shape < 1e4) return gammaQuantile(share, shape, 1 / shape);
  const cube = 1 - 1 / (9 * shape) + standardNormalQuantile(share) / (3 * Math.sqrt(shape));
  return cube ** 3;
}
