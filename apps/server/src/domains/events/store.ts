import { sql } from 'kysely';
import type { Tx } from '#adapters/postgres.ts';
import type { Uuid } from '#lib/id.ts';
import type { QuarantineParams } from './quarantine-codes.ts';

/** One request's worth of events on its way into or out of the spool; `body` is zstd-compressed NDJSON of facts. */
export interface SpoolEntry {
  brandId: Uuid;
  source: string;
  receivedAtMs: number;
  events: number;
  body: Buffer;
}

export interface SpoolRow extends SpoolEntry {
  seq: number;
}

export async function insertSpool(tx: Tx, entries: readonly SpoolEntry[]): Promise<void> {
  await sql`insert into events.spool (brand_id, source, received_at, events, body)
    select * from unnest(${entries.map((e) => e.brandId)}::uuid[], ${entries.map((e) => e.source)}::text[],
      ${entries.map((e) => new Date(e.receivedAtMs))}::timestamptz[], ${entries.map((e) => e.events)}::int[],
      ${entries.map((e) => e.body)}::bytea[])`.execute(tx);
}

/** The oldest rows of the spool that together hold about `eventsMax` events (at least one row). */
export async function takeSpool(tx: Tx, eventsMax: number): Promise<SpoolRow[]> {
  const { rows } = await sql<SpoolRow & { receivedAt: Date }>`
    select seq, brand_id as "brandId", source, received_at as "receivedAt", events, body from (
      select *, sum(events) over (order by seq) - events as before from (
        select * from events.spool order by seq limit 2000) oldest) s
    where before < ${eventsMax} order by seq`.execute(tx);
  return rows.map(({ receivedAt, ...row }) => ({ ...row, receivedAtMs: receivedAt.getTime() }));
}

export async function deleteSpool(tx: Tx, seqs: readonly number[]): Promise<void> {
  await sql`delete from events.spool where seq = any(${seqs}::bigint[])`.execute(tx);
}

/** Claims ids; answers the set of those that were free. Takes a constant number of statements. */
export async function claimIds(
  tx: Tx,
  months: readonly string[],
  ids: readonly Uuid[],
  brandIds: readonly Uuid[],
): Promise<Set<string>> {
  const { rows } = await sql<{ claimed: string }>`
    insert into events.ledger (key_month, event_id, brand_id)
    select * from unnest(${months}::date[], ${ids}::uuid[], ${brandIds}::uuid[])
    on conflict do nothing returning event_id::text || brand_id::text as claimed`.execute(tx);
  return new Set(rows.map((row) => row.claimed));
}

export async function ensureLedgerMonth(tx: Tx, month: string): Promise<void> {
  await sql`select events.ensure_ledger_month(${month}::date)`.execute(tx);
}

export async function dropLedgerBefore(tx: Tx, month: string): Promise<void> {
  await sql`select events.drop_ledger_before(${month}::date)`.execute(tx);
}

/** What a batch did for one brand and one hour of receipt. */
export interface Tally {
  brandId: Uuid;
  hour: string;
  stored: number;
}

export interface Batch {
  id: number;
  events: number;
  tally: Tally[];
  body: Buffer;
}

/** Reserves the id that the rows of a batch carry. */
export async function nextBatchId(tx: Tx): Promise<number> {
  const { rows } = await sql<{ id: number }>`select nextval('events.batch_ids') as id`.execute(tx);
  return rows[0]!.id;
}

export async function insertBatch(tx: Tx, batch: Batch): Promise<void> {
  await sql`insert into events.batches (id, events, tally, body)
    values (${batch.id}, ${batch.events}, ${JSON.stringify(batch.tally)}, ${batch.body})`.execute(tx);
}

export async function deleteBatch(tx: Tx, id: number): Promise<void> {
  await sql`delete from events.batches where id = ${id}`.execute(tx);
}

/** Batches that a stopped process left sealed, oldest first. */
export async function sealedBatches(tx: Tx): Promise<Batch[]> {
  const { rows } =
    await sql<Batch>`select id, events, tally, body from events.batches where state = 'sealed' order by id limit 20`.execute(
      tx,
    );
  return rows;
}

/** Batches done a moment ago, whose rows a power cut may have taken from the engine's files. */
export async function recentBatches(tx: Tx): Promise<Batch[]> {
  const { rows } = await sql<Batch>`select id, events, tally, body from events.batches
    where state = 'done' and done_at > now() - interval '2 minutes' and body is not null order by id limit 500`.execute(
    tx,
  );
  return rows;
}

