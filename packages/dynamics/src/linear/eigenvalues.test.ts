import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Complex, eigenvalues } from './eigenvalues.ts';

const sorted = (values: Complex[]) => values.toSorted((a, b) => a.re - b.re || a.im - b.im);

describe('eigenvalues', () => {
  it('of a companion matrix are the roots of its polynomial', () => {
    // (x - 1)(x - 2)(x - 3)(x^2 + 1)
    const coefficients = [6, -11, 12, -12, 6];
    const matrix = new Float64Array(25);
    for (let i = 0; i < 5; i++) {
      matrix[i * 5 + 4] = coefficients[i]!;
      if (i > 0) matrix[i * 5 + i - 1] = 1;
    }
    const values = sorted(eigenvalues(matrix, 5));
    const expected = [0, 0, 1, 2, 3];
    for (const [i, { re }] of values.entries()) expect(re).toBeCloseTo(expected[i]!, 9);
    expect(values.map(({ im }) => Math.round(im * 1e9) / 1e9)).toEqual([-1, 1, 0, 0, 0]);
  });

  it('have the trace as sum and the traces of powers as power sums', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }).chain((n) =>
          fc.record({
            n: fc.constant(n),
            entries: fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: n * n, maxLength: n * n }),
          }),
        ),
        ({ n, entries }) => {
          const matrix = Float64Array.from(entries);
          const values = eigenvalues(matrix, n);
          expect(values).toHaveLength(n);
          const at = (i: number, j: number) => matrix[i * n + j]!;
          let trace = 0;
          let square = 0;
          for (let i = 0; i < n; i++) {
            trace += at(i, i);
            for (let j = 0; j < n; j++) square += at(i, j) * at(j, i);
          }
          const size = 1 + matrix.reduce((sum, value) => sum + value * value, 0);
          expect(Math.abs(values.reduce((sum, { re }) => sum + re, 0) - trace)).toBeLessThan(1e-11 * size);
          expect(Math.abs(values.reduce((sum, { re, im }) => sum + re * re - im * im, 0) - square)).toBeLessThan(
            1e-10 * size,
          );
          expect(Math.abs(values.reduce((sum, { im }) => sum + im, 0))).toBeLessThan(1e-9 * size);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are found where entries are near the smallest numbers', () => {
    const entries = [4.7e-211, 1.7e-157, 0, 6.1e-296, 0, 3.6e-220, 2e-323, 0, -7.3e-218];
    for (const { re, im } of eigenvalues(Float64Array.from(entries), 3)) {
      expect(Math.abs(re) + Math.abs(im)).toBeLessThan(1e-200);
    }
    const large = eigenvalues(Float64Array.from([3e300, 1e300, 1e300, 3e300]), 2).map(({ re }) => re / 1e300);
    expect(large.sort()).toEqual([2, 4].map((value) => expect.closeTo(value, 12)));
  });

  it('survive rows of very different size', () => {
    const values = sorted(eigenvalues(Float64Array.from([1, 1e9, 1e-9, 2]), 2));
    expect(values[0]!.re).toBeCloseTo((3 - Math.sqrt(5)) / 2, 9);
    expect(values[1]!.re).toBeCloseTo((3 + Math.sqrt(5)) / 2, 9);
  });

  it('refuse what is not finite', () => {
    expect(() => eigenvalues(Float64Array.from([Number.NaN]), 1)).toThrow(RangeError);
  });
});
