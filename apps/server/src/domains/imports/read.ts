import { setImmediate as nextTurn } from 'node:timers/promises';
import { refuse } from '#errors.ts';
import { type Cell, cellText, type SourceRow } from '#lib/tabular/cells.ts';
import { cellsBeyond } from '#lib/tabular/columns.ts';
import { isSummaryRow, repeatsHeader } from '#lib/tabular/header.ts';
import type { Mapping as ColumnMapping } from '#lib/tabular/mapping.ts';
import { TabularError } from '#lib/tabular/reasons.ts';
import { describeSource, type ReadOptions, readTable, type SourceDescription } from '#lib/tabular/table.ts';
import { type BoundSheet, bindSheet } from './bind.ts';
import type { Chunk, ReadRow } from './chunk.ts';
import { fileRefusal } from './failure.ts';
import { estimateLines } from './fingerprint.ts';
import { checkedMapping, mappingRefusal } from './mapping.ts';
import type { ImportBrand, Preset, RowOutcome, RowProblem } from './preset.ts';
import { type ImportProblem, shownValue } from './problem.ts';
import { CellRow, type Unreadable } from './row.ts';
import type { Mapping } from './schema.ts';
import type { ImportFile } from './store.ts';

/** Rows from which the columns of a sheet are profiled. */
const profiledRows = 2_000;
/** Work done in one go before other requests get their turn. */
const turnMs = 12;
const batchRows = 500;

type ReadableFile = Pick<ImportFile, 'name' | 'path' | 'position'>;

export interface ChunkPlan {
  chunkRows: number;
  /** Rows that were committed before: read again for the reader's memory, not given again. */
  skipRows: number;
  /** Turns the share of this file into the share of the whole import. */
  fraction: (ofFile: number) => number;
}

export interface OpenedFile {
  description: SourceDescription;
  sheet: BoundSheet;
  chunks(plan: ChunkPlan): Promise<AsyncGenerator<Chunk>>;
}

/**
 * Looks at the head of a file and ties the preset to its columns.
 * @throws Refusal import.file_unreadable, import.columns_missing, import.mapping_invalid
 */
export async function openFile(
  preset: Preset,
  brand: ImportBrand,
  file: ReadableFile,
  mapping: Mapping,
  signal?: AbortSignal,
): Promise<OpenedFile> {
  const columnMapping = checkedMapping(mapping, preset.columns);
  const options = { ...readOptions(columnMapping), ...(signal && { signal }) };
  try {
    const description = await describeSource(file.path, options);
    const sheet = await firstSheet(preset, brand, file, columnMapping, options);
    return {
      description,
      sheet,
      async chunks(plan) {
        const lines = await estimateLines(file.path, description);
        return new FileReading(preset, brand, file, sheet, columnMapping).chunks(options, plan, lines);
      },
    };
  } catch (error) {
    throw fileRefusal(mappingRefusal(error), file.name);
  }
}

/** How a mapping wants the file to be cut into rows. */
export function readOptions(mapping: ColumnMapping): ReadOptions {
  return {
    batchRows,
    ...(mapping.sheet !== undefined && { sheets: [mapping.sheet] }),
    ...(mapping.encoding !== undefined && { encoding: mapping.encoding }),
    ...(mapping.delimiter !== undefined && { delimiter: mapping.delimiter }),
  };
}

/** The first rows of each sheet, as many as its columns are profiled from; given as soon as they are read. */
export async function* sheetHeads(path: string, options: ReadOptions): AsyncGenerator<SourceRow[]> {
  let head: SourceRow[] | undefined = [];
  let sheet: string | undefined;
  for await (const rows of readTable({ path }, options)) {
    for (const row of rows) {
      if (row.sheet !== sheet) {
        if (head !== undefined && head.length > 0) yield head;
        head = [];
        sheet = row.sheet;
      }
      if (head === undefined || head.push(row) < profiledRows) continue;
      yield head;
      head = undefined;
    }
    // A text file has one sheet only: what lies beyond its head need not be read.
    if (head === undefined && sheet === undefined) return;
  }
  if (head !== undefined && head.length > 0) yield head;
}

async function firstSheet(
  preset: Preset,
  brand: ImportBrand,
  file: ReadableFile,
  mapping: ColumnMapping,
  options: ReadOptions,
): Promise<BoundSheet> {
  let nearest: BoundSheet | undefined;
  let wrong: unknown;
  for await (const head of sheetHeads(file.path, options)) {
    try {
      const bound = bindSheet(preset.columns, brand, head, mapping);
      if (bound?.missing.length === 0) return bound;
      if (nearest === undefined || (bound && bound.missing.length < nearest.missing.length)) nearest = bound;
    } catch (error) {
      wrong ??= error;
    }
  }
  if (wrong !== undefined) throw wrong;
  throw columnsMissing(preset, file, nearest);
}

