import type { Fact } from '#domains/events/index.ts';
import { nameUuid, publicId, type Uuid } from '#lib/id.ts';
import { type Exclusion, type LineState, type Mention, type OrderLine, stateRank, type WaitingField } from './line.ts';

/** Bits of `StoredLine.recorded`. */
export const recordedBit = { placed: 1, paid: 2, shipped: 4, received: 8, excluded: 16 } as const;

const SEEN_KEPT = 16;

/** A line as Postgres keeps it (see `sql/0001-orders.pg.sql`). */
export interface StoredLine {
  id: Uuid;
  orderId: Uuid;
  lineKey: string;
  productId: Uuid | null;
  state: LineState;
  quantity: number | null;
  listMinor: number | null;
  payableMinor: number | null;
  paidMinor: number | null;
  receivedMinor: number | null;
  freightMinor: number | null;
  discountPlatformMinor: number | null;
  discountMerchantMinor: number | null;
  discountCreatorMinor: number | null;
  costMinor: number | null;
  placedAtMs: number | null;
  paidAtMs: number | null;
  shippedAtMs: number | null;
  receivedAtMs: number | null;
  closedAtMs: number | null;
  roomId: Uuid | null;
  sessionId: Uuid | null;
  partnerId: Uuid | null;
  channel: string | null;
  excluded: Exclusion | null;
  notFinal: readonly WaitingField[];
  refundedMinor: number;
  refundedQuantity: number;
  refundedAtMs: number | null;
  recorded: number;
  gmvMinor: number;
  gmvQuantity: number;
  revision: number;
  seen: readonly number[];
}

/** A refund to keep beside its line. */
export interface RefundRow {
  id: Uuid;
  platform: string;
  refundNo: string | null;
  orderId: Uuid | null;
  lineId: Uuid | null;
  productId: Uuid | null;
  amountMinor: number;
  quantity: number;
  atMs: number;
  timeBasis: string;
  amountBasis: string;
}

/** Ids of what a line touches. */
export interface LineIds {
  line: Uuid;
  order: Uuid;
  product: Uuid | null;
  room: Uuid | null;
  session: Uuid | null;
  partner: Uuid | null;
}

/**
 * Ids that every import of the brand derives alike (`named` is `nameUuid` of the brand), so that files can refer to what
 * other files describe.
 */
export function lineIds(line: OrderLine, named: (...name: string[]) => Uuid): LineIds {
  const of = (kind: string, mention: Mention | null) => mention && named(kind, line.platform, ...mention.key);
  return {
    line: named('order-line', line.platform, line.orderNo, line.lineKey),
    order: named('order', line.platform, line.orderNo),
    product: line.product && named('product', line.platform, line.product.key),
    room: of('room', line.room),
    session: of('session', line.session),
    partner: of('partner', line.partner),
  };
}

export interface Advance {
  next: StoredLine;
  facts: Fact[];
  refund: RefundRow | null;
}

/**
 * What reading a line means for what is known of it: the new state of the line and the events that have to be recorded,
 * or null when it says nothing new. A version that was read before, however long ago, says nothing new; a version whose
 * state lies behind the known one only fills in what was unknown.
 */
export function advance(known: StoredLine | undefined, line: OrderLine, ids: LineIds, brandId: Uuid): Advance | null {
  if (known?.seen.includes(line.fingerprint)) return null;
  const merged = known ? merge(known, observed(line, ids)) : observed(line, ids);
  const facts = new FactList(brandId, line, merged);
  record(known, merged, line, facts);
  const refund = recordRefund(merged, line, facts);
  if (known && facts.list.length === 0 && !refund && sameContent(known, merged)) return null;
  merged.seen = [...(known?.seen ?? []), line.fingerprint].slice(-SEEN_KEPT);
  merged.revision = (known?.revision ?? 0) + 1;
  return { next: merged, facts: facts.list, refund };
}

/** The line as this file alone tells it. */
function observed(line: OrderLine, ids: LineIds): StoredLine {
  return {
    id: ids.line,
    orderId: ids.order,
    lineKey: line.lineKey,
    productId: ids.product,
    state: line.state,
    quantity: line.quantity,
    listMinor: line.listMinor,
    payableMinor: line.payableMinor,
    paidMinor: line.paidMinor,
    receivedMinor: line.receivedMinor,
    freightMinor: line.freightMinor,
    discountPlatformMinor: line.discountPlatformMinor,
    discountMerchantMinor: line.discountMerchantMinor,
    discountCreatorMinor: line.discountCreatorMinor,
    costMinor: line.costMinor,
    placedAtMs: line.placedAtMs,
    paidAtMs: line.paidAtMs,
    shippedAtMs: line.shippedAtMs,
    receivedAtMs: line.receivedAtMs,
    closedAtMs: line.closedAtMs,
    roomId: ids.room,
    sessionId: ids.session,
    partnerId: ids.partner,
    channel: line.channel,
    excluded: line.excluded,
    notFinal: line.notFinal,
    refundedMinor: 0,
    refundedQuantity: 0,
    refundedAtMs: null,
    recorded: 0,
    gmvMinor: 0,
    gmvQuantity: 0,
    revision: 1,
    seen: [],
  };
}

