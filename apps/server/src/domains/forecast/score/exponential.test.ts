import { describe, expect, it } from 'vitest';
import { exponentialSmoothing } from './exponential.ts';

describe('exponentialSmoothing', () => {
  it('carries a trend on for the weeks that are scored, and lets it die out after them', () => {
    const rising = Float64Array.from({ length: 60 }, (_, week) => 5 + 0.05 * week + 0.02 * Math.sin(7 * week));
    const { points } = exponentialSmoothing(rising, 104)!;
    const [now, scored, year, later] = [rising.at(-1)!, points[12]!, points[51]!, points[103]!];
    expect(scored - now).toBeGreaterThan(0.05 * 13 * 0.6);
    // All that a trend can still add: 0.85 / (1 - 0.85) weeks of it.
    expect(later - scored).toBeLessThan(0.05 * 5.7 * 1.2);
    expect(later - year).toBeLessThan(0.001);
  });

  it('goes on level where there is no trend', () => {
    const level = Float64Array.from({ length: 60 }, (_, week) => 3 + 0.1 * Math.sin(5 * week));
    const { points } = exponentialSmoothing(level, 52)!;
    expect(Math.abs(points[51]! - 3)).toBeLessThan(0.15);
  });
});
