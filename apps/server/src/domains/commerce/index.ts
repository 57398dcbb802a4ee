import { sql } from 'kysely';
import type { Tx } from '#adapters/postgres.ts';
import { publicId, type Uuid, uuidOf } from '#lib/id.ts';

export { forgetBuyer, ordersForExport } from './personal.ts';
export { presets } from './presets.ts';

const prefixes = { order: 'ord', product: 'prd', room: 'roo', session: 'ses', koc: 'par' } as const;

/**
 * Numbers of orders, names of products, and of rooms, sessions and creators as order files name them, by public id; ids without a name are
 * left out.
 */
export async function names(
  tx: Tx,
  brandId: Uuid,
  kind: keyof typeof prefixes,
  keys: readonly string[],
): Promise<Map<string, string>> {
  const prefix = prefixes[kind];
  const ids = keys.flatMap((key) => uuidOf(prefix, key) ?? []);
  if (ids.length === 0) return new Map();
  const { rows } = await (kind === 'order'
    ? sql<{ id: Uuid; name: string }>`
        select id, order_no as name from commerce.orders where brand_id = ${brandId} and id = any(${ids}::uuid[])`
    : kind === 'product'
      ? sql<{ id: Uuid; name: string }>`
          select id, coalesce(name, sku, external_id) as name from commerce.products
          where brand_id = ${brandId} and id = any(${ids}::uuid[]) and coalesce(name, sku, external_id) is not null`
      : sql<{ id: Uuid; name: string }>`
          select id, name from commerce.mentions
          where brand_id = ${brandId} and kind = ${kind === 'koc' ? 'partner' : kind} and id = any(${ids}::uuid[])`
  ).execute(tx);
  return new Map(rows.map((row) => [publicId(prefix, row.id), row.name]));
}
