import { sql } from 'kysely';
import type { Tx } from '#adapters/postgres.ts';
import type { Uuid } from '#lib/id.ts';
import type { Measure } from './measure.ts';
import type { ExposureRecord, PieceRecord, SpendRecord } from './readers.ts';

/** Keeps two imports of one brand from reading the same rows before either has written them. */
export async function lockBrand(tx: Tx, brandId: Uuid): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`content ${brandId}`}, 0))`.execute(tx);
}

export async function readSpend(tx: Tx, brandId: Uuid, ids: readonly Uuid[]): Promise<Map<Uuid, Measure>> {
  const { rows } = await sql<Measure>`
    select id, (extract(epoch from spent_at) * 1000)::bigint as "atMs", amount_minor as value, null::bigint as total, revision, seen
    from content.spend where brand_id = ${brandId} and id = any(${ids}::uuid[])`.execute(tx);
  return new Map(rows.map((row) => [row.id, row]));
}

export async function readExposures(tx: Tx, brandId: Uuid, ids: readonly Uuid[]): Promise<Map<Uuid, Measure>> {
  const { rows } = await sql<Measure>`
    select id, (extract(epoch from exposed_at) * 1000)::bigint as "atMs", quantity as value, total, revision, seen
    from content.exposures where brand_id = ${brandId} and id = any(${ids}::uuid[])`.execute(tx);
  return new Map(rows.map((row) => [row.id, row]));
}

const literal = (values: readonly number[]) => `{${values.join(',')}}`;

export interface SpendRow {
  measure: Measure;
  record: SpendRecord;
  sessionId: Uuid | null;
  contentId: Uuid | null;
}

export async function saveSpend(tx: Tx, brandId: Uuid, rows: readonly SpendRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into content.spend (brand_id, id, spent_at, amount_minor, purpose, channel, campaign, session_id, content_id, revision, seen)
    select ${brandId}::uuid, id, to_timestamp(at_ms / 1000), amount, purpose, channel, campaign, session_id, content_id, revision, seen::integer[]
    from unnest(${rows.map((row) => row.measure.id)}::uuid[], ${rows.map((row) => row.measure.atMs)}::float8[],
      ${rows.map((row) => row.measure.value)}::bigint[], ${rows.map((row) => row.record.purpose)}::text[],
      ${rows.map((row) => row.record.channel)}::text[], ${rows.map((row) => row.record.campaign)}::text[],
      ${rows.map((row) => row.sessionId)}::uuid[], ${rows.map((row) => row.contentId)}::uuid[],
      ${rows.map((row) => row.measure.revision)}::integer[], ${rows.map((row) => literal(row.measure.seen))}::text[])
      as u(id, at_ms, amount, purpose, channel, campaign, session_id, content_id, revision, seen)
    on conflict (brand_id, id) do update set amount_minor = excluded.amount_minor, revision = excluded.revision, seen = excluded.seen`.execute(
    tx,
  );
}

export async function saveExposures(
  tx: Tx,
  brandId: Uuid,
  rows: readonly { measure: Measure; record: ExposureRecord }[],
): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into content.exposures (brand_id, id, exposed_at, metric, quantity, total, channel, revision, seen)
    select ${brandId}::uuid, id, to_timestamp(at_ms / 1000), metric, quantity, total, channel, revision, seen::integer[]
    from unnest(${rows.map((row) => row.measure.id)}::uuid[], ${rows.map((row) => row.measure.atMs)}::float8[],
      ${rows.map((row) => row.record.metric)}::text[], ${rows.map((row) => row.measure.value)}::bigint[],
      ${rows.map((row) => row.measure.total)}::bigint[], ${rows.map((row) => row.record.channel)}::text[],
      ${rows.map((row) => row.measure.revision)}::integer[], ${rows.map((row) => literal(row.measure.seen))}::text[])
      as u(id, at_ms, metric, quantity, total, channel, revision, seen)
    on conflict (brand_id, id) do update set quantity = excluded.quantity, total = excluded.total,
      revision = excluded.revision, seen = excluded.seen`.execute(tx);
}

/** Pieces that are known, and whether their publication is recorded. */
export async function readPieces(tx: Tx, brandId: Uuid, ids: readonly Uuid[]): Promise<Map<Uuid, boolean>> {
  const { rows } = await sql<{ id: Uuid; recorded: boolean }>`
    select id, recorded from content.pieces where brand_id = ${brandId} and id = any(${ids}::uuid[])`.execute(tx);
  return new Map(rows.map((row) => [row.id, row.recorded]));
}

export type PieceRow = Pick<PieceRecord, 'title' | 'externalId' | 'contentKind' | 'channel'> & {
  id: Uuid;
  atMs: number | null;
};

/** Keeps pieces; one that is published now fills in what spend on it did not tell. */
export async function savePieces(tx: Tx, brandId: Uuid, rows: readonly PieceRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into content.pieces (brand_id, id, channel, external_id, title, kind, published_at, recorded)
    select ${brandId}::uuid, id, channel, external_id, title, kind, to_timestamp(at_ms / 1000), at_ms is not null
    from unnest(${rows.map((row) => row.id)}::uuid[], ${rows.map((row) => row.channel)}::text[],
      ${rows.map((row) => row.externalId)}::text[], ${rows.map((row) => row.title)}::text[],
      ${rows.map((row) => row.contentKind)}::text[], ${rows.map((row) => row.atMs)}::float8[])
      as u(id, channel, external_id, title, kind, at_ms)
    on conflict (brand_id, id) do update set channel = coalesce(pieces.channel, excluded.channel),
      title = coalesce(excluded.title, pieces.title), published_at = coalesce(pieces.published_at, excluded.published_at),
      kind = case when excluded.recorded then excluded.kind else pieces.kind end, recorded = pieces.recorded or excluded.recorded`.execute(
    tx,
  );
}

export async function pieceNames(tx: Tx, brandId: Uuid, ids: readonly Uuid[]): Promise<Map<Uuid, string>> {
  const { rows } = await sql<{ id: Uuid; name: string }>`
    select id, coalesce(title, external_id) as name from content.pieces
    where brand_id = ${brandId} and id = any(${ids}::uuid[]) and coalesce(title, external_id) is not null`.execute(tx);
  return new Map(rows.map((row) => [row.id, row.name]));
}
