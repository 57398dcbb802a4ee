import type { VectorGraph, VectorId } from './vector-graph.ts';

const ln2High = 0.6931471803691238;
const ln2Low = 1.9082149292705877e-10;
/** Adding it leaves a whole number in the lowest bits of a double, rounded to the nearest. */
const roundingShift = 6755399441055744;
const smallestNormal = 2.2250738585072014e-308;

/** Coefficients of x * (e^x + 1) / (e^x - 1) = 2 + P1 x² + P2 x⁴ + ... */
const expSeries = [
  0.16666666666666602, -0.0027777777777015593, 0.00006613756321437934, -0.0000016533902205465252, 4.1381367970572385e-8,
] as const;

const logEven = [0.3999999999940942, 0.22222198432149784, 0.15313837699209373] as const;
const logOdd = [0.6666666666666735, 0.2857142874366239, 0.1818357216161805, 0.14798198605116586] as const;

/** c0 + x * (c1 + x * (c2 + ...)), from the inside out. */
export function horner(g: VectorGraph, x: VectorId, coefficients: readonly number[]): VectorId {
  let sum = g.constant(coefficients.at(-1)!);
  for (let i = coefficients.length - 2; i >= 0; i--) {
    sum = g.make('add', g.constant(coefficients[i]!), g.make('mul', x, sum));
  }
  return sum;
}

/**
 * e^x: x = k ln 2 + r, e^r as a rational function, then two multiplications by powers of two, so that subnormal results
 * are rounded once. The steps and coefficients are those of fdlibm's e_exp.c (Sun Microsystems, 1993; error below one
 * ulp), with k rounded to even; most engines' Math.exp gives the same bits.
 */
export function exponential(g: VectorGraph, x: VectorId): VectorId {
  // Behind these bounds the result is infinite or 0 anyway; the first operand comes through where x is NaN.
  const bounded = g.make('pmax', g.make('pmin', x, g.constant(710)), g.constant(-746));
  const shifted = g.make('add', g.make('mul', bounded, g.constant(Math.LOG2E)), g.constant(roundingShift));
  const k = g.make('sub', shifted, g.constant(roundingShift));
  const high = g.make('sub', bounded, g.make('mul', k, g.constant(ln2High)));
  const low = g.make('mul', k, g.constant(ln2Low));
  const r = g.make('sub', high, low);
  const square = g.make('mul', r, r);
  const c = g.make('sub', r, g.make('mul', square, horner(g, square, expSeries)));
  const quotient = g.make('div', g.make('mul', r, c), g.make('sub', g.constant(2), c));
  const mantissa = g.make('sub', g.constant(1), g.make('sub', g.make('sub', low, quotient), high));
  const half = g.shift('i32ShrS', shifted, 1);
  const rest = g.make('i64Sub', shifted, half);
  return g.make('mul', g.make('mul', mantissa, powerOfTwo(g, half)), powerOfTwo(g, rest));
}

/** 2^k for a k in the lowest 12 bits of each lane. */
function powerOfTwo(g: VectorGraph, k: VectorId): VectorId {
  return g.shift('i64Shl', g.make('i64Add', k, g.bits(1023n)), 52);
}

/** x = 2^k m with m in [low, 2 low), for normal positive x; `low` is given by the upper word of its bits. */
function split(g: VectorGraph, x: VectorId, low: bigint): { k: VectorId; m: VectorId } {
  const moved = g.make('i64Add', x, g.bits((0x3ff00000n - low) << 32n));
  const exponent = g.make('or', g.shift('i64ShrU', moved, 52), g.bits(0x4330000000000000n));
  const k = g.make('sub', exponent, g.constant(2 ** 52 + 1023));
  const m = g.make('i64Add', g.make('and', moved, g.bits(0x000fffffffffffffn)), g.bits(low << 32n));
  return { k, m };
}

function between(g: VectorGraph, x: VectorId, low: number, below: number): VectorId {
  return g.make('and', g.make('ge', x, g.constant(low)), g.make('lt', x, g.constant(below)));
}

