import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lookUp, type Table } from './table.ts';

const hill: Pick<Table, 'x' | 'y'> = { x: [0, 1, 3], y: [0, 10, 4] };

describe('lookUp', () => {
  it('draws straight lines between points and holds the ends', () => {
    const table: Table = { kind: 'continuous', ...hill };
    expect([-5, 0, 0.5, 1, 2, 3, 9].map((x) => lookUp(table, x))).toEqual([0, 0, 5, 10, 7, 4, 4]);
  });

  it('goes on along the first and last segment where it extrapolates', () => {
    const table: Table = { kind: 'extrapolate', ...hill };
    expect([-1, 0.5, 5].map((x) => lookUp(table, x))).toEqual([-10, 5, -2]);
  });

  it('holds the last point as a staircase', () => {
    const table: Table = { kind: 'discrete', ...hill };
    expect([-1, 0, 0.99, 1, 2.99, 3, 4].map((x) => lookUp(table, x))).toEqual([0, 0, 0, 10, 10, 4, 4]);
  });

  it('takes the last of several points with the same x from there on', () => {
    const x = [0, 1, 1, 2];
    const y = [0, 1, 5, 6];
    expect([0.5, 1, 1.5].map((at) => lookUp({ kind: 'continuous', x, y }, at))).toEqual([0.5, 5, 5.5]);
    expect([0.5, 1, 1.5].map((at) => lookUp({ kind: 'discrete', x, y }, at))).toEqual([0, 5, 5]);
  });

  it('holds the end of a segment without width where it extrapolates', () => {
    expect(lookUp({ kind: 'extrapolate', x: [0, 0, 1], y: [1, 2, 3] }, -1)).toBe(1);
    expect(lookUp({ kind: 'extrapolate', x: [0, 1, 1], y: [1, 2, 3] }, 2)).toBe(3);
  });

  it('gives the only value of a single point and nothing for no number', () => {
    for (const kind of ['continuous', 'extrapolate', 'discrete'] as const) {
      expect(lookUp({ kind, x: [3], y: [7] }, -100)).toBe(7);
      expect(lookUp({ kind, ...hill }, Number.NaN)).toBeNaN();
      expect(lookUp({ kind, x: [3], y: [7] }, Number.NaN)).toBeNaN();
    }
  });

  it('stays between the smallest and largest value and meets every point', () => {
    const points = fc.uniqueArray(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -9, max: 9 })), {
      minLength: 1,
      selector: ([x]) => x,
    });
    fc.assert(
      fc.property(points, fc.double({ min: -60, max: 60, noNaN: true }), (unsorted, at) => {
        const sorted = [...unsorted].sort(([a], [b]) => a - b);
        const x = sorted.map(([each]) => each);
        const y = sorted.map(([, each]) => each);
        const value = lookUp({ kind: 'continuous', x, y }, at);
        expect(value).toBeGreaterThanOrEqual(Math.min(...y) - 1e-12);
        expect(value).toBeLessThanOrEqual(Math.max(...y) + 1e-12);
        for (const [place, each] of x.entries()) expect(lookUp({ kind: 'continuous', x, y }, each)).toBe(y[place]);
      }),
    );
  });
});