/** Marks a batch done and counts its events as stored; false when it was done already. */
export async function finishBatch(tx: Tx, batch: Batch): Promise<boolean> {
  const { rows } = await sql`update events.batches set state = 'done', done_at = now()
    where id = ${batch.id} and state = 'sealed' returning id`.execute(tx);
  if (rows.length === 0) return false;
  await addHourly(
    tx,
    batch.tally.map((t) => ({ ...t, accepted: 0, duplicate: 0, quarantined: 0 })),
  );
  await sql`insert into events.brand_state as s (brand_id, version, stored)
    select b.brand_id, 1, b.stored from (
      select brand_id, sum(stored) as stored from unnest(${batch.tally.map((t) => t.brandId)}::uuid[], ${batch.tally.map((t) => t.stored)}::bigint[]) as t (brand_id, stored)
      group by 1 order by 1) b
    on conflict (brand_id) do update set version = s.version + 1, stored = s.stored + excluded.stored`.execute(tx);
  return true;
}

/** Forgets the bytes of batches that no crash can need any more, and old rows. */
export async function forgetBatches(tx: Tx): Promise<void> {
  await sql`delete from events.batches where state = 'done' and done_at < now() - interval '10 minutes'`.execute(tx);
}

export interface HourlyChange {
  brandId: Uuid;
  hour: string;
  accepted: number;
  stored: number;
  duplicate: number;
  quarantined: number;
}

/** Adds to the hourly counters, in a fixed order so that two writers never wait for each other in a ring. */
export async function addHourly(tx: Tx, changes: readonly HourlyChange[]): Promise<void> {
  if (changes.length === 0) return;
  await sql`insert into events.hourly as h (brand_id, hour, accepted, stored, duplicate, quarantined)
    select brand_id, hour, sum(accepted), sum(stored), sum(duplicate), sum(quarantined)
    from unnest(${changes.map((c) => c.brandId)}::uuid[], ${changes.map((c) => c.hour)}::timestamptz[],
      ${changes.map((c) => c.accepted)}::bigint[], ${changes.map((c) => c.stored)}::bigint[],
      ${changes.map((c) => c.duplicate)}::bigint[], ${changes.map((c) => c.quarantined)}::bigint[])
      as c (brand_id, hour, accepted, stored, duplicate, quarantined)
    group by 1, 2 order by 1, 2
    on conflict (brand_id, hour) do update set accepted = h.accepted + excluded.accepted, stored = h.stored + excluded.stored,
      duplicate = h.duplicate + excluded.duplicate, quarantined = h.quarantined + excluded.quarantined`.execute(tx);
}

export interface HourRow {
  hour: Date;
  accepted: number;
  stored: number;
  duplicate: number;
  quarantined: number;
  pending: number;
}

/** Counters of a brand by hour since a moment, with what still waits in the spool. */
export async function hoursOf(tx: Tx, brandId: Uuid, since: Date): Promise<HourRow[]> {
  const { rows } = await sql<HourRow>`
    select hour, sum(accepted)::bigint as accepted, sum(stored)::bigint as stored, sum(duplicate)::bigint as duplicate,
      sum(quarantined)::bigint as quarantined, sum(waiting)::bigint as pending
    from (
      select hour, accepted, stored, duplicate, quarantined, accepted - stored - duplicate - quarantined as waiting
      from events.hourly where brand_id = ${brandId} and hour >= ${since}
      union all
      select date_trunc('hour', received_at), events, 0, 0, 0, events from events.spool where brand_id = ${brandId} and received_at >= ${since}
    ) u group by hour order by hour`.execute(tx);
  return rows;
}

/** Totals of a brand since ever, and the oldest moment of receipt that still waits. */
export async function totalsOf(tx: Tx, brandId: Uuid): Promise<Omit<HourRow, 'hour'> & { oldest: Date | null }> {
  const { rows } = await sql<Omit<HourRow, 'hour'> & { oldest: Date | null }>`
    with h as (select coalesce(sum(accepted), 0)::bigint as accepted, coalesce(sum(stored), 0)::bigint as stored,
        coalesce(sum(duplicate), 0)::bigint as duplicate, coalesce(sum(quarantined), 0)::bigint as quarantined
      from events.hourly where brand_id = ${brandId}),
    s as (select coalesce(sum(events), 0)::bigint as events, min(received_at) as oldest from events.spool where brand_id = ${brandId})
    select h.accepted + s.events as accepted, h.stored, h.duplicate, h.quarantined,
      h.accepted + s.events - h.stored - h.duplicate - h.quarantined as pending, s.oldest from h, s`.execute(tx);
  return rows[0]!;
}

