import type { Program } from '../../program/program.ts';
import type { ModuleWriter, ValueType } from './encoder.ts';
import { FunctionBody } from './function-body.ts';
import { type Callees, LaneCode } from './lane-code.ts';
import type { Placement } from './placement.ts';
import { inOrder, type VectorGraph, type VectorId } from './vector-graph.ts';

/** Nodes in one function; a compiler's time grows faster than the length of a function. */
const nodesPerSegment = 400;

/** What every segment is given: where its lanes are, where the stage's stocks are, where results go, and the run. */
export const segmentParams: readonly ValueType[] = ['i32', 'i32', 'i32', 'f64', 'f64', 'i32'];
const [laneOffset, stageBase, target, seed, firstRun, step] = [0, 1, 2, 3, 4, 5];

/** A value that is put somewhere when it is known: at `offset`, or `offset` behind the target that a segment is given. */
export interface Store {
  id: VectorId;
  offset: number;
  relative: boolean;
}

/** Nodes that are computed together, one after the other, however many functions that takes. */
export interface Section {
  order: VectorId[];
  stores: Store[];
}

/** Where values are that functions share; `bytes` is what they take. */
export class Slots {
  readonly #offsets = new Map<VectorId, number>();
  readonly #base: number;
  bytes = 0;

  constructor(base: number) {
    this.#base = base;
  }

  take(id: VectorId, width: number): void {
    if (this.#offsets.has(id)) return;
    this.#offsets.set(id, this.#base + this.bytes);
    this.bytes += width * 16;
  }

  of(id: VectorId): number | undefined {
    return this.#offsets.get(id);
  }
}

const cheap: ReadonlySet<string> = new Set([
  'constant',
  'input',
  'stock',
  'memory',
  'stageStock',
  'stepTime',
  'stageTime',
]);

/** Leaves and constants are fetched again by every function that needs them. */
export function isCheap(graph: VectorGraph, id: VectorId): boolean {
  return cheap.has(graph.nodes[id]!.op);
}

/** The order of a section cut into functions. */
export function cut({ order, stores }: Section, graph: VectorGraph): Section[] {
  const computed = order.filter((id) => !isCheap(graph, id));
  const parts: Section[] = [];
  for (let from = 0; from < computed.length; from += nodesPerSegment) {
    parts.push({ order: computed.slice(from, from + nodesPerSegment), stores: [] });
  }
  const home = new Map<VectorId, Section>();
  for (const part of parts) for (const id of part.order) home.set(id, part);
  const rest: Section[] = [];
  for (const store of stores) {
    let part = home.get(store.id);
    if (part === undefined) {
      part = rest.at(-1);
      if (part === undefined || part.stores.length >= nodesPerSegment) {
        part = { order: [], stores: [] };
        rest.push(part);
      }
    }
    part.stores.push(store);
  }
  return [...parts, ...rest];
}

/** Gives a slot to everything that a function needs and another one computes. */
export function shareValues(parts: readonly Section[], graph: VectorGraph, slots: Slots, width: number): void {
  const share = (id: VectorId, own: ReadonlySet<VectorId>) => {
    if (!own.has(id) && !isCheap(graph, id)) slots.take(id, graph.nodes[id]!.uniform ? 1 : width);
  };
  for (const { order, stores } of parts) {
    const own = new Set(order);
    for (const id of order) for (const arg of graph.nodes[id]!.args) share(arg, own);
    for (const { id } of stores) share(id, own);
  }
}

/** Where leaves are in memory. */
export interface LeafPlaces {
  stocks: number;
  memories: number;
  stepTime: number;
  stageTime: number;
}

interface SegmentSetting {
  program: Program;
  graph: VectorGraph;
  placement: Placement;
  callees: Callees;
  lanes: number;
  width: number;
  slots: Slots;
  places: LeafPlaces;
}

/** Writes the functions of a section into the module and gives their numbers. */
export function writeSection(writer: ModuleWriter, parts: readonly Section[], setting: SegmentSetting): number[] {
  return parts.map((part) => {
    const index = writer.declareFunction({ params: segmentParams, results: [] });
    writer.defineFunction(index, segment(part, setting));
    return index;
  });
}

function segment({ order, stores }: Section, setting: SegmentSetting): Uint8Array {
  const { program, graph, placement, callees, lanes, width, slots, places } = setting;
  const body = new FunctionBody(segmentParams.length);
  const own = new Set(order);
  const code = new LaneCode({
    graph,
    body,
    width,
    strand: width,
    block: 1,
    placement,
    callees,
    draws: program.draws,
    step,
    firstRun,
    seed,
    leaf: (op, index, u) => {
      const stride = width * 16;
      if (op === 'input') {
        body.get(laneOffset);
        body.load(placement.inputs + index * lanes * 8 + u * 16);
      } else if (op === 'stageStock') {
        body.get(stageBase);
        body.load(index * stride + u * 16);
      } else {
        body.i32(0);
        if (op === 'stock') body.load(places.stocks + index * stride + u * 16);
        else if (op === 'memory') body.load(places.memories + index * stride + u * 16);
        else if (op === 'stepTime') body.load(places.stepTime);
        else if (op === 'stageTime') body.load(places.stageTime + u * 16);
        else throw new Error(`${op} is no leaf`);
      }
    },
    loadFrom: (id) => (own.has(id) || isCheap(graph, id) ? undefined : slots.of(id)),
    storeTo: (id) => slots.of(id),
  });
  const wanted = [...order, ...stores.map(({ id }) => id)];
  // What other functions have computed is fetched just before it is needed.
  const all = inOrder(
    graph,
    wanted,
    () => true,
    (id) => own.has(id),
  );
  code.count(all.filter((id) => own.has(id)));
  for (const { id } of stores) code.use(id);
  // Node 20 has no Map.groupBy.
  const after = new Map<number, (typeof stores)[number][]>();
  for (const store of stores) after.set(store.id, [...(after.get(store.id) ?? []), store]);
  for (const id of all) {
    code.emit([id]);
    for (const { offset, relative } of after.get(id) ?? []) {
      for (let u = 0; u < width; u++) {
        if (relative) body.get(target);
        else body.i32(0);
        code.push(id, u);
        body.store(offset + u * 16);
      }
      code.release(id);
    }
  }
  return body.finish();
}
