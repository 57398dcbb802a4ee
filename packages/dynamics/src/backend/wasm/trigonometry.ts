import { horner } from './elementary.ts';
import type { VectorGraph, VectorId } from './vector-graph.ts';

/** π/2 in parts of 33 bits, whose products with a whole number below 2^20 are exact, and what is left of it. */
const halfPi = [1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21] as const;
const roundingShift = 6755399441055744;

/** Beyond it the reduction would need more parts of π. */
const largestInLine = 1e5;

const sineSeries = [
  0.00833333333332249, -0.0001984126982985795, 0.0000027557313707070068, -2.5050760253406863e-8, 1.58969099521155e-10,
] as const;
const cosineSeries = [
  0.0416666666666666, -0.001388888888887411, 0.00002480158728947673, -2.7557314351390663e-7, 2.087572321298175e-9,
  -1.1359647557788195e-11,
] as const;

/**
 * sin x or cos x: x less the nearest multiple of π/2 as a sum of two doubles (Cody and Waite), then fdlibm's kernels
 * k_sin.c and k_cos.c (Sun Microsystems, 1993; error below one ulp). Arguments above 10⁵ go to the host.
 */
export function sineOrCosine(g: VectorGraph, x: VectorId, name: 'sin' | 'cos'): VectorId {
  const shifted = g.make('add', g.make('mul', x, g.constant(0.6366197723675814)), g.constant(roundingShift));
  const n = g.make('sub', shifted, g.constant(roundingShift));
  const first = g.make('sub', x, g.make('mul', n, g.constant(halfPi[0])));
  const second = g.make('mul', n, g.constant(halfPi[1]));
  const reduced = g.make('sub', first, second);
  const lost = g.make('sub', g.make('sub', first, reduced), second);
  const correction = g.make('sub', g.make('mul', n, g.constant(halfPi[2])), lost);
  const high = g.make('sub', reduced, correction);
  const low = g.make('sub', g.make('sub', reduced, high), correction);
  const quarter = name === 'sin' ? shifted : g.make('i64Add', shifted, g.bits(1n));
  const isOdd = g.make('i64GtS', g.make('and', quarter, g.bits(1n)), g.bits(0n));
  const sign = g.shift('i64Shl', g.make('and', quarter, g.bits(2n)), 62);
  const magnitude = g.make('bitselect', cosineKernel(g, high, low), sineKernel(g, high, low), isOdd);
  const value = g.make('xor', magnitude, sign);
  const holds = g.make('or', g.make('lt', g.abs(x), g.constant(largestInLine)), g.make('ne', x, x));
  return g.rare(name, value, holds, [x]);
}

function sineKernel(g: VectorGraph, x: VectorId, low: VectorId): VectorId {
  const z = g.make('mul', x, x);
  const v = g.make('mul', z, x);
  const r = horner(g, z, sineSeries);
  const inner = g.make('sub', g.make('mul', g.constant(0.5), low), g.make('mul', v, r));
  const rest = g.make('sub', g.make('mul', z, inner), low);
  return g.make('sub', x, g.make('sub', rest, g.make('mul', v, g.constant(-0.16666666666666632))));
}

function cosineKernel(g: VectorGraph, x: VectorId, low: VectorId): VectorId {
  const z = g.make('mul', x, x);
  const r = g.make('mul', z, horner(g, z, cosineSeries));
  const half = g.make('mul', g.constant(0.5), z);
  const w = g.make('sub', g.constant(1), half);
  const lost = g.make('sub', g.make('sub', g.constant(1), w), half);
  return g.make('add', w, g.make('add', lost, g.make('sub', g.make('mul', z, r), g.make('mul', x, low))));
}
