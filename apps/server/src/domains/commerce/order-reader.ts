import type { ImportBrand, ImportRow, RowOutcome, RowProblem } from '#domains/imports/index.ts';
import { localTimes } from '#lib/day-order.ts';
import { OccurrenceCounter } from '#lib/occurrence.ts';
import type { OrderField } from './columns.ts';
import { blankLine, fingerprintOf, type OrderLine, type RefundClaim } from './line.ts';
import { type RowItem, rowItems } from './row-items.ts';
import { refundMeaning, statusMeaning } from './status.ts';

/** How the exports of a platform differ from each other. */
export interface OrderPlatform {
  /** `douyin`, `taobao`, ...: part of the ids of everything that its files name. */
  platform: string;
  /** Identifier namespaces of the buyer's name and id on the platform. */
  nickNamespace: string | null;
  idNamespace: string | null;
}

interface OrderContext {
  orderNo: string;
  row: OrderRow;
}

/** What a row says of its order, whatever goods it holds. */
interface OrderRow {
  meaning: ReturnType<typeof statusMeaning>;
  placedAtMs: number | null;
  paidAtMs: number | null;
  shippedAtMs: number | null;
  receivedAtMs: number | null;
  completedAtMs: number | null;
  closedAtMs: number | null;
  refundedAtMs: number | null;
  updatedAtMs: number | null;
  orderAmounts: OrderLine['orderAmounts'];
  identifiers: Record<string, string>;
  channel: string | null;
  waitingChannel: boolean;
  partner: OrderLine['partner'];
  room: OrderLine['room'];
  session: OrderLine['session'];
  shop: string | null;
  guide: string | null;
  province: string | null;
  city: string | null;
}

const coreTimes = ['placedAt', 'paidAt'] as const satisfies readonly OrderField[];

/** Starts reading one order file of a platform. */
export function orderReader(
  platform: OrderPlatform,
  brand: ImportBrand,
  columns: ReadonlySet<string>,
): (row: ImportRow) => RowOutcome<OrderLine> {
  const occurrences = new OccurrenceCounter();
  const paidIsTold = columns.has('paidAt') || columns.has('status') || columns.has('subStatus');
  const time = localTimes(brand.zone, brand.currency);
  let before: OrderContext | undefined;
  return (row) => {
    const told = row.text('orderNo');
    const orderNo = told ?? (isFollowUp(row) ? before?.orderNo : undefined) ?? null;
    if (orderNo === null) return rejected('orderNo', 'required_missing');
    if (!/\d/.test(orderNo)) return { kind: 'skipped', code: 'explanation_row' };
    const unreadable = coreTimes.find((field) => time(row, field) === null && row.note(field) === 'unreadable');
    if (unreadable !== undefined) return rejected(unreadable, 'not_a_time');
    const currency = row.text('currency');
    if (currency !== null && /^[a-z]{3}$/i.test(currency) && currency.toUpperCase() !== brand.currency) {
      return rejected('currency', 'currency_mismatch');
    }
    const order = told === null && before ? followUp(before.row, row, platform, time) : orderRow(row, platform, time);
    before = { orderNo, row: order };
    const items = rowItems(row, brand.currency);
    if ('problems' in items) return { kind: 'rejected', problems: items.problems };
    const lines: OrderLine[] = [];
    for (const [index, item] of items.entries()) {
      const line = orderLine(platform, orderNo, order, item, paidIsTold);
      if ('problems' in line) return { kind: 'rejected', problems: line.problems };
      line.lineKey = lineKey(item, index, items.length, line, occurrences);
      line.fingerprint = fingerprintOf(line);
      lines.push(line);
    }
    return { kind: 'records', records: lines };
  };
}

function rejected(field: string, code: string): { kind: 'rejected'; problems: RowProblem[] } {
  return { kind: 'rejected', problems: [{ field, code }] };
}

/** A row without an order number that names goods belongs to the order above it. */
function isFollowUp(row: ImportRow): boolean {
  return row.note('orderNo') === 'empty' && (row.text('productName') !== null || row.text('productId') !== null);
}

