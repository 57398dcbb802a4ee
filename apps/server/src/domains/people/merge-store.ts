import { sql } from 'kysely';
import type { Tx } from '#adapters/postgres.ts';
import type { Uuid } from '#lib/id.ts';

/** A merge to carry out: both are surviving persons, or `from`/`into` of an earlier one in the same list. */
export interface NewMergeRow {
  id: Uuid;
  from: Uuid;
  into: Uuid;
  rule: string;
  actor: string;
  reason: string;
  movedIdentifiers: number;
}

/** A merge with everything it moves, ready to be written. */
export interface PreparedMerge extends NewMergeRow {
  moved: Uuid[];
}
export interface PreparedMerges {
  merges: PreparedMerge[];
  /** Each person that moves, with its new surviving person and, where the merge is its own, its new parent. */
  moves: { id: Uuid; root: Uuid; parent: Uuid | null }[];
}

/** Finds out what a list of merges moves. The caller holds the brand's graph lock. */
export async function prepareMerges(tx: Tx, brandId: Uuid, rows: readonly NewMergeRow[]): Promise<PreparedMerges> {
  const { rows: members } = await sql<{ root: Uuid; id: Uuid }>`
    select root_id as root, id from people.person
    where brand_id = ${brandId} and root_id <> id and root_id = any(${rows.map((row) => row.from)}::uuid[])
    order by id`.execute(tx);
  const under = new Map<Uuid, Uuid[]>();
  for (const { root, id } of members) push(under, root, [id]);
  const parents = new Map(rows.map((row) => [row.from, row.into]));
  const merges = rows.map((row) => {
    const moved = [row.from, ...(under.get(row.from) ?? [])];
    push(under, row.into, moved);
    return { ...row, moved };
  });
  const moves = new Map<Uuid, { id: Uuid; root: Uuid; parent: Uuid | null }>();
  for (const { moved, into } of merges) {
    let root = into;
    for (let up = parents.get(root); up !== undefined; up = parents.get(root)) root = up;
    for (const id of moved) moves.set(id, { id, root, parent: parents.get(id) ?? null });
  }
  return { merges, moves: [...moves.values()] };
}

function push(lists: Map<Uuid, Uuid[]>, key: Uuid, items: readonly Uuid[]): void {
  const list = lists.get(key);
  if (list) list.push(...items);
  else lists.set(key, [...items]);
}

/** Writes merges: the links, the log, and the rows that ClickHouse is to be told. */
export async function writeMerges(tx: Tx, brandId: Uuid, prepared: PreparedMerges, atMs: number): Promise<void> {
  const { merges, moves } = prepared;
  await sql`
    with k as (
      select * from unnest(${moves.map((m) => m.id)}::uuid[], ${moves.map((m) => m.root)}::uuid[],
        ${moves.map((m) => m.parent)}::uuid[]) as u(id, root, parent)),
    moved as (
      update people.person p set root_id = k.root, merged_into = coalesce(k.parent, p.merged_into),
        override_version = greatest(p.override_version + 1, (extract(epoch from clock_timestamp()) * 1000000)::bigint)
      from k where p.brand_id = ${brandId} and p.id = k.id
      returning p.id, p.root_id, p.override_version, p.active_at),
    survivors as (
      update people.person p set active_at = greatest(p.active_at, s.active_at)
      from (select root_id, max(active_at) as active_at from moved group by 1) s
      where p.brand_id = ${brandId} and p.id = s.root_id)
    insert into people.override_outbox (brand_id, person_id, into_id, version, deleted)
    select ${brandId}, id, root_id, override_version, false from moved`.execute(tx);
  await sql`
    insert into people.merge (brand_id, id, from_id, into_id, rule, actor, reason, moved, moved_identifiers, at)
    select ${brandId}, id, from_id, into_id, rule, actor, reason,
      array(select jsonb_array_elements_text(moved)::uuid), moved_identifiers, to_timestamp(${atMs}::float8 / 1000)
    from unnest(${merges.map((m) => m.id)}::uuid[], ${merges.map((m) => m.from)}::uuid[],
      ${merges.map((m) => m.into)}::uuid[], ${merges.map((m) => m.rule)}::text[], ${merges.map((m) => m.actor)}::text[],
      ${merges.map((m) => m.reason)}::text[], ${merges.map((m) => JSON.stringify(m.moved))}::jsonb[],
      ${merges.map((m) => m.movedIdentifiers)}::int[])
      as u(id, from_id, into_id, rule, actor, reason, moved, moved_identifiers)`.execute(tx);
}

