import { describe, expect, it } from 'vitest';
import { expectValue } from '../diagnostic.ts';
import { uniformPoints } from './uniform.ts';

describe('uniform points', () => {
  it('are the same for the same seed, and more of them begin with fewer', () => {
    const points = expectValue(uniformPoints(100, 3, 42));
    expect(expectValue(uniformPoints(40, 3, 42))).toEqual(points.slice(0, 120));
    expect(expectValue(uniformPoints(100, 3, 43))).not.toEqual(points);
  });

  it('fill the cube evenly and without correlation', () => {
    const count = 20_000;
    const points = expectValue(uniformPoints(count, 2, 1));
    let mean = 0;
    let product = 0;
    for (let i = 0; i < count; i += 1) {
      mean += points[2 * i]! / count;
      product += ((points[2 * i]! - 0.5) * (points[2 * i + 1]! - 0.5)) / count;
    }
    expect(Math.abs(mean - 0.5)).toBeLessThan((4 * Math.sqrt(1 / 12)) / Math.sqrt(count));
    expect(Math.abs(product)).toBeLessThan(4 / 12 / Math.sqrt(count));
  });

  it('are refused in sizes that make no sense', () => {
    expect(uniformPoints(1.5, 2, 1).ok).toBe(false);
    expect(uniformPoints(10, 0, 1).ok).toBe(false);
    expect(uniformPoints(2 ** 40, 2, 1).ok).toBe(false);
  });
});
