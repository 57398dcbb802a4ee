import type { Program } from '../../program/program.ts';
import { driverFunction } from './driver.ts';
import { type Driver, scratchArrays } from './driver-frame.ts';
import type { ModuleWriter } from './encoder.ts';
import type { Callees } from './lane-code.ts';
import { type Elementary, Lowering, type Stage } from './lowering.ts';
import type { Placement } from './placement.ts';
import { cut, type Section, Slots, type Store, shareValues, writeSection } from './segments.ts';
import { notFinite } from './step-graph.ts';
import { inOrder, rates, type VectorGraph, type VectorId } from './vector-graph.ts';

/** A program as sections of one graph, each computed at its own time. */
export interface SectionGraph {
  graph: VectorGraph;
  /** Once a run. */
  run: VectorId[];
  /** At the beginning of a step. */
  step: VectorId[];
  /** At every stage. */
  stage: VectorId[];
  /** At the first stage of a step, for memories and histories. */
  carry: VectorId[];
  /** At the first stage of a saved step. */
  save: VectorId[];
  initialStocks: VectorId[];
  initialMemories: VectorId[];
  derivatives: VectorId[];
  carried: VectorId[];
  outputs: VectorId[];
  faulty: VectorId;
}

export function sectionGraph(program: Program, graph: VectorGraph, elementary: Elementary): SectionGraph {
  const lowering = loweringOf(program, graph, elementary);
  const main = lowering.at(mainStage(program, graph));
  const derivatives = program.stocks.map(({ rate }) => main(rate));
  const carried = [
    ...program.memories.map(({ next }) => main(next)),
    ...program.histories.map(({ input }) => main(input)),
  ];
  const outputs = program.outputs.map(({ node }) => main(node));
  const levels = program.stocks.map((_, i) => graph.leaf('stageStock', i, rates.stage, false));
  const faulty = notFinite(graph, [...levels, ...outputs]);
  const initialStocks = program.stocks.map(({ initial }) => lowering.initial(initial));
  const initialMemories = program.memories.map(({ initial }) => lowering.initial(initial));
  const done = new Set<VectorId>();
  const section = (roots: readonly VectorId[], accept: (id: VectorId) => boolean) => {
    const order = inOrder(graph, roots, (id) => !done.has(id) && accept(id));
    for (const id of order) done.add(id);
    return order;
  };
  const moving = (id: VectorId) => graph.rateOf(id) === rates.stage;
  const stage = section(derivatives, moving);
  const carry = section(carried, moving);
  const save = section([...outputs, faulty], moving);
  const behind = (order: readonly VectorId[]) => order.flatMap((id) => graph.nodes[id]!.args);
  const asked = [...derivatives, ...carried, ...outputs, faulty, ...behind([...stage, ...carry, ...save])];
  const step = section(asked, (id) => graph.rateOf(id) === rates.step);
  const run = section(
    [...initialStocks, ...initialMemories, ...asked, ...behind(step)],
    (id) => graph.rateOf(id) === rates.run,
  );
  return {
    graph,
    run,
    step,
    stage,
    carry,
    save,
    initialStocks,
    initialMemories,
    derivatives,
    carried,
    outputs,
    faulty,
  };
}

function loweringOf(program: Program, graph: VectorGraph, elementary: Elementary): Lowering {
  const stepTime = graph.leaf('stepTime', 0, rates.step, true);
  const first: Stage = {
    time: stepTime,
    stepTime,
    // At the beginning of the step, whatever stage the code that asks is at: only histories do.
    stock: (stock) => graph.leaf('stock', stock, rates.step, false),
    memory: (memory) => graph.leaf('memory', memory, rates.step, false),
    uniform: (draw) => graph.leaf('draw', draw, rates.step, program.draws[draw]!.seed !== undefined),
  };
  return new Lowering(program, graph, { first, elementary });
}

function mainStage(program: Program, graph: VectorGraph): Stage {
  const isAdaptive = program.time.method === 'rk45';
  return {
    time: graph.leaf('stageTime', 0, rates.stage, !isAdaptive),
    stepTime: graph.leaf('stepTime', 0, rates.step, true),
    stock: (stock) => graph.leaf('stageStock', stock, rates.stage, false),
    memory: (memory) => graph.leaf('memory', memory, rates.step, false),
    uniform: (draw) => graph.leaf('draw', draw, rates.step, program.draws[draw]!.seed !== undefined),
  };
}

export interface SegmentedSetting {
  sections: SectionGraph;
  placement: Placement;
  callees: Callees;
  lanes: number;
  width: number;
}

interface Part {
  parts: Section[];
}

/** What the sections of a program take of the scratch memory, and how they are cut into functions. */
export interface SegmentPlan {
  arrays: ReturnType<typeof scratchArrays>;
  slots: Slots;
  bytes: number;
  run: Part;
  step: Part;
  stage: Part;
  carry: Part;
  save: Part;
}

/** `scratch` is where the scratch memory begins; results go behind `results`. */
export function segmentPlan(
  program: Program,
  sections: SectionGraph,
  { scratch, width, lanes }: { scratch: number; width: number; lanes: number },
): SegmentPlan {
  const { graph } = sections;
  const arrays = scratchArrays(program, scratch, width);
  const stride = width * 16;
  const at = (ids: readonly VectorId[], base: number, relative: boolean): Store[] =>
    ids.map((id, i) => ({ id, offset: base + i * stride, relative }));
  const slots = new Slots(arrays.end);
  const part = (order: VectorId[], stores: Store[]): Part => ({ parts: cut({ order, stores }, graph) });
  const plan = {
    run: part(sections.run, [
      ...at(sections.initialStocks, arrays.stocks, false),
      ...at(sections.initialMemories, arrays.memories, false),
    ]),
    step: part(sections.step, []),
    stage: part(sections.stage, at(sections.derivatives, 0, true)),
    carry: part(sections.carry, at(sections.carried, arrays.carried, false)),
    save: part(sections.save, [
      ...sections.outputs.map((id, output) => ({ id, offset: output * lanes * 8, relative: true })),
      { id: sections.faulty, offset: arrays.faulty, relative: false },
    ]),
  };
  const all = [plan.run, plan.step, plan.stage, plan.carry, plan.save].flatMap(({ parts }) => parts);
  shareValues(all, graph, slots, width);
  return { ...plan, arrays, slots, bytes: arrays.end - scratch + slots.bytes };
}

/** Writes all functions of a segmented program; `run` takes (laneOffset: i32, seed: f64, firstRun: f64). */
export function writeSegmented(
  writer: ModuleWriter,
  program: Program,
  plan: SegmentPlan,
  { sections, placement, callees, lanes, width }: SegmentedSetting,
): void {
  const { graph } = sections;
  const { arrays, slots } = plan;
  const setting = { program, graph, placement, callees, lanes, width, slots, places: arrays };
  const write = ({ parts }: Part) => writeSection(writer, parts, setting);
  const driver: Driver = {
    program,
    arrays,
    placement,
    lanes,
    width,
    run: write(plan.run),
    step: write(plan.step),
    stage: write(plan.stage),
    carry: write(plan.carry),
    save: write(plan.save),
  };
  const run = writer.declareFunction({ params: ['i32', 'f64', 'f64'], results: [] }, 'run');
  writer.defineFunction(run, driverFunction(driver));
}
