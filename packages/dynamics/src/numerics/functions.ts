import {
  betaCdf,
  betaQuantile,
  exponentialCdf,
  exponentialQuantile,
  gammaCdf,
  gammaQuantile,
  logisticCdf,
  logisticQuantile,
  logNormalCdf,
  logNormalQuantile,
  paretoCdf,
  paretoQuantile,
  triangularCdf,
  triangularQuantile,
  weibullCdf,
  weibullQuantile,
} from './continuous.ts';
import {
  binomialCdf,
  binomialQuantile,
  geometricCdf,
  geometricQuantile,
  poissonCdf,
  poissonQuantile,
} from './discrete.ts';
import { futureValue, payment, presentValue } from './finance.ts';
import { combinations, factorial, logGamma, permutations } from './gamma-function.ts';
import { erf, normalCdf, normalQuantile } from './normal.ts';

/**
 * Scalar functions that are too long or too rare for an instruction of their own. Every back end calls these very ones,
 * so that they agree to the last bit. All are pure and take a fixed number of arguments.
 */
export const functions = {
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  atan2: Math.atan2,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  log10: Math.log10,
  erf,
  logGamma,
  factorial,
  combinations,
  permutations,
  normalCdf,
  normalQuantile,
  exponentialCdf,
  exponentialQuantile,
  logNormalCdf,
  logNormalQuantile,
  logisticCdf,
  logisticQuantile,
  weibullCdf,
  weibullQuantile,
  paretoCdf,
  paretoQuantile,
  triangularCdf,
  triangularQuantile,
  gammaCdf,
  gammaQuantile,
  betaCdf,
  betaQuantile,
  poissonCdf,
  poissonQuantile,
  binomialCdf,
  binomialQuantile,
  geometricCdf,
  geometricQuantile,
  presentValue,
  futureValue,
  payment,
} satisfies Record<string, (...args: number[]) => number>;

export type FunctionName = keyof typeof functions;
