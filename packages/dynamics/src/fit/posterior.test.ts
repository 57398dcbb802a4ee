import { describe, expect, it } from 'vitest';
import { expectValue } from '../diagnostic.ts';
import type { Evaluate } from '../experiment/evaluate.ts';
import { calibrateSampling } from './calibration.ts';
import type { Series } from './likelihood.ts';
import { lotkaVolterra, lynxHarePriors, lynxHareReference, lynxHareSeries } from './lynx-hare.fixture.ts';
import { samplePosterior } from './posterior.ts';
import { predictPosterior } from './predictive.ts';
import type { Prior } from './prior.ts';

const perPoint = (n: number, value: (x: Float64Array) => number): Evaluate => {
  return (points, count) => Float64Array.from({ length: count }, (_, k) => value(points.subarray(k * n, (k + 1) * n)));
};

const wide = (name: string): Prior => ({ name, distribution: 'normal', mean: 0, deviation: 100 });

describe('samplePosterior', () => {
  it('finds the moments of a correlated normal distribution', async () => {
    // Deviations 1 and 10, correlation 0.95, means 3 and -20.
    const normal = perPoint(2, (x) => {
      const [u, v] = [x[0]! - 3, (x[1]! + 20) / 10];
      return -(u * u - 2 * 0.95 * u * v + v * v) / (2 * (1 - 0.95 ** 2));
    });
    const posterior = expectValue(
      await samplePosterior(normal, [wide('u'), wide('v')], 'log_likelihood', { effectiveLeast: 3000 }),
    );
    const { report } = posterior;
    const [u, v] = report.parameters;
    expect(report.converged).toBe(true);
    expect(Math.abs(u!.mean - 3)).toBeLessThan(0.06);
    expect(Math.abs(u!.mean - 3)).toBeLessThan(4 * u!.meanError + 1e-3);
    // The prior of deviation 100 draws the mean in by 1 %.
    expect(Math.abs(v!.mean + 19.8)).toBeLessThan(0.6);
    expect(u!.deviation).toBeCloseTo(1, 1);
    expect(v!.deviation / 10).toBeCloseTo(1, 1);
    expect(report.correlation[0]![1]).toBeCloseTo(0.95, 1);
    expect(u!.high - u!.low).toBeCloseTo(2 * 1.645, 0);
    expect(report.identifiability.clusters[0]!.names).toEqual(['u', 'v']);
    // The whole mass of the bell, 2 pi 10 sqrt(1 - 0.95²), at the density of the prior.
    const prior = Math.exp(-(3 ** 2 + 20 ** 2) / 20_000) / (2 * Math.PI * 10_000);
    expect(report.logEvidence!.value).toBeCloseTo(Math.log(20 * Math.PI * Math.sqrt(1 - 0.95 ** 2) * prior), 1);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(posterior.draws.length).toBe(2 * posterior.chains * posterior.drawsPerChain);
  });

  it('follows a banana into its tails', async () => {
    // x is normal with deviation 2, y normal with deviation 0.5 around x²/4: y has mean 1 and variance 2.25.
    const banana = perPoint(2, (x) => -(x[0]! ** 2) / 8 - (x[1]! - x[0]! ** 2 / 4) ** 2 / (2 * 0.25));
    const priors: Prior[] = [
      { name: 'x', low: -50, high: 50 },
      { name: 'y', low: -50, high: 200 },
    ];
    const { report } = expectValue(
      await samplePosterior(banana, priors, 'log_likelihood', { effectiveLeast: 2000, rhatMost: 1.01, chains: 32 }),
    );
    const [x, y] = report.parameters;
    expect(report.converged).toBe(true);
    expect(Math.abs(x!.mean)).toBeLessThan(0.2);
    expect(Math.abs(x!.deviation - 2)).toBeLessThan(0.15);
    expect(Math.abs(y!.mean - 1)).toBeLessThan(0.12);
    expect(Math.abs(y!.deviation - 1.5)).toBeLessThan(0.15);
  });

  it('finds both modes of a distribution that has two', async () => {
    const two = perPoint(2, (x) => {
      const far = (a: number) => -((x[0]! - a) ** 2 + (x[1]! - a) ** 2) / 0.5;
      return Math.max(far(-3), far(3)) + Math.log1p(Math.exp(-Math.abs(far(-3) - far(3))));
    });
    const ranges = ['x', 'y'].map((name) => ({ name, low: -10, high: 10 }));
    const { report } = expectValue(await samplePosterior(two, ranges, 'log_likelihood', { generationsMax: 2000 }));
    expect(Math.abs(report.parameters[0]!.mean)).toBeLessThan(0.6);
    expect(report.parameters[0]!.deviation).toBeCloseTo(3, 0);
    // The evidence is the mass of both peaks, pi / 2 each, over that of the ranges.
    expect(Math.abs(report.logEvidence!.value - Math.log(Math.PI / 400))).toBeLessThan(4 * report.logEvidence!.error);
    expect(report.logEvidence!.error).toBeLessThan(0.1);
  });

  it('draws two dozen parameters, some of which the data hardly tell, by the thousand', async () => {
    // Score d has deviation 1 / (1 + d) after the data; neighbours pull on each other, and two lie on a bent ridge.
    const n = 24;
    const log = perPoint(n, (x) => {
      let sum = 0;
      for (let d = 0; d < n; d += 1) sum -= ((x[d]! - (d === 1 ? 0.3 * x[0]! ** 2 : 0.2)) ** 2 * d * (d + 2)) / 2;
      return sum;
    });
    const priors = Array.from({ length: n }, (_, d): Prior => {
      return { name: `p${d}`, distribution: 'normal', mean: 0, deviation: 1 };
    });
    const { report } = expectValue(
      await samplePosterior(log, priors, 'log_likelihood', {
        chains: 32,
        effectiveLeast: 1000,
        tailLeast: 400,
        rhatMost: 1.03,
      }),
    );
    expect(report.converged).toBe(true);
    expect(report.evaluations).toBeLessThan(60_000);
    for (const [d, { mean, deviation, essBulk }] of report.parameters.entries()) {
      expect(essBulk).toBeGreaterThan(1000);
      if (d < 2) continue;
      const share = (d * (d + 2)) / (1 + d) ** 2;
      expect(Math.abs(mean - 0.2 * share)).toBeLessThan(0.15 / (1 + d) + 0.005);
      expect(Math.abs(deviation * (1 + d) - 1)).toBeLessThan(0.12);
    }
  });

  it('agrees with the published posterior of lynx and hare', async () => {
    const outcome = await samplePosterior(lotkaVolterra, lynxHarePriors, lynxHareSeries(), { seed: 2 });
    const posterior = expectValue(outcome);
    const { report } = posterior;
    expect(outcome.warnings.filter(({ code }) => code !== 'fit.failed_runs')).toEqual([]);
    expect(report.converged).toBe(true);
    for (const { name, mean, deviation, rhat, of } of report.parameters) {
      const reference = lynxHareReference[name as keyof typeof lynxHareReference];
      expect(Math.abs(mean - reference.mean) / deviation, name).toBeLessThan(0.1);
      expect(deviation / reference.deviation, name).toBeCloseTo(1, 0);
      expect(rhat, name).toBeLessThan(1.01);
      expect(of).toBe(name.startsWith('sigma') ? 'noise' : 'model');
    }
    expect(report.identifiability.parameters.every(({ verdict }) => verdict === 'identified')).toBe(true);
    const predicted = expectValue(await predictPosterior(lotkaVolterra, posterior, lynxHareSeries(), { draws: 500 }));
    for (const { coverage, points } of predicted.series) {
      expect(points).toHaveLength(21);
      expect(coverage[1]).toBeGreaterThanOrEqual(0.8);
    }
    expect(JSON.parse(JSON.stringify(predicted))).toEqual(predicted);
  });

  it('tells what the data settle, what they do not, and what lies at a bound', async () => {
    const series: Series[] = [
      { name: 's', observations: [2, 2.1, 1.9, 2.02], noise: { distribution: 'normal', deviation: 0.1 } },
    ];
    // Only the sum of the first two acts; the third does nothing; the fourth would go below 0.
    const evaluate: Evaluate = (points, count) =>
      Float64Array.from({ length: 4 * count }, (_, k) => {
        const p = 4 * Math.floor(k / 4);
        return points[p]! + points[p + 1]! + 5 * points[p + 3]!;
      });
    const priors: Prior[] = [
      { name: 'a', distribution: 'normal', mean: 1.5, deviation: 0.2 },
      { name: 'b', distribution: 'normal', mean: 1.5, deviation: 0.2 },
      { name: 'idle', low: 0, high: 1 },
      { name: 'held', low: 0, high: 1 },
    ];
    const outcome = await samplePosterior(evaluate, priors, series, { rhatMost: 1.02 });
    const { identifiability } = expectValue(outcome).report;
    const verdicts = Object.fromEntries(identifiability.parameters.map(({ name, verdict }) => [name, verdict]));
    expect(verdicts).toEqual({ a: 'weak', b: 'weak', idle: 'unidentified', held: 'at_bound' });
    const uninformed = identifiability.directions.filter(({ information }) => information === 'uninformed');
    expect(uninformed).toHaveLength(2);
    expect(uninformed.flatMap(({ weights }) => weights.map(({ name }) => name))).toEqual(
      expect.arrayContaining(['a', 'b', 'idle']),
    );
    expect(outcome.warnings.map(({ code, details }) => [code, details.names])).toContainEqual([
      'fit.unidentified',
      'idle',
    ]);
  });

  it('refuses what cannot be sampled', async () => {
    const never = await samplePosterior(
      perPoint(1, () => Number.NaN),
      [wide('a')],
      'log_likelihood',
    );
    expect(never.ok ? [] : never.errors.map(({ code }) => code)).toEqual(['fit.prior_fails']);
    const bad = await samplePosterior(
      perPoint(1, () => 0),
      [{ name: 'a', distribution: 'normal', mean: 0, deviation: -1 }],
      [{ name: 's', observations: [1.5], noise: { distribution: 'poisson' } }],
    );
    expect(bad.ok ? [] : bad.errors.map(({ code }) => code)).toEqual(['fit.bad_prior', 'fit.bad_observation']);
    const wrong = await samplePosterior(() => new Float64Array(3), [wide('a')], 'log_likelihood');
    expect(wrong.ok ? [] : wrong.errors.map(({ code }) => code)).toEqual(['experiment.wrong_answer']);
  });

  it('repeats itself with the same seed, and gives what it has when it is stopped', async () => {
    const bell = perPoint(1, (x) => -(x[0]! ** 2) / 2);
    const settings = { generationsMax: 250, seed: 7 };
    const once = await samplePosterior(bell, [wide('a')], 'log_likelihood', settings);
    expect(await samplePosterior(bell, [wide('a')], 'log_likelihood', settings)).toEqual(once);
    const controller = new AbortController();
    const outcome = await samplePosterior(bell, [wide('a')], 'log_likelihood', {
      signal: controller.signal,
      effectiveLeast: 1e9,
      generationsMin: 1000,
      onProgress: (done) => {
        if (done > 20_000) controller.abort();
      },
    });
    const posterior = expectValue(outcome);
    expect(posterior.report).toMatchObject({ complete: false, converged: false });
    expect(posterior.drawsPerChain).toBeGreaterThan(100);
    expect(outcome.warnings[0]!.code).toBe('experiment.stopped');
  });
});

