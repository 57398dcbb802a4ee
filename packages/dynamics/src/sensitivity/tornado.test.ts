import { describe, expect, it } from 'vitest';
import { expectValue } from '../diagnostic.ts';
import { evaluateBy } from './analytic.fixture.ts';
import { tornado } from './tornado.ts';

const ranges = [
  { name: 'a', low: 0, high: 1 },
  { name: 'b', low: -1, high: 3 },
  { name: 'constructor', low: 1, high: 100, scale: 'log' as const },
];

describe('a tornado table', () => {
  it('has the longest bar first, each from low to high with the others at their base', async () => {
    const evaluate = evaluateBy((x) => 10 * x[0]! - 5 * x[1]! + Math.log10(x[2]!));
    const report = expectValue(await tornado(evaluate, ranges, ['y']));
    expect(report.runs).toBe(7);
    expect(report.base.map(({ value }) => value)).toEqual([0.5, 1, expect.closeTo(10, 12)]);
    expect(report.outputs[0]!.base).toBeCloseTo(1, 12);
    expect(report.outputs[0]!.bars).toEqual([
      { name: 'b', low: expect.closeTo(11, 12), high: expect.closeTo(-9, 12), swing: expect.closeTo(-20, 12) },
      { name: 'a', low: expect.closeTo(-4, 12), high: expect.closeTo(6, 12), swing: expect.closeTo(10, 12) },
      { name: 'constructor', low: expect.closeTo(0, 12), high: expect.closeTo(2, 12), swing: expect.closeTo(2, 12) },
    ]);
    const moved = expectValue(await tornado(evaluate, ranges, ['y'], { base: { a: 0 } }));
    expect(moved.outputs[0]!.base).toBeCloseTo(-4, 12);
  });

  it('leaves values empty that have no finite answer, and says so', async () => {
    const evaluate = evaluateBy((x) => (x[0] === 1 ? Number.NaN : x[0]! + 2 * x[1]!));
    const outcome = await tornado(evaluate, ranges, ['y']);
    const bars = expectValue(outcome).outputs[0]!.bars;
    expect(bars.at(-1)).toEqual({ name: 'a', low: 2, high: null, swing: null });
    expect(outcome.warnings.map(({ code }) => code)).toEqual(['experiment.missing_bars']);
  });

  it('is refused for what is not varied, and when it is stopped', async () => {
    const evaluate = evaluateBy((x) => x[0]!);
    const of = async (options: Parameters<typeof tornado>[3]) => {
      const outcome = await tornado(evaluate, ranges, ['y'], options);
      return outcome.ok ? [] : outcome.errors.map(({ code }) => code);
    };
    expect(await of({ base: { z: 1 } })).toEqual(['experiment.unknown_base']);
    expect(await of({ base: { a: Number.NaN } })).toEqual(['experiment.bad_base']);
    expect(await of({ signal: AbortSignal.abort() })).toEqual(['experiment.stopped_early']);
  });
});
