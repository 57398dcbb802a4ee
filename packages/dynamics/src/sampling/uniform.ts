import type { Outcome } from '../diagnostic.ts';
import { draw } from '../numerics/random.ts';
import { purposes } from './chance.ts';
import { seedFaults, sizeFaults } from './settings.ts';

/** More dimensions than any experiment varies; keeps the keys of the draws far from their end. */
export const dimensionsMax = 65536;

/**
 * `count` independent uniform points of [0, 1)^dimensions, one after the other. Point i is the same for every `count`,
 * so that more points can be added to those that are there.
 */
export function uniformPoints(count: number, dimensions: number, seed: number): Outcome<Float64Array> {
  const errors = [...sizeFaults(count, dimensions, dimensionsMax), ...seedFaults(seed)];
  if (errors.length > 0) return { ok: false, errors, warnings: [] };
  const points = new Float64Array(count * dimensions);
  for (let i = 0; i < count; i += 1) {
    for (let d = 0; d < dimensions; d += 1) points[i * dimensions + d] = draw(seed, purposes.uniform, d, i);
  }
  return { ok: true, value: points, warnings: [] };
}
