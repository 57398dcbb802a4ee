import { type Diagnostic, error } from '../diagnostic.ts';
import type { Range } from '../experiment/evaluate.ts';
import { betaQuantile, gammaQuantile } from '../numerics/continuous.ts';
import { normalCdf, standardNormalQuantile } from '../numerics/normal.ts';
import { factorFaults } from '../sampling/scale.ts';

/** What is known of a parameter before the data, by a distribution of its own. */
export type PriorDistribution =
  /** Normal, cut off below `low` and above `high` where these are given. */
  | { name: string; distribution: 'normal'; mean: number; deviation: number; low?: number; high?: number }
  /** The logarithm is normal; the median is exp(logMean). */
  | { name: string; distribution: 'lognormal'; logMean: number; logDeviation: number }
  /** The magnitude of a normal variate with mean 0. */
  | { name: string; distribution: 'half_normal'; deviation: number }
  | { name: string; distribution: 'exponential'; mean: number }
  /** With mean shape * scale. */
  | { name: string; distribution: 'gamma'; shape: number; scale: number }
  /** With density x^(a-1) (1-x)^(b-1), stretched from `low` to `high`; from 0 to 1 by default. */
  | { name: string; distribution: 'beta'; a: number; b: number; low?: number; high?: number };

/** A range is a uniform prior, on its own scale. */
export type Prior = Range | PriorDistribution;

/** Scores beyond this are less probable than 1e-299; there the tail of a distribution function underflows. */
export const scoreMost = 37;
/** A cut normal distribution keeps at least so much; below it quantiles lose their digits. */
const massLeast = 1e-200;
const parametersMost = 256;

/** What is wrong with priors. */
export function priorFaults(priors: readonly Prior[]): Diagnostic[] {
  if (priors.length === 0) return [error('experiment.no_factors')];
  if (priors.length > parametersMost) {
    return [error('experiment.too_many_factors', { count: priors.length, most: parametersMost })];
  }
  const seen = new Set<string>();
  return priors.flatMap((prior) => {
    const faults = 'distribution' in prior ? distributionFaults(prior) : factorFaults([prior], 1);
    if (seen.has(prior.name)) faults.push(error('experiment.same_name', { name: prior.name }));
    seen.add(prior.name);
    return faults;
  });
}

function distributionFaults(prior: PriorDistribution): Diagnostic[] {
  const { name } = prior;
  const number = (setting: string, value: number) => ({ setting, value, isSound: Number.isFinite(value) });
  const positive = (setting: string, value: number) => ({
    setting,
    value,
    isSound: value > 0 && Number.isFinite(value),
  });
  const above = (setting: string, value: number, least: number) => ({ setting, value, isSound: value > least });
  const checks = (): { setting: string; value: number; isSound: boolean }[] => {
    switch (prior.distribution) {
      case 'normal': {
        const [low, high] = endsOf(prior);
        return [number('mean', prior.mean), positive('deviation', prior.deviation), above('high', high, low)];
      }
      case 'lognormal':
        return [number('logMean', prior.logMean), positive('logDeviation', prior.logDeviation)];
      case 'half_normal':
        return [positive('deviation', prior.deviation)];
      case 'exponential':
        return [positive('mean', prior.mean)];
      case 'gamma':
        return [positive('shape', prior.shape), positive('scale', prior.scale)];
      case 'beta': {
        const [low, high] = endsOf(prior);
        return [positive('a', prior.a), positive('b', prior.b), positive('high', high - low)];
      }
    }
  };
  const faults = checks().filter(({ isSound }) => !isSound);
  if (faults.length > 0) {
    return faults.map(({ setting, value }) => error('fit.bad_prior', { name, setting, value }));
  }
  if (prior.distribution !== 'normal') return [];
  // A cut so far out that nothing is left.
  const mass = massOf(prior);
  return mass > massLeast ? [] : [error('fit.bad_prior', { name, setting: 'mass', value: mass })];
}

