import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../test/generated-program.ts';
import { Graph } from '../../program/graph.ts';
import type { NodeId, Program } from '../../program/program.ts';
import { interpreterKernel } from '../interpreter.ts';
import type { KernelFactory } from '../kernel.ts';
import { wasmKernel } from './index.ts';
import { isWorthWatching } from './margins.ts';

/** A model of round numbers in which levels come to rest exactly at, or pass exactly through, what they are compared with. */
function roundModel(seed: number): Program {
  const random = seededRandom(seed);
  const one = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
  const round = () => Math.floor(random() * 60 - 10) / one([1, 2, 5, 7, 10]);
  const g = new Graph();
  const inputs = [0.6, 0.7, 0.9, 1.1, 1.3, 3, 7, 49].map((value) => ({ name: `delay ${value}`, value }));
  const delay = () => g.node({ op: 'input', input: Math.floor(random() * inputs.length) });
  const count = 1 + Math.floor(random() * 3);
  const level = (i = Math.floor(random() * count)) => g.node({ op: 'stock', stock: i });
  const initial = Array.from({ length: count }, () => g.constant(round()));
  const reached = (i: number) => {
    const a = one([level(i), g.binary('sub', level(i), level()), g.binary('div', level(i), delay())]);
    const b = one([initial[i]!, level(), g.constant(round()), g.binary('div', initial[i]!, delay())]);
    return g.binary(one(['lt', 'le', 'gt', 'ge', 'eq'] as const), a, b);
  };
  const condition = (i: number): NodeId => {
    if (random() < 0.2) return g.binary(one(['and', 'or'] as const), reached(i), reached(i));
    if (random() < 0.2) return g.binary('sub', level(i), initial[i]!);
    return random() < 0.2 ? g.binary('mod', level(i), g.constant(4)) : reached(i);
  };
  const stocks = initial.map((start, i) => {
    const d = delay();
    const drain = g.binary('div', level(i), d);
    const inflow = one([g.binary('div', start, d), g.binary('div', level(), delay()), g.constant(1)]);
    const jump = g.select(condition(i), g.constant(round()), g.constant(0));
    return { name: `level ${i}`, initial: start, rate: g.binary('add', g.binary('sub', inflow, drain), jump) };
  });
  return {
    time: {
      start: 0,
      dt: 0.5,
      stepsPerUnit: 2,
      steps: 16,
      method: one(['euler', 'rk2', 'rk4']),
      saveEvery: one([1, 3]),
    },
    nodes: g.nodes,
    inputs,
    stocks,
    outputs: stocks.map(({ name }, i) => ({ name, node: level(i) })),
    ...{ memories: [], histories: [], draws: [], tables: [], variables: [] },
  };
}

function resultsOf(factory: KernelFactory, program: Program): number[] {
  const kernel = factory(program, 2);
  kernel.run(0, 0);
  return [...kernel.results.filter((_, i) => i % kernel.lanes === 0)];
}

describe('models of round numbers', () => {
  it('take the same side at every jump as in the interpreter', () => {
    let watched = 0;
    for (let seed = 1; seed <= 600; seed++) {
      const program = roundModel(seed);
      if (isWorthWatching(program)) watched++;
      const expected = resultsOf(interpreterKernel, program);
      for (const [i, value] of resultsOf(wasmKernel, program).entries()) {
        const size = Math.max(1, Math.abs(expected[i]!));
        expect(Math.abs(value - expected[i]!), `seed ${seed} at ${i}`).toBeLessThanOrEqual(1e-12 * size);
      }
    }
    expect(watched).toBeGreaterThan(200);
  });
});
