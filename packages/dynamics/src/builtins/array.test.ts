import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusalOf, startValue } from './bench.fixture.ts';

const arrays = {
  a: { shape: [4], values: [30, 10, 20, 10] },
  b: { shape: [4], values: [1, 4, 2, 3] },
  square: { shape: [2, 3], values: [1, 2, 3, 4, 5, 9] },
  short: { shape: [2], values: [1, 2] },
  long: { shape: [201], values: new Array<number>(201).fill(0) },
};

describe('array builtins', () => {
  it.each([
    ['MAX(a)', 30],
    ['MIN(a)', 10],
    ['MAX(3, 4)', 4],
    ['MIN(3, 4, 2)', 2],
    ['MAX(a, 99, b)', 99],
    ['MIN(7)', 7],
    ['VMAX(a)', 30],
    ['VMIN(a)', 10],
    ['SUM(a)', 70],
    ['SUM(square)', 24],
    ['PROD(b)', 24],
    ['MEAN(a)', 17.5],
    ['MEAN(1, 2, 6)', 3],
    ['SIZE(square)', 6],
    ['SIZE(7)', 1],
    ['STDDEV(short)', 0.5],
    ['STDDEV(square)', Math.sqrt(20 / 3)],
    ['RANK(a, 1)', 2],
    ['RANK(a, 2)', 4],
    ['RANK(a, 3)', 3],
    ['RANK(a, 4)', 1],
    ['RANK(a, SIZE(a))', 1],
    ['RANK(a, 1, b)', 4],
    ['RANK(a, 2, b)', 2],
    ['RANK(square, 6)', 6],
    ['RANK(a, 0)', 0],
    ['RANK(a, 5)', 0],
  ])('%s is %d', (equation, expected) => {
    expect(startValue(equation, { arrays })).toBeCloseTo(expected, 12);
  });

  it('refuse what cannot be ranked', () => {
    expect(refusalOf('RANK(a, 1, short)', { arrays })).toBe('builtin.sizes');
    expect(refusalOf('RANK(long, 1)', { arrays })).toBe('builtin.too_many');
  });

  it('RANK sorts any array', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 8 }), (values) => {
        const order = values.map((value, at) => ({ value, at })).sort((x, y) => x.value - y.value || x.at - y.at);
        for (const [place, { at }] of order.entries()) {
          expect(startValue(`RANK(a, ${place + 1})`, { arrays: { a: { shape: [values.length], values } } })).toBe(
            at + 1,
          );
        }
      }),
      { numRuns: 30 },
    );
  });
});
