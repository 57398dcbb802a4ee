import type { Uuid } from '#lib/id.ts';

/** Where an identifier leads, as Postgres said it. Times are what the person's row holds. */
export interface KnownIdentifier {
  personId: Uuid;
  rank: number;
  firstMs: number;
  lastMs: number;
  /** The same object for every event that leads here, so that a hit allocates nothing. */
  readonly resolution: { readonly personId: Uuid };
}

/** What a transaction would teach the cache; taken over only once Postgres says that it committed. */
export interface Lesson {
  identifiers: [key: string, known: KnownIdentifier][];
  settledPairs: string[];
  seen: { known: KnownIdentifier; firstMs: number; lastMs: number }[];
}

/** Fate of a transaction as `pg_xact_status` tells it; null when Postgres has forgotten. */
export type XactStatus = 'committed' | 'aborted' | 'in progress' | null;

const maxWaitingLessons = 64;

/** Versions of a brand's persons: memory of identifiers holds for an epoch, memory of pairs for an epoch and its rulings. */
export interface Versions {
  epoch: number;
  rulings: number;
}
export interface Prefixes {
  readonly identifiers: string;
  readonly pairs: string;
}

/**
 * Identifier → person, bounded. It stays right because an identifier's person never changes while the brand's epoch
 * stands (merges link persons, they do not move identifiers), the versions are read under the brand's lock before every use,
 * and what a transaction wrote is believed only after its commit was seen.
 */
export class IdentityCache {
  readonly #known: Generations<KnownIdentifier>;
  readonly #settled: Generations<true>;
  readonly #slots = new Map<Uuid, Versions & Prefixes>();
  readonly #waiting = new Map<string, Lesson>();
  #nextSlot = 0;

  /** @param maxEntries bound on remembered identifiers; about 250 bytes each */
  constructor(maxEntries: number) {
    this.#known = new Generations(maxEntries);
    this.#settled = new Generations(Math.ceil(maxEntries / 4));
  }

  /** What the brand's keys start with; entries of earlier versions are out of reach from then on. */
  prefixesOf(brandId: Uuid, { epoch, rulings }: Versions): Prefixes {
    let slot = this.#slots.get(brandId);
    if (slot?.epoch !== epoch) {
      slot = { epoch, rulings, identifiers: this.#newPrefix(), pairs: this.#newPrefix() };
      this.#slots.set(brandId, slot);
    } else if (slot.rulings !== rulings) {
      slot = { ...slot, rulings, pairs: this.#newPrefix() };
      this.#slots.set(brandId, slot);
    }
    return slot;
  }

  #newPrefix(): string {
    return `${this.#nextSlot++}\u001f`;
  }

  get(key: string): KnownIdentifier | undefined {
    return this.#known.get(key);
  }

  put(key: string, known: KnownIdentifier): void {
    this.#known.set(key, known);
  }

  isSettled(pair: string): boolean {
    return this.#settled.get(pair) === true;
  }

  /** Keeps what a transaction learned until its fate is known. */
  await(xid: string, lesson: Lesson): void {
    const earlier = this.#waiting.get(xid);
    if (earlier) {
      earlier.identifiers.push(...lesson.identifiers);
      earlier.settledPairs.push(...lesson.settledPairs);
      earlier.seen.push(...lesson.seen);
      return;
    }
    this.#waiting.set(xid, lesson);
    // Forgetting a lesson only costs a look-up later.
    if (this.#waiting.size > maxWaitingLessons) this.#waiting.delete(this.#waiting.keys().next().value!);
  }

  /** Transactions whose fate is to be asked. */
  waiting(): string[] {
    return [...this.#waiting.keys()];
  }

  settle(fates: Readonly<Record<string, XactStatus>>): void {
    for (const [xid, fate] of Object.entries(fates)) {
      const lesson = this.#waiting.get(xid);
      if (!lesson || fate === 'in progress') continue;
      this.#waiting.delete(xid);
      if (fate !== 'committed') continue;
      for (const [key, known] of lesson.identifiers) this.#known.set(key, known);
      for (const pair of lesson.settledPairs) this.#settled.set(pair, true);
      for (const { known, firstMs, lastMs } of lesson.seen) {
        known.firstMs = Math.min(known.firstMs, firstMs);
        known.lastMs = Math.max(known.lastMs, lastMs);
      }
    }
  }
}

/** A map that forgets what was not used for a while: two halves, the older one dropped when the younger is full. */
class Generations<V> {
  #young = new Map<string, V>();
  #old = new Map<string, V>();
  readonly #half: number;

  constructor(maxEntries: number) {
    this.#half = Math.max(1, Math.ceil(maxEntries / 2));
  }

  get(key: string): V | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const older = this.#old.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: string, value: V): void {
    if (this.#young.size >= this.#half && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }
}
