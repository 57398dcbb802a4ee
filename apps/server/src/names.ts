import type { Db, Tx } from '#adapters/postgres.ts';
import { names as commerceNames } from '#domains/commerce/index.ts';
import type { Uuid } from '#lib/id.ts';

type NamesOf = (tx: Tx, brandId: Uuid, keys: readonly string[]) => Promise<Map<string, string>>;

/** Who knows the names behind the keys of a split, the best source first. */
const sources: Record<string, NamesOf[]> = {
  product: [(tx, brandId, keys) => commerceNames(tx, brandId, 'product', keys)],
  session: [(tx, brandId, keys) => commerceNames(tx, brandId, 'session', keys)],
  room: [(tx, brandId, keys) => commerceNames(tx, brandId, 'room', keys)],
  koc: [(tx, brandId, keys) => commerceNames(tx, brandId, 'koc', keys)],
};

/** Names of the keys of a split (product, session, room, koc, group, community), for screens; a key without a name is left out. */
export function nameSource(db: Pick<Db, 'brand'>) {
  return async (brandId: Uuid, split: string, keys: readonly string[]): Promise<Map<string, string>> => {
    const found = new Map<string, string>();
    if (keys.length === 0) return found;
    for (const source of sources[split] ?? []) {
      const missing = keys.filter((key) => !found.has(key));
      if (missing.length === 0) break;
      for (const [key, name] of await db.brand(brandId, (tx) => source(tx, brandId, missing))) found.set(key, name);
    }
    return found;
  };
}
