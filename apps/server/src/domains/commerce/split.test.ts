import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitExactly } from './split.ts';

describe('splitExactly', () => {
  it('gives the parts that finance expects', () => {
    expect(splitExactly(10_000, [1, 2, 1])).toEqual([2500, 5000, 2500]);
    expect(splitExactly(100, [1, 1, 1])).toEqual([34, 33, 33]);
    expect(splitExactly(-100, [1, 1, 1])).toEqual([-34, -33, -33]);
    expect(splitExactly(5, [0, 0])).toEqual([3, 2]);
    expect(splitExactly(7, [])).toEqual([]);
  });

  it('adds up to the whole, keeps each part within one unit of its share, and gives nothing to weight 0', () => {
    const total = fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 });
    const weights = fc.array(fc.integer({ min: 0, max: 1_000_000_000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(total, weights, (whole, parts) => {
        const split = splitExactly(whole, parts);
        expect(split.reduce((a, b) => a + b, 0)).toBe(whole);
        const sum = parts.reduce((a, b) => a + b, 0);
        if (sum === 0) return;
        split.forEach((part, index) => {
          expect(Math.abs(part - (whole * parts[index]!) / sum)).toBeLessThan(1.001);
          if (parts[index] === 0) expect(Math.abs(part)).toBe(0);
        });
      }),
    );
  });
});
