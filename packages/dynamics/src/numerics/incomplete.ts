import { logBetaWeight, logGammaWeight } from './gamma-function.ts';

/** About six standard deviations of a shape of 10^8: no expansion below needs more terms than this for shapes up to there. */
const maxTerms = 100_000;
const epsilon = 2 ** -53;
const tiny = 1e-300;

/**
 * Regularized incomplete gamma function P(a, x), or Q = 1 - P when `upper`: series below x = a + 1 (Abramowitz & Stegun
 * 6.5.29), continued fraction above (6.5.31) by Lentz's method. NaN for a shape that is not above 0 or too large to sum.
 */
export function incompleteGamma(a: number, x: number, upper: boolean): number {
  if (!(a > 0) || Number.isNaN(x)) return Number.NaN;
  if (x <= 0) return upper ? 1 : 0;
  if (x === Number.POSITIVE_INFINITY) return upper ? 0 : 1;
  const weight = Math.exp(logGammaWeight(a, x));
  if (x < a + 1) {
    const lower = weight * gammaSeries(a, x);
    return upper ? 1 - lower : lower;
  }
  const above = weight * gammaFraction(a, x);
  return upper ? above : 1 - above;
}

function gammaSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n <= maxTerms; n += 1) {
    term *= x / (a + n);
    sum += term;
    if (term < sum * epsilon) return sum;
  }
  return Number.NaN;
}

function gammaFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / (b === 0 ? tiny : b);
  let fraction = d;
  for (let n = 1; n <= maxTerms; n += 1) {
    const factor = -n * (n - a);
    b += 2;
    d = 1 / nonZero(factor * d + b);
    c = nonZero(b + factor / c);
    const change = d * c;
    fraction *= change;
    if (Math.abs(change - 1) < 4 * epsilon) return fraction;
  }
  return Number.NaN;
}

/**
 * Regularized incomplete beta function I_x(a, b), with `y` = 1 - x given so that neither loses its digits: continued
 * fraction (Abramowitz & Stegun 26.5.8) by Lentz's method, on the side of the mean where it converges fast.
 */
export function incompleteBeta(a: number, b: number, x: number, y: number): number {
  if (!(a > 0) || !(b > 0) || Number.isNaN(x)) return Number.NaN;
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  const weight = Math.exp(logBetaWeight(a, b, x, y));
  if (x < (a + 1) / (a + b + 2)) return (weight * betaFraction(a, b, x)) / a;
  return 1 - (weight * betaFraction(b, a, y)) / b;
}

function betaFraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= maxTerms; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    const change = d * c;
    fraction *= change;
    if (Math.abs(change - 1) < 4 * epsilon) return fraction;
  }
  return Number.NaN;
}

function nonZero(value: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}
