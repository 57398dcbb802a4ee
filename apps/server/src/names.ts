import type { Db, Tx } from '#adapters/postgres.ts';
import { brandById } from '#domains/access/index.ts';
import { names as commerceNames } from '#domains/commerce/index.ts';
import { names as communityNames } from '#domains/community/index.ts';
import { names as contentNames } from '#domains/content/index.ts';
import { names as liveNames } from '#domains/live/index.ts';
import { names as partnerNames } from '#domains/partners/index.ts';
import type { Uuid } from '#lib/id.ts';

type NamesOf = (tx: Tx, brandId: Uuid, keys: readonly string[]) => Promise<Map<string, string>>;

/** Which domain knows the names behind the keys of a split. */
const sources: Record<string, NamesOf> = {
  order: (tx, brandId, keys) => commerceNames(tx, brandId, 'order', keys),
  product: (tx, brandId, keys) => commerceNames(tx, brandId, 'product', keys),
  room: (tx, brandId, keys) => liveNames(tx, brandId, 'room', keys),
  session: async (tx, brandId, keys) => liveNames(tx, brandId, 'session', keys, (await brandById(tx, brandId))?.zone),
  koc: (tx, brandId, keys) => partnerNames(tx, brandId, 'koc', keys),
  community: (tx, brandId, keys) => communityNames(tx, brandId, 'community', keys),
  group: (tx, brandId, keys) => communityNames(tx, brandId, 'group', keys),
  content: (tx, brandId, keys) => contentNames(tx, brandId, 'content', keys),
};

/** Names of keys (orders, products, sessions, rooms, KOC, communities, groups, content) for screens; a key without a name is left out. */
export function nameSource(db: Pick<Db, 'brand'>) {
  return async (brandId: Uuid, split: string, keys: readonly string[]): Promise<Map<string, string>> => {
    const source = Object.hasOwn(sources, split) ? sources[split] : undefined;
    if (!source || keys.length === 0) return new Map();
    return db.brand(brandId, (tx) => source(tx, brandId, keys));
  };
}
