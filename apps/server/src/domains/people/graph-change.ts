import type { Tx } from '#adapters/postgres.ts';
import { assert } from '#errors.ts';
import { newUuid, type Uuid } from '#lib/id.ts';
import type { KnownIdentifier } from './identity-cache.ts';
import { type BatchIdentifier, type Graph, type PlannedCandidate, Planner } from './identity-plan.ts';
import {
  insertCandidates,
  insertIdentities,
  lockPersons,
  type NewPerson,
  readGraph,
  widenSeen,
} from './identity-store.ts';
import { type PreparedMerges, prepareMerges, writeMerges } from './merge-store.ts';

/** An identifier that memory did not answer, once per brand and normal form in a batch. */
export interface Asked extends BatchIdentifier {
  brandId: Uuid;
  /** Keys under which memory may keep it: each way in which it was written. */
  keys: Set<string>;
  /** Belongs to an erased person: it leads nowhere any more. */
  erased: boolean;
  known: KnownIdentifier | undefined;
}

/** An event whose identifiers are new or tie persons together; the strongest identifier first. */
export interface OpenEvent {
  identifiers: Asked[];
  atMs: number;
}

/** What placing the events of one brand leads to, once its new persons and identifiers are written. */
export interface GraphChange {
  brandId: Uuid;
  merges: PreparedMerges;
  candidates: PlannedCandidate[];
  /** Pairs of persons that need no second look. */
  settled: [Uuid, Uuid][];
}

const emptyGraph: Graph = { rootOf: new Map(), roots: new Map(), refused: [] };

/** Notes where an identifier leads. */
export function learn(asked: Asked, personId: Uuid, firstMs: number, lastMs: number): void {
  asked.personId = personId;
  asked.known = { personId, rank: asked.rank, firstMs, lastMs, resolution: { personId } };
}

/**
 * Places the events of a brand: every identifier leads to a person afterwards. Writes new persons and identifiers; ties
 * are left to `writeChanges`. The caller holds the brand's graph lock.
 */
export async function planChange(tx: Tx, brandId: Uuid, events: readonly OpenEvent[]): Promise<GraphChange> {
  const homes = new Set<Uuid>();
  for (const { identifiers } of events) {
    for (const { personId } of identifiers) if (personId !== undefined) homes.add(personId);
  }
  const planner = new Planner(homes.size > 0 ? await readGraph(tx, brandId, [...homes]) : emptyGraph, newUuid);
  const spans = new Map<Uuid, NewPerson>();
  const settled: [Uuid, Uuid][] = [];
  for (const { identifiers, atMs } of events) {
    const live = identifiers.filter((asked) => !asked.erased);
    if (live.length === 0) continue;
    const id = planner.place(live);
    for (const { personId } of live) {
      if (personId === undefined) continue;
      widen(spans, brandId, personId, atMs);
      if (personId !== id) settled.push([id, personId]);
    }
  }
  const { newPersons, attached, merges, candidates } = planner.plan;
  if (attached.length > 0) {
    const inserted = await insertIdentities(
      tx,
      newPersons.map((id) => spans.get(id)!),
      attached.map(({ namespace, value, personId, strong }) => ({
        brandId,
        namespace,
        value,
        personId: personId!,
        strong,
      })),
    );
    assert(inserted, 'an identifier was created without the graph lock');
  }
  const fresh = new Set(newPersons);
  for (const { identifiers } of events) {
    for (const asked of identifiers) {
      if (asked.known || asked.personId === undefined) continue;
      const span = fresh.has(asked.personId) ? spans.get(asked.personId) : undefined;
      // The row of a person that was there before may say anything: never seen makes the caller widen it.
      learn(asked, asked.personId, span?.firstMs ?? Number.POSITIVE_INFINITY, span?.lastMs ?? Number.NEGATIVE_INFINITY);
    }
  }
  const rows = merges.map((merge) => ({
    ...merge,
    id: newUuid(),
    actor: 'rule',
    reason: 'an event carried identifiers of both',
  }));
  return {
    brandId,
    merges: rows.length > 0 ? await prepareMerges(tx, brandId, rows) : { merges: [], moves: [] },
    candidates,
    settled,
  };
}

function widen(spans: Map<Uuid, NewPerson>, brandId: Uuid, id: Uuid, atMs: number): void {
  const span = spans.get(id);
  if (!span) spans.set(id, { brandId, id, firstMs: atMs, lastMs: atMs });
  else if (atMs < span.firstMs) span.firstMs = atMs;
  else if (atMs > span.lastMs) span.lastMs = atMs;
}

/** Writes merges, candidates and the widened spans of activity, all locks on persons taken first and in one order. */
export async function writeChanges(
  tx: Tx,
  changes: readonly GraphChange[],
  seen: readonly NewPerson[],
  nowMs: number,
): Promise<void> {
  const touched = seen.map(({ brandId, id }) => ({ brandId, id }));
  for (const { brandId, merges } of changes) {
    for (const { id, root } of merges.moves) touched.push({ brandId, id }, { brandId, id: root });
  }
  if (touched.length > 0) {
    await lockPersons(
      tx,
      touched.map((one) => one.brandId),
      touched.map((one) => one.id),
    );
  }
  if (seen.length > 0) await widenSeen(tx, seen);
  for (const { brandId, merges, candidates } of changes) {
    if (merges.merges.length > 0) await writeMerges(tx, brandId, merges, nowMs);
    if (candidates.length > 0) {
      await insertCandidates(
        tx,
        brandId,
        candidates.map((candidate) => ({ ...candidate, id: newUuid() })),
        nowMs,
      );
    }
  }
}
