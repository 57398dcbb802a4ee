import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClimbProblem, climb, slopesAt } from './climb.ts';
import { inverseCurvature, solveStep } from './quadratic.ts';

/** Goal and misses by formula. */
function problemOf(
  n: number,
  goal: (x: Float64Array) => number,
  misses: ((x: Float64Array) => number)[] = [],
): ClimbProblem {
  return {
    ask: async (places, count) => {
      const rows = Array.from({ length: count }, (_, k) => places.subarray(k * n, (k + 1) * n));
      return {
        goals: Float64Array.from(rows, goal),
        misses: Float64Array.from(rows.flatMap((x) => misses.map((m) => m(x)))),
      };
    },
    conditions: misses.length,
    equalities: [],
    goalSize: 1,
  };
}

describe('climb', () => {
  it('fills 72 levers like water, to half a per cent', async () => {
    const n = 72;
    const most = 10;
    const budget = 120;
    const gains = Array.from({ length: n }, (_, i) => 1 + ((i * 7919) % 13) / 6);
    const amounts = (price: number) => gains.map((a) => Math.min(most, Math.max(0, (a / (2 * price)) ** 2 - 0.01)));
    let [low, high] = [1e-6, 1e3];
    for (let i = 0; i < 200; i += 1) {
      const price = Math.sqrt(low * high);
      if (amounts(price).reduce((sum, x) => sum + x, 0) > budget) low = price;
      else high = price;
    }
    const problem = problemOf(
      n,
      (x) => x.reduce((sum, share, i) => sum + gains[i]! * Math.sqrt(most * share + 0.01), 0) / 100,
      [(x) => (most * x.reduce((sum, share) => sum + share, 0)) / budget - 1],
    );
    const found = (await climb(problem, new Float64Array(n).fill(0.05), { stepsMost: 60 }))!;
    expect(found.end).toBe('settled');
    expect(found.steps).toBeLessThan(25);
    for (const [i, amount] of amounts(low).entries())
      expect(Math.abs(found.best.at[i]! * most - amount)).toBeLessThan(0.01);
    expect(Math.abs(found.best.misses[0]!)).toBeLessThan(1e-6);
  });

  it('follows a bent valley', async () => {
    const problem = problemOf(2, ([x, y]) => -((1 - 3 * x!) ** 2) - 20 * (3 * y! - (3 * x!) ** 2) ** 2);
    const found = (await climb(problem, Float64Array.from([0.9, 0.05]), { stepsMost: 200, tolerance: 1e-12 }))!;
    expect(found.best.at[0]).toBeCloseTo(1 / 3, 2);
    expect(found.best.at[1]).toBeCloseTo(1 / 3, 2);
  });

  it('keeps sums, and finds the least miss where conditions contradict each other', async () => {
    const sum = { weights: Float64Array.from([1, 1, 1]), value: 1 };
    const problem = { ...problemOf(3, (x) => x[0]! + 2 * x[1]!, [(x) => x[1]! - 0.6]), equalities: [sum] };
    const found = (await climb(problem, new Float64Array(3).fill(1 / 3), { stepsMost: 50 }))!;
    for (const [i, value] of [0.4, 0.6, 0].entries()) expect(found.best.at[i]).toBeCloseTo(value, 5);
    const torn = problemOf(1, (x) => x[0]!, [(x) => x[0]! - 0.3, (x) => 3 * (0.5 - x[0]!)]);
    const least = (await climb(torn, Float64Array.from([0.9]), { stepsMost: 50 }))!;
    expect(least.best.at[0]).toBeCloseTo(0.5, 4);
  });

  it('keeps conditions that bend, from a place that keeps them far from the best', async () => {
    const problem = problemOf(2, ([x, y]) => 3 * x! + y!, [
      ([x, y]) => 1e3 * (x! * x! + y! * y! - 0.5),
      ([x, y]) => 1e3 * (x! - 0.6 - 0.1 * y! * y!),
    ]);
    const found = (await climb(problem, Float64Array.from([0.01, 0.01]), { stepsMost: 80 }))!;
    // Both bind: x = 0.6 + 0.1 y², x² + y² = 0.5.
    const [x, y] = found.best.at;
    expect(x! * x! + y! * y!).toBeCloseTo(0.5, 6);
    expect(x! - 0.6 - 0.1 * y! * y!).toBeCloseTo(0, 6);
    expect(Math.max(...found.best.misses)).toBeLessThanOrEqual(1e-6);
  });

  it('passes by places that cannot be run', async () => {
    const problem = problemOf(1, ([x]) => (x! > 0.7 ? Number.NaN : x!));
    const found = (await climb(problem, Float64Array.from([0.1]), { stepsMost: 60 }))!;
    expect(found.best.at[0]).toBeGreaterThan(0.65);
    expect(found.best.at[0]).toBeLessThanOrEqual(0.7);
  });

  it('gives what it has when there are no more answers', async () => {
    const problem = problemOf(1, ([x]) => x!);
    let left = 3;
    const ask: ClimbProblem['ask'] = async (places, count) => {
      left -= 1;
      return left > 0 ? problem.ask(places, count) : undefined;
    };
    const found = (await climb({ ...problem, ask }, Float64Array.from([0.1]), { stepsMost: 60 }))!;
    expect(found.end).toBe('no_answers');
    expect(found.best.at[0]).toBe(0.1);
  });

  it('takes slopes and curvature within the ranges, also at their ends', async () => {
    const problem = problemOf(3, ([x, y, z]) => {
      expect(Math.min(x!, y!, z!)).toBeGreaterThanOrEqual(0);
      expect(Math.max(x!, y!, z!)).toBeLessThanOrEqual(1);
      return 2 * x! * x! + 3 * y! - z! * z!;
    });
    const place = { at: Float64Array.from([0, 0.5, 1]), goal: 0.5, misses: new Float64Array(0) };
    const slopes = (await slopesAt(problem, place))!;
    for (const [i, slope] of [0, 3, -2].entries()) expect(slopes.goal[i]).toBeCloseTo(slope, 8);
    for (const [i, bend] of [4, 0, -2].entries()) expect(slopes.goalBends[i]).toBeCloseTo(bend, 6);
  });
});

