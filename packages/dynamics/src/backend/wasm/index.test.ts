import { describe, expect, it } from 'vitest';
import { generatedProgram } from '../../../test/generated-program.ts';
import { lookUp, type Table } from '../../numerics/table.ts';
import { Graph } from '../../program/graph.ts';
import type { NodeId, Program } from '../../program/program.ts';
import { interpreterKernel } from '../interpreter.ts';
import type { Kernel, KernelFactory } from '../kernel.ts';
import { wasmKernel } from './index.ts';
import { isWorthWatching } from './margins.ts';

interface Draft {
  inputs?: Record<string, number>;
  steps?: number;
  method?: Program['time']['method'];
  saveEvery?: number;
  tables?: Table[];
  build: (
    g: Graph,
    input: (name: string) => NodeId,
  ) => { stocks: { initial: NodeId; rate: NodeId }[]; outputs: NodeId[] };
}

function programOf({ inputs = {}, steps = 20, method = 'euler', saveEvery = 1, tables = [], build }: Draft): Program {
  const g = new Graph();
  const names = Object.keys(inputs);
  const { stocks, outputs } = build(g, (name) => g.node({ op: 'input', input: names.indexOf(name) }));
  return {
    time: { start: 0, dt: 1, stepsPerUnit: 1, steps, method, saveEvery },
    nodes: g.nodes,
    inputs: names.map((name) => ({ name, value: inputs[name]! })),
    stocks: stocks.map((stock, i) => ({ name: `stock ${i}`, ...stock })),
    outputs: outputs.map((node, i) => ({ name: `output ${i}`, node })),
    ...{ memories: [], histories: [], draws: [], tables, variables: [] },
  };
}

/** What every run gives; `values[i]` are the values of input i over the runs. */
function runAll(factory: KernelFactory, program: Program, values: readonly (readonly number[])[], lanes: number) {
  const kernel: Kernel = factory(program, lanes);
  const runs = values[0]?.length ?? 1;
  const found: number[][] = [];
  for (let first = 0; first < runs; first += kernel.lanes) {
    for (let lane = 0; lane < kernel.lanes; lane++) {
      for (const [i, of] of values.entries()) {
        kernel.inputs[i * kernel.lanes + lane] = of[Math.min(first + lane, runs - 1)]!;
      }
    }
    kernel.run(7, first);
    for (let lane = 0; lane < kernel.lanes && first + lane < runs; lane++) {
      const run = [kernel.faults[lane]!];
      for (let at = lane; at < kernel.results.length; at += kernel.lanes) run.push(kernel.results[at]!);
      found.push(run);
    }
  }
  return found;
}

/** Draining at `level / delay`, refilled at what is drained at the start; an order is placed below the start. */
const equilibrium: Draft = {
  inputs: { start: 49, delay: 49 },
  build: (g, input) => {
    const level = g.node({ op: 'stock', stock: 0 });
    const start = input('start');
    const drain = g.binary('div', level, input('delay'));
    const refill = g.binary('div', start, input('delay'));
    const order = g.select(g.binary('lt', level, start), g.constant(5), g.constant(0));
    const rate = g.binary('add', g.binary('sub', refill, drain), order);
    return { stocks: [{ initial: start, rate }], outputs: [level, order] };
  },
};

