import { sql } from 'kysely';
import type { Tx } from '#adapters/postgres.ts';
import type { Uuid } from '#lib/id.ts';

/** A partner as Postgres keeps it; times in UTC milliseconds. */
export interface StoredPartner {
  id: Uuid;
  platform: string;
  externalId: string;
  name: string | null;
  tier: string | null;
  state: 'active' | 'left';
  inviter: string | null;
  joinedAtMs: number | null;
  leftAtMs: number | null;
  moves: number;
  seen: readonly number[];
}

/** Keeps two imports of one brand from reading the same partners before either has written them. */
export async function lockBrand(tx: Tx, brandId: Uuid): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`partners ${brandId}`}, 0))`.execute(tx);
}

export async function readPartners(tx: Tx, brandId: Uuid, ids: readonly Uuid[]): Promise<Map<Uuid, StoredPartner>> {
  const { rows } = await sql<StoredPartner>`
    select id, platform, external_id as "externalId", name, tier, state, inviter,
      (extract(epoch from joined_at) * 1000)::bigint as "joinedAtMs", (extract(epoch from left_at) * 1000)::bigint as "leftAtMs", moves, seen
    from partners.partners where brand_id = ${brandId} and id = any(${ids}::uuid[])`.execute(tx);
  return new Map(rows.map((row) => [row.id, row]));
}

export async function savePartners(tx: Tx, brandId: Uuid, rows: readonly StoredPartner[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into partners.partners (brand_id, id, platform, external_id, name, tier, state, inviter, joined_at, left_at, moves, seen)
    select ${brandId}::uuid, id, platform, external_id, name, tier, state, inviter, to_timestamp(joined_ms / 1000),
      to_timestamp(left_ms / 1000), moves, seen::integer[]
    from unnest(${rows.map((row) => row.id)}::uuid[], ${rows.map((row) => row.platform)}::text[], ${rows.map((row) => row.externalId)}::text[],
      ${rows.map((row) => row.name)}::text[], ${rows.map((row) => row.tier)}::text[], ${rows.map((row) => row.state)}::text[],
      ${rows.map((row) => row.inviter)}::text[], ${rows.map((row) => row.joinedAtMs)}::float8[], ${rows.map((row) => row.leftAtMs)}::float8[],
      ${rows.map((row) => row.moves)}::integer[], ${rows.map((row) => `{${row.seen.join(',')}}`)}::text[])
      as u(id, platform, external_id, name, tier, state, inviter, joined_ms, left_ms, moves, seen)
    on conflict (brand_id, id) do update set name = excluded.name, tier = excluded.tier, state = excluded.state,
      inviter = excluded.inviter, joined_at = excluded.joined_at, left_at = excluded.left_at, moves = excluded.moves, seen = excluded.seen`.execute(
    tx,
  );
}

export async function partnerNames(tx: Tx, brandId: Uuid, ids: readonly Uuid[]): Promise<Map<Uuid, string>> {
  const { rows } = await sql<{ id: Uuid; name: string }>`
    select id, coalesce(name, external_id) as name from partners.partners
    where brand_id = ${brandId} and id = any(${ids}::uuid[])`.execute(tx);
  return new Map(rows.map((row) => [row.id, row.name]));
}
