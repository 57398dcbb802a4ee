import { type Cell, cellText, isBlank, type SourceRow } from './cells.ts';
import { cleanText } from './clean.ts';
import type { ColumnSpec } from './columns.ts';
import { comparableName, headerUnit } from './names.ts';
import { parseDecimal, parsePercent, parseRange } from './numbers.ts';
import { type IntervalValue, parseInterval, parseTime, type TimeOptions } from './timestamps.ts';

/** The header of a table and what stands around it. */
export interface HeaderFound {
  /** Place of the header among the rows that were given. */
  readonly index: number;
  readonly line: number;
  readonly cells: readonly Cell[];
  /** Fields whose column names the row has. */
  readonly matched: readonly string[];
  /** 0 to 1: share of the known required columns (or of all, when none is required) that the row has. */
  readonly score: number;
  /** Texts of the rows above: titles, period, notes. */
  readonly preamble: readonly string[];
  /** The period named above the header, if there is one. */
  readonly period: IntervalValue | null;
  /** Rows directly below that explain the columns instead of holding data. */
  readonly explanations: readonly SourceRow[];
  /** Place of the first row of data among the rows that were given. */
  readonly dataIndex: number;
}

const MAX_EXPLANATIONS = 3;
const SUMMARY =
  /^(合计|总计|汇总|小计|总和|整体|全部|平均|均值|total|totals|grand total|sub ?total|summary|average|sum)[:：]?$/i;

/**
 * Finds the header among the first rows of a sheet: the row whose cells match most of the known names (required ones count
 * double). Rows above it are the preamble; rows below it that do not read as data are explanations.
 *
 * @param time zone and day order for reading the period and for telling data from explanation
 * @returns null when no row has at least two known names (one, when only one is known).
 */
export function findHeader(
  rows: readonly SourceRow[],
  specs: readonly ColumnSpec[],
  time: TimeOptions,
): HeaderFound | null {
  const fieldOf = nameIndex(specs);
  const required = new Set(specs.filter((spec) => spec.required === true).map((spec) => spec.field));
  let best: { index: number; matched: Set<string>; weight: number } | null = null;
  for (const [index, row] of rows.entries()) {
    const matched = new Set<string>();
    for (const cell of row.cells) {
      const field = fieldFor(cell, fieldOf);
      if (field !== undefined) matched.add(field);
    }
    let weight = 0;
    for (const field of matched) weight += required.has(field) ? 2 : 1;
    if (matched.size >= Math.min(2, specs.length) && weight > (best?.weight ?? 0)) best = { index, matched, weight };
  }
  const header = best === null ? undefined : rows[best.index];
  if (best === null || header === undefined) return null;
  const wanted = required.size > 0 ? [...required] : specs.map((spec) => spec.field);
  const explanations = explanationRows(rows, best.index, specs, fieldOf, time);
  const above = rows.slice(0, best.index);
  const { matched } = best;
  return {
    index: best.index,
    line: header.line,
    cells: header.cells,
    matched: [...matched],
    score: wanted.filter((field) => matched.has(field)).length / Math.max(1, wanted.length),
    preamble: above.map(rowText),
    period: findPeriod(above, time),
    explanations,
    dataIndex: best.index + 1 + explanations.length,
  };
}

/** True when a row repeats the header, as in files that were pasted together. */
export function repeatsHeader(row: SourceRow, header: readonly Cell[]): boolean {
  const filled = row.cells.filter((cell) => !isBlank(cell));
  if (filled.length < 2) return false;
  return row.cells.every(
    (cell, i) => isBlank(cell) || comparableName(cellText(cell)) === comparableName(cellText(header[i])),
  );
}

/** True for a row of totals: its first filled cell, among the first three, says so. */
export function isSummaryRow(row: SourceRow): boolean {
  const first = row.cells.slice(0, 3).find((cell) => !isBlank(cell));
  return first !== undefined && SUMMARY.test(cleanText(cellText(first)));
}

/** The period in the rows above a header: `Date Range: 2024-05-01 ~ 2024-05-31`, `统计周期：2024/05/01-2024/05/31`. */
export function findPeriod(rows: readonly SourceRow[], time: TimeOptions): IntervalValue | null {
  for (const row of rows) {
    const cells = row.cells.map((cell) => cellText(cell).normalize('NFKC'));
    for (const text of [...cells, cells.filter((cell) => cell.trim() !== '').join(' ~ ')]) {
      const dates =
        text.match(/\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}日?(?:[ T]\d{1,2}:\d\d(?::\d\d)?)?/g) ??
        text.match(/\b20\d{6}\b/g);
      if (dates === null || dates.length !== 2) continue;
      const period = parseInterval(dates.join(' ~ '), time);
      if (period.ok && period.note === undefined) return period.value;
    }
  }
  return null;
}

