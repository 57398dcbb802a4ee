import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factorFaults, factorScale, scalePoints } from './scale.ts';

describe('a factor', () => {
  it('has exactly the ends of its range, and stays between them', () => {
    const lows = fc.double({ min: 1e-9, max: 1e9, noNaN: true });
    const shares = fc.double({ min: 0, max: 1, noNaN: true });
    const kinds = fc.constantFrom('linear' as const, 'log' as const);
    fc.assert(
      fc.property(lows, lows, kinds, shares, (low, width, scale, share) => {
        const high = low + width;
        fc.pre(high > low);
        const valueAt = factorScale({ name: 'x', low, high, scale });
        expect(valueAt(0)).toBe(low);
        expect(valueAt(1)).toBe(high);
        expect(valueAt(share)).toBeGreaterThanOrEqual(low);
        expect(valueAt(share)).toBeLessThanOrEqual(high);
      }),
      { seed: 6 },
    );
  });

  it('is scaled by its logarithm where it says so', () => {
    expect(factorScale({ name: 'x', low: 0.01, high: 100, scale: 'log' })(0.5)).toBeCloseTo(1, 14);
  });

  it('follows its distribution', () => {
    const normal = factorScale({ name: 'x', distribution: 'normal', mean: 10, deviation: 2 });
    expect(normal(0.975)).toBeCloseTo(10 + 2 * 1.959963984540054, 12);
    expect(Number.isFinite(normal(0))).toBe(true);
    expect(Number.isFinite(normal(1))).toBe(true);
    const lognormal = factorScale({ name: 'x', distribution: 'lognormal', logMean: Math.log(3), logDeviation: 0.5 });
    expect(lognormal(0.5)).toBeCloseTo(3, 12);
    const triangular = factorScale({ name: 'x', distribution: 'triangular', low: 0, mode: 1, high: 4 });
    expect([0, 0.25, 1].map(triangular)).toEqual([0, 1, 4]);
    // 1 - (4 - x)^2 / 12 is the share below x >= 1.
    expect(1 - (4 - triangular(0.8)) ** 2 / 12).toBeCloseTo(0.8, 14);
  });

  it('is refused where it has no sense', () => {
    const codes = (...factors: Parameters<typeof factorFaults>[0]) => factorFaults(factors, 3).map(({ code }) => code);
    const good = { name: 'x', low: 0, high: 1 };
    expect(codes(good)).toEqual([]);
    expect(codes()).toEqual(['experiment.no_factors']);
    expect(codes(good, good)).toEqual(['experiment.same_name']);
    expect(codes(good, good, good, good)).toEqual(['experiment.too_many_factors']);
    expect(codes({ ...good, low: 1 })).toEqual(['experiment.bad_range']);
    expect(codes({ ...good, low: Number.NaN })).toEqual(['experiment.bad_range']);
    expect(codes({ ...good, low: -1e308, high: 1e308 })).toEqual(['experiment.bad_range']);
    expect(codes({ ...good, scale: 'log' })).toEqual(['experiment.bad_log_range']);
    expect(codes({ name: 'x', distribution: 'normal', mean: 0, deviation: 0 })).toEqual([
      'experiment.bad_distribution',
    ]);
    expect(codes({ name: 'x', distribution: 'triangular', low: 0, mode: 2, high: 1 })).toEqual(['experiment.bad_mode']);
  });

  it('scales its own column of the points', () => {
    const factors = [
      { name: 'x', low: 0, high: 10 },
      { name: 'y', low: -1, high: 1 },
    ];
    expect([...scalePoints(Float64Array.of(0, 0, 0.5, 0.5, 1, 0.25), factors)]).toEqual([0, -1, 5, 0, 10, -0.5]);
  });
});
