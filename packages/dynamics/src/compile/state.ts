import type { Table } from '../numerics/table.ts';
import type { Draw, NodeId } from '../program/program.ts';

/** Something that a program carries through time, with its two equations still to be lowered. */
export interface Pending {
  /** What it is about, for findings. */
  variable: string;
  make: () => void;
}

interface StockPart {
  name: string;
  initial: NodeId;
  rate: NodeId;
}

/** Not yet lowered. */
const later = -1;

/** The stocks, memories, histories, draws and tables of the program that is being made; each site has each once. */
export class State {
  readonly stocks: StockPart[] = [];
  readonly memories: { initial: NodeId; next: NodeId }[] = [];
  readonly histories: { initial: NodeId; input: NodeId; maxLag: number | undefined }[] = [];
  readonly draws: Draw[] = [];
  readonly tables: Table[] = [];
  /** Equations that nothing but time connects with what was lowered so far. */
  readonly pending: Pending[] = [];
  readonly #places = new Map<string, number>();
  readonly #tablePlaces = new Map<Table, number>();
  readonly #drawKeys = new Set<number>();

  stock(key: string, name: string, variable: string, initial: () => NodeId, rate: () => NodeId): number {
    return this.#once(`stock ${key}`, () => {
      const stock: StockPart = { name, initial: later, rate: later };
      this.pending.push({
        variable,
        make: () => {
          stock.initial = initial();
        },
      });
      this.pending.push({
        variable,
        make: () => {
          stock.rate = rate();
        },
      });
      return this.stocks.push(stock) - 1;
    });
  }

  memory(key: string, variable: string, initial: () => NodeId, next: () => NodeId): number {
    return this.#once(`memory ${key}`, () => {
      const memory = { initial: later, next: later };
      this.pending.push({
        variable,
        make: () => {
          memory.initial = initial();
        },
      });
      this.pending.push({
        variable,
        make: () => {
          memory.next = next();
        },
      });
      return this.memories.push(memory) - 1;
    });
  }

  history(
    key: string,
    variable: string,
    maxLag: number | undefined,
    initial: () => NodeId,
    input: () => NodeId,
  ): number {
    return this.#once(`history ${key}`, () => {
      const history = { initial: later, input: later, maxLag };
      this.pending.push({
        variable,
        make: () => {
          history.initial = initial();
        },
      });
      this.pending.push({
        variable,
        make: () => {
          history.input = input();
        },
      });
      return this.histories.push(history) - 1;
    });
  }

  draw(key: string, seed: number | undefined): number {
    return this.#once(`draw ${key}`, () => {
      let hash = hashOf(key);
      while (this.#drawKeys.has(hash)) hash = (hash + 1) >>> 0;
      this.#drawKeys.add(hash);
      return this.draws.push({ key: hash, seed }) - 1;
    });
  }

  table(table: Table): number {
    let place = this.#tablePlaces.get(table);
    if (place === undefined) {
      place = this.tables.push(table) - 1;
      this.#tablePlaces.set(table, place);
    }
    return place;
  }

  #once(key: string, make: () => number): number {
    let place = this.#places.get(key);
    if (place === undefined) {
      place = make();
      this.#places.set(key, place);
    }
    return place;
  }
}

/** FNV-1a of 32 bits (G. Fowler, L. C. Noll, K.-P. Vo, draft-eastlake-fnv), over UTF-16 units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
