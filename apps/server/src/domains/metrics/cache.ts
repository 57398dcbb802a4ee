/** Results of queries, kept until the data of their brand change. Bounded: the entry unused for longest goes first. */
export interface ResultCache {
  /**
   * The result for a key, computed at most once per version, also by requests that arrive together. A failure is not kept.
   * @param weight size of a result; one heavier than the bound is not kept
   */
  get<T>(key: string, version: number, compute: () => Promise<T>, weight?: (value: T) => number): Promise<T>;
}

interface Entry {
  version: number;
  weight: number;
  value: Promise<unknown>;
}

/**
 * @param maxWeight bound of the sum of weights of all results kept; a result weighs 1 unless said otherwise
 * @param maxEntryWeight bound of one result
 */
export function resultCache(maxWeight = 200_000, maxEntryWeight = 20_000): ResultCache {
  const entries = new Map<string, Entry>();
  let total = 0;
  function drop(key: string, entry: Entry): void {
    if (entries.get(key) !== entry) return;
    entries.delete(key);
    total -= entry.weight;
  }
  function weigh(key: string, entry: Entry, weight: number): void {
    if (entries.get(key) !== entry) return;
    if (weight > maxEntryWeight) {
      drop(key, entry);
      return;
    }
    total += weight - entry.weight;
    entry.weight = weight;
    for (const [oldKey, old] of entries) {
      if (total <= maxWeight) break;
      drop(oldKey, old);
    }
  }
  return {
    get<T>(
      key: string,
      version: number,
      compute: () => Promise<T>,
      weight: (value: T) => number = () => 1,
    ): Promise<T> {
      const found = entries.get(key);
      if (found && found.version === version) {
        entries.delete(key);
        entries.set(key, found);
        return found.value as Promise<T>;
      }
      if (found) drop(key, found);
      const value = compute();
      const entry: Entry = { version, weight: 0, value };
      entries.set(key, entry);
      value.then(
        (result) => weigh(key, entry, Math.max(1, weight(result))),
        () => drop(key, entry),
      );
      return value;
    },
  };
}

/** Keeps nothing: every request computes anew. */
export const noCache: ResultCache = { get: (_key, _version, compute) => compute() };