describe('lanes', () => {
  it('come as the machine works on them: 2, 4 or multiples of 8, and no more than memory is for', () => {
    const program = programOf(equilibrium);
    expect([1, 2, 3, 4, 5, 8, 9, 60].map((wish) => wasmKernel(program, wish).lanes)).toEqual([
      2, 2, 4, 4, 8, 8, 16, 64,
    ]);
    const long = programOf({ ...equilibrium, steps: 1_000_000 });
    expect(wasmKernel(long, 64).lanes).toBe(8);
  });

  it('hold the default inputs at first', () => {
    const kernel = wasmKernel(programOf(equilibrium), 4);
    expect([...kernel.inputs]).toEqual([49, 49, 49, 49, 49, 49, 49, 49]);
  });

  it('give the same bits at any place beside any neighbours', () => {
    for (const seed of [3, 8, 15, 21, 40]) {
      const program = generatedProgram(seed);
      const runs = 11;
      const values = program.inputs.map(({ value }, i) => Array.from({ length: runs }, (_, r) => value + i + r / 3));
      const wide = runAll(wasmKernel, program, values, 16);
      for (const lanes of [2, 4, 8]) expect(runAll(wasmKernel, program, values, lanes)).toEqual(wide);
    }
  });

  it('with a fault are told and harm no others', () => {
    const program = programOf({
      inputs: { growth: 1 },
      steps: 12,
      build: (g, input) => {
        const level = g.node({ op: 'stock', stock: 0 });
        return {
          stocks: [{ initial: g.constant(1), rate: g.binary('mul', input('growth'), level) }],
          outputs: [level],
        };
      },
    });
    const found = runAll(wasmKernel, program, [[1, 1e200, Number.NaN, 2, Number.POSITIVE_INFINITY, 0, 1e30, 1]], 8);
    expect(found.map(([fault]) => fault)).toEqual([-1, 2, 1, -1, 1, -1, 11, -1]);
    expect(found[0]!.at(-1)).toBe(4096);
  });
});

describe('quotients', () => {
  it('of a model in balance stay exact, so that nothing tips it over', () => {
    const program = programOf(equilibrium);
    expect(isWorthWatching(program)).toBe(true);
    const starts = Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? i + 1 : (i + 1) / 7));
    const delays = starts.map((_, i) => 0.6 + (i % 13) / 10);
    const expected = runAll(interpreterKernel, program, [starts, delays], 1);
    expect(runAll(wasmKernel, program, [starts, delays], 8)).toEqual(expected);
  });

  it('that are rounded down are the correctly rounded ones', () => {
    const program = programOf({
      inputs: { a: 6, b: 3 },
      steps: 3,
      build: (g, input) => {
        const moving = g.binary('add', input('a'), g.node({ op: 'stock', stock: 0 }));
        const whole = g.unary('floor', g.binary('div', moving, input('b')));
        const rest = g.binary('mod', moving, input('b'));
        return { stocks: [{ initial: g.constant(0), rate: input('a') }], outputs: [whole, rest] };
      },
    });
    const pairs = Array.from({ length: 900 }, (_, i) => [(i % 30) + 1, Math.floor(i / 30) + 1].map((v) => v / 10));
    const values = [pairs.map(([a]) => a!), pairs.map(([, b]) => b!)];
    expect(runAll(wasmKernel, program, values, 16)).toEqual(runAll(interpreterKernel, program, values, 1));
  });

  it('by what a run does not change are products where nothing jumps, to a few last bits', () => {
    const program = programOf({
      inputs: { delay: 7 },
      steps: 50,
      method: 'rk4',
      build: (g, input) => {
        const level = g.node({ op: 'stock', stock: 0 });
        return { stocks: [{ initial: g.constant(3), rate: g.binary('div', level, input('delay')) }], outputs: [level] };
      },
    });
    const delays = Array.from({ length: 40 }, (_, i) => 3 + i / 7);
    const expected = runAll(interpreterKernel, program, [delays], 1);
    for (const [run, values] of runAll(wasmKernel, program, [delays], 8).entries()) {
      for (const [i, value] of values.entries()) {
        expect(Math.abs(value - expected[run]![i]!)).toBeLessThanOrEqual(1e-13 * Math.abs(expected[run]![i]!));
      }
    }
  });

  it('near to a jump in one run make only that run again', () => {
    const program = programOf(equilibrium);
    const delays = Array.from({ length: 16 }, () => 49);
    const starts = Array.from({ length: 16 }, (_, i) => 49 + (i === 5 ? 0 : i));
    const alone = runAll(wasmKernel, program, [[starts[3]!], [49]], 2)[0];
    const together = runAll(wasmKernel, program, [starts, delays], 16);
    expect(together[3]).toEqual(alone);
    expect(together[5]).toEqual(runAll(interpreterKernel, program, [[49], [49]], 1)[0]);
  });
});

