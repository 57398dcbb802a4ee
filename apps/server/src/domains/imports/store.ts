import { sql } from 'kysely';
import type { Tx } from '#adapters/postgres.ts';
import type { Uuid } from '#lib/id.ts';
import type { ImportProblem } from './problem.ts';
import type { Import, Mapping } from './schema.ts';

export type ImportState = Import['state'];

/** Counts of an import; `read = accepted + duplicate + rejected` always holds. */
export interface ImportCounts {
  read: number;
  accepted: number;
  duplicate: number;
  rejected: number;
}

/** How far an import has come: what is committed and what the counts are of. */
export interface Progress extends ImportCounts {
  position: number;
  /** Rows under the header of file `position` that are done with. */
  rowsDone: number;
  line: number;
  fraction: number;
  /** Lines kept for the report. */
  problems: number;
  /** Of these, lines about values that were left out of a row that was kept. */
  warnings: number;
  notes: Record<string, number>;
}

export interface ImportFile {
  position: number;
  name: string;
  path: string;
  uploadId: Uuid | null;
  sizeBytes: number;
  sha256: string | null;
}

export interface ImportRecord {
  brandId: Uuid;
  id: Uuid;
  preset: string;
  dryRun: boolean;
  mapping: Mapping | null;
  state: ImportState;
  actor: string;
  /** Of the brand when the import was started. */
  currency: string;
  zone: string;
  errorCode: string | null;
  errorEn: string | null;
  errorZh: string | null;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  files: ImportFile[];
  progress: Progress;
}

export interface NewImportRecord {
  id: Uuid;
  preset: string;
  dryRun: boolean;
  mapping: Mapping | null;
  actor: string;
  currency: string;
  zone: string;
  createdAtMs: number;
  files: Omit<ImportFile, 'sha256'>[];
}

/** Imports of the brand that are waiting or running. */
export async function countOpen(tx: Tx, brandId: Uuid): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from imports.imports
    where brand_id = ${brandId} and state in ('waiting', 'running', 'cancelling')`.execute(tx);
  return rows[0]?.count ?? 0;
}

/** Serializes the starts of a brand, so that the bound on waiting imports holds. */
export async function lockStarts(tx: Tx, brandId: Uuid): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`tandem.imports.start.${brandId}`}, 0))`.execute(tx);
}

export async function insertImport(tx: Tx, brandId: Uuid, one: NewImportRecord): Promise<void> {
  const mapping = one.mapping === null ? null : JSON.stringify(one.mapping);
  await sql`
    insert into imports.imports (brand_id, id, preset, dry_run, mapping, state, actor, currency, zone, created_at)
    values (${brandId}, ${one.id}, ${one.preset}, ${one.dryRun}, ${mapping}::jsonb, 'waiting', ${one.actor}, ${one.currency},
      ${one.zone}, to_timestamp(${one.createdAtMs} / 1000.0))`.execute(tx);
  await sql`
    insert into imports.files (brand_id, import_id, position, name, path, upload_id, size_bytes)
    select ${brandId}, ${one.id}, * from unnest(
      ${one.files.map((file) => file.position)}::integer[], ${one.files.map((file) => file.name)}::text[],
      ${one.files.map((file) => file.path)}::text[], ${one.files.map((file) => file.uploadId)}::uuid[],
      ${one.files.map((file) => file.sizeBytes)}::bigint[])`.execute(tx);
  await sql`insert into imports.progress (brand_id, import_id) values (${brandId}, ${one.id})`.execute(tx);
}

const selected = sql`
  select i.brand_id as "brandId", i.id, i.preset, i.dry_run as "dryRun", i.mapping, i.state, i.actor, i.currency, i.zone,
    i.error_code as "errorCode", i.error_en as "errorEn", i.error_zh as "errorZh",
    i.created_at as "createdAt", i.started_at as "startedAt", i.ended_at as "endedAt",
    jsonb_build_object('position', p.position, 'rowsDone', p.rows_done, 'line', p.line, 'fraction', p.fraction,
      'read', p.read, 'accepted', p.accepted, 'duplicate', p.duplicate, 'rejected', p.rejected,
      'problems', p.problems, 'warnings', p.warnings, 'notes', p.notes) as progress,
    (select jsonb_agg(jsonb_build_object('position', f.position, 'name', f.name, 'path', f.path,
        'uploadId', f.upload_id, 'sizeBytes', f.size_bytes, 'sha256', f.sha256) order by f.position)
      from imports.files f where f.brand_id = i.brand_id and f.import_id = i.id) as files
  from imports.imports i join imports.progress p on p.brand_id = i.brand_id and p.import_id = i.id`;