export interface ActiveMerge {
  id: Uuid;
  from: Uuid;
  into: Uuid;
}

/** The merge, if it stands. */
export async function findActiveMerge(tx: Tx, brandId: Uuid, id: Uuid): Promise<ActiveMerge | undefined> {
  const { rows } = await sql<ActiveMerge>`
    select id, from_id as "from", into_id as "into" from people.merge
    where brand_id = ${brandId} and id = ${id} and undone_at is null`.execute(tx);
  return rows[0];
}

/**
 * Cuts the link of a merge: `from` and everyone below it survive as one person again. Merges below and above it stand.
 * The caller holds the brand alone.
 */
export async function cutMerge(
  tx: Tx,
  brandId: Uuid,
  merge: ActiveMerge,
  by: { actor: string; reason: string; atMs: number },
): Promise<Uuid[]> {
  const { rows } = await sql<{ id: Uuid }>`
    with recursive below as (
      select ${merge.from}::uuid as id
      union all
      select p.id from below b join people.person p on p.brand_id = ${brandId} and p.merged_into = b.id),
    cut as (
      update people.person p set root_id = ${merge.from},
        merged_into = case when p.id = ${merge.from} then null else p.merged_into end,
        override_version = greatest(p.override_version + 1, (extract(epoch from clock_timestamp()) * 1000000)::bigint)
      from below b where p.brand_id = ${brandId} and p.id = b.id
      returning p.id, p.override_version)
    insert into people.override_outbox (brand_id, person_id, into_id, version, deleted)
    select ${brandId}, id, ${merge.from}, override_version, id = ${merge.from} from cut
    returning person_id as id`.execute(tx);
  await sql`
    update people.person r set active_at = s.active_at
    from (select m.root_id, max(m.last_seen_at) as active_at from people.person m
      where m.brand_id = ${brandId} and m.root_id in (
        select root_id from people.person where brand_id = ${brandId} and id in (${merge.from}, ${merge.into}))
      group by 1) s
    where r.brand_id = ${brandId} and r.id = s.root_id`.execute(tx);
  await sql`
    update people.merge set undone_at = to_timestamp(${by.atMs}::float8 / 1000), undone_by = ${by.actor},
      undone_reason = ${by.reason}
    where brand_id = ${brandId} and id = ${merge.id}`.execute(tx);
  return rows.map((row) => row.id);
}

/** Makes void what processes remember of pairs of persons. The caller holds the brand alone. */
export async function noteRuling(tx: Tx, brandId: Uuid): Promise<void> {
  await sql`
    insert into people.brand_state as s (brand_id, rulings) values (${brandId}, 1)
    on conflict (brand_id) do update set rulings = s.rulings + 1`.execute(tx);
}

export interface OverrideRow {
  seq: number;
  brandId: Uuid;
  personId: Uuid;
  intoId: Uuid;
  version: number;
  deleted: boolean;
}

/** The oldest rows that ClickHouse has yet to be told; another deliverer's rows are passed over. */
export async function takeOverrides(tx: Tx, limit: number): Promise<OverrideRow[]> {
  const { rows } = await sql<OverrideRow>`
    select seq, brand_id as "brandId", person_id as "personId", into_id as "intoId", version, deleted
    from people.override_outbox order by seq limit ${limit} for update skip locked`.execute(tx);
  return rows;
}

export async function removeOverrides(tx: Tx, seqs: readonly number[]): Promise<void> {
  await sql`delete from people.override_outbox where seq = any(${seqs}::bigint[])`.execute(tx);
}

/** Pairs that have become one person are no question any more. */
export async function closeCandidates(tx: Tx, brandId: Uuid, rootId: Uuid): Promise<void> {
  await sql`
    with members as materialized (
      select ${rootId}::uuid as id union all
      select id from people.person where brand_id = ${brandId} and root_id = ${rootId} and root_id <> id)
    update people.merge_candidate set state = 'merged'
    where brand_id = ${brandId} and state = 'open'
      and a in (select id from members) and b in (select id from members)`.execute(tx);
}
