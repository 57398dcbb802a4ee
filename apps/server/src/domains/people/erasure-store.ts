import { sql } from 'kysely';
import type { Tx } from '#adapters/postgres.ts';
import type { Uuid } from '#lib/id.ts';
import type { IdentifierRow } from './store.ts';

/** All identifiers of some persons, by the person each belongs to. */
export async function identifiersOf(
  tx: Tx,
  brandId: Uuid,
  personIds: readonly Uuid[],
): Promise<(IdentifierRow & { personId: Uuid })[]> {
  const { rows } = await sql<IdentifierRow & { personId: Uuid }>`
    select person_id as "personId", namespace, value from people.identifier
    where brand_id = ${brandId} and person_id = any(${personIds}::uuid[]) order by namespace, value`.execute(tx);
  return rows;
}

/** The brand's salt, made now if nobody was erased before. */
export async function saltOf(tx: Tx, brandId: Uuid, fresh: Buffer): Promise<Buffer> {
  const { rows } = await sql<{ salt: Buffer }>`
    insert into people.brand_state as s (brand_id, epoch, salt) values (${brandId}, 1, ${fresh})
    on conflict (brand_id) do update set epoch = s.epoch + 1, salt = coalesce(s.salt, excluded.salt)
    returning salt`.execute(tx);
  return rows[0]!.salt;
}

export async function insertTombstones(tx: Tx, brandId: Uuid, digests: readonly Buffer[]): Promise<void> {
  await sql`
    insert into people.tombstone (brand_id, digest)
    select ${brandId}, decode(d, 'hex') from unnest(${digests.map((digest) => digest.toString('hex'))}::text[]) as d
    on conflict do nothing`.execute(tx);
}

/** Removes persons with everything that Postgres keeps of them in this domain. */
export async function deletePersons(tx: Tx, brandId: Uuid, personIds: readonly Uuid[]): Promise<void> {
  const ids = sql`${personIds}::uuid[]`;
  await sql`delete from people.identifier where brand_id = ${brandId} and person_id = any(${ids})`.execute(tx);
  await sql`delete from people.merge where brand_id = ${brandId} and (from_id = any(${ids}) or into_id = any(${ids}))`.execute(
    tx,
  );
  await sql`delete from people.merge_candidate where brand_id = ${brandId} and (a = any(${ids}) or b = any(${ids}))`.execute(
    tx,
  );
  await sql`delete from people.override_outbox where brand_id = ${brandId} and (person_id = any(${ids}) or into_id = any(${ids}))`.execute(
    tx,
  );
  await sql`delete from people.person where brand_id = ${brandId} and id = any(${ids})`.execute(tx);
}

export interface Erasure {
  brandId: Uuid;
  id: Uuid;
  personIds: Uuid[];
  sweeps: number;
}

export async function insertErasure(
  tx: Tx,
  brandId: Uuid,
  row: { id: Uuid; personIds: readonly Uuid[]; identifiers: number; events: number; atMs: number },
): Promise<void> {
  await sql`
    insert into people.erasure (brand_id, id, person_ids, identifiers, events, requested_at, next_sweep_at)
    values (${brandId}, ${row.id}, ${row.personIds}::uuid[], ${row.identifiers}, ${row.events},
      to_timestamp(${row.atMs}::float8 / 1000), to_timestamp(${row.atMs}::float8 / 1000))`.execute(tx);
}

/** Takes one erasure whose next sweep is due; others that run at the same time pass it over. */
export async function takeErasure(tx: Tx, nowMs: number, id: Uuid | undefined): Promise<Erasure | undefined> {
  const one = id === undefined ? sql`` : sql`and id = ${id}`;
  const { rows } = await sql<Erasure>`
    select brand_id as "brandId", id, person_ids as "personIds", sweeps from people.erasure
    where finished_at is null and next_sweep_at <= to_timestamp(${nowMs}::float8 / 1000) ${one}
    order by next_sweep_at limit 1 for update skip locked`.execute(tx);
  return rows[0];
}

/** Notes a sweep; without a next one the erasure is finished and the ids of the persons are dropped. */
export async function noteSweep(
  tx: Tx,
  erasure: Erasure,
  swept: { events: number; nowMs: number; nextAtMs: number | undefined },
): Promise<void> {
  await sql`
    update people.erasure set sweeps = sweeps + 1,
      events = case when sweeps = 0 then greatest(events, ${swept.events}::bigint) else events + ${swept.events}::bigint end,
      next_sweep_at = to_timestamp(${swept.nextAtMs ?? swept.nowMs}::float8 / 1000),
      finished_at = case when ${swept.nextAtMs === undefined} then to_timestamp(${swept.nowMs}::float8 / 1000) end,
      person_ids = case when ${swept.nextAtMs === undefined} then '{}' else person_ids end
    where brand_id = ${erasure.brandId} and id = ${erasure.id}`.execute(tx);
}
