const halfLogTwoPi = 0.9189385332046727;
/** From here on seven terms of Stirling's series are exact to the last bit (A&S 6.1.41). */
const stirlingFrom = 10;
/** Magnitudes of B(2n) / (2n (2n - 1)); their signs alternate. */
const stirlingTerms = [1 / 12, 1 / 360, 1 / 1260, 1 / 1680, 1 / 1188, 691 / 360360, 1 / 156, 3617 / 122400];
/** The largest whole number whose factorial is a finite double. */
const factorialLimit = 170;

/**
 * Logarithm of the magnitude of the gamma function. Stirling's series (Abramowitz & Stegun 6.1.41) above 10, below it by
 * recurrence (6.1.15) and for negative x by reflection (6.1.17). Infinite at 0 and at negative whole numbers.
 */
export function logGamma(x: number): number {
  if (x <= 0) {
    if (x === Math.floor(x)) return Number.POSITIVE_INFINITY;
    return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - logGamma(1 - x);
  }
  if (x === 1 || x === 2) return 0;
  let shifted = x;
  let product = 1;
  while (shifted < stirlingFrom) {
    product *= shifted;
    shifted += 1;
  }
  return stirling(shifted) - Math.log(product);
}

function stirling(x: number): number {
  return (x - 0.5) * Math.log(x) - x + halfLogTwoPi + stirlingError(x);
}

/** What Stirling's formula leaves out of the logarithm of gamma at x >= 10. */
function stirlingError(x: number): number {
  const s = 1 / (x * x);
  let series = 0;
  for (let n = stirlingTerms.length - 1; n >= 0; n -= 1) series = stirlingTerms[n]! - s * series;
  return series / x;
}

/** x! = 1 · 2 · … · x for a whole x; between whole numbers gamma(x + 1). Undefined (NaN) below 0. */
export function factorial(x: number): number {
  if (!(x >= 0)) return Number.NaN;
  if (x > factorialLimit + 1) return Number.POSITIVE_INFINITY;
  if (x !== Math.floor(x)) return Math.exp(logGamma(x + 1));
  let product = 1;
  for (let factor = 2; factor <= x; factor += 1) product *= factor;
  return product;
}

/** Number of ways to choose `chosen` out of `total` without regard to order; NaN unless both are whole numbers from 0. */
export function combinations(total: number, chosen: number): number {
  if (!isCount(total) || !isCount(chosen)) return Number.NaN;
  if (chosen > total) return 0;
  const factors = Math.min(chosen, total - chosen);
  if (factors > maxFactors) return Math.exp(logGamma(total + 1) - logGamma(chosen + 1) - logGamma(total - chosen + 1));
  let product = 1;
  for (let factor = 1; factor <= factors; factor += 1) product = (product * (total - factors + factor)) / factor;
  return product < maxExact ? Math.round(product) : product;
}

/** Number of ordered choices of `chosen` out of `total`: total! / (total - chosen)!. */
export function permutations(total: number, chosen: number): number {
  if (!isCount(total) || !isCount(chosen)) return Number.NaN;
  if (chosen > total) return 0;
  let product = 1;
  for (let factor = 0; factor < chosen && product !== Number.POSITIVE_INFINITY; factor += 1) product *= total - factor;
  return product;
}

/** With more factors than this a product of them is slower and no more exact than logarithms. */
const maxFactors = 2000;
/** Up to here a double tells whole numbers apart, so that the rounding of divisions can be undone. */
const maxExact = 2 ** 52;

function isCount(x: number): boolean {
  return x >= 0 && x === Math.floor(x) && x !== Number.POSITIVE_INFINITY;
}

/**
 * Logarithm of the density of the gamma distribution times x: a·ln x - x - ln gamma(a), without the cancellation that
 * the three terms have where a is large (C. Loader, "Fast and accurate computation of binomial probabilities", 2000).
 */
export function logGammaWeight(a: number, x: number): number {
  if (a < stirlingFrom) return a * Math.log(x) - x - logGamma(a);
  return 0.5 * Math.log(a) - halfLogTwoPi - stirlingError(a) - a * deviance((x - a) / a);
}

/** Logarithm of x^a (1-x)^b / B(a, b), y being 1 - x; by Loader's form where both are large. */
export function logBetaWeight(a: number, b: number, x: number, y: number): number {
  if (a < stirlingFrom || b < stirlingFrom) {
    // Near 1 a probability says less of its logarithm than what is missing to 1.
    const logX = x > 0.5 ? Math.log1p(-y) : Math.log(x);
    const logY = y > 0.5 ? Math.log1p(-x) : Math.log(y);
    const [least, most] = a < b ? [a, b] : [b, a];
    return a * logX + b * logY + logGammaRatio(most, least) - logGamma(least);
  }
  const n = a + b;
  const gap = stirlingError(n) - stirlingError(a) - stirlingError(b);
  const difference = x < 0.5 ? x * n - a : b - y * n;
  return (
    0.5 * (Math.log(a) + Math.log(b / n)) -
    halfLogTwoPi +
    gap -
    a * deviance(difference / a) -
    b * deviance(-difference / b)
  );
}

/** From here on the expansion below is exact to 1e-14 for a small `b`. */
const ratioFrom = 1e6;

/** ln(gamma(a + b) / gamma(a)), by its expansion for large a (Abramowitz & Stegun 6.1.47), where both logarithms are nearly equal. */
function logGammaRatio(a: number, b: number): number {
  if (a < ratioFrom) return logGamma(a + b) - logGamma(a);
  const c = b * (b - 1);
  return b * Math.log(a) + c / (2 * a) - (c * (2 * b - 1)) / (12 * a * a) + (c * c) / (12 * a * a * a);
}

/** d - ln(1 + d), exact also where d is small. */
function deviance(d: number): number {
  if (Math.abs(d) > 0.1) return d - Math.log1p(d);
  const r = d / (2 + d);
  const square = r * r;
  let term = 2 * r * square;
  let sum = 0;
  for (let odd = 3; odd < 60; odd += 2) {
    const next = sum + term / odd;
    if (next === sum) break;
    sum = next;
    term *= square;
  }
  return d * r - sum;
}
