import type { ByteLimits } from './bytes.ts';
import type { Cell, MergedCell, RowNote, SourceRow } from './cells.ts';
import { unescapeText, type Workbook, type WorkbookSheet, type XmlHandlers, xmlSteps } from './workbook.ts';
import { entryBytes } from './zip.ts';

const MAX_COLUMNS = 16_384;
const DAYS_1904 = 1462;
/** 9999-12-31; a larger number is no date whatever its format says. */
const LAST_DAY = 2_958_466;

interface Block {
  readonly column: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * The rows of one sheet as they are unpacked: memory does not grow with the sheet. Formulas give the result that was
 * saved with them; a hyperlink gives its text; empty rows are passed over.
 */
export async function* sheetRows(
  workbook: Workbook,
  sheet: WorkbookSheet,
  strings: readonly string[],
  limits: ByteLimits,
  onProgress: (fraction: number) => void,
): AsyncGenerator<SourceRow[]> {
  const blocks = await mergedBlocks(entryBytes(workbook.archive, sheet.entry, limits));
  const builder = new RowBuilder(workbook, sheet.name, strings, blocks);
  for await (const _ of xmlSteps(entryBytes(workbook.archive, sheet.entry, limits, onProgress), builder)) {
    const rows = builder.take();
    if (rows.length > 0) yield rows;
  }
  const rest = builder.take();
  if (rest.length > 0) yield rest;
}

/** How many rows the sheet says that it has; many programs write it wrong, so it is only a hint. */
export async function rowsHint(workbook: Workbook, sheet: WorkbookSheet, limits: ByteLimits): Promise<number | null> {
  for await (const chunk of entryBytes(workbook.archive, sheet.entry, limits)) {
    const range = /<(?:\w+:)?dimension\s+ref="(?:[A-Z]+\d+:)?[A-Z]+(\d+)"/.exec(chunk.toString('latin1'))?.[1];
    return range === undefined || range === '1' ? null : Number(range);
  }
  return null;
}

/** Turns the elements of a sheet into rows. */
class RowBuilder implements XmlHandlers {
  readonly #workbook: Workbook;
  readonly #sheet: string;
  readonly #strings: readonly string[];
  readonly #blocks: readonly Block[];
  #active: { block: Block; value: Cell }[] = [];
  #nextBlock = 0;
  #rows: SourceRow[] = [];
  #line = 0;
  #hidden = false;
  #cells: Cell[] = [];
  #column = -1;
  #type = 'n';
  #style = 0;
  #text = '';
  #inValue = false;
  #inCell = false;
  #phonetic = false;

  constructor(workbook: Workbook, sheet: string, strings: readonly string[], blocks: readonly Block[]) {
    this.#workbook = workbook;
    this.#sheet = sheet;
    this.#strings = strings;
    this.#blocks = blocks;
  }

  take(): SourceRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === 'row') {
      const given = Number(attributes.r);
      this.#line = Number.isInteger(given) && given > this.#line ? given : this.#line + 1;
      this.#hidden = attributes.hidden === '1' || attributes.hidden === 'true';
      this.#cells = [];
      this.#column = -1;
    } else if (name === 'c') {
      this.#column = columnOf(attributes.r) ?? this.#column + 1;
      this.#type = attributes.t ?? 'n';
      this.#style = Number(attributes.s ?? 0);
      this.#text = '';
      this.#inCell = true;
    } else if (name === 'rPh') this.#phonetic = true;
    else if ((name === 'v' || name === 't') && this.#inCell) this.#inValue = !this.#phonetic;
  }

