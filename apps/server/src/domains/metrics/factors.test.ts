import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attribute, type LiveTotals, shapley, wholeShares } from './factors.ts';
import { rateInterval } from './interval.ts';

const totals = fc.record({
  views: fc.integer({ min: 0, max: 5_000_000 }),
  clicks: fc.integer({ min: 0, max: 500_000 }),
  orders: fc.integer({ min: 0, max: 50_000 }),
  gmvMinor: fc.bigInt({ min: -1_000n, max: 900_000_000_000_000n }),
}) satisfies fc.Arbitrary<LiveTotals>;

describe('factors of GMV', () => {
  it('add up to the change to the last minor unit, whatever is missing on either side', () => {
    fc.assert(
      fc.property(totals, totals, (before, after) => {
        const sum = attribute(before, after).reduce((all, { contributionMinor }) => all + contributionMinor, 0n);
        expect(sum).toBe(after.gmvMinor - before.gmvMinor);
      }),
      { numRuns: 2_000 },
    );
  });

  it('turn round with the direction of the comparison, to within the rounding', () => {
    fc.assert(
      fc.property(totals, totals, (before, after) => {
        const there = attribute(before, after);
        const back = new Map(
          attribute(after, before).map(({ factor, contributionMinor }) => [factor, contributionMinor]),
        );
        for (const { factor, contributionMinor } of there) {
          const sum = contributionMinor + back.get(factor)!;
          expect(sum <= 2n && sum >= -2n).toBe(true);
        }
      }),
    );
  });

  it('give all of the change to the one factor that moved', () => {
    const before = { views: 1_000, clicks: 100, orders: 10, gmvMinor: 100_000n };
    const after = { views: 2_000, clicks: 200, orders: 20, gmvMinor: 200_000n };
    expect(attribute(before, after)).toEqual([
      { factor: 'views', contributionMinor: 100_000n },
      { factor: 'click_rate', contributionMinor: 0n },
      { factor: 'click_to_order_rate', contributionMinor: 0n },
      { factor: 'order_value', contributionMinor: 0n },
    ]);
  });

  it('are the mean over the orders of moving', () => {
    const values = (from: number[], to: number[]) => {
      const fractions = (numbers: number[]) => numbers.map((n) => ({ n: BigInt(n), d: 1n }));
      const { shares, per } = shapley(fractions(from), fractions(to));
      return shares.map((share) => Number(share) / Number(per));
    };
    expect(values([10, 1], [20, 2])).toEqual([15, 15]);
    // 1 x 1 -> 3 x 5: the first factor brings 2 when it moves alone and 10 when it moves last, the second 4 or 12.
    expect(values([1, 1], [3, 5])).toEqual([6, 8]);
  });

  it('set apart GMV without a click', () => {
    const before = { views: 1_000, clicks: 100, orders: 10, gmvMinor: 100_000n };
    const after = { views: 1_000, clicks: 0, orders: 2, gmvMinor: 9_000n };
    const parts = new Map(attribute(before, after).map(({ factor, contributionMinor }) => [factor, contributionMinor]));
    expect(parts.get('outside_the_chain')).toBe(9_000n);
    // The chain lost all of its 100,000: the share of clicks went to zero, and what orders are worth fell by more than half.
    expect(parts.get('click_rate')).toBe(-72_500n);
    expect(parts.get('order_value')).toBe(-27_500n);
  });

  it('round by the largest remainder', () => {
    expect(wholeShares({ shares: [14n, 14n, 12n], per: 10n })).toEqual([2n, 1n, 1n]);
    expect(wholeShares({ shares: [5n, -5n], per: 10n })).toEqual([1n, -1n]);
  });
});

describe('interval of a rate', () => {
  it('is that of the exact Poisson limits where every unit is alike', () => {
    // Exact limits for 10 events: 4.795 and 18.390 (Garwood 1936).
    const { low, high } = rateInterval(10, 100, 10)!;
    expect(low * 100).toBeCloseTo(4.795, 1);
    expect(high * 100).toBeCloseTo(18.39, 1);
  });

  it('is wider where few units have most events, and none without units', () => {
    const even = rateInterval(20, 20, 20)!;
    const uneven = rateInterval(20, 20, 400)!;
    expect(uneven.high - uneven.low).toBeGreaterThan(2 * (even.high - even.low));
    expect(rateInterval(0, 0, 0)).toBeUndefined();
    expect(rateInterval(0, 5, 0)!.low).toBe(0);
  });
});
