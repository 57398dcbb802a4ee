import { functions } from '../numerics/functions.ts';
import { lookUp, type Table } from '../numerics/table.ts';
import { type BinaryOperation, binaryOperations, type UnaryOperation, unaryOperations } from './operations.ts';
import type { Node, NodeId } from './program.ts';

/** Room for an operand in a key: three of them and an operation stay below 2^53. */
const operandRoom = 2 ** 23;

/**
 * Builds the nodes of a program. Equal nodes are made once and constants are folded with the operations of the
 * interpreter; a rewriting that could change a value for an infinite or undefined argument is not made.
 */
export class Graph {
  readonly nodes: Node[] = [];
  readonly #ids = new Map<string | number, NodeId>();
  /** Of each node the value that no run can change, NaN included. */
  readonly #known: (number | undefined)[] = [];
  readonly #folding: boolean;

  /** `folding: false` keeps every operation as written, for programs that are looked into rather than run fast. */
  constructor({ folding = true }: { folding?: boolean } = {}) {
    this.#folding = folding;
  }

  constant(value: number): NodeId {
    return this.#intern(`c${Object.is(value, -0) ? '-0' : value}`, { op: 'constant', value }, value);
  }

  /** The value of a node that is a constant, else undefined. */
  constantOf(id: NodeId): number | undefined {
    const node = this.nodes[id];
    return node?.op === 'constant' ? node.value : undefined;
  }

  /** The value of a node that is made of constants alone, whether it was folded or not; else undefined. */
  knownValue(id: NodeId): number | undefined {
    return this.#known[id];
  }

  /** A node without operands, or one whose operands are all given; folded by none. */
  node(node: Node): NodeId {
    const known = node.op === 'constant' ? node.value : node.op === 'variable' ? this.#known[node.a] : undefined;
    return this.#intern(JSON.stringify(node), node, known);
  }

  unary(op: UnaryOperation, a: NodeId): NodeId {
    const known = this.#known[a];
    const value = known === undefined ? undefined : unaryOperations[op](known);
    if (this.#folding && value !== undefined) return this.constant(value);
    return this.#intern(keyOf(unaryNumbers[op], a, 0), { op, a }, value);
  }

  binary(op: BinaryOperation, a: NodeId, b: NodeId): NodeId {
    const left = this.#known[a];
    const right = this.#known[b];
    const value = left === undefined || right === undefined ? undefined : binaryOperations[op](left, right);
    if (this.#folding) {
      if (value !== undefined) return this.constant(value);
      if (right === 1 && (op === 'mul' || op === 'div' || op === 'pow')) return a;
      if (left === 1 && op === 'mul') return b;
      if (Object.is(right, 0) && op === 'sub') return a;
    }
    return this.#intern(keyOf(binaryNumbers[op], a, b), { op, a, b }, value);
  }

  select(condition: NodeId, then: NodeId, otherwise: NodeId): NodeId {
    const truth = this.#known[condition];
    if (this.#folding) {
      if (truth !== undefined) return truth !== 0 ? then : otherwise;
      if (then === otherwise) return then;
    }
    const value = truth === undefined ? undefined : this.#known[truth !== 0 ? then : otherwise];
    const node: Node = { op: 'select', condition, then, otherwise };
    return this.#intern(`select ${condition} ${then} ${otherwise}`, node, value);
  }

  call(name: keyof typeof functions, ...args: NodeId[]): NodeId {
    const values = args.map((arg) => this.#known[arg]);
    const value = values.every((known) => known !== undefined)
      ? (functions[name] as (...args: number[]) => number)(...values)
      : undefined;
    if (this.#folding && value !== undefined) return this.constant(value);
    return this.#intern(`${name}(${args.join(' ')})`, { op: 'call', name, args }, value);
  }

  /** The choice whose number (from 1) is `index` rounded down, 0 where there is none. */
  pick(index: NodeId, choices: readonly NodeId[]): NodeId {
    const known = this.#known[index];
    if (known !== undefined && this.#folding) return choices[Math.floor(known) - 1] ?? this.constant(0);
    const chosen = known === undefined ? undefined : choices[Math.floor(known) - 1];
    const value = known === undefined ? undefined : chosen === undefined ? 0 : this.#known[chosen];
    return this.#intern(`pick ${index} ${choices.join(' ')}`, { op: 'pick', index, choices }, value);
  }

  /** The value of the graphical function `table`, which stands at `place` in the program's tables. */
  lookup(table: Table, place: number, x: NodeId): NodeId {
    const known = this.#known[x];
    const value = known === undefined ? undefined : lookUp(table, known);
    if (this.#folding && value !== undefined) return this.constant(value);
    return this.#intern(`lookup ${place} ${x}`, { op: 'lookup', table: place, x }, value);
  }

  #intern(key: string | number, node: Node, known: number | undefined): NodeId {
    const same = this.#ids.get(key);
    if (same !== undefined) return same;
    const id = this.nodes.push(node) - 1;
    this.#known.push(known);
    this.#ids.set(key, id);
    return id;
  }
}

const unaryNumbers = numbered(unaryOperations, 0);
const binaryNumbers = numbered(binaryOperations, Object.keys(unaryOperations).length);

function numbered<Name extends string>(operations: Record<Name, unknown>, first: number): Record<Name, number> {
  const numbers: Partial<Record<Name, number>> = {};
  let number = first;
  for (const name in operations) numbers[name] = number++;
  return numbers as Record<Name, number>;
}

/** A number of its own for each operation and operands; a text where the operands are too many for one. */
function keyOf(operation: number, a: NodeId, b: NodeId): string | number {
  if (a >= operandRoom || b >= operandRoom) return `${operation} ${a} ${b}`;
  return (operation * operandRoom + a) * operandRoom + b;
}
