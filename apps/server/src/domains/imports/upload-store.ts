import { sql } from 'kysely';
import type { Tx } from '#adapters/postgres.ts';
import type { Uuid } from '#lib/id.ts';

/** A file that was sent ahead of an import. */
export interface UploadRecord {
  id: Uuid;
  name: string;
  path: string;
  sizeBytes: number;
}

export async function insertUpload(tx: Tx, brandId: Uuid, one: UploadRecord, keptUntilMs: number): Promise<void> {
  await sql`
    insert into imports.uploads (brand_id, id, name, path, size_bytes, kept_until)
    values (${brandId}, ${one.id}, ${one.name}, ${one.path}, ${one.sizeBytes},
      to_timestamp(${keptUntilMs} / 1000.0))`.execute(tx);
}

/** Uploads of the brand by id, kept at least until the given time; unknown ones are missing in the answer. */
export async function takeUploads(
  tx: Tx,
  brandId: Uuid,
  ids: readonly Uuid[],
  keptUntilMs: number,
): Promise<Map<Uuid, UploadRecord>> {
  const { rows } = await sql<UploadRecord>`
    update imports.uploads set kept_until = greatest(kept_until, to_timestamp(${keptUntilMs} / 1000.0))
    where brand_id = ${brandId} and id = any (${[...ids]}::uuid[])
    returning id, name, path, size_bytes as "sizeBytes"`.execute(tx);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Lets uploads go at the next cleaning, unless another import that has not ended needs them. */
export async function releaseUploads(tx: Tx, brandId: Uuid, ids: readonly Uuid[], nowMs: number): Promise<void> {
  await sql`
    update imports.uploads set kept_until = to_timestamp(${nowMs} / 1000.0)
    where brand_id = ${brandId} and id = any (${[...ids]}::uuid[])`.execute(tx);
}

/** Removes the records of uploads that nobody needs; their files are then without a record. */
export async function deleteStaleUploads(tx: Tx, nowMs: number): Promise<void> {
  await sql`
    delete from imports.uploads u
    where u.kept_until <= to_timestamp(${nowMs} / 1000.0) and not exists (
      select from imports.files f join imports.imports i on i.brand_id = f.brand_id and i.id = f.import_id
      where f.brand_id = u.brand_id and f.upload_id = u.id and i.state in ('waiting', 'running', 'cancelling'))`.execute(
    tx,
  );
}

/** Ids of all uploads, of all brands. */
export async function listUploadIds(tx: Tx): Promise<Set<Uuid>> {
  const { rows } = await sql<{ id: Uuid }>`select id from imports.uploads`.execute(tx);
  return new Set(rows.map((row) => row.id));
}

/** Bytes that the uploads of a brand take. */
export async function sumUploadBytes(tx: Tx, brandId: Uuid): Promise<number> {
  const { rows } = await sql<{ bytes: number }>`
    select coalesce(sum(size_bytes), 0)::bigint as bytes from imports.uploads where brand_id = ${brandId}`.execute(tx);
  return rows[0]?.bytes ?? 0;
}