export async function brandVersion(tx: Tx, brandId: Uuid): Promise<number> {
  const { rows } = await sql<{
    version: number;
  }>`select version from events.brand_state where brand_id = ${brandId}`.execute(tx);
  return rows[0]?.version ?? 0;
}

export async function bumpBrandVersion(tx: Tx, brandId: Uuid): Promise<void> {
  await sql`insert into events.brand_state as s (brand_id, version) values (${brandId}, 1)
    on conflict (brand_id) do update set version = s.version + 1`.execute(tx);
}

/** Events in the spool of all brands, and the receipt of the oldest. */
export async function backlog(tx: Tx): Promise<{ events: number; oldest: Date | null }> {
  const { rows } = await sql<{ events: number; oldest: Date | null }>`
    select (coalesce((select sum(events) from events.spool), 0) + coalesce((select sum(events) from events.batches where state = 'sealed'), 0))::bigint as events,
      (select min(received_at) from events.spool) as oldest`.execute(tx);
  return rows[0]!;
}

export async function epochOf(tx: Tx): Promise<string> {
  const { rows } = await sql<{ epoch: string }>`select epoch from events.epoch`.execute(tx);
  return rows[0]!.epoch;
}

export interface QuarantineEntry {
  brandId: Uuid;
  id: Uuid;
  receivedAtMs: number;
  source: string;
  code: string;
  params: QuarantineParams;
  body: string;
}

export async function insertQuarantine(tx: Tx, entries: readonly QuarantineEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await sql`insert into events.quarantine (brand_id, id, received_at, source, code, params, body)
    select * from unnest(${entries.map((e) => e.brandId)}::uuid[], ${entries.map((e) => e.id)}::uuid[],
      ${entries.map((e) => new Date(e.receivedAtMs))}::timestamptz[], ${entries.map((e) => e.source)}::text[],
      ${entries.map((e) => e.code)}::text[], ${entries.map((e) => JSON.stringify(e.params))}::jsonb[],
      ${entries.map((e) => e.body.replaceAll('\u0000', '�'))}::text[])`.execute(tx);
}

export interface QuarantineRow {
  id: Uuid;
  receivedAt: Date;
  source: string;
  code: string;
  params: QuarantineParams;
  body: string;
}

export async function quarantineOf(
  tx: Tx,
  brandId: Uuid,
  wanted: { limit: number; cursor?: Uuid | undefined; code?: string | undefined; ids?: readonly Uuid[] | undefined },
): Promise<QuarantineRow[]> {
  const { rows } = await sql<QuarantineRow>`
    select id, received_at as "receivedAt", source, code, params, body from events.quarantine
    where brand_id = ${brandId} and (${wanted.cursor ?? null}::uuid is null or id < ${wanted.cursor ?? null}::uuid)
      and (${wanted.code ?? null}::text is null or code = ${wanted.code ?? null})
      and (${wanted.ids ?? null}::uuid[] is null or id = any(${wanted.ids ?? null}::uuid[]))
    order by id desc limit ${wanted.limit} for update`.execute(tx);
  return rows;
}

export async function quarantineByCode(tx: Tx, brandId: Uuid): Promise<{ code: string; count: number }[]> {
  const { rows } = await sql<{ code: string; count: number }>`
    select code, count(*)::bigint as count from events.quarantine where brand_id = ${brandId} group by 1 order by 2 desc`.execute(
    tx,
  );
  return rows;
}

export async function deleteQuarantine(tx: Tx, brandId: Uuid, ids: readonly Uuid[]): Promise<void> {
  await sql`delete from events.quarantine where brand_id = ${brandId} and id = any(${ids}::uuid[])`.execute(tx);
}

/**
 * Deletes a brand's quarantined events whose text holds one of the values. The hours that counted them count them as
 * repeats from then on, so that the pipeline still reconciles.
 */
export async function deleteQuarantineOf(tx: Tx, brandId: Uuid, values: readonly string[]): Promise<number> {
  const { rows } = await sql<{ hour: Date }>`
    delete from events.quarantine q where brand_id = ${brandId}
      and exists (select from unnest(${values}::text[]) as v where position(v in q.body) > 0)
    returning date_trunc('hour', received_at) as hour`.execute(tx);
  await addHourly(
    tx,
    rows.map(({ hour }) => ({
      brandId,
      hour: hour.toISOString(),
      accepted: 0,
      stored: 0,
      duplicate: 1,
      quarantined: -1,
    })),
  );
  return rows.length;
}

/** Quarantined events are kept for 90 days. */
export async function forgetQuarantine(tx: Tx): Promise<void> {
  await sql`delete from events.quarantine where received_at < now() - interval '90 days'`.execute(tx);
}
