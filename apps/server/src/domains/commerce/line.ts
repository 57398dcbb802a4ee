import { hash } from 'node:crypto';

/** What has become of an order line, in the order in which it can advance. */
export const lineStates = ['placed', 'paid', 'shipped', 'received', 'closed', 'cancelled'] as const;
export type LineState = (typeof lineStates)[number];

/** Why an imported line is no valid sale. */
export type Exclusion = 'price_not_positive' | 'quantity_not_positive' | 'cancelled_unpaid';

/** Fields that platforms publish a day late ("数据将于第二天更新"). */
export type WaitingField = 'channel' | 'paidMinor' | 'payableMinor' | 'receivedMinor';

/** A room, session or creator that an order file names: the key its id is made from, and its name where there is one. */
export interface Mention {
  key: readonly string[];
  name: string | null;
}

/** What a file says of money given back for a line: null amount = the whole line, null time = not told. */
export interface RefundClaim {
  amountMinor: number | null;
  quantity: number | null;
  atMs: number | null;
  timeBasis: 'refund' | 'completed' | 'closed' | 'updated' | 'paid';
}

/** Amounts that a file gives for a whole order; null where it does not. */
export interface OrderAmounts {
  paidMinor: number | null;
  receivedMinor: number | null;
  freightMinor: number | null;
  refundMinor: number | null;
}

/** One order line as one file has it. Money in minor units of the brand's currency, times in UTC milliseconds. */
export interface OrderLine {
  kind: 'line';
  platform: string;
  orderNo: string;
  /** Unique within the order. */
  lineKey: string;
  state: LineState;
  placedAtMs: number | null;
  paidAtMs: number | null;
  /** The file has no paid time; `paidAtMs` is the time of the order. */
  paidTimeAssumed: boolean;
  shippedAtMs: number | null;
  receivedAtMs: number | null;
  closedAtMs: number | null;
  product: { key: string; externalId: string | null; sku: string | null; name: string | null } | null;
  quantity: number | null;
  listMinor: number | null;
  payableMinor: number | null;
  /** What the customer paid for the line, refunds not deducted: its GMV. */
  paidMinor: number | null;
  receivedMinor: number | null;
  freightMinor: number | null;
  discountPlatformMinor: number | null;
  discountMerchantMinor: number | null;
  discountCreatorMinor: number | null;
  costMinor: number | null;
  refund: RefundClaim | null;
  /** Amounts of the whole order, where the file repeats them on each of its lines; shared out when written. */
  orderAmounts: OrderAmounts | null;
  excluded: Exclusion | null;
  channel: string | null;
  room: Mention | null;
  session: Mention | null;
  partner: Mention | null;
  shop: string | null;
  guide: string | null;
  province: string | null;
  city: string | null;
  country: string | null;
  identifiers: Record<string, string>;
  /** Fields whose value the platform has not fixed yet. */
  notFinal: readonly WaitingField[];
  /** 32-bit digest of all of the above: the same version of a line has the same. */
  fingerprint: number;
}

/** Money given back that a file lists by itself, without the line it belongs to. */
export interface LooseRefund {
  kind: 'refund';
  platform: string;
  refundNo: string;
  /** Unique within the refund number. */
  key: string;
  product: OrderLine['product'];
  quantity: number;
  amountMinor: number;
  atMs: number;
  identifiers: Record<string, string>;
}

export type CommerceRecord = OrderLine | LooseRefund;

/** A line of which nothing is known yet but what it is called. */
export function blankLine(platform: string, orderNo: string, lineKey: string): OrderLine {
  return {
    kind: 'line',
    platform,
    orderNo,
    lineKey,
    state: 'placed',
    placedAtMs: null,
    paidAtMs: null,
    paidTimeAssumed: false,
    shippedAtMs: null,
    receivedAtMs: null,
    closedAtMs: null,
    product: null,
    quantity: null,
    listMinor: null,
    payableMinor: null,
    paidMinor: null,
    receivedMinor: null,
    freightMinor: null,
    discountPlatformMinor: null,
    discountMerchantMinor: null,
    discountCreatorMinor: null,
    costMinor: null,
    refund: null,
    orderAmounts: null,
    excluded: null,
    channel: null,
    room: null,
    session: null,
    partner: null,
    shop: null,
    guide: null,
    province: null,
    city: null,
    country: null,
    identifiers: {},
    notFinal: [],
    fingerprint: 0,
  };
}

/** Digest of a line's content; the identifiers count too, so that a file with more of them is not taken for an old one. */
export function fingerprintOf(line: OrderLine): number {
  return digest32(JSON.stringify({ ...line, fingerprint: 0 }));
}

/** The first 32 bits of a text's SHA-1 as a signed integer (the form Postgres stores). */
export function digest32(text: string): number {
  return Number.parseInt(hash('sha1', text, 'hex').slice(0, 8), 16) | 0;
}

/** How far a state is in the life of a line; closed and cancelled are both the end. */
export function stateRank(state: LineState): number {
  return state === 'cancelled' ? lineStates.indexOf('closed') : lineStates.indexOf(state);
}
