import { describe, expect, it } from 'vitest';
import { meanAutocovariance } from './autocovariance.ts';
import { diagnose, meanPrecision, quantileError, rHat } from './diagnostics.ts';
import { summarise } from './summary.ts';
import { autoregressive, normals } from './target.fixture.ts';

describe('convergence of chains', () => {
  it.each([
    { phi: 0, tolerance: 0.06 },
    { phi: 0.5, tolerance: 0.08 },
    { phi: 0.9, tolerance: 0.15 },
    { phi: -0.5, tolerance: 0.08 },
  ])('finds the effective size of an autoregressive chain with $phi', ({ phi, tolerance }) => {
    const chains = autoregressive(3, 8, 6000, phi);
    // The sum of the autocorrelations phi^k over all k.
    const expected = (8 * 6000 * (1 - phi)) / (1 + phi);
    const { essBulk, rHat: ratio } = diagnose(chains);
    expect(Math.abs(essBulk / expected - 1)).toBeLessThan(tolerance);
    const { ess, standardError } = meanPrecision(chains);
    expect(Math.abs(ess / expected - 1)).toBeLessThan(tolerance);
    expect(standardError * Math.sqrt(ess)).toBeCloseTo(1, 1);
    expect(ratio).toBeLessThan(1.01);
  });

  it('finds the size for tails and the error of a median of independent draws', () => {
    const chains = autoregressive(4, 4, 5000, 0);
    expect(diagnose(chains).essTail / 20_000).toBeGreaterThan(0.85);
    // Standard error of the median of n normal draws: sqrt(pi / 2n).
    expect(Math.abs(quantileError(chains, 0.5) / Math.sqrt(Math.PI / 2 / 20_000) - 1)).toBeLessThan(0.2);
  });

  it('gives R-hat its closed form where chains differ in place', () => {
    // Four normal chains of variance 1 at ±1: before rank normalisation R-hat² = 1 + B/W with B = 4/3.
    const chains = [-1, 1, -1, 1].map((shift, key) => normals(5, key, 4000).map((x) => x + shift));
    expect(rHat(chains)).toBeGreaterThan(1.3);
    expect(rHat(chains)).toBeLessThan(1.5);
  });

  it('flags chains that differ in spread alone, which folding shows', () => {
    const chains = [1, 1, 3, 3].map((spread, key) => normals(6, key, 1000).map((x) => x * spread));
    expect(rHat(chains)).toBeGreaterThan(1.1);
  });

  it('flags trends within chains, which splitting shows', () => {
    const chains = [0, 1, 2, 3].map((key) => normals(7, key, 1000).map((x, i) => x + i / 300));
    expect(rHat(chains)).toBeGreaterThan(1.2);
  });

  it('is not changed by a rising function of the draws, in the bulk', () => {
    const chains = autoregressive(8, 4, 500, 0.6);
    const stretched = chains.map((chain) => chain.map((x) => Math.exp(3 * x)));
    expect(diagnose(stretched).essBulk).toBeCloseTo(diagnose(chains).essBulk, 6);
    expect(diagnose(stretched).essTail).toBeCloseTo(diagnose(chains).essTail, 6);
  });

  it('tells nothing of draws that tell nothing', () => {
    expect(rHat([new Float64Array(100), new Float64Array(100)])).toBeNaN();
    expect(rHat([Float64Array.of(1, 2)])).toBeNaN();
    expect(rHat([Float64Array.of(1, Number.NaN, 3, 4)])).toBeNaN();
    expect(rHat([new Float64Array(100), new Float64Array(100).fill(1)])).toBe(Number.POSITIVE_INFINITY);
    const still = summarise('still', [new Float64Array(100), new Float64Array(100)]);
    expect(JSON.parse(JSON.stringify(still))).toEqual(still);
    expect(() => rHat([new Float64Array(10), new Float64Array(12)])).toThrow(RangeError);
  });

  it('computes long lags by the transform as it does short ones by sums', () => {
    const chains = autoregressive(9, 3, 300, 0.95);
    const covariance = meanAutocovariance(chains);
    for (const lag of [96, 97, 150, 299]) {
      const direct = chains.map((chain) => {
        const mean = chain.reduce((sum, x) => sum + x, 0) / 300;
        let sum = 0;
        for (let i = 0; i + lag < 300; i += 1) sum += (chain[i]! - mean) * (chain[i + lag]! - mean);
        return sum / 300;
      });
      expect(covariance(lag)).toBeCloseTo((direct[0]! + direct[1]! + direct[2]!) / 3, 12);
    }
  });
});
