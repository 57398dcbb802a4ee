import { describe, expect, it } from 'vitest';
import { draw } from '../numerics/random.ts';
import { likelihoodOf, type Noise, seriesFaults } from './likelihood.ts';

const row = (value: number) => Float64Array.from([value]);
const none = new Float64Array(0);

const densityOf = (noise: Noise, mean: number) => (y: number) =>
  likelihoodOf([{ name: 's', observations: [y], noise }], 0).logDensity(row(mean), none);

const continuous: [string, Noise, number][] = [
  ['normal', { distribution: 'normal', deviation: 0.5 }, 3],
  ['lognormal', { distribution: 'lognormal', logDeviation: 0.4 }, 3],
  ['student', { distribution: 'student', scale: 0.5, freedom: 5 }, 3],
];
const counts: [string, Noise, number][] = [
  ['poisson', { distribution: 'poisson' }, 4],
  ['negative binomial', { distribution: 'negative_binomial', dispersion: 0.3 }, 4],
  ['negative binomial without dispersion', { distribution: 'negative_binomial', dispersion: 1e-12 }, 4],
];

describe('likelihoodOf', () => {
  it.each(continuous)('%s has a density with integral 1', (_, noise, mean) => {
    const density = densityOf(noise, mean);
    let sum = 0;
    for (let y = -60.0005; y < 80; y += 0.001) {
      const value = noise.distribution === 'lognormal' && y <= 0 ? Number.NEGATIVE_INFINITY : density(y);
      sum += 0.001 * Math.exp(value);
    }
    expect(sum).toBeCloseTo(1, 4);
  });

  it.each(counts)('%s has probabilities with sum 1 and the mean of the model', (_, noise, mean) => {
    const density = densityOf(noise, mean);
    let [sum, first, second] = [0, 0, 0];
    for (let y = 0; y < 300; y += 1) {
      const p = Math.exp(density(y));
      sum += p;
      first += p * y;
      second += p * y * y;
    }
    expect(sum).toBeCloseTo(1, 9);
    expect(first).toBeCloseTo(mean, 8);
    const dispersion = noise.distribution === 'negative_binomial' ? (noise.dispersion as number) : 0;
    expect(second - first * first).toBeCloseTo(mean + dispersion * mean * mean, 6);
  });

  it.each([...continuous, ...counts])('%s samples what its density says', (_, noise, mean) => {
    const likelihood = likelihoodOf([{ name: 's', observations: [Number.NaN], noise }], 0);
    const samples = Float64Array.from({ length: 4000 }, (__, k) => {
      const sampled = likelihood.sample(row(mean), none, 0, draw(1, 0, 0, k) || 0.5, draw(1, 0, 1, k) || 0.5);
      return noise.distribution === 'lognormal' ? Math.log(sampled / mean) : sampled - mean;
    });
    const average = samples.reduce((sum, value) => sum + value, 0) / samples.length;
    const variance = samples.reduce((sum, value) => sum + (value - average) ** 2, 0) / samples.length;
    const expected = {
      normal: 0.25,
      lognormal: 0.16,
      student: (0.25 * 5) / 3,
      poisson: 4,
      negative_binomial: noise.distribution === 'negative_binomial' ? 4 + 16 * (noise.dispersion as number) : 0,
    }[noise.distribution];
    expect(Math.abs(average)).toBeLessThan(4 * Math.sqrt(expected / samples.length));
    expect(variance / expected).toBeCloseTo(1, 0);
  });

  it('skips what was not observed, takes sizes by their names, and gives failed runs no probability', () => {
    const size = { name: 'sigma', distribution: 'half_normal' as const, deviation: 1 };
    const likelihood = likelihoodOf(
      [
        { name: 'a', observations: [1, Number.NaN], noise: { distribution: 'normal', deviation: size } },
        { name: 'b', observations: [5], noise: { distribution: 'normal', deviation: size } },
      ],
      2,
    );
    expect(likelihood.estimated).toEqual([size]);
    expect(likelihood.width).toBe(3);
    const values = Float64Array.from([0, 0, 2]);
    const density = likelihood.logDensity(Float64Array.from([1, Number.NaN, 9]), values);
    // Two observations with deviation 2, one of them two deviations off.
    expect(density).toBeCloseTo(-2 * Math.log(2) - Math.log(2 * Math.PI) - 2, 12);
    expect(likelihood.logDensity(Float64Array.from([Number.NaN, 0, 9]), values)).toBe(Number.NEGATIVE_INFINITY);
  });

  it('names observations that cannot be', () => {
    const faults = seriesFaults([
      { name: 'counts', observations: [1, -1], noise: { distribution: 'poisson' } },
      { name: 'sizes', observations: [0], noise: { distribution: 'lognormal', logDeviation: 1 } },
      { name: 'wide', observations: [1], noise: { distribution: 'normal', deviation: 0 } },
    ]);
    expect(faults.map(({ code }) => code)).toEqual(['fit.bad_observation', 'fit.bad_observation', 'fit.bad_prior']);
    expect(faults[0]!.details).toMatchObject({ series: 'counts', number: 2, value: -1 });
  });
});
