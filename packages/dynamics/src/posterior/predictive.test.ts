import { describe, expect, it } from 'vitest';
import { expectValue } from '../diagnostic.ts';
import { calibratePosterior, rankTest } from './calibration.ts';
import { lynxHare } from './lynx-hare.fixture.ts';
import { predictPosterior } from './predictive.ts';
import { samplePosterior } from './sampler.ts';
import { normals } from './target.fixture.ts';
import type { ObservedProblem } from './target.ts';

/** Observations around an unknown level: prior and errors normal, so that the posterior is known. */
function level(values: (number | null)[], deviation = 1): ObservedProblem {
  return {
    parameters: [{ name: 'level', prior: { distribution: 'normal', mean: 0, deviation: 1 } }],
    evaluate: (points, count) =>
      Float64Array.from({ length: count * values.length }, (_, i) => points[Math.floor(i / values.length)]!),
    series: [{ name: 'seen', values, errors: { distribution: 'normal', deviation } }],
  };
}

describe('predictions of a posterior', () => {
  it('have the spread of parameters and errors together', async () => {
    const values = [...normals(1, 0, 24)].map((x) => 2 + x);
    const problem = level(values);
    const { sample } = expectValue(await samplePosterior(problem));
    const report = expectValue(await predictPosterior(problem, sample, { draws: 4000, bands: [0.9] }));
    const [series] = report.series;
    // Posterior of the level: mean Σy / 25, variance 1 / 25.
    const mean = values.reduce((sum, y) => sum + y, 0) / 25;
    expect(series!.mean[3]).toBeCloseTo(mean, 1);
    const width = ({ low, high }: { low: number[]; high: number[] }) => high[3]! - low[3]!;
    expect(width(series!.modelBands[0]!) / (2 * 1.6449 * Math.sqrt(1 / 25))).toBeCloseTo(1, 1);
    expect(width(series!.observationBands[0]!) / (2 * 1.6449 * Math.sqrt(1 + 1 / 25))).toBeCloseTo(1, 1);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it('cover observations of hares and lynxes that were left out', async () => {
    const problem = lynxHare();
    const isLeftOut = (i: number) => i % 4 === 2;
    const fitted = {
      ...problem,
      series: problem.series.map((one) => ({ ...one, values: one.values.map((y, i) => (isLeftOut(i) ? null : y)) })),
    };
    const left = {
      ...problem,
      series: problem.series.map((one) => ({ ...one, values: one.values.map((y, i) => (isLeftOut(i) ? y : null)) })),
    };
    const { sample } = expectValue(await samplePosterior(fitted, { effectiveSize: 1000 }));
    const { series } = expectValue(await predictPosterior(left, sample, { bands: [0.9] }));
    for (const { observationBands } of series) expect(observationBands[0]!.covered).toBeGreaterThanOrEqual(0.8);
  });

  it('take series without observations, and refuse samples of another shape', async () => {
    const problem = level([null, null]);
    const sample = Array.from({ length: 100 }, (_, i) => [i / 100]);
    const { series } = expectValue(await predictPosterior(problem, sample));
    expect(series[0]!.observationBands[0]!.covered).toBeNull();
    const bad = await predictPosterior(problem, [...sample, [1, 2]]);
    expect(bad.ok ? [] : bad.errors.map(({ code }) => code)).toEqual(['experiment.bad_sample']);
  });
});

describe('simulation-based calibration', () => {
  it('finds even ranks for a sampler that is right', async () => {
    const report = expectValue(
      await calibratePosterior(level([0, 0, 0, 0, 0]), {
        replications: 60,
        ranks: 19,
        bins: 5,
        sampling: { chains: 8, rHat: 1.05, evaluationsMax: 20_000 },
      }),
    );
    expect(report.lost).toBe(0);
    expect(report.parameters[0]!.ranks).toHaveLength(60);
    expect(report.parameters[0]!.pValue).toBeGreaterThan(0.01);
  });

  it('finds uneven ranks for a posterior that is too narrow', () => {
    // The level given five observations, exactly and with half its deviation.
    const ranksWith = (factor: number) =>
      Array.from({ length: 200 }, (_, i) => {
        const [truth = 0, noise = 0, ...draws] = normals(2, i, 21);
        const mean = (5 * truth + Math.sqrt(5) * noise) / 6;
        return draws.filter((draw) => mean + (factor * draw) / Math.sqrt(6) < truth).length;
      });
    expect(rankTest(ranksWith(1), 19, 10).pValue).toBeGreaterThan(0.01);
    expect(rankTest(ranksWith(0.5), 19, 10).pValue).toBeLessThan(1e-6);
  });

  it('computes the chi-square of counts', () => {
    const { counts, chiSquare, pValue } = rankTest([0, 0, 0, 1, 2, 3, 3, 3], 3, 2);
    expect(counts).toEqual([4, 4]);
    expect(chiSquare).toBe(0);
    expect(pValue).toBe(1);
    // Chi-square 3.84 with one degree of freedom has probability 0.05.
    const uneven = rankTest([...Array<number>(98).fill(0), ...Array<number>(2).fill(1)], 1, 2);
    expect(uneven.chiSquare).toBeCloseTo(92.16, 10);
    expect(rankTest([...Array<number>(5980).fill(0), ...Array<number>(5760).fill(1)], 1, 2).pValue).toBeCloseTo(
      0.0423,
      3,
    );
  });

  it('refuses settings that cannot be', async () => {
    const outcome = await calibratePosterior(level([0]), { replications: 3, bins: 1 });
    expect(outcome.ok ? [] : outcome.errors.map(({ code }) => code)).toEqual([
      'experiment.bad_setting',
      'experiment.bad_setting',
    ]);
  });
});
