import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cholesky } from '../linear/cholesky.ts';
import { leastSquares, nonNegativeLeastSquares } from '../linear/nonnegative.ts';
import { solveQuadratic } from './quadratic.ts';

describe('nonNegativeLeastSquares', () => {
  it('keeps the conditions of Kuhn and Tucker', () => {
    // Eighths give columns that are equal, opposite and zero as well as all others.
    const value = fc.integer({ min: -40, max: 40 }).map((eighths) => eighths / 8);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 6 }),
        fc.array(value, { minLength: 42, maxLength: 42 }),
        (n, m, entries) => {
          const columns = Array.from({ length: n }, (_, j) => Float64Array.from(entries.slice(j * m, (j + 1) * m)));
          const right = Float64Array.from(entries.slice(36, 36 + m));
          const x = nonNegativeLeastSquares(columns, right);
          const residual = right.map((b, i) => b - columns.reduce((sum, column, j) => sum + column[i]! * x[j]!, 0));
          for (const [j, column] of columns.entries()) {
            const slope = column.reduce((sum, entry, i) => sum + entry * residual[i]!, 0);
            expect(x[j]).toBeGreaterThanOrEqual(0);
            expect(slope).toBeLessThan(1e-8);
            if (x[j]! > 0) expect(Math.abs(slope)).toBeLessThan(1e-8);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('solves a line through points', () => {
    const x = leastSquares([Float64Array.from([1, 1, 1]), Float64Array.from([0, 1, 2])], Float64Array.from([1, 3, 5]));
    expect(x[0]).toBeCloseTo(1, 12);
    expect(x[1]).toBeCloseTo(2, 12);
  });
});

describe('solveQuadratic', () => {
  it('solves a problem with one condition that binds and one that does not', () => {
    // Least x² + y² - 4x with x <= 1 and y >= -3: x = 1, and a multiplier of 2.
    const lower = cholesky(Float64Array.from([2, 0, 0, 2]), 2)!;
    const solution = solveQuadratic(lower, Float64Array.from([-4, 0]), [
      { a: Float64Array.from([-1, 0]), b: -1 },
      { a: Float64Array.from([0, 1]), b: -3 },
    ])!;
    expect(solution.step[0]).toBeCloseTo(1, 12);
    expect(solution.step[1]).toBeCloseTo(0, 12);
    expect(solution.multipliers[0]).toBeCloseTo(2, 12);
    expect(solution.multipliers[1]).toBe(0);
  });

  it('says that conditions contradict each other', () => {
    const lower = Float64Array.from([1]);
    const conditions = [
      { a: Float64Array.from([1]), b: 1 },
      { a: Float64Array.from([-1]), b: 0 },
    ];
    expect(solveQuadratic(lower, Float64Array.from([0]), conditions)).toBeUndefined();
  });
});
