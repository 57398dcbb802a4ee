import { Graph } from '../src/program/graph.ts';
import type { Method, Program, TimeGrid } from '../src/program/program.ts';

/** A grid of `steps` steps of 1 / `stepsPerUnit` from 0 on. */
export function timeGrid(steps: number, stepsPerUnit: number, method: Method, saveEvery = 1): TimeGrid {
  return { start: 0, dt: 1 / stepsPerUnit, stepsPerUnit, steps, method, saveEvery };
}

/** x'' = -x with x(0) = 1, x'(0) = 0: x is the cosine of time. */
export function harmonicOscillator(time: TimeGrid): Program {
  const graph = new Graph();
  const x = graph.node({ op: 'stock', stock: 0 });
  const v = graph.node({ op: 'stock', stock: 1 });
  return {
    ...emptyProgram(time, graph),
    stocks: [
      { name: 'x', initial: graph.constant(1), rate: v },
      { name: 'v', initial: graph.constant(0), rate: graph.unary('neg', x) },
    ],
    outputs: [{ name: 'x', node: x }],
  };
}

/**
 * Growth of x by `rate` a unit of time towards 1, shaken by a draw at each step, with `ratio` = 1 / `divisor` beside it,
 * which is not finite for a divisor of 0.
 */
export function shakenGrowth(time: TimeGrid): Program {
  const graph = new Graph();
  const x = graph.node({ op: 'stock', stock: 0 });
  const rate = graph.node({ op: 'input', input: 0 });
  const divisor = graph.node({ op: 'input', input: 1 });
  const shake = graph.binary('sub', graph.node({ op: 'uniform', draw: 0 }), graph.constant(0.5));
  const room = graph.binary('sub', graph.constant(1), x);
  const growth = graph.binary('mul', graph.binary('mul', rate, x), room);
  const ratio = graph.binary('div', graph.constant(1), divisor);
  const pull = graph.binary('mul', graph.constant(0.01), graph.binary('sub', ratio, x));
  return {
    ...emptyProgram(time, graph),
    inputs: [
      { name: 'rate', value: 0.5 },
      { name: 'divisor', value: 2 },
    ],
    stocks: [
      {
        name: 'x',
        initial: graph.constant(0.1),
        rate: graph.binary('add', graph.binary('add', growth, graph.binary('mul', graph.constant(0.1), shake)), pull),
      },
    ],
    draws: [{ key: 17, seed: undefined }],
    outputs: [
      { name: 'x', node: x },
      { name: 'ratio', node: ratio },
    ],
  };
}

export function emptyProgram(time: TimeGrid, graph: Graph): Program {
  return {
    time,
    nodes: graph.nodes,
    inputs: [],
    stocks: [],
    memories: [],
    histories: [],
    draws: [],
    tables: [],
    outputs: [],
    variables: [],
  };
}
