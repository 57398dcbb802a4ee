import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Parser, parse } from 'csv-parse';
import type { RowNote, SourceRow } from './cells.ts';

export type Delimiter = ',' | '\t' | ';' | '|';

/** How a text table is cut into rows and cells. */
export interface DelimitedFormat {
  readonly delimiter: Delimiter;
  /** True for files whose only line break is CR (old Macintosh). */
  readonly carriageReturns: boolean;
  /** A first line `sep=;` that only tells the delimiter. */
  readonly separatorLine: boolean;
}

/** A row that is longer than this has an opening quote without an end. */
const MAX_ROW_BYTES = 1024 * 1024;
const MAX_SLICE_BYTES = 64 * 1024;
const MIN_SLICE_BYTES = 256;
const DELIMITERS: readonly Delimiter[] = [',', '\t', ';', '|'];
/** Enough line breaks to make the parser give the last row without being told that the file has ended. */
const END_LINES = 8;

/**
 * Finds the delimiter in the beginning of a text: the one that cuts most rows into the same number of cells (more than
 * one), and among equals the one that gives more cells. Separators inside quotes do not count.
 */
export function guessFormat(sample: string, complete: boolean): DelimitedFormat {
  const carriageReturns = !sample.includes('\n') && sample.includes('\r');
  const told = /^sep=(.)\r?\n/i.exec(sample)?.[1];
  const named = DELIMITERS.find((delimiter) => delimiter === told);
  if (named !== undefined) return { delimiter: named, carriageReturns, separatorLine: true };
  let best: { delimiter: Delimiter; score: number } = { delimiter: ',', score: 0 };
  for (const delimiter of DELIMITERS) {
    const counts = cellCounts(sample, delimiter, complete).slice(0, 200);
    const score = consistency(counts);
    if (score > best.score + 1e-9) best = { delimiter, score };
  }
  return { delimiter: best.delimiter, carriageReturns, separatorLine: false };
}

function consistency(counts: readonly number[]): number {
  const frequency = new Map<number, number>();
  for (const count of counts) frequency.set(count, (frequency.get(count) ?? 0) + 1);
  let best = 0;
  for (const [cells, rows] of frequency) {
    if (cells > 1) best = Math.max(best, (rows / counts.length) * Math.log2(cells + 1));
  }
  return best;
}

function cellCounts(sample: string, delimiter: string, complete: boolean): number[] {
  const counts: number[] = [];
  let cells = 1;
  let quoted = false;
  let filled = false;
  let atCellStart = true;
  for (const character of sample) {
    if (character === '"') {
      if (quoted) quoted = false;
      else if (atCellStart) quoted = true;
      atCellStart = false;
      filled = true;
    } else if (quoted) {
    } else if (character === delimiter) {
      cells++;
      atCellStart = true;
      filled = true;
    } else if (character === '\n' || character === '\r') {
      if (filled) counts.push(cells);
      cells = 1;
      filled = false;
      atCellStart = true;
    } else {
      filled = true;
      atCellStart = false;
    }
  }
  if (filled && (complete || counts.length === 0)) counts.push(cells);
  return counts;
}

/**
 * Cuts UTF-8 text into rows, with the physical line on which each begins. Rows of any number of cells are given as they
 * are; empty lines are passed over. A quote that opens a cell and is never closed costs nothing but its own meaning: the
 * line is given with the quote as a character, and reading goes on with the next line.
 */
export async function* delimitedRows(
  text: AsyncIterable<Buffer>,
  format: DelimitedFormat,
): AsyncGenerator<SourceRow[]> {
  const cutter = new RowCutter(format);
  for await (const chunk of text) {
    const rows = await cutter.push(chunk);
    if (rows.length > 0) yield rows;
  }
  const rest = await cutter.finish();
  if (rest.length > 0) yield rest;
}

/** Feeds the parser, counts lines, and keeps the bytes of the row in progress so that an unclosed quote can be undone. */
class RowCutter {
  readonly #format: DelimitedFormat;
  readonly #queue: Buffer[] = [];
  #parser: Parser;
  #pending: Buffer = Buffer.alloc(0);
  #line = 1;
  #sliceBytes = MAX_SLICE_BYTES;
  #undone = 0;

  constructor(format: DelimitedFormat) {
    this.#format = format;
    this.#parser = newParser(format, true);
  }

  async push(chunk: Buffer): Promise<SourceRow[]> {
    const rows: SourceRow[] = [];
    this.#queue.push(chunk);
    await this.#drain(rows);
    return rows;
  }

