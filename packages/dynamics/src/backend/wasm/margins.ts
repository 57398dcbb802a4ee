import { operandsOf, readsHistory } from '../../program/operands.ts';
import type { Node, NodeId, Program } from '../../program/program.ts';
import { freeQuotients, jumpOperands } from './exactness.ts';
import type { Lower } from './lowering.ts';
import { rates, type VectorGraph, type VectorId } from './vector-graph.ts';

/**
 * Two values nearer to each other than this part of what they are made of are compared again with exact quotients. A
 * quotient made with a reciprocal is off by 2^-53; the rest is room for what a model makes of that on its way.
 */
const tolerance = 2 ** -30;

/** `size / per`, kept as a fraction because a division costs more than the products that take its place. */
interface Magnitude {
  size: VectorId;
  per: VectorId | undefined;
}

/** A place where a model jumps, and what is near to the jump. */
interface Jump {
  /** The jump is where `a` equals `b`, or where `a` is a whole number when there is no `b`. */
  a: NodeId;
  b: NodeId | 'whole' | 'zero';
}

/**
 * Watches the jumps of a program whose quotients are only nearly exact. Where a run comes so near to a jump that the last
 * bits could decide, it is marked as doubtful and made again with exact quotients; the numbers of any other run are the
 * same to rounding. What leads to a jump is limited to operations whose errors can be told beforehand.
 */
export class Margins {
  readonly #program: Program;
  readonly #graph: VectorGraph;
  readonly #first: Lower;
  readonly #movingWithState: Uint8Array;
  readonly #magnitudes = new Map<NodeId, Magnitude>();
  /** For each stock and then each memory that leads to a jump, the largest size it had before this step. */
  readonly reach: VectorId[] = [];
  /** The same with this step. */
  readonly nextReach: VectorId[] = [];

  constructor(program: Program, graph: VectorGraph, first: Lower) {
    this.#program = program;
    this.#graph = graph;
    this.#first = first;
    this.#movingWithState = withState(program);
  }

