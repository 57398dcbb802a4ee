import type { NodeId, Program } from '../../program/program.ts';
import type { Reach } from './exactness.ts';
import { FunctionBody, type Local } from './function-body.ts';
import { type Callees, LaneCode } from './lane-code.ts';
import { type Lower, Lowering, type Stage } from './lowering.ts';
import { Margins } from './margins.ts';
import type { Placement } from './placement.ts';
import { inOrder, rates, VectorGraph, type VectorId } from './vector-graph.ts';

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

/**
 * Nodes that one strand is ahead of the next: measured on models of 60 and of 300 nodes a stage, with two strands of two
 * vectors. Longer blocks leave too little independent work in a processor's sight, shorter ones keep too many values alive.
 */
const smallGraph = 600;

interface FusedFrame {
  program: Program;
  step: StepGraph;
  body: FunctionBody;
  code: LaneCode;
  placement: Placement;
  lanes: number;
  width: number;
  laneOffset: Local;
  /** Number of the step, as a whole number. */
  k: Local;
  stocks: Local[][];
  memories: Local[][];
  reach: Local[][];
  faults: Local[];
  /** Lanes that have come too near to a jump. */
  doubts: Local[];
}

/**
 * The function `run(laneOffset: i32, seed: f64, firstRun: f64)`: integrates the lanes from `laneOffset` bytes on over all
 * steps, with everything that a step needs in locals.
 */
export function fusedFunction(
  program: Program,
  step: StepGraph,
  { placement, callees, lanes, width }: { placement: Placement; callees: Callees; lanes: number; width: number },
): Uint8Array {
  const body = new FunctionBody(3);
  const [laneOffset, seed, firstRun] = [0, 1, 2];
  const k = body.take('i32');
  const code = new LaneCode({
    graph: step.graph,
    body,
    width,
    strand: Math.min(width, 2),
    block: step.graph.nodes.length <= smallGraph ? 20 : 60,
    placement,
    callees,
    draws: program.draws,
    step: k,
    firstRun,
    seed,
    leaf: (op, index, u) => {
      if (op !== 'input') throw new Error(`${op} is no leaf of fused code`);
      body.get(laneOffset);
      body.load(placement.inputs + index * lanes * 8 + u * 16);
    },
  });
  const vectors = () => Array.from({ length: width }, () => body.take('v128'));
  const frame: FusedFrame = {
    program,
    step,
    body,
    code,
    placement,
    lanes,
    width,
    laneOffset,
    k,
    stocks: step.stocks.map(vectors),
    memories: step.memories.map(vectors),
    reach: step.reach.map(vectors),
    faults: vectors(),
    doubts: vectors(),
  };
  writeLoop(frame);
  for (const [u, fault] of frame.faults.entries()) {
    body.get(laneOffset);
    body.i32(1);
    body.plain('i32ShrU');
    body.get(fault);
    body.vector('toI32');
    body.storeLane(placement.faults + u * 8, 0);
    body.get(laneOffset);
    body.i32(1);
    body.plain('i32ShrU');
    body.get(frame.doubts[u]!);
    body.f64(1);
    body.vector('splat');
    body.vector('and');
    body.vector('toI32');
    body.storeLane(placement.doubts + u * 8, 0);
  }
  return body.finish();
}

/** The nodes of a step in the order in which they are computed. */
interface Plan {
  /** Once a run, before the first step. */
  before: VectorId[];
  /** For what is stored and for the step. */
  shared: VectorId[];
  /** Only for what is stored. */
  stored: VectorId[];
  /** Only for the step. */
  onward: VectorId[];
}

/** What the next step begins with, in the order of the locals that hold it. */
function nextState({ nextStocks, nextMemories, nextReach }: StepGraph): VectorId[] {
  return [...nextStocks, ...nextMemories, ...nextReach];
}

function planOf({ step, program, code }: FusedFrame): Plan {
  const { graph } = step;
  const carried = new Set([...step.stocks, ...step.memories, ...step.reach, step.stepTime]);
  const changes = (id: VectorId) => graph.rateOf(id) !== rates.run && !carried.has(id);
  const saved = [...step.outputs, step.faulty, step.nearStored];
  const further = [...nextState(step), ...step.historyInputs, step.near];
  const toStore = inOrder(graph, saved, changes);
  const toGoOn = inOrder(graph, further, changes);
  const storeSet = new Set(toStore);
  const isShared = new Set(toGoOn.filter((id) => storeSet.has(id)));
  const inLoop = [...toStore, ...toGoOn.filter((id) => !isShared.has(id))];
  const needed = new Set([...saved, ...further, ...inLoop.flatMap((id) => graph.nodes[id]!.args)]);
  const kept = [...needed].filter((id) => graph.rateOf(id) === rates.run);
  const initial = [...step.initialStocks, ...step.initialMemories];
  const before = inOrder(graph, [...initial, ...kept], (id) => graph.rateOf(id) === rates.run);
  for (const id of kept) code.pin(id);
  code.count(before);
  code.count(inLoop);
  for (const id of [...initial, ...saved, ...further]) code.use(id);
  const everyStep = program.time.saveEvery === 1;
  return {
    before,
    shared: everyStep ? [] : toGoOn.filter((id) => isShared.has(id)),
    stored: everyStep ? toStore : toStore.filter((id) => !isShared.has(id)),
    onward: toGoOn.filter((id) => !isShared.has(id)),
  };
}

