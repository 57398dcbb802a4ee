import { logBetaWeight, logGamma, logGammaWeight } from './gamma-function.ts';
import { incompleteBeta, incompleteGamma } from './incomplete.ts';
import { normalCdf, normalQuantile, standardNormalQuantile } from './normal.ts';

/**
 * Distribution functions and their inverses. A parameter outside its domain gives NaN; a probability of 0 or 1 gives
 * the end of the range, which may be infinite.
 */

/** Probability that an exponential variate with this mean is not above x. */
export function exponentialCdf(x: number, mean: number): number {
  return x > 0 ? -Math.expm1(-x / mean) : 0;
}

/** Inverse of the exponential distribution: -mean · ln(1 - p). */
export function exponentialQuantile(p: number, mean: number): number {
  return mean >= 0 ? -mean * Math.log1p(-p) : Number.NaN;
}

/** Standard deviation of the logarithm of a log-normal variate, from its own mean and standard deviation. */
function logDeviation(mean: number, deviation: number): number {
  return Math.sqrt(Math.log1p((deviation / mean) ** 2));
}

/** Log-normal distribution by the mean and standard deviation of the variate itself (not of its logarithm). */
export function logNormalCdf(x: number, mean: number, deviation: number): number {
  if (!(mean > 0)) return Number.NaN;
  if (x <= 0) return 0;
  const spread = logDeviation(mean, deviation);
  return normalCdf(Math.log(x), Math.log(mean) - (spread * spread) / 2, spread);
}

/** Inverse of `logNormalCdf`. */
export function logNormalQuantile(p: number, mean: number, deviation: number): number {
  if (!(mean > 0) || !(deviation >= 0)) return Number.NaN;
  if (deviation === 0) return mean;
  const spread = logDeviation(mean, deviation);
  return Math.exp(normalQuantile(p, Math.log(mean) - (spread * spread) / 2, spread));
}

/** Logistic distribution: 1 / (1 + exp(-(x - mean) / scale)). */
export function logisticCdf(x: number, mean: number, scale: number): number {
  return 1 / (1 + Math.exp((mean - x) / scale));
}

/** Inverse of `logisticCdf`. */
export function logisticQuantile(p: number, mean: number, scale: number): number {
  return mean + scale * (Math.log(p) - Math.log1p(-p));
}

/** Weibull distribution: 1 - exp(-(x / scale)^shape). */
export function weibullCdf(x: number, shape: number, scale: number): number {
  return x > 0 ? -Math.expm1(-((x / scale) ** shape)) : 0;
}

/** Inverse of `weibullCdf`. */
export function weibullQuantile(p: number, shape: number, scale: number): number {
  return shape > 0 && scale > 0 ? scale * (-Math.log1p(-p)) ** (1 / shape) : Number.NaN;
}

/** Pareto distribution: 1 - (scale / x)^shape from `scale` on. */
export function paretoCdf(x: number, shape: number, scale: number): number {
  return x > scale ? -Math.expm1(shape * Math.log(scale / x)) : 0;
}

/** Inverse of `paretoCdf`. */
export function paretoQuantile(p: number, shape: number, scale: number): number {
  return shape > 0 && scale > 0 ? scale * Math.exp(-Math.log1p(-p) / shape) : Number.NaN;
}

/** Triangular distribution from `low` to `high` with its peak at `mode`. */
export function triangularCdf(x: number, low: number, mode: number, high: number): number {
  if (!(low <= mode && mode <= high)) return Number.NaN;
  if (x <= low) return x === low && low === high ? 1 : 0;
  if (x >= high) return 1;
  const width = high - low;
  if (x <= mode) return ((x - low) / width) * ((x - low) / (mode - low));
  return 1 - ((high - x) / width) * ((high - x) / (high - mode));
}

/** Inverse of `triangularCdf`. */
export function triangularQuantile(p: number, low: number, mode: number, high: number): number {
  if (!(low <= mode && mode <= high)) return Number.NaN;
  const width = high - low;
  if (p * width <= mode - low) return low + Math.sqrt(p * width * (mode - low));
  return high - Math.sqrt((1 - p) * width * (high - mode));
}

