import type { FunctionBody, Local } from './function-body.ts';
import { emitHistory } from './history-code.ts';
import { emitLookUp } from './lookup-code.ts';
import type { Placement } from './placement.ts';
import type { LeafOperation, VectorGraph, VectorId, VectorNode } from './vector-graph.ts';

/** `call`: functions of numerics/functions.ts; `rare`: those that take over from code in line; `host`: what else there is. */
export type HostModule = 'host' | 'call' | 'rare';

/** Functions of the host and of the module that code may call, by number. */
export interface Callees {
  draw: number;
  /** A function of the host by its name and number of arguments. */
  host(kind: HostModule, name: string, args: number): number;
  routines: readonly number[];
}

/** What code of a function works with besides the values of nodes. */
export interface LaneContext {
  graph: VectorGraph;
  body: FunctionBody;
  /** Vectors side by side: 2 lanes each. */
  width: number;
  /** Vectors that are written together, and how many nodes of one strand come before those of the next. */
  strand: number;
  block: number;
  placement: Placement;
  callees: Callees;
  draws: readonly { key: number; seed: number | undefined }[];
  /** Locals: number of the step (i32), of the first run of these lanes and seed (f64). */
  step: Local;
  firstRun: Local;
  seed: Local;
  /** Puts vector `u` of a leaf on the stack. */
  leaf(op: LeafOperation, index: number, u: number): void;
  /** Address of a value that another function has computed, undefined for one that is computed here. */
  loadFrom?(id: VectorId): number | undefined;
  /** Address where a value is put for other functions, if it is. */
  storeTo?(id: VectorId): number | undefined;
}

/** `internalRate(address, stride, count, present, missing)`: where the past inputs of a lane are in memory, and what else it needs. */
export const internalRateArgs = 5;

const nowhere = -1;

const leaves: ReadonlySet<string> = new Set(['input', 'stock', 'memory', 'stageStock', 'stepTime', 'stageTime']);

/** The vectors that are computed together and where each of them goes. */
export type Targets = readonly { u: number; local: Local }[];

/**
 * Writes the code of nodes into a function: one local for each vector of a value, given back after its last use. Vectors
 * are bundled in strands: a run of nodes is written for one strand after the other, and within it each node for all
 * vectors of the strand, so that a processor always finds independent chains of work and few values are alive.
 */
export class LaneCode {
  readonly context: LaneContext;
  readonly #strands: readonly (readonly number[])[];
  /** By node and vector; a uniform value has but the first. */
  readonly #locals: Local[];
  readonly #uses: Int32Array;
  readonly #pinned: Uint8Array;

