import { sql } from 'kysely';
import type { Tx } from '#adapters/postgres.ts';
import type { Uuid } from '#lib/id.ts';

export interface IdentifierRow {
  namespace: string;
  value: string;
}

/** A surviving person with everything merged into it. */
export interface PersonRow {
  id: Uuid;
  displayName: string | null;
  identifiers: IdentifierRow[];
  firstSeenAt: Date;
  lastSeenAt: Date;
}

/** Identifiers shown with a person in lists; the person's own page has all. */
const listedIdentifiers = 20;
/** Matches are counted up to here. */
const countedMatches = 10_000;

/** Position after the last person of a page: newest activity first. */
export interface PeopleCursor {
  activeMs: number;
  id: Uuid;
}

/** What a search text may mean: the starts of identifier values to look for, and the start of a name. */
export interface PeopleSearch {
  values: string[];
  name: string;
}

export async function listPeople(
  tx: Tx,
  brandId: Uuid,
  query: { search?: PeopleSearch | undefined; cursor?: PeopleCursor | undefined; limit: number },
): Promise<(PersonRow & { activeMs: number })[]> {
  const { search, cursor, limit } = query;
  const after = cursor
    ? sql`and (p.active_at, p.id) < (to_timestamp(${cursor.activeMs}::float8 / 1000), ${cursor.id}::uuid)`
    : sql``;
  const matching = search ? sql`and p.id in (select root_id from ${matchesOf(brandId, search)} as m)` : sql``;
  const { rows } = await sql<{ id: Uuid; activeMs: number }>`
    select p.id, (extract(epoch from p.active_at) * 1000)::float8 as "activeMs" from people.person p
    where p.brand_id = ${brandId} and p.merged_into is null ${after} ${matching}
    order by p.active_at desc, p.id desc limit ${limit}`.execute(tx);
  const persons = await readPersons(
    tx,
    brandId,
    rows.map((row) => row.id),
    listedIdentifiers,
  );
  return rows.flatMap(({ id, activeMs }) => {
    const person = persons.get(id);
    return person ? [{ ...person, activeMs }] : [];
  });
}

/** All survivors of a brand, or those that a search matches (counted up to 10,000). */
export async function countPeople(tx: Tx, brandId: Uuid, search: PeopleSearch | undefined): Promise<number> {
  const { rows } = await (search
    ? sql<{ n: number }>`select count(*)::int as n from (
        select distinct root_id from ${matchesOf(brandId, search)} as m limit ${countedMatches}) s`
    : sql<{ n: number }>`select count(*)::int as n from people.person
        where brand_id = ${brandId} and merged_into is null`
  ).execute(tx);
  return rows[0]!.n;
}

/**
 * Survivors with a matching identifier or name. Values are looked up per namespace, the first column of the key, whose
 * few distinct values are found by hopping from one to the next.
 */
function matchesOf(brandId: Uuid, { values, name }: PeopleSearch) {
  return sql`(
    with recursive spaces as (
      (select namespace from people.identifier where brand_id = ${brandId} order by namespace limit 1)
      union all
      select (select i.namespace from people.identifier i where i.brand_id = ${brandId} and i.namespace > s.namespace
              order by i.namespace limit 1) from spaces s where s.namespace is not null)
    select p.root_id from spaces s cross join unnest(${values}::text[]) as q(prefix)
    cross join lateral (select i.person_id from people.identifier i
      where i.brand_id = ${brandId} and i.namespace = s.namespace
        and i.value >= q.prefix and i.value < q.prefix || chr(1114111) limit ${countedMatches}) i
    join people.person p on p.brand_id = ${brandId} and p.id = i.person_id
    union
    (select p.root_id from people.person p where p.brand_id = ${brandId} and p.display_name is not null
      and lower(p.display_name) collate "C" like ${`${escapeLike(name)}%`} limit ${countedMatches}))`;
}