/** Gamma distribution: P(shape, x / scale). */
export function gammaCdf(x: number, shape: number, scale: number): number {
  return incompleteGamma(shape, x / scale, false);
}

/** Inverse of `gammaCdf`, by Newton's method for the logarithm of x, kept between known bounds. */
export function gammaQuantile(p: number, shape: number, scale: number): number {
  if (!(shape > 0) || !(scale > 0) || !(p >= 0 && p <= 1)) return Number.NaN;
  if (p === 0) return 0;
  if (p === 1) return Number.POSITIVE_INFINITY;
  // Near 0 the distribution is x^shape / gamma(shape + 1), exact to 1e-20 where x is below e^-46.
  const nearZero = (Math.log(p) + logGamma(shape + 1)) / shape;
  if (nearZero < negligible) return scale * Math.exp(nearZero);
  const upper = p > 0.5;
  const aim = upper ? 1 - p : p;
  const root = newton(startOfGamma(p, shape, nearZero), (t) => {
    const x = Math.exp(t);
    const gap = incompleteGamma(shape, x, upper) - aim;
    return [upper ? -gap : gap, Math.exp(logGammaWeight(shape, x))];
  });
  return scale * Math.exp(root);
}

/** E. B. Wilson and M. M. Hilferty's approximation (1931), or the one near 0 where that fails. */
function startOfGamma(p: number, shape: number, nearZero: number): number {
  const cube = 1 - 1 / (9 * shape) + standardNormalQuantile(p) / (3 * Math.sqrt(shape));
  return cube > 0.1 ? Math.log(shape) + 3 * Math.log(cube) : nearZero;
}

/** Beta distribution: I_x(a, b). */
export function betaCdf(x: number, a: number, b: number): number {
  return incompleteBeta(a, b, x, 1 - x);
}

/** Inverse of `betaCdf`, by Newton's method for ln(x / (1 - x)), kept between known bounds. */
export function betaQuantile(p: number, a: number, b: number): number {
  if (!(a > 0) || !(b > 0) || !(p >= 0 && p <= 1)) return Number.NaN;
  if (p > 0.5) return 1 - lowerBeta(1 - p, b, a);
  return lowerBeta(p, a, b);
}

function lowerBeta(p: number, a: number, b: number): number {
  if (p === 0) return 0;
  const nearZero = (Math.log(p * a) + logGamma(a) + logGamma(b) - logGamma(a + b)) / a;
  if (nearZero < negligible) return Math.exp(nearZero);
  const mean = a / (a + b);
  const spread = Math.sqrt((mean * (1 - mean)) / (a + b + 1));
  const guess = mean + spread * standardNormalQuantile(p);
  const start = guess > mean / 10 && guess < 1 ? Math.log(guess / (1 - guess)) : nearZero;
  const root = newton(Math.min(start, 30), (t) => {
    const x = 1 / (1 + Math.exp(-t));
    const y = 1 / (1 + Math.exp(t));
    return [incompleteBeta(a, b, x, y) - p, Math.exp(logBetaWeight(a, b, x, y))];
  });
  return 1 / (1 + Math.exp(-root));
}

/** Logarithm of a variate below which only the first term of its distribution counts. */
const negligible = -46;
/** Logarithms of doubles lie between these. */
const logLimit = 745;
/** Halving the bracket alone would take 64 steps to the last bit. */
const maxIterations = 200;

/** Root of a rising function of t, of which `evaluate` gives value and slope; NaN where it has none. */
function newton(start: number, evaluate: (t: number) => readonly [value: number, slope: number]): number {
  let low = -logLimit;
  let high = logLimit;
  let t = start;
  for (let iteration = 0; iteration < maxIterations; iteration += 1) {
    const [value, slope] = evaluate(t);
    if (value === 0 || Number.isNaN(value)) return value === 0 ? t : Number.NaN;
    if (value < 0) low = t;
    else high = t;
    const step = value / slope;
    let next = t - step;
    if (!(next > low && next < high)) next = (low + high) / 2;
    if (Math.abs(next - t) <= 1e-15 * Math.max(1, Math.abs(t))) return next;
    t = next;
  }
  return t;
}
