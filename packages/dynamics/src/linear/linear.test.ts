import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cholesky, lowerTimes, solveLower, solveLowerTransposed } from './cholesky.ts';
import { pivotedQr } from './qr.ts';
import { singularValues } from './singular.ts';
import { symmetricEigen } from './symmetric.ts';

const matrices = fc.integer({ min: 1, max: 7 }).chain((n) =>
  fc.record({
    n: fc.constant(n),
    entries: fc
      .array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: n * n, maxLength: n * n })
      .map((values) => Float64Array.from(values)),
  }),
);

/** A Aᵀ + I: symmetric and positive definite. */
function definite(a: Float64Array, n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, index) => {
    const [i, j] = [Math.floor(index / n), index % n];
    let sum = i === j ? 1 : 0;
    for (let k = 0; k < n; k++) sum += a[i * n + k]! * a[j * n + k]!;
    return sum;
  });
}

const columnsOf = (matrix: Float64Array, n: number) =>
  Array.from({ length: n }, (_, j) => Float64Array.from({ length: n }, (__, i) => matrix[i * n + j]!));

const sizeOf = (values: Float64Array) => 1 + values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

describe('cholesky', () => {
  it('solves with a matrix and refuses one that is not positive definite', () => {
    fc.assert(
      fc.property(matrices, ({ n, entries }) => {
        const matrix = definite(entries, n);
        const lower = cholesky(matrix, n)!;
        const x = Float64Array.from({ length: n }, (_, i) => i - 1.5);
        const right = Float64Array.from({ length: n }, (_, i) =>
          x.reduce((sum, value, j) => sum + matrix[i * n + j]! * value, 0),
        );
        const solved = solveLowerTransposed(lower, solveLower(lower, right));
        for (let i = 0; i < n; i++) expect(solved[i]).toBeCloseTo(x[i]!, 8);
        const back = solveLower(lower, lowerTimes(lower, x));
        for (let i = 0; i < n; i++) expect(back[i]).toBeCloseTo(x[i]!, 8);
      }),
      { numRuns: 100 },
    );
    expect(cholesky(Float64Array.from([1, 2, 2, 1]), 2)).toBeUndefined();
    expect(cholesky(Float64Array.from([1, 1, 1, 1]), 2)).toBeUndefined();
  });
});

describe('symmetricEigen', () => {
  it('gives orthonormal vectors that the matrix only stretches', () => {
    fc.assert(
      fc.property(matrices, ({ n, entries }) => {
        const matrix = definite(entries, n);
        const { values, vectors } = symmetricEigen(matrix, n);
        const tolerance = 1e-12 * sizeOf(matrix) * n;
        for (let row = 0; row < n; row++) {
          const vector = vectors.subarray(row * n, (row + 1) * n);
          expect(vector.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 10);
          for (let i = 0; i < n; i++) {
            const image = vector.reduce((sum, value, j) => sum + matrix[i * n + j]! * value, 0);
            expect(Math.abs(image - values[row]! * vector[i]!)).toBeLessThan(tolerance);
          }
        }
        expect([...values]).toEqual([...values].sort((a, b) => a - b));
      }),
      { numRuns: 100 },
    );
  });
});

describe('pivotedQr and singularValues', () => {
  it('leave the lengths of all combinations of columns as they are', () => {
    fc.assert(
      fc.property(matrices, fc.integer({ min: 0, max: 5 }), ({ n, entries }, more) => {
        const m = n + more;
        const columns = Array.from({ length: n }, (_, j) =>
          Float64Array.from({ length: m }, (__, i) => entries[(i * 5 + j * n) % (n * n)]! + (i === j ? 1 : 0)),
        );
        const right = Float64Array.from({ length: m }, (_, i) => Math.sin(i + 1));
        const { upper, order, projected } = pivotedQr(columns, right);
        const x = Float64Array.from({ length: n }, (_, j) => 1 - j / 3);
        const full = Float64Array.from({ length: m }, (_, i) =>
          columns.reduce((sum, column, j) => sum + column[i]! * x[j]!, 0),
        );
        const reduced = Float64Array.from({ length: n }, (_, i) =>
          x.reduce((sum, _value, k) => sum + upper[i * n + k]! * x[order[k]!]!, 0),
        );
        const square = (v: Float64Array) => v.reduce((sum, value) => sum + value * value, 0);
        const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
        expect(Math.abs(square(full) - square(reduced))).toBeLessThan(1e-11 * (1 + square(full)));
        expect(Math.abs(dot(full, right) - dot(reduced, projected))).toBeLessThan(1e-11 * (1 + square(full)));

        const { values, left, right: turned } = singularValues(columnsOf(upper, n));
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            let sum = 0;
            for (let k = 0; k < n; k++) sum += values[k]! * left[k]![i]! * turned[k]![j]!;
            expect(Math.abs(sum - upper[i * n + j]!)).toBeLessThan(1e-12 * sizeOf(upper) * n);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('finds a tiny singular value beside a large one', () => {
    const { values } = singularValues(columnsOf(Float64Array.from([1, 1, 0, 1e-14]), 2));
    expect(values[1]! / (1e-14 / Math.SQRT2)).toBeCloseTo(1, 8);
  });
});
