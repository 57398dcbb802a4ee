import { sql } from 'kysely';
import type { Tx } from '#adapters/postgres.ts';
import type { Uuid } from '#lib/id.ts';
import type { Versions, XactStatus } from './identity-cache.ts';
import type { Graph, PlannedCandidate, Root } from './identity-plan.ts';

/** Classes of the advisory locks: readers of a brand's persons hold the first together, writers of the graph the second alone. */
const readLock = 0x7065_0001;
const graphLock = 0x7065_0002;

/** Open pairs kept for a human: per brand, and per person so that one shared device cannot fill the list. */
export const maxOpenCandidates = 10_000;
export const maxOpenCandidatesPerPerson = 20;

/** Advisory-lock key of a brand. Brands whose keys collide wait for each other, nothing worse. */
function lockKey(brandId: Uuid): number {
  return Number.parseInt(brandId.slice(-8), 16) | 0;
}

function lockKeys(brandIds: readonly Uuid[]): number[] {
  return [...new Set(brandIds.map(lockKey))].sort((a, b) => a - b);
}

/**
 * Keeps human merges, undoing and erasures of these brands out until the transaction ends.
 * @returns the transaction's id
 */
export async function lockForReading(tx: Tx, brandIds: readonly Uuid[]): Promise<string> {
  const { rows } = await sql<{ xid: string }>`
    select pg_advisory_xact_lock_shared(${readLock}, k)::text as locked, pg_current_xact_id()::text as xid
    from unnest(${lockKeys(brandIds)}::int[]) as k`.execute(tx);
  return rows[0]!.xid;
}

/** Keeps everybody else away from the brand's persons until the transaction ends: no event resolves meanwhile. */
export async function lockAlone(tx: Tx, brandId: Uuid): Promise<void> {
  await sql`select pg_advisory_xact_lock(${readLock}, ${lockKey(brandId)})`.execute(tx);
}

/** One transaction at a time creates, attaches and merges in a brand; others go on resolving what is known. */
export async function lockGraph(tx: Tx, brandIds: readonly Uuid[]): Promise<void> {
  await sql`select pg_advisory_xact_lock(${graphLock}, k)::text from unnest(${lockKeys(brandIds)}::int[]) as k`.execute(
    tx,
  );
}

export interface BrandState extends Versions {
  /** Salt of the tombstones; undefined while nobody was erased. */
  salt: Buffer | undefined;
}

/** State of the brands, and what became of earlier transactions. Read after the lock, so that it cannot be out of date. */
export async function readStates(
  tx: Tx,
  brandIds: readonly Uuid[],
  xids: readonly string[],
): Promise<{ states: Map<Uuid, BrandState>; fates: Record<string, XactStatus> }> {
  const { rows } = await sql<{
    states: { brand_id: Uuid; epoch: number; rulings: number; salt: string | null }[] | null;
    fates: Record<string, XactStatus> | null;
  }>`select
      (select json_agg(json_build_object('brand_id', brand_id, 'epoch', epoch, 'rulings', rulings, 'salt', encode(salt, 'hex')))
         from people.brand_state where brand_id = any(${brandIds}::uuid[])) as states,
      (select json_object_agg(x, pg_xact_status(x::xid8)) from unnest(${xids}::text[]) as x) as fates`.execute(tx);
  const states = new Map<Uuid, BrandState>(brandIds.map((id) => [id, { epoch: 0, rulings: 0, salt: undefined }]));
  for (const { brand_id, epoch, rulings, salt } of rows[0]?.states ?? []) {
    states.set(brand_id, { epoch, rulings, salt: salt === null ? undefined : Buffer.from(salt, 'hex') });
  }
  return { states, fates: rows[0]?.fates ?? {} };
}

/** An identifier of a brand in normal form. */
export interface BrandIdentifier {
  brandId: Uuid;
  namespace: string;
  value: string;
}

export interface FoundIdentifier {
  /** Position in the list asked for. */
  index: number;
  personId: Uuid;
  rootId: Uuid;
  firstMs: number;
  lastMs: number;
}