describe('calibrateSampling', () => {
  const priors: Prior[] = [{ name: 'level', distribution: 'normal', mean: 2, deviation: 3 }];
  const series: Series[] = [
    { name: 's', observations: new Float64Array(5), noise: { distribution: 'normal', deviation: 2 } },
  ];
  const repeat: Evaluate = (points, count) =>
    Float64Array.from({ length: 5 * count }, (_, k) => points[Math.floor(k / 5)]!);
  const sampling = { chains: 4, particles: 64, generationsMin: 100, generationsMax: 100 };

  it('gives even ranks on a conjugate model', async () => {
    const report = expectValue(await calibrateSampling(repeat, priors, series, { simulations: 100, sampling }));
    expect(report).toMatchObject({ complete: true, failed: 0, simulations: 100 });
    expect(report.parameters[0]!.pValue).toBeGreaterThan(0.01);
    expect(report.parameters[0]!.ranks).toHaveLength(100);
  });

  it('notices a model that answers otherwise in the fit than in the simulation', async () => {
    // Single points are the simulations, which are shifted by as much as the noise.
    const shifted: Evaluate = (points, count) =>
      Float64Array.from({ length: 5 * count }, (_, k) => points[Math.floor(k / 5)]! + (count === 1 ? 2 : 0));
    const report = expectValue(await calibrateSampling(shifted, priors, series, { simulations: 60, sampling }));
    expect(report.parameters[0]!.pValue).toBeLessThan(1e-4);
  });
});
