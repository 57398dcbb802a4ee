import { describe, expect, it } from 'vitest';
import { expectValue } from '../diagnostic.ts';
import { evaluateBy, ishigami } from './analytic.fixture.ts';
import { type MorrisOptions, morrisSensitivity } from './morris.ts';

const weights = [3, -2, 0.5, 0];
const ranges = weights.map((_, i) => ({ name: `x${i + 1}`, low: 0, high: 1 }));
const linear = (x: Float64Array) => weights.reduce((sum, weight, i) => sum + weight * x[i]!, 7);

async function codesOf(...run: Parameters<typeof morrisSensitivity>): Promise<string[]> {
  const outcome = await morrisSensitivity(...run);
  return (outcome.ok ? outcome.warnings : outcome.errors).map(({ code }) => code);
}

describe('elementary effects', () => {
  it('of a linear function are its coefficients, everywhere', async () => {
    for (const levels of [2, 4, 10]) {
      const report = expectValue(
        await morrisSensitivity(evaluateBy(linear), ranges, ['y'], { levels, trajectories: 20 }),
      );
      for (const [j, factor] of report.outputs[0]!.factors.entries()) {
        expect(factor.mu).toBeCloseTo(weights[j]!, 12);
        expect(factor.muStar.value).toBeCloseTo(Math.abs(weights[j]!), 12);
        expect(factor.muStar.low).toBeCloseTo(Math.abs(weights[j]!), 12);
        expect(factor.muStar.high).toBeCloseTo(Math.abs(weights[j]!), 12);
        expect(factor.sigma).toBeCloseTo(0, 12);
      }
      expect(report.outputs[0]!.ranking).toEqual(['x1', 'x2', 'x3', 'x4']);
      expect(report.runs).toBe(100);
    }
  });

  it('of Ishigami are as published', async () => {
    const options = { trajectories: 10_000, seed: 1 };
    const { outputs } = expectValue(await morrisSensitivity(evaluateBy(ishigami.at), ishigami.ranges, ['y'], options));
    const [x1, x2, x3] = outputs[0]!.factors;
    expect(x2!.muStar.value).toBeCloseTo(7.875, 10);
    expect(Math.abs(x1!.muStar.value - 7.682808)).toBeLessThan(0.2);
    expect(Math.abs(x3!.muStar.value - 6.256295)).toBeLessThan(0.2);
    expect(Math.abs(x3!.mu!)).toBeLessThan(0.3);
  });

  it('have intervals that hold the truth as often as they say', async () => {
    // On the grid {0, 1/3, 2/3, 1} the effect of x1 is 1 + 3 x2, whose mean over the four levels of x2 is 2.5.
    const evaluate = evaluateBy((x) => x[0]! * (1 + 3 * x[1]!));
    let held = 0;
    for (let seed = 1; seed <= 200; seed += 1) {
      const options = { trajectories: 30, seed, resamples: 400 };
      const { outputs } = expectValue(await morrisSensitivity(evaluate, ranges.slice(0, 2), ['y'], options));
      const { low, high } = outputs[0]!.factors[0]!.muStar;
      if (low <= 2.5 && 2.5 <= high) held += 1;
    }
    expect(held / 200).toBeGreaterThanOrEqual(0.9);
    expect(held / 200).toBeLessThanOrEqual(0.99);
  });

  it('are for the whole of a range, on its own scale', async () => {
    const log = [{ name: 'a', low: 0.1, high: 1000, scale: 'log' as const }];
    const { outputs } = expectValue(
      await morrisSensitivity(
        evaluateBy((x) => Math.log10(x[0]!)),
        log,
        ['y'],
      ),
    );
    expect(outputs[0]!.factors[0]!.mu).toBeCloseTo(4, 10);
  });

  it('of groups are told by their size alone', async () => {
    const groups = [{ name: 'pair', factors: ['x1', 'x3'] }];
    const report = expectValue(
      await morrisSensitivity(evaluateBy(linear), ranges, ['y'], { groups, trajectories: 50 }),
    );
    const [pair, x2, x4] = report.outputs[0]!.factors;
    expect(report.runsPerTrajectory).toBe(4);
    expect(pair).not.toHaveProperty('mu');
    expect(pair!.muStar.value).toBeGreaterThanOrEqual(2.5);
    expect(pair!.muStar.value).toBeLessThanOrEqual(3.5);
    expect([x2!.name, x2!.mu, x4!.name, x4!.muStar.value]).toEqual(['x2', expect.closeTo(-2, 12), 'x4', 0]);
  });

  it('are the same for the same seed, and can be written as JSON', async () => {
    const of = async (options: MorrisOptions) =>
      expectValue(await morrisSensitivity(evaluateBy(ishigami.at), ishigami.ranges, ['y'], options));
    const one = await of({ seed: 4 });
    expect(await of({ seed: 4 })).toEqual(one);
    expect((await of({ seed: 5 })).outputs).not.toEqual(one.outputs);
    expect(JSON.parse(JSON.stringify(one))).toEqual(one);
    expect(await of({ runs: 103 })).toMatchObject({ trajectories: 25, runs: 100 });
    expect(await of({ trajectories: 8, candidates: 100 })).toMatchObject({ trajectories: 8, runs: 32 });
  });
});