describe('tables', () => {
  const xs = [-2, -1, 0.5, 0.75, 3, 8];
  const long = Array.from({ length: 61 }, (_, i) => i / 4 - 3);
  const shapes: Record<string, Pick<Table, 'x' | 'y'>> = {
    'a few points': { x: xs, y: [4, -1, 0.3, 0.1, 7, 7.5] },
    'many points': { x: long, y: long.map((x) => Math.sin(x * 1.7)) },
    'points at the same x': { x: [0, 0, 1, 2, 2, 2, 4, 4], y: [1, 2, 3, 4, 5, 6, 7, 8] },
    'one point': { x: [2], y: [5] },
    'two points': { x: [1, 2], y: [5, -5] },
  };
  const asked = [
    ...[...xs, ...long, 0, -0, 2, 4].flatMap((x) => [x, x - 1e-9, x + 1e-9]),
    ...Array.from({ length: 200 }, (_, i) => i / 10 - 6),
    ...[1e300, -1e300, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN],
  ];
  for (const [name, shape] of Object.entries(shapes)) {
    it.each(['continuous', 'extrapolate', 'discrete'] as const)(`of ${name} are read as lookUp does: %s`, (kind) => {
      const table: Table = { kind, ...shape };
      const program = programOf({
        inputs: { x: 0 },
        steps: 0,
        tables: [table],
        build: (g, input) => ({ stocks: [], outputs: [g.node({ op: 'lookup', table: 0, x: input('x') })] }),
      });
      const found = runAll(wasmKernel, program, [asked], 16).map(([, value]) => value);
      for (const [i, x] of asked.entries()) expect(found[i], `at ${x}`).toEqual(lookUp(table, x) + 0);
    });
  }
});

describe('long programs', () => {
  /** A ring of stocks that drain into one another, each with some auxiliaries. */
  function ring(stocks: number, method: Program['time']['method']): Program {
    return programOf({
      inputs: { pull: 0.3, floor: 2 },
      steps: 40,
      method,
      saveEvery: 7,
      build: (g, input) => {
        const level = (i: number) => g.node({ op: 'stock', stock: (i + stocks) % stocks });
        const flow = (i: number) => {
          const gap = g.binary('sub', level(i), level(i + 1));
          const part = g.constant(0.1 + (i % 5) / 10);
          const slow = g.binary('div', g.binary('mul', gap, input('pull')), g.binary('add', part, input('floor')));
          return g.binary('mul', slow, g.unary('exp', g.binary('mul', g.constant(-0.01), g.unary('abs', gap))));
        };
        return {
          stocks: Array.from({ length: stocks }, (_, i) => ({
            initial: g.constant(1 + ((i * 37) % 11)),
            rate: g.binary('sub', flow(i - 1), flow(i)),
          })),
          outputs: [level(0), level(stocks - 1), flow(1)],
        };
      },
    });
  }

  it.each(['euler', 'rk2', 'rk4', 'rk45'] as const)('give what the interpreter gives: %s', (method) => {
    const program = ring(300, method);
    const values = [
      [0.3, 0.1, 0.25],
      [2, 3, 1.5],
    ];
    const expected = runAll(interpreterKernel, program, values, 1);
    const found = runAll(wasmKernel, program, values, 4);
    for (const [run, row] of expected.entries()) {
      for (const [i, value] of row.entries()) {
        expect(Math.abs(found[run]![i]! - value)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(value)));
      }
    }
  });

  it('of RK45 tell that steps became too small', () => {
    const program = programOf({
      inputs: { power: 2 },
      steps: 5,
      method: 'rk45',
      build: (g, input) => {
        const level = g.node({ op: 'stock', stock: 0 });
        const rate = g.binary('pow', level, input('power'));
        return { stocks: [{ initial: g.constant(0.4), rate }], outputs: [level] };
      },
    });
    const values = [[2, 1, 2.5]];
    const expected = runAll(interpreterKernel, program, values, 1);
    expect(expected.map(([fault]) => fault)).toEqual([-2, -1, expected[2]![0]]);
    expect(runAll(wasmKernel, program, values, 4).map(([fault]) => fault)).toEqual(expected.map(([fault]) => fault));
  });
});
