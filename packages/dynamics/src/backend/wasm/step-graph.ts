import type { NodeId, Program } from '../../program/program.ts';
import type { Reach } from './exactness.ts';
import { type Lower, Lowering, type Stage } from './lowering.ts';
import { Margins } from './margins.ts';
import { rates, VectorGraph, type VectorId } from './vector-graph.ts';

/** A whole step of a program as one graph: what is stored, and what the next step begins with. */
export interface StepGraph {
  graph: VectorGraph;
  stocks: readonly VectorId[];
  memories: readonly VectorId[];
  stepTime: VectorId;
  initialStocks: readonly VectorId[];
  initialMemories: readonly VectorId[];
  outputs: readonly VectorId[];
  /** Mask of the lanes with a stock or an output that is not finite. */
  faulty: VectorId;
  nextStocks: readonly VectorId[];
  nextMemories: readonly VectorId[];
  historyInputs: readonly VectorId[];
  /** Masks of the lanes that come too near to a jump, in a step and in what is stored. */
  near: VectorId;
  nearStored: VectorId;
  /** The largest sizes of levels so far, before and after this step. */
  reach: readonly VectorId[];
  nextReach: readonly VectorId[];
}

/** Methods whose stages are the same in all lanes and known beforehand. */
export type FixedMethod = 'euler' | 'rk2' | 'rk4';

/** With `reach` 'evaluation' quotients are made with reciprocals and jumps are watched; see `Margins`. */
export function stepGraph(program: Program, method: FixedMethod, reach: Reach): StepGraph {
  const graph = new VectorGraph();
  const stepTime = graph.leaf('stepTime', 0, rates.step, true);
  const stocks = program.stocks.map((_, i) => graph.leaf('stock', i, rates.stage, false));
  const memories = program.memories.map((_, i) => graph.leaf('memory', i, rates.step, false));
  const first: Stage = {
    time: stepTime,
    stepTime,
    stock: (stock) => stocks[stock]!,
    memory: (memory) => memories[memory]!,
    uniform: (draw) => graph.leaf('draw', draw, rates.step, program.draws[draw]!.seed !== undefined),
  };
  const lowering = new Lowering(program, graph, { first, reach });
  const margins = reach === 'evaluation' ? new Margins(program, graph, lowering.first) : undefined;
  const near = (nodes: readonly NodeId[], lowered: readonly Lower[]) => margins?.near(nodes, lowered) ?? graph.bits(0n);
  const outputNodes = program.outputs.map(({ node }) => node);
  const carried = [...program.memories.map(({ next }) => next), ...program.histories.map(({ input }) => input)];
  const rateNodes = program.stocks.map(({ rate }) => rate);
  const outputs = outputNodes.map(lowering.first);
  const { levels, stages } = integrated(program, graph, lowering, { first, method, reach });
  return {
    graph,
    stocks,
    memories,
    stepTime,
    outputs,
    initialStocks: program.stocks.map(({ initial }) => lowering.initial(initial)),
    initialMemories: program.memories.map(({ initial }) => lowering.initial(initial)),
    faulty: notFinite(graph, [...stocks, ...outputs]),
    nextStocks: levels,
    nextMemories: program.memories.map(({ next }) => lowering.first(next)),
    historyInputs: program.histories.map(({ input }) => lowering.first(input)),
    near: graph.make('or', near(rateNodes, stages), near(carried, [lowering.first])),
    nearStored: near(outputNodes, [lowering.first]),
    reach: margins?.reach ?? [],
    nextReach: margins?.nextReach ?? [],
  };
}

/** x - x is 0 for every finite x, so that a sum of them tells whether all are. */
export function notFinite(graph: VectorGraph, values: readonly VectorId[]): VectorId {
  const differences = [...new Set(values)].map((value) => graph.make('sub', value, value));
  const sum = differences.reduce((left, right) => graph.make('add', left, right), graph.constant(0));
  return graph.make('ne', sum, sum);
}

/** Levels one step on, and how each stage is lowered; sums in the order that integration.ts names. */
function integrated(
  { stocks, time: { dt } }: Program,
  graph: VectorGraph,
  lowering: Lowering,
  { first, method, reach }: { first: Stage; method: FixedMethod; reach: Reach },
): { levels: VectorId[]; stages: Lower[] } {
  const stages = [lowering.first];
  const derivatives = (lower: Lower) => stocks.map(({ rate }) => lower(rate));
  const add = (a: VectorId, b: VectorId) => graph.make('add', a, b);
  const times = (factor: number, a: VectorId) => graph.make('mul', graph.constant(factor), a);
  const moved = (factor: number, k: readonly VectorId[]) =>
    k.map((rate, stock) => add(first.stock(stock), times(factor, rate)));
  const stage = (factor: number, k: readonly VectorId[]) => {
    const levels = moved(factor, k);
    const time = add(first.time, graph.constant(factor));
    const lower = lowering.at({ ...first, time, stock: (stock) => levels[stock]! });
    stages.push(lower);
    return derivatives(lower);
  };
  const k1 = derivatives(lowering.first);
  switch (method) {
    case 'euler':
      return { levels: moved(dt, k1), stages };
    case 'rk2': {
      const k2 = stage(dt, k1);
      const sum = k1.map((rate, i) => add(rate, k2[i]!));
      return { levels: moved(dt / 2, sum), stages };
    }
    case 'rk4': {
      const k2 = stage(dt / 2, k1);
      const k3 = stage(dt / 2, k2);
      const k4 = stage(dt, k3);
      const sum = k1.map((rate, i) => {
        // Where jumps are watched the last bit is free.
        if (reach === 'evaluation') return add(add(rate, k4[i]!), times(2, add(k2[i]!, k3[i]!)));
        return add(add(add(rate, times(2, k2[i]!)), times(2, k3[i]!)), k4[i]!);
      });
      return { levels: moved(dt / 6, sum), stages };
    }
    default:
      return method satisfies never;
  }
}
