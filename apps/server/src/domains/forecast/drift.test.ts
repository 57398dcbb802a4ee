import { describe, expect, it } from 'vitest';
import { firstApart } from './drift.ts';

const interval = (low: number, high: number) => ({ low, high, median: (low + high) / 2 });

describe('drift between fits', () => {
  it('names the first fit whose interval lies apart from an earlier one', () => {
    expect(firstApart([interval(1, 2), interval(1.5, 3), interval(1.9, 4)])).toBeUndefined();
    expect(firstApart([interval(1, 2), interval(1.5, 3), interval(2.5, 4)])).toEqual({ from: 0, to: 2 });
    expect(firstApart([interval(5, 6), null, interval(1, 2)])).toEqual({ from: 0, to: 2 });
    expect(firstApart([interval(1, 2), interval(2, 3)])).toBeUndefined();
    expect(firstApart([])).toBeUndefined();
  });
});