function orderRow(row: ImportRow, platform: OrderPlatform, time: ReturnType<typeof localTimes>): OrderRow {
  const status = row.text('status');
  const subStatus = row.text('subStatus');
  const main = statusMeaning(status);
  const format = row.text('trafficFormat');
  const roomName = row.text('roomName');
  const roomId = row.text('roomId');
  const partnerId = row.text('partnerId');
  const partnerName = row.text('partnerName');
  const sessionId = row.text('sessionId');
  const place = addressOf(row);
  return {
    meaning: main === null || main === 'shipped' || main === 'paid' ? (statusMeaning(subStatus) ?? main) : main,
    placedAtMs: time(row, 'placedAt'),
    paidAtMs: time(row, 'paidAt'),
    shippedAtMs: time(row, 'shippedAt'),
    receivedAtMs: time(row, 'receivedAt'),
    completedAtMs: time(row, 'completedAt'),
    closedAtMs: time(row, 'closedAt'),
    refundedAtMs: time(row, 'refundedAt'),
    updatedAtMs: time(row, 'updatedAt'),
    orderAmounts: orderAmounts(row),
    identifiers: identifiersOf(row, platform),
    channel: normalised(
      format ?? (row.note('trafficFormat') === 'not_final' ? null : row.text('trafficSource')) ?? row.text('adChannel'),
    ),
    waitingChannel: row.note('trafficFormat') === 'not_final',
    partner: partnerId || partnerName ? { key: [partnerId ?? partnerName!], name: partnerName } : null,
    room: roomId || roomName ? { key: [roomId ?? roomName!], name: roomName } : null,
    session: sessionId ? { key: [sessionId], name: null } : null,
    shop: row.text('shop'),
    guide: row.text('guide'),
    province: row.text('province') ?? place.province,
    city: row.text('city') ?? place.city,
  };
}

/** A further row of an order: what it leaves empty is as in the row above, but amounts of the whole order count once. */
function followUp(
  above: OrderRow,
  row: ImportRow,
  platform: OrderPlatform,
  time: ReturnType<typeof localTimes>,
): OrderRow {
  const own = orderRow(row, platform, time);
  const merged = Object.fromEntries(
    (Object.keys(above) as (keyof OrderRow)[]).map((key) => [key, own[key] ?? above[key]]),
  ) as unknown as OrderRow;
  return {
    ...merged,
    identifiers: { ...above.identifiers, ...own.identifiers },
    orderAmounts: own.orderAmounts ?? above.orderAmounts,
  };
}

function orderAmounts(row: ImportRow): OrderLine['orderAmounts'] {
  const amounts = {
    paidMinor: minor(row, 'orderPaid'),
    receivedMinor: minor(row, 'orderReceived'),
    freightMinor: minor(row, 'orderFreight'),
    refundMinor: minor(row, 'orderRefund'),
  };
  return Object.values(amounts).every((amount) => amount === null) ? null : amounts;
}

function minor(row: ImportRow, field: OrderField): number | null {
  const amount = row.moneyMinor(field);
  return amount === null ? null : Number(amount);
}

/** A platform's own word for a channel, without odd spaces; dashes mean none. */
function normalised(word: string | null): string | null {
  const text = word?.normalize('NFKC').replace(/\s+/g, ' ').trim().slice(0, 100);
  return text && !/^[-—/]+$/.test(text) ? text : null;
}

function identifiersOf(row: ImportRow, platform: OrderPlatform): Record<string, string> {
  const found: Record<string, string> = {};
  const add = (namespace: string | null, value: string | null) => {
    if (namespace !== null && value !== null && !/[*＊]/.test(value)) found[namespace] = value;
  };
  add(platform.nickNamespace, row.text('buyerNick'));
  add(platform.idNamespace, row.text('buyerId'));
  add('member_id', row.text('memberId'));
  add('unionid', row.text('unionId'));
  add('wecom_external_userid', row.text('wecomId'));
  const email = row.text('email');
  add('email', email !== null && /^\S+@\S+\.\S+$/.test(email) ? email.toLowerCase() : null);
  add('phone', row.text('phone'));
  return found;
}

const provinceForm = /^(.{2,7}?(?:省|自治区|特别行政区|市)|北京|上海|天津|重庆)\s*(.{2,12}?(?:自治州|地区|盟|市|州))?/;

/** Province and city at the head of an address; the rest of it is not kept. */
function addressOf(row: ImportRow): { province: string | null; city: string | null } {
  const address = row.text('address');
  const match = address === null ? null : provinceForm.exec(address.trim());
  return { province: match?.[1] ?? null, city: match?.[2] ?? null };
}

