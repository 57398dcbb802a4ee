import { sql } from 'kysely';
import type { Tx } from '#adapters/postgres.ts';
import type { Uuid } from '#lib/id.ts';

/** A membership as Postgres keeps it; times in UTC milliseconds. */
export interface Membership {
  id: Uuid;
  communityId: Uuid | null;
  groupId: Uuid | null;
  joinedAtMs: number;
  leftAtMs: number | null;
  /** How often the person joined or left. */
  moves: number;
  seen: readonly number[];
}

/** Keeps two imports of one brand from reading the same members before either has written them. */
export async function lockBrand(tx: Tx, brandId: Uuid): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`community ${brandId}`}, 0))`.execute(tx);
}

export async function readMemberships(tx: Tx, brandId: Uuid, ids: readonly Uuid[]): Promise<Map<Uuid, Membership>> {
  const { rows } = await sql<Membership>`
    select id, community_id as "communityId", group_id as "groupId", (extract(epoch from joined_at) * 1000)::bigint as "joinedAtMs",
      (extract(epoch from left_at) * 1000)::bigint as "leftAtMs", moves, seen
    from community.memberships where brand_id = ${brandId} and id = any(${ids}::uuid[])`.execute(tx);
  return new Map(rows.map((row) => [row.id, row]));
}

export async function saveMemberships(tx: Tx, brandId: Uuid, rows: readonly Membership[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into community.memberships (brand_id, id, community_id, group_id, joined_at, left_at, moves, seen)
    select ${brandId}::uuid, id, community_id, group_id, to_timestamp(joined_ms / 1000), to_timestamp(left_ms / 1000), moves, seen::integer[]
    from unnest(${rows.map((row) => row.id)}::uuid[], ${rows.map((row) => row.communityId)}::uuid[], ${rows.map((row) => row.groupId)}::uuid[],
      ${rows.map((row) => row.joinedAtMs)}::float8[], ${rows.map((row) => row.leftAtMs)}::float8[],
      ${rows.map((row) => row.moves)}::integer[], ${rows.map((row) => `{${row.seen.join(',')}}`)}::text[])
      as u(id, community_id, group_id, joined_ms, left_ms, moves, seen)
    on conflict (brand_id, id) do update set community_id = coalesce(excluded.community_id, memberships.community_id),
      joined_at = excluded.joined_at, left_at = excluded.left_at, moves = excluded.moves, seen = excluded.seen`.execute(
    tx,
  );
}

export async function saveCommunities(tx: Tx, brandId: Uuid, communities: ReadonlyMap<Uuid, string>): Promise<void> {
  if (communities.size === 0) return;
  await sql`
    insert into community.communities (brand_id, id, name)
    select ${brandId}::uuid, id, name from unnest(${[...communities.keys()]}::uuid[], ${[...communities.values()]}::text[]) as u(id, name)
    on conflict (brand_id, id) do nothing`.execute(tx);
}

export interface GroupRow {
  id: Uuid;
  communityId: Uuid | null;
  externalId: string | null;
  name: string;
}

export async function saveGroups(tx: Tx, brandId: Uuid, groups: readonly GroupRow[]): Promise<void> {
  if (groups.length === 0) return;
  await sql`
    insert into community.groups (brand_id, id, community_id, external_id, name)
    select ${brandId}::uuid, * from unnest(${groups.map((group) => group.id)}::uuid[], ${groups.map((group) => group.communityId)}::uuid[],
      ${groups.map((group) => group.externalId)}::text[], ${groups.map((group) => group.name)}::text[])
    on conflict (brand_id, id) do update set name = excluded.name, community_id = coalesce(excluded.community_id, groups.community_id)
    where excluded.name <> groups.name or excluded.community_id is distinct from groups.community_id`.execute(tx);
}

export async function readNames(
  tx: Tx,
  brandId: Uuid,
  table: 'communities' | 'groups',
  ids: readonly Uuid[],
): Promise<Map<Uuid, string>> {
  const { rows } = await sql<{ id: Uuid; name: string }>`
    select id, name from ${sql.table(`community.${table}`)} where brand_id = ${brandId} and id = any(${ids}::uuid[])`.execute(
    tx,
  );
  return new Map(rows.map((row) => [row.id, row.name]));
}
