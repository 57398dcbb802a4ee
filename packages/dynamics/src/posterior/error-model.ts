import { gammaQuantile } from '../numerics/continuous.ts';
import { poissonQuantile } from '../numerics/discrete.ts';
import { logGamma } from '../numerics/gamma-function.ts';
import { standardNormalQuantile } from '../numerics/normal.ts';
import { studentConstant, studentVariate } from './priors.ts';

/** A number that is known, or a parameter that is learned with the others. */
export type Amount = number | { parameter: string };

/** How observations lie around the values of the model. */
export type ErrorModel =
  | { distribution: 'normal'; deviation: Amount }
  /** The logarithm of an observation is normal around the logarithm of the model's value, which is its median. */
  | { distribution: 'lognormal'; logDeviation: Amount }
  /** Like normal errors, but outliers pull little. */
  | { distribution: 'student'; freedom: Amount; scale: Amount }
  /** Counts whose mean is the model's value. */
  | { distribution: 'poisson' }
  /** Counts whose variance is mean + dispersion · mean². */
  | { distribution: 'negative-binomial'; dispersion: Amount };

/** An error model with its amounts in their places: `logDensity` of `value` given the model's value and the amounts. */
export interface ErrorLaw {
  amounts: readonly { name: string; amount: Amount }[];
  logDensity: (value: number, model: number, amounts: Float64Array) => number;
  /** An observation for two draws from [0, 1); only mixtures use the second. */
  variate: (model: number, amounts: Float64Array, first: number, second: number) => number;
  /** Whether a number can be observed at all. */
  isPossible: (value: number) => boolean;
}

const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);
const never = Number.NEGATIVE_INFINITY;
/** Below this dispersion the gamma functions of its inverse lose more digits than the distance to Poisson's law is. */
const dispersionMin = 1e-10;
/** Half a step of a draw, which keeps quantiles finite. */
const shareLeast = 2 ** -54;

export function errorLaw(model: ErrorModel): ErrorLaw {
  switch (model.distribution) {
    case 'normal':
      return normalErrors(model.deviation);
    case 'lognormal':
      return lognormalErrors(model.logDeviation);
    case 'student':
      return studentErrors(model.freedom, model.scale);
    case 'poisson':
      return {
        amounts: [],
        logDensity: (value, mean) => poissonDensity(value, mean),
        variate: (mean, _, first) => poissonQuantile(first, mean),
        isPossible: isCount,
      };
    case 'negative-binomial':
      return negativeBinomialErrors(model.dispersion);
  }
}

function normalErrors(deviation: Amount): ErrorLaw {
  return {
    amounts: [{ name: 'deviation', amount: deviation }],
    logDensity: (value, model, [spread = 0]) =>
      spread > 0 ? -0.5 * ((value - model) / spread) ** 2 - Math.log(spread) - halfLogTwoPi : never,
    variate: (model, [spread = 0], first) => model + spread * standardNormalQuantile(first + shareLeast),
    isPossible: Number.isFinite,
  };
}

function lognormalErrors(logDeviation: Amount): ErrorLaw {
  return {
    amounts: [{ name: 'logDeviation', amount: logDeviation }],
    logDensity: (value, model, [spread = 0]) => {
      if (!(model > 0 && spread > 0)) return never;
      const logValue = Math.log(value);
      return -0.5 * ((logValue - Math.log(model)) / spread) ** 2 - Math.log(spread) - logValue - halfLogTwoPi;
    },
    variate: (model, [spread = 0], first) =>
      model > 0 ? model * Math.exp(spread * standardNormalQuantile(first + shareLeast)) : Number.NaN,
    isPossible: (value) => Number.isFinite(value) && value > 0,
  };
}

function studentErrors(freedom: Amount, scale: Amount): ErrorLaw {
  return {
    amounts: [
      { name: 'freedom', amount: freedom },
      { name: 'scale', amount: scale },
    ],
    logDensity: (value, model, [nu = 0, spread = 0]) => {
      if (!(nu > 0 && spread > 0)) return never;
      const square = ((value - model) / spread) ** 2;
      return studentConstant(nu) - Math.log(spread) - ((nu + 1) / 2) * Math.log1p(square / nu);
    },
    variate: (model, [nu = 0, spread = 0], first) => model + spread * studentVariate(first + shareLeast, nu),
    isPossible: Number.isFinite,
  };
}

function negativeBinomialErrors(dispersion: Amount): ErrorLaw {
  return {
    amounts: [{ name: 'dispersion', amount: dispersion }],
    logDensity: (value, mean, [alpha = 0]) => {
      if (!(alpha >= 0)) return never;
      if (alpha < dispersionMin) return poissonDensity(value, mean);
      if (!(mean > 0)) return mean === 0 && value === 0 ? 0 : never;
      const size = 1 / alpha;
      const choices = logGamma(value + size) - logGamma(size) - logGamma(value + 1);
      const spread = Math.log1p(alpha * mean);
      return choices - size * spread + value * (Math.log(alpha * mean) - spread);
    },
    // A Poisson variate whose mean has a gamma distribution.
    variate: (mean, [alpha = 0], first, second) => {
      if (!(mean > 0)) return mean === 0 ? 0 : Number.NaN;
      if (alpha < dispersionMin) return poissonQuantile(first, mean);
      return poissonQuantile(first, gammaQuantile(second, 1 / alpha, alpha * mean));
    },
    isPossible: isCount,
  };
}

function poissonDensity(value: number, mean: number): number {
  if (mean === 0) return value === 0 ? 0 : never;
  return mean > 0 ? value * Math.log(mean) - mean - logGamma(value + 1) : never;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