/** 0 for a finite x, else NaN. */
function nothing(g: VectorGraph, x: VectorId): VectorId {
  return g.make('sub', x, x);
}

/**
 * ln x: x = 2^k m with m around 1, ln m by a polynomial in s² with s = (m - 1) / (m + 1). Steps and coefficients of
 * fdlibm's e_log.c (Sun Microsystems, 1993; error below one ulp). What is not positive, normal and finite goes to the host.
 */
export function logarithm(g: VectorGraph, x: VectorId): VectorId {
  const { k, m } = split(g, x, 0x3fe6a09cn);
  const f = g.make('sub', m, g.constant(1));
  const s = g.make('div', f, g.make('add', g.constant(2), f));
  const z = g.make('mul', s, s);
  const w = g.make('mul', z, z);
  const even = g.make('mul', w, horner(g, w, logEven));
  const odd = g.make('mul', z, horner(g, w, logOdd));
  const series = g.make('add', odd, even);
  const tail = g.make('mul', k, g.constant(ln2Low));
  // Far from 1 the half square is taken out of the series, which saves the last bit.
  const halfSquare = g.make('mul', g.make('mul', g.constant(0.5), f), f);
  const far = g.make('sub', halfSquare, g.make('add', g.make('mul', s, g.make('add', halfSquare, series)), tail));
  const near = g.make('sub', g.make('mul', s, g.make('sub', f, series)), tail);
  const isFar = g.make(
    'or',
    g.make('ge', m, g.bits(0x3ff6147a00000000n)),
    g.make('lt', m, g.bits(0x3fe6b85200000000n)),
  );
  const correction = g.make('bitselect', far, near, isFar);
  const sum = g.make('sub', g.make('mul', k, g.constant(ln2High)), g.make('sub', correction, f));
  const holds = g.make('or', between(g, x, smallestNormal, Number.POSITIVE_INFINITY), g.make('ne', x, x));
  return g.rare('log', g.make('add', sum, nothing(g, x)), holds, [x]);
}

const pow = {
  /** log2(1.5), upper and lower part. */
  shiftHigh: 0.5849624872207642,
  shiftLow: 1.350039202129749e-8,
  series: [
    0.5999999999999946, 0.4285714285785502, 0.33333332981837743, 0.272728123808534, 0.23066074577556175,
    0.20697501780033842,
  ],
  /** 2 / (3 ln 2), and in two parts. */
  scale: 0.9617966939259756,
  scaleHigh: 0.9617967009544373,
  scaleLow: -7.028461650952758e-9,
  ln2: Math.LN2,
  ln2High: 0.6931471824645996,
  ln2Low: -1.904654299957768e-9,
} as const;

const upperWord = 0xffffffff00000000n;

/**
 * x^y: log2 x as a sum of two doubles with some 68 bits, times y, then 2 to that power. Steps and coefficients of
 * fdlibm's e_pow.c (Sun Microsystems, 2004; error below 0.7 ulp, whole powers of whole numbers exact). Bases that are not
 * positive, normal and finite and results near the ends of the range go to the host, but for 0 to a positive power.
 */
export function power(g: VectorGraph, x: VectorId, y: VectorId): VectorId {
  const { high, low } = logarithm2(g, x);
  const y1 = g.make('and', y, g.bits(upperWord));
  const rest = g.make('add', g.make('mul', g.make('sub', y, y1), high), g.make('mul', y, low));
  const main = g.make('mul', y1, high);
  const exponent = g.make('add', rest, main);
  const result = exponential2(g, main, rest, exponent);
  const inRange = g.make('and', between(g, x, smallestNormal, Number.POSITIVE_INFINITY), isBelow(g, exponent, 1020));
  const zero = g.make('and', g.make('eq', x, g.constant(0)), between(g, y, 1e-300, Number.POSITIVE_INFINITY));
  const undefinedBase = g.make('and', g.make('ne', x, x), g.make('ne', y, g.constant(0)));
  const nan = g.make('or', undefinedBase, g.make('ne', y, y));
  const holds = g.make('or', g.make('or', inRange, zero), nan);
  const withZero = g.make('andNot', result, zero);
  return g.rare('pow', g.make('add', withZero, g.make('add', nothing(g, x), nothing(g, y))), holds, [x, y]);
}

