import { betaCdf, betaQuantile, gammaCdf, gammaQuantile } from '../numerics/continuous.ts';
import { logBetaWeight, logGamma, logGammaWeight } from '../numerics/gamma-function.ts';
import { incompleteBeta } from '../numerics/incomplete.ts';
import { erf, normalCdf, standardNormalQuantile } from '../numerics/normal.ts';

/** What is known of a parameter before the data. */
export type Prior =
  | { distribution: 'uniform'; low: number; high: number }
  /** Uniform in the logarithm. */
  | { distribution: 'loguniform'; low: number; high: number }
  | { distribution: 'normal'; mean: number; deviation: number }
  /** The logarithm is normal with `logMean` and `logDeviation`; the median is exp(logMean). */
  | { distribution: 'lognormal'; logMean: number; logDeviation: number }
  /** The size of a normal variate of mean 0. */
  | { distribution: 'halfnormal'; deviation: number }
  | { distribution: 'exponential'; mean: number }
  /** Mean shape · scale. */
  | { distribution: 'gamma'; shape: number; scale: number }
  /** On 0 to 1, with mean a / (a + b). */
  | { distribution: 'beta'; a: number; b: number }
  /** `scale` is not the deviation; freedom 1 is Cauchy's distribution. */
  | { distribution: 'student'; freedom: number; center: number; scale: number };

/** A prior between bounds. All functions are of the truncated distribution. */
export interface BoundedPrior {
  /** Where values can lie; an end may be infinite. */
  low: number;
  high: number;
  /** Natural logarithm of the density; -Infinity outside. */
  logDensity: (x: number) => number;
  /** The value that is not exceeded with probability `share`, which is from 0 to 1. */
  quantile: (share: number) => number;
  /** Share of the distribution without bounds that lies between them. */
  mass: number;
}

/** A distribution without bounds but its own. */
interface Law {
  low: number;
  high: number;
  logDensity: (x: number) => number;
  cdf: (x: number) => number;
  quantile: (p: number) => number;
}

const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);

/** The settings of a prior that make no sense, and what they have to be. */
export function priorFaults(
  prior: Prior,
): { setting: string; value: number; wanted: 'finite' | 'positive' | 'above' }[] {
  const positive: Record<string, number> = {};
  const finite: Record<string, number> = {};
  switch (prior.distribution) {
    case 'uniform':
      if (!(prior.low < prior.high)) return [{ setting: 'high', value: prior.high, wanted: 'above' }];
      Object.assign(finite, { low: prior.low, high: prior.high, width: prior.high - prior.low });
      break;
    case 'loguniform':
      if (!(prior.low < prior.high)) return [{ setting: 'high', value: prior.high, wanted: 'above' }];
      Object.assign(positive, { low: prior.low, high: prior.high });
      break;
    case 'normal':
      finite.mean = prior.mean;
      positive.deviation = prior.deviation;
      break;
    case 'lognormal':
      finite.logMean = prior.logMean;
      positive.logDeviation = prior.logDeviation;
      break;
    case 'halfnormal':
      positive.deviation = prior.deviation;
      break;
    case 'exponential':
      positive.mean = prior.mean;
      break;
    case 'gamma':
      Object.assign(positive, { shape: prior.shape, scale: prior.scale });
      break;
    case 'beta':
      Object.assign(positive, { a: prior.a, b: prior.b });
      break;
    case 'student':
      finite.center = prior.center;
      Object.assign(positive, { freedom: prior.freedom, scale: prior.scale });
      break;
  }
  return [
    ...faultsAmong(finite, 'finite', Number.isFinite),
    ...faultsAmong(positive, 'positive', (value) => Number.isFinite(value) && value > 0),
  ];
}

function faultsAmong<W extends string>(settings: Record<string, number>, wanted: W, holds: (value: number) => boolean) {
  return Object.entries(settings)
    .filter(([, value]) => !holds(value))
    .map(([setting, value]) => ({ setting, value, wanted }));
}

/**
 * A sound prior, truncated to `low` .. `high`. Its mass there has to be looked at: below `massMin` the truncated
 * distribution has no digits left, so that it must not be used.
 */
export function boundedPrior(
  prior: Prior,
  low = Number.NEGATIVE_INFINITY,
  high = Number.POSITIVE_INFINITY,
): BoundedPrior {
  const law = lawOf(prior);
  const from = Math.max(low, law.low);
  const to = Math.min(high, law.high);
  const below = from > law.low ? law.cdf(from) : 0;
  const mass = from < to ? (to < law.high ? law.cdf(to) : 1) - below : 0;
  const logMass = mass === 1 ? 0 : Math.log(mass);
  return {
    low: from,
    high: to,
    logDensity: (x) => (x >= from && x <= to ? law.logDensity(x) - logMass : Number.NEGATIVE_INFINITY),
    quantile: (share) => Math.min(to, Math.max(from, law.quantile(Math.min(1, below + share * mass)))),
    mass,
  };
}

/** The least mass between its bounds that a prior is used with. */
export const massMin = 1e-9;

