import { describe, expect, it } from 'vitest';
import { ensemble, refusalOf, series, startValue } from './bench.fixture.ts';

const count = 4000;

function moments(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / values.length) };
}

describe('draws', () => {
  it.each([
    ['RANDOM(2, 6)', 4, 4 / Math.sqrt(12)],
    ['UNIFORM(2, 6)', 4, 4 / Math.sqrt(12)],
    ['RANDOM(2, 6, NAN, 4, 9)', 5, 2 / Math.sqrt(12)],
    ['NORMAL(10, 2)', 10, 2],
    ['LOGNORMAL(10, 3)', 10, 3],
    ['EXPRND(3)', 3, 3],
    ['POISSON(4)', 4, 2],
    ['BETA(2, 3)', 0.4, 0.2],
    ['BINOMIAL(20, 0.3)', 6, Math.sqrt(4.2)],
    ['GAMMA(4, 2)', 8, 4],
    ['GEOMETRIC(0.5)', 2, Math.sqrt(2)],
    ['LOGISTIC(5, 1)', 5, Math.PI / Math.sqrt(3)],
    ['PARETO(6, 5)', 6, Math.sqrt(1.5)],
    ['TRIANGULAR(0, 1, 5)', 2, Math.sqrt(21 / 18)],
    ['WEIBULL(2, 1)', Math.sqrt(Math.PI) / 2, Math.sqrt(1 - Math.PI / 4)],
    ['MONTECARLO(30)', 0.3, Math.sqrt(0.21)],
    ['RANDOM_UNIFORM(2, 6, 0)', 4, 4 / Math.sqrt(12)],
    ['RANDOM_NORMAL(-1000, 1000, 10, 2, 0)', 10, 2],
    ['RANDOM_EXPONENTIAL(0, 1000, 1, 3, 0)', 4, 3],
    ['RANDOM_POISSON(0, 1000, 4, 1, 2, 0)', 9, 4],
    ['RANDOM_GAMMA(0, 1000, 4, 0, 2, 0)', 8, 4],
    ['RANDOM_BETA(0, 1, 2, 3, 0, 1, 0)', 0.4, 0.2],
    ['RANDOM_BINOMIAL(0, 20, 0.3, 20, 0, 1, 0)', 6, Math.sqrt(4.2)],
    ['RANDOM_WEIBULL(0, 99, 2, 0, 1, 0)', 1, Math.sqrt(4 / Math.PI - 1)],
    ['RANDOM_TRIANGULAR(0, 5, 0, 1, 5, 0)', 2, Math.sqrt(21 / 18)],
    ['RANDOM_0_1', 0.5, 1 / Math.sqrt(12)],
  ])('%s has mean %d and deviation %d', (equation, mean, deviation) => {
    const found = moments(series(equation, { stop: count - 1 }));
    expect(Math.abs(found.mean - mean)).toBeLessThan((4 * deviation) / Math.sqrt(count));
    expect(found.deviation / deviation).toBeGreaterThan(0.85);
    expect(found.deviation / deviation).toBeLessThan(1.15);
  });

  it.each([
    'NORMAL(0, 1, 3, -0.5, 2)',
    'EXPRND(1, 3, -0.5, 2)',
    'POISSON(4, 3, 0, 2)',
    'LOGNORMAL(1, 1, 3, -0.5, 2)',
    'BINOMIAL(9, 0.9, 3, 0, 2)',
    'GEOMETRIC(0.1, 3, 0, 2)',
    'RANDOM_NORMAL(-0.5, 2, 0, 1, 3)',
    'RANDOM_POISSON(0, 2, 5, 0, 0.5, 3)',
  ])('%s stays within its bounds and uses them', (equation) => {
    const values = series(equation, { stop: 999 });
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-0.5);
    expect(Math.max(...values)).toBeLessThanOrEqual(2);
    expect(Math.max(...values)).toBeGreaterThan(1.4);
  });

  it('cut a distribution off where they are bounded, as the normal one above 0', () => {
    const values = series('NORMAL(0, 1, NAN, 0)', { stop: count - 1 });
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.abs(moments(values).mean - Math.sqrt(2 / Math.PI))).toBeLessThan(0.05);
  });

  it('differ between steps, sites, runs and seeds of the caller', () => {
    const [first, second] = ensemble('NORMAL(0, 1)', { runs: 2, stop: 5 });
    expect(new Set([...first!, ...second!]).size).toBe(12);
    expect(series('NORMAL(0, 1)', { seed: 2, stop: 5 })).not.toEqual(first);
    expect(series('NORMAL(0, 1)', { seed: 1, stop: 5 })).toEqual(first);
    expect(startValue('NORMAL(0, 1) - NORMAL(0, 1)')).not.toBe(0);
  });

  it('repeat in every run with a seed of their own', () => {
    for (const equation of ['NORMAL(0, 1, 42)', 'RANDOM(0, 1, 0)', 'RANDOM_UNIFORM(0, 1, 7)', 'MONTECARLO(50, 3)']) {
      const [first, second] = ensemble(equation, { runs: 2, stop: 50 });
      expect(second).toEqual(first);
      expect(series(equation, { seed: 9, stop: 50 })).toEqual(first);
    }
    expect(series('RANDOM(0, 1, 1)')).not.toEqual(series('RANDOM(0, 1, 2)'));
  });

  it('without a seed are not those of a stream of 0 or of none', () => {
    const [first, second] = ensemble('RANDOM_UNIFORM(0, 1, 0)', { runs: 2, stop: 5 });
    expect(second).not.toEqual(first);
  });

  it('hold for a sampling interval', () => {
    const values = series('RANDOM(0, 1, 5, NAN, NAN, 2)', { stop: 7, dt: 0.5, start: 1 });
    // Intervals of 2 begin at the even times; the run begins at 1.
    const blocks = [values.slice(0, 2), values.slice(2, 6), values.slice(6, 10), values.slice(10, 13)];
    for (const block of blocks) expect(new Set(block).size).toBe(1);
    expect(new Set(values).size).toBe(4);
  });

  it('belong to initial values too', () => {
    expect(startValue('INIT(NORMAL(0, 1))', { stop: 3 })).not.toBe(0);
    const values = series('INIT(NORMAL(0, 1))', { stop: 3 });
    expect(new Set(values).size).toBe(1);
  });
});

