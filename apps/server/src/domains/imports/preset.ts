import type { Tx } from '#adapters/postgres.ts';
import type { Uuid } from '#lib/id.ts';
import type { ColumnSpec } from '#lib/tabular/columns.ts';
import type { ReasonDetail } from '#lib/tabular/reasons.ts';

/** What an import knows about the brand it writes for. */
export interface ImportBrand {
  id: Uuid;
  currency: string;
  zone: string;
}

/**
 * One row of a file, read by the names of the preset's fields. A getter gives null for an empty, masked, unreadable or
 * not yet final value (`note` says which). What could not be read is reported by the runner, not by the preset: in a
 * required column it rejects the row, in any other the row is kept without it and the report says so. An empty cell rejects
 * nothing by itself. The object is only valid during the call that it was given to.
 */
export interface ImportRow {
  readonly line: number;
  readonly sheet: string | undefined;
  text(field: string): string | null;
  integer(field: string): number | null;
  /** Exact decimal text of a number. */
  decimal(field: string): string | null;
  /** Minor units of the brand's currency. */
  moneyMinor(field: string): bigint | null;
  /** A share as a fraction: 3.2 % is 0.032. */
  rate(field: string): number | null;
  seconds(field: string): number | null;
  /** UTC milliseconds; wall-clock values are read in the brand's zone. */
  timeMs(field: string): number | null;
  note(field: string): 'empty' | 'masked' | 'not_final' | 'unreadable' | undefined;
  /** The cell as it stands in the file. Asking for it takes charge of a cell that holds several items. */
  raw(field: string): string | null;
}

/**
 * Why a row or a value of it is refused; the code is one of `lib/tabular/reasons.ts`. The cell and its column are filled in
 * as `seen` and `column`; `detail` gives what else the sentence of the code asks for.
 */
export interface RowProblem {
  field: string;
  code: string;
  detail?: ReasonDetail;
}

/**
 * Outcome of reading one row: records to write (an order row with three items gives three), or why not. A skipped row is
 * not counted as read but named in the notes of the import, by a code such as `summary_row` or `explanation_row`.
 */
export type RowOutcome<Record> =
  | { kind: 'records'; records: Record[] }
  | { kind: 'skipped'; code: string }
  | { kind: 'rejected'; problems: RowProblem[] };

/** What writing did with one record: new or changed something, or was known already. */
export type WriteOutcome = 'accepted' | 'duplicate' | { rejected: RowProblem };

export interface WriteContext {
  brand: ImportBrand;
  /** Name of the preset, the `source` of the events it records. */
  source: string;
  /** Receipt time of the import, UTC milliseconds. */
  nowMs: number;
}

/** A known export format: its columns, how a row becomes records, how records are written. Presets are plain data and pure functions but for `write`. */
export interface Preset<Record = unknown> {
  /** Public id, for example `douyin-orders`. */
  id: string;
  nameEn: string;
  nameZh: string;
  columns: readonly ColumnSpec[];
  /** Starts the reading of one file; the closure may keep what it needs of earlier rows (bounded). Pure. */
  reader(
    brand: ImportBrand,
    file: { name: string; preamble: readonly string[]; columns: ReadonlySet<string> },
  ): (row: ImportRow) => RowOutcome<Record>;
  /**
   * Writes records in the given transaction, rows and facts together, and says of each what happened, in order. Writing
   * the same record again answers 'duplicate' and changes nothing.
   */
  write(tx: Tx, context: WriteContext, records: readonly Record[]): Promise<WriteOutcome[]>;
}
