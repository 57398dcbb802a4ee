import type { Tx } from '#adapters/postgres.ts';
import { type Fact, record } from '#domains/events/index.ts';
import type { WriteContext, WriteOutcome } from '#domains/imports/index.ts';
import { nameUuid, publicId, type Uuid } from '#lib/id.ts';
import { advance, type LineIds, lineIds, type RefundRow, type StoredLine } from './advance.ts';
import {
  type CommerceRecord,
  type LooseRefund,
  type Mention,
  type OrderLine,
  type RefundClaim,
  stateRank,
} from './line.ts';
import { splitExactly } from './split.ts';
import * as store from './store.ts';

const BATCH_RECORDS = 4000;
const BATCH_FACTS = 5000;

/** Writes order lines and refunds with the events that they mean; says of each what happened. */
export async function writeCommerce(
  tx: Tx,
  context: WriteContext,
  records: readonly CommerceRecord[],
): Promise<WriteOutcome[]> {
  if (records.length === 0) return [];
  await store.lockBrand(tx, context.brand.id);
  const outcomes: WriteOutcome[] = [];
  for (let start = 0; start < records.length; start += BATCH_RECORDS) {
    outcomes.push(...(await writeBatch(tx, context, records.slice(start, start + BATCH_RECORDS))));
  }
  return outcomes;
}

/** Everything that one batch adds to the tables. */
interface Additions {
  lines: Map<Uuid, StoredLine>;
  orders: Map<Uuid, store.OrderHead>;
  products: Map<Uuid, store.NamedProduct>;
  mentions: Map<string, store.NamedMention>;
  refunds: RefundRow[];
  facts: Fact[];
}

async function writeBatch(tx: Tx, context: WriteContext, records: readonly CommerceRecord[]): Promise<WriteOutcome[]> {
  const brandId = context.brand.id;
  const ids = new IdCache(brandId);
  const lines = records.filter((record) => record.kind === 'line');
  const wanted = new Map(lines.map((line) => [ids.of(line).line, ids.of(line)]));
  const known = lines.length > 0 ? await store.readLines(tx, brandId, [...wanted.values()]) : new Map();
  const refundIds = records.flatMap((record) => (record.kind === 'refund' ? [looseRefundId(brandId, record)] : []));
  const knownRefunds = await store.knownRefunds(tx, brandId, refundIds);
  const shared = await shareOrderAmounts(tx, brandId, ids, lines, known);
  const added: Additions = {
    lines: new Map(),
    orders: new Map(),
    products: new Map(),
    mentions: new Map(),
    refunds: [],
    facts: [],
  };
  const outcomes = records.map(
    (record): WriteOutcome =>
      record.kind === 'line'
        ? addLine(added, known, shared.get(record) ?? record, ids.of(record), brandId)
        : addLooseRefund(added, knownRefunds, record, brandId),
  );
  await store.saveProducts(tx, brandId, [...added.products.values()]);
  await store.saveMentions(tx, brandId, [...added.mentions.values()]);
  await store.saveOrders(tx, brandId, [...added.orders.values()]);
  await store.saveLines(tx, brandId, [...added.lines.values()]);
  await store.saveRefunds(tx, brandId, added.refunds);
  for (let start = 0; start < added.facts.length; start += BATCH_FACTS) {
    await record(tx, brandId, context.source, added.facts.slice(start, start + BATCH_FACTS));
  }
  return outcomes;
}

function addLine(
  added: Additions,
  known: Map<Uuid, StoredLine>,
  line: OrderLine,
  lineIds: LineIds,
  brandId: Uuid,
): WriteOutcome {
  const step = advance(known.get(lineIds.line), line, lineIds, brandId);
  if (!step) return 'duplicate';
  // A line that comes again in the same batch goes on from here.
  known.set(lineIds.line, step.next);
  added.lines.set(lineIds.line, step.next);
  added.facts.push(...step.facts);
  if (step.refund) added.refunds.push(step.refund);
  addOrder(added, line, step.next);
  const namedAtMs = line.paidAtMs ?? line.placedAtMs ?? 0;
  if (lineIds.product) addProduct(added, lineIds.product, line, line.excluded ? null : line.product!.name, namedAtMs);
  addMention(added, 'room', lineIds.room, line.room, line.platform, namedAtMs);
  addMention(added, 'session', lineIds.session, line.session, line.platform, namedAtMs);
  addMention(added, 'partner', lineIds.partner, line.partner, line.platform, namedAtMs);
  return 'accepted';
}