describe('an experiment for elementary effects', () => {
  it('refuses outputs that do not vary, and failed runs where they are many', async () => {
    expect(
      await codesOf(
        evaluateBy(() => 1),
        ranges,
        ['y'],
      ),
    ).toEqual(['experiment.zero_variance']);
    const rounding = evaluateBy((x) => 1 + 1e-14 * x[0]!);
    expect(await codesOf(rounding, ranges, ['y'])).toEqual(['experiment.near_constant']);
    const failing = evaluateBy((x) => (x[0]! === 0 ? Number.NaN : 1));
    expect(await codesOf(failing, ranges, ['y'])).toEqual(['experiment.failed_runs']);
  });

  it('leaves out the trajectories of failed runs and counts them', async () => {
    const rare = evaluateBy((x) => (x.every((value) => value === 0) ? Number.NaN : linear(x)));
    const outcome = await morrisSensitivity(rare, ranges, ['y'], { trajectories: 400 });
    const { droppedTrajectories, factors } = expectValue(outcome).outputs[0]!;
    expect(droppedTrajectories).toBeGreaterThan(0);
    expect(factors[0]!.mu).toBeCloseTo(3, 12);
    expect(outcome.warnings.map(({ code, details }) => [code, details.failed])).toEqual([
      ['experiment.dropped_groups', droppedTrajectories],
    ]);
  });

  it('answers with what it knows when it is stopped', async () => {
    const controller = new AbortController();
    const onProgress = () => controller.abort();
    const options = { trajectories: 1000, onProgress, signal: controller.signal };
    const outcome = await morrisSensitivity(evaluateBy(linear), ranges, ['y'], options);
    const report = expectValue(outcome);
    expect(report).toMatchObject({ complete: false, runsPlanned: 5000 });
    expect(report.runs).toBeLessThan(5000);
    expect(report.outputs[0]!.factors[1]!.mu).toBeCloseTo(-2, 12);
    expect(outcome.warnings.map(({ code }) => code)).toEqual(['experiment.stopped']);
    expect(await codesOf(evaluateBy(linear), ranges, ['y'], options)).toEqual(['experiment.stopped_early']);
  });

  it.each<[MorrisOptions, string]>([
    [{ levels: 3 }, 'experiment.odd_levels'],
    [{ trajectories: 2 }, 'experiment.bad_setting'],
    [{ runs: 10 }, 'experiment.bad_setting'],
    [{ seed: 0.1 }, 'experiment.bad_seed'],
    [{ groups: [{ name: 'g', factors: [] }] }, 'experiment.empty_group'],
    [{ groups: [{ name: 'g', factors: ['nobody'] }] }, 'experiment.unknown_factor'],
    [{ groups: [{ name: 'g', factors: ['x1', 'x1'] }] }, 'experiment.same_name'],
    [{ groups: [{ name: 'x2', factors: ['x1'] }] }, 'experiment.same_name'],
  ])('refuses %o', async (options, code) => {
    expect(await codesOf(evaluateBy(linear), ranges, ['y'], options)).toEqual([code]);
  });
});
