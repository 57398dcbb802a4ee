import { operandsOf, readsHistory } from '../../program/operands.ts';
import type { BinaryOperation, UnaryOperation } from '../../program/operations.ts';
import type { Node, NodeId, Program } from '../../program/program.ts';
import { exponential, logarithm, power } from './elementary.ts';
import { freeQuotients, isPowerOfTwo, type Reach } from './exactness.ts';
import { sineOrCosine } from './trigonometry.ts';
import { bitsBelow, rates, type VectorGraph, type VectorId } from './vector-graph.ts';

/** Where nodes are evaluated: what the leaves of a program are there. */
export interface Stage {
  time: VectorId;
  stepTime: VectorId;
  stock(stock: number): VectorId;
  memory(memory: number): VectorId;
  uniform(draw: number): VectorId;
}

/** Gives the vector node of a node of the program. */
export type Lower = (id: NodeId) => VectorId;

interface Lowered {
  number: Lower;
  mask: Lower;
}

/** Elementary functions: in line, or calls of a routine where a model has too many of them. */
export interface Elementary {
  exp(x: VectorId): VectorId;
  ln(x: VectorId): VectorId;
  sin(x: VectorId): VectorId;
  cos(x: VectorId): VectorId;
  pow(x: VectorId, y: VectorId): VectorId;
}

export function elementaryInLine(graph: VectorGraph): Elementary {
  return {
    exp: (x) => exponential(graph, x),
    ln: (x) => logarithm(graph, x),
    sin: (x) => sineOrCosine(graph, x, 'sin'),
    cos: (x) => sineOrCosine(graph, x, 'cos'),
    pow: (x, y) => power(graph, x, y),
  };
}

export interface LoweringOptions {
  first: Stage;
  /** How far jumps are looked for before a quotient is made with a reciprocal. */
  reach?: Reach;
  elementary?: Elementary;
}

/** Whole powers up to this one are products; each factor costs half an ulp. */
const largestPowerInLine = 8;

/**
 * Turns nodes of a program into nodes of a vector graph. Truth values stay masks until a number is wanted; quotients by a
 * value that a run does not change become products where no jump hears of the last bit.
 */
export class Lowering {
  readonly program: Program;
  readonly #graph: VectorGraph;
  readonly #elementary: Elementary;
  readonly #free: Uint8Array;
  readonly #moving: Uint8Array;
  /** At the start of the run, for initial values: there is no state yet. */
  readonly initial: Lower;
  /** At the beginning of a step. */
  readonly first: Lower;

  constructor(
    program: Program,
    graph: VectorGraph,
    { first, reach = 'state', elementary = elementaryInLine(graph) }: LoweringOptions,
  ) {
    this.program = program;
    this.#graph = graph;
    this.#elementary = elementary;
    this.#free = freeQuotients(program, reach);
    this.#moving = movingNodes(program);
    const start = graph.constant(program.time.start);
    const none = () => graph.constant(Number.NaN);
    this.initial = this.#lower(
      { time: start, stepTime: start, stock: none, memory: none, uniform: (draw) => this.#initialDraw(draw) },
      none,
    );
    this.first = this.#lower(first, (history, number) => this.#history(history, number));
  }

  /** At a later stage of a step. */
  at(stage: Stage): Lower {
    return this.#lower(stage, (history) => this.#history(history, this.first), this.first);
  }

  /** What does not move between stages is asked of `still`. */
  #lower(stage: Stage, history: (node: NodeId, number: Lower) => VectorId, still?: Lower): Lower {
    const { nodes } = this.program;
    const graph = this.#graph;
    const numbers = new Map<NodeId, VectorId>();
    const masks = new Map<NodeId, VectorId>();
    const lowered: Lowered = {
      number: (id) => {
        const known = numbers.get(id);
        if (known !== undefined) return known;
        const value = graph.make('and', masks.get(id)!, graph.constant(1));
        numbers.set(id, value);
        return value;
      },
      mask: (id) => masks.get(id) ?? graph.make('ne', lowered.number(id), graph.constant(0)),
    };
    const isStill = (id: NodeId) => still !== undefined && this.#moving[id] === 0;
    const isKnown = (id: NodeId) => numbers.has(id) || masks.has(id);
    return (root) => {
      for (const id of unknownBehind(root, isKnown, (node) => (isStill(node) ? [] : operandsOf(nodes[node]!)))) {
        const node = nodes[id]!;
        if (isStill(id)) {
          numbers.set(id, still!(id));
          continue;
        }
        const mask = this.#mask(node, lowered);
        if (mask !== undefined) masks.set(id, mask);
        else if (readsHistory(node)) numbers.set(id, history(id, lowered.number));
        else numbers.set(id, this.#number(id, node, lowered, stage));
      }
      return lowered.number(root);
    };
  }

