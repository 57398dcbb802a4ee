import { sql } from 'kysely';
import type { Tx } from '#adapters/postgres.ts';
import { type Uuid, uuidOf } from '#lib/id.ts';

/** What an order says of where its buyer lives is taken away; the sums stay, since money has to add up for years. */
export async function forgetBuyer(tx: Tx, brandId: Uuid, orderIds: readonly string[]): Promise<number> {
  const ids = orderIds.flatMap((id) => uuidOf('ord', id) ?? []);
  if (ids.length === 0) return 0;
  const { rows } = await sql`update commerce.orders set province = null, city = null
    where brand_id = ${brandId} and id = any(${ids}::uuid[]) and (province is not null or city is not null)
    returning id`.execute(tx);
  return rows.length;
}

/** Orders with their lines, for the export of a person's data. Amounts are minor units of the brand's currency. */
export async function ordersForExport(tx: Tx, brandId: Uuid, orderIds: readonly string[]): Promise<unknown[]> {
  const ids = orderIds.flatMap((id) => uuidOf('ord', id) ?? []);
  if (ids.length === 0) return [];
  const { rows } = await sql<{ order: unknown }>`
    select jsonb_build_object('orderNo', o.order_no, 'platform', o.platform, 'state', o.state, 'placedAt', o.placed_at,
      'paidAt', o.paid_at, 'province', o.province, 'city', o.city, 'lines', (
        select jsonb_agg(jsonb_build_object('product', p.name, 'quantity', l.quantity, 'payableMinor', l.payable_minor,
          'paidMinor', l.paid_minor, 'state', l.state) order by l.line_key)
        from commerce.order_lines l left join commerce.products p on p.brand_id = l.brand_id and p.id = l.product_id
        where l.brand_id = o.brand_id and l.order_id = o.id)) as order
    from commerce.orders o where o.brand_id = ${brandId} and o.id = any(${ids}::uuid[])
    order by o.paid_at nulls last, o.id limit 20000`.execute(tx);
  return rows.map((row) => row.order);
}
