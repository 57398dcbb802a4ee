import type { Uuid } from '#lib/id.ts';
import { type EventTypeName, eventType } from './catalogue.ts';

/** An event as the pipeline carries it, its time fixed. What the server itself states (imports, other domains) is one too. */
export interface Fact extends Dimensions {
  id: Uuid;
  type: EventTypeName | `custom.${string}`;
  occurredAtMs: number;
  /** Namespace to value of whoever did it; empty or missing when nobody is known. */
  identifiers?: Record<string, string>;
  quantity?: number;
  /** Minor units of the brand's currency. */
  amountMinor?: number;
  props?: Record<string, unknown>;
}

/** What an event is about, by public id. */
export interface Dimensions {
  communityId?: string;
  groupId?: string;
  roomId?: string;
  sessionId?: string;
  productId?: string;
  orderId?: string;
  partnerId?: string;
  contentId?: string;
  couponId?: string;
  channel?: string;
  h3?: string;
}

/** Facts as the bytes that the spool keeps. */
export function encodeFacts(facts: readonly Fact[]): Buffer {
  let text = '';
  for (const fact of facts) text += `${JSON.stringify(fact)}\n`;
  return Buffer.from(text);
}

/** The inverse of `encodeFacts`. */
export function decodeFacts(bytes: Buffer): Fact[] {
  return bytes.length === 0 ? [] : JSON.parse(`[${bytes.toString('utf8', 0, bytes.length - 1).replaceAll('\n', ',')}]`);
}

/** A row of the ClickHouse table `events`, as JSON on one line. */
export function storedRow(
  fact: Fact,
  row: {
    brandId: Uuid;
    day: string;
    personId: Uuid;
    receivedAtMs: number;
    batchId: number;
    source: string;
    currency: string;
  },
): string {
  return JSON.stringify({
    brand_id: row.brandId,
    type: fact.type,
    day: row.day,
    // The engine reads a bare integer as the ticks of a DateTime64(3): milliseconds, and no text to parse.
    occurred_at: fact.occurredAtMs,
    event_id: fact.id,
    person_id: row.personId,
    received_at: row.receivedAtMs,
    batch_id: row.batchId,
    source: row.source,
    strand: eventType(fact.type)?.strand ?? 'community',
    channel: fact.channel,
    community_id: fact.communityId,
    group_id: fact.groupId,
    room_id: fact.roomId,
    session_id: fact.sessionId,
    product_id: fact.productId,
    partner_id: fact.partnerId,
    content_id: fact.contentId,
    coupon_id: fact.couponId,
    order_id: fact.orderId,
    h3: fact.h3,
    quantity: fact.quantity,
    amount_minor: fact.amountMinor,
    currency: fact.amountMinor === undefined ? undefined : row.currency,
    props: fact.props && JSON.stringify(fact.props),
  });
}
