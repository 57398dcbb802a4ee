import { describe, expect, it } from 'vitest';
import { expectValue } from '../diagnostic.ts';
import { evaluateBy } from './analytic.fixture.ts';
import { propagateUncertainty } from './uncertainty.ts';

const factors = [
  { name: 'a', low: 0, high: 1 },
  { name: 'b', distribution: 'normal' as const, mean: 2, deviation: 3 },
];

describe('uncertainty', () => {
  it.each([
    ['sobol', 1e-3],
    ['latin-hypercube', 1e-2],
    ['uniform', 0.15],
  ] as const)('is propagated with %s points', async (sampling, tolerance) => {
    const evaluate = evaluateBy(
      (x) => x[1]!,
      (x) => 10 * x[0]!,
      (x) => 20 * x[0]!,
    );
    const outputs = [{ name: 'level' }, { name: 'course', times: [1, 2] }];
    const options = { runs: 8192, sampling, quantiles: [0.05, 0.5, 0.975] };
    const report = expectValue(await propagateUncertainty(evaluate, factors, outputs, options));
    const [level, course] = report.outputs;
    expect(Math.abs(level!.mean[0]! - 2)).toBeLessThan(tolerance);
    expect(level!.standardDeviation[0]! / 3).toBeCloseTo(1, 1);
    expect(level!.quantiles[2]!.values[0]! / (2 + 3 * 1.95996398)).toBeCloseTo(1, 1);
    expect(course!.times).toEqual([1, 2]);
    expect(course!.quantiles.map(({ share }) => share)).toEqual([0.05, 0.5, 0.975]);
    for (const [k, top] of [10, 20].entries()) {
      expect(Math.abs(course!.quantiles[0]!.values[k]! / top - 0.05)).toBeLessThan(tolerance / 5);
      expect(Math.abs(course!.quantiles[1]!.values[k]! / top - 0.5)).toBeLessThan(tolerance / 5);
      expect(course!.standardDeviation[k]! / top).toBeCloseTo(Math.sqrt(1 / 12), 2);
      expect(course!.least[k]!).toBeLessThan(0.01 * top);
      expect(course!.most[k]!).toBeGreaterThan(0.99 * top);
    }
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it('leaves out failed runs, counts them, and refuses where they are many', async () => {
    const evaluate = evaluateBy(
      (x) => (x[0]! < 1 / 16 ? Number.NaN : x[0]!),
      (x) => (x[0]! < 0.5 ? Number.NaN : x[0]!),
    );
    const outputs = [{ name: 'rarely' }, { name: 'often' }];
    const outcome = await propagateUncertainty(evaluate, factors, outputs, { runs: 1024 });
    const report = expectValue(outcome);
    expect(report.outputs.map(({ name, droppedRuns }) => [name, droppedRuns])).toEqual([['rarely', 64]]);
    expect(report.refused.map(({ name, reason }) => [name, reason.code])).toEqual([
      ['often', 'experiment.failed_runs'],
    ]);
    expect(outcome.warnings.map(({ code }) => code).sort()).toEqual([
      'experiment.dropped_groups',
      'experiment.failed_runs',
    ]);
  });

  it('answers with what it knows when it is stopped', async () => {
    const controller = new AbortController();
    const options = { runs: 65536, onProgress: () => controller.abort(), signal: controller.signal };
    const evaluate = evaluateBy((x) => x[0]!);
    const outcome = await propagateUncertainty(evaluate, factors, [{ name: 'y' }], options);
    expect(expectValue(outcome)).toMatchObject({ complete: false, runs: 1024, runsPlanned: 65536 });
    expect((await propagateUncertainty(evaluate, factors, [{ name: 'y' }], options)).ok).toBe(false);
  });

  it('stays finite for large and small values', async () => {
    const evaluate = evaluateBy(
      (x) => 1e307 * (1 + x[0]!),
      (x) => 1e-300 * x[0]!,
    );
    const { outputs } = expectValue(await propagateUncertainty(evaluate, factors, [{ name: 'y' }, { name: 'z' }]));
    expect(outputs[0]!.mean[0]! / 1.5e307).toBeCloseTo(1, 3);
    expect(outputs[0]!.standardDeviation[0]! / 1e307).toBeCloseTo(Math.sqrt(1 / 12), 3);
    expect(outputs[1]!.standardDeviation[0]! / 1e-300).toBeCloseTo(Math.sqrt(1 / 12), 3);
  });

  it.each([
    [{ runs: 8 }, [{ name: 'y' }], 'experiment.bad_setting'],
    [{ quantiles: [1.5] }, [{ name: 'y' }], 'experiment.bad_setting'],
    [{ seed: Number.NaN }, [{ name: 'y' }], 'experiment.bad_seed'],
    [{}, [{ name: 'y', times: [] }], 'experiment.empty_series'],
    [{}, [], 'experiment.no_outputs'],
  ])('refuses %o for %o', async (options, outputs, code) => {
    const outcome = await propagateUncertainty(
      evaluateBy((x) => x[0]!),
      factors,
      outputs,
      options,
    );
    expect(outcome.ok ? [] : outcome.errors.map((found) => found.code)).toEqual([code]);
  });
});
