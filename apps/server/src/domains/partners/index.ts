import type { Tx } from '#adapters/postgres.ts';
import { names as namesInOrders } from '#domains/commerce/index.ts';
import { publicId, type Uuid, uuidOf } from '#lib/id.ts';
import { partnerNames } from './store.ts';

export { presets } from './presets.ts';

/** Names of partners by public id, as lists of partners or else order files have them; ids without a name are left out. */
export async function names(
  tx: Tx,
  brandId: Uuid,
  _kind: 'koc',
  keys: readonly string[],
): Promise<Map<string, string>> {
  const ids = keys.flatMap((key) => uuidOf('par', key) ?? []);
  if (ids.length === 0) return new Map();
  const labels = new Map([...(await partnerNames(tx, brandId, ids))].map(([id, name]) => [publicId('par', id), name]));
  const unknown = keys.filter((key) => !labels.has(key));
  for (const [key, name] of await namesInOrders(tx, brandId, 'koc', unknown)) labels.set(key, name);
  return labels;
}