  constructor(context: LaneContext) {
    const { width, strand, graph } = context;
    this.context = context;
    this.#strands = Array.from({ length: width / strand }, (_, s) =>
      Array.from({ length: strand }, (_, i) => s * strand + i),
    );
    this.#locals = new Array<Local>(graph.nodes.length * width).fill(nowhere);
    this.#uses = new Int32Array(graph.nodes.length * width);
    this.#pinned = new Uint8Array(graph.nodes.length);
  }

  /** Says that a value will be used once more, in all its vectors, than the nodes given to `count` do. */
  use(id: VectorId): void {
    for (let u = 0; u < this.#widthOf(id); u++) this.#uses[this.#at(id, u)]!++;
  }

  /** Counts the uses that these nodes make of their operands, before any of them is emitted. */
  count(order: readonly VectorId[]): void {
    for (const id of order) {
      for (let u = 0; u < this.#widthOf(id); u++) {
        for (const arg of this.context.graph.nodes[id]!.args) this.#uses[this.#at(arg, u)]!++;
      }
    }
  }

  /** Keeps the locals of a value to the end of the function. */
  pin(id: VectorId): void {
    this.#pinned[id] = 1;
  }

  /** Tells where a value already is. */
  place(id: VectorId, locals: readonly Local[]): void {
    for (const [u, local] of locals.entries()) this.#locals[this.#at(id, u)] = local;
    this.pin(id);
  }

  has(id: VectorId): boolean {
    return this.#locals[this.#at(id, 0)] !== nowhere;
  }

  /** Writes nodes, operands before what is made of them, unless they are there already. */
  emit(order: readonly VectorId[]): void {
    const open = order.filter((id) => !this.has(id));
    const { block } = this.context;
    for (let from = 0; from < open.length; from += block) {
      const some = open.slice(from, from + block);
      for (const [s, strand] of this.#strands.entries()) {
        for (const id of some) {
          if (!this.context.graph.nodes[id]!.uniform) this.#emitNode(id, strand);
          else if (s === 0) this.#emitNode(id, [0]);
        }
      }
    }
  }

  /** Puts vector `u` of a value on the stack. */
  push(id: VectorId, u: number): void {
    const local = this.#locals[this.#at(id, u)]!;
    if (local === nowhere) throw new Error(`the value of node ${id} is not there`);
    this.context.body.get(local);
  }

  /** One use of all vectors is done. */
  release(id: VectorId): void {
    for (let u = 0; u < this.#widthOf(id); u++) this.#releaseVector(id, u);
  }

  #emitNode(id: VectorId, strand: readonly number[]): void {
    const node = this.context.graph.nodes[id]!;
    const { body, loadFrom, storeTo } = this.context;
    const targets = strand.map((u) => ({ u, local: body.take('v128') }));
    for (const { u, local } of targets) this.#locals[this.#at(id, u)] = local;
    const from = loadFrom?.(id);
    if (from !== undefined) {
      for (const { u, local } of targets) {
        body.i32(0);
        body.load(from + u * 16);
        body.set(local);
      }
      return;
    }
    this.#write(node, targets);
    for (const { u } of targets) for (const arg of node.args) this.#releaseVector(arg, u);
    const to = storeTo?.(id);
    if (to === undefined) return;
    for (const { u, local } of targets) {
      body.i32(0);
      body.get(local);
      body.store(to + u * 16);
    }
  }

  #releaseVector(id: VectorId, u: number): void {
    const at = this.#at(id, u);
    const left = --this.#uses[at]!;
    if (left < 0) throw new Error(`node ${id} is used more often than was said`);
    if (left > 0 || this.#pinned[id] === 1) return;
    this.context.body.giveBack('v128', this.#locals[at]!);
    this.#locals[at] = nowhere;
  }

  #widthOf(id: VectorId): number {
    return this.context.graph.nodes[id]!.uniform ? 1 : this.context.width;
  }

  #at(id: VectorId, u: number): number {
    return id * this.context.width + (this.context.graph.nodes[id]!.uniform ? 0 : u);
  }

  #write(node: VectorNode, into: Targets): void {
    const { body } = this.context;
    switch (node.op) {
      case 'constant':
        body.bits(node.bits);
        body.set(into[0]!.local);
        return;
      case 'draw':
      case 'initialDraw':
        this.#draw(node, into);
        return;
      case 'history':
        emitHistory(this.context, node.index, into, (arg, u) => this.push(node.args[arg]!, u));
        return;
      case 'internalRate':
        this.#internalRate(node, into);
        return;
      case 'lookup':
        for (const { u, local } of into) {
          const push = () => this.push(node.args[0]!, u);
          emitLookUp(this.context, { table: node.index, uniform: node.uniform, into: local, push });
        }
        return;
      case 'call':
        this.#call(node, into);
        return;
      case 'rare':
        this.#rare(node, into);
        return;
      default:
        for (const { u, local } of into) {
          for (const arg of node.args) this.push(arg, u);
          this.#instruction(node, u);
          body.set(local);
        }
    }
  }

  #instruction(node: VectorNode, u: number): void {
    const { body, callees, leaf } = this.context;
    switch (node.op) {
      case 'i32ShrS':
      case 'i64Shl':
      case 'i64ShrU':
        body.shift(node.op, node.index);
        return;
      case 'routine':
        body.call(callees.routines[node.index]!);
        return;
      case 'constant':
      case 'draw':
      case 'initialDraw':
      case 'history':
      case 'internalRate':
      case 'lookup':
      case 'call':
      case 'rare':
        throw new Error('not one instruction');
      default:
        if (isLeaf(node.op)) leaf(node.op, node.index, u);
        else body.vector(node.op);
    }
  }

  /** The values of both lanes from code that leaves a double on the stack. */
  #laneByLane(node: VectorNode, into: Targets, value: (u: number, lane: number) => void): void {
    const { body } = this.context;
    for (const { u, local } of into) {
      value(u, 0);
      body.vector('splat');
      if (!node.uniform) {
        value(u, 1);
        body.lane('f64Replace', 1);
      }
      body.set(local);
    }
  }

  #draw(node: VectorNode, into: Targets): void {
    const { body, callees, draws, firstRun, seed, step } = this.context;
    const site = draws[node.index]!;
    this.#laneByLane(node, into, (u, lane) => {
      if (site.seed === undefined) {
        body.get(seed);
        body.get(firstRun);
        body.f64(u * 2 + lane);
        body.plain('f64Add');
      } else {
        body.f64(site.seed);
        body.f64(0);
      }
      body.f64(site.key);
      if (node.op === 'draw') {
        body.get(step);
        body.plain('f64ConvertI32U');
      } else body.f64(0);
      body.call(callees.draw);
    });
  }

  #call(node: VectorNode, into: Targets): void {
    const { body, callees } = this.context;
    const callee = callees.host('call', node.name!, node.args.length);
    this.#laneByLane(node, into, (u, lane) => {
      for (const arg of node.args) {
        this.push(arg, u);
        body.lane('f64Extract', lane);
      }
      body.call(callee);
    });
  }

  /** The ring holds all inputs since the start, from its beginning on. */
  #internalRate(node: VectorNode, into: Targets): void {
    const { body, callees, placement, step, width } = this.context;
    const { base } = placement.rings[node.index]!;
    const callee = callees.host('host', 'internalRate', internalRateArgs);
    this.#laneByLane(node, into, (u, lane) => {
      body.f64(base + u * 16 + lane * 8);
      body.f64(width * 16);
      body.get(step);
      body.plain('f64ConvertI32U');
      for (const arg of node.args) {
        this.push(arg, u);
        body.lane('f64Extract', lane);
      }
      body.call(callee);
    });
  }

  /** Lanes where the value does not hold are asked of the host, each by itself, so that no lane depends on another. */
  #rare(node: VectorNode, into: Targets): void {
    const { body, callees } = this.context;
    const [value, holds, ...args] = node.args;
    const callee = callees.host('rare', node.name!, args.length);
    for (const { u, local } of into) {
      this.push(value!, u);
      body.set(local);
    }
    for (const [i, { u }] of into.entries()) {
      this.push(holds!, u);
      if (i > 0) body.vector('and');
    }
    body.vector('allTrue');
    body.plain('i32Eqz');
    body.if();
    for (const { u, local } of into) {
      for (const lane of [0, 1]) {
        this.push(holds!, u);
        body.lane('i64Extract', lane);
        body.plain('i64Eqz');
        body.if();
        body.get(local);
        for (const arg of args) {
          this.push(arg, u);
          body.lane('f64Extract', lane);
        }
        body.call(callee);
        body.lane('f64Replace', lane);
        body.set(local);
        body.end();
      }
    }
    body.end();
  }
}

function isLeaf(op: VectorNode['op']): op is LeafOperation {
  return leaves.has(op);
}
