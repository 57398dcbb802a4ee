import type { Tx } from '#adapters/postgres.ts';
import type { Uuid } from '#lib/id.ts';
import { type Asked, type GraphChange, learn, type OpenEvent, planChange, writeChanges } from './graph-change.ts';
import { IdentityCache, type KnownIdentifier, type Lesson, type Prefixes } from './identity-cache.ts';
import {
  type BrandState,
  findIdentifiers,
  findTombstones,
  lockForReading,
  lockGraph,
  type NewPerson,
  readStates,
} from './identity-store.ts';
import { namespaceOf, normalise } from './namespace.ts';
import { digestOf } from './tombstone.ts';

/** One event as far as finding its person is concerned. */
export interface Sighting {
  brandId: Uuid;
  /** namespace → value as it came. */
  identifiers: Readonly<Record<string, string>>;
  occurredAtMs: number;
}

export interface Resolution {
  /** The person of the event's strongest identifier; undefined when it has none that names somebody. */
  readonly personId: Uuid | undefined;
  /** One of the identifiers belongs to an erased person: what else the event says of a person must not be kept. */
  readonly erased?: true;
}

export interface Resolver {
  /**
   * Finds or makes the person of each sighting, in order. Run it in a system transaction; `40P01` and `40001` mean that
   * the transaction has to be run again.
   */
  resolve(tx: Tx, batch: readonly Sighting[]): Promise<Resolution[]>;
}

/** `last_seen_at` may lag behind by this much, so that a lively person is not written with every event. */
export const seenGrainMs = 300_000;

const nobody: Resolution = { personId: undefined };
const erasedNobody: Resolution = { personId: undefined, erased: true };
const separator = '\u001f';

/** An event that the cache alone could not answer. */
interface Open extends OpenEvent {
  index: number;
  brandId: Uuid;
}

/**
 * Makes a resolver with its own bounded memory.
 * @param options.maxCached identifiers to remember, about 250 bytes each
 */
export function createResolver(options: { maxCached?: number; now: () => number }): Resolver {
  const cache = new IdentityCache(options.maxCached ?? 400_000);
  const { now } = options;
  return {
    async resolve(tx, batch) {
      const results = new Array<Resolution>(batch.length).fill(nobody);
      const brandIds = brandsOf(batch);
      if (brandIds.length === 0) return results;
      const xid = await lockForReading(tx, brandIds);
      const { states, fates } = await readStates(tx, brandIds, cache.waiting());
      cache.settle(fates);
      const lesson: Lesson = { identifiers: [], settledPairs: [], seen: [] };
      const scan = scanBatch(batch, results, cache, states, lesson);
      const changes = scan.open.length > 0 ? await answerOpen(tx, scan, results, states, lesson, cache) : [];
      await writeChanges(tx, changes, [...scan.seen.values()], now());
      if (lesson.identifiers.length + lesson.settledPairs.length + lesson.seen.length > 0) cache.await(xid, lesson);
      return results;
    },
  };
}

function brandsOf(batch: readonly Sighting[]): Uuid[] {
  const brands = new Set<Uuid>();
  let last: Uuid | undefined;
  for (const { brandId } of batch) {
    if (brandId === last) continue;
    brands.add(brandId);
    last = brandId;
  }
  return [...brands];
}

interface Scan {
  open: Open[];
  asked: Asked[];
  /** Persons whose span of activity is to be widened. */
  seen: Map<Uuid, NewPerson>;
}

/** Answers from memory what can be; the rest is collected, each distinct identifier once. */
function scanBatch(
  batch: readonly Sighting[],
  results: Resolution[],
  cache: IdentityCache,
  states: ReadonlyMap<Uuid, BrandState>,
  lesson: Lesson,
): Scan {
  const scan: Scan = { open: [], asked: [], seen: new Map() };
  const askedOf = new Map<string, Asked>();
  let brandId = '';
  let prefixes: Prefixes = { identifiers: '', pairs: '' };
  for (let index = 0; index < batch.length; index++) {
    const sighting = batch[index]!;
    if (sighting.brandId !== brandId) {
      brandId = sighting.brandId;
      prefixes = cache.prefixesOf(brandId, states.get(brandId)!);
    }
    const best = fromMemory(sighting.identifiers, prefixes, cache);
    if (best) {
      results[index] = best.resolution;
      noteSeen(scan.seen, lesson, brandId, best, sighting.occurredAtMs);
      continue;
    }
    const identifiers = ask(sighting, prefixes.identifiers, cache, askedOf, scan.asked);
    if (identifiers.length > 0) scan.open.push({ index, brandId, identifiers, atMs: sighting.occurredAtMs });
  }
  return scan;
}

/** The strongest identifier, when memory knows all of them and that they need no tying together. */
function fromMemory(
  identifiers: Readonly<Record<string, string>>,
  prefixes: Prefixes,
  cache: IdentityCache,
): KnownIdentifier | undefined {
  const prefix = prefixes.identifiers;
  let best: KnownIdentifier | undefined;
  let others: KnownIdentifier[] | undefined;
  for (const namespace in identifiers) {
    const known = cache.get(prefix + namespace + separator + identifiers[namespace]);
    if (!known) return undefined;
    if (!best) best = known;
    else if (known.personId !== best.personId) {
      others ??= [];
      if (known.rank > best.rank) {
        others.push(best);
        best = known;
      } else others.push(known);
    } else if (known.rank > best.rank) best = known;
  }
  if (!others) return best;
  for (const other of others) {
    if (other.personId !== best!.personId && !cache.isSettled(pairKey(prefixes.pairs, best!.personId, other.personId)))
      return;
  }
  return best;
}

