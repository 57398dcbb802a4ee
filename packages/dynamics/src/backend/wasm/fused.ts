import type { Program } from '../../program/program.ts';
import { FunctionBody, type Local } from './function-body.ts';
import { type Callees, LaneCode } from './lane-code.ts';
import type { Placement } from './placement.ts';
import type { StepGraph } from './step-graph.ts';
import { inOrder, rates, type VectorId } from './vector-graph.ts';

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