  /** Mask of the lanes that are near to one of the jumps behind `roots` at any of the stages that are lowered for. */
  near(roots: readonly NodeId[], stages: readonly Lower[]): VectorId {
    const graph = this.#graph;
    let near = graph.bits(0n);
    for (const jump of jumpsBehind(this.#program, roots, this.#movingWithState)) {
      const distances = stages.map((lower) => this.#distance(jump, lower));
      const nearest = distances.reduce((left, right) => graph.make('pmin', left, right));
      let magnitude = this.#magnitude(jump.a);
      if (typeof jump.b === 'number') magnitude = this.#sum(magnitude, this.#magnitude(jump.b));
      const limit = graph.make('mul', graph.constant(tolerance), magnitude.size);
      near = graph.make('or', near, graph.make('lt', this.#times(nearest, magnitude.per), limit));
    }
    return near;
  }

  #distance({ a, b }: Jump, lower: Lower): VectorId {
    const graph = this.#graph;
    const value = lower(a);
    if (b === 'zero') return graph.abs(value);
    const other = b === 'whole' ? graph.make('nearest', value) : lower(b);
    return graph.abs(graph.make('sub', value, other));
  }

  /** An upper bound of the size of everything that a value is added up from, at the first stage of the step. */
  #magnitude(root: NodeId): Magnitude {
    for (const id of between(this.#program, root, (node) => this.#magnitudes.has(node))) {
      this.#magnitudes.set(id, this.#magnitudeOf(id));
    }
    return this.#magnitudes.get(root)!;
  }

  #magnitudeOf(id: NodeId): Magnitude {
    const graph = this.#graph;
    const node = this.#program.nodes[id]!;
    const of = (operand: NodeId) => this.#magnitudes.get(operand)!;
    const plain = (size: VectorId): Magnitude => ({ size, per: undefined });
    if (this.#movingWithState[id] === 0) return plain(graph.abs(this.#first(id)));
    switch (node.op) {
      case 'stock':
      case 'memory':
        return plain(this.#largestSoFar(id));
      case 'add':
      case 'sub':
      case 'min':
      case 'max':
        return this.#sum(of(node.a), of(node.b));
      case 'mul':
        return this.#product(of(node.a), of(node.b));
      case 'div': {
        const quotient = plain(graph.abs(this.#first(id)));
        const { size, per } = this.#sum(of(node.a), this.#product(quotient, of(node.b)));
        return { size, per: this.#times(graph.abs(this.#first(node.b)), per) };
      }
      case 'neg':
      case 'abs':
      case 'variable':
        return of(node.a);
      case 'select':
        return this.#sum(of(node.then), of(node.otherwise));
      case 'floor':
        return plain(graph.abs(this.#first(id)));
      default:
        // A truth value is 0 or 1 as soon as its own jumps are watched.
        return plain(graph.constant(1));
    }
  }

  #times(a: VectorId, b: VectorId | undefined): VectorId {
    return b === undefined ? a : this.#graph.make('mul', a, b);
  }

  #product(a: Magnitude, b: Magnitude): Magnitude {
    const per = a.per === undefined ? b.per : this.#times(a.per, b.per);
    return { size: this.#graph.make('mul', a.size, b.size), per };
  }

  #sum(a: Magnitude, b: Magnitude): Magnitude {
    if (a.per === b.per) return { size: this.#graph.make('add', a.size, b.size), per: a.per };
    const size = this.#graph.make('add', this.#times(a.size, b.per), this.#times(b.size, a.per));
    return { size, per: a.per === undefined ? b.per : this.#times(a.per, b.per) };
  }

  #largestSoFar(id: NodeId): VectorId {
    const graph = this.#graph;
    const before = graph.leaf('reach', this.reach.length, rates.step, false);
    const largest = graph.make('pmax', before, graph.abs(this.#first(id)));
    this.reach.push(before);
    this.nextReach.push(largest);
    return largest;
  }
}

const measurable: ReadonlySet<Node['op']> = new Set([
  ...(['stock', 'memory', 'add', 'sub', 'min', 'max', 'mul', 'div', 'neg', 'abs', 'variable', 'select'] as const),
  ...(['floor', 'lt', 'le', 'gt', 'ge', 'eq', 'ne', 'and', 'or', 'not'] as const),
]);

const watchable: ReadonlySet<Node['op']> = new Set([
  ...(['select', 'pick', 'floor', 'lt', 'le', 'gt', 'ge', 'eq', 'ne', 'and', 'or', 'not'] as const),
]);

/** Whether margins allow quotients that exactness alone would not, and everything that leads to a jump can be measured. */
export function isWorthWatching(program: Program): boolean {
  const { nodes } = program;
  const across = freeQuotients(program, 'state');
  const within = freeQuotients(program, 'evaluation');
  if (!within.some((free, id) => free > across[id]!)) return false;
  const state = withState(program);
  return nodes.every((node) => {
    const watched = jumpOperands(node, program).filter((id) => state[id] === 1);
    if (watched.length === 0) return true;
    if (!watchable.has(node.op)) return false;
    return watched.every((root) =>
      between(program, root, () => false).every((id) => state[id] === 0 || measurable.has(nodes[id]!.op)),
    );
  });
}

/** Nodes that depend, within an evaluation, on a stock, a memory or a history. */
function withState({ nodes }: Program): Uint8Array {
  const moving = new Uint8Array(nodes.length);
  for (const [id, node] of nodes.entries()) {
    const isState = node.op === 'stock' || node.op === 'memory' || readsHistory(node);
    if (isState || operandsOf(node).some((operand) => moving[operand] === 1)) moving[id] = 1;
  }
  return moving;
}

const truths: ReadonlySet<Node['op']> = new Set(['lt', 'le', 'gt', 'ge', 'eq', 'ne', 'and', 'or', 'not']);

function jumpsBehind(program: Program, roots: readonly NodeId[], state: Uint8Array): Jump[] {
  const { nodes } = program;
  const jumps: Jump[] = [];
  const seen = new Set<NodeId>();
  const truth = (id: NodeId): Jump[] => (truths.has(nodes[id]!.op) || state[id] === 0 ? [] : [{ a: id, b: 'zero' }]);
  for (const root of roots) {
    for (const id of between(program, root, (known) => seen.has(known))) {
      seen.add(id);
      const node = nodes[id]!;
      if (!jumpOperands(node, program).some((operand) => state[operand] === 1)) continue;
      if (node.op === 'select') jumps.push(...truth(node.condition));
      else if (node.op === 'not') jumps.push(...truth(node.a));
      else if (node.op === 'and' || node.op === 'or') jumps.push(...truth(node.a), ...truth(node.b));
      else if (node.op === 'pick') jumps.push({ a: node.index, b: 'whole' });
      else if (node.op === 'floor') jumps.push({ a: node.a, b: 'whole' });
      else if ('b' in node) jumps.push({ a: node.a, b: node.b });
    }
  }
  return jumps;
}

/** What is behind `root` and not known, operands first. */
function between(program: Program, root: NodeId, isKnown: (id: NodeId) => boolean): NodeId[] {
  if (isKnown(root)) return [];
  const found = new Set([root]);
  // A set is gone through in the order in which it grows.
  for (const id of found) {
    for (const operand of operandsOf(program.nodes[id]!)) if (!isKnown(operand)) found.add(operand);
  }
  return [...found].sort((a, b) => a - b);
}