function columnsMissing(preset: Preset, file: ReadableFile, nearest: BoundSheet | undefined): Error {
  const required = preset.columns.filter((spec) => spec.required === true);
  const lacking = required.filter((spec) => nearest?.missing.includes(spec.field) ?? true);
  const found = nearest?.header.cells.map((cell) => cellText(cell).trim()).filter((name) => name !== '') ?? [];
  return refuse('import.columns_missing', {
    file: file.name,
    preset: preset.id,
    missing: lacking.map((spec) => `${spec.field} (${spec.names.slice(0, 3).join(' / ')})`).join(', '),
    found: found.slice(0, 60).join(', ') || '–',
  });
}

/** One reading of a file from its first row to its last; what the preset's reader remembers is of this reading. */
export class FileReading {
  readonly #preset: Preset;
  readonly #brand: ImportBrand;
  readonly #file: ReadableFile;
  readonly #mapping: ColumnMapping;
  readonly #read: ReturnType<Preset['reader']>;
  #bound: BoundSheet | undefined;
  #row: CellRow | undefined;
  #notes: Record<string, number> = {};
  #rowsDone = 0;
  #line = 0;

  constructor(preset: Preset, brand: ImportBrand, file: ReadableFile, sheet: BoundSheet, mapping: ColumnMapping) {
    this.#preset = preset;
    this.#brand = brand;
    this.#file = file;
    this.#mapping = mapping;
    this.#read = preset.reader(brand, {
      name: file.name,
      preamble: sheet.header.preamble,
      columns: new Set(sheet.columns.keys()),
    });
  }

  async *chunks(options: ReadOptions, plan: ChunkPlan, lines: number): AsyncGenerator<Chunk> {
    let rows: ReadRow[] = [];
    let turnEndsMs = performance.now() + turnMs;
    let committed = plan.skipRows === 0;
    const chunk = (): Chunk => {
      const share = lines > 0 ? Math.max(this.#line, this.#rowsDone) / lines : 0;
      const notes = this.#notes;
      this.#notes = {};
      const { position } = this.#file;
      return {
        position,
        rowsDone: this.#rowsDone,
        line: this.#line,
        fraction: plan.fraction(Math.min(1, share)),
        rows,
        notes,
      };
    };
    for await (const source of this.#dataRows(options)) {
      const read = this.#readRow(source);
      this.#rowsDone++;
      this.#line = source.line;
      if (!committed) {
        committed = this.#rowsDone >= plan.skipRows;
        // Notes of committed rows were counted with them.
        if (committed) this.#notes = {};
        continue;
      }
      if (read !== undefined) rows.push(read);
      if (rows.length >= plan.chunkRows) {
        yield chunk();
        rows = [];
      }
      if (performance.now() > turnEndsMs) {
        await nextTurn();
        turnEndsMs = performance.now() + turnMs;
      }
    }
    if (committed && (rows.length > 0 || Object.keys(this.#notes).length > 0)) yield chunk();
  }

  /** Reads rows of one sheet that are in hand; those that are passed over are left out. */
  *readRows(bound: BoundSheet, rows: readonly SourceRow[]): Generator<ReadRow> {
    this.#bound = bound;
    this.#row = new CellRow(bound.columns, this.#brand.currency);
    for (const source of rows) {
      const read = this.#readRow(source);
      if (read !== undefined) yield read;
    }
  }

  /** Rows under the headers, sheet by sheet. */
  async *#dataRows(options: ReadOptions): AsyncGenerator<SourceRow> {
    let head: SourceRow[] | undefined = [];
    let sheet: string | undefined;
    for await (const batch of readTable({ path: this.#file.path }, options)) {
      for (const row of batch) {
        if (row.sheet !== sheet && (head === undefined || head.length > 0)) {
          if (head !== undefined) yield* this.#bind(head);
          head = [];
        }
        sheet = row.sheet;
        if (head === undefined) {
          if (this.#bound !== undefined) yield row;
        } else if (head.push(row) >= profiledRows) {
          yield* this.#bind(head);
          head = undefined;
        }
      }
    }
    if (head !== undefined && head.length > 0) yield* this.#bind(head);
  }

  /** Ties the columns of a sheet by its first rows and gives those that are data. */
  #bind(head: readonly SourceRow[]): readonly SourceRow[] {
    const bound = boundOrNot(this.#preset, this.#brand, head, this.#mapping);
    this.#bound = bound;
    if (bound === undefined) {
      this.#note('sheet_skipped');
      return [];
    }
    this.#row = new CellRow(bound.columns, this.#brand.currency);
    for (let i = 0; i < bound.header.explanations; i++) this.#note('explanation_row');
    return head.slice(bound.header.dataIndex);
  }

  #readRow(source: SourceRow): ReadRow | undefined {
    const { header } = this.#bound!;
    const row = this.#row!;
    row.set(source);
    if (isSummaryRow(source)) return this.#skip('summary_row');
    if (mayRepeat(source, header.cells) && repeatsHeader(source, header.cells)) return this.#skip('header_row');
    const problem = problemMaker(row, source, this.#file.position);
    const extra = source.cells.length > header.cells.length ? cellsBeyond(source, header.cells.length) : 0;
    if (extra > 0) {
      return rejectedRow(source, problem, [problem({ field: '', code: 'row_too_long', detail: { extra } })]);
    }
    let outcome: RowOutcome<unknown>;
    try {
      outcome = this.#read(row);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return rejectedRow(source, problem, [problem({ field: '', code: 'preset_failed', detail: { detail } })]);
    }
    if (outcome.kind === 'skipped') return this.#skip(outcome.code);
    return judged(source, outcome, row.unreadable, problem, this.#file.position);
  }

  #skip(code: string): undefined {
    this.#note(code);
  }

  #note(code: string): void {
    this.#notes[code] = (this.#notes[code] ?? 0) + 1;
  }
}

function boundOrNot(
  preset: Preset,
  brand: ImportBrand,
  head: readonly SourceRow[],
  mapping: ColumnMapping,
): BoundSheet | undefined {
  try {
    const bound = bindSheet(preset.columns, brand, head, mapping);
    return bound?.missing.length === 0 ? bound : undefined;
  } catch (error) {
    // Another sheet has the columns that the mapping names, or the file would not have been opened.
    if (error instanceof TabularError) return undefined;
    throw error;
  }
}

/** A cheap look before the thorough one: the first filled cell is the header's. */
function mayRepeat(source: SourceRow, header: readonly Cell[]): boolean {
  const first = source.cells[0];
  return (
    typeof first !== 'string' || first === '' || first === header[0] || first.trim() === cellText(header[0]).trim()
  );
}

type ProblemMaker = (problem: RowProblem) => ImportProblem;

/** What a row comes to: an unreadable value in a required column rejects it, in another one is left out and told. */
function judged(
  source: SourceRow,
  outcome: Exclude<RowOutcome<unknown>, { kind: 'skipped' }>,
  unreadable: readonly Unreadable[],
  problem: ProblemMaker,
  position: number,
): ReadRow {
  const fatal = unreadable.filter((one) => one.column.required);
  if (outcome.kind === 'rejected' || fatal.length > 0) {
    const reasons = outcome.kind === 'rejected' ? outcome.problems : [];
    const precise = unreadable.filter(
      (one) => fatal.includes(one) || reasons.some(({ field }) => field === one.column.field),
    );
    const problems = precise.map((one) => unreadableProblem(source, one, position, false));
    const told = new Set(precise.map((one) => one.column.field));
    for (const reason of reasons) if (!told.has(reason.field)) problems.push(problem(reason));
    return rejectedRow(source, problem, problems);
  }
  if (outcome.records.length === 0) {
    return rejectedRow(source, problem, [problem({ field: '', code: 'no_records' })]);
  }
  const problems = unreadable.map((one) => unreadableProblem(source, one, position, true));
  return { line: source.line, sheet: source.sheet, records: outcome.records, rejected: false, problems, problem };
}

function rejectedRow(source: SourceRow, problem: ProblemMaker, problems: ImportProblem[]): ReadRow {
  return { line: source.line, sheet: source.sheet, records: [], rejected: true, problems, problem };
}

function unreadableProblem(source: SourceRow, one: Unreadable, position: number, warning: boolean): ImportProblem {
  return {
    warning,
    position,
    line: source.line,
    sheet: source.sheet ?? null,
    column: one.column.name,
    value: shownValue(cellText(one.cell)),
    code: one.refusal.code,
    detail: one.refusal.detail,
  };
}

function problemMaker(row: CellRow, source: SourceRow, position: number): ProblemMaker {
  return ({ field, code, detail }) => {
    row.set(source);
    const { column, value } = row.shown(field);
    return {
      warning: false,
      position,
      line: source.line,
      sheet: source.sheet ?? null,
      column,
      value: shownValue(value),
      code,
      detail: { column, seen: value, ...detail },
    };
  };
}
