import { type Diagnostic, error } from '../diagnostic.ts';
import { type BoundedPrior, boundedPrior, massMin, type Prior, priorFaults } from './priors.ts';

/**
 * A parameter to be learned. A plain `Range` is one: without a prior it is uniform from `low` to `high`, on a logarithmic
 * scale uniform in its logarithm. With a prior, `low` and `high` truncate it.
 */
export interface UncertainParameter {
  name: string;
  low?: number;
  high?: number;
  /** `log` samples and compares it by its logarithm. */
  scale?: 'linear' | 'log';
  prior?: Prior;
}

/**
 * A parameter as the sampler sees it: `free` coordinates go from -Infinity to Infinity. Bounds are moved there by the
 * logarithm (one bound) or the logit (two), on top of the logarithm for a logarithmic scale (B. Carpenter et al., "Stan:
 * a probabilistic programming language", J. Stat. Software 76 (2017); reference manual, constraint transforms).
 */
export interface FreeParameter {
  name: string;
  scale: 'linear' | 'log';
  prior: BoundedPrior;
  /** Ends that cut the prior off where it has density, not where it fades out by itself. */
  hardLow: number | undefined;
  hardHigh: number | undefined;
  toValue: (free: number) => number;
  toFree: (value: number) => number;
  /** Logarithm of the derivative of `toValue`. */
  logStretch: (free: number) => number;
}

/** Parameters of one posterior; differences of states tell little of a covariance of more. */
export const parametersMax = 128;

/** What is wrong with parameters: none, too many, twice the same, or a prior that has no sense. */
export function parameterFaults(parameters: readonly UncertainParameter[]): Diagnostic[] {
  if (parameters.length === 0) return [error('experiment.no_factors')];
  if (parameters.length > parametersMax) {
    return [error('experiment.too_many_factors', { count: parameters.length, most: parametersMax })];
  }
  const seen = new Set<string>();
  return parameters.flatMap((parameter) => {
    const { name } = parameter;
    const twice = seen.has(name) ? [error('experiment.same_name', { name })] : [];
    seen.add(name);
    return [...twice, ...faultsOf(parameter)];
  });
}

function faultsOf(parameter: UncertainParameter): Diagnostic[] {
  const { name, low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY } = parameter;
  if (parameter.prior === undefined && !Number.isFinite(high - low)) return [error('experiment.no_prior', { name })];
  if (!(low < high)) return [error('experiment.bad_range', { name, low, high })];
  const prior = priorOf(parameter);
  if (parameter.scale === 'log' && parameter.prior === undefined && low <= 0) {
    return [error('experiment.bad_log_range', { name, low })];
  }
  const faults = priorFaults(prior);
  if (faults.length > 0) {
    const { distribution } = prior;
    return faults.map(({ setting, value }) => error('experiment.bad_prior', { name, distribution, setting, value }));
  }
  const bounded = boundedPrior(prior, low, high);
  if (!(bounded.mass >= massMin)) return [error('experiment.prior_outside', { name, low, high })];
  if (parameter.scale === 'log' && bounded.low < 0) {
    return [error('experiment.bad_log_range', { name, low: bounded.low })];
  }
  return [];
}

function priorOf({ prior, low = Number.NaN, high = Number.NaN, scale }: UncertainParameter): Prior {
  return prior ?? { distribution: scale === 'log' ? 'loguniform' : 'uniform', low, high };
}

/** Prior and coordinates of a parameter without faults. */
export function freeParameter(parameter: UncertainParameter): FreeParameter {
  const prior = boundedPrior(priorOf(parameter), parameter.low, parameter.high);
  const scale = parameter.scale ?? 'linear';
  const { low, high } = prior;
  const inner =
    scale === 'log' ? between(low > 0 ? Math.log(low) : Number.NEGATIVE_INFINITY, Math.log(high)) : between(low, high);
  const into = scale === 'log' ? (y: number) => Math.exp(y) : (y: number) => y;
  const back = scale === 'log' ? (x: number) => Math.max(logLeast, Math.log(x)) : (x: number) => x;
  return {
    name: parameter.name,
    scale,
    prior,
    hardLow: isHard(prior, low) ? low : undefined,
    hardHigh: isHard(prior, high) ? high : undefined,
    toValue: (free) => Math.min(high, Math.max(low, into(inner.toValue(free)))),
    toFree: (value) => inner.toFree(back(value)),
    logStretch: (free) => inner.logStretch(free) + (scale === 'log' ? inner.toValue(free) : 0),
  };
}

function isHard(prior: BoundedPrior, end: number): boolean {
  return Number.isFinite(end) && prior.logDensity(end) > Number.NEGATIVE_INFINITY;
}

/** A value on a bound itself, or beside it by less than doubles tell apart, is moved inwards to here. */
const logitMost = 36;
const logLeast = -700;

interface Coordinate {
  toValue: (free: number) => number;
  toFree: (value: number) => number;
  logStretch: (free: number) => number;
}

function between(low: number, high: number): Coordinate {
  const hasLow = Number.isFinite(low);
  const hasHigh = Number.isFinite(high);
  if (!hasLow && !hasHigh) return { toValue: (free) => free, toFree: (value) => value, logStretch: () => 0 };
  if (hasLow && hasHigh) return logit(low, high);
  const [end, sign] = hasLow ? [low, 1] : [high, -1];
  return {
    toValue: (free) => end + sign * Math.exp(free),
    toFree: (value) => Math.max(logLeast, Math.log(Math.max(0, sign * (value - end)))),
    logStretch: (free) => free,
  };
}

function logit(low: number, high: number): Coordinate {
  const width = high - low;
  const logWidth = Math.log(width);
  return {
    // From the nearer end, so that values close to it keep their digits.
    toValue: (free) => (free < 0 ? low + width / (1 + Math.exp(-free)) : high - width / (1 + Math.exp(free))),
    toFree: (value) => Math.min(logitMost, Math.max(-logitMost, Math.log((value - low) / (high - value)))),
    logStretch: (free) => logWidth - Math.abs(free) - 2 * Math.log1p(Math.exp(-Math.abs(free))),
  };
}