  text(text: string): void {
    if (this.#inValue) this.#text += text;
  }

  close(name: string): void {
    if (name === 'v' || name === 't') this.#inValue = false;
    else if (name === 'rPh') this.#phonetic = false;
    else if (name === 'c') this.#endCell();
    else if (name === 'row') this.#endRow();
  }

  #endCell(): void {
    this.#inCell = false;
    if (this.#column >= MAX_COLUMNS) return;
    const value = this.#value();
    if (value === null) return;
    while (this.#cells.length < this.#column) this.#cells.push(null);
    this.#cells[this.#column] = value;
  }

  #value(): Cell {
    const text = this.#text;
    switch (this.#type) {
      case 's':
        return text === '' ? null : (this.#strings[Number(text)] ?? null);
      case 'inlineStr':
      case 'str':
        return text === '' ? null : unescapeText(text);
      case 'b':
        return text === '' ? null : text.trim() === '1' || text.trim() === 'true';
      case 'e':
        return text === '' ? null : { kind: 'error', text };
      case 'd':
        return text === '' ? null : text.replace('T', ' ');
      default:
        return this.#number(text);
    }
  }

  #number(text: string): Cell {
    if (text.trim() === '') return null;
    const value = Number(text);
    if (!Number.isFinite(value)) return text;
    const kind = this.#workbook.styles[this.#style] ?? 'plain';
    if (kind === 'plain') return value;
    if (kind === 'percent') return { kind: 'percent', ratio: value };
    const dated = kind === 'date' || kind === 'datetime';
    const days = dated && this.#workbook.date1904 ? value + DAYS_1904 : value;
    if (days < 0 || days >= LAST_DAY) return value;
    return { kind: 'serial', days, shows: kind };
  }

  #endRow(): void {
    const merged = this.#mergedAbove();
    const cells = this.#cells;
    if (cells.length === 0 || cells.every((cell) => cell === null || (typeof cell === 'string' && cell.trim() === '')))
      return;
    const notes: RowNote[] = this.#hidden ? ['hidden'] : [];
    this.#rows.push({
      line: this.#line,
      sheet: this.#sheet,
      cells,
      ...(notes.length > 0 && { notes }),
      ...(merged.length > 0 && { merged }),
    });
  }

  #mergedAbove(): MergedCell[] {
    const line = this.#line;
    this.#active = this.#active.filter(({ block }) => block.bottom >= line);
    const merged = this.#active.map(({ block, value }) => ({ index: block.column, value, topLine: block.top }));
    for (let block = this.#blocks[this.#nextBlock]; block !== undefined && block.top <= line; ) {
      const value = block.top === line ? (this.#cells[block.column] ?? null) : null;
      if (value !== null) this.#active.push({ block, value });
      block = this.#blocks[++this.#nextBlock];
    }
    return merged;
  }
}

/** 0-based column of a reference such as `AB12`. */
function columnOf(reference: string | undefined): number | null {
  if (reference === undefined) return null;
  let column = 0;
  for (let i = 0; i < reference.length; i++) {
    const code = reference.charCodeAt(i) | 32;
    if (code < 97 || code > 122) break;
    column = column * 26 + (code - 96);
  }
  return column === 0 ? null : column - 1;
}

/**
 * Blocks of several rows, by their top row. They stand behind the rows in the file, so the sheet is unpacked once to get
 * there; only what follows the rows is parsed.
 */
async function mergedBlocks(bytes: AsyncIterable<Buffer>): Promise<Block[]> {
  const blocks: Block[] = [];
  const end = Buffer.from('sheetData>');
  let behind: Buffer[] | null = null;
  let carry: Buffer = Buffer.alloc(0);
  for await (const chunk of bytes) {
    if (behind !== null) {
      behind.push(Buffer.from(chunk));
      continue;
    }
    const window = Buffer.concat([carry, chunk]);
    const at = window.lastIndexOf(end);
    // The opening tag also ends like this; the closing one has the slash (and perhaps a prefix) before it.
    if (at > 0 && /<\/(?:\w+:)?$/.test(window.toString('latin1', Math.max(0, at - 40), at))) {
      behind = [Buffer.from(window.subarray(at + end.length))];
    }
    carry = Buffer.from(window.subarray(-64));
  }
  if (behind === null) return blocks;
  const text = Buffer.concat(behind).toString('latin1');
  for (const [, from, fromLine, , toLine] of text.matchAll(/mergeCell\s+ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"/g)) {
    const column = columnOf(from);
    const top = Number(fromLine);
    const bottom = Number(toLine);
    if (column !== null && bottom > top) blocks.push({ column, top, bottom });
  }
  return blocks.sort((a, b) => a.top - b.top);
}
