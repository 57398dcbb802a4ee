/**
 * What a cell of a file can hold. CSV gives text; XLSX gives typed values. Nothing here depends on the machine's time
 * zone: an Excel date stays the number of days that the file holds.
 */
export type Cell = string | number | boolean | null | SerialCell | PercentCell | ErrorCell;

/** An Excel date or time: days since 1899-12-30 (files of the 1904 system are shifted to it), a wall clock without zone. */
export interface SerialCell {
  readonly kind: 'serial';
  readonly days: number;
  /** What the number format shows; `elapsed` is a duration such as `[h]:mm:ss`. */
  readonly shows: 'date' | 'datetime' | 'time' | 'elapsed';
}

/** A number shown as a percentage in the sheet: 3.2% is held as `ratio` 0.032. */
export interface PercentCell {
  readonly kind: 'percent';
  readonly ratio: number;
}

/** An Excel error such as `#N/A` or `#REF!`. */
export interface ErrorCell {
  readonly kind: 'error';
  readonly text: string;
}

/**
 * What the reader had to do to a row:
 * - `unclosed_quote`: a quote opened a cell and was never closed; the line is given with its quotes as plain characters
 * - `bad_encoding`: the row has characters that could not be decoded; they are U+FFFD
 * - `hidden`: the row is hidden in the sheet (a filter); its data is given all the same
 */
export type RowNote = 'unclosed_quote' | 'bad_encoding' | 'hidden';

/** A cell that belongs to a merged block which began in an earlier row; whether to carry its value down is the reader's choice. */
export interface MergedCell {
  readonly index: number;
  readonly value: Cell;
  readonly topLine: number;
}

/** One row of a file. */
export interface SourceRow {
  /** 1-based: the physical line in a text file on which the row begins, or the row of the sheet. */
  readonly line: number;
  readonly sheet?: string;
  readonly cells: readonly Cell[];
  readonly notes?: readonly RowNote[];
  readonly merged?: readonly MergedCell[];
}

/**
 * A number as the shortest decimal text that means the same, with the noise of binary arithmetic removed
 * (0.30000000000000004 reads 0.3): Excel itself keeps 15 significant digits.
 */
export function numberText(value: number): string {
  const clean = Number.isInteger(value) ? value : Number(value.toPrecision(15));
  return String(clean);
}

/** The cell as a person would read it; used for headers, reports and text columns. */
export function cellText(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'number') return numberText(cell);
  if (typeof cell === 'boolean') return cell ? 'TRUE' : 'FALSE';
  switch (cell.kind) {
    case 'serial':
      return serialText(cell);
    case 'percent':
      return `${numberText(cell.ratio * 100)}%`;
    case 'error':
      return cell.text;
  }
}

/** True for a cell without anything to read. */
export function isBlank(cell: Cell | undefined): boolean {
  if (cell === null || cell === undefined) return true;
  return typeof cell === 'string' && cell.trim() === '';
}

function serialText(cell: SerialCell): string {
  const totalSeconds = Math.round(cell.days * 86_400);
  const two = (n: number) => String(n).padStart(2, '0');
  const clock = (seconds: number) =>
    `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  if (cell.shows === 'elapsed' || cell.shows === 'time') return clock(totalSeconds);
  const wall = new Date((totalSeconds - 25_569 * 86_400) * 1000);
  const date = wall.toISOString().slice(0, 10);
  const ofDay = ((totalSeconds % 86_400) + 86_400) % 86_400;
  return cell.shows === 'date' && ofDay === 0 ? date : `${date} ${clock(ofDay)}`;
}
