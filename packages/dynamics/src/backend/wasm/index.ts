import { functions } from '../../numerics/functions.ts';
import { draw } from '../../numerics/random.ts';
import type { Program } from '../../program/program.ts';
import { type Kernel, type KernelFactory, savedPoints } from '../kernel.ts';
import { ModuleWriter } from './encoder.ts';
import { fusedFunction, stepGraph } from './fused.ts';
import type { Callees } from './lane-code.ts';
import { elementaryInLine } from './lowering.ts';
import { type Placement, placementOf } from './placement.ts';
import { sectionGraph, segmentPlan, writeSegmented } from './segmented.ts';
import { VectorGraph } from './vector-graph.ts';

/** Functions of JavaScript that take over from code in line; see `RareFunction`. */
const rareFunctions = { log: Math.log, pow: (a: number, b: number) => a ** b, sin: Math.sin, cos: Math.cos } as const;

/** Largest memory for the results of one kernel, which lowers the number of lanes of long or wide programs. */
const resultBytesWanted = 2 ** 26;

/** Programs whose step has more nodes than this are cut into functions that share values in memory. */
const largestFused = 4000;
/** Above this many elementary functions a model calls them instead of having each in line. */
const mostInLine = 40;

const stages = { euler: 1, rk2: 2, rk4: 4 } as const;

/** Runs a program as WebAssembly with vectors of two doubles, made at run time: the fastest back end. */
export const wasmKernel: KernelFactory = (program, wish) => {
  const compiled = ((globalThis as any).SEG ? undefined : fused(program, wish)) ?? segmented(program, wish);
  return start(program, compiled);
};

/** A module for one number of lanes. */
interface Compiled {
  lanes: number;
  width: number;
  placement: Placement;
  bytes: Uint8Array<ArrayBuffer>;
}

function lanesOf(program: Program, wish: number, width: number): number {
  const group = 2 * width;
  const bytesPerLane = savedPoints(program) * program.outputs.length * 8;
  const affordable = Math.floor(resultBytesWanted / Math.max(1, bytesPerLane));
  return Math.max(1, Math.ceil(Math.min(wish, affordable) / group)) * group;
}

function fused(program: Program, wish: number): Compiled | undefined {
  const { method } = program.time;
  if (method === 'rk45' || program.nodes.length * stages[method] > largestFused) return undefined;
  const step = stepGraph(program, method);
  if (step.graph.nodes.length > largestFused) return undefined;
  const width = (globalThis as any).WIDTH ?? (wish <= 2 ? 1 : wish <= 4 ? 2 : 4);
  const lanes = lanesOf(program, wish, width);
  const placement = placementOf(program, lanes, width, 0);
  const writer = new ModuleWriter();
  const callees = importedCallees(writer, step.graph);
  const run = writer.declareFunction({ params: ['i32', 'f64', 'f64'], results: [] }, 'run');
  writer.defineFunction(run, fusedFunction(program, step, { placement, callees, lanes, width }));
  return { bytes: writer.finish({ memoryPages: placement.pages }), lanes, width, placement };
}

function segmented(program: Program, wish: number): Compiled {
  const width = wish <= 2 ? 1 : 2;
  const lanes = lanesOf(program, wish, width);
  const graph = new VectorGraph();
  const writer = new ModuleWriter();
  const sections = sectionGraph(program, graph, elementaryInLine(graph));
  const callees = importedCallees(writer, graph);
  const { scratch } = placementOf(program, lanes, width, 0);
  const plan = segmentPlan(program, sections, { scratch, width, lanes });
  const placement = placementOf(program, lanes, width, plan.bytes);
  writeSegmented(writer, program, plan, { sections, placement, callees, lanes, width });
  return { bytes: writer.finish({ memoryPages: placement.pages }), lanes, width, placement };
}

/** All functions of the host that the nodes of a graph call. */
function importedCallees(writer: ModuleWriter, graph: VectorGraph): Callees {
  const host = (kind: 'host' | 'call' | 'rare', name: string, args: number) =>
    writer.importFunction(kind, name, { params: Array.from({ length: args }, () => 'f64' as const), results: ['f64'] });
  let drawIndex = -1;
  for (const node of graph.nodes) {
    if (node.op === 'draw' || node.op === 'initialDraw') drawIndex = host('host', 'draw', 4);
    else if (node.op === 'call') host('call', node.name!, node.args.length);
    else if (node.op === 'rare') host('rare', node.name!, node.args.length - 2);
  }
  return { draw: drawIndex, host, routines: [] };
}

function start(program: Program, { lanes, width, placement, bytes }: Compiled): Kernel {
  const memory = new WebAssembly.Memory({ initial: placement.pages });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    host: { draw, memory },
    call: functions,
    rare: rareFunctions,
  });
  const run = instance.exports.run as (laneOffset: number, seed: number, firstRun: number) => void;
  const { buffer } = memory;
  for (const { keys, rows, data } of placement.tables) {
    new Float64Array(buffer, keys, data.keys.length).set(data.keys);
    new Float64Array(buffer, rows, data.rows.length).set(data.rows);
  }
  const inputs = new Float64Array(buffer, placement.inputs, program.inputs.length * lanes);
  for (const [i, { value }] of program.inputs.entries()) inputs.fill(value, i * lanes, (i + 1) * lanes);
  return {
    backend: 'wasm',
    lanes,
    inputs,
    results: new Float64Array(buffer, placement.results, savedPoints(program) * program.outputs.length * lanes),
    faults: new Int32Array(buffer, placement.faults, lanes),
    run(seed, firstRun) {
      for (let lane = 0; lane < lanes; lane += 2 * width) run(lane * 8, seed, firstRun + lane);
    },
  };
}
