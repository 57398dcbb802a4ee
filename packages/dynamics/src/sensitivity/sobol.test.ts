import { describe, expect, it } from 'vitest';
import { expectValue } from '../diagnostic.ts';
import { type Analytic, evaluateBy, ishigami, sobolG } from './analytic.fixture.ts';
import { type SobolOptions, sobolSensitivity } from './sobol.ts';
import type { Estimate } from './sobol-estimates.ts';

async function reportOn(model: Analytic, options: SobolOptions) {
  return expectValue(await sobolSensitivity(evaluateBy(model.at), model.ranges, ['y'], options));
}

async function codesOf(...run: Parameters<typeof sobolSensitivity>): Promise<string[]> {
  const outcome = await sobolSensitivity(...run);
  return (outcome.ok ? outcome.warnings : outcome.errors).map(({ code }) => code);
}

const unit = [
  { name: 'a', low: 0, high: 1 },
  { name: 'b', low: 0, high: 1 },
];
const sum = evaluateBy((x) => x[0]! + 2 * x[1]!);

describe('Sobol indices', () => {
  it.each([
    ['Ishigami', ishigami, false],
    ['Ishigami with pairs', ishigami, true],
    ['Sobol G', sobolG, false],
    ['Sobol G with pairs', sobolG, true],
  ])('of %s are within 0.01 at N = 8192', async (_, model, secondOrder) => {
    for (const seed of [1, 2, 3]) {
      const report = await reportOn(model, { baseSamples: 8192, seed, secondOrder });
      const output = report.outputs[0]!;
      for (const [j, factor] of output.factors.entries()) {
        expect(Math.abs(factor.first.value - model.first[j]!)).toBeLessThan(0.01);
        expect(Math.abs(factor.total.value - model.total[j]!)).toBeLessThan(0.01);
      }
      expect(output.mean).toBeCloseTo(model.mean, 2);
      expect(output.standardDeviation ** 2 / model.variance).toBeCloseTo(1, 2);
      expect(report.runs).toBe(8192 * ((secondOrder ? 2 : 1) * model.ranges.length + 2));
    }
  });

  it('tell the interaction of Ishigami, and that there is no other', async () => {
    const { outputs } = await reportOn(ishigami, { baseSamples: 8192, secondOrder: true, seed: 1 });
    const pairs = new Map(outputs[0]!.pairs.map(({ names, index }) => [names.join(' '), index.value]));
    expect(Math.abs(pairs.get('x1 x3')! - 0.243683664062)).toBeLessThan(0.015);
    expect(Math.abs(pairs.get('x1 x2')!)).toBeLessThan(0.015);
    expect(Math.abs(pairs.get('x2 x3')!)).toBeLessThan(0.015);
    expect(outputs[0]!.ranking).toEqual(['x1', 'x2', 'x3']);
  });

  it('have intervals that hold the truth as often as they say', async () => {
    const replications = 200;
    const holds = (estimate: Estimate, truth: number) => (estimate.low <= truth && truth <= estimate.high ? 1 : 0);
    for (const model of [ishigami, sobolG]) {
      const first = model.first.map(() => 0);
      const total = model.total.map(() => 0);
      for (let seed = 1; seed <= replications; seed += 1) {
        const { outputs } = await reportOn(model, { baseSamples: 512, seed, resamples: 500 });
        for (const [j, factor] of outputs[0]!.factors.entries()) {
          first[j]! += holds(factor.first, model.first[j]!);
          total[j]! += holds(factor.total, model.total[j]!);
        }
      }
      for (const held of [...first, ...total]) {
        expect(held / replications).toBeGreaterThanOrEqual(0.9);
        expect(held / replications).toBeLessThanOrEqual(0.99);
      }
    }
  });

  it('are the same for the same seed', async () => {
    const [one, same, other] = await Promise.all(
      [4, 4, 5].map((seed) => reportOn(ishigami, { baseSamples: 64, seed })),
    );
    expect(one).toEqual(same);
    expect(one!.outputs).not.toEqual(other!.outputs);
    expect(JSON.parse(JSON.stringify(one))).toEqual(one);
  });

  it('do not change with the scale or the height of an output', async () => {
    const of = async (scale: number, height: number) => {
      const evaluate = evaluateBy((x) => height + scale * ishigami.at(x));
      const report = expectValue(await sobolSensitivity(evaluate, ishigami.ranges, ['y'], { baseSamples: 256 }));
      return report.outputs[0]!.factors.flatMap(({ first, total }) => [first.value, total.value]);
    };
    const plain = await of(1, 0);
    for (const [scale, height] of [
      [1e250, 0],
      [1e-200, 0],
      [1, 1e6],
    ] as const) {
      for (const [k, value] of (await of(scale, height)).entries()) expect(value).toBeCloseTo(plain[k]!, 6);
    }
  });

  it('are told at growing numbers of runs, each from the first part of the design', async () => {
    const { outputs } = await reportOn(ishigami, { baseSamples: 1024, seed: 9 });
    const { convergence, factors } = outputs[0]!;
    expect(convergence.map(({ baseSamples, runs }) => [baseSamples, runs])).toEqual([
      [128, 640],
      [256, 1280],
      [512, 2560],
      [1024, 5120],
    ]);
    expect(convergence.at(-1)!.factors).toEqual(factors);
    const small = await reportOn(ishigami, { baseSamples: 128, seed: 9 });
    for (const [j, factor] of small.outputs[0]!.factors.entries()) {
      expect(convergence[0]!.factors[j]!.first.value).toBeCloseTo(factor.first.value, 2);
      expect(convergence[0]!.factors[j]!.total.value).toBeCloseTo(factor.total.value, 2);
    }
  });

  it('outside of 0 to 1 are kept and flagged', async () => {
    const { outputs } = await reportOn(sobolG, { baseSamples: 64, seed: 1 });
    const estimates = outputs[0]!.factors.flatMap(({ first, total }) => [first, total]);
    const outside = estimates.filter(({ value }) => value < 0 || value > 1);
    expect(outside.length).toBeGreaterThan(0);
    for (const estimate of estimates) {
      const isBeyond = estimate.high < 0 || estimate.low > 1;
      const flag = isBeyond ? 'outside_beyond_noise' : outside.includes(estimate) ? 'outside' : undefined;
      expect(estimate.flag).toBe(flag);
    }
  });

  it('that no truth can explain are warned of', async () => {
    // Answers that depend on the place in the design, as those of a model with a hidden state would.
    const evaluate = (points: Float64Array, count: number) =>
      Float64Array.from({ length: count }, (_, i) => points[2 * i]! * (i % 4 === 2 ? -3 : 1));
    expect(await codesOf(evaluate, unit, ['y'], { baseSamples: 512 })).toContain('experiment.index_outside');
  });

  it('count the varied factors of a logarithmic range and of distributions', async () => {
    const factors = [
      { name: 'a', low: 0.01, high: 100, scale: 'log' as const },
      { name: 'b', distribution: 'normal' as const, mean: 5, deviation: 2 },
    ];
    const evaluate = evaluateBy((x) => Math.log10(x[0]!) + x[1]!);
    const { outputs } = expectValue(await sobolSensitivity(evaluate, factors, ['y'], { baseSamples: 2048 }));
    // Variances 16/12 and 4.
    expect(outputs[0]!.factors[0]!.first.value).toBeCloseTo(0.25, 2);
    expect(outputs[0]!.factors[1]!.total.value).toBeCloseTo(0.75, 2);
  });
});