function addOrder(added: Additions, line: OrderLine, next: StoredLine): void {
  const before = added.orders.get(next.orderId);
  const earlier = (a: number | null | undefined, b: number | null) => (a == null ? b : b === null ? a : Math.min(a, b));
  added.orders.set(next.orderId, {
    id: next.orderId,
    platform: line.platform,
    orderNo: line.orderNo,
    state: before && stateRank(before.state) > stateRank(next.state) ? before.state : next.state,
    placedAtMs: earlier(before?.placedAtMs, next.placedAtMs),
    paidAtMs: earlier(before?.paidAtMs, next.paidAtMs),
    shop: line.shop ?? before?.shop ?? null,
    guide: line.guide ?? before?.guide ?? null,
    province: line.province ?? before?.province ?? null,
    city: line.city ?? before?.city ?? null,
    country: line.country ?? before?.country ?? null,
  });
}

function addProduct(
  added: Additions,
  id: Uuid,
  record: Pick<OrderLine, 'platform' | 'product'>,
  name: string | null,
  namedAtMs: number,
): void {
  const { externalId, sku } = record.product!;
  const before = added.products.get(id);
  const newer =
    !before?.name ||
    (name !== null && (namedAtMs > before.namedAtMs || (namedAtMs === before.namedAtMs && name > before.name)));
  if (before && !newer) return;
  added.products.set(id, { id, platform: record.platform, externalId, sku, name, namedAtMs });
}

function addMention(
  added: Additions,
  kind: store.NamedMention['kind'],
  id: Uuid | null,
  mention: Mention | null,
  platform: string,
  namedAtMs: number,
): void {
  if (!id || !mention?.name) return;
  const before = added.mentions.get(`${kind} ${id}`);
  if (before && (before.namedAtMs > namedAtMs || (before.namedAtMs === namedAtMs && before.name >= mention.name)))
    return;
  added.mentions.set(`${kind} ${id}`, { kind, id, platform, name: mention.name, namedAtMs });
}

function looseRefundId(brandId: Uuid, refund: LooseRefund): Uuid {
  return nameUuid(brandId, 'loose-refund', refund.platform, refund.refundNo, refund.key);
}

function addLooseRefund(added: Additions, known: Set<Uuid>, refund: LooseRefund, brandId: Uuid): WriteOutcome {
  const id = looseRefundId(brandId, refund);
  if (known.has(id)) return 'duplicate';
  known.add(id);
  const productId = refund.product && nameUuid(brandId, 'product', refund.platform, refund.product.key);
  if (productId) addProduct(added, productId, refund, null, refund.atMs);
  const { platform, refundNo, amountMinor, quantity, atMs } = refund;
  const basis = { timeBasis: 'refund', amountBasis: 'reported' };
  added.refunds.push({
    id,
    platform,
    refundNo,
    orderId: null,
    lineId: null,
    productId,
    amountMinor,
    quantity,
    atMs,
    ...basis,
  });
  added.facts.push({
    id,
    type: 'refund.succeeded',
    occurredAtMs: atMs,
    amountMinor,
    quantity,
    props: { refundNo, ...basis },
    ...(Object.keys(refund.identifiers).length > 0 && { identifiers: refund.identifiers }),
    ...(productId && { productId: publicId('prd', productId) }),
  });
  return 'accepted';
}

/**
 * Shares out amounts that a file gives per order: what the order's other lines do not have yet goes to its lines in this
 * batch, in proportion to their own amounts and exact in sum; refunds go to lines with returned goods where there are any.
 * Gives the lines that replace those of the file.
 */
