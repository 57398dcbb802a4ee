import type { Tx } from '#adapters/postgres.ts';
import { names as namesInOrders } from '#domains/commerce/index.ts';
import { publicId, type Uuid, uuidOf } from '#lib/id.ts';
import { readNames } from './store.ts';

export { presets } from './presets.ts';

/**
 * Names of rooms and sessions by public id, as live exports or else order files have them; ids without a name are left
 * out. `zone` is that in which the start of a session is shown.
 */
export async function names(
  tx: Tx,
  brandId: Uuid,
  kind: 'room' | 'session',
  keys: readonly string[],
  zone = 'Asia/Shanghai',
): Promise<Map<string, string>> {
  const prefix = kind === 'room' ? 'roo' : 'ses';
  const ids = keys.flatMap((key) => uuidOf(prefix, key) ?? []);
  if (ids.length === 0) return new Map();
  const labels = new Map<string, string>();
  for (const [id, name] of await readNames(tx, brandId, kind, ids, zone)) labels.set(publicId(prefix, id), name);
  const unknown = keys.filter((key) => !labels.has(key));
  for (const [key, name] of await namesInOrders(tx, brandId, kind, unknown)) labels.set(key, name);
  return labels;
}
