import type { Evaluate } from '../experiment/evaluate.ts';
import { standardNormalQuantile } from '../numerics/normal.ts';
import { drawsOf } from '../sampling/chance.ts';

/** A function of one point as one of many. */
export function pointwise(dimensions: number, value: (point: Float64Array) => number): Evaluate {
  return (points, count) =>
    Float64Array.from({ length: count }, (_, i) => value(points.subarray(i * dimensions, (i + 1) * dimensions)));
}

/** Normal draws from a seed. */
export function normals(seed: number, key: number, count: number): Float64Array {
  const next = drawsOf(seed, 'chains', key);
  return Float64Array.from({ length: count }, () => standardNormalQuantile(next() + 2 ** -54));
}

/** Stationary chains x' = phi x + e with variance 1. */
export function autoregressive(seed: number, chains: number, length: number, phi: number): Float64Array[] {
  return Array.from({ length: chains }, (_, key) => {
    const chain = normals(seed, key, length);
    const spread = Math.sqrt(1 - phi * phi);
    for (let i = 1; i < length; i += 1) chain[i] = phi * chain[i - 1]! + spread * chain[i]!;
    return chain;
  });
}

export function logSum(a: number, b: number): number {
  const most = Math.max(a, b);
  return most === Number.NEGATIVE_INFINITY ? most : most + Math.log(Math.exp(a - most) + Math.exp(b - most));
}