  async finish(): Promise<SourceRow[]> {
    const rows: SourceRow[] = [];
    while (this.#pending.length > 0) {
      this.#parser.write(endMark(this.#format));
      this.#take(rows);
      if (this.#pending.length > 0) this.#undoQuote(rows);
      await this.#drain(rows);
    }
    this.#parser.destroy();
    return rows;
  }

  /** Slices are small after an undone quote, so that a text full of stray quotes is not read over and over. */
  async #drain(rows: SourceRow[]): Promise<void> {
    for (let head = this.#queue.pop(); head !== undefined; head = this.#queue.pop()) {
      const slice = head.subarray(0, this.#sliceBytes);
      if (head.length > slice.length) this.#queue.push(head.subarray(slice.length));
      this.#sliceBytes = Math.min(this.#sliceBytes * 2, MAX_SLICE_BYTES);
      this.#pending = this.#pending.length === 0 ? slice : Buffer.concat([this.#pending, slice]);
      this.#parser.write(slice);
      this.#take(rows);
      if (this.#pending.length > MAX_ROW_BYTES) this.#undoQuote(rows);
      // A destroyed parser is only let go by the event loop.
      if (this.#undone >= 256) {
        this.#undone = 0;
        await nextTurn();
      }
    }
  }

  /** Takes the finished rows from the parser and moves `pending` behind them. */
  #take(rows: SourceRow[]): void {
    let offset = 0;
    for (let cells: string[] | null = this.#parser.read(); cells !== null; cells = this.#parser.read()) {
      const lines = 1 + innerBreaks(cells, this.#format.carriageReturns ? '\r' : '\n');
      const end = this.#skipLines(offset, lines);
      if (lines > 1 && swallowedRows(cells, this.#pending.subarray(offset, end))) {
        this.#pending = this.#pending.subarray(offset);
        this.#undoQuote(rows);
        return;
      }
      offset = end;
      this.#emit(rows, cells, this.#line);
      this.#line += lines;
    }
    this.#pending = Buffer.from(this.#pending.subarray(offset));
  }

  /** Gives the first pending line with its quotes as characters; what follows it is read anew. */
  #undoQuote(rows: SourceRow[]): void {
    const end = this.#skipLines(0, 1);
    const plain = newParser(this.#format, false);
    plain.write(this.#pending.subarray(0, end));
    plain.write(endMark(this.#format));
    const cells: string[] | null = plain.read();
    plain.destroy();
    if (cells !== null) this.#emit(rows, cells, this.#line, 'unclosed_quote');
    this.#line++;
    const rest = this.#pending.subarray(end);
    if (rest.length > 0) this.#queue.push(rest);
    this.#pending = Buffer.alloc(0);
    this.#parser.destroy();
    this.#parser = newParser(this.#format, true);
    this.#sliceBytes = MIN_SLICE_BYTES;
    this.#undone++;
  }

  #emit(rows: SourceRow[], cells: string[], line: number, note?: RowNote): void {
    if (cells.every((cell) => cell === '' || cell.trim() === '')) return;
    if (line === 1 && this.#format.separatorLine) return;
    const notes: RowNote[] = note === undefined ? [] : [note];
    if (cells.some((cell) => cell.includes('\ufffd'))) notes.push('bad_encoding');
    rows.push(notes.length > 0 ? { line, cells, notes } : { line, cells });
  }

  #skipLines(from: number, lines: number): number {
    const lineBreak = this.#format.carriageReturns ? 13 : 10;
    let at = from;
    for (let i = 0; i < lines; i++) {
      const next = this.#pending.indexOf(lineBreak, at);
      if (next < 0) return this.#pending.length;
      at = next + 1;
    }
    return at;
  }
}

function endMark(format: DelimitedFormat): Buffer {
  return Buffer.alloc(END_LINES, format.carriageReturns ? '\r' : '\n');
}

function newParser(format: DelimitedFormat, quotes: boolean): Parser {
  const parser = parse({
    delimiter: format.delimiter,
    quote: quotes ? '"' : null,
    escape: quotes ? '"' : null,
    record_delimiter: format.carriageReturns ? ['\r'] : ['\r\n', '\n'],
    relax_quotes: true,
    relax_column_count: true,
    bom: false,
  });
  // With these options the parser refuses nothing before its end, which is never told to it.
  parser.on('error', () => {});
  return parser;
}

function innerBreaks(cells: readonly string[], lineBreak: string): number {
  let count = 0;
  for (const cell of cells) {
    for (let at = cell.indexOf(lineBreak); at >= 0; at = cell.indexOf(lineBreak, at + 1)) count++;
  }
  return count;
}

/**
 * A cell that kept its opening quote and runs over lines took in rows that are not its own; three quotes in a row are how
 * a cell rightly begins with a quote.
 */
function swallowedRows(cells: readonly string[], raw: Buffer): boolean {
  return cells.some((cell) => cell.startsWith('"') && /[\r\n]/.test(cell)) && !raw.includes('"""');
}