export async function findIdentifiers(tx: Tx, identifiers: readonly BrandIdentifier[]): Promise<FoundIdentifier[]> {
  const { rows } = await sql<FoundIdentifier>`
    select k.n::int - 1 as "index", i.person_id as "personId", p.root_id as "rootId",
      (extract(epoch from p.first_seen_at) * 1000)::float8 as "firstMs",
      (extract(epoch from p.last_seen_at) * 1000)::float8 as "lastMs"
    from unnest(${column(identifiers, 'brandId')}::uuid[], ${column(identifiers, 'namespace')}::text[],
      ${column(identifiers, 'value')}::text[]) with ordinality as k(brand_id, namespace, value, n)
    join people.identifier i on (i.brand_id, i.namespace, i.value) = (k.brand_id, k.namespace, k.value)
    join people.person p on (p.brand_id, p.id) = (i.brand_id, i.person_id)`.execute(tx);
  return rows;
}

/** Which of these digests are tombstones, as positions in the list. */
export async function findTombstones(
  tx: Tx,
  digests: readonly { brandId: Uuid; digest: Buffer }[],
): Promise<Set<number>> {
  const { rows } = await sql<{ index: number }>`
    select k.n::int - 1 as "index"
    from unnest(${digests.map((d) => d.brandId)}::uuid[], ${digests.map((d) => d.digest.toString('hex'))}::text[])
      with ordinality as k(brand_id, digest, n)
    join people.tombstone t on (t.brand_id, t.digest) = (k.brand_id, decode(k.digest, 'hex'))`.execute(tx);
  return new Set(rows.map((row) => row.index));
}

/** The survivors of some persons of a brand, with what merging needs to know of them. */
export async function readGraph(tx: Tx, brandId: Uuid, personIds: readonly Uuid[]): Promise<Graph> {
  const { rows } = await sql<{ homes: Uuid[]; root: Uuid; strong: boolean | null; identifiers: number }>`
    with homes as materialized (
      select p.root_id as root, array_agg(p.id) as homes
      from unnest(${personIds}::uuid[]) as k(id) join people.person p on p.brand_id = ${brandId} and p.id = k.id
      group by p.root_id),
    members as (
      select root, root as id from homes
      union all
      select h.root, m.id from homes h
      join people.person m on m.brand_id = ${brandId} and m.root_id = h.root and m.root_id <> m.id),
    counts as (
      select m.root, bool_or(i.strong) as strong, count(*)::int as identifiers
      from members m join people.identifier i on i.brand_id = ${brandId} and i.person_id = m.id
      group by m.root)
    select h.homes, h.root, c.strong, coalesce(c.identifiers, 0) as identifiers
    from homes h left join counts c on c.root = h.root`.execute(tx);
  const rootOf = new Map<Uuid, Uuid>();
  const roots = new Map<Uuid, Root>();
  for (const { homes, root, strong, identifiers } of rows) {
    roots.set(root, { id: root, strong: strong ?? false, identifiers });
    for (const home of homes) rootOf.set(home, root);
  }
  const refused = await sql<{ a: Uuid; b: Uuid }>`
    select f.root_id as a, t.root_id as b
    from people.merge m
    join people.person f on (f.brand_id, f.id) = (m.brand_id, m.from_id)
    join people.person t on (t.brand_id, t.id) = (m.brand_id, m.into_id)
    where m.brand_id = ${brandId} and m.undone_at is not null
      and f.root_id = any(${[...roots.keys()]}::uuid[]) and t.root_id = any(${[...roots.keys()]}::uuid[])
      and f.root_id <> t.root_id`.execute(tx);
  return { rootOf, roots, refused: refused.rows.map(({ a, b }) => [a, b] as const) };
}

export interface NewIdentifier extends BrandIdentifier {
  personId: Uuid;
  strong: boolean;
}
export interface NewPerson {
  brandId: Uuid;
  id: Uuid;
  firstMs: number;
  lastMs: number;
}

/**
 * Writes new persons and identifiers.
 * @returns false when another transaction was first with one of the identifiers; then the caller must roll back to before
 */
export async function insertIdentities(
  tx: Tx,
  persons: readonly NewPerson[],
  identifiers: readonly NewIdentifier[],
): Promise<boolean> {
  const { rows } = await sql<{ inserted: number }>`
    with persons as (
      insert into people.person (brand_id, id, root_id, first_seen_at, last_seen_at, active_at)
      select brand_id, id, id, to_timestamp(first_ms / 1000), to_timestamp(last_ms / 1000), to_timestamp(last_ms / 1000)
      from unnest(${column(persons, 'brandId')}::uuid[], ${column(persons, 'id')}::uuid[],
        ${column(persons, 'firstMs')}::float8[], ${column(persons, 'lastMs')}::float8[])
        as k(brand_id, id, first_ms, last_ms)),
    identifiers as (
      insert into people.identifier (brand_id, namespace, value, person_id, strong)
      select * from unnest(${column(identifiers, 'brandId')}::uuid[], ${column(identifiers, 'namespace')}::text[],
        ${column(identifiers, 'value')}::text[], ${column(identifiers, 'personId')}::uuid[],
        ${column(identifiers, 'strong')}::bool[])
      on conflict do nothing returning 1)
    select count(*)::int as inserted from identifiers`.execute(tx);
  return rows[0]!.inserted === identifiers.length;
}

