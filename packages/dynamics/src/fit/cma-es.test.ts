import { describe, expect, it } from 'vitest';
import { expectValue } from '../diagnostic.ts';
import type { Evaluate, Range } from '../experiment/evaluate.ts';
import { foldShare, minimise, unfoldShare } from './cma-es.ts';

const rangesOf = (n: number, low: number, high: number): Range[] =>
  Array.from({ length: n }, (_, d) => ({ name: `x${d + 1}`, low, high }));

const perPoint = (n: number, value: (x: Float64Array) => number): Evaluate => {
  return (points, count) => Float64Array.from({ length: count }, (_, k) => value(points.subarray(k * n, (k + 1) * n)));
};

const sphere = (x: Float64Array) => x.reduce((sum, v) => sum + v * v, 0);
const rosenbrock = (x: Float64Array) =>
  x.slice(1).reduce((sum, v, i) => sum + 100 * (v - x[i]! ** 2) ** 2 + (1 - x[i]!) ** 2, 0);
const rastrigin = (x: Float64Array) => x.reduce((sum, v) => sum + 10 + v * v - 10 * Math.cos(2 * Math.PI * v), 0);

describe('minimise', () => {
  it('finds the bottom of a sphere at the rate of the literature', async () => {
    const report = expectValue(
      await minimise(perPoint(10, sphere), rangesOf(10, -5, 5), { start: new Float64Array(10).fill(3), target: 1e-10 }),
    );
    expect(report).toMatchObject({ end: 'target', complete: true, converged: true });
    // About 1,900 evaluations to fall by 1e-12 in ten dimensions.
    expect(report.evaluations).toBeLessThan(2600);
    expect(report.calls).toBe(report.runs[0]!.generations);
  });

  it('follows the valley of Rosenbrock in ten dimensions', async () => {
    const report = expectValue(
      await minimise(perPoint(10, rosenbrock), rangesOf(10, -5, 5), { start: new Float64Array(10), spread: 0.05 }),
    );
    expect(report.converged).toBe(true);
    expect(report.value).toBeLessThan(1e-10);
    for (const { value } of report.parameters) expect(value).toBeCloseTo(1, 4);
    expect(report.evaluations).toBeLessThan(10_000);
  });

  it('gets out of the local minima of Rastrigin by restarts', async () => {
    const report = expectValue(
      await minimise(perPoint(10, rastrigin), rangesOf(10, -5, 4), {
        restarts: 7,
        target: 1e-8,
        evaluationsMax: 1e6,
        population: 40,
      }),
    );
    expect(report.end).toBe('target');
    expect(report.runs.length).toBeGreaterThan(1);
    expect(report.runs[1]!.population).toBe(2 * report.runs[0]!.population);
  });

  it('finds a minimum in a corner and on an edge', async () => {
    const centre = [-2, 0.5, 3, 0.25, -1, 0.75];
    const pulled = (x: Float64Array) => x.reduce((sum, v, d) => sum + 10 ** d * (v - centre[d]!) ** 2, 0);
    const report = expectValue(await minimise(perPoint(6, pulled), rangesOf(6, 0, 1)));
    expect(report.converged).toBe(true);
    expect(report.parameters.map(({ bound }) => bound)).toEqual(['low', null, 'high', null, 'low', null]);
    for (const [d, { value }] of report.parameters.entries()) {
      expect(value).toBeCloseTo(Math.min(1, Math.max(0, centre[d]!)), 5);
    }
  });

  it('maps coordinates into the range and shares back', () => {
    for (const share of [0, 0.01, 0.05, 0.3, 0.95, 0.999, 1])
      expect(foldShare(unfoldShare(share))).toBeCloseTo(share, 12);
    for (let u = -5; u <= 5; u += 0.01) {
      expect(foldShare(u)).toBeGreaterThanOrEqual(0);
      expect(foldShare(u)).toBeLessThanOrEqual(1);
      expect(Math.abs(foldShare(u + 1e-6) - foldShare(u))).toBeLessThan(1.1e-6);
    }
  });

  it('searches logarithmic ranges on their scale', async () => {
    const ranges = [{ name: 'rate', low: 1e-6, high: 1e6, scale: 'log' as const }];
    const report = expectValue(
      await minimise(
        perPoint(1, ([x]) => Math.log(x! / 3e-4) ** 2),
        ranges,
      ),
    );
    expect(report.parameters[0]!.value / 3e-4).toBeCloseTo(1, 5);
    expect(report.parameters[0]!.start).toBeCloseTo(1, 9);
  });

  it('treats failed runs as infinitely bad', async () => {
    const half = perPoint(3, (x) => (x[0]! < 0.2 ? Number.NaN : sphere(x)));
    const outcome = await minimise(half, rangesOf(3, -1, 1));
    const report = expectValue(outcome);
    expect(report.value).toBeCloseTo(0.04, 5);
    expect(report.failed).toBeGreaterThan(0);
    expect(outcome.warnings.map(({ code }) => code)).toContain('fit.failed_runs');
    const none = await minimise(
      perPoint(3, () => Number.NaN),
      rangesOf(3, -1, 1),
    );
    expect(none.ok ? [] : none.errors.map(({ code }) => code)).toEqual(['fit.start_fails']);
  });

  it('says that a landscape is flat', async () => {
    const report = expectValue(
      await minimise(
        perPoint(2, () => 7),
        rangesOf(2, 0, 1),
      ),
    );
    expect(report.end).toBe('flat');
    expect(report.evaluations).toBeLessThan(1000);
  });

  it('repeats itself with the same seed and not with another', async () => {
    const run = async (seed: number) =>
      expectValue(await minimise(perPoint(4, rosenbrock), rangesOf(4, -2, 2), { seed, evaluationsMax: 500 }));
    expect(await run(3)).toEqual(await run(3));
    expect((await run(4)).value).not.toBe((await run(3)).value);
    const report = await run(3);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(report).toMatchObject({ converged: false, end: 'evaluations', complete: true });
  });

  it('keeps the best when it is stopped from a timer', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    const noisy = perPoint(5, (x) => sphere(x) + 1e9 * Math.abs(Math.sin(1e9 * x[0]!)));
    const outcome = await minimise(noisy, rangesOf(5, -5, 5), {
      signal: controller.signal,
      restarts: 30,
      evaluationsMax: 1e9,
    });
    expect(expectValue(outcome)).toMatchObject({ complete: false });
    expect(outcome.warnings[0]!.code).toBe('experiment.stopped');
  });
});