/** An explicit number where the platform has one, else what the line holds and how often that came before in the file. */
function lineKey(item: RowItem, index: number, count: number, line: OrderLine, occurrences: OccurrenceCounter): string {
  const lineNo = item.text('lineNo');
  if (lineNo !== null) return count > 1 && !item.split('lineNo') ? `${lineNo}#${index + 1}` : lineNo;
  const content = [
    line.product?.key ?? '',
    line.product?.sku ?? '',
    item.text('variation') ?? '',
    line.quantity ?? '',
    item.minor('unitPrice') ?? '',
  ];
  return occurrences.key([line.orderNo, ...content].join('\u001f'));
}

type LineOrProblems = OrderLine | { problems: RowProblem[] };

function orderLine(
  platform: OrderPlatform,
  orderNo: string,
  order: OrderRow,
  item: RowItem,
  paidIsTold: boolean,
): LineOrProblems {
  const line = blankLine(platform.platform, orderNo, '');
  const { channel, partner, room, session, shop, guide, province, city, identifiers } = order;
  Object.assign(line, { channel, partner, room, session, shop, guide, province, city, identifiers });
  line.product = productOf(item);
  line.quantity = item.integer('quantity');
  line.orderAmounts = order.orderAmounts;
  const payment = paymentOf(order, paidIsTold, item);
  if (payment === null) return { problems: [{ field: 'placedAt', code: 'required_missing' }] };
  Object.assign(line, payment);
  const problem = readAmounts(line, item);
  if (problem) return { problems: [problem] };
  line.refund = line.paidAtMs === null ? null : refundOf(line, order, item);
  if (line.refund && line.paidMinor !== null) line.paidMinor = grossOfRefund(line, line.refund);
  line.excluded = exclusionOf(line);
  line.notFinal = [
    ...(order.waitingChannel ? (['channel'] as const) : []),
    ...(item.note('paid') === 'not_final' ? (['paidMinor'] as const) : []),
    ...(item.note('payable') === 'not_final' ? (['payableMinor'] as const) : []),
    ...(item.note('received') === 'not_final' ? (['receivedMinor'] as const) : []),
  ];
  return line;
}

function productOf(item: RowItem): OrderLine['product'] {
  // Several kinds of goods in one row that does not list them apart: no single product.
  if ((item.integer('kinds') ?? 1) > 1) return null;
  const externalId = item.text('productId');
  const sku = item.text('sku') ?? item.text('skuId');
  const name = item.text('productName');
  const key = externalId ?? sku ?? name;
  return key === null ? null : { key, externalId, sku, name };
}

type Payment = Pick<
  OrderLine,
  'state' | 'placedAtMs' | 'paidAtMs' | 'paidTimeAssumed' | 'shippedAtMs' | 'receivedAtMs' | 'closedAtMs'
>;

/** State and times; null when the row has no time at all. */
function paymentOf(order: OrderRow, paidIsTold: boolean, item: RowItem): Payment | null {
  const { meaning, placedAtMs, completedAtMs } = order;
  const other = order.shippedAtMs ?? order.receivedAtMs ?? completedAtMs ?? order.closedAtMs ?? order.updatedAtMs;
  const anyMs = placedAtMs ?? order.paidAtMs ?? other;
  if (anyMs === null) return null;
  const beyondUnpaid = meaning === 'paid' || meaning === 'shipped' || meaning === 'received';
  const refunded = (item.minor('refund') ?? order.orderAmounts?.refundMinor ?? 0) > 0;
  const assumed =
    beyondUnpaid ||
    !paidIsTold ||
    refundMeaning(item.text('afterSale')) === 'done' ||
    (refunded && meaning !== 'placed');
  const unpaid = meaning === 'placed' || meaning === 'cancelled';
  const paidAtMs = unpaid ? null : (order.paidAtMs ?? (assumed ? anyMs : null));
  const receivedAtMs = order.receivedAtMs ?? (meaning === 'received' ? completedAtMs : null);
  return {
    state: stateOf(order, paidAtMs),
    placedAtMs,
    paidAtMs,
    paidTimeAssumed: paidAtMs !== null && order.paidAtMs === null,
    shippedAtMs: order.shippedAtMs,
    receivedAtMs,
    closedAtMs:
      order.closedAtMs ??
      (meaning === 'ended' || meaning === 'cancelled' ? (completedAtMs ?? order.updatedAtMs) : null),
  };
}

