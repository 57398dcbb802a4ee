import { sql } from 'kysely';
import type { Tx } from '#adapters/postgres.ts';
import type { Uuid } from '#lib/id.ts';
import type { RefundRow, StoredLine } from './advance.ts';
import type { LineState } from './line.ts';

/** Keeps two imports of one brand from reading the same lines before either has written them. Held to the end of the transaction. */
export async function lockBrand(tx: Tx, brandId: Uuid): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`commerce ${brandId}`}, 0))`.execute(tx);
}

const ms = (column: string) => sql.raw(`(extract(epoch from ${column}) * 1000)::bigint`);

/** The lines among `ids` that are known. */
export async function readLines(tx: Tx, brandId: Uuid, ids: readonly Uuid[]): Promise<Map<Uuid, StoredLine>> {
  const { rows } = await sql<StoredLine>`
    select id, order_id as "orderId", line_key as "lineKey", product_id as "productId", state, quantity,
      list_minor as "listMinor", payable_minor as "payableMinor", paid_minor as "paidMinor", received_minor as "receivedMinor",
      freight_minor as "freightMinor", discount_platform_minor as "discountPlatformMinor",
      discount_merchant_minor as "discountMerchantMinor", discount_creator_minor as "discountCreatorMinor",
      cost_minor as "costMinor", ${ms('placed_at')} as "placedAtMs", ${ms('paid_at')} as "paidAtMs",
      ${ms('shipped_at')} as "shippedAtMs", ${ms('received_at')} as "receivedAtMs", ${ms('closed_at')} as "closedAtMs",
      room_id as "roomId", session_id as "sessionId", partner_id as "partnerId", channel, excluded, not_final as "notFinal",
      refunded_minor as "refundedMinor", refunded_quantity as "refundedQuantity", ${ms('refunded_at')} as "refundedAtMs",
      recorded, gmv_minor as "gmvMinor", gmv_quantity as "gmvQuantity", revision, seen
    from commerce.order_lines
    where brand_id = ${brandId} and id = any(${ids}::uuid[])`.execute(tx);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Sums over the lines of orders. */
export interface OrderSums {
  paidMinor: number;
  receivedMinor: number;
  freightMinor: number;
  refundedMinor: number;
}

/** What the lines of orders have, without the lines in `except`. */
export async function orderSums(
  tx: Tx,
  brandId: Uuid,
  orderIds: readonly Uuid[],
  except: readonly Uuid[],
): Promise<Map<Uuid, OrderSums>> {
  const { rows } = await sql<OrderSums & { id: Uuid }>`
    select order_id as id, coalesce(sum(gmv_minor), 0)::bigint as "paidMinor",
      coalesce(sum(received_minor), 0)::bigint as "receivedMinor", coalesce(sum(freight_minor), 0)::bigint as "freightMinor",
      coalesce(sum(refunded_minor), 0)::bigint as "refundedMinor"
    from commerce.order_lines
    where brand_id = ${brandId} and order_id = any(${orderIds}::uuid[]) and id <> all(${except}::uuid[])
    group by order_id`.execute(tx);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Columns of a bulk insert: name, Postgres type of the array, how a value is taken, and what is stored of it. */
type Column<Row> = readonly [name: string, type: string, value: (row: Row) => unknown];

const time = <Row>(name: string, value: (row: Row) => number | null): Column<Row> => [name, 'float8 time', value];

const lineColumns: readonly Column<StoredLine>[] = [
  ['id', 'uuid', (line) => line.id],
  ['order_id', 'uuid', (line) => line.orderId],
  ['line_key', 'text', (line) => line.lineKey],
  ['product_id', 'uuid', (line) => line.productId],
  ['state', 'text', (line) => line.state],
  ['quantity', 'bigint', (line) => line.quantity],
  ['list_minor', 'bigint', (line) => line.listMinor],
  ['payable_minor', 'bigint', (line) => line.payableMinor],
  ['paid_minor', 'bigint', (line) => line.paidMinor],
  ['received_minor', 'bigint', (line) => line.receivedMinor],
  ['freight_minor', 'bigint', (line) => line.freightMinor],
  ['discount_platform_minor', 'bigint', (line) => line.discountPlatformMinor],
  ['discount_merchant_minor', 'bigint', (line) => line.discountMerchantMinor],
  ['discount_creator_minor', 'bigint', (line) => line.discountCreatorMinor],
  ['cost_minor', 'bigint', (line) => line.costMinor],
  time('placed_at', (line) => line.placedAtMs),
  time('paid_at', (line) => line.paidAtMs),
  time('shipped_at', (line) => line.shippedAtMs),
  time('received_at', (line) => line.receivedAtMs),
  time('closed_at', (line) => line.closedAtMs),
  ['room_id', 'uuid', (line) => line.roomId],
  ['session_id', 'uuid', (line) => line.sessionId],
  ['partner_id', 'uuid', (line) => line.partnerId],
  ['channel', 'text', (line) => line.channel],
  ['excluded', 'text', (line) => line.excluded],
  // Postgres has no arrays of arrays of different lengths: these two travel as array literals.
  ['not_final', 'text text[]', (line) => `{${line.notFinal.join(',')}}`],
  ['refunded_minor', 'bigint', (line) => line.refundedMinor],
  ['refunded_quantity', 'bigint', (line) => line.refundedQuantity],
  time('refunded_at', (line) => line.refundedAtMs),
  ['recorded', 'integer', (line) => line.recorded],
  ['gmv_minor', 'bigint', (line) => line.gmvMinor],
  ['gmv_quantity', 'bigint', (line) => line.gmvQuantity],
  ['revision', 'integer', (line) => line.revision],
  ['seen', 'text integer[]', (line) => `{${line.seen.join(',')}}`],
];

/** Inserts rows in one statement; `onConflict` says what becomes of those that exist. */
async function bulkInsert<Row>(
  tx: Tx,
  table: string,
  brandId: Uuid,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  onConflict: string,
): Promise<void> {
  if (rows.length === 0) return;
  const names = columns.map(([name]) => name);
  const stored = columns.map(([name, type]) => {
    const cast = type.split(' ')[1];
    if (cast === undefined) return `u.${name}`;
    return cast === 'time' ? `to_timestamp(u.${name} / 1000)` : `u.${name}::${cast}`;
  });
  const arrays = columns.map(([, type, value]) => sql`${rows.map(value)}::${sql.raw(type.split(' ')[0]!)}[]`);
  await sql`
    insert into ${sql.raw(`commerce.${table}`)} (brand_id, ${sql.raw(names.join(', '))})
    select ${brandId}::uuid, ${sql.raw(stored.join(', '))}
    from unnest(${sql.join(arrays)}) as u(${sql.raw(names.join(', '))})
    on conflict ${sql.raw(onConflict)}`.execute(tx);
}

/** Writes lines as they now are. */
export async function saveLines(tx: Tx, brandId: Uuid, lines: readonly StoredLine[]): Promise<void> {
  const changed = lineColumns
    .map(([name]) => name)
    .filter((name) => name !== 'id')
    .map((name) => `${name} = excluded.${name}`);
  await bulkInsert(tx, 'order_lines', brandId, lineColumns, lines, `(brand_id, id) do update set ${changed.join(', ')}`);
}

export async function saveRefunds(tx: Tx, brandId: Uuid, refunds: readonly RefundRow[]): Promise<void> {
  const columns: readonly Column<RefundRow>[] = [
    ['id', 'uuid', (refund) => refund.id],
    ['platform', 'text', (refund) => refund.platform],
    ['refund_no', 'text', (refund) => refund.refundNo],
    ['order_id', 'uuid', (refund) => refund.orderId],
    ['line_id', 'uuid', (refund) => refund.lineId],
    ['product_id', 'uuid', (refund) => refund.productId],
    ['amount_minor', 'bigint', (refund) => refund.amountMinor],
    ['quantity', 'bigint', (refund) => refund.quantity],
    time('refunded_at', (refund) => refund.atMs),
    ['time_basis', 'text', (refund) => refund.timeBasis],
    ['amount_basis', 'text', (refund) => refund.amountBasis],
  ];
  await bulkInsert(tx, 'refunds', brandId, columns, refunds, '(brand_id, id) do nothing');
}

/** The refunds among `ids` that are known. */
export async function knownRefunds(tx: Tx, brandId: Uuid, ids: readonly Uuid[]): Promise<Set<Uuid>> {
  if (ids.length === 0) return new Set();
  const { rows } = await sql<{ id: Uuid }>`
    select id from commerce.refunds where brand_id = ${brandId} and id = any(${ids}::uuid[])`.execute(tx);
  return new Set(rows.map((row) => row.id));
}

/** An order as its lines in one batch show it. */
export interface OrderHead {
  id: Uuid;
  platform: string;
  orderNo: string;
  state: LineState;
  placedAtMs: number | null;
  paidAtMs: number | null;
  shop: string | null;
  guide: string | null;
  province: string | null;
  city: string | null;
  country: string | null;
}

const rank = (column: string) =>
  `array_position(array['placed','paid','shipped','received','closed','cancelled'], ${column})`;

export async function saveOrders(tx: Tx, brandId: Uuid, orders: readonly OrderHead[]): Promise<void> {
  const columns: readonly Column<OrderHead>[] = [
    ['id', 'uuid', (order) => order.id],
    ['platform', 'text', (order) => order.platform],
    ['order_no', 'text', (order) => order.orderNo],
    ['state', 'text', (order) => order.state],
    time('placed_at', (order) => order.placedAtMs),
    time('paid_at', (order) => order.paidAtMs),
    ['shop', 'text', (order) => order.shop],
    ['guide', 'text', (order) => order.guide],
    ['province', 'text', (order) => order.province],
    ['city', 'text', (order) => order.city],
    ['country', 'text', (order) => order.country],
  ];
  const filled = ['shop', 'guide', 'province', 'city', 'country'].map((name) => `${name} = coalesce(excluded.${name}, orders.${name})`);
  await bulkInsert(
    tx,
    'orders',
    brandId,
    columns,
    orders,
    `(brand_id, id) do update set
       state = case when ${rank('excluded.state')} >= ${rank('orders.state')} then excluded.state else orders.state end,
       placed_at = least(orders.placed_at, excluded.placed_at), paid_at = least(orders.paid_at, excluded.paid_at),
       ${filled.join(', ')}`,
  );
}

export interface NamedProduct {
  id: Uuid;
  platform: string;
  externalId: string | null;
  sku: string | null;
  name: string | null;
  namedAtMs: number;
}

/** The newest sale names the product; of two at the same instant the name that sorts later, so that order does not matter. */
export async function saveProducts(tx: Tx, brandId: Uuid, products: readonly NamedProduct[]): Promise<void> {
  const columns: readonly Column<NamedProduct>[] = [
    ['id', 'uuid', (product) => product.id],
    ['platform', 'text', (product) => product.platform],
    ['external_id', 'text', (product) => product.externalId],
    ['sku', 'text', (product) => product.sku],
    ['name', 'text', (product) => product.name],
    time('named_at', (product) => product.namedAtMs),
  ];
  await bulkInsert(
    tx,
    'products',
    brandId,
    columns,
    products,
    `(brand_id, id) do update set name = excluded.name, named_at = excluded.named_at,
       sku = coalesce(products.sku, excluded.sku), external_id = coalesce(products.external_id, excluded.external_id)
     where excluded.name is not null
       and (products.name is null or (excluded.named_at, excluded.name) > (products.named_at, products.name))`,
  );
}

export interface NamedMention {
  kind: 'room' | 'session' | 'partner';
  id: Uuid;
  platform: string;
  name: string;
  namedAtMs: number;
}

export async function saveMentions(tx: Tx, brandId: Uuid, mentions: readonly NamedMention[]): Promise<void> {
  const columns: readonly Column<NamedMention>[] = [
    ['kind', 'text', (mention) => mention.kind],
    ['id', 'uuid', (mention) => mention.id],
    ['platform', 'text', (mention) => mention.platform],
    ['name', 'text', (mention) => mention.name],
    time('named_at', (mention) => mention.namedAtMs),
  ];
  await bulkInsert(
    tx,
    'mentions',
    brandId,
    columns,
    mentions,
    `(brand_id, kind, id) do update set name = excluded.name, named_at = excluded.named_at
     where (excluded.named_at, excluded.name) > (mentions.named_at, mentions.name)`,
  );
}