export async function findImport(tx: Tx, brandId: Uuid, id: Uuid): Promise<ImportRecord | undefined> {
  const { rows } = await sql<ImportRecord>`${selected} where i.brand_id = ${brandId} and i.id = ${id}`.execute(tx);
  return rows[0];
}

/** Newest first. */
export async function listImports(tx: Tx, brandId: Uuid, limit: number): Promise<ImportRecord[]> {
  const { rows } = await sql<ImportRecord>`
    ${selected} where i.brand_id = ${brandId} order by i.created_at desc, i.id desc limit ${limit}`.execute(tx);
  return rows;
}

/** All imports that have not ended, of all brands, oldest first. */
export async function listOpen(tx: Tx): Promise<{ brandId: Uuid; id: Uuid; state: ImportState }[]> {
  const { rows } = await sql<{ brandId: Uuid; id: Uuid; state: ImportState }>`
    select brand_id as "brandId", id, state from imports.imports
    where state in ('waiting', 'running', 'cancelling') order by created_at, id limit 1000`.execute(tx);
  return rows;
}

/** Takes an open import into work; undefined when it has ended meanwhile. */
export async function markRunning(tx: Tx, brandId: Uuid, id: Uuid, nowMs: number): Promise<ImportState | undefined> {
  const { rows } = await sql<{ state: ImportState }>`
    update imports.imports
    set state = case when state = 'cancelling' then state else 'running' end,
      started_at = coalesce(started_at, to_timestamp(${nowMs} / 1000.0))
    where brand_id = ${brandId} and id = ${id} and state in ('waiting', 'running', 'cancelling')
    returning state`.execute(tx);
  return rows[0]?.state;
}

/** Asks an import to stop: a waiting one has ended at once. Undefined when it had ended before. */
export async function markCancelling(tx: Tx, brandId: Uuid, id: Uuid, nowMs: number): Promise<ImportState | undefined> {
  const { rows } = await sql<{ state: ImportState }>`
    update imports.imports
    set state = case when state = 'waiting' then 'cancelled' else 'cancelling' end,
      ended_at = case when state = 'waiting' then to_timestamp(${nowMs} / 1000.0) end
    where brand_id = ${brandId} and id = ${id} and state in ('waiting', 'running', 'cancelling')
    returning state`.execute(tx);
  return rows[0]?.state;
}

export interface ImportEnd {
  state: 'done' | 'cancelled' | 'failed';
  error?: { code: string; en: string; zh: string };
}

/** Ends an import; false when it had ended before. */
export async function markEnded(tx: Tx, brandId: Uuid, id: Uuid, end: ImportEnd, nowMs: number): Promise<boolean> {
  const { rows } = await sql`
    update imports.imports
    set state = ${end.state}, ended_at = to_timestamp(${nowMs} / 1000.0),
      error_code = ${end.error?.code ?? null}, error_en = ${end.error?.en ?? null}, error_zh = ${end.error?.zh ?? null}
    where brand_id = ${brandId} and id = ${id} and state in ('running', 'cancelling')
    returning id`.execute(tx);
  if (end.state === 'done') {
    await sql`update imports.progress set fraction = 1 where brand_id = ${brandId} and import_id = ${id}`.execute(tx);
  }
  return rows.length > 0;
}

export async function stateOf(tx: Tx, brandId: Uuid, id: Uuid): Promise<ImportState | undefined> {
  const { rows } = await sql<{ state: ImportState }>`
    select state from imports.imports where brand_id = ${brandId} and id = ${id}`.execute(tx);
  return rows[0]?.state;
}

export async function setFileHash(tx: Tx, brandId: Uuid, id: Uuid, position: number, sha256: string): Promise<void> {
  await sql`
    update imports.files set sha256 = ${sha256}
    where brand_id = ${brandId} and import_id = ${id} and position = ${position}`.execute(tx);
}