function stateOf(order: OrderRow, paidAtMs: number | null): OrderLine['state'] {
  const { meaning } = order;
  if (meaning === 'cancelled') return 'cancelled';
  if (meaning === 'ended') return paidAtMs === null ? 'cancelled' : 'closed';
  if (meaning !== null) return meaning;
  if (order.receivedAtMs !== null || order.completedAtMs !== null) return 'received';
  if (order.shippedAtMs !== null) return 'shipped';
  return paidAtMs === null ? 'placed' : 'paid';
}

/** Amounts of the line; a problem when the file has none that could be its value. */
function readAmounts(line: OrderLine, item: RowItem): RowProblem | null {
  const unit = item.minor('unitPrice');
  line.listMinor = item.minor('list') ?? (unit === null ? null : unit * (line.quantity ?? 1));
  line.payableMinor = item.minor('payable');
  line.freightMinor = item.minor('freight');
  line.discountPlatformMinor = item.minor('discountPlatform');
  line.discountMerchantMinor = item.minor('discountMerchant');
  line.discountCreatorMinor = item.minor('discountCreator');
  line.receivedMinor = item.minor('received');
  line.costMinor = item.minor('cost');
  const own = item.minor('paid');
  const waiting = item.note('paid') === 'not_final' || item.note('payable') === 'not_final';
  line.paidMinor =
    own ?? (waiting ? null : (line.payableMinor ?? (line.orderAmounts?.paidMinor == null ? line.listMinor : null)));
  const broken = item.unreadable(['paid', 'payable', 'quantity', 'orderPaid']);
  if (broken) return broken;
  const known = line.paidMinor !== null || waiting || line.orderAmounts?.paidMinor != null;
  return known || line.paidAtMs === null ? null : { field: 'paid', code: 'required_missing' };
}

function refundOf(line: OrderLine, order: OrderRow, item: RowItem): RefundClaim | null {
  const meaning = refundMeaning(item.text('afterSale'));
  const amount = item.minor('refund');
  const perOrder = order.orderAmounts?.refundMinor ?? null;
  const quantity = item.integer('refundQuantity');
  if (meaning === 'open' && line.state !== 'closed') {
    line.orderAmounts = line.orderAmounts && { ...line.orderAmounts, refundMinor: null };
    return null;
  }
  const timed = (amountMinor: number | null): RefundClaim => {
    const times = [
      ['refund', order.refundedAtMs],
      ['closed', line.state === 'closed' ? order.closedAtMs : null],
      ['completed', order.completedAtMs],
      ['updated', order.updatedAtMs],
    ] as const;
    const [timeBasis, atMs] = times.find(([, ms]) => ms !== null) ?? (['paid', null] as const);
    return { amountMinor, quantity, atMs, timeBasis };
  };
  if (amount !== null && amount > 0) return timed(amount);
  // Shared out over the lines of the order when it is written; the claim brings time and quantity.
  if (perOrder !== null && perOrder > 0) return timed(0);
  // Closing a paid order gives the money back, even where the file has no amount for it.
  if (meaning === 'done' || line.state === 'closed') return timed(null);
  return null;
}

/**
 * What was paid before anything was given back. Taobao's paid amount has refunds deducted: it is so when paid and refund
 * make up exactly what was payable, or when less is left as paid than was given back.
 */
function grossOfRefund(line: OrderLine, refund: RefundClaim): number {
  const paid = line.paidMinor!;
  const back = refund.amountMinor ?? 0;
  if (back <= 0) return paid;
  return paid + back === line.payableMinor || paid < back ? paid + back : paid;
}

function exclusionOf(line: OrderLine): OrderLine['excluded'] {
  if (line.state === 'cancelled') return 'cancelled_unpaid';
  if (line.paidAtMs === null) return null;
  if (line.quantity !== null && line.quantity <= 0) return 'quantity_not_positive';
  const worth = Math.max(line.paidMinor ?? 0, line.listMinor ?? 0, line.payableMinor ?? 0);
  const open = line.paidMinor === null;
  return worth <= 0 && !open && !((line.orderAmounts?.paidMinor ?? 0) > 0) ? 'price_not_positive' : null;
}