async function shareOrderAmounts(
  tx: Tx,
  brandId: Uuid,
  ids: IdCache,
  lines: readonly OrderLine[],
  known: ReadonlyMap<Uuid, StoredLine>,
): Promise<Map<OrderLine, OrderLine>> {
  const replaced = new Map<OrderLine, OrderLine>();
  const fresh = lines.filter(
    (line) => line.orderAmounts && !known.get(ids.of(line).line)?.seen.includes(line.fingerprint),
  );
  const orders = Map.groupBy(fresh, (line) => ids.of(line).order);
  if (orders.size === 0) return replaced;
  const elsewhere = await store.orderSums(
    tx,
    brandId,
    [...orders.keys()],
    fresh.map((line) => ids.of(line).line),
  );
  for (const [orderId, members] of orders) {
    const others = elsewhere.get(orderId);
    const shares = {
      paidMinor: shareOf(members, 'paidMinor', others?.paidMinor ?? 0),
      receivedMinor: shareOf(members, 'receivedMinor', others?.receivedMinor ?? 0),
      freightMinor: shareOf(members, 'freightMinor', others?.freightMinor ?? 0),
    };
    const refunds = refundsOf(members, shares.paidMinor, others?.refundedMinor ?? 0);
    members.forEach((line, index) => {
      const next = { ...line, refund: refunds ? refunds[index]! : line.refund };
      for (const field of ['paidMinor', 'receivedMinor', 'freightMinor'] as const)
        next[field] = shares[field]?.[index] ?? line[field];
      replaced.set(line, next);
    });
  }
  return replaced;
}

type SharedField = 'paidMinor' | 'receivedMinor' | 'freightMinor';

/** The parts of an order's amount for its lines; undefined when the file does not give it per order. */
function shareOf(members: readonly OrderLine[], field: SharedField, elsewhere: number): number[] | undefined {
  const whole = members.find((line) => line.orderAmounts?.[field] != null)?.orderAmounts?.[field];
  if (whole == null) return undefined;
  return splitExactly(Math.max(0, whole - elsewhere), members.map(weightOf));
}

function weightOf(line: OrderLine): number {
  return Math.max(0, line.paidMinor ?? line.listMinor ?? line.quantity ?? 0);
}

function refundsOf(
  members: readonly OrderLine[],
  paid: readonly number[] | undefined,
  elsewhere: number,
): (RefundClaim | null)[] | undefined {
  const whole = Math.max(0, ...members.map((line) => (line.refund ? (line.orderAmounts?.refundMinor ?? 0) : 0)));
  if (whole === 0) return undefined;
  const claiming = members.filter((line) => line.refund);
  const returned = claiming.filter((line) => (line.refund?.quantity ?? 0) > 0);
  const takers = returned.length > 0 ? returned : claiming;
  const weights = takers.map((line) => paid?.[members.indexOf(line)] ?? weightOf(line));
  const parts = splitExactly(Math.max(0, whole - elsewhere), weights);
  return members.map((line) => {
    const part = parts[takers.indexOf(line)];
    return part === undefined || !line.refund ? null : { ...line.refund, amountMinor: part };
  });
}

/** Ids of a batch, each computed once: lines of an order share most of them. */
class IdCache {
  readonly #brandId: Uuid;
  readonly #lines = new Map<OrderLine, LineIds>();
  readonly #shared = new Map<string, Uuid>();

  constructor(brandId: Uuid) {
    this.#brandId = brandId;
  }

  of(line: OrderLine): LineIds {
    let ids = this.#lines.get(line);
    if (!ids) {
      ids = lineIds(line, (...name) => this.#named(name));
      this.#lines.set(line, ids);
    }
    return ids;
  }

  #named(name: readonly string[]): Uuid {
    if (name[0] === 'order-line') return nameUuid(this.#brandId, ...name);
    const key = name.join('\u001f');
    let uuid = this.#shared.get(key);
    if (!uuid) {
      uuid = nameUuid(this.#brandId, ...name);
      this.#shared.set(key, uuid);
    }
    return uuid;
  }
}
