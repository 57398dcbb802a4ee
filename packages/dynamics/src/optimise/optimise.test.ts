import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectValue } from '../diagnostic.ts';
import type { Evaluate } from '../experiment/evaluate.ts';
import { optimise } from './optimise.ts';
import { aggregated, type OptimisationProblem } from './problem.ts';

const rows = (n: number, width: number, answer: (x: Float64Array) => number[]): Evaluate => {
  return (points, count) =>
    Float64Array.from(
      Array.from({ length: count }, (_, k) => answer(points.subarray(k * n, (k + 1) * n)).slice(0, width)).flat(),
    );
};

const levers = (n: number, low: number, high: number, start?: readonly number[]) =>
  Array.from({ length: n }, (_, d) => ({
    name: `x${d + 1}`,
    low,
    high,
    ...(start === undefined ? {} : { start: start[d]! }),
  }));

/** W. Hock, K. Schittkowski, Test Examples for Nonlinear Programming Codes (1981), problem 71. */
const hs71: OptimisationProblem = {
  levers: levers(4, 1, 5, [1, 5, 5, 1]),
  outputs: ['cost', 'product', 'squares'],
  goal: { output: 'cost', sense: 'minimise' },
  constraints: [
    { output: 'product', kind: 'at_least', bound: 25 },
    { output: 'squares', kind: 'equal', bound: 40 },
  ],
};
const hs71Answers = rows(4, 3, (x) => [
  x[0]! * x[3]! * (x[0]! + x[1]! + x[2]!) + x[2]!,
  x[0]! * x[1]! * x[2]! * x[3]!,
  x.reduce((sum, v) => sum + v * v, 0),
]);