function pairKey(prefix: string, a: Uuid, b: Uuid): string {
  return a < b ? prefix + a + b : prefix + b + a;
}

function ask(
  { brandId, identifiers }: Sighting,
  prefix: string,
  cache: IdentityCache,
  askedOf: Map<string, Asked>,
  all: Asked[],
): Asked[] {
  const found: Asked[] = [];
  for (const namespace in identifiers) {
    const raw = identifiers[namespace];
    const value = raw === undefined ? undefined : normalise(namespace, raw);
    if (value === undefined) continue;
    const key = prefix + namespace + separator + value;
    let asked = askedOf.get(key);
    if (!asked) {
      const { rank, strong } = namespaceOf(namespace);
      const known = cache.get(key);
      asked = {
        brandId,
        namespace,
        value,
        rank,
        strong,
        personId: known?.personId,
        keys: new Set([key]),
        erased: false,
        known,
      };
      askedOf.set(key, asked);
      all.push(asked);
    }
    if (raw !== value) asked.keys.add(prefix + namespace + separator + raw);
    found.push(asked);
  }
  return found.length < 2 ? found : found.sort(byStrength);
}

function byStrength(a: Asked, b: Asked): number {
  return b.rank - a.rank || (a.namespace < b.namespace ? -1 : 1);
}

function noteSeen(
  seen: Map<Uuid, NewPerson>,
  lesson: Lesson,
  brandId: Uuid,
  known: KnownIdentifier,
  atMs: number,
): void {
  if (atMs >= known.firstMs && atMs <= known.lastMs + seenGrainMs) return;
  const noted = seen.get(known.personId);
  if (noted) {
    if (atMs < noted.firstMs) noted.firstMs = atMs;
    if (atMs > noted.lastMs) noted.lastMs = atMs;
  } else seen.set(known.personId, { brandId, id: known.personId, firstMs: atMs, lastMs: atMs });
  lesson.seen.push({ known, firstMs: atMs, lastMs: atMs });
}

/** Answers from Postgres what memory could not, making persons and ties where they are needed. */
async function answerOpen(
  tx: Tx,
  scan: Scan,
  results: Resolution[],
  states: ReadonlyMap<Uuid, BrandState>,
  lesson: Lesson,
  cache: IdentityCache,
): Promise<GraphChange[]> {
  await lookUp(tx, missingOf(scan.asked));
  await markErased(tx, missingOf(scan.asked), states);
  const changing = Map.groupBy(
    scan.open.filter((open) => changesGraph(open, cache, states)),
    (open) => open.brandId,
  );
  const changes: GraphChange[] = [];
  if (changing.size > 0) {
    await lockGraph(tx, [...changing.keys()]);
    // Another transaction may have made some of these persons between the look-up and the lock; from here nobody can.
    await lookUp(tx, missingOf(scan.asked));
    for (const [brandId, open] of changing) {
      const change = await planChange(tx, brandId, open);
      const prefix = cache.prefixesOf(brandId, states.get(brandId)!).pairs;
      for (const [a, b] of change.settled) lesson.settledPairs.push(pairKey(prefix, a, b));
      changes.push(change);
    }
  }
  for (const asked of scan.asked) {
    if (asked.known) for (const key of asked.keys) lesson.identifiers.push([key, asked.known]);
  }
  for (const { index, brandId, identifiers, atMs } of scan.open) {
    const strongest = identifiers.find((asked) => asked.personId !== undefined);
    const erased = identifiers.some((asked) => asked.erased);
    if (!strongest) {
      if (erased) results[index] = erasedNobody;
      continue;
    }
    const known = strongest.known!;
    results[index] = erased ? { personId: known.personId, erased } : known.resolution;
    noteSeen(scan.seen, lesson, brandId, known, atMs);
  }
  return changes;
}

function missingOf(asked: readonly Asked[]): Asked[] {
  return asked.filter((one) => one.personId === undefined && !one.erased);
}

async function lookUp(tx: Tx, asked: readonly Asked[]): Promise<void> {
  if (asked.length === 0) return;
  for (const { index, personId, firstMs, lastMs } of await findIdentifiers(tx, asked)) {
    learn(asked[index]!, personId, firstMs, lastMs);
  }
}

async function markErased(tx: Tx, missing: readonly Asked[], states: ReadonlyMap<Uuid, BrandState>): Promise<void> {
  const salted = missing.flatMap((asked) => {
    const salt = states.get(asked.brandId)!.salt;
    return salt ? [{ asked, brandId: asked.brandId, digest: digestOf(salt, asked.namespace, asked.value) }] : [];
  });
  if (salted.length === 0) return;
  for (const index of await findTombstones(tx, salted)) salted[index]!.asked.erased = true;
}

/** Whether an event brings a new identifier or ties persons together that were not seen together before. */
function changesGraph(open: Open, cache: IdentityCache, states: ReadonlyMap<Uuid, BrandState>): boolean {
  const live = open.identifiers.filter((asked) => !asked.erased);
  const strongest = live[0]?.personId;
  const prefix = cache.prefixesOf(open.brandId, states.get(open.brandId)!).pairs;
  return live.some(
    ({ personId }) =>
      personId === undefined ||
      strongest === undefined ||
      (personId !== strongest && !cache.isSettled(pairKey(prefix, strongest, personId))),
  );
}
