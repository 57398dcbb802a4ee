import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BacktestSeries, Quantiles } from '../task.ts';
import { mixWeek, movedBy } from './mix.ts';
import { averageQuantiles, quantilesOf, spreadQuantiles } from './quantiles.ts';

const at = (p50: number, width: number): Quantiles => ({
  p10: p50 - 2 * width,
  p25: p50 - width,
  p50,
  p75: p50 + width,
  p90: p50 + 2 * width,
  mean: p50,
});
const isOrdered = ({ p10, p25, p50, p75, p90 }: Quantiles) => p10 <= p25 && p25 <= p50 && p50 <= p75 && p75 <= p90;

describe('quantiles', () => {
  it('are ordered, leave failures out, and widen without crossing zero', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 }),
        fc.double({ min: 0.1, max: 4, noNaN: true }),
        (values, factor) => {
          const found = quantilesOf(Float64Array.from([...values, Number.NaN, Number.POSITIVE_INFINITY]));
          expect(isOrdered(found)).toBe(true);
          const wide = spreadQuantiles(found, factor);
          expect(isOrdered(wide)).toBe(true);
          expect(wide.p10).toBeGreaterThan(0);
          expect(wide.p50).toBe(found.p50);
        },
      ),
    );
  });

  it('are averaged by weight, quantile by quantile', () => {
    const average = averageQuantiles([
      { quantiles: at(100, 10), weight: 3 },
      { quantiles: at(200, 30), weight: 1 },
    ]);
    expect(average).toMatchObject({ p10: 95, p25: 110, p50: 125, p75: 140, p90: 155 });
    expect(averageQuantiles([{ quantiles: at(1, 1), weight: 0 }])).toBeUndefined();
  });
});

describe('mixWeek', () => {
  const near = { from: 1, to: 4 };
  const far = { from: 5, to: 13 };
  const record: BacktestSeries = {
    kpi: 'orders',
    scores: [],
    used: [],
    winners: [
      { horizon: near, method: 'ets', baseline: 'ets', skill: -0.1 },
      { horizon: far, method: 'combination', baseline: 'ets', skill: 0.1 },
    ],
    spread: [{ method: 'ets', horizon: near, factor: 2 }],
    weights: [{ horizon: far, weights: { model: 0.5, ets: 0.5 } }],
  };
  const offers = { model: at(100, 10), ets: at(120, 10) };

  it('takes the winner at each distance, with the width that its past asks for', () => {
    expect(mixWeek(offers, record, 2)!.method).toBe('ets');
    expect(mixWeek(offers, record, 2)!.quantiles.p90 / 120).toBeCloseTo((140 / 120) ** 2, 9);
    expect(mixWeek(offers, record, 6)).toMatchObject({ method: 'combination', quantiles: { p50: 110 } });
    expect(mixWeek(offers, record, 40)!.method).toBe('combination');
  });

  it('falls back on the model where the winner has nothing to say, and without a record', () => {
    expect(mixWeek({ model: offers.model }, record, 2)).toEqual({ method: 'model', quantiles: offers.model });
    expect(mixWeek(offers, undefined, 2)).toEqual({ method: 'model', quantiles: offers.model });
    expect(mixWeek({}, undefined, 2)).toBeUndefined();
  });

  it('moves a forecast by what a plan changes', () => {
    const moved = movedBy(at(120, 10), at(150, 15), at(100, 10));
    expect(moved.p50).toBeCloseTo(180, 9);
    expect(isOrdered(moved)).toBe(true);
    expect(movedBy(at(5, 1), at(0, 0), at(0, 0)).p50).toBe(5);
  });
});
