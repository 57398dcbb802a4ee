import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coordinateOf } from './coordinates.ts';
import { type Prior, priorFaults, priorValue } from './prior.ts';

const priors: Prior[] = [
  { name: 'uniform', low: -2, high: 5 },
  { name: 'log', low: 1e-3, high: 1e4, scale: 'log' },
  { name: 'normal', distribution: 'normal', mean: 3, deviation: 2 },
  { name: 'above', distribution: 'normal', mean: 1, deviation: 0.5, low: 0 },
  { name: 'below', distribution: 'normal', mean: 1, deviation: 0.5, high: 2 },
  { name: 'between', distribution: 'normal', mean: 0, deviation: 1, low: -1, high: 3 },
  { name: 'tail', distribution: 'normal', mean: 0, deviation: 1, low: 4 },
  { name: 'lognormal', distribution: 'lognormal', logMean: -1, logDeviation: 0.7 },
  { name: 'half', distribution: 'half_normal', deviation: 2 },
  { name: 'exponential', distribution: 'exponential', mean: 4 },
  { name: 'gamma', distribution: 'gamma', shape: 2.5, scale: 0.3 },
  { name: 'beta', distribution: 'beta', a: 2, b: 5, low: 1, high: 4 },
];

describe.each(priors.map((prior) => ({ name: prior.name, prior })))('a prior ($name)', ({ prior }) => {
  const value = priorValue(prior);
  const coordinate = coordinateOf(prior);

  it('rises with the score, and knows the score of a value', () => {
    const score = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(score, score, (a, b) => {
        if (a < b - 1e-6) expect(value(a)).toBeLessThan(value(b));
        expect(coordinate.score(value(a))).toBeCloseTo(a, 6);
        const x = value(a);
        expect(Math.abs(coordinate.value(coordinate.atScore(a)) - x)).toBeLessThan(1e-9 * (1 + Math.abs(x)));
      }),
      { numRuns: 200 },
    );
  });

  it('has the density that its scores have', () => {
    // A standard normal score changes with the coordinate as the density says.
    for (const at of [-2.5, -1, 0, 0.7, 2.2]) {
      const h = 1e-5;
      const [y1, y2] = [coordinate.atScore(at - h), coordinate.atScore(at + h)];
      const slope = (2 * h) / (y2 - y1);
      const expected = -0.5 * at * at - 0.5 * Math.log(2 * Math.PI) + Math.log(slope);
      expect(coordinate.logDensity(coordinate.atScore(at))).toBeCloseTo(expected, 5);
    }
  });

  it('stays finite far out', () => {
    for (const score of [-60, -20, 20, 60]) {
      expect(value(score)).not.toBeNaN();
      expect(Number.isFinite(coordinate.atScore(score))).toBe(true);
    }
  });
});

describe('priorFaults', () => {
  it.each<[Prior, string]>([
    [{ name: 'a', low: 1, high: 1 }, 'experiment.bad_range'],
    [{ name: 'a', low: 0, high: 1, scale: 'log' }, 'experiment.bad_log_range'],
    [{ name: 'a', distribution: 'normal', mean: 0, deviation: 0 }, 'fit.bad_prior'],
    [{ name: 'a', distribution: 'normal', mean: 0, deviation: 1, low: 2, high: 1 }, 'fit.bad_prior'],
    [{ name: 'a', distribution: 'normal', mean: 0, deviation: 1, low: 50, high: 51 }, 'fit.bad_prior'],
    [{ name: 'a', distribution: 'gamma', shape: 1, scale: Number.NaN }, 'fit.bad_prior'],
    [{ name: 'a', distribution: 'beta', a: 1, b: -1 }, 'fit.bad_prior'],
  ])('refuses %j', (prior, code) => {
    expect(priorFaults([prior]).map((fault) => fault.code)).toContain(code);
  });
});
