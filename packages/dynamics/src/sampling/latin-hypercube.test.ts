import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectValue } from '../diagnostic.ts';
import { latinHypercube } from './latin-hypercube.ts';

function nearest(points: Float64Array, dimensions: number): number {
  const count = points.length / dimensions;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < count; i += 1) {
    for (let j = 0; j < i; j += 1) {
      let square = 0;
      for (let d = 0; d < dimensions; d += 1)
        square += (points[i * dimensions + d]! - points[j * dimensions + d]!) ** 2;
      least = Math.min(least, square);
    }
  }
  return Math.sqrt(least);
}

describe('a Latin hypercube', () => {
  it('has one point in every part of every dimension', () => {
    const size = fc.tuple(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 8 }));
    const placements = fc.constantFrom('jittered' as const, 'centred' as const);
    fc.assert(
      fc.property(size, fc.nat(), placements, ([count, dimensions], seed, placement) => {
        const points = expectValue(latinHypercube(count, dimensions, seed, { placement }));
        for (let d = 0; d < dimensions; d += 1) {
          const column = Array.from({ length: count }, (_, i) => points[i * dimensions + d]!);
          expect(new Set(column.map((value) => Math.floor(value * count))).size).toBe(count);
          expect(Math.min(...column)).toBeGreaterThanOrEqual(0);
          expect(Math.max(...column)).toBeLessThan(1);
        }
      }),
      { seed: 4, numRuns: 60 },
    );
  });

  it('puts centred points into the middle', () => {
    const points = expectValue(latinHypercube(4, 1, 9, { placement: 'centred' }));
    expect([...points].sort()).toEqual([0.125, 0.375, 0.625, 0.875]);
  });

  it('is the same for the same seed and another for another', () => {
    const of = (seed: number) => expectValue(latinHypercube(50, 3, seed));
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
  });

  it('takes the candidate whose nearest points are farthest apart', () => {
    const distances = [1, 20].map((candidates) => nearest(expectValue(latinHypercube(30, 2, 5, { candidates })), 2));
    expect(distances[1]!).toBeGreaterThan(distances[0]!);
  });

  it('refuses what would take too long or make no sense', () => {
    expect(latinHypercube(100_000, 10, 1, { candidates: 100 }).ok).toBe(false);
    expect(latinHypercube(10, 2, 1, { candidates: 0 }).ok).toBe(false);
    expect(latinHypercube(10, 2, Number.NaN).ok).toBe(false);
  });
});