function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`);
}

/** Survivors by id, each with up to `identifiers` of its identifiers. */
export async function readPersons(
  tx: Tx,
  brandId: Uuid,
  ids: readonly Uuid[],
  identifiers: number,
): Promise<Map<Uuid, PersonRow>> {
  const { rows } = await sql<PersonRow>`
    select k.id, coalesce(r.display_name, m.display_name) as "displayName", m.first_seen_at as "firstSeenAt",
      m.last_seen_at as "lastSeenAt", coalesce(i.list, '[]') as identifiers
    from unnest(${ids}::uuid[]) as k(id)
    join people.person r on r.brand_id = ${brandId} and r.id = k.id
    cross join lateral (
      select min(m.first_seen_at) as first_seen_at, max(m.last_seen_at) as last_seen_at, array_agg(m.id) as ids,
        (array_agg(m.display_name order by m.last_seen_at desc) filter (where m.display_name is not null))[1] as display_name
      from (select * from people.person where brand_id = ${brandId} and id = k.id
        union all select * from people.person where brand_id = ${brandId} and root_id = k.id and root_id <> id) m) m
    left join lateral (
      select json_agg(json_build_object('namespace', namespace, 'value', value)) as list
      from (select namespace, value from people.identifier where brand_id = ${brandId} and person_id = any(m.ids)
        order by strong desc, namespace, value limit ${identifiers}) s) i on true`.execute(tx);
  return new Map(rows.map((row) => [row.id, row]));
}

/** The survivor of a person and everyone who counts as it, or undefined when there is no such person. */
export async function membersOf(
  tx: Tx,
  brandId: Uuid,
  id: Uuid,
): Promise<{ rootId: Uuid; memberIds: Uuid[] } | undefined> {
  const { rows } = await sql<{ rootId: Uuid; memberIds: Uuid[] }>`
    select k.root_id as "rootId", array_agg(m.id order by m.id) as "memberIds"
    from people.person k
    join people.person m on m.brand_id = ${brandId} and (m.id = k.root_id or (m.root_id = k.root_id and m.root_id <> m.id))
    where k.brand_id = ${brandId} and k.id = ${id} group by 1`.execute(tx);
  return rows[0];
}

/** Traits of a person; where merged persons differ, the survivor's own value counts, then the latest seen. */
export async function traitsOf(tx: Tx, brandId: Uuid, rootId: Uuid, memberIds: readonly Uuid[]) {
  const { rows } = await sql<{ traits: Record<string, unknown> }>`
    select traits from people.person where brand_id = ${brandId} and id = any(${memberIds}::uuid[])
    order by id = ${rootId}, last_seen_at`.execute(tx);
  return Object.assign({}, ...rows.map((row) => row.traits)) as Record<string, unknown>;
}

export interface MergeRow {
  id: Uuid;
  from: Uuid;
  into: Uuid;
  rule: string;
  actor: string;
  reason: string;
  moved: number;
  at: Date;
  undoneAt: Date | null;
}

/** Merges of these persons, standing and undone, newest first. */
export async function mergesOf(tx: Tx, brandId: Uuid, memberIds: readonly Uuid[]): Promise<MergeRow[]> {
  const { rows } = await sql<MergeRow>`
    select id, from_id as "from", into_id as "into", rule, actor, reason, moved_identifiers as moved, at,
      undone_at as "undoneAt"
    from people.merge
    where brand_id = ${brandId} and (from_id = any(${memberIds}::uuid[]) or into_id = any(${memberIds}::uuid[]))
    order by at desc, id desc limit 500`.execute(tx);
  return rows;
}

export interface CandidateRow {
  id: Uuid;
  a: Uuid;
  b: Uuid;
  evidence: IdentifierRow[];
  seenAt: Date;
}

/** Open pairs as the persons they are today, each pair once, newest first; pairs that became one person are left out. */
export async function openCandidates(tx: Tx, brandId: Uuid, limit: number): Promise<CandidateRow[]> {
  const { rows } = await sql<CandidateRow>`
    select * from (
      select distinct on (least(a.root_id, b.root_id), greatest(a.root_id, b.root_id))
        c.id, a.root_id as a, b.root_id as b, c.evidence, c.seen_at as "seenAt"
      from people.merge_candidate c
      join people.person a on (a.brand_id, a.id) = (c.brand_id, c.a)
      join people.person b on (b.brand_id, b.id) = (c.brand_id, c.b)
      where c.brand_id = ${brandId} and c.state = 'open' and a.root_id <> b.root_id
      order by least(a.root_id, b.root_id), greatest(a.root_id, b.root_id), c.seen_at desc) pairs
    order by "seenAt" desc, id desc limit ${limit}`.execute(tx);
  return rows;
}

/**
 * Says of a pair, as the persons they are today, that it is two different ones.
 * @returns the pair, or undefined when it is not open
 */
export async function dismissCandidate(tx: Tx, brandId: Uuid, id: Uuid): Promise<{ a: Uuid; b: Uuid } | undefined> {
  const { rows } = await sql<{ a: Uuid; b: Uuid }>`
    with roots as (
      select a.root_id as a, b.root_id as b from people.merge_candidate c
      join people.person a on (a.brand_id, a.id) = (c.brand_id, c.a)
      join people.person b on (b.brand_id, b.id) = (c.brand_id, c.b)
      where c.brand_id = ${brandId} and c.id = ${id} and c.state = 'open'),
    members as (
      select p.id from roots r join people.person p on p.brand_id = ${brandId} and p.id in (r.a, r.b)
      union
      select p.id from roots r join people.person p
        on p.brand_id = ${brandId} and p.root_id in (r.a, r.b) and p.root_id <> p.id),
    dismissed as (
      update people.merge_candidate set state = 'dismissed'
      where brand_id = ${brandId} and state = 'open'
        and a in (select id from members) and b in (select id from members))
    select a, b from roots`.execute(tx);
  return rows[0];
}

export interface Description {
  personId: Uuid;
  displayName: string | null;
  traits: Record<string, unknown>;
}

/** Adds names and traits; a later one of the same name replaces the earlier. Traits that would outgrow the row stay out. */
export async function writeDescriptions(tx: Tx, brandId: Uuid, rows: readonly Description[]): Promise<void> {
  await sql`
    update people.person p set display_name = coalesce(k.name, p.display_name),
      traits = case when pg_column_size(p.traits || k.traits) <= 16384 then p.traits || k.traits else p.traits end
    from unnest(${rows.map((r) => r.personId)}::uuid[], ${rows.map((r) => r.displayName)}::text[],
      ${rows.map((r) => JSON.stringify(r.traits))}::jsonb[]) as k(id, name, traits)
    where p.brand_id = ${brandId} and p.id = k.id
      and (p.display_name is distinct from coalesce(k.name, p.display_name) or not p.traits @> k.traits)`.execute(tx);
}
