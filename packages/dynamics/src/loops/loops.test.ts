import { describe, expect, it } from 'vitest';
import { expectValue } from '../diagnostic.ts';
import { Graph } from '../program/graph.ts';
import type { Program } from '../program/program.ts';
import { elementaryCycles } from './cycles.ts';
import { scoreLoops } from './loops.ts';

/** Growth towards a limit: births = population * fraction, fraction = 0.12 * (1 - population / 1000), Euler, dt 1. */
function logistic(initial: number): Program {
  const graph = new Graph({ folding: false });
  const one = graph.constant(1);
  const stock = graph.node({ op: 'stock', stock: 0 });
  const population = graph.node({ op: 'variable', variable: 0, a: stock });
  const filled = graph.binary('div', population, graph.constant(1000));
  const fraction = graph.node({
    op: 'variable',
    variable: 1,
    a: graph.binary('mul', graph.constant(0.12), graph.binary('sub', one, filled)),
  });
  const births = graph.node({ op: 'variable', variable: 2, a: graph.binary('mul', population, fraction) });
  return {
    time: { start: 0, dt: 1, stepsPerUnit: 1, steps: 100, method: 'euler', saveEvery: 1 },
    nodes: graph.nodes,
    inputs: [],
    stocks: [{ name: 'population', initial: graph.constant(initial), rate: births }],
    memories: [],
    histories: [],
    draws: [],
    tables: [],
    outputs: [{ name: 'population', node: population }],
    variables: [
      { name: 'population', kind: 'stock', units: undefined, node: population },
      { name: 'fraction', kind: 'aux', units: undefined, node: fraction },
      { name: 'births', kind: 'flow', units: undefined, node: births },
    ],
  };
}

describe('loop scores', () => {
  it('of logistic growth pass from growth to limit at half the capacity', async () => {
    const report = expectValue(await scoreLoops(logistic(5)));
    expect(report.complete).toBe(true);
    expect(report.loops.map(({ polarity }) => polarity).sort()).toEqual(['balancing', 'reinforcing']);
    const growth = report.loops.find(({ polarity }) => polarity === 'reinforcing')!;
    const limit = report.loops.find(({ polarity }) => polarity === 'balancing')!;
    expect(growth.variables.toSorted()).toEqual(['births', 'population']);
    expect(limit.variables.toSorted()).toEqual(['births', 'fraction', 'population']);
    let population = 5;
    for (let t = 1; t < 100; t++) {
      population += 0.12 * population * (1 - population / 1000);
      // With one flow the relative score of the limiting loop is how full the world is.
      expect(-limit.scores[t]!).toBeCloseTo(population / 1000, 9);
      expect(growth.scores[t]! - limit.scores[t]!).toBeCloseTo(1, 9);
    }
    expect(growth.scores[0]).toBe(0);
    expect([1, 46, 47].map((t) => Math.round(limit.scores[t]! * 1000) / 10)).toEqual([-0.6, -49.9, -52.9]);
  });

  it('of given loops alone are shares of what those do', async () => {
    const all = expectValue(await scoreLoops(logistic(5)));
    const limit = all.loops.find(({ polarity }) => polarity === 'balancing')!;
    const both = all.loops.map(({ variables }) => variables);
    const again = expectValue(await scoreLoops(logistic(5), { only: [...both, ['births', 'fraction'], ['none']] }));
    expect(again.loops.map(({ variables, share }) => ({ variables, share }))).toEqual(
      all.loops.map(({ variables, share }) => ({ variables, share })),
    );
    const alone = expectValue(await scoreLoops(logistic(5), { only: [limit.variables] }));
    expect(alone.loops).toHaveLength(1);
    expect(alone.loops[0]!.scores[50]).toBe(-1);
    const nothing = await scoreLoops(logistic(5), { only: [['births', 'fraction']] });
    expect(nothing.ok ? [] : nothing.errors.map(({ code }) => code)).toEqual(['loops.none']);
  });

  it('stop when asked and say so', async () => {
    const report = await scoreLoops(logistic(5), { signal: AbortSignal.abort() });
    expect(report.ok && report.value.complete).toBe(false);
  });
});

describe('elementary cycles', () => {
  it('of the complete graph on five vertices are 84', () => {
    const complete = Array.from({ length: 5 }, (_, i) => [0, 1, 2, 3, 4].filter((j) => j !== i));
    const { cycles, complete: all } = elementaryCycles(complete, 1000);
    // Sum over k of C(5, k) (k - 1)! for k = 2..5.
    expect(cycles).toHaveLength(84);
    expect(new Set(cycles.map(String)).size).toBe(84);
    expect(all).toBe(true);
  });

  it('are given up beyond the limit', () => {
    const complete = Array.from({ length: 20 }, (_, i) =>
      Array.from({ length: 20 }, (_, j) => j).filter((j) => j !== i),
    );
    const { cycles, complete: all } = elementaryCycles(complete, 500);
    expect(cycles).toHaveLength(500);
    expect(all).toBe(false);
  });

  it('of a chain are none, of a self link one', () => {
    expect(elementaryCycles([[1], [2], []], 10).cycles).toEqual([]);
    expect(elementaryCycles([[0]], 10).cycles).toEqual([[0]]);
  });
});
