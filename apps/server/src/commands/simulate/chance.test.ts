import { describe, expect, it } from 'vitest';
import { chanceOf } from './chance.ts';

const size = 40_000;
const moments = (draw: () => number) => {
  const values = Array.from({ length: size }, draw);
  const mean = values.reduce((sum, value) => sum + value, 0) / size;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / size };
};
const close = (draw: () => number, mean: number, variance: number) => {
  const found = moments(draw);
  expect(Math.abs(found.mean - mean)).toBeLessThan(5 * Math.sqrt(variance / size));
  expect(Math.abs(found.variance / variance - 1)).toBeLessThan(0.1);
};

describe('chance', () => {
  it('has the mean and the variance of what it draws', () => {
    const chance = chanceOf(11, 1);
    close(chance.uniform, 1 / 2, 1 / 12);
    close(chance.normal, 0, 1);
    close(() => chance.count(0.3), 0.3, 0.3);
    close(() => chance.count(12), 12, 12);
    close(() => chance.count(90), 90, 90);
    close(() => chance.gamma(1.3), 1, 1 / 1.3);
    close(() => chance.gamma(0.9), 1, 1 / 0.9);
    close(() => chance.wait(40), 40, 1_600);
    close(() => Math.log(chance.around(0.5)), 0, 0.25);
    close(() => (chance.happens(0.2) ? 1 : 0), 0.2, 0.16);
    close(() => chance.below(10), 4.5, 8.25);
  });

  it('is the same for the same seed and stream, and another for any other', () => {
    const first = (seed: number, stream: number) => {
      const { uniform } = chanceOf(seed, stream);
      return [uniform(), uniform(), uniform()];
    };
    expect(first(5, 1)).toEqual(first(5, 1));
    const all = [0, 1, 5, 4_294_967_295].flatMap((seed) => [1, 2, 3].map((stream) => first(seed, stream).join()));
    expect(new Set(all).size).toBe(all.length);
  });
});
