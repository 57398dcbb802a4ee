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

/** A Postgres array literal of values that need no quoting (numbers, UUIDs): much cheaper than the driver's own for many. */
function plainArray(values: readonly (string | number | null)[]): string {
  return `{${values.map((value) => value ?? 'NULL').join(',')}}`;
}

/** The lines among those named that are known. */
export async function readLines(
  tx: Tx,
  brandId: Uuid,
  lines: readonly { order: Uuid; line: Uuid }[],
): Promise<Map<Uuid, StoredLine>> {
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
    from unnest(${plainArray(lines.map((one) => one.order))}::uuid[], ${plainArray(lines.map((one) => one.line))}::uuid[]) as wanted(of_order, of_line)
    -- One look into the index for each line, whatever the planner thinks of the table's size.
    cross join lateral (
      select * from commerce.order_lines
      where brand_id = ${brandId} and order_id = wanted.of_order and id = wanted.of_line limit 1
    ) found`.execute(tx);
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

/** A column of a bulk insert: its name, the Postgres type of the array that carries it, and how a value is taken. */
interface Column<Row> {
  name: string;
  type: 'uuid' | 'bigint' | 'integer' | 'float8' | 'text';
  value: (row: Row) => string | number | null;
  /** SQL that turns the carried value into the stored one. */
  stored?: (value: string) => string;
  /** What the table stores where nothing is given; a column that holds nothing else is left out of the statement. */
  fallback: string | number | null;
}

type Value<Row> = Column<Row>['value'];

function column<Row>(
  name: string,
  type: Column<Row>['type'],
  value: Value<Row>,
  fallback: Column<Row>['fallback'] = null,
): Column<Row> {
  return { name, type, value, fallback };
}

function time<Row>(name: string, value: (row: Row) => number | null): Column<Row> {
  return { name, type: 'float8', value, stored: (ms) => `to_timestamp(${ms} / 1000)`, fallback: null };
}

/** Postgres has no arrays of arrays of different lengths: an array column travels as array literals. */
function list<Row>(name: string, type: string, value: (row: Row) => readonly (string | number)[]): Column<Row> {
  return {
    name,
    type: 'text',
    value: (row) => `{${value(row).join(',')}}`,
    stored: (text) => `${text}::${type}`,
    fallback: '{}',
  };
}

const lineColumns: readonly Column<StoredLine>[] = [
  column('id', 'uuid', (line) => line.id),
  column('order_id', 'uuid', (line) => line.orderId),
  column('line_key', 'text', (line) => line.lineKey),
  column('product_id', 'uuid', (line) => line.productId),
  column('state', 'text', (line) => line.state),
  column('quantity', 'bigint', (line) => line.quantity),
  column('list_minor', 'bigint', (line) => line.listMinor),
  column('payable_minor', 'bigint', (line) => line.payableMinor),
  column('paid_minor', 'bigint', (line) => line.paidMinor),
  column('received_minor', 'bigint', (line) => line.receivedMinor),
  column('freight_minor', 'bigint', (line) => line.freightMinor),
  column('discount_platform_minor', 'bigint', (line) => line.discountPlatformMinor),
  column('discount_merchant_minor', 'bigint', (line) => line.discountMerchantMinor),
  column('discount_creator_minor', 'bigint', (line) => line.discountCreatorMinor),
  column('cost_minor', 'bigint', (line) => line.costMinor),
  time('placed_at', (line) => line.placedAtMs),
  time('paid_at', (line) => line.paidAtMs),
  time('shipped_at', (line) => line.shippedAtMs),
  time('received_at', (line) => line.receivedAtMs),
  time('closed_at', (line) => line.closedAtMs),
  column('room_id', 'uuid', (line) => line.roomId),
  column('session_id', 'uuid', (line) => line.sessionId),
  column('partner_id', 'uuid', (line) => line.partnerId),
  column('channel', 'text', (line) => line.channel),
  column('excluded', 'text', (line) => line.excluded),
  list('not_final', 'text[]', (line) => line.notFinal),
  column('refunded_minor', 'bigint', (line) => line.refundedMinor, 0),
  column('refunded_quantity', 'bigint', (line) => line.refundedQuantity, 0),
  time('refunded_at', (line) => line.refundedAtMs),
  column('recorded', 'integer', (line) => line.recorded, 0),
  column('gmv_minor', 'bigint', (line) => line.gmvMinor, 0),
  column('gmv_quantity', 'bigint', (line) => line.gmvQuantity, 0),
  column('revision', 'integer', (line) => line.revision),
  list('seen', 'integer[]', (line) => line.seen),
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
  const carried = columns
    .map((one) => ({ ...one, values: rows.map(one.value) }))
    .filter((one) => one.name === 'id' || one.values.some((value) => value !== one.fallback));
  const names = carried.map((one) => one.name).join(', ');
  const stored = carried.map((one) => (one.stored ? one.stored(`u.${one.name}`) : `u.${one.name}`)).join(', ');
  const arrays = carried.map(
    ({ type, values }) => sql`${type === 'text' ? values : plainArray(values)}::${sql.raw(type)}[]`,
  );
  await sql`
    insert into ${sql.raw(`commerce.${table}`)} (brand_id, ${sql.raw(names)})
    select ${brandId}::uuid, ${sql.raw(stored)}
    from unnest(${sql.join(arrays)}) as u(${sql.raw(names)})
    on conflict ${sql.raw(onConflict)}`.execute(tx);
}

/** Writes lines as they now are. */
export async function saveLines(tx: Tx, brandId: Uuid, lines: readonly StoredLine[]): Promise<void> {
  const changed = lineColumns
    .map((one) => one.name)
    .filter((name) => name !== 'id' && name !== 'order_id')
    .map((name) => `${name} = excluded.${name}`);
  await bulkInsert(
    tx,
    'order_lines',
    brandId,
    lineColumns,
    lines,
    `(brand_id, order_id, id) do update set ${changed.join(', ')}`,
  );
}

export async function saveRefunds(tx: Tx, brandId: Uuid, refunds: readonly RefundRow[]): Promise<void> {
  const columns: readonly Column<RefundRow>[] = [
    column('id', 'uuid', (refund) => refund.id),
    column('platform', 'text', (refund) => refund.platform),
    column('refund_no', 'text', (refund) => refund.refundNo),
    column('order_id', 'uuid', (refund) => refund.orderId),
    column('line_id', 'uuid', (refund) => refund.lineId),
    column('product_id', 'uuid', (refund) => refund.productId),
    column('amount_minor', 'bigint', (refund) => refund.amountMinor),
    column('quantity', 'bigint', (refund) => refund.quantity),
    time('refunded_at', (refund) => refund.atMs),
    column('time_basis', 'text', (refund) => refund.timeBasis),
    column('amount_basis', 'text', (refund) => refund.amountBasis),
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
    column('id', 'uuid', (order) => order.id),
    column('platform', 'text', (order) => order.platform),
    column('order_no', 'text', (order) => order.orderNo),
    column('state', 'text', (order) => order.state),
    time('placed_at', (order) => order.placedAtMs),
    time('paid_at', (order) => order.paidAtMs),
    column('shop', 'text', (order) => order.shop),
    column('guide', 'text', (order) => order.guide),
    column('province', 'text', (order) => order.province),
    column('city', 'text', (order) => order.city),
    column('country', 'text', (order) => order.country),
  ];
  const filled = ['shop', 'guide', 'province', 'city', 'country'].map(
    (name) => `${name} = coalesce(excluded.${name}, orders.${name})`,
  );
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

/**
 * The newest sale names the product; of two at the same instant the name that sorts later, so that order does not matter.
 * The time of an unchanged name is moved on only once a month: each batch would write nearly all products anew.
 */
export async function saveProducts(tx: Tx, brandId: Uuid, products: readonly NamedProduct[]): Promise<void> {
  const columns: readonly Column<NamedProduct>[] = [
    column('id', 'uuid', (product) => product.id),
    column('platform', 'text', (product) => product.platform),
    column('external_id', 'text', (product) => product.externalId),
    column('sku', 'text', (product) => product.sku),
    column('name', 'text', (product) => product.name),
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
       and (products.name is null
         or (excluded.name <> products.name and (excluded.named_at, excluded.name) > (products.named_at, products.name))
         or excluded.named_at > products.named_at + interval '30 days')`,
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
    column('kind', 'text', (mention) => mention.kind),
    column('id', 'uuid', (mention) => mention.id),
    column('platform', 'text', (mention) => mention.platform),
    column('name', 'text', (mention) => mention.name),
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
