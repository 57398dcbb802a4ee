import { describe, expect, it } from 'vitest';
import { expectValue } from '../diagnostic.ts';
import type { Evaluate } from '../experiment/evaluate.ts';
import { lynxHare, lynxHareMeans } from './lynx-hare.fixture.ts';
import { type PosteriorOptions, type PosteriorReport, samplePosterior } from './sampler.ts';
import { logSum, pointwise } from './target.fixture.ts';
import type { PosteriorProblem } from './target.ts';

const wide = (name: string) => ({ name, low: -100, high: 100 });

async function sample(problem: PosteriorProblem, options: PosteriorOptions = {}): Promise<PosteriorReport> {
  return expectValue(await samplePosterior(problem, options));
}

describe('sampling a posterior', () => {
  it('finds moments and correlation of a narrow normal', async () => {
    const rho = 0.98;
    const density = pointwise(3, ([a = 0, b = 0, c = 0]) => {
      const x = (a - 1) / 2;
      const y = (b + 3) / 0.1;
      return -0.5 * (x * x + (y - rho * x) ** 2 / (1 - rho * rho) + (c / 5) ** 2);
    });
    const report = await sample({ parameters: ['a', 'b', 'c'].map(wide), logLikelihood: density });
    expect(report.converged).toBe(true);
    const means = [1, -3, 0];
    for (const [j, deviation] of [2, 0.1, 5].entries()) {
      const found = report.parameters[j]!;
      expect(Math.abs(found.mean - means[j]!)).toBeLessThan(4 * found.meanError!);
      expect(found.deviation / deviation).toBeCloseTo(1, 1);
      expect(found.rHat).toBeLessThan(1.01);
      expect(Math.min(found.essBulk!, found.essTail!)).toBeGreaterThanOrEqual(2000);
      const { low, high } = found.intervals.find(({ share }) => share === 0.95)!;
      expect((high - low) / (2 * 1.96 * deviation)).toBeCloseTo(1, 1);
    }
    expect(report.identifiability.correlations[0]![1]).toBeCloseTo(rho, 1);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it('follows a banana', async () => {
    // y given x is normal around 0.3 x²: its mean is 1.2, its variance 2·1.2² + 1.
    const density = pointwise(2, ([x = 0, y = 0]) => -0.5 * ((x / 2) ** 2 + (y - 0.3 * x * x) ** 2));
    const { parameters, converged } = await sample({ parameters: ['x', 'y'].map(wide), logLikelihood: density });
    expect(converged).toBe(true);
    expect(Math.abs(parameters[0]!.mean)).toBeLessThan(4 * parameters[0]!.meanError!);
    expect(Math.abs(parameters[1]!.mean - 1.2)).toBeLessThan(4 * parameters[1]!.meanError!);
    expect(Math.abs(parameters[1]!.deviation / Math.sqrt(2 * 1.2 ** 2 + 1) - 1)).toBeLessThan(0.1);
  });

  it('weighs two modes that full differences connect', async () => {
    const density = pointwise(1, ([x = 0]) =>
      logSum(Math.log(0.3) - 0.5 * (x + 20) ** 2, Math.log(0.7) - 0.5 * (x - 20) ** 2),
    );
    const { parameters, converged } = await sample({ parameters: [wide('x')], logLikelihood: density });
    expect(converged).toBe(true);
    expect(Math.abs(parameters[0]!.mean - 8)).toBeLessThan(4 * parameters[0]!.meanError!);
  });

  it('says so when chains stay in separate modes', async () => {
    const mode = (x: Float64Array, center: number) => -0.5 * x.reduce((sum, v) => sum + (v - center) ** 2, 0);
    const density = pointwise(10, (x) => logSum(mode(x, -10), mode(x, 10)));
    const parameters = Array.from({ length: 10 }, (_, j) => wide(`x${j}`));
    for (const seed of [1, 2, 3]) {
      const outcome = await samplePosterior({ parameters, logLikelihood: density }, { seed, evaluationsMax: 30_000 });
      expect(expectValue(outcome)).toMatchObject({ converged: false, complete: true });
      expect(outcome.warnings.map(({ code }) => code)).toContain('experiment.not_converged');
      expect(Math.max(...expectValue(outcome).parameters.map(({ rHat }) => rHat!))).toBeGreaterThan(1.1);
    }
  });

  it('gives back priors where the data say nothing, bounds and logarithms included', async () => {
    const report = await sample({
      parameters: [
        { name: 'uniform', low: 2, high: 4 },
        { name: 'log', low: 0.01, high: 100, scale: 'log' },
        { name: 'cut', low: 0, prior: { distribution: 'normal', mean: 0, deviation: 3 } },
        { name: 'beta', prior: { distribution: 'beta', a: 0.7, b: 2 } },
      ],
      logLikelihood: (_, count) => new Float64Array(count),
    });
    // Moments of each: uniform, log-uniform, half-normal, beta.
    const expected = [3, 99.99 / Math.log(10_000), 3 * Math.sqrt(2 / Math.PI), 0.7 / 2.7];
    for (const [j, { mean, meanError }] of report.parameters.entries()) {
      expect(Math.abs(mean - expected[j]!)).toBeLessThan(4 * meanError!);
    }
    expect(report.identifiability.parameters.map(({ verdict }) => verdict)).toEqual(Array(4).fill('unidentified'));
  });

  it('reproduces the published posterior of hares and lynxes', async () => {
    const report = await sample(lynxHare());
    expect(report.converged).toBe(true);
    for (const [j, { mean, deviation, rHat }] of report.parameters.entries()) {
      expect(Math.abs(mean - lynxHareMeans[j]!) / deviation).toBeLessThan(0.1);
      expect(rHat).toBeLessThan(1.01);
    }
    expect(report.evaluations).toBeLessThan(100_000);
    expect(report.identifiability.parameters.every(({ verdict }) => verdict === 'identified')).toBe(true);
  });

  it('gives the same draws for the same seed, others for another', async () => {
    const problem = { parameters: [wide('x')], logLikelihood: pointwise(1, ([x = 0]) => -0.5 * x * x) };
    const [one, same, other] = [await sample(problem), await sample(problem), await sample(problem, { seed: 2 })];
    expect(same).toEqual(one);
    expect(other.sample).not.toEqual(one.sample);
  });

  it('asks for all chains of a generation at once and starts where it is told', async () => {
    const counts: number[] = [];
    let first: number[] = [];
    const density = pointwise(1, ([x = 0]) => -0.5 * x * x);
    const logLikelihood: Evaluate = (points, count) => {
      if (counts.length === 0) first = [...points];
      counts.push(count);
      return density(points, count);
    };
    const { chains } = await sample({ parameters: [wide('x')], logLikelihood }, { starts: [[1.5], [-2]] });
    expect(first[0]).toBeCloseTo(1.5, 9);
    expect(first[1]).toBeCloseTo(-2, 9);
    expect(new Set(counts.slice(2))).toEqual(new Set([chains]));
  });

  it('gives runs that fail no weight and counts them', async () => {
    const density = pointwise(1, ([x = 0]) => (x < 0 ? Number.NaN : -0.5 * x * x));
    const outcome = await samplePosterior({ parameters: [wide('x')], logLikelihood: density });
    const { parameters, sample: draws } = expectValue(outcome);
    expect(Math.abs(parameters[0]!.mean - Math.sqrt(2 / Math.PI))).toBeLessThan(4 * parameters[0]!.meanError!);
    expect(draws.every(([x = -1]) => x >= 0)).toBe(true);
    expect(outcome.warnings.map(({ code }) => code)).toContain('experiment.failed_proposals');
  });

  it('answers with what it has when it is stopped', async () => {
    const stop = new AbortController();
    const problem = { parameters: [wide('x')], logLikelihood: pointwise(1, ([x = 0]) => -0.5 * x * x) };
    const onProgress = (done: number) => {
      if (done > 2000) stop.abort();
    };
    const outcome = await samplePosterior(problem, { signal: stop.signal, onProgress });
    expect(expectValue(outcome)).toMatchObject({ complete: false, converged: false });
    expect(outcome.warnings.map(({ code }) => code)).toContain('experiment.stopped_sampling');
    const early = await samplePosterior(problem, { signal: stop.signal });
    expect(early.ok ? [] : early.errors.map(({ code }) => code)).toEqual(['experiment.too_few_draws']);
  });

  it('stops at the limit of runs and never exceeds it', async () => {
    let runs = 0;
    const logLikelihood: Evaluate = (points, count) => {
      runs += count;
      return points.map((x) => -0.5 * x * x);
    };
    const report = await sample({ parameters: [wide('x')], logLikelihood }, { evaluationsMax: 4000 });
    expect(runs).toBe(report.evaluations);
    expect(runs).toBeLessThanOrEqual(4000);
    expect(report).toMatchObject({ complete: true, converged: false });
  });

  it('refuses what cannot be sampled', async () => {
    const codes = async (problem: PosteriorProblem, options: PosteriorOptions = {}) => {
      const outcome = await samplePosterior(problem, options);
      return outcome.ok ? [] : outcome.errors.map(({ code }) => code);
    };
    const parameters = [wide('x')];
    const logLikelihood = pointwise(1, ([x = 0]) => -x * x);
    expect(await codes({ parameters, logLikelihood }, { chains: 3, seed: 0.5, rHat: 1 })).toEqual([
      'experiment.bad_seed',
      'experiment.bad_setting',
      'experiment.bad_setting',
    ]);
    expect(await codes({ parameters, logLikelihood }, { starts: [[1, 2]] })).toEqual(['experiment.bad_start']);
    expect(await codes({ parameters, logLikelihood: () => new Float64Array(1) })).toEqual(['experiment.wrong_answer']);
    expect(await codes({ parameters, logLikelihood: (_, count) => new Float64Array(count).fill(Number.NaN) })).toEqual([
      'experiment.no_start',
    ]);
    expect(await codes({ parameters, logLikelihood: (_, count) => new Float64Array(count).fill(Infinity) })).toEqual([
      'experiment.infinite_density',
    ]);
  });
});
