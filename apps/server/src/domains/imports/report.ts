import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import type { Db } from '#adapters/postgres.ts';
import type { Uuid } from '#lib/id.ts';
import { explain, type ImportProblem } from './problem.ts';
import { type ImportRecord, listProblems } from './store.ts';

const pageRows = 2_000;

const columns = ['file', 'line', 'sheet', 'column', 'value', 'what', 'code', 'reason', '原因'] as const;

/**
 * The report of an import as CSV (UTF-8 with byte order mark, as spreadsheet programs expect): one line per rejected row
 * or left-out value, with the reason in both languages. Text that a spreadsheet would run as a formula is disarmed.
 */
export function reportCsv(db: Db, record: ImportRecord): Readable {
  const csv = stringify({
    bom: true,
    header: true,
    columns: [...columns],
    escape_formulas: true,
    record_delimiter: '\r\n',
  });
  const rows = Readable.from(reportRows(db, record));
  rows.on('error', (error) => csv.destroy(error));
  csv.on('close', () => rows.destroy());
  return rows.pipe(csv);
}

async function* reportRows(db: Db, record: ImportRecord): AsyncGenerator<string[]> {
  for (let from = 0; ; ) {
    const page = await problemPage(db, record.brandId, record.id, from);
    for (const problem of page) yield reportRow(record, problem);
    const last = page.at(-1);
    if (last === undefined || page.length < pageRows) return;
    from = last.seq + 1;
  }
}

function problemPage(db: Db, brandId: Uuid, id: Uuid, fromSeq: number): Promise<(ImportProblem & { seq: number })[]> {
  return db.brand(brandId, (tx) => listProblems(tx, brandId, id, fromSeq, pageRows));
}

function reportRow(record: ImportRecord, problem: ImportProblem): string[] {
  const { en, zh } = explain(problem.code, problem.detail);
  return [
    record.files[problem.position]?.name ?? '',
    String(problem.line),
    problem.sheet ?? '',
    problem.column,
    problem.value,
    problem.warning ? 'value left out' : 'row rejected',
    problem.code,
    en,
    zh,
  ];
}