function isBelow(g: VectorGraph, x: VectorId, bound: number): VectorId {
  return g.make('lt', g.abs(x), g.constant(bound));
}

function upper(g: VectorGraph, x: VectorId): VectorId {
  return g.make('and', x, g.bits(upperWord));
}

/** log2 x = high + low, the lower word of high being 0. */
function logarithm2(g: VectorGraph, x: VectorId): { high: VectorId; low: VectorId } {
  const { add, sub, mul } = arithmetic(g);
  // m in [√3/2, √3); above √1.5 it is compared with 1.5 instead of 1.
  const { k, m } = split(g, x, 0x3febb67an);
  const second = g.make('ge', m, g.bits(0x3ff3988f00000000n));
  const base = add(g.constant(1), g.make('and', g.constant(0.5), second));
  const u = sub(m, base);
  const v = g.make('div', g.constant(1), add(m, base));
  const s = mul(u, v);
  const sHigh = upper(g, s);
  const sumHigh = upper(g, add(m, base));
  const sumLow = sub(m, sub(sumHigh, base));
  const sLow = mul(v, sub(sub(u, mul(sHigh, sumHigh)), mul(sHigh, sumLow)));
  const s2 = mul(s, s);
  const series = add(mul(mul(s2, s2), horner(g, s2, pow.series)), mul(sLow, add(sHigh, s)));
  const sHigh2 = mul(sHigh, sHigh);
  const three = g.constant(3);
  const tHigh = upper(g, add(add(three, sHigh2), series));
  const tLow = sub(series, sub(sub(tHigh, three), sHigh2));
  const productHigh = mul(sHigh, tHigh);
  const productLow = add(mul(sLow, tHigh), mul(tLow, s));
  const p = upper(g, add(productHigh, productLow));
  const pLow = sub(productLow, sub(p, productHigh));
  const zHigh = mul(g.constant(pow.scaleHigh), p);
  const shiftLow = g.make('and', g.constant(pow.shiftLow), second);
  const zLow = add(add(mul(g.constant(pow.scaleLow), p), mul(pLow, g.constant(pow.scale))), shiftLow);
  const shift = g.make('and', g.constant(pow.shiftHigh), second);
  const high = upper(g, add(add(add(zHigh, zLow), shift), k));
  return { high, low: sub(zLow, sub(sub(sub(high, k), shift), zHigh)) };
}

/** 2^(main + rest) where `sum` is their sum, for results in the normal range. */
function exponential2(g: VectorGraph, main: VectorId, rest: VectorId, sum: VectorId): VectorId {
  const { add, sub, mul } = arithmetic(g);
  const shifted = add(sum, g.constant(roundingShift));
  const fraction = sub(main, sub(shifted, g.constant(roundingShift)));
  const t = upper(g, add(rest, fraction));
  const u = mul(t, g.constant(pow.ln2High));
  const v = add(mul(sub(rest, sub(t, fraction)), g.constant(pow.ln2)), mul(t, g.constant(pow.ln2Low)));
  const z = add(u, v);
  const w = sub(v, sub(z, u));
  const z2 = mul(z, z);
  const c = sub(z, mul(z2, horner(g, z2, expSeries)));
  const r = sub(g.make('div', mul(z, c), sub(c, g.constant(2))), add(w, mul(z, w)));
  const mantissa = sub(g.constant(1), sub(r, z));
  return mul(mantissa, powerOfTwo(g, shifted));
}

function arithmetic(g: VectorGraph) {
  return {
    add: (a: VectorId, b: VectorId) => g.make('add', a, b),
    sub: (a: VectorId, b: VectorId) => g.make('sub', a, b),
    mul: (a: VectorId, b: VectorId) => g.make('mul', a, b),
  };
}
