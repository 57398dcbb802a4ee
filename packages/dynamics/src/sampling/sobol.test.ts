import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectValue } from '../diagnostic.ts';
import { drawsOf } from './chance.ts';
import { scramble, scrambleKey } from './owen.ts';
import { sobolPoints } from './sobol.ts';

function points(count: number, dimensions: number, settings: { skip?: number; seed?: number } = {}): Float64Array {
  return expectValue(sobolPoints(count, dimensions, settings));
}

/** The most points of a plane that any elementary interval of volume 1/count holds. */
function mostInInterval(values: Float64Array, count: number): number {
  const bits = Math.log2(count);
  let most = 0;
  for (let b = 0; b <= bits; b += 1) {
    const cells = new Uint32Array(count);
    for (let i = 0; i < count; i += 1) {
      const x = Math.floor(values[2 * i]! * 2 ** b);
      const y = Math.floor(values[2 * i + 1]! * 2 ** (bits - b));
      const cell = x * 2 ** (bits - b) + y;
      cells[cell]! += 1;
      most = Math.max(most, cells[cell]!);
    }
  }
  return most;
}

describe('the Sobol sequence', () => {
  it('begins with the published points', () => {
    const first = points(8, 3);
    const rows = Array.from({ length: 8 }, (_, i) => [...first.subarray(3 * i, 3 * i + 3)]);
    expect(rows).toEqual([
      [0, 0, 0],
      [0.5, 0.5, 0.5],
      [0.75, 0.25, 0.25],
      [0.25, 0.75, 0.75],
      [0.375, 0.375, 0.625],
      [0.875, 0.875, 0.125],
      [0.625, 0.125, 0.875],
      [0.125, 0.625, 0.375],
    ]);
  });

  // As scipy.stats.qmc.Sobol(1111, scramble=False, bits=32) gives them, in units of 2^-32.
  it.each([
    [1000, [415236096, 2227175424, 297795584, 801112064, 4064280576, 1589641216]],
    [123456, [784891904, 1319665664, 1069711360, 3976167424, 1083277312, 725254144]],
  ])('has point %i as the table of Joe and Kuo says, up to the last dimension', (index, expected) => {
    const point = points(1, 1111, { skip: index });
    expect([1, 2, 9, 99, 554, 1110].map((d) => point[d]! * 2 ** 32)).toEqual(expected);
  });

  it('is balanced in every dimension', () => {
    const count = 64;
    const values = points(count, 1111, { seed: 3 });
    for (let d = 0; d < 1111; d += 1) {
      const cells = new Set(Array.from({ length: count }, (_, i) => Math.floor(values[i * 1111 + d]! * count)));
      expect(cells.size).toBe(count);
    }
  });

  it('goes on where a stretch ends, up to its own end', () => {
    const whole = points(64, 5, { seed: 7 });
    expect(points(32, 5, { seed: 7, skip: 32 })).toEqual(whole.slice(32 * 5));
    expect(points(64, 5, { seed: 7 })).toEqual(whole);
    expect(points(64, 5, { seed: 8 })).not.toEqual(whole);
    for (const skip of [2 ** 31 - 2, 2 ** 32 - 4]) {
      const each = [0, 1, 2, 3].flatMap((i) => [...points(1, 5, { skip: skip + i })]);
      expect([...points(4, 5, { skip })]).toEqual(each);
    }
  });

  it('warns of points that are not balanced', () => {
    const codes = (count: number, skip = 0) => sobolPoints(count, 2, { skip }).warnings.map(({ code }) => code);
    expect(codes(64)).toEqual([]);
    expect(codes(64, 64)).toEqual([]);
    expect(codes(100)).toEqual(['experiment.unbalanced_points']);
    expect(codes(64, 1)).toEqual(['experiment.unbalanced_points']);
  });

  it.each([
    [8, 1112, {}],
    [8, 0, {}],
    [-1, 2, {}],
    [2.5, 2, {}],
    [8, 2, { skip: 2 ** 32 }],
    [8, 2, { seed: 0.5 }],
    [2 ** 30, 2, {}],
    [Number.NaN, 2, {}],
  ])('refuses %d points of %d dimensions with %o', (count, dimensions, settings) => {
    expect(sobolPoints(count, dimensions, settings).ok).toBe(false);
  });
});

describe('Owen scrambling', () => {
  it('keeps exactly as many leading bits in common as there were', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(31), fc.integer(), fc.nat(1000), (word, shared, noise, dimension) => {
        const key = scrambleKey(5, dimension, 0);
        const differing = 2 ** (31 - shared);
        const other = word ^ differing ^ (noise & (differing - 1));
        expect(Math.clz32(scramble(word, key) ^ scramble(other, key))).toBe(shared);
      }),
      { seed: 1 },
    );
  });

  it('keeps every elementary interval of a net', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 1, max: 8 }), fc.nat(7), (seed, bits, block) => {
        const count = 2 ** bits;
        expect(mostInInterval(points(count, 2, { seed, skip: block * count }), count)).toBe(1);
      }),
      { seed: 2, numRuns: 60 },
    );
  });

  it('flips each bit in half of all scramblings, whatever was flipped above', () => {
    const keys = Array.from({ length: 4000 }, (_, k) => scrambleKey(11, k % 50, Math.floor(k / 50)));
    const flips = keys.map((key) => scramble(0x5a5a1234, key) ^ 0x5a5a1234);
    for (let bit = 0; bit < 32; bit += 1) {
      const ones = flips.filter((flip) => ((flip >>> bit) & 1) === 1).length;
      const alike = flips.filter((flip) => ((flip >>> bit) & 1) === ((flip >>> ((bit + 1) % 32)) & 1)).length;
      // Four standard deviations of a fair coin; 64 looks.
      expect(Math.abs(ones - 2000)).toBeLessThan(127);
      expect(Math.abs(alike - 2000)).toBeLessThan(127);
    }
  });

  it('integrates without bias, and with an error that falls much faster than that of independent points', () => {
    const integrand = (x: Float64Array) => x.reduce((product, value) => product * (1 + (value - 0.5) / 2), 1);
    const rms = (count: number, pointsOf: (seed: number) => Float64Array) => {
      const errors = Array.from({ length: 60 }, (_, seed) => {
        const values = pointsOf(seed);
        let sum = 0;
        for (let i = 0; i < count; i += 1) sum += integrand(values.subarray(4 * i, 4 * i + 4));
        return sum / count - 1;
      });
      const bias = errors.reduce((sum, error) => sum + error, 0) / errors.length;
      const size = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
      return { bias, size };
    };
    const few = rms(64, (seed) => points(64, 4, { seed }));
    const many = rms(1024, (seed) => points(1024, 4, { seed }));
    const random = rms(1024, (seed) => Float64Array.from({ length: 4096 }, drawsOf(seed, 'uniform', 0)));
    // Independent points gain a factor 4 from 64 to 1,024; scrambled nets of smooth integrands gain far more.
    expect(few.size / many.size).toBeGreaterThan(12);
    expect(random.size / many.size).toBeGreaterThan(50);
    for (const { bias, size } of [few, many]) expect(Math.abs(bias)).toBeLessThan((4 * size) / Math.sqrt(60));
  });
});
