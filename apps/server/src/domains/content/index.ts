import type { Tx } from '#adapters/postgres.ts';
import { publicId, type Uuid, uuidOf } from '#lib/id.ts';
import { pieceNames } from './store.ts';

export { presets } from './presets.ts';

/** Titles of content pieces by public id; ids without a title are left out. */
export async function names(
  tx: Tx,
  brandId: Uuid,
  _kind: 'content',
  keys: readonly string[],
): Promise<Map<string, string>> {
  const ids = keys.flatMap((key) => uuidOf('cnt', key) ?? []);
  if (ids.length === 0) return new Map();
  const found = await pieceNames(tx, brandId, ids);
  return new Map([...found].map(([id, name]) => [publicId('cnt', id), name]));
}
