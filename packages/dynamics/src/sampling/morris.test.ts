import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectValue } from '../diagnostic.ts';
import { morrisTrajectories, type Trajectories } from './morris.ts';

function spreadOf({ count, groups, dimensions, points }: Trajectories): number {
  let sum = 0;
  const length = groups + 1;
  for (let i = 0; i < count * length; i += 1) {
    for (let j = 0; j < i; j += 1) {
      if (Math.floor(i / length) === Math.floor(j / length)) continue;
      let square = 0;
      for (let d = 0; d < dimensions; d += 1)
        square += (points[i * dimensions + d]! - points[j * dimensions + d]!) ** 2;
      sum += Math.sqrt(square);
    }
  }
  return sum;
}

describe('Morris trajectories', () => {
  it('move each factor once, by the step, along the grid', () => {
    const evenLevels = fc.integer({ min: 1, max: 6 }).map((half) => 2 * half);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), evenLevels, fc.nat(), (d, levels, seed) => {
        const { count, points, moves, directions, step } = expectValue(morrisTrajectories(5, d, seed, { levels }));
        expect(step).toBeCloseTo(levels / (2 * (levels - 1)), 14);
        for (let t = 0; t < count; t += 1) {
          expect(new Set(moves.subarray(t * d, (t + 1) * d)).size).toBe(d);
          for (let k = 0; k < d; k += 1) {
            const moved = moves[t * d + k]!;
            for (let c = 0; c < d; c += 1) {
              const at = (t * (d + 1) + k) * d + c;
              const level = points[at]! * (levels - 1);
              expect(points[at + d]! - points[at]!).toBeCloseTo(c === moved ? directions[t * d + c]! * step : 0, 12);
              expect(level).toBeCloseTo(Math.round(level), 9);
              expect(Math.abs(points[at + d]! - 0.5)).toBeLessThanOrEqual(0.5);
            }
          }
        }
      }),
      { seed: 3, numRuns: 30 },
    );
  });

  it('meet every level equally often', () => {
    const { points } = expectValue(morrisTrajectories(2000, 3, 1));
    for (let level = 0; level < 4; level += 1) {
      const share = points.filter((value) => Math.round(value * 3) === level).length / points.length;
      expect(Math.abs(share - 0.25)).toBeLessThan(0.02);
    }
  });

  it('move groups as one', () => {
    const { points, moves, groups } = expectValue(morrisTrajectories(3, 3, 1, { groups: [0, 1, 0] }));
    expect(groups).toBe(2);
    const changed = [0, 1, 2].map((c) => points[3 + c] !== points[c]);
    expect(changed).toEqual(moves[0] === 0 ? [true, false, true] : [false, true, false]);
  });

  it('lie farther apart where they are chosen for it', () => {
    const chosen = expectValue(morrisTrajectories(6, 4, 2, { candidates: 60 }));
    expect(chosen.count).toBe(6);
    expect(spreadOf(chosen)).toBeGreaterThan(1.05 * spreadOf(expectValue(morrisTrajectories(6, 4, 2))));
  });

  it('are refused with odd levels, too many candidates or none at all', () => {
    expect(morrisTrajectories(4, 2, 1, { levels: 5 }).ok).toBe(false);
    expect(morrisTrajectories(4, 50, 1, { candidates: 100_000 }).ok).toBe(false);
    expect(morrisTrajectories(0, 2, 1).ok).toBe(false);
    expect(() => morrisTrajectories(4, 2, 1, { groups: [0, 2] })).toThrow();
  });
});