/**
 * Locks persons and their survivors in the order of their ids, so that two transactions that update some of the same
 * do not wait for each other in a circle.
 */
export async function lockPersons(tx: Tx, brandIds: readonly Uuid[], personIds: readonly Uuid[]): Promise<void> {
  await sql`
    with k as materialized (
      select p.brand_id, p.id, p.root_id
      from unnest(${brandIds}::uuid[], ${personIds}::uuid[]) as u(brand_id, id)
      join people.person p on p.brand_id = u.brand_id and p.id = u.id)
    select from people.person p
    where (p.brand_id, p.id) in (select brand_id, id from k union select brand_id, root_id from k)
    order by p.brand_id, p.id for no key update`.execute(tx);
}

/** Widens the span in which persons were seen, and with it the activity of those they were merged into. */
export async function widenSeen(tx: Tx, seen: readonly NewPerson[]): Promise<void> {
  await sql`
    with k as materialized (
      select p.brand_id, p.id, p.root_id, to_timestamp(first_ms / 1000) as first, to_timestamp(last_ms / 1000) as last
      from unnest(${column(seen, 'brandId')}::uuid[], ${column(seen, 'id')}::uuid[],
        ${column(seen, 'firstMs')}::float8[], ${column(seen, 'lastMs')}::float8[]) as u(brand_id, id, first_ms, last_ms)
      join people.person p on p.brand_id = u.brand_id and p.id = u.id)
    update people.person p set first_seen_at = least(p.first_seen_at, s.first),
      last_seen_at = greatest(p.last_seen_at, s.last), active_at = greatest(p.active_at, s.active)
    from (select brand_id, id, min(first) as first, max(last) as last, max(active) as active
      from (select brand_id, id, first, last, last as active from k
        union all select brand_id, root_id, null, null, last from k where root_id <> id) both_kinds
      group by 1, 2) s
    where p.brand_id = s.brand_id and p.id = s.id`.execute(tx);
}

/** Keeps pairs for a human: a pair once, and no more than the bounds allow. */
export async function insertCandidates(
  tx: Tx,
  brandId: Uuid,
  candidates: readonly (PlannedCandidate & { id: Uuid })[],
  atMs: number,
): Promise<void> {
  await sql`
    with k as (
      select * from unnest(${column(candidates, 'id')}::uuid[], ${column(candidates, 'a')}::uuid[],
        ${column(candidates, 'b')}::uuid[], ${column(candidates, 'cause')}::text[],
        ${candidates.map((c) => JSON.stringify(c.evidence))}::jsonb[]) as u(id, a, b, cause, evidence)),
    open as (
      select x.person_id, count(*) as n
      from people.merge_candidate c cross join lateral (values (c.a), (c.b)) as x(person_id)
      where c.brand_id = ${brandId} and c.state = 'open'
        and (c.a in (select a from k union all select b from k) or c.b in (select a from k union all select b from k))
      group by 1)
    insert into people.merge_candidate (brand_id, id, a, b, cause, evidence, seen_at)
    select ${brandId}, k.id, k.a, k.b, k.cause, k.evidence, to_timestamp(${atMs}::float8 / 1000)
    from (select k.*, row_number() over (partition by k.a order by k.id) as nth_a,
            row_number() over (partition by k.b order by k.id) as nth_b from k) k
    where k.nth_a + coalesce((select n from open where person_id = k.a), 0) <= ${maxOpenCandidatesPerPerson}
      and k.nth_b + coalesce((select n from open where person_id = k.b), 0) <= ${maxOpenCandidatesPerPerson}
    order by k.id
    limit greatest(0, ${maxOpenCandidates} - (select count(*) from people.merge_candidate c
      where c.brand_id = ${brandId} and c.state = 'open'))
    on conflict do nothing`.execute(tx);
}

function column<Row, Key extends keyof Row>(rows: readonly Row[], key: Key): Row[Key][] {
  return rows.map((row) => row[key]);
}