/**
 * Moves the progress from `from` to `to`; false when it was not at `from` any more, because another process works on the
 * same import: the transaction must then be given up.
 */
export async function moveProgress(tx: Tx, brandId: Uuid, id: Uuid, from: Progress, to: Progress): Promise<boolean> {
  const { rows } = await sql`
    update imports.progress
    set position = ${to.position}, rows_done = ${to.rowsDone}, line = ${to.line}, fraction = ${to.fraction},
      read = ${to.read}, accepted = ${to.accepted}, duplicate = ${to.duplicate}, rejected = ${to.rejected},
      problems = ${to.problems}, warnings = ${to.warnings}, notes = ${JSON.stringify(to.notes)}::jsonb
    where brand_id = ${brandId} and import_id = ${id} and position = ${from.position} and rows_done = ${from.rowsDone}
      and read = ${from.read}
    returning import_id`.execute(tx);
  return rows.length > 0;
}

/** Keeps lines for the report; `firstSeq` is the number of lines kept so far. */
export async function insertProblems(
  tx: Tx,
  brandId: Uuid,
  id: Uuid,
  firstSeq: number,
  problems: readonly ImportProblem[],
): Promise<void> {
  if (problems.length === 0) return;
  await sql`
    insert into imports.problems
      (brand_id, import_id, seq, warning, position, line, sheet, column_name, value, code, detail)
    select ${brandId}, ${id}, ${firstSeq} + (ordinality - 1), warning, position, line, sheet, column_name, value, code,
      detail::jsonb
    from unnest(
      ${problems.map((one) => one.warning)}::boolean[], ${problems.map((one) => one.position)}::integer[],
      ${problems.map((one) => one.line)}::bigint[], ${problems.map((one) => one.sheet)}::text[],
      ${problems.map((one) => storable(one.column))}::text[], ${problems.map((one) => storable(one.value))}::text[],
      ${problems.map((one) => one.code)}::text[],
      ${problems.map((one) => storable(JSON.stringify(one.detail)))}::text[]
    ) with ordinality as t (warning, position, line, sheet, column_name, value, code, detail, ordinality)`.execute(tx);
}

/** A page of the report's lines in their order. */
export async function listProblems(
  tx: Tx,
  brandId: Uuid,
  id: Uuid,
  fromSeq: number,
  limit: number,
): Promise<(ImportProblem & { seq: number })[]> {
  const { rows } = await sql<ImportProblem & { seq: number }>`
    select seq, warning, position, line, sheet, column_name as "column", value, code, detail from imports.problems
    where brand_id = ${brandId} and import_id = ${id} and seq >= ${fromSeq} order by seq limit ${limit}`.execute(tx);
  return rows;
}

/** Forgets what a dry run that has to begin again had counted. */
export async function resetProgress(tx: Tx, brandId: Uuid, id: Uuid): Promise<void> {
  await sql`delete from imports.problems where brand_id = ${brandId} and import_id = ${id}`.execute(tx);
  await sql`delete from imports.progress where brand_id = ${brandId} and import_id = ${id}`.execute(tx);
  await sql`insert into imports.progress (brand_id, import_id) values (${brandId}, ${id})`.execute(tx);
}

/** Reports are kept until this age; counts and notes stay. */
export async function deleteOldProblems(tx: Tx, endedBeforeMs: number): Promise<void> {
  await sql`
    delete from imports.problems p using imports.imports i
    where i.brand_id = p.brand_id and i.id = p.import_id
      and i.ended_at < to_timestamp(${endedBeforeMs} / 1000.0)`.execute(tx);
}

/** Blanks the cells of all reports that hold one of the texts; the lines stay. Gives the number of lines. */
export async function blankProblems(tx: Tx, brandId: Uuid, texts: readonly string[]): Promise<number> {
  const { rows } = await sql`
    update imports.problems set value = '(erased)', detail = detail || '{"seen": "(erased)"}'
    where brand_id = ${brandId} and exists (
      select from unnest(${[...texts]}::text[]) as t (text) where strpos(value, text) > 0)
    returning seq`.execute(tx);
  return rows.length;
}

/** Postgres text holds neither the NUL character nor half a surrogate pair. */
function storable(text: string): string {
  return text.replaceAll('\0', '').replaceAll('\\u0000', '').toWellFormed();
}