describe('probabilities and counts', () => {
  it.each([
    ['NORMALCDF(-1, 1)', 0.6826894921370859],
    ['NORMALCDF(-INF, 12, 10, 2)', 0.8413447460685429],
    ['INVNORM(0.975)', 1.959963984540054],
    ['COMBINATIONS(5, 3)', 10],
    ['PERMUTATIONS(5, 3)', 60],
    ['FACTORIAL(5)', 120],
    ['GAMMALN(0.5)', 0.5723649429247001],
    ['GAMMA_LN(5)', Math.log(24)],
  ])('%s is %d', (equation, expected) => {
    expect(startValue(equation)).toBeCloseTo(expected, 12);
  });
});

it.each([
  ['NORMAL(0, -1)', 'builtin.negative'],
  ['LOGNORMAL(0, 1)', 'builtin.not_positive'],
  ['EXPRND(0)', 'builtin.not_positive'],
  ['BINOMIAL(5, 1.5)', 'builtin.not_probability'],
  ['TRIANGULAR(3, 2, 5)', 'builtin.not_ordered'],
  ['RANDOM(6, 2)', 'builtin.not_ordered'],
  ['NORMAL(0, 1, 1, 5, 2)', 'builtin.not_ordered'],
  ['RANDOM_NORMAL(5, 2, 0, 1, 1)', 'builtin.not_ordered'],
  ['RANDOM_NORMAL(-5, 5, 0, 0, 1)', 'builtin.not_positive'],
  ['NORMAL(0, 1, -1)', 'builtin.not_whole'],
  ['NORMAL(0, 1, 0.5)', 'builtin.not_whole'],
  ['NORMAL(0, 1, TIME)', 'builtin.not_constant'],
  ['NORMAL(0)', 'builtin.arguments'],
])('%s is refused as %s', (equation, code) => {
  expect(refusalOf(equation)).toBe(code);
});
