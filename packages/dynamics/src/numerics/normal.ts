const sqrtHalf = Math.SQRT1_2;
const twoOverSqrtPi = 2 / Math.sqrt(Math.PI);
/** Beyond this the series of erf needs more terms than the continued fraction of erfc. */
const seriesLimit = 2.5;
const maxTerms = 200;

/** The error function: series for small x (Abramowitz & Stegun 7.1.6), 1 - erfc beyond. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (!(size > seriesLimit)) return erfSeries(x);
  return x > 0 ? 1 - erfcFraction(size) : erfcFraction(size) - 1;
}

/** 1 - erf(x), with all digits also where it is tiny: continued fraction (Abramowitz & Stegun 7.1.14). */
export function erfc(x: number): number {
  if (!(Math.abs(x) > seriesLimit)) return x > 0.5 ? erfcFraction(x) : 1 - erfSeries(x);
  return x > 0 ? erfcFraction(x) : 2 - erfcFraction(-x);
}

function erfSeries(x: number): number {
  const square = 2 * x * x;
  let term = x;
  let sum = x;
  for (let n = 1; n <= maxTerms; n += 1) {
    term *= square / (2 * n + 1);
    const next = sum + term;
    if (next === sum) break;
    sum = next;
  }
  return twoOverSqrtPi * Math.exp(-x * x) * sum;
}

/** The fraction x + (1/2)/(x + 1/(x + (3/2)/(x + …))) from its far end; its length falls with x. */
function erfcFraction(x: number): number {
  if (x > 27.3) return 0;
  const length = Math.min(2000, 20 + Math.ceil(220 / (x * x)));
  let fraction = x;
  for (let n = length; n >= 1; n -= 1) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / (fraction * Math.sqrt(Math.PI));
}

/** Probability that a normal variate is not above x. */
export function normalCdf(x: number, mean: number, deviation: number): number {
  return erfc(((mean - x) / deviation) * sqrtHalf) / 2;
}

/**
 * The value that a normal variate does not exceed with probability `p`. Algorithm AS 241 (PPND16) of M. J. Wichura, "The
 * percentage points of the normal distribution", Applied Statistics 37 (1988) 477-484: relative error about 1e-16.
 */
export function normalQuantile(p: number, mean: number, deviation: number): number {
  return mean + deviation * standardNormalQuantile(p);
}

/** The same for mean 0 and standard deviation 1. */
export function standardNormalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return q * rational(central, r);
  }
  if (p === 0) return Number.NEGATIVE_INFINITY;
  if (p === 1) return Number.POSITIVE_INFINITY;
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const size = r <= 5 ? rational(middle, r - 1.6) : rational(tail, r - 5);
  return q < 0 ? -size : size;
}

type Rational = readonly [top: readonly number[], bottom: readonly number[]];

function rational([top, bottom]: Rational, x: number): number {
  return polynomial(top, x) / polynomial(bottom, x);
}

function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0;
  for (let n = coefficients.length - 1; n >= 0; n -= 1) value = value * x + coefficients[n]!;
  return value;
}

const central: Rational = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087,
    33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852854,
  ],
];

const middle: Rational = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
];

const tail: Rational = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
    0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 1.8463183175100548e-5,
    1.421511758316446e-7, 2.0442631033899397e-15,
  ],
];
