import type { About } from './event.ts';
import { join } from './joining.ts';
import { status } from './people.ts';
import { couponOf, happen, happenLater, type OrderSource, type Product, type Today, type World } from './world.ts';

/** Where an order comes from. */
export interface OrderPlace {
  source: OrderSource;
  about: About;
  /** KOC whose link led here, -1 for none. */
  partner: number;
}

/** What an order came to, for the report of its session; nothing where it was never paid. */
export interface PaidOrder {
  amountMinor: number;
  items: number;
}

interface Line {
  product: Product;
  quantity: number;
  amountMinor: number;
  props: { lineId: string; costMinor: number };
}

const paidShare = 0.94;
const commissionShare = 0.1;

/** Somebody (-1: a passer-by whom nobody knows) orders a basket; what follows from it is put on the coming days. */
export function placeOrder(
  world: World,
  today: Today,
  i: number,
  atMs: number,
  place: OrderPlace,
): PaidOrder | undefined {
  const { chance, people } = world;
  const orderId = `order-${++world.counters.orders}`;
  const hasCoupon = today.levers.couponDepth > 0 && (i < 0 || chance.happens(0.5 + 0.5 * people.priceSense[i]!));
  const off = hasCoupon ? today.levers.couponDepth : 0;
  const lines = basket(world, today, i, orderId, off);
  const amountMinor = lines.reduce((sum, line) => sum + line.amountMinor, 0);
  const items = lines.reduce((sum, line) => sum + line.quantity, 0);
  const partnerId = place.partner >= 0 ? world.partners[place.partner]!.about.partnerId : undefined;
  const { contentId: _, ...from } = place.about;
  const about: About = { ...from, orderId, ...(partnerId !== undefined && { partnerId }) };
  const lastMs = today.startMs + today.lengthMs - 1_000;
  const placedMs = Math.min(atMs, lastMs - 5_000);
  for (const line of lines) {
    const { productId } = line.product.about;
    const detail = { about: { ...about, ...(productId !== undefined && { productId }) }, quantity: line.quantity };
    const { amountMinor: lineMinor, props } = line;
    happen(today, 'order.placed', i, placedMs, { ...detail, amountMinor: lineMinor, props: { lineId: props.lineId } });
  }
  if (!chance.happens(paidShare)) return undefined;
  const paidMs = Math.min(placedMs + 1_000 * (5 + chance.wait(240)), lastMs);
  for (const line of lines) {
    const { productId } = line.product.about;
    const detail = { about: { ...about, ...(productId !== undefined && { productId }) }, quantity: line.quantity };
    happen(today, 'order.paid', i, paidMs, { ...detail, amountMinor: line.amountMinor, props: line.props });
  }
  if (hasCoupon && i >= 0) {
    happen(today, 'coupon.redeemed', i, paidMs, { about: { couponId: couponOf(today), orderId } });
  }
  today.tally.orders[place.source]++;
  fulfil(world, today, i, paidMs, { about, lines, amountMinor, items, partner: place.partner, off });
  if (i >= 0) remember(world, today, i, paidMs, off);
  return { amountMinor, items };
}

function basket(world: World, today: Today, i: number, orderId: string, off: number): Line[] {
  const { chance, products, people } = world;
  const means = i >= 0 ? people.means[i]! : 1;
  const count = Math.min(4, 1 + chance.count(0.35 + 0.25 * Math.min(2, means) + off));
  return Array.from({ length: count }, (_, k) => {
    const one = products[chance.below(products.length)]!;
    const other = products[chance.below(products.length)]!;
    const dear = one.priceMinor >= other.priceMinor ? one : other;
    const product = chance.happens(0.35 + 0.2 * Math.min(2, means)) ? dear : dear === one ? other : one;
    const quantity = 1 + (chance.happens(0.12 + 0.5 * off) ? 1 + chance.count(0.3) : 0);
    const unitMinor = Math.max(1, Math.round(product.priceMinor * today.levers.priceLevel * (1 - off)));
    const props = { lineId: `${orderId}-${k + 1}`, costMinor: product.costMinor * quantity };
    return { product, quantity, amountMinor: unitMinor * quantity, props };
  });
}

interface Shipment {
  about: About;
  lines: Line[];
  amountMinor: number;
  items: number;
  partner: number;
  off: number;
}

