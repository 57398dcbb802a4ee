import type { Program } from '../../program/program.ts';
import type { ModuleWriter } from './encoder.ts';
import { FunctionBody } from './function-body.ts';
import { type Callees, LaneCode } from './lane-code.ts';
import { type Elementary, elementaryInLine } from './lowering.ts';
import type { Placement } from './placement.ts';
import { inOrder, rates, VectorGraph } from './vector-graph.ts';

/** Above this many elementary functions a program calls them instead of having the code of each in line. */
const mostInLine = 40;

const names = ['exp', 'ln', 'sin', 'cos', 'pow'] as const;

const argumentCounts = { exp: 1, ln: 1, sin: 1, cos: 1, pow: 2 } as const;

/** The host's functions that the routines fall back on. */
const rareCallees = [
  ['log', 1],
  ['sin', 1],
  ['cos', 1],
  ['pow', 2],
] as const;

/** Code in line is nearly twice as fast, but takes 30 to 100 instructions for each place. */
export function needsRoutines({ nodes }: Program): boolean {
  let places = 0;
  for (const { op } of nodes) if ((names as readonly string[]).includes(op)) places++;
  return places > mostInLine;
}

/** Elementary functions as calls of the module's own functions. */
export function elementaryCalled(graph: VectorGraph): Elementary {
  const of = (name: (typeof names)[number]) => names.indexOf(name);
  return {
    exp: (x) => graph.routine(of('exp'), [x]),
    ln: (x) => graph.routine(of('ln'), [x]),
    sin: (x) => graph.routine(of('sin'), [x]),
    cos: (x) => graph.routine(of('cos'), [x]),
    pow: (x, y) => graph.routine(of('pow'), [x, y]),
  };
}

export function importForRoutines(callees: Callees): void {
  for (const [name, args] of rareCallees) callees.host('rare', name, args);
}

/** Writes the routines into the module and gives their numbers in the order that `elementaryCalled` uses. */
export function writeRoutines(writer: ModuleWriter, callees: Callees, placement: Placement): number[] {
  return names.map((name) => {
    const params = Array.from({ length: argumentCounts[name] }, () => 'v128' as const);
    const index = writer.declareFunction({ params, results: ['v128'] });
    writer.defineFunction(index, routine(name, callees, placement));
    return index;
  });
}

function routine(name: (typeof names)[number], callees: Callees, placement: Placement): Uint8Array {
  const graph = new VectorGraph();
  const [x, y] = [0, 1].map((param) => graph.leaf('input', param, rates.run, false)) as [number, number];
  const root = elementaryInLine(graph)[name](x, y);
  const body = new FunctionBody(argumentCounts[name]);
  const unused = -1;
  const code = new LaneCode({
    ...{ graph, body, width: 1, strand: 1, block: 1, placement, callees, draws: [] },
    ...{ step: unused, firstRun: unused, seed: unused },
    leaf: (_, index) => body.get(index),
  });
  const order = inOrder(graph, [root], () => true);
  code.count(order);
  code.use(root);
  code.emit(order);
  code.push(root, 0);
  return body.finish();
}
