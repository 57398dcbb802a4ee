import type { ClickHouse } from '#adapters/clickhouse.ts';
import type { Uuid } from '#lib/id.ts';
import { majorOf } from '#lib/money.ts';
import type { TimelineEntry } from './schema.ts';

/** Names of dimension values, from the domains that own them; a key without a name is left out. */
export type Names = (brandId: Uuid, split: string, keys: readonly string[]) => Promise<ReadonlyMap<string, string>>;

/** Position after the last entry of a page. */
export interface TimelineCursor {
  occurredMs: number;
  eventId: Uuid;
}

/** The dimensions of an event that a timeline names, by the word that `names` knows them by. */
const dimensions = {
  order: 'order_id',
  product: 'product_id',
  session: 'session_id',
  room: 'room_id',
  community: 'community_id',
  group: 'group_id',
  koc: 'partner_id',
  content: 'content_id',
  coupon: 'coupon_id',
  channel: 'channel',
} as const;
type Split = keyof typeof dimensions;
const splits = Object.keys(dimensions) as Split[];

/** An event as ClickHouse gives it. */
export type EventRow = Record<Split, string> & {
  id: Uuid;
  type: string;
  strand: string;
  ms: string;
  quantity: string;
  amount: string;
  currency: string;
  source: string;
  props: string;
};

const columns = `toString(event_id) AS id, type, strand, toUnixTimestamp64Milli(occurred_at) AS ms, quantity, amount_minor AS amount,
  currency, source, props, ${splits.map((split) => `toString(${dimensions[split]}) AS ${split === 'order' || split === 'group' ? `\`${split}\`` : split}`).join(', ')}`;

/** Events of some persons, newest first. */
export function readEvents(
  ch: Pick<ClickHouse, 'rows'>,
  brandId: Uuid,
  personIds: readonly Uuid[],
  page: { cursor?: TimelineCursor | undefined; limit: number },
): Promise<EventRow[]> {
  const after = page.cursor ? 'AND (occurred_at, event_id) < (fromUnixTimestamp64Milli({ms:Int64}), {event:UUID})' : '';
  return ch.rows<EventRow>(
    `SELECT ${columns} FROM events WHERE brand_id = {brand:UUID} AND person_id IN {persons:Array(UUID)} ${after}
     ORDER BY occurred_at DESC, event_id DESC LIMIT {limit:UInt32}`,
    {
      brand: brandId,
      persons: personIds,
      limit: page.limit,
      ...(page.cursor && { ms: page.cursor.occurredMs, event: page.cursor.eventId }),
    },
  );
}

/** Turns events into the entries of a timeline, their dimensions named. */
export async function timelineEntries(
  brandId: Uuid,
  rows: readonly EventRow[],
  names: Names,
): Promise<TimelineEntry[]> {
  const labels = new Map<Split, ReadonlyMap<string, string>>();
  await Promise.all(
    splits.map(async (split) => {
      const keys = [...new Set(rows.map((row) => row[split]).filter((key) => key !== ''))];
      if (keys.length > 0) labels.set(split, await names(brandId, split, keys));
    }),
  );
  return rows.map((row) => ({
    id: row.id,
    type: row.type,
    strand: row.strand,
    occurredAt: new Date(Number(row.ms)).toISOString(),
    quantity: row.quantity === '0' ? null : Number(row.quantity),
    amount: row.currency === '' ? null : majorOf(BigInt(row.amount), row.currency),
    currency: row.currency === '' ? null : row.currency,
    labels: Object.fromEntries(
      splits.flatMap((split) => {
        const key = row[split];
        return key === '' ? [] : [[split, labels.get(split)?.get(key) ?? key]];
      }),
    ),
  }));
}

export interface PersonTotals {
  orders: number;
  gmvMinor: bigint;
  events: number;
}

/** Orders, GMV and number of events of some persons together. */
export async function readTotals(
  ch: Pick<ClickHouse, 'rows'>,
  brandId: Uuid,
  personIds: readonly Uuid[],
): Promise<PersonTotals> {
  const rows = await ch.rows<{ orders: string; gmv: string; events: string }>(
    `SELECT uniqExactIf(order_id, type = 'order.paid') AS orders,
       sumIf(amount_minor, type IN ('order.paid', 'order.adjusted')) AS gmv, count() AS events
     FROM events WHERE brand_id = {brand:UUID} AND person_id IN {persons:Array(UUID)}`,
    { brand: brandId, persons: personIds },
  );
  const { orders, gmv, events } = rows[0] ?? { orders: '0', gmv: '0', events: '0' };
  return { orders: Number(orders), gmvMinor: BigInt(gmv), events: Number(events) };
}

/** Orders that events of some persons belong to. */
export async function readOrderIds(
  ch: Pick<ClickHouse, 'rows'>,
  brandId: Uuid,
  personIds: readonly Uuid[],
): Promise<string[]> {
  const rows = await ch.rows<{ order_id: string }>(
    `SELECT DISTINCT order_id FROM events
     WHERE brand_id = {brand:UUID} AND person_id IN {persons:Array(UUID)} AND order_id != '' ORDER BY order_id`,
    { brand: brandId, persons: personIds },
  );
  return rows.map((row) => row.order_id);
}
