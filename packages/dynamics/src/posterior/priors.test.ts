import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freeParameter, parameterFaults, type UncertainParameter } from './parameters.ts';
import { boundedPrior, type Prior, studentVariate } from './priors.ts';

const priors: { prior: Prior; low?: number; high?: number }[] = [
  { prior: { distribution: 'uniform', low: -2, high: 5 }, low: -1 },
  { prior: { distribution: 'loguniform', low: 0.01, high: 100 }, high: 10 },
  { prior: { distribution: 'normal', mean: 3, deviation: 2 }, low: 0 },
  { prior: { distribution: 'normal', mean: 3, deviation: 2 } },
  { prior: { distribution: 'lognormal', logMean: 1, logDeviation: 0.5 }, high: 8 },
  { prior: { distribution: 'halfnormal', deviation: 3 } },
  { prior: { distribution: 'exponential', mean: 4 }, low: 1 },
  { prior: { distribution: 'gamma', shape: 2.5, scale: 0.7 } },
  { prior: { distribution: 'gamma', shape: 0.8, scale: 2 }, low: 0.5, high: 6 },
  { prior: { distribution: 'beta', a: 2, b: 3.5 } },
  { prior: { distribution: 'student', freedom: 3.5, center: 1, scale: 2 }, low: -4 },
];

describe('priors', () => {
  it.each(priors)(
    'density, quantile and bounds of $prior.distribution from $low to $high agree',
    ({ prior, low, high }) => {
      const bounded = boundedPrior(prior, low, high);
      // Mass between quantiles, by Simpson's rule over the density.
      for (const [from, to] of [
        [0.1, 0.3],
        [0.3, 0.75],
        [0.75, 0.95],
      ] as const) {
        const a = bounded.quantile(from);
        const b = bounded.quantile(to);
        const n = 400;
        let sum = 0;
        for (let i = 0; i <= n; i += 1) {
          const weight = i === 0 || i === n ? 1 : i % 2 === 1 ? 4 : 2;
          sum += weight * Math.exp(bounded.logDensity(a + ((b - a) * i) / n));
        }
        expect((sum * (b - a)) / (3 * n)).toBeCloseTo(to - from, 6);
      }
      if (low !== undefined) expect(bounded.quantile(0)).toBeCloseTo(low, 12);
      if (high !== undefined) expect(bounded.quantile(1)).toBeCloseTo(high, 12);
      if (bounded.high < 1e9) expect(bounded.logDensity(bounded.high + 1)).toBe(Number.NEGATIVE_INFINITY);
    },
  );

  it('gives the known quantiles of Student’s distribution', () => {
    expect(studentVariate(0.975, 1)).toBeCloseTo(12.706204736, 6);
    expect(studentVariate(0.975, 10)).toBeCloseTo(2.228138852, 8);
    expect(studentVariate(0.6, 4)).toBeCloseTo(0.2707222935, 8);
    expect(studentVariate(0.025, 10)).toBeCloseTo(-2.228138852, 8);
  });

  it('turns free coordinates into values and back, with the right stretch', () => {
    const parameters: UncertainParameter[] = [
      { name: 'two ends', low: -3, high: 8 },
      { name: 'two ends, log', low: 0.01, high: 50, scale: 'log' },
      { name: 'above', low: 2, prior: { distribution: 'normal', mean: 3, deviation: 2 } },
      { name: 'below', high: 2, prior: { distribution: 'normal', mean: 1, deviation: 2 } },
      { name: 'everywhere', prior: { distribution: 'normal', mean: 1, deviation: 2 } },
      { name: 'log', prior: { distribution: 'gamma', shape: 2, scale: 2 }, scale: 'log' },
    ];
    for (const parameter of parameters) {
      const { toValue, toFree, logStretch, prior } = freeParameter(parameter);
      fc.assert(
        fc.property(fc.double({ min: -6, max: 6, noNaN: true }), (free) => {
          const value = toValue(free);
          expect(value).toBeGreaterThanOrEqual(prior.low);
          expect(value).toBeLessThanOrEqual(prior.high);
          expect(toFree(value)).toBeCloseTo(free, 7);
          const slope = (toValue(free + 1e-5) - toValue(free - 1e-5)) / 2e-5;
          expect(Math.log(Math.abs(slope))).toBeCloseTo(logStretch(free), 5);
        }),
        { numRuns: 40 },
      );
    }
  });

  it('refuses what has no sense, by name', () => {
    const codes = (parameter: UncertainParameter) => parameterFaults([parameter]).map(({ code }) => code);
    expect(codes({ name: 'a' })).toEqual(['experiment.no_prior']);
    expect(codes({ name: 'a', low: 2, high: 1 })).toEqual(['experiment.bad_range']);
    expect(codes({ name: 'a', low: 0, high: 1, scale: 'log' })).toEqual(['experiment.bad_log_range']);
    expect(codes({ name: 'a', scale: 'log', prior: { distribution: 'normal', mean: 1, deviation: 1 } })).toEqual([
      'experiment.bad_log_range',
    ]);
    expect(codes({ name: 'a', prior: { distribution: 'gamma', shape: -1, scale: Number.NaN } })).toEqual([
      'experiment.bad_prior',
      'experiment.bad_prior',
    ]);
    expect(codes({ name: 'a', low: 9, prior: { distribution: 'normal', mean: 0, deviation: 1 } })).toEqual([
      'experiment.prior_outside',
    ]);
    expect(parameterFaults([])).toHaveLength(1);
    const twice = { name: 'a', low: 0, high: 1 };
    expect(parameterFaults([twice, twice]).map(({ code }) => code)).toEqual(['experiment.same_name']);
  });
});
