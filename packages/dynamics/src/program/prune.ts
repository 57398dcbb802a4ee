import { operandsOf, readsHistory, withOperands } from './operands.ts';
import type { Node, NodeId, Program } from './program.ts';

/**
 * The same program with only the nodes, stocks, memories, histories, draws and tables that its outputs and variables
 * depend on. Inputs all stay, as callers know them by their place.
 */
export function pruned(program: Program): Program {
  const needed = new Needed(program);
  for (const { node } of program.outputs) needed.add(node);
  for (const { node } of program.variables) needed.add(node);
  needed.complete();
  return needed.program();
}

/** Which members of a list are needed, and their places once the others are gone. */
class Kept {
  readonly flags: Uint8Array;

  constructor(length: number) {
    this.flags = new Uint8Array(length);
  }

  /** Whether it was not known to be needed before. */
  add(place: number): boolean {
    const first = this.flags[place] === 0;
    this.flags[place] = 1;
    return first;
  }

  of<T>(list: readonly T[]): T[] {
    return list.filter((_, place) => this.flags[place] === 1);
  }

  places(): Int32Array {
    const places = new Int32Array(this.flags.length);
    let next = 0;
    for (let place = 0; place < places.length; place++) places[place] = this.flags[place] === 1 ? next++ : -1;
    return places;
  }
}

class Needed {
  readonly #program: Program;
  readonly #waiting: NodeId[] = [];
  readonly #nodes: Kept;
  readonly #stocks: Kept;
  readonly #memories: Kept;
  readonly #histories: Kept;
  readonly #draws: Kept;
  readonly #tables: Kept;

  constructor(program: Program) {
    this.#program = program;
    this.#nodes = new Kept(program.nodes.length);
    this.#stocks = new Kept(program.stocks.length);
    this.#memories = new Kept(program.memories.length);
    this.#histories = new Kept(program.histories.length);
    this.#draws = new Kept(program.draws.length);
    this.#tables = new Kept(program.tables.length);
  }

  add(id: NodeId): void {
    if (this.#nodes.add(id)) this.#waiting.push(id);
  }

  complete(): void {
    for (let id = this.#waiting.pop(); id !== undefined; id = this.#waiting.pop()) {
      const node = this.#program.nodes[id]!;
      for (const operand of operandsOf(node)) this.add(operand);
      this.#state(node);
    }
  }

  #state(node: Node): void {
    const { stocks, memories, histories } = this.#program;
    if (node.op === 'stock' && this.#stocks.add(node.stock)) {
      this.add(stocks[node.stock]!.initial);
      this.add(stocks[node.stock]!.rate);
    } else if (node.op === 'memory' && this.#memories.add(node.memory)) {
      this.add(memories[node.memory]!.initial);
      this.add(memories[node.memory]!.next);
    } else if (readsHistory(node) && this.#histories.add(node.history)) {
      this.add(histories[node.history]!.initial);
      this.add(histories[node.history]!.input);
    } else if (node.op === 'uniform' || node.op === 'initialUniform') {
      this.#draws.add(node.draw);
    } else if (node.op === 'lookup') {
      this.#tables.add(node.table);
    }
  }

  program(): Program {
    const from = this.#program;
    const node = this.#nodes.places();
    const stock = this.#stocks.places();
    const memory = this.#memories.places();
    const history = this.#histories.places();
    const draw = this.#draws.places();
    const table = this.#tables.places();
    const moved = (original: Node): Node => {
      const renamed = withOperands(original, (operand) => node[operand]!);
      if (renamed.op === 'stock') return { ...renamed, stock: stock[renamed.stock]! };
      if (renamed.op === 'memory') return { ...renamed, memory: memory[renamed.memory]! };
      if (readsHistory(renamed)) return { ...renamed, history: history[renamed.history]! };
      if (renamed.op === 'lookup') return { ...renamed, table: table[renamed.table]! };
      if (renamed.op === 'uniform' || renamed.op === 'initialUniform') return { ...renamed, draw: draw[renamed.draw]! };
      return renamed;
    };
    const at = (id: NodeId): NodeId => node[id]!;
    return {
      ...from,
      nodes: this.#nodes.of(from.nodes).map(moved),
      stocks: this.#stocks.of(from.stocks).map((s) => ({ ...s, initial: at(s.initial), rate: at(s.rate) })),
      memories: this.#memories.of(from.memories).map((m) => ({ initial: at(m.initial), next: at(m.next) })),
      histories: this.#histories.of(from.histories).map((h) => ({ ...h, initial: at(h.initial), input: at(h.input) })),
      draws: this.#draws.of(from.draws),
      tables: this.#tables.of(from.tables),
      outputs: from.outputs.map((output) => ({ ...output, node: at(output.node) })),
      variables: from.variables.map((variable) => ({ ...variable, node: at(variable.node) })),
    };
  }
}
