import { cholesky, draw, solveLower } from '@tandem/dynamics';
import { describe, expect, it } from 'vitest';
import { countVariance, noiseFilter, outlierVariance, whiten } from './noise-filter.ts';

const shape = { phi: 0.7, push: 0.1, noise: 0.15 };
const weeks = 20;
const observed = Uint8Array.from({ length: weeks }, (_, week) => (week % 7 === 3 ? 0 : 1));
const extra = Float64Array.from({ length: weeks }, (_, week) => (week === 5 ? 0.2 : 0.001));
const residuals = Float64Array.from({ length: weeks }, (_, week) => draw(3, 0, 0, week) - 0.5);

describe('noiseFilter', () => {
  it('is generalised least squares under the covariance of an AR(1) level and noise', () => {
    const places = Array.from(observed, (_, week) => week).filter((week) => observed[week] === 1);
    const n = places.length;
    const level = shape.push ** 2 / (1 - shape.phi ** 2);
    const covariance = new Float64Array(n * n);
    for (let i = 0; i < n; i += 1) {
      for (let j = 0; j < n; j += 1) {
        covariance[i * n + j] = level * shape.phi ** Math.abs(places[i]! - places[j]!);
      }
      covariance[i * n + i] = covariance[i * n + i]! + shape.noise ** 2 + extra[places[i]!]!;
    }
    const lower = cholesky(covariance, n)!;
    const dense = solveLower(
      lower,
      places.map((week) => residuals[week]!),
    );
    const filter = noiseFilter(shape, observed, extra);
    const white = new Float64Array(filter.count);
    whiten(filter, residuals, 0, white, 0);
    let logDeterminant = 0;
    for (let d = 0; d < n; d += 1) logDeterminant += 2 * Math.log(lower[d * n + d]!);
    expect(filter.logDeterminant).toBeCloseTo(logDeterminant, 9);
    for (let i = 0; i < n; i += 1) expect(white[i]).toBeCloseTo(dense[i]!, 9);
  });

  it('carries the level over gaps at the end', () => {
    const gone = observed.map((value, week) => (week < 15 ? value : 0));
    const filter = noiseFilter(shape, gone, extra);
    const all = noiseFilter(shape, observed.subarray(0, 15), extra.subarray(0, 15));
    const level = whiten(all, residuals, 0, new Float64Array(all.count), 0);
    expect(whiten(filter, residuals, 0, new Float64Array(filter.count), 0)).toBeCloseTo(level * shape.phi ** 5, 12);
    expect(filter.lastVariance).toBeGreaterThan(all.lastVariance);
  });
});

describe('outlierVariance', () => {
  const quiet = new Float64Array(40);
  const calm = Float64Array.from({ length: 40 }, (_, week) => 0.2 * (draw(5, 0, 0, week) - 0.5));

  it('finds single spikes, two side by side too, and no lasting shift', () => {
    const spiked = calm.map((value, week) =>
      week === 12 ? value + 1.5 : week === 13 || week === 30 ? value - 1.2 : value,
    );
    expect(outlierVariance(shape, spiked, quiet).weeks).toEqual([12, 13, 30]);
    const shifted = calm.map((value, week) => (week >= 20 ? value + 0.5 : value));
    expect(outlierVariance(shape, shifted, quiet).weeks).toEqual([]);
    expect(outlierVariance(shape, calm, quiet)).toEqual({ extra: quiet, weeks: [] });
  });

  it('holds at most a tenth of the weeks for outliers, and stands gaps', () => {
    const wild = calm.map((value, week) => (week % 3 === 0 ? Number.NaN : 30 * value));
    expect(outlierVariance(shape, wild, quiet).weeks.length).toBeLessThanOrEqual(2);
    expect(outlierVariance(shape, new Float64Array(5).fill(Number.NaN), new Float64Array(5)).weeks).toEqual([]);
  });
});

it('counts scatter by what they count; sums of money do not', () => {
  expect([...countVariance([1, null, 3], 'total', [4, null, 100])]).toEqual([0.25, 0, 0.01]);
  expect([...countVariance([1.5, 3], 'total', [4, 100])]).toEqual([0, 0]);
  expect([...countVariance([1, 3], 'level', [4, 100])]).toEqual([0, 0]);
});
