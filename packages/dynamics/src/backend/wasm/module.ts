import type { Program } from '../../program/program.ts';
import { savedPoints } from '../kernel.ts';
import { ModuleWriter } from './encoder.ts';
import type { Reach } from './exactness.ts';
import { fusedFunction } from './fused.ts';
import { type Callees, type HostModule, internalRateArgs } from './lane-code.ts';
import { elementaryInLine } from './lowering.ts';
import { type Placement, placementOf } from './placement.ts';
import { elementaryCalled, importForRoutines, needsRoutines, writeRoutines } from './routines.ts';
import { sectionGraph, segmentPlan, writeSegmented } from './segmented.ts';
import { stepGraph } from './step-graph.ts';
import { VectorGraph } from './vector-graph.ts';

/** Memory for the results of one kernel above which it is given fewer lanes. */
const resultBytesWanted = 2 ** 26;

/**
 * Programs with more evaluations in a step than this are cut into functions that share values in memory: measured with
 * RK4, one function with everything in locals is 1.15 times faster at 20 variables and no faster from 50 on, where its
 * code is four times as long.
 */
const evaluationsFused = 500;
/** The same for nodes of vector code, of which an elementary function has 30 to 100. */
const nodesFused = 2500;

const stages = { euler: 1, rk2: 2, rk4: 4 } as const;

/** A module for one number of lanes; `width` vectors of them run together. */
export interface ProgramModule {
  lanes: number;
  width: number;
  placement: Placement;
  bytes: Uint8Array<ArrayBuffer>;
}

/** A program as one function; undefined where it is too large for that or has sub-steps. */
export function fusedModule(program: Program, wish: number, reach: Reach): ProgramModule | undefined {
  const { method } = program.time;
  if (method === 'rk45' || program.nodes.length * stages[method] > evaluationsFused) return undefined;
  const step = stepGraph(program, method, reach);
  if (step.graph.nodes.length > nodesFused) return undefined;
  const width = wish <= 2 ? 1 : wish <= 4 ? 2 : 4;
  const lanes = lanesOf(program, wish, width);
  const placement = placementOf(program, lanes, width, 0);
  const writer = new ModuleWriter();
  const callees = importedCallees(writer, step.graph);
  const run = writer.declareFunction({ params: ['i32', 'f64', 'f64'], results: [] }, 'run');
  writer.defineFunction(run, fusedFunction(program, step, { placement, callees, lanes, width }));
  return { bytes: writer.finish({ memoryPages: placement.pages }), lanes, width, placement };
}

/** A program of any size and method as many functions. */
export function segmentedModule(program: Program, wish: number): ProgramModule {
  const width = wish <= 2 ? 1 : 2;
  const lanes = lanesOf(program, wish, width);
  const graph = new VectorGraph();
  const writer = new ModuleWriter();
  const calls = needsRoutines(program);
  const sections = sectionGraph(program, graph, calls ? elementaryCalled(graph) : elementaryInLine(graph));
  const imported = importedCallees(writer, graph);
  if (calls) importForRoutines(imported);
  const { scratch } = placementOf(program, lanes, width, 0);
  const plan = segmentPlan(program, sections, { scratch, width, lanes });
  const placement = placementOf(program, lanes, width, plan.bytes);
  const callees = calls ? { ...imported, routines: writeRoutines(writer, imported, placement) } : imported;
  writeSegmented(writer, program, plan, { sections, placement, callees, lanes, width });
  return { bytes: writer.finish({ memoryPages: placement.pages }), lanes, width, placement };
}

function lanesOf(program: Program, wish: number, width: number): number {
  const group = 2 * width;
  const bytesPerLane = savedPoints(program) * program.outputs.length * 8;
  const affordable = Math.floor(resultBytesWanted / Math.max(1, bytesPerLane));
  return Math.max(1, Math.ceil(Math.min(wish, affordable) / group)) * group;
}

/** All functions of the host that the nodes of a graph call. */
function importedCallees(writer: ModuleWriter, graph: VectorGraph): Callees {
  const host = (kind: HostModule, name: string, args: number) =>
    writer.importFunction(kind, name, { params: Array.from({ length: args }, () => 'f64' as const), results: ['f64'] });
  let draw = -1;
  for (const node of graph.nodes) {
    if (node.op === 'draw' || node.op === 'initialDraw') draw = host('host', 'draw', 4);
    else if (node.op === 'call') host('call', node.name!, node.args.length);
    else if (node.op === 'rare') host('rare', node.name!, node.args.length - 2);
    else if (node.op === 'internalRate') host('host', 'internalRate', internalRateArgs);
  }
  return { draw, host, routines: [] };
}