function lawOf(prior: Prior): Law {
  switch (prior.distribution) {
    case 'uniform':
      return uniformLaw(prior.low, prior.high);
    case 'loguniform': {
      const { low, high } = prior;
      return exponentiated(uniformLaw(Math.log(low), Math.log(high)), low, high);
    }
    case 'normal':
      return normalLaw(prior.mean, prior.deviation);
    case 'lognormal':
      return exponentiated(normalLaw(prior.logMean, prior.logDeviation), 0, Number.POSITIVE_INFINITY);
    case 'halfnormal':
      return halfNormalLaw(prior.deviation);
    case 'exponential':
      return exponentialLaw(prior.mean);
    case 'gamma':
      return gammaLaw(prior.shape, prior.scale);
    case 'beta':
      return betaLaw(prior.a, prior.b);
    case 'student':
      return studentLaw(prior.freedom, prior.center, prior.scale);
  }
}

function uniformLaw(low: number, high: number): Law {
  const width = high - low;
  return {
    low,
    high,
    logDensity: () => -Math.log(width),
    cdf: (x) => (x - low) / width,
    quantile: (p) => low + p * width,
  };
}

function normalLaw(mean: number, deviation: number): Law {
  const constant = -Math.log(deviation) - halfLogTwoPi;
  return {
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
    logDensity: (x) => constant - 0.5 * ((x - mean) / deviation) ** 2,
    cdf: (x) => normalCdf(x, mean, deviation),
    quantile: (p) => mean + deviation * standardNormalQuantile(p),
  };
}

/** The law of exp(Y). */
function exponentiated(law: Law, low: number, high: number): Law {
  return {
    low,
    high,
    logDensity: (x) => (x > 0 ? law.logDensity(Math.log(x)) - Math.log(x) : Number.NEGATIVE_INFINITY),
    cdf: (x) => (x > 0 ? law.cdf(Math.log(x)) : 0),
    quantile: (p) => Math.exp(law.quantile(p)),
  };
}

function halfNormalLaw(deviation: number): Law {
  const constant = Math.LN2 - Math.log(deviation) - halfLogTwoPi;
  return {
    low: 0,
    high: Number.POSITIVE_INFINITY,
    logDensity: (x) => constant - 0.5 * (x / deviation) ** 2,
    cdf: (x) => erf((x / deviation) * Math.SQRT1_2),
    quantile: (p) => deviation * standardNormalQuantile((1 + p) / 2),
  };
}

function exponentialLaw(mean: number): Law {
  return {
    low: 0,
    high: Number.POSITIVE_INFINITY,
    logDensity: (x) => -Math.log(mean) - x / mean,
    cdf: (x) => -Math.expm1(-x / mean),
    quantile: (p) => -mean * Math.log1p(-p),
  };
}

function gammaLaw(shape: number, scale: number): Law {
  return {
    low: 0,
    high: Number.POSITIVE_INFINITY,
    logDensity: (x) => (x > 0 ? logGammaWeight(shape, x / scale) - Math.log(x) : densityAtEnd(shape, 1 / scale)),
    cdf: (x) => gammaCdf(x, shape, scale),
    quantile: (p) => gammaQuantile(p, shape, scale),
  };
}

function betaLaw(a: number, b: number): Law {
  return {
    low: 0,
    high: 1,
    logDensity: (x) => {
      if (x <= 0) return densityAtEnd(a, b);
      if (x >= 1) return densityAtEnd(b, a);
      return logBetaWeight(a, b, x, 1 - x) - Math.log(x) - Math.log1p(-x);
    },
    cdf: (x) => betaCdf(x, a, b),
    quantile: (p) => betaQuantile(p, a, b),
  };
}

/** Logarithm of the density at the end where it goes as `rate` · x^(power - 1). */
function densityAtEnd(power: number, rate: number): number {
  if (power === 1) return Math.log(rate);
  return power > 1 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function studentLaw(freedom: number, center: number, scale: number): Law {
  const constant = studentConstant(freedom) - Math.log(scale);
  return {
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
    logDensity: (x) => constant - ((freedom + 1) / 2) * Math.log1p(((x - center) / scale) ** 2 / freedom),
    cdf: (x) => {
      const square = ((x - center) / scale) ** 2;
      const tail = incompleteBeta(freedom / 2, 0.5, freedom / (freedom + square), square / (freedom + square)) / 2;
      return x > center ? 1 - tail : tail;
    },
    quantile: (p) => center + scale * studentVariate(p, freedom),
  };
}

/** Logarithm of the density of Student's distribution at 0. */
export function studentConstant(freedom: number): number {
  return logGamma((freedom + 1) / 2) - logGamma(freedom / 2) - 0.5 * Math.log(freedom * Math.PI);
}

/**
 * Quantile of Student's distribution for any freedom above 0: T² / (freedom + T²) has a beta distribution (M.
 * Abramowitz, I. A. Stegun, 26.7.1). Of the two forms the one that keeps its digits is taken.
 */
export function studentVariate(p: number, freedom: number): number {
  if (p === 0.5) return 0;
  const tail = Math.min(p, 1 - p);
  if (tail === 0) return p === 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const inner =
    tail > 0.25 ? betaQuantile(1 - 2 * tail, 0.5, freedom / 2) : 1 - betaQuantile(2 * tail, freedom / 2, 0.5);
  const outer = tail > 0.25 ? 1 - inner : betaQuantile(2 * tail, freedom / 2, 0.5);
  const size = Math.sqrt((freedom * inner) / outer);
  return p < 0.5 ? -size : size;
}