describe('optimise', () => {
  it.each(['global', 'local'] as const)('solves Hock-Schittkowski 71 by %s search', async (method) => {
    const report = expectValue(await optimise(hs71Answers, hs71, { method }));
    expect(report).toMatchObject({ feasible: true, complete: true, end: 'optimum' });
    expect(report.goal.value).toBeCloseTo(17.0140173, 6);
    const solution = [1, 4.7429996, 3.82115, 1.3794083];
    for (const [d, { value }] of report.levers.entries()) expect(value).toBeCloseTo(solution[d]!, 5);
    expect(report.levers.map(({ bound }) => bound)).toEqual(['low', null, null, null]);
    // Multipliers of the literature: 0.5522937 and -0.1614686, 1.0878712 for the bound.
    expect(report.constraints[0]!.marginal).toBeCloseTo(0.5522937, 4);
    expect(report.constraints[1]!.marginal).toBeCloseTo(-0.1614686, 4);
    expect(report.levers[0]!.marginal).toBeCloseTo(1.0878712, 4);
    expect(report.constraints.map(({ isBinding }) => isBinding)).toEqual([true, true]);
    expect(report.goal.startFeasible).toBe(false);
    expect(report.imbalance).toBeLessThan(1e-5);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it('solves Rosen-Suzuki (Hock-Schittkowski 43) and leaves the slack constraint alone', async () => {
    const answers = rows(4, 4, ([a, b, c, d]) => [
      a! * a! + b! * b! + 2 * c! * c! + d! * d! - 5 * a! - 5 * b! - 21 * c! + 7 * d!,
      a! * a! + b! * b! + c! * c! + d! * d! + a! - b! + c! - d!,
      a! * a! + 2 * b! * b! + c! * c! + 2 * d! * d! - a! - d!,
      2 * a! * a! + b! * b! + c! * c! + 2 * a! - b! - d!,
    ]);
    const report = expectValue(
      await optimise(answers, {
        levers: levers(4, -10, 10, [0, 0, 0, 0]),
        outputs: ['f', 'g1', 'g2', 'g3'],
        goal: { output: 'f', sense: 'minimise' },
        constraints: [
          { output: 'g1', kind: 'at_most', bound: 8 },
          { output: 'g2', kind: 'at_most', bound: 10 },
          { output: 'g3', kind: 'at_most', bound: 5 },
        ],
      }),
    );
    expect(report.goal.value).toBeCloseTo(-44, 6);
    expect(report.goal.gain).toBeCloseTo(44, 6);
    for (const [d, { value }] of report.levers.entries()) expect(value).toBeCloseTo([0, 1, 2, -1][d]!, 4);
    expect(report.constraints.map(({ isBinding }) => isBinding)).toEqual([true, false, true]);
    expect(report.constraints.map(({ marginal }) => Math.round(marginal! * 1e4) / 1e4)).toEqual([-1, 0, -2]);
    expect(report.constraints[1]!.slack).toBeCloseTo(1, 5);
  });

  it('splits a budget over concave returns as Kuhn and Tucker say', async () => {
    // Returns a_i ln(1 + x_i / s_i): spending a_i / price - s_i, or nothing where that is below zero.
    const a = [30, 20, 10, 2];
    const s = [5, 5, 10, 10];
    const budget = 60;
    const returns = rows(4, 1, (x) => [a.reduce((sum, size, i) => sum + size * Math.log1p(x[i]! / s[i]!), 0)]);
    const report = expectValue(
      await optimise(returns, {
        levers: levers(4, 0, 60, [15, 15, 15, 15]),
        outputs: ['return'],
        goal: { output: 'return', sense: 'maximise' },
        constraints: [{ name: 'budget', kind: 'at_most', bound: budget, weights: { x1: 1, x2: 1, x3: 1, x4: 1 } }],
      }),
    );
    // The fourth gets nothing: 2 / 10 is below the price.
    const price = (30 + 20 + 10) / (budget + 5 + 5 + 10);
    const best = [30 / price - 5, 20 / price - 5, 10 / price - 10, 0];
    for (const [d, { value }] of report.levers.entries()) expect(value).toBeCloseTo(best[d]!, 4);
    expect(report.constraints[0]!).toMatchObject({ name: 'budget', isBinding: true });
    expect(report.constraints[0]!.marginal).toBeCloseTo(price, 5);
    expect(report.levers[3]!.bound).toBe('low');
    // Forcing a unit on the fourth costs the price less what it brings.
    expect(report.levers[3]!.marginal).toBeCloseTo(2 / 10 - price, 5);
    expect(report.goal.gain).toBeGreaterThan(0);
  });

  it('finds the best of many local optima under a constraint', async () => {
    const waves = rows(2, 2, ([x, y]) => [
      x! * x! + y! * y! - 10 * Math.cos(2 * Math.PI * x!) - 10 * Math.cos(2 * Math.PI * y!) + 20,
      x! + y!,
    ]);
    const report = expectValue(
      await optimise(
        waves,
        {
          levers: levers(2, -5, 5, [4, 4]),
          outputs: ['f', 'sum'],
          goal: { output: 'f', sense: 'minimise' },
          constraints: [{ output: 'sum', kind: 'at_least', bound: 0.9 }],
        },
        { population: 60 },
      ),
    );
    // Beside the bottom at (1, 0), where the sum is 1.
    expect(report.goal.value).toBeLessThan(1.0);
    expect(report.feasible).toBe(true);
  });

  it('is robust over scenarios: mean, worst and the mean of the worst', async () => {
    // Loss (x - d)² for demands d: the best x is the mean, the middle of the extremes, or in between.
    const demands = [0, 1, 2, 9];
    const loss = rows(2, 1, ([x, demand]) => [(x! - demand!) ** 2]);
    const solve = async (aggregate: { kind: 'mean' } | { kind: 'worst' } | { kind: 'cvar'; alpha: number }) => {
      const outcome = await optimise(loss, {
        levers: [{ name: 'x', low: -10, high: 10 }],
        outputs: ['loss'],
        goal: { output: 'loss', sense: 'minimise', aggregate },
        scenarios: { names: ['demand'], points: demands },
      });
      return expectValue(outcome);
    };
    const mean = await solve({ kind: 'mean' });
    expect(mean.levers[0]!.value).toBeCloseTo(3, 5);
    expect(mean.scenarios).toBe(4);
    expect((await solve({ kind: 'worst' })).levers[0]!.value).toBeCloseTo(4.5, 3);
    // Half of the scenarios: the least mean of the two worst is at the middle of 0 and 9.
    const half = await solve({ kind: 'cvar', alpha: 0.5 });
    expect(half.goal.aggregate).toBe('cvar');
    expect(half.levers[0]!.value).toBeGreaterThan(mean.levers[0]!.value);
  });

  it('says that constraints cannot be kept and which', async () => {
    const outcome = await optimise(
      rows(1, 1, ([x]) => [x!]),
      {
        levers: levers(1, 0, 1),
        outputs: ['x'],
        goal: { output: 'x', sense: 'minimise' },
        constraints: [
          { output: 'x', name: 'floor', kind: 'at_least', bound: 3 },
          { output: 'x', name: 'ceiling', kind: 'at_most', bound: 5 },
        ],
      },
    );
    const report = expectValue(outcome);
    expect(report.feasible).toBe(false);
    expect(report.levers[0]!.value).toBeCloseTo(1, 4);
    expect(report.constraints[0]!.violation).toBeCloseTo(2, 4);
    expect(outcome.warnings.map(({ code, details }) => [code, details.names])).toEqual([
      ['optimise.infeasible', 'floor'],
    ]);
  });

  it('walks around runs that fail, stops when told to, and repeats itself', async () => {
    const holed = rows(4, 3, (x) =>
      x[1]! > 4.9 ? [Number.NaN, Number.NaN, Number.NaN] : [...(hs71Answers(x, 1) as Float64Array)],
    );
    const report = expectValue(await optimise(holed, hs71, { seed: 5 }));
    expect(report.goal.start).toBeNull();
    expect(report.goal.value).toBeCloseTo(17.0140173, 5);
    expect(report.failed).toBeGreaterThan(0);
    expect(expectValue(await optimise(holed, hs71, { seed: 5 }))).toEqual(report);
    const controller = new AbortController();
    const stopped = await optimise(hs71Answers, hs71, {
      signal: controller.signal,
      onProgress: (done) => {
        if (done > 300) controller.abort();
      },
    });
    expect(expectValue(stopped)).toMatchObject({ complete: false, end: 'stopped', imbalance: null });
    expect(stopped.warnings.map(({ code }) => code)).toContain('experiment.stopped');
    const short = expectValue(await optimise(hs71Answers, hs71, { evaluationsMax: 200 }));
    expect(short).toMatchObject({ complete: true, end: 'evaluations' });
  });

  it('refuses problems that make no sense', async () => {
    const codes = async (problem: Partial<OptimisationProblem>) => {
      const outcome = await optimise(hs71Answers, { ...hs71, ...problem });
      return outcome.ok ? [] : outcome.errors.map(({ code }) => code);
    };
    expect(await codes({ goal: { output: 'profit', sense: 'maximise' } })).toEqual(['optimise.unknown_output']);
    expect(await codes({ constraints: [{ output: 'cost', kind: 'at_most', bound: Number.NaN }] })).toEqual([
      'optimise.bad_bound',
    ]);
    expect(await codes({ constraints: [{ name: 'b', kind: 'at_most', bound: 1, weights: { y: 1 } }] })).toEqual([
      'optimise.bad_weights',
    ]);
    expect(await codes({ scenarios: { names: ['a', 'b'], points: [1, 2, 3] } })).toEqual(['optimise.no_scenarios']);
    expect(await codes({ levers: [] })).toContain('experiment.no_factors');
  });
});

describe('aggregated', () => {
  it('lies between the mean and the worst, which it reaches at both ends', () => {
    const values = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(
        values,
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        fc.constantFrom(1 as const, -1 as const),
        (list, alpha, toward) => {
          const all = Float64Array.from(list);
          const mean = toward * aggregated(all, { kind: 'mean' }, toward);
          const worst = toward * aggregated(all, { kind: 'worst' }, toward);
          const tail = toward * aggregated(all, { kind: 'cvar', alpha }, toward);
          expect(tail).toBeGreaterThanOrEqual(mean - 1e-9);
          expect(tail).toBeLessThanOrEqual(worst + 1e-9);
          expect(toward * aggregated(all, { kind: 'cvar', alpha: 0 }, toward)).toBeCloseTo(mean, 9);
          expect(toward * aggregated(all, { kind: 'cvar', alpha: 0.9999 }, toward)).toBeCloseTo(worst, 9);
        },
      ),
    );
  });
});