  #mask(node: Node, { number, mask }: Lowered): VectorId | undefined {
    switch (node.op) {
      case 'lt':
      case 'le':
      case 'gt':
      case 'ge':
      case 'eq':
      case 'ne':
        return this.#graph.make(node.op, number(node.a), number(node.b));
      case 'and':
      case 'or':
        return this.#graph.make(node.op, mask(node.a), mask(node.b));
      case 'not':
        return this.#graph.make('not', mask(node.a));
      default:
        return undefined;
    }
  }

  #number(id: NodeId, node: Node, { number, mask }: Lowered, stage: Stage): VectorId {
    const graph = this.#graph;
    switch (node.op) {
      case 'constant':
        return graph.constant(node.value);
      case 'input':
        return graph.leaf('input', node.input, rates.run, false);
      case 'time':
        return stage.time;
      case 'stepTime':
        return stage.stepTime;
      case 'stock':
        return stage.stock(node.stock);
      case 'memory':
        return stage.memory(node.memory);
      case 'uniform':
        return stage.uniform(node.draw);
      case 'initialUniform':
        return this.#initialDraw(node.draw);
      case 'select':
        return graph.make('bitselect', number(node.then), number(node.otherwise), mask(node.condition));
      case 'lookup':
        return this.#lookUp(node.table, number(node.x));
      case 'pick':
        return this.#pick(number(node.index), node.choices.map(number));
      case 'call':
        return graph.call(node.name, node.args.map(number));
      case 'variable':
        return number(node.a);
      case 'history':
      case 'internalRate':
        throw new Error('histories are lowered elsewhere');
      default:
        return 'b' in node
          ? this.#binary(id, node.op, number(node.a), number(node.b))
          : this.#unary(node.op, number(node.a));
    }
  }

  #unary(op: UnaryOperation, a: VectorId): VectorId {
    switch (op) {
      case 'exp':
      case 'ln':
      case 'sin':
      case 'cos':
        return this.#elementary[op](a);
      case 'not':
        throw new Error('a truth value is a mask');
      case 'abs':
      case 'neg':
        return this.#graph[op](a);
      default:
        return this.#graph.make(op, a);
    }
  }

  #binary(id: NodeId, op: BinaryOperation, a: VectorId, b: VectorId): VectorId {
    const graph = this.#graph;
    switch (op) {
      case 'add':
      case 'sub':
      case 'mul':
        return graph.make(op, a, b);
      // The first operand comes through where the two cannot be compared, as in pmin and pmax.
      case 'min':
        return graph.make('pmin', a, b);
      case 'max':
        return graph.make('pmax', a, b);
      case 'mod':
        return graph.make('sub', a, graph.make('mul', b, graph.make('floor', graph.make('div', a, b))));
      case 'div':
        return this.#quotient(id, a, b);
      case 'pow':
        return this.#power(a, b);
      default:
        throw new Error('a truth value is a mask');
    }
  }

  #quotient(id: NodeId, a: VectorId, b: VectorId): VectorId {
    const graph = this.#graph;
    const divisor = graph.numberOf(b);
    if (divisor !== undefined && isPowerOfTwo(divisor)) return graph.make('mul', a, graph.constant(1 / divisor));
    if (this.#free[id] === 0) return graph.make('div', a, b);
    return graph.make('mul', a, graph.make('div', graph.constant(1), b));
  }

  #power(x: VectorId, y: VectorId): VectorId {
    const graph = this.#graph;
    const exponent = graph.numberOf(y);
    if (exponent === undefined) return this.#elementary.pow(x, y);
    if (exponent === 0) return graph.constant(1);
    const size = Math.abs(exponent);
    let value: VectorId;
    if (Number.isInteger(size) && size <= largestPowerInLine) value = this.#product(x, size);
    else if (size === 0.5) value = this.#squareRoot(x, graph.make('sqrt', graph.make('add', x, graph.constant(0))));
    else if (size === 1.5) value = this.#squareRoot(x, graph.make('mul', x, graph.make('sqrt', x)));
    else return this.#elementary.pow(x, y);
    return exponent > 0 ? value : graph.make('div', graph.constant(1), value);
  }

  #product(x: VectorId, power: number): VectorId {
    if (power === 1) return x;
    const half = this.#product(x, power >> 1);
    const square = this.#graph.make('mul', half, half);
    return power % 2 === 0 ? square : this.#graph.make('mul', square, x);
  }

  /** The square root of minus infinity is undefined, its power of one half is infinite. */
  #squareRoot(x: VectorId, value: VectorId): VectorId {
    const graph = this.#graph;
    const isLowest = graph.make('eq', x, graph.constant(Number.NEGATIVE_INFINITY));
    return graph.make('bitselect', graph.constant(Number.POSITIVE_INFINITY), value, isLowest);
  }

  #lookUp(index: number, x: VectorId): VectorId {
    const graph = this.#graph;
    const { kind, x: xs, y: ys } = this.program.tables[index]!;
    if (xs.length === 0) return graph.constant(Number.NaN);
    const isNumber = graph.make('eq', x, x);
    const orNaN = (value: VectorId) => graph.make('bitselect', value, graph.constant(Number.NaN), isNumber);
    if (xs.length === 1) return orNaN(graph.constant(ys[0]!));
    if (kind === 'discrete') return orNaN(graph.lookup(index, x));
    let bounded = x;
    // An end of an extrapolated table where two points share their x has no slope: it is held. What lies before the
    // first point is brought next to it, not on it, where another point may count.
    if (kind === 'continuous' || xs[0] === xs[1]) bounded = graph.make('pmax', bounded, graph.bits(bitsBelow(xs[0]!)));
    if (kind === 'continuous' || xs.at(-1) === xs.at(-2)) {
      bounded = graph.make('pmin', bounded, graph.constant(xs.at(-1)!));
    }
    return graph.lookup(index, bounded);
  }

  /** A tree of choices: half of them is left out at each level. */
  #pick(index: VectorId, choices: readonly VectorId[]): VectorId {
    const graph = this.#graph;
    const count = choices.length;
    if (count === 0) return graph.constant(0);
    const number = graph.make('floor', index);
    const among = (low: number, high: number): VectorId => {
      if (high - low === 1) return choices[low]!;
      const middle = (low + high) >> 1;
      const isBelow = graph.make('lt', number, graph.constant(middle + 1));
      return graph.make('bitselect', among(low, middle), among(middle, high), isBelow);
    };
    const exists = graph.make(
      'and',
      graph.make('ge', number, graph.constant(1)),
      graph.make('le', number, graph.constant(count)),
    );
    return graph.make('and', among(0, count), exists);
  }

  #history(id: NodeId, number: Lower): VectorId {
    const node = this.program.nodes[id]!;
    if (node.op === 'internalRate') {
      return this.#graph.internalRate(node.history, number(node.present), number(node.missing));
    }
    if (node.op !== 'history') throw new Error('not a history');
    const { initial } = this.program.histories[node.history]!;
    return this.#graph.history(node.history, number(node.lag), this.initial(initial));
  }

  #initialDraw(draw: number): VectorId {
    return this.#graph.leaf('initialDraw', draw, rates.run, this.program.draws[draw]!.seed !== undefined);
  }
}

/** Nodes that can differ between the stages of a step. */
function movingNodes({ nodes }: Program): Uint8Array {
  const moving = new Uint8Array(nodes.length);
  for (const [id, node] of nodes.entries()) {
    if (node.op === 'time' || node.op === 'stock') moving[id] = 1;
    else if (!readsHistory(node) && operandsOf(node).some((operand) => moving[operand] === 1)) moving[id] = 1;
  }
  return moving;
}

/** What `root` needs and is not known, operands first. */
function unknownBehind(
  root: NodeId,
  isKnown: (id: NodeId) => boolean,
  behind: (id: NodeId) => readonly NodeId[],
): NodeId[] {
  const order: NodeId[] = [];
  const seen = new Set<NodeId>();
  const open: { id: NodeId; operands: readonly NodeId[]; next: number }[] = [];
  const enter = (id: NodeId) => {
    if (seen.has(id) || isKnown(id)) return;
    seen.add(id);
    open.push({ id, operands: behind(id), next: 0 });
  };
  enter(root);
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const operand = top.operands[top.next++];
    if (operand !== undefined) enter(operand);
    else {
      order.push(top.id);
      open.pop();
    }
  }
  return order;
}