const mergedKeys = [
  'productId',
  'quantity',
  'listMinor',
  'payableMinor',
  'paidMinor',
  'receivedMinor',
  'freightMinor',
  'discountPlatformMinor',
  'discountMerchantMinor',
  'discountCreatorMinor',
  'costMinor',
  'placedAtMs',
  'paidAtMs',
  'shippedAtMs',
  'receivedAtMs',
  'closedAtMs',
  'roomId',
  'sessionId',
  'partnerId',
  'channel',
] as const satisfies readonly (keyof StoredLine)[];

/** Newer values win over known ones, known ones over unknown ones; an older state brings only what was unknown. */
function merge(known: StoredLine, read: StoredLine): StoredLine {
  const stale = stateRank(read.state) < stateRank(known.state);
  const [first, second] = stale ? [known, read] : [read, known];
  const taken = Object.fromEntries(mergedKeys.map((key) => [key, first[key] ?? second[key]]));
  const next: StoredLine = { ...known, ...taken, state: stale ? known.state : read.state };
  // The paid time stands once the sale is recorded: corrections of amounts are booked at it.
  const sold = (known.recorded & recordedBit.paid) !== 0;
  if (sold) next.paidAtMs = known.paidAtMs;
  if (!sold && !stale) next.excluded = read.excluded;
  next.notFinal = [...new Set([...known.notFinal, ...read.notFinal])].filter((field) => next[field] === null);
  return next;
}

function sameContent(a: StoredLine, b: StoredLine): boolean {
  return (
    a.state === b.state &&
    a.excluded === b.excluded &&
    mergedKeys.every((key) => a[key] === b[key]) &&
    a.notFinal.length === b.notFinal.length &&
    a.notFinal.every((field) => b.notFinal.includes(field))
  );
}

/** Records what became known of placing, paying, sending and receiving; changes `next` to say that it is recorded. */
function record(known: StoredLine | undefined, next: StoredLine, line: OrderLine, facts: FactList): void {
  const once = (bit: number, due: boolean, write: () => void) => {
    if (!due || next.recorded & bit) return;
    write();
    next.recorded |= bit;
  };
  const { quantity, paidMinor } = next;
  const amount = paidMinor ?? next.payableMinor;
  once(recordedBit.placed, next.placedAtMs !== null, () =>
    facts.add('order.placed', 'placed', next.placedAtMs!, next.payableMinor ?? amount, quantity),
  );
  once(recordedBit.excluded, next.excluded !== null, () => {
    const at = next.closedAtMs ?? next.paidAtMs ?? next.placedAtMs;
    if (at !== null) facts.add('order.excluded', 'excluded', at, amount ?? 0, quantity, { reason: next.excluded });
  });
  const sold =
    next.excluded === null && next.paidAtMs !== null && amount !== null && !next.notFinal.includes('paidMinor');
  if (sold && next.recorded & recordedBit.paid) recordCorrection(known, next, amount, facts);
  once(recordedBit.paid, sold, () => {
    const cost = next.costMinor === null ? {} : { costMinor: next.costMinor };
    const basis = line.paidTimeAssumed ? { timeBasis: 'placed' } : {};
    facts.add('order.paid', 'paid', next.paidAtMs!, amount, quantity, { ...cost, ...basis });
    next.gmvMinor = amount!;
    next.gmvQuantity = quantity ?? 0;
  });
  const sale = (next.recorded & recordedBit.paid) !== 0;
  once(recordedBit.shipped, sale && next.shippedAtMs !== null, () =>
    facts.add('order.shipped', 'shipped', next.shippedAtMs!, amount, quantity),
  );
  once(recordedBit.received, sale && next.receivedAtMs !== null, () =>
    facts.add('order.received', 'received', next.receivedAtMs!, amount, quantity),
  );
}

const dimensionKeys = ['productId', 'roomId', 'sessionId', 'partnerId', 'channel'] as const;

