import { type Cell, cellText, isBlank, type SourceRow } from '#lib/tabular/cells.ts';
import { splitItems } from '#lib/tabular/items.ts';
import type { MoneyValue } from '#lib/tabular/money.ts';
import { type Parsed, type Refused, refused } from '#lib/tabular/outcome.ts';
import type { BoundColumn } from './bind.ts';
import type { ImportRow } from './preset.ts';

/** A value that a preset asked for and that could not be read. */
export interface Unreadable {
  column: BoundColumn;
  cell: Cell | undefined;
  refusal: Refused;
}

/** A merged cell speaks for all its rows, but an amount or a quantity must not be counted in each of them. */
const carriedKinds: ReadonlySet<string> = new Set(['id', 'text', 'phone', 'time', 'day', 'interval', 'boolean']);

/**
 * The row that presets read. One object serves all rows of a file, one after the other: making and forgetting half a
 * million of them would cost more than reading them.
 */
export class CellRow implements ImportRow {
  line = 0;
  sheet: string | undefined = undefined;
  /** What could not be read of the row in hand, once per field. */
  unreadable: Unreadable[] = [];
  readonly #columns: ReadonlyMap<string, BoundColumn>;
  readonly #currency: string;
  #source: SourceRow = { line: 0, cells: [] };

  /** @param currency of the brand: amounts in any other are refused, because nothing here knows a rate */
  constructor(columns: ReadonlyMap<string, BoundColumn>, currency: string) {
    this.#columns = columns;
    this.#currency = currency;
  }

  /** Moves on to another row of the file. */
  set(source: SourceRow): void {
    this.line = source.line;
    this.sheet = source.sheet;
    this.#source = source;
    if (this.unreadable.length > 0) this.unreadable = [];
  }

  text(field: string): string | null {
    const column = this.#columns.get(field);
    if (column === undefined) return null;
    const cell = this.#cell(column);
    return this.#value(column, cell, textReader(column)(cell));
  }

  integer(field: string): number | null {
    const column = this.#columns.get(field);
    if (column === undefined) return null;
    const cell = this.#cell(column);
    const text = this.#value(column, cell, column.read.integer(cell));
    if (text === null) return null;
    const value = Number(text);
    if (Number.isSafeInteger(value)) return value;
    return this.#value<number>(column, cell, refused('out_of_range', { seen: text, limit: '2^53' }));
  }

  decimal(field: string): string | null {
    const column = this.#columns.get(field);
    if (column === undefined) return null;
    const cell = this.#cell(column);
    return this.#value(column, cell, column.read.decimal(cell));
  }

  moneyMinor(field: string): bigint | null {
    const column = this.#columns.get(field);
    if (column === undefined) return null;
    const cell = this.#cell(column);
    return this.#value(column, cell, this.#money(column, cell))?.minor ?? null;
  }

  rate(field: string): number | null {
    const column = this.#columns.get(field);
    if (column === undefined) return null;
    const cell = this.#cell(column);
    const ratio = this.#value(column, cell, column.read.percent(cell));
    return ratio === null ? null : Number(ratio);
  }

  seconds(field: string): number | null {
    const column = this.#columns.get(field);
    if (column === undefined) return null;
    const cell = this.#cell(column);
    return this.#value(column, cell, column.read.duration(cell));
  }

  timeMs(field: string): number | null {
    const column = this.#columns.get(field);
    if (column === undefined) return null;
    const cell = this.#cell(column);
    return this.#value(column, cell, column.read.time(cell))?.atMs ?? null;
  }

  note(field: string): 'empty' | 'masked' | 'not_final' | 'unreadable' | undefined {
    const column = this.#columns.get(field);
    if (column === undefined) return 'empty';
    if (this.unreadable.some((one) => one.column === column)) return 'unreadable';
    const cell = this.#cell(column);
    const parsed = column.kind === 'money' ? this.#money(column, cell) : ownReader(column)(cell);
    return parsed.ok ? parsed.note : 'unreadable';
  }

  raw(field: string): string | null {
    const column = this.#columns.get(field);
    if (column === undefined) return null;
    const cell = this.#cell(column);
    const text = cellText(cell);
    if (text === '') return null;
    this.#leaveItems(column, cell);
    return text;
  }

  /** Name of the column in the file for the report, and its cell; the field's own name when it has no column. */
  shown(field: string): { column: string; value: string } {
    const column = this.#columns.get(field);
    if (column === undefined) return { column: field, value: '' };
    return { column: column.name, value: cellText(this.#cell(column)) };
  }

  /** A header or mapping may say that a column is in another currency than the brand's. */
  #money(column: BoundColumn, cell: Cell | undefined): Parsed<MoneyValue> {
    const parsed = column.read.money(cell);
    if (!parsed.ok || parsed.note !== undefined || parsed.value.currency === this.#currency) return parsed;
    const { currency: found } = parsed.value;
    return refused('currency_mismatch', { seen: cellText(cell), found, expected: this.#currency });
  }

  /** A preset that asks for the raw text of a cell with several values takes it apart itself. */
  #leaveItems(column: BoundColumn, cell: Cell | undefined): void {
    if (this.unreadable.length === 0 || splitItems(cell).length < 2) return;
    this.unreadable = this.unreadable.filter((one) => one.column !== column);
  }

  #cell(column: BoundColumn): Cell | undefined {
    if (column.constant !== null) return column.constant;
    const { cells, merged } = this.#source;
    for (const index of column.indexes) {
      const cell = cells[index];
      if (cell !== undefined && !isBlank(cell)) return cell;
    }
    if (merged === undefined || !carriedKinds.has(column.kind)) return undefined;
    return merged.find((one) => column.indexes.includes(one.index))?.value;
  }

  #value<T>(column: BoundColumn, cell: Cell | undefined, parsed: Parsed<T>): T | null {
    if (parsed.ok) return parsed.value;
    if (!this.unreadable.some((one) => one.column === column)) {
      this.unreadable.push({ column, cell, refusal: parsed });
    }
    return null;
  }
}

function textReader(column: BoundColumn): (cell: Cell | undefined) => Parsed<string> {
  if (column.kind === 'id') return column.read.id;
  return column.kind === 'phone' ? column.read.phone : column.read.text;
}

function ownReader(column: BoundColumn): (cell: Cell | undefined) => Parsed<unknown> {
  switch (column.kind) {
    case 'id':
    case 'phone':
    case 'integer':
    case 'decimal':
    case 'percent':
    case 'duration':
    case 'time':
      return column.read[column.kind];
    default:
      return column.read.text;
  }
}
