import { functions } from '../numerics/functions.ts';
import { lookUp, type Table } from '../numerics/table.ts';
import { type BinaryOperation, binaryOperations, type UnaryOperation, unaryOperations } from './operations.ts';
import type { Node, NodeId } from './program.ts';

/**
 * Builds the nodes of a program. Equal nodes are made once and constants are folded with the operations of the
 * interpreter; a rewriting that could change a value for an infinite or undefined argument is not made.
 */
export class Graph {
  readonly nodes: Node[] = [];
  readonly #operations = new OperationTable();
  readonly #constants = new Map<number, NodeId>();
  readonly #others = new Map<string, NodeId>();
  /** Of each node the value that no run can change, NaN included. */
  readonly #known: (number | undefined)[] = [];
  readonly #folding: boolean;

  /** `folding: false` keeps every operation as written, for programs that are looked into rather than run fast. */
  constructor({ folding = true }: { folding?: boolean } = {}) {
    this.#folding = folding;
  }

  constant(value: number): NodeId {
    // A map does not tell the two zeros apart.
    if (Object.is(value, -0)) return this.#intern('-0', { op: 'constant', value }, value);
    let id = this.#constants.get(value);
    if (id === undefined) {
      id = this.#add({ op: 'constant', value }, value);
      this.#constants.set(value, id);
    }
    return id;
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
    if (node.op === 'constant') return this.constant(node.value);
    const known = node.op === 'variable' ? this.#known[node.a] : undefined;
    return this.#intern(JSON.stringify(node), node, known);
  }

  unary(op: UnaryOperation, a: NodeId): NodeId {
    const known = this.#known[a];
    const value = known === undefined ? undefined : unaryOperations[op](known);
    if (this.#folding && value !== undefined) return this.constant(value);
    const place = this.#operations.place(unaryNumbers[op], a, 0);
    const same = this.#operations.at(place);
    return same ?? this.#operations.put(place, this.#add({ op, a }, value));
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
    const place = this.#operations.place(binaryNumbers[op], a, b);
    const same = this.#operations.at(place);
    return same ?? this.#operations.put(place, this.#add({ op, a, b }, value));
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

  #intern(key: string, node: Node, known: number | undefined): NodeId {
    let id = this.#others.get(key);
    if (id === undefined) {
      id = this.#add(node, known);
      this.#others.set(key, id);
    }
    return id;
  }

  #add(node: Node, known: number | undefined): NodeId {
    this.#known.push(known);
    return this.nodes.push(node) - 1;
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

const firstCapacity = 1024;

/**
 * Which node is an operation of given operands: a hash table with linear probing (D. E. Knuth, The Art of Computer
 * Programming 3, §6.4, algorithm L), several times as fast as a map with texts for keys.
 */
class OperationTable {
  #capacity = firstCapacity;
  #count = 0;
  /** Operation, two operands and the node plus 1 for each place; 0 for none. */
  #entries = new Int32Array(firstCapacity * 4);

  /** Where the operation is, or is to be put next. */
  place(operation: number, a: NodeId, b: NodeId): number {
    if (this.#count * 2 > this.#capacity) this.#grow();
    const entries = this.#entries;
    const last = this.#capacity - 1;
    let place = hashOf(operation, a, b) & last;
    for (;;) {
      const at = place * 4;
      if (entries[at + 3] === 0) break;
      if (entries[at] === operation && entries[at + 1] === a && entries[at + 2] === b) return at;
      place = (place + 1) & last;
    }
    const at = place * 4;
    entries[at] = operation;
    entries[at + 1] = a;
    entries[at + 2] = b;
    return at;
  }

  at(place: number): NodeId | undefined {
    const entry = this.#entries[place + 3]!;
    return entry === 0 ? undefined : entry - 1;
  }

  put(place: number, id: NodeId): NodeId {
    this.#entries[place + 3] = id + 1;
    this.#count++;
    return id;
  }

  #grow(): void {
    const before = this.#entries;
    this.#capacity *= 2;
    this.#count = 0;
    this.#entries = new Int32Array(this.#capacity * 4);
    for (let at = 0; at < before.length; at += 4) {
      const entry = before[at + 3]!;
      if (entry !== 0) this.put(this.place(before[at]!, before[at + 1]!, before[at + 2]!), entry - 1);
    }
  }
}

/** Mixes the bits of three numbers, after the finalizer of MurmurHash3 (A. Appleby). */
function hashOf(operation: number, a: number, b: number): number {
  let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca77) ^ Math.imul(operation, 0xc2b2ae3d);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