/** Books the difference to what is recorded; a sale that belongs elsewhere is taken out there and put in here. */
function recordCorrection(known: StoredLine | undefined, next: StoredLine, amount: number, facts: FactList): void {
  if (!known) return;
  const quantity = next.quantity ?? known.gmvQuantity;
  const costDelta = (next.costMinor ?? 0) - (known.costMinor ?? 0);
  const key = `adjusted ${known.revision + 1}`;
  if (dimensionKeys.some((dimension) => known[dimension] !== next[dimension])) {
    const oldCost = known.costMinor === null ? {} : { costMinor: -known.costMinor };
    const newCost = next.costMinor === null ? {} : { costMinor: next.costMinor };
    const out = { moved: true, ...oldCost };
    facts.add('order.adjusted', `${key} out`, next.paidAtMs!, -known.gmvMinor, -known.gmvQuantity, out, known);
    facts.add('order.adjusted', `${key} in`, next.paidAtMs!, amount, quantity, { moved: true, ...newCost });
  } else if (amount !== known.gmvMinor || quantity !== known.gmvQuantity || costDelta !== 0) {
    const cost = costDelta === 0 ? {} : { costMinor: costDelta };
    facts.add('order.adjusted', key, next.paidAtMs!, amount - known.gmvMinor, quantity - known.gmvQuantity, cost);
  }
  next.gmvMinor = amount;
  next.gmvQuantity = quantity;
}

/** Records what was given back beyond what is recorded already; refunds only grow. */
function recordRefund(next: StoredLine, line: OrderLine, facts: FactList): RefundRow | null {
  const claim = line.refund;
  if (!claim || !(next.recorded & recordedBit.paid)) return null;
  const whole = claim.amountMinor === null;
  const amount = Math.max(0, (claim.amountMinor ?? next.gmvMinor) - next.refundedMinor);
  const told = claim.quantity ?? (whole || (claim.amountMinor ?? 0) >= next.gmvMinor ? next.gmvQuantity : 0);
  const quantity = Math.max(0, told - next.refundedQuantity);
  if (amount === 0) return null;
  next.refundedMinor += amount;
  next.refundedQuantity += quantity;
  const times = [
    [claim.timeBasis, claim.atMs],
    ['closed', next.closedAtMs],
    ['completed', next.receivedAtMs],
    ['paid', next.paidAtMs],
  ] as const;
  const [timeBasis, time] = times.find(([, ms]) => ms !== null) ?? times[3];
  const atMs = time ?? 0;
  const amountBasis = whole ? 'whole_line' : 'reported';
  next.refundedAtMs = atMs;
  facts.add('refund.succeeded', `refund ${next.refundedMinor}`, atMs, amount, quantity, { timeBasis, amountBasis });
  return {
    id: nameUuid(facts.brandId, 'refund', next.id, String(next.refundedMinor)),
    platform: line.platform,
    refundNo: null,
    orderId: next.orderId,
    lineId: next.id,
    productId: next.productId,
    amountMinor: amount,
    quantity,
    atMs,
    timeBasis,
    amountBasis,
  };
}

/** Collects the events of one line, each with the line's dimensions and an id made from the line and the kind. */
class FactList {
  readonly list: Fact[] = [];
  readonly brandId: Uuid;
  readonly #line: OrderLine;
  readonly #dimensions: StoredLine;

  constructor(brandId: Uuid, line: OrderLine, dimensions: StoredLine) {
    this.brandId = brandId;
    this.#line = line;
    this.#dimensions = dimensions;
  }

  add(
    type: Fact['type'],
    key: string,
    atMs: number,
    amountMinor: number | null,
    quantity: number | null,
    props: Record<string, unknown> = {},
    dimensions: StoredLine = this.#dimensions,
  ): void {
    const { id, orderId, productId, roomId, sessionId, partnerId, channel } = dimensions;
    const fact: Fact = {
      id: nameUuid(this.brandId, 'order-line', id, key),
      type,
      occurredAtMs: atMs,
      orderId: publicId('ord', orderId),
      amountMinor: amountMinor ?? 0,
      props: { lineId: publicId('lin', id), ...props },
    };
    if (Object.keys(this.#line.identifiers).length > 0) fact.identifiers = this.#line.identifiers;
    if (quantity !== null) fact.quantity = quantity;
    if (productId) fact.productId = publicId('prd', productId);
    if (roomId) fact.roomId = publicId('roo', roomId);
    if (sessionId) fact.sessionId = publicId('ses', sessionId);
    if (partnerId) fact.partnerId = publicId('par', partnerId);
    if (channel) fact.channel = channel;
    this.list.push(fact);
  }
}
