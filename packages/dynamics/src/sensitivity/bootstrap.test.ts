import { describe, expect, it } from 'vitest';
import { quantileOf } from '../numerics/quantile.ts';
import { bootstrapIntervals, expandedTail, studentQuantile } from './bootstrap.ts';

describe('quantiles', () => {
  // Tables of Student's distribution, upper 2.5 % and 0.5 %.
  it.each([
    [0.975, 1, 12.7062047362],
    [0.975, 2, 4.30265272991],
    [0.975, 7, 2.36462425159],
    [0.975, 30, 2.0422724563],
    [0.995, 8, 3.35538733127],
  ])('of Student at %d with %d degrees of freedom', (share, freedom, expected) => {
    expect(studentQuantile(share, freedom)).toBeCloseTo(expected, 8);
  });

  it('of a sample lie between its values', () => {
    const sample = Float64Array.of(1, 2, 4, 8);
    expect([0, 1 / 6, 0.5, 1].map((share) => quantileOf(sample, share))).toEqual([1, 1.5, 3, 8]);
    expect(quantileOf(new Float64Array(0), 0.5)).toBeNaN();
  });

  it('are taken farther out for few parts', () => {
    expect(expandedTail(8, 0.95)).toBeCloseTo(0.00574, 4);
    expect(expandedTail(100_000, 0.95)).toBeCloseTo(0.025, 3);
  });
});

describe('bootstrap intervals', () => {
  const values = Float64Array.of(3, 1, 4, 1, 5, 9, 2, 6);
  const mean = (weights: Float64Array) => Float64Array.of(values.reduce((sum, v, i) => sum + v * weights[i]!, 0) / 8);

  it('of a mean are about those of Student', () => {
    const settings = { resamples: 20_000, confidence: 0.95, seed: 1 };
    const interval = bootstrapIntervals(8, mean, settings)[0]!;
    const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - 3.875) ** 2, 0) / 7);
    const half = (2.36462425159 * deviation) / Math.sqrt(8);
    expect((interval.high - interval.low) / (2 * half)).toBeCloseTo(1, 1);
    expect(bootstrapIntervals(8, mean, settings)[0]).toEqual(interval);
    expect(bootstrapIntervals(8, mean, { ...settings, seed: 2 })[0]).not.toEqual(interval);
  });
});
