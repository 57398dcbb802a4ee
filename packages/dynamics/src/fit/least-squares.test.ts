import { describe, expect, it } from 'vitest';
import { expectValue } from '../diagnostic.ts';
import type { Evaluate } from '../experiment/evaluate.ts';
import { fitLeastSquares } from './least-squares.ts';
import { nistProblems } from './nist.fixture.ts';

/** Digits that agree with a certified value. */
function digits(value: number, certified: number): number {
  return -Math.log10(Math.max(Math.abs(value - certified) / Math.abs(certified), 1e-16));
}

const line = (times: readonly number[]): Evaluate => {
  return (points, count) =>
    Float64Array.from({ length: count * times.length }, (_, k) => {
      const p = Math.floor(k / times.length);
      return points[2 * p]! + points[2 * p + 1]! * times[k % times.length]!;
    });
};

describe('fitLeastSquares', () => {
  it.each(nistProblems())('finds the certified values of NIST $name from both starts', async (problem) => {
    for (const start of [1, 0] as const) {
      const parameters = problem.values.map((_, d) => ({ name: `b${d + 1}`, start: problem.starts[start][d]! }));
      const fit = expectValue(
        await fitLeastSquares(problem.evaluate, parameters, { values: problem.data }, { iterationsMax: 5000 }),
      );
      expect(fit.converged).toBe(true);
      expect(fit.complete).toBe(true);
      for (const [d, { value, deviation }] of fit.parameters.entries()) {
        expect(digits(value, problem.values[d]!)).toBeGreaterThan(6);
        // Lanczos1 is exact to its last digit, so its deviations are made of rounding.
        if (problem.name !== 'Lanczos1') expect(digits(deviation!, problem.deviations[d]!)).toBeGreaterThan(5);
      }
      if (problem.name !== 'Lanczos1')
        expect(digits(fit.residualDeviation!, problem.residualDeviation)).toBeGreaterThan(7);
      expect(JSON.parse(JSON.stringify(fit))).toEqual(fit);
    }
  });

  it('keeps to bounds and says which parameter is at one', async () => {
    const times = [0, 1, 2, 3, 4];
    const values = times.map((t) => 1 + 2 * t);
    const fit = expectValue(
      await fitLeastSquares(
        line(times),
        [
          { name: 'level', low: 0, high: 10 },
          { name: 'slope', low: 0, high: 1.5 },
        ],
        { values },
      ),
    );
    const [level, slope] = fit.parameters;
    expect(slope).toMatchObject({ value: 1.5, bound: 'high', deviation: null });
    // With the slope held at 1.5 the best level is the mean of what is left.
    expect(level!.value).toBeCloseTo(2, 9);
    expect(fit.identifiability!.parameters.map(({ verdict }) => verdict)).toEqual(['identified', 'at_bound']);
    expect(fit.converged).toBe(true);
  });

  it('leaves out what was not observed and weighs the rest', async () => {
    const times = [0, 1, 2, 3];
    const observations = { values: [1, Number.NaN, 5, 100], deviations: [1, Number.NaN, 1, 1e9] };
    const parameters = [
      { name: 'level', start: 0 },
      { name: 'slope', start: 0 },
    ];
    const fit = expectValue(await fitLeastSquares(line(times), parameters, observations));
    expect(fit.observations).toBe(3);
    expect(fit.parameters[0]!.value).toBeCloseTo(1, 6);
    expect(fit.parameters[1]!.value).toBeCloseTo(2, 6);
    expect(fit.residuals[1]).toBeNull();
    expect(fit.residuals[3]).toBeCloseTo(-93, 4);
  });

  it('scales deviations by the misfit unless those of the observations are known', async () => {
    const times = [-1, 0, 1];
    const values = [0, 3, 0];
    const parameters = [
      { name: 'level', start: 0 },
      { name: 'slope', start: 1 },
    ];
    const free = expectValue(await fitLeastSquares(line(times), parameters, { values, deviations: [2, 2, 2] }));
    // The residual sum of squares is 6, on one degree of freedom.
    expect(free.parameters[0]!.deviation).toBeCloseTo(Math.sqrt(6 / 3), 9);
    expect(free.parameters[1]!.deviation).toBeCloseTo(Math.sqrt(6 / 2), 9);
    // Student's quantile with one degree of freedom.
    expect(free.parameters[0]!.high).toBeCloseTo(1 + 12.7062047 * Math.sqrt(2), 5);
    const known = { values, deviations: [2, 2, 2], deviationsKnown: true };
    const fixed = expectValue(await fitLeastSquares(line(times), parameters, known));
    expect(fixed.parameters[0]!.deviation).toBeCloseTo(2 / Math.sqrt(3), 9);
    expect(fixed.parameters[1]!.high).toBeCloseTo((1.959964 * 2) / Math.SQRT2, 4);
  });

  it('says which parameters the data cannot tell apart', async () => {
    const times = [1, 2, 3, 4, 5];
    // Only the product of the first two acts; the last does nothing.
    const evaluate: Evaluate = (points, count) =>
      Float64Array.from({ length: count * 5 }, (_, k) => {
        const p = 3 * Math.floor(k / 5);
        return points[p]! * points[p + 1]! * times[k % 5]!;
      });
    const parameters = ['rate', 'share', 'idle'].map((name) => ({ name, low: 0.1, high: 10, start: 1 }));
    const outcome = await fitLeastSquares(evaluate, parameters, { values: [6, 12.1, 17.9, 24, 30] });
    const fit = expectValue(outcome);
    expect(fit.parameters[0]!.value * fit.parameters[1]!.value).toBeCloseTo(6, 1);
    expect(fit.parameters.map(({ deviation }) => deviation)).toEqual([null, null, null]);
    const { parameters: verdicts, directions } = fit.identifiability!;
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['weak', 'weak', 'unidentified']);
    expect(directions.map(({ information }) => information)).toEqual(['uninformed', 'uninformed', 'informed']);
    expect(directions[2]!.weights.map(({ name }) => name).sort()).toEqual(['rate', 'share']);
    expect(outcome.warnings.map(({ code }) => code)).toEqual(['fit.unidentified']);
  });

  it('searches on a logarithmic scale and from several starts', async () => {
    // A sine whose frequency has many local fits.
    const times = Array.from({ length: 40 }, (_, i) => i / 4);
    const wave = (frequency: number) => times.map((t) => Math.sin(frequency * t));
    const evaluate: Evaluate = (points, count) => Float64Array.from([...points].slice(0, count).flatMap(wave));
    const range = { name: 'frequency', low: 0.1, high: 10, scale: 'log' as const };
    const once = expectValue(await fitLeastSquares(evaluate, [{ ...range, start: 9 }], { values: wave(3) }));
    expect(once.sumOfSquares).toBeGreaterThan(1);
    const often = expectValue(
      await fitLeastSquares(evaluate, [{ ...range, start: 9 }], { values: wave(3) }, { starts: 10, seed: 4 }),
    );
    expect(often.parameters[0]!.value).toBeCloseTo(3, 8);
    expect(often.searches.length).toBe(10);
    expect(often.converged).toBe(true);
  });

  it('walks around runs that fail', async () => {
    const evaluate: Evaluate = (points, count) =>
      Float64Array.from({ length: count * 2 }, (_, k) => {
        const x = points[Math.floor(k / 2)]!;
        return x > 3 ? Number.NaN : x * (k % 2 === 0 ? 1 : 2);
      });
    const fit = expectValue(
      await fitLeastSquares(evaluate, [{ name: 'x', start: 0.1, high: 100 }], { values: [2.99, 5.98] }),
    );
    expect(fit.parameters[0]!.value).toBeCloseTo(2.99, 8);
    const failed = await fitLeastSquares(evaluate, [{ name: 'x', start: 4 }], { values: [1, 2] });
    expect(failed.ok ? [] : failed.errors.map(({ code }) => code)).toEqual(['fit.start_fails']);
  });

  it('stops when told to, at its limit of runs, and on an answer of the wrong size', async () => {
    const times = [0, 1, 2];
    const parameters = [
      { name: 'level', start: 5 },
      { name: 'slope', start: 5 },
    ];
    const observations = { values: [0, 1, 5] };
    const controller = new AbortController();
    let calls = 0;
    const answer = line(times);
    const outcome = await fitLeastSquares(
      (points, count) => {
        calls += 1;
        if (calls === 4) controller.abort();
        return answer(points, count);
      },
      parameters,
      observations,
      { signal: controller.signal },
    );
    expect(expectValue(outcome).complete).toBe(false);
    expect(outcome.warnings.map(({ code }) => code)).toContain('experiment.stopped');
    const short = expectValue(await fitLeastSquares(answer, parameters, observations, { evaluationsMax: 6 }));
    expect(short).toMatchObject({ complete: true, converged: false, end: 'evaluations' });
    const wrong = await fitLeastSquares(() => new Float64Array(1), parameters, observations);
    expect(wrong.ok ? [] : wrong.errors.map(({ code }) => code)).toEqual(['experiment.wrong_answer']);
  });

  it.each([
    ['experiment.no_factors', [], [1]],
    ['fit.no_start', [{ name: 'a' }], [1]],
    ['fit.bad_start', [{ name: 'a', low: 0, high: 1, start: 2 }], [1]],
    ['experiment.bad_range', [{ name: 'a', low: 1, high: 1 }], [1]],
    ['experiment.bad_log_range', [{ name: 'a', low: 0, high: 1, scale: 'log' as const }], [1]],
    [
      'experiment.same_name',
      [
        { name: 'a', start: 1 },
        { name: 'a', start: 1 },
      ],
      [1],
    ],
    ['fit.no_data', [{ name: 'a', start: 1 }], [Number.NaN]],
  ])('refuses %s', async (code, parameters, values) => {
    const outcome = await fitLeastSquares(() => new Float64Array(1), parameters, { values });
    expect(outcome.ok ? [] : outcome.errors.map((fault) => fault.code)).toContain(code);
  });
});