function writeLoop(frame: FusedFrame): void {
  const { body, code, step, program, stocks, memories, faults, laneOffset, k } = frame;
  const { steps, saveEvery } = program.time;
  const plan = planOf(frame);
  const due = body.take('i32');
  const out = body.take('i32');
  const point = body.take('f64');
  const stepTime = body.take('v128');
  code.emit(plan.before);
  assign(frame, step.initialStocks, stocks);
  assign(frame, step.initialMemories, memories);
  step.stocks.forEach((id, i) => void code.place(id, stocks[i]!));
  step.memories.forEach((id, i) => void code.place(id, memories[i]!));
  step.reach.forEach((id, i) => void code.place(id, frame.reach[i]!));
  code.place(step.stepTime, [stepTime]);
  for (const fault of faults) {
    body.f64(-1);
    body.vector('splat');
    body.set(fault);
  }
  body.get(laneOffset);
  body.set(out);
  body.block();
  body.loop();
  writeStepTime(frame, stepTime);
  code.emit(plan.shared);
  if (saveEvery > 1) {
    body.get(due);
    body.plain('i32Eqz');
    body.get(k);
    body.i32(steps);
    body.plain('i32Eq');
    body.plain('i32Or');
    body.if();
  }
  code.emit(plan.stored);
  writeSaved(frame, out, point);
  if (saveEvery > 1) {
    body.i32(saveEvery);
    body.set(due);
    body.end();
    body.get(due);
    body.i32(1);
    body.plain('i32Sub');
    body.set(due);
  }
  body.get(k);
  body.i32(steps);
  body.plain('i32Eq');
  body.branchIf(1);
  code.emit(plan.onward);
  writeHistories(frame);
  writeDoubts(frame, step.near, true);
  assign(frame, nextState(step), [...stocks, ...memories, ...frame.reach]);
  body.get(k);
  body.i32(1);
  body.plain('i32Add');
  body.set(k);
  body.branch(0);
  body.end();
  body.end();
}

/** All at once: the new value of one local may be the old one of another. */
function assign({ body, code, width }: FusedFrame, values: readonly VectorId[], into: readonly Local[][]): void {
  for (const id of values) {
    for (let u = 0; u < width; u++) code.push(id, u);
  }
  for (const locals of into.toReversed()) for (const local of locals.toReversed()) body.set(local);
  for (const id of values) code.release(id);
}

function writeStepTime({ body, program, k }: FusedFrame, stepTime: Local): void {
  const { start, dt, stepsPerUnit } = program.time;
  body.f64(start);
  body.get(k);
  body.plain('f64ConvertI32U');
  body.f64(stepsPerUnit ?? dt);
  body.plain(stepsPerUnit === undefined ? 'f64Mul' : 'f64Div');
  body.plain('f64Add');
  body.vector('splat');
  body.set(stepTime);
}

function writeSaved(frame: FusedFrame, out: Local, point: Local): void {
  const { body, code, step, placement, lanes, width, faults } = frame;
  for (const [output, id] of step.outputs.entries()) {
    for (let u = 0; u < width; u++) {
      body.get(out);
      code.push(id, u);
      body.store(placement.results + output * lanes * 8 + u * 16);
    }
    code.release(id);
  }
  for (const [u, fault] of faults.entries()) {
    body.get(point);
    body.vector('splat');
    body.get(fault);
    code.push(step.faulty, u);
    body.get(fault);
    body.bits(0n);
    body.vector('lt');
    body.vector('and');
    body.vector('bitselect');
    body.set(fault);
  }
  code.release(step.faulty);
  writeDoubts(frame, step.nearStored, false);
  body.get(point);
  body.f64(1);
  body.plain('f64Add');
  body.set(point);
  body.get(out);
  body.i32(step.outputs.length * lanes * 8);
  body.plain('i32Add');
  body.set(out);
}

function writeHistories({ body, code, step, placement, width, k }: FusedFrame): void {
  for (const [history, id] of step.historyInputs.entries()) {
    const { base, capacity } = placement.rings[history]!;
    for (let u = 0; u < width; u++) {
      body.get(k);
      body.i32(capacity);
      body.plain('i32RemU');
      body.i32(width * 16);
      body.plain('i32Mul');
      code.push(id, u);
      body.store(base + u * 16);
    }
    code.release(id);
  }
}

/** Adds to the doubtful lanes; where all are, the run need not go on, being made again anyway. */
function writeDoubts({ body, code, step, doubts }: FusedFrame, near: VectorId, mayEnd: boolean): void {
  if (step.graph.nodes[near]!.op !== 'constant') {
    for (const [u, doubt] of doubts.entries()) {
      body.get(doubt);
      code.push(near, u);
      body.vector('or');
      body.tee(doubt);
      if (!mayEnd) body.plain('drop');
      else if (u > 0) body.vector('and');
    }
    if (mayEnd) {
      body.vector('allTrue');
      body.branchIf(1);
    }
  }
  code.release(near);
}