describe('solveStep', () => {
  it('keeps the conditions of Kuhn and Tucker', () => {
    const value = fc.integer({ min: -16, max: 16 }).map((eighths) => eighths / 8);
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 3, maxLength: 3 }),
        fc.array(value, { minLength: 8, maxLength: 8 }),
        (g, entries) => {
          const gradient = Float64Array.from(g);
          const rows = [Float64Array.from(entries.slice(0, 3)), Float64Array.from(entries.slice(3, 6))];
          const misses = Float64Array.from(entries.slice(6, 8));
          const diagonal = Float64Array.from([1, 2, 4]);
          const { step, multipliers } = solveStep({
            inverse: inverseCurvature(diagonal, []),
            gradient,
            rows,
            misses,
            isEquality: [false, false],
            caps: Float64Array.from([20, 20]),
            low: new Float64Array(3).fill(-1),
            high: new Float64Array(3).fill(1),
          });
          for (let j = 0; j < 3; j += 1) {
            const slope =
              diagonal[j]! * step[j]! + gradient[j]! + multipliers[0]! * rows[0]![j]! + multipliers[1]! * rows[1]![j]!;
            if (step[j]! > -1 + 1e-6 && step[j]! < 1 - 1e-6) expect(Math.abs(slope)).toBeLessThan(1e-3);
            else expect(slope * step[j]!).toBeLessThan(1e-3);
          }
          for (const [i, multiplier] of multipliers.entries()) {
            const left = misses[i]! + rows[i]!.reduce((sum, a, j) => sum + a * step[j]!, 0);
            expect(multiplier).toBeGreaterThanOrEqual(0);
            if (multiplier > 1e-6 && multiplier < 19.99) expect(Math.abs(left)).toBeLessThan(1e-3);
            if (multiplier === 0) expect(left).toBeLessThan(1e-3);
          }
        },
      ),
      {
        numRuns: 300,
        // Conditions that nearly contradict each other.
        examples: [
          [
            [0, 0, 0],
            [1.5, 1.75, 0.25, -1.5, -1.625, -1.875, 0.5, 1.25],
          ],
          [
            [-0.75, -1, -1.625],
            [-1, -0.125, 0.75, 1.625, -1.75, -1.625, 0.5, 1.5],
          ],
        ],
      },
    );
  });
});