/** Names and values that stand side by side or one above the other instead of under a header, by field. */
export function findPairs(rows: readonly SourceRow[], specs: readonly ColumnSpec[]): Map<string, Cell> {
  const fieldOf = nameIndex(specs);
  const pairs = new Map<string, Cell>();
  for (const [at, row] of rows.entries()) {
    for (const [i, cell] of row.cells.entries()) {
      const field = fieldFor(cell, fieldOf);
      if (field === undefined || pairs.has(field)) continue;
      const value = [row.cells[i + 1], rows[at + 1]?.cells[i]].find(
        (near) => near !== undefined && !isBlank(near) && fieldFor(near, fieldOf) === undefined,
      );
      if (value !== undefined) pairs.set(field, value);
    }
  }
  return pairs;
}

function nameIndex(specs: readonly ColumnSpec[]): Map<string, ColumnSpec> {
  const index = new Map<string, ColumnSpec>();
  for (const spec of specs) {
    for (const name of spec.names) if (!index.has(comparableName(name))) index.set(comparableName(name), spec);
  }
  for (const spec of specs) {
    for (const name of spec.names) {
      const bare = comparableName(headerUnit(name).base);
      if (!index.has(bare)) index.set(bare, spec);
    }
  }
  return index;
}

function fieldFor(cell: Cell | undefined, fieldOf: ReadonlyMap<string, ColumnSpec>): string | undefined {
  if (typeof cell !== 'string' || cell.length > 120) return undefined;
  return specFor(cell, fieldOf)?.field;
}

function specFor(name: string, fieldOf: ReadonlyMap<string, ColumnSpec>): ColumnSpec | undefined {
  return fieldOf.get(comparableName(name)) ?? fieldOf.get(comparableName(headerUnit(name).base));
}

function rowText(row: SourceRow): string {
  return row.cells
    .map((cell) => cleanText(cellText(cell)))
    .filter((text) => text !== '')
    .join(' ');
}

function explanationRows(
  rows: readonly SourceRow[],
  headerIndex: number,
  specs: readonly ColumnSpec[],
  fieldOf: ReadonlyMap<string, ColumnSpec>,
  time: TimeOptions,
): SourceRow[] {
  const header = rows[headerIndex]?.cells ?? [];
  const columns = header.map((cell) => (typeof cell === 'string' ? specFor(cell, fieldOf) : undefined));
  const found: SourceRow[] = [];
  for (const row of rows.slice(headerIndex + 1, headerIndex + 1 + MAX_EXPLANATIONS)) {
    if (specs.length === 0 || !explains(row, columns, time)) break;
    found.push(row);
  }
  return found;
}

/** A row explains when something readable as words stands in its typed columns and nothing in them reads as a value. */
function explains(row: SourceRow, columns: readonly (ColumnSpec | undefined)[], time: TimeOptions): boolean {
  if (isSummaryRow(row)) return false;
  let wordy = 0;
  for (const [i, spec] of columns.entries()) {
    const cell = row.cells[i];
    if (spec === undefined || isBlank(cell)) continue;
    if (typeof cell !== 'string') return false;
    const verdict = readsAsData(cell, spec, time);
    if (verdict === true) return false;
    if (verdict === false) wordy++;
  }
  return wordy > 0;
}

/** True data, false words, null when the column cannot tell. */
function readsAsData(cell: string, spec: ColumnSpec, time: TimeOptions): boolean | null {
  const text = cleanText(cell);
  switch (spec.kind) {
    case 'text':
    case 'boolean':
      return null;
    case 'id':
    case 'phone':
      if (/\d{4,}/.test(text)) return true;
      return /\s\S+\s|[，。、,.]\s*$|[\u4e00-\u9fff]{3,}/.test(text) ? false : null;
    case 'time':
    case 'day':
    case 'interval':
      if (/\d{3,}|\d[-/:]\d/.test(text)) return true;
      return settled(parseTime(cell, time));
    case 'money':
    case 'duration':
      return /\d/.test(text) && text.length <= 24 ? true : settled(parseDecimal(cell));
    case 'percent':
      return settled(parsePercent(cell, { plain: 'ratio' }));
    default:
      return settled(parseRange(cell));
  }
}

function settled(parsed: { ok: boolean; note?: string | undefined }): boolean | null {
  if (!parsed.ok) return false;
  return parsed.note === undefined ? true : null;
}
