import { describe, expect, it } from 'vitest';
import { drawsOf } from '../sampling/chance.ts';
import { type ErrorModel, errorLaw } from './error-model.ts';
import { logLikelihood, observe, seriesFaults } from './likelihood.ts';
import { momentsOf } from './summary.ts';

const counts: { errors: ErrorModel; mean: number; variance: number }[] = [
  { errors: { distribution: 'poisson' }, mean: 6, variance: 6 },
  { errors: { distribution: 'negative-binomial', dispersion: 0.3 }, mean: 6, variance: 6 + 0.3 * 36 },
  { errors: { distribution: 'negative-binomial', dispersion: 0 }, mean: 6, variance: 6 },
];
const continuous: { errors: ErrorModel; variance: number }[] = [
  { errors: { distribution: 'normal', deviation: 2 }, variance: 4 },
  { errors: { distribution: 'lognormal', logDeviation: 0.3 }, variance: 36 * Math.exp(0.09) * Math.expm1(0.09) },
  { errors: { distribution: 'student', freedom: 8, scale: 1.5 }, variance: (1.5 ** 2 * 8) / 6 },
];

describe('errors of observations', () => {
  it.each(counts)('sum to one and have the moments of $errors', ({ errors, mean, variance }) => {
    const law = errorLaw(errors);
    const amounts = Float64Array.from(law.amounts, ({ amount }) => Number(amount));
    let [mass, first, second] = [0, 0, 0];
    for (let count = 0; count < 400; count += 1) {
      const p = Math.exp(law.logDensity(count, mean, amounts));
      mass += p;
      first += p * count;
      second += p * count * count;
    }
    expect(mass).toBeCloseTo(1, 9);
    expect(first).toBeCloseTo(mean, 7);
    expect(second - first * first).toBeCloseTo(variance, 5);
    expect(law.isPossible(2.5)).toBe(false);
  });

  it.each(continuous)('have unit area and the spread of $errors', ({ errors, variance }) => {
    const law = errorLaw(errors);
    const amounts = Float64Array.from(law.amounts, ({ amount }) => Number(amount));
    let area = 0;
    for (let x = -60 + 0.005; x < 80; x += 0.01) {
      if (law.isPossible(x)) area += 0.01 * Math.exp(law.logDensity(x, 6, amounts));
    }
    expect(area).toBeCloseTo(1, 4);
    const next = drawsOf(1, 'prediction', 0);
    const draws = Float64Array.from({ length: 20_000 }, () => law.variate(6, amounts, next(), next()));
    expect(momentsOf(draws).deviation / Math.sqrt(variance)).toBeCloseTo(1, 1);
  });

  it('draws counts with the moments of their law', () => {
    const law = errorLaw({ distribution: 'negative-binomial', dispersion: 0.3 });
    const next = drawsOf(2, 'prediction', 0);
    const draws = Float64Array.from({ length: 4000 }, () => law.variate(6, Float64Array.of(0.3), next(), next()));
    expect(momentsOf(draws).mean).toBeCloseTo(6, 0);
    expect(momentsOf(draws).deviation / Math.sqrt(6 + 0.3 * 36)).toBeCloseTo(1, 1);
  });

  it('skips gaps, reads amounts from parameters and gives impossible runs no likelihood', () => {
    const series = [
      {
        name: 'a',
        values: [1, null, 3],
        errors: { distribution: 'normal', deviation: { parameter: 'sigma' } } as const,
      },
      { name: 'b', values: [Number.NaN, 2], errors: { distribution: 'poisson' } as const },
    ];
    expect(seriesFaults(series, ['k', 'sigma'])).toEqual([]);
    const observed = observe(series, ['k', 'sigma']);
    const point = Float64Array.of(9, 2);
    const expected =
      2 * (-Math.log(2) - 0.5 * Math.log(2 * Math.PI)) - 0.5 * 0.25 + (2 * Math.log(4) - 4 - Math.log(2));
    expect(logLikelihood(observed, Float64Array.of(2, Number.NaN, 3, Number.NaN, 4), 0, point, 0)).toBeCloseTo(
      expected,
      12,
    );
    expect(logLikelihood(observed, Float64Array.of(Number.NaN, 0, 3, 0, 4), 0, point, 0)).toBe(
      Number.NEGATIVE_INFINITY,
    );
    expect(logLikelihood(observed, Float64Array.of(2, 0, 3, 0, -1), 0, point, 0)).toBe(Number.NEGATIVE_INFINITY);
    expect(logLikelihood(observed, Float64Array.of(2, 0, 3, 0, 4), 0, Float64Array.of(9, -2), 0)).toBe(
      Number.NEGATIVE_INFINITY,
    );
  });

  it('refuses series that cannot be', () => {
    const codes = (values: (number | null)[], errors: ErrorModel) =>
      seriesFaults([{ name: 'a', values, errors }], ['k']).map(({ code }) => code);
    expect(codes([null], { distribution: 'poisson' })).toEqual(['experiment.no_observations']);
    expect(codes([1.5], { distribution: 'poisson' })).toEqual(['experiment.bad_observation']);
    expect(codes([0], { distribution: 'lognormal', logDeviation: 1 })).toEqual(['experiment.bad_observation']);
    expect(codes([1], { distribution: 'normal', deviation: { parameter: 's' } })).toEqual([
      'experiment.unknown_amount',
    ]);
    expect(codes([1], { distribution: 'normal', deviation: 0 })).toEqual(['experiment.bad_amount']);
    expect(seriesFaults([], []).map(({ code }) => code)).toEqual(['experiment.no_outputs']);
  });
});