function fulfil(world: World, today: Today, i: number, paidMs: number, shipment: Shipment): void {
  const { chance, plan } = world;
  const { about, lines, amountMinor, items } = shipment;
  const whole = { about, amountMinor, quantity: items };
  const wait = today.isHoliday ? 4 : 0;
  const shipped = today.index + 1 + chance.below(2) + wait;
  const received = shipped + 2 + chance.count(2);
  const msPerDay = today.lengthMs;
  const onDay = (index: number) => paidMs + (index - today.index) * msPerDay + 60_000 * chance.wait(90);
  happenLater(world, shipped, 'order.shipped', i, onDay(shipped), whole);
  happenLater(world, received, 'order.received', i, onDay(received), whole);
  const commissionMinor = shipment.partner >= 0 ? Math.round(amountMinor * commissionShare) : 0;
  if (commissionMinor > 0) {
    world.partners[shipment.partner]!.lastSaleDay = today.index;
    happenLater(world, received, 'commission.accrued', -1, onDay(received) + 1_000, {
      about,
      amountMinor: commissionMinor,
    });
  }
  let refunded = false;
  for (const line of lines) {
    if (!chance.happens(plan.nature.refundChance * (1 + 1.2 * shipment.off))) continue;
    const index = received + 1 + chance.count(4);
    const { productId } = line.product.about;
    happenLater(world, index, 'refund.succeeded', i, onDay(index), {
      about: { ...about, ...(productId !== undefined && { productId }) },
      amountMinor: line.amountMinor,
      quantity: line.quantity,
      props: { lineId: line.props.lineId },
    });
    const taken = Math.round(line.amountMinor * commissionShare);
    if (commissionMinor > 0 && taken > 0)
      happenLater(world, index, 'commission.reversed', -1, onDay(index) + 1_000, { about, amountMinor: taken });
    refunded = true;
  }
  if (i >= 0) experience(world, today, i, received, refunded);
}

/** How the order pleased decides whether there is a next; some are asked. */
function experience(world: World, today: Today, i: number, received: number, refunded: boolean): void {
  const { chance, people, plan } = world;
  const pleased = !refunded && chance.happens(plan.nature.productQuality);
  const before = people.satisfaction[i]!;
  people.satisfaction[i] = pleased ? before + 0.15 * (1 - before) : 0.7 * before;
  if (!chance.happens(0.06)) return;
  const quantity = Math.min(10, Math.max(0, Math.round(2.5 + 8 * people.satisfaction[i]! + 1.3 * chance.normal())));
  const atMs = today.startMs + (received - today.index + 0.8) * today.lengthMs;
  happenLater(world, received, 'survey.answered', i, atMs, { quantity, props: { survey: 'nps' } });
}

function remember(world: World, today: Today, i: number, paidMs: number, off: number): void {
  const { chance, people, plan } = world;
  people.buys[i]!++;
  people.habit[i]! += 0.22 * (1 - people.habit[i]!);
  people.interest[i]! += 0.2 * (1 - people.interest[i]!);
  people.lastAct[i] = today.index;
  // Who stocked up at a low price needs the next later.
  const next = today.index + Math.max(3, Math.round(plan.nature.cycleDays * (1 + off) * chance.around(0.45)));
  people.needDay[i] = next;
  const due = world.needs.get(next);
  if (due) due.push(i);
  else world.needs.set(next, [i]);
  if (people.status[i] !== status.member && chance.happens(0.25 * plan.nature.joinEase)) {
    join(world, today, i, paidMs + 120_000, 'order');
  }
}

/** Those who need something again buy it here by habit, or elsewhere; a low price brings needs forward. */
export function habitDay(world: World, today: Today): void {
  const { chance, people, plan } = world;
  const { couponDepth, priceLevel } = today.levers;
  const due = new Set(world.needs.get(today.index));
  world.needs.delete(today.index);
  if (couponDepth > 0) {
    for (let ahead = 1; ahead <= 21; ahead++) {
      for (const i of world.needs.get(today.index + ahead) ?? []) {
        if (people.needDay[i]! > today.index && chance.happens(couponDepth * people.priceSense[i]! * 0.5)) {
          people.needDay[i] = today.index;
          due.add(i);
        }
      }
    }
  }
  const holiday = today.isHoliday ? 0.45 : 1;
  for (const i of due) {
    if (people.needDay[i] !== today.index) continue;
    people.needDay[i] = -1;
    const price = Math.exp(-1.6 * people.priceSense[i]! * (priceLevel * (1 - couponDepth) - 1));
    const stays = people.status[i] === status.member ? 1 : 0.6;
    const ready =
      (0.1 + 0.75 * people.habit[i]!) * (0.35 + 0.9 * people.satisfaction[i]!) * price * stays * holiday * today.demand;
    if (!chance.happens(Math.min(0.95, ready * plan.nature.weekBuying[today.weekday]! * today.mood))) {
      if (chance.happens(0.5)) later(world, i, today.index + 5 + chance.below(20));
      continue;
    }
    const atMs =
      today.startMs + (Math.min(23.5, Math.max(0.2, people.hour[i]! + chance.normal())) / 24) * today.lengthMs;
    const hasLink = people.lastPartner[i]! >= 0 && today.index - people.lastContent[i]! <= 7;
    placeOrder(world, today, i, atMs, {
      source: 'habit',
      about: { channel: 'shop' },
      partner: hasLink ? people.lastPartner[i]! : -1,
    });
  }
}

function later(world: World, i: number, index: number): void {
  world.people.needDay[i] = index;
  const due = world.needs.get(index);
  if (due) due.push(i);
  else world.needs.set(index, [i]);
}
