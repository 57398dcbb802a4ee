import { describe, expect, it } from 'vitest';
import { byVerdict, isWide, lastWeekError, weeklyNoise } from './fit-figures.ts';

const week = (observed: number | null, low = 0, high = 10) => ({ t: '2026-01-05', observed, low, median: 5, high });

describe('how good a fit is', () => {
  it('measures the rule of last week over pairs of weeks, gaps left out', () => {
    expect(lastWeekError([week(10), week(20), week(null), week(30), week(20)])).toBeCloseTo(10 / 20);
    expect(lastWeekError([week(10), week(null)])).toBeNull();
    expect(lastWeekError([week(0), week(0)])).toBeNull();
    expect(lastWeekError([])).toBeNull();
  });
  it('tells how far weeks usually lie from the model', () => {
    expect(weeklyNoise({ phi: 0, push: 0, noise: Math.log(1.2) })).toBeCloseTo(0.2);
    expect(weeklyNoise({ phi: 0.6, push: 0.08, noise: 0 })).toBeCloseTo(Math.expm1(0.1));
  });
});

describe('the order of parameters', () => {
  const parameter = (
    variable: string,
    verdict: 'identified' | 'weak' | 'unidentified' | 'at_bound',
    priorScore: number,
  ) => ({
    variable,
    verdict,
    priorScore,
    median: 1,
    mean: 1,
    low: 0,
    high: 2,
    prior: { median: 1, low: 0, high: 2 },
    learned: 0.5,
    confoundedWith: [],
  });
  it('puts what lies at a bound first, then what is known, the furthest moved before', () => {
    const sorted = byVerdict([
      parameter('a', 'weak', 3),
      parameter('b', 'identified', 0.1),
      parameter('c', 'identified', -2),
      parameter('d', 'at_bound', 0),
    ]);
    expect(sorted.map(({ variable }) => variable)).toEqual(['d', 'c', 'b', 'a']);
  });
  it('reads wide positive intervals on a logarithmic scale', () => {
    expect(isWide([0.1, 5])).toBe(true);
    expect(isWide([-1, 5])).toBe(false);
    expect(isWide([1, 5])).toBe(false);
  });
});
