import type { ClickHouse } from '#adapters/clickhouse.ts';
import type { Db } from '#adapters/postgres.ts';
import { newUuid, nilUuid, type Uuid } from '#lib/id.ts';
import { dayIn } from '#lib/time.ts';
import { noCache } from './cache.ts';
import type { MetricsBrand, MetricsDeps } from './deps.ts';

/** An event as a test writes it; `at` is ISO 8601. */
export interface TestEvent {
  type: string;
  at: string;
  person?: Uuid;
  order?: string;
  session?: string;
  room?: string;
  group?: string;
  community?: string;
  channel?: string;
  product?: string;
  partner?: string;
  content?: string;
  quantity?: number;
  amount?: number;
  props?: Record<string, unknown>;
}

export function testBrand(zone = 'Asia/Shanghai', currency = 'CNY'): MetricsBrand {
  return { id: newUuid(), zone, currency };
}

const strands: Record<string, string> = {
  live: 'live',
  danmaku: 'live',
  product: 'live',
  session: 'live',
  group: 'community',
  member: 'community',
  message: 'community',
  post: 'community',
  checkin: 'community',
  invite: 'community',
  survey: 'community',
  content: 'content',
  spend: 'content',
  exposure: 'content',
  partner: 'partner',
  commission: 'partner',
};

let batch = 0;

/** Inserts events as one batch, the way the pipeline does. */
export async function insertEvents(ch: ClickHouse, brand: MetricsBrand, events: readonly TestEvent[]): Promise<void> {
  if (events.length === 0) return;
  const day = dayIn(brand.zone);
  batch++;
  const lines = events.map((event) => {
    const atMs = Date.parse(event.at);
    return JSON.stringify({
      brand_id: brand.id,
      type: event.type,
      day: day(atMs),
      occurred_at: new Date(atMs).toISOString(),
      event_id: newUuid(),
      person_id: event.person ?? nilUuid,
      received_at: new Date(atMs).toISOString(),
      batch_id: batch,
      source: 'test',
      strand: strands[event.type.split('.')[0]!] ?? 'commerce',
      channel: event.channel ?? '',
      community_id: event.community ?? '',
      group_id: event.group ?? '',
      room_id: event.room ?? '',
      session_id: event.session ?? '',
      product_id: event.product ?? '',
      partner_id: event.partner ?? '',
      content_id: event.content ?? '',
      coupon_id: '',
      order_id: event.order ?? '',
      h3: '',
      quantity: event.quantity ?? 0,
      amount_minor: event.amount ?? 0,
      currency: brand.currency,
      props: JSON.stringify(event.props ?? {}),
    });
  });
  await ch.insertNdjson('events', Buffer.from(`${lines.join('\n')}\n`), `${brand.id}-${batch}`);
}

/** Deps on real stores, without cache; `today` is the day that the clock shows in UTC. */
export function testDeps(stores: { db: Db; ch: ClickHouse }, today = '2026-12-31'): MetricsDeps {
  return {
    db: stores.db,
    ch: stores.ch,
    now: () => Date.parse(`${today}T12:00:00Z`),
    names: async () => new Map(),
    dataVersion: async () => 0,
    audit: async () => undefined,
    cache: noCache,
  };
}