describe('an experiment for Sobol indices', () => {
  it('refuses outputs that do not vary, and tells the others', async () => {
    expect(
      await codesOf(
        evaluateBy(() => 4),
        unit,
        ['y'],
      ),
    ).toEqual(['experiment.zero_variance']);
    const rounding = evaluateBy((x) => 1e6 * (1 + 1e-13 * x[0]!));
    expect(await codesOf(rounding, unit, ['y'])).toEqual(['experiment.near_constant']);
    const both = evaluateBy(
      () => 4,
      (x) => x[0]!,
    );
    const outcome = await sobolSensitivity(both, unit, ['flat', 'steep']);
    expect(outcome.warnings.map(({ code, variable }) => [code, variable])).toEqual([
      ['experiment.zero_variance', 'flat'],
    ]);
    const report = expectValue(outcome);
    expect(report.outputs.map(({ name }) => name)).toEqual(['steep']);
    expect(report.refused.map(({ name, reason }) => [name, reason.severity])).toEqual([['flat', 'error']]);
  });

  it('leaves out the groups of failed runs, counts them, and refuses where they are many', async () => {
    const failing = (share: number) =>
      evaluateBy(
        (x) => (x[0]! < share ? Number.NaN : x[0]! + 2 * x[1]!),
        (x) => x[1]!,
      );
    const outcome = await sobolSensitivity(failing(0.01), unit, ['y', 'z'], { baseSamples: 1024 });
    const report = expectValue(outcome);
    const dropped = report.outputs[0]!.droppedGroups;
    expect(dropped).toBeGreaterThan(10);
    expect(dropped).toBeLessThan(40);
    expect(report.outputs[1]!.droppedGroups).toBe(0);
    expect(outcome.warnings.map(({ code, details }) => [code, details.failed])).toEqual([
      ['experiment.dropped_groups', dropped],
    ]);
    expect(report.outputs[0]!.factors[0]!.first.value).toBeCloseTo(0.2, 1);
    expect(await codesOf(failing(0.2), unit, ['y', 'z'])).toEqual(['experiment.failed_runs']);
    expect(
      await codesOf(
        evaluateBy(() => Number.POSITIVE_INFINITY),
        unit,
        ['y'],
      ),
    ).toEqual(['experiment.failed_runs']);
  });

  it('takes as many groups as its runs are enough for', async () => {
    const of = async (options: SobolOptions) => expectValue(await sobolSensitivity(sum, unit, ['y'], options));
    expect(await of({ runs: 1000 })).toMatchObject({ baseSamples: 128, runsPerGroup: 4, runs: 512, complete: true });
    expect(await of({ runs: 1000, secondOrder: true })).toMatchObject({ baseSamples: 128, runsPerGroup: 6, runs: 768 });
    expect(await of({})).toMatchObject({ baseSamples: 1024 });
  });

  it('tells its progress, and what it knows when it is stopped', async () => {
    const told: number[] = [];
    const controller = new AbortController();
    const onProgress = (done: number, total: number) => {
      told.push(done / total);
      if (done > total / 3) controller.abort();
    };
    const options = { baseSamples: 4096, onProgress, signal: controller.signal };
    const outcome = await sobolSensitivity(sum, unit, ['y'], options);
    const report = expectValue(outcome);
    expect(told.length).toBeGreaterThan(2);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(report).toMatchObject({ complete: false, runsPlanned: 16384 });
    expect(report.runs).toBeLessThan(8192);
    expect(report.baseSamples * 4).toBe(report.runs);
    expect(report.outputs[0]!.factors[1]!.first.value).toBeCloseTo(0.8, 1);
    expect(outcome.warnings.map(({ code }) => code)).toEqual(['experiment.stopped']);
    expect(await codesOf(sum, unit, ['y'], { signal: AbortSignal.abort() })).toEqual(['experiment.stopped_early']);
  });

  it('leaves out the chunk in which it was stopped, and passes on what the model throws', async () => {
    const controller = new AbortController();
    const stopping = async (points: Float64Array, count: number) => {
      controller.abort();
      return sum(points, count);
    };
    const { signal } = controller;
    expect(await codesOf(stopping, unit, ['y'], { signal })).toEqual(['experiment.stopped_early']);
    const broken = () => Promise.reject(new Error('no such model'));
    await expect(sobolSensitivity(broken, unit, ['y'])).rejects.toThrow('no such model');
  });

  it.each([
    [{ baseSamples: 1000 }, 'experiment.no_power_of_two'],
    [{ baseSamples: 32 }, 'experiment.bad_setting'],
    [{ runs: 100 }, 'experiment.bad_setting'],
    [{ runs: Number.NaN }, 'experiment.bad_setting'],
    [{ runs: 1e12 }, 'experiment.bad_setting'],
    [{ confidence: 1 }, 'experiment.bad_setting'],
    [{ resamples: 1 }, 'experiment.bad_setting'],
    [{ seed: 1.5 }, 'experiment.bad_seed'],
  ])('refuses %o', async (options, code) => {
    expect(await codesOf(sum, unit, ['y'], options)).toEqual([code]);
  });

  it('refuses outputs and answers that do not fit', async () => {
    expect(await codesOf(sum, unit, [])).toEqual(['experiment.no_outputs']);
    expect(await codesOf(sum, unit, ['y', 'y'])).toEqual(['experiment.same_name']);
    expect(await codesOf(sum, unit, ['y', 'z'])).toEqual(['experiment.wrong_answer']);
    expect(await codesOf(sum, [], ['y'])).toEqual(['experiment.no_factors']);
  });
});
