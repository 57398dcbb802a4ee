import type { FunctionName } from '../../numerics/functions.ts';
import type { ShiftInstruction, VectorInstruction } from './instructions.ts';

/** The place of a node in `VectorGraph.nodes`; operands always stand before the node that uses them. */
export type VectorId = number;

/** How often a value changes: never in a run, with every step, or with every stage of a step. */
export const rates = { run: 0, step: 1, stage: 2 } as const;

export type Rate = (typeof rates)[keyof typeof rates];

/** Functions of the host that take over where the code written in line does not hold. */
export type RareFunction = 'log' | 'pow' | 'sin' | 'cos';

/** What a leaf stands for; `index` tells which of them. */
export type LeafOperation =
  | 'input'
  /** A stock or memory at the beginning of the step. */
  | 'stock'
  | 'memory'
  /** The largest size that a stock or memory had before this step. */
  | 'reach'
  /** A stock at the present stage, where stages share their code. */
  | 'stageStock'
  | 'stepTime'
  | 'stageTime'
  | 'draw'
  | 'initialDraw';

export type VectorOperation =
  | LeafOperation
  | VectorInstruction
  | ShiftInstruction
  | 'constant'
  /** The history `index`; args: lag, initial value. */
  | 'history'
  /** Of the history `index`; args: present input, value where there is no rate. */
  | 'internalRate'
  /** The table `index`; args: x. */
  | 'lookup'
  /** The function `name` of the host, lane by lane. */
  | 'call'
  /** args: value, mask of the lanes where it holds, arguments for `rare`, which gives all lanes where the mask is not full. */
  | 'rare'
  /** A function of this module, number `index`. */
  | 'routine';

export interface VectorNode {
  op: VectorOperation;
  args: readonly VectorId[];
  /** Bits to shift by, or the place in the list that the operation names. */
  index: number;
  /** Of a constant: the 64 bits of each lane. */
  bits: bigint;
  name: FunctionName | RareFunction | undefined;
  rate: Rate;
  /** The same in all lanes: computed once for all vectors. */
  uniform: boolean;
}

const bitsView = new DataView(new ArrayBuffer(8));

/** The bits of a double. */
export function bitsOf(value: number): bigint {
  bitsView.setFloat64(0, value);
  return bitsView.getBigUint64(0);
}

/** The bits of the next double below. */
export function bitsBelow(value: number): bigint {
  if (value === 0) return bitsOf(-Number.MIN_VALUE);
  return value > 0 ? bitsOf(value) - 1n : bitsOf(value) + 1n;
}

/** A graph of 128-bit values, each made once. Numbers are doubles, masks have all bits of a lane set or none. */
export class VectorGraph {
  readonly nodes: VectorNode[] = [];
  readonly #ids = new Map<string, VectorId>();
  readonly #numbers = new Map<number, VectorId>();

  constant(value: number): VectorId {
    const known = Object.is(value, -0) ? undefined : this.#numbers.get(value);
    if (known !== undefined) return known;
    const id = this.bits(bitsOf(value));
    if (!Object.is(value, -0)) this.#numbers.set(value, id);
    return id;
  }

  bits(bits: bigint): VectorId {
    return this.#intern(`#${bits}`, 'constant', [], 0, bits, undefined, rates.run, true);
  }

  leaf(op: LeafOperation, index: number, rate: Rate, uniform: boolean): VectorId {
    return this.#intern(`${op} ${index}`, op, [], index, 0n, undefined, rate, uniform);
  }

  make(op: VectorInstruction, ...args: VectorId[]): VectorId {
    // The empty mask is where a chain of masks begins.
    if (op === 'or' && this.nodes[args[0]!]!.bits === 0n && this.nodes[args[0]!]!.op === 'constant') return args[1]!;
    return this.#derive(op, args, 0, undefined);
  }

  /** The instructions for absolute values and negation make their masks anew each time; a constant is there already. */
  abs(a: VectorId): VectorId {
    return this.make('and', a, this.bits(0x7fffffffffffffffn));
  }

