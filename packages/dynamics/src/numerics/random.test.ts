import { describe, expect, it } from 'vitest';
import { draw, philox53 } from './random.ts';

/** The double that two words of 32 bits make. */
function double(first: number, second: number): number {
  return ((first >>> 5) * 2 ** 26 + (second >>> 6)) / 2 ** 53;
}

describe('philox53', () => {
  it('gives the first two words of the known answers published with Random123 for philox4x32-10', () => {
    expect(philox53(0, 0, 0, 0, 0, 0)).toBe(double(0x6627e8d5, 0xe169c58d));
    expect(philox53(-1, -1, -1, -1, -1, -1)).toBe(double(0x408f276d, 0x41c83b0e));
    expect(philox53(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0)).toBe(
      double(0xd16cfe09, 0x94fdcceb),
    );
  });
});

describe('draw', () => {
  it('is a pure function of all its arguments', () => {
    expect(draw(1, 2, 3, 4)).toBe(draw(1, 2, 3, 4));
    const others = [draw(5, 2, 3, 4), draw(1, 5, 3, 4), draw(1, 2, 5, 4), draw(1, 2, 3, 5)];
    const high = [draw(1 + 2 ** 32, 2, 3, 4), draw(1, 2 + 2 ** 32, 3, 4), draw(-1, 2, 3, 4)];
    expect(new Set([draw(1, 2, 3, 4), ...others, ...high]).size).toBe(8);
  });

  it('spreads evenly over [0, 1) along every argument', () => {
    const count = 20_000;
    const cells = 100;
    const along = [
      (at: number) => draw(at, 0, 0, 0),
      (at: number) => draw(0, at, 0, 0),
      (at: number) => draw(0, 0, at, 0),
      (at: number) => draw(0, 0, 0, at),
    ];
    for (const sequence of along) {
      const counts = new Array<number>(cells).fill(0);
      let neighbours = 0;
      for (let at = 0; at < count; at += 1) {
        const value = sequence(at);
        counts[Math.floor(value * cells)]! += 1;
        neighbours += (value - 0.5) * (sequence(at + 1) - 0.5);
      }
      const expected = count / cells;
      const chiSquared = counts.reduce((sum, each) => sum + (each - expected) ** 2 / expected, 0);
      // 99 degrees of freedom: 60 to 150 leaves out less than one in a thousand.
      expect(chiSquared).toBeGreaterThan(60);
      expect(chiSquared).toBeLessThan(150);
      expect(Math.abs((12 * neighbours) / count)).toBeLessThan(4 / Math.sqrt(count));
    }
  });
});
