import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { internalRate } from './internal-rate.ts';

const rateOf = (payments: number[], missing = 0.1, dt = 1) =>
  internalRate(Float64Array.from(payments.slice(0, -1)), payments.length - 1, payments.at(-1)!, { missing, dt });

describe('the internal rate of return', () => {
  it('of known streams', () => {
    expect(rateOf([-100, 110])).toBeCloseTo(0.1, 12);
    expect(rateOf([-700000, 120000, 150000, 180000, 210000])).toBeCloseTo(-0.0212448482734, 9);
    expect(rateOf([-700000, 120000, 150000, 180000, 210000, 260000])).toBeCloseTo(0.0866309480365, 9);
    // Half-yearly payments: the rate is for a unit of time.
    expect(rateOf([-100, 110], 0.1, 0.5)).toBeCloseTo(0.21, 12);
  });

  it('is what is said for a missing one where no payment goes the other way, and unknown where one is', () => {
    expect(rateOf([1, 2, 3], 0.07)).toBe(0.07);
    expect(rateOf([0, 0], 0.07)).toBe(0.07);
    expect(rateOf([1, 2, 3], -999)).toBe(-999);
    // (1 - 2 v + 2 v²) is above 0 for every v.
    expect(rateOf([1, -2, 2], -999)).toBe(-999);
    expect(rateOf([-1, Number.NaN])).toBeNaN();
    expect(rateOf([-1, Number.POSITIVE_INFINITY])).toBeNaN();
  });

  it('is the one nearest to 0 where there are several', () => {
    // 72 (1 - 1.2 v) (1 - 2 v) = 0: 20 % and 100 %.
    expect(rateOf([72, -72 * 3.2, 72 * 2.4])).toBeCloseTo(0.2, 12);
    expect(rateOf([100, -100])).toBe(0);
  });

  it('discounts an investment and its returns to nothing', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1000, max: -1, noNaN: true }),
        fc.array(fc.double({ min: 0.1, max: 500, noNaN: true }), { minLength: 1, maxLength: 40 }),
        (investment, returns) => {
          const payments = [investment, ...returns];
          const rate = rateOf(payments);
          const parts = payments.map((payment, k) => payment / (1 + rate) ** k);
          const size = parts.reduce((sum, part) => sum + Math.abs(part), 0);
          expect(Math.abs(parts.reduce((sum, part) => sum + part, 0))).toBeLessThan(1e-9 * size);
        },
      ),
    );
  });
});