  neg(a: VectorId): VectorId {
    return this.make('xor', a, this.bits(0x8000000000000000n));
  }

  shift(op: ShiftInstruction, a: VectorId, bits: number): VectorId {
    return this.#derive(op, [a], bits, undefined);
  }

  lookup(table: number, x: VectorId): VectorId {
    return this.#derive('lookup', [x], table, undefined);
  }

  call(name: FunctionName, args: readonly VectorId[]): VectorId {
    return this.#derive('call', args, 0, name);
  }

  rare(name: RareFunction, value: VectorId, holds: VectorId, args: readonly VectorId[]): VectorId {
    return this.#derive('rare', [value, holds, ...args], 0, name);
  }

  routine(index: number, args: readonly VectorId[]): VectorId {
    return this.#derive('routine', args, index, undefined);
  }

  /** Held during a step whatever its lag does, so that its rate is that of the step. */
  history(history: number, lag: VectorId, initial: VectorId): VectorId {
    const key = `history ${history} ${lag}`;
    return this.#intern(key, 'history', [lag, initial], history, 0n, undefined, rates.step, false);
  }

  /** Held during a step, too. */
  internalRate(history: number, present: VectorId, missing: VectorId): VectorId {
    const key = `internalRate ${history} ${present} ${missing}`;
    return this.#intern(key, 'internalRate', [present, missing], history, 0n, undefined, rates.step, false);
  }

  /** The number that a constant is, else undefined. */
  numberOf(id: VectorId): number | undefined {
    const { op, bits } = this.nodes[id]!;
    if (op !== 'constant') return undefined;
    bitsView.setBigUint64(0, bits);
    return bitsView.getFloat64(0);
  }

  rateOf(id: VectorId): Rate {
    return this.nodes[id]!.rate;
  }

  #derive(
    op: VectorOperation,
    args: readonly VectorId[],
    index: number,
    name: FunctionName | RareFunction | undefined,
  ): VectorId {
    let rate: Rate = rates.run;
    let uniform = true;
    for (const arg of args) {
      const node = this.nodes[arg]!;
      if (node.rate > rate) rate = node.rate;
      uniform &&= node.uniform;
    }
    return this.#intern(`${op} ${index} ${name ?? ''} ${args.join(' ')}`, op, args, index, 0n, name, rate, uniform);
  }

  #intern(
    key: string,
    op: VectorOperation,
    args: readonly VectorId[],
    index: number,
    bits: bigint,
    name: FunctionName | RareFunction | undefined,
    rate: Rate,
    uniform: boolean,
  ): VectorId {
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.nodes.push({ op, args, index, bits, name, rate, uniform }) - 1;
    this.#ids.set(key, id);
    return id;
  }
}

/**
 * The nodes that `roots` need and that `take` accepts, operands first and each as late as the first one that needs it.
 * What is not accepted is not there, and behind what `isOpen` refuses nothing is looked for.
 */
export function inOrder(
  graph: VectorGraph,
  roots: Iterable<VectorId>,
  take: (id: VectorId) => boolean,
  isOpen: (id: VectorId) => boolean = () => true,
): VectorId[] {
  const order: VectorId[] = [];
  const seen = new Set<VectorId>();
  const open: VectorId[] = [];
  const next: number[] = [];
  for (const root of roots) {
    if (seen.has(root) || !take(root)) continue;
    seen.add(root);
    open.push(root);
    next.push(0);
    while (open.length > 0) {
      const id = open.at(-1)!;
      const at = next[next.length - 1]!++;
      const arg = isOpen(id) ? graph.nodes[id]!.args[at] : undefined;
      if (arg === undefined) {
        order.push(id);
        open.pop();
        next.pop();
      } else if (!seen.has(arg) && take(arg)) {
        seen.add(arg);
        open.push(arg);
        next.push(0);
      }
    }
  }
  return order;
}
