import type { Tx } from '#adapters/postgres.ts';
import { publicId, type Uuid, uuidOf } from '#lib/id.ts';
import { readNames } from './store.ts';

export { presets } from './presets.ts';

/** Names of communities and groups by public id; ids without a name are left out. */
export async function names(
  tx: Tx,
  brandId: Uuid,
  kind: 'community' | 'group',
  keys: readonly string[],
): Promise<Map<string, string>> {
  const prefix = kind === 'community' ? 'com' : 'grp';
  const ids = keys.flatMap((key) => uuidOf(prefix, key) ?? []);
  if (ids.length === 0) return new Map();
  const found = await readNames(tx, brandId, kind === 'community' ? 'communities' : 'groups', ids);
  return new Map([...found].map(([id, name]) => [publicId(prefix, id), name]));
}