/** The least and the most that a parameter may be; infinite where there is no end. */
export function endsOf(prior: Prior): [number, number] {
  if (!('distribution' in prior)) return [prior.low, prior.high];
  switch (prior.distribution) {
    case 'normal':
      return [prior.low ?? Number.NEGATIVE_INFINITY, prior.high ?? Number.POSITIVE_INFINITY];
    case 'beta':
      return [prior.low ?? 0, prior.high ?? 1];
    case 'lognormal':
    case 'half_normal':
    case 'exponential':
    case 'gamma':
      return [0, Number.POSITIVE_INFINITY];
  }
}

/**
 * The value of a parameter at a normal score: the one below which lies as much of the prior as of the standard normal
 * distribution below the score. On the scale of scores every prior is standard normal.
 */
export function priorValue(prior: Prior): (score: number) => number {
  const value = scoredValue(prior);
  const [low, high] = endsOf(prior);
  return (score) => {
    const kept = Math.min(scoreMost, Math.max(-scoreMost, score));
    return Math.min(high, Math.max(low, value(kept)));
  };
}

function scoredValue(prior: Prior): (score: number) => number {
  if (!('distribution' in prior)) {
    const between = (low: number, high: number) => (score: number) =>
      score < 0 ? low + (high - low) * below(score) : high - (high - low) * below(-score);
    if (prior.scale !== 'log') return between(prior.low, prior.high);
    const logarithm = between(Math.log(prior.low), Math.log(prior.high));
    return (score) => Math.exp(logarithm(score));
  }
  switch (prior.distribution) {
    case 'normal':
      return truncatedNormal(prior.mean, prior.deviation, ...endsOf(prior));
    case 'lognormal':
      return (score) => Math.exp(prior.logMean + prior.logDeviation * score);
    case 'half_normal':
      return truncatedNormal(0, prior.deviation, 0, Number.POSITIVE_INFINITY);
    case 'exponential':
      return (score) => (score < 0 ? -prior.mean * Math.log1p(-below(score)) : -prior.mean * Math.log(below(-score)));
    case 'gamma':
      return (score) => gammaQuantile(shareOf(score), prior.shape, prior.scale);
    case 'beta': {
      const [low, high] = endsOf(prior);
      return (score) => low + (high - low) * betaQuantile(shareOf(score), prior.a, prior.b);
    }
  }
}

/** How much of the standard normal distribution lies below a score. */
function below(score: number): number {
  return normalCdf(score, 0, 1);
}

/** The same, short of 1, where quantiles are infinite. */
function shareOf(score: number): number {
  return Math.min(1 - 2 ** -53, below(score));
}

/** How much of a normal distribution the ends leave. */
export function massOf(prior: { mean: number; deviation: number; low?: number; high?: number }): number {
  const { mean, deviation, low, high } = prior;
  return massBetween(
    ((low ?? Number.NEGATIVE_INFINITY) - mean) / deviation,
    ((high ?? Number.POSITIVE_INFINITY) - mean) / deviation,
  );
}

/** How much of the standard normal distribution lies between two scores, from the tail in which they lie. */
export function massBetween(a: number, b: number): number {
  return a > 0 ? below(-a) - below(-b) : below(b) - below(a);
}

/** Works from the nearer tail, so that scores keep their digits on both sides. */
function truncatedNormal(mean: number, deviation: number, low: number, high: number): (score: number) => number {
  if (low === Number.NEGATIVE_INFINITY && high === Number.POSITIVE_INFINITY) return (score) => mean + deviation * score;
  const [a, b] = [(low - mean) / deviation, (high - mean) / deviation];
  // Mass between the ends, measured in the tail in which they lie.
  const isUpper = a > 0;
  const [near, far] = isUpper ? [below(-b), below(-a)] : [below(a), below(b)];
  const mass = far - near;
  return (score) => {
    const share = isUpper ? below(-score) : below(score);
    const rest = isUpper ? below(score) : below(-score);
    const inside = share < 0.5 ? near + mass * share : far - mass * rest;
    if (isUpper) return mean - deviation * standardNormalQuantile(inside);
    if (inside <= 0.5) return mean + deviation * standardNormalQuantile(inside);
    return mean - deviation * standardNormalQuantile(share < 0.5 ? 1 - inside : below(-b) + mass * rest);
  };
}
