import { addDays, dayIn } from '#lib/time.ts';
import { communityActs, liveActs, ownActs } from './acts.ts';
import type { TestEvent } from './metrics-fixture.ts';

/** The events of a brand as a naive computation sees them: with their local day and the surviving person. */
export interface OracleEvent extends TestEvent {
  day: string;
  atMs: number;
}

/** Places events in a zone and follows merges. */
export function oracleEvents(
  events: readonly TestEvent[],
  zone: string,
  survivorOf: (person: string) => string,
): OracleEvent[] {
  const day = dayIn(zone);
  return events.map((event) => {
    const atMs = Date.parse(event.at);
    return { ...event, day: day(atMs), atMs, ...(event.person !== undefined && { person: survivorOf(event.person) }) };
  });
}

type Ratio = { n: number; d: number };
const amountOf = (event: OracleEvent) => event.amount ?? 0;
const total = (events: readonly OracleEvent[]) => events.reduce((sum, event) => sum + amountOf(event), 0);
const persons = (events: readonly OracleEvent[]) => new Set(events.flatMap((event) => event.person ?? []));
const isOf = (types: readonly string[]) => (event: OracleEvent) => types.includes(event.type);

/**
 * KPIs computed the slow way, straight from their definitions, one event at a time. `value` for plain figures, `n` and `d`
 * for ratios.
 */
export function oracle(events: readonly OracleEvent[], from: string, to: string, today: string) {
  const inside = events.filter((event) => event.day >= from && event.day < to);
  const sales = inside.filter(isOf(['order.paid', 'order.adjusted']));
  const paid = inside.filter(isOf(['order.paid']));
  const refunds = inside.filter(isOf(['refund.succeeded']));
  const buyers = persons(paid);
  const acts = events.filter((event) => isOf(ownActs)(event) && event.person !== undefined);
  const ordersOf = (person: string) =>
    new Set(paid.filter((event) => event.person === person).map((event) => event.order)).size;
  const length = (Date.parse(to) - Date.parse(from)) / 86_400_000;
  const activeIn = (start: string, end: string) =>
    persons(acts.filter((event) => event.day >= start && event.day < end));
  const firstDay = new Map<string, string>();
  for (const { person, day } of acts) {
    const known = firstDay.get(person!);
    if (known === undefined || day < known) firstDay.set(person!, day);
  }
  const now = activeIn(from, to);
  const before = activeIn(addDays(from, -length), from);
  const dormant = [...firstDay]
    .filter(([person, day]) => day < addDays(from, -length) && !before.has(person))
    .map(([person]) => person);
  return {
    gmv: total(sales),
    net_gmv: total(sales) - total(refunds),
    orders: new Set(paid.map((event) => event.order)).size,
    buyers: buyers.size,
    average_customer_spend: { n: total(sales.filter((event) => event.person !== undefined)), d: buyers.size },
    repurchase_rate: { n: [...buyers].filter((person) => ordersOf(person) >= 2).length, d: buyers.size },
    active_members: now.size,
    members: membersAt(events, to),
    retention_d1: retention(acts, firstDay, from, to, today, 1),
    retention_d7: retention(acts, firstDay, from, to, today, 7),
    churn_rate: { n: [...before].filter((person) => !now.has(person)).length, d: before.size },
    win_back_rate: { n: dormant.filter((person) => now.has(person)).length, d: dormant.length },
    community_to_live: follow(events, from, to, communityActs, ['live.entered']),
    live_to_community: follow(events, from, to, ['live.entered'], ['group.joined']),
    both_strands_gmv_share: bothStrands(events, sales),
    community_retention_d30: communityRetention(events, from, to, today),
  };
}

/** Members at the end of the day before `end`, by walking through every person's comings and goings. */
function membersAt(events: readonly OracleEvent[], end: string): number {
  const state = new Map<string, boolean>();
  const moves = events.filter(
    (event) => isOf(['member.joined', 'member.left'])(event) && event.person !== undefined && event.day < end,
  );
  // At the same moment leaving comes first, as in the query.
  moves.sort((a, b) => a.atMs - b.atMs || (a.type === 'member.left' ? -1 : 1));
  for (const event of moves) state.set(event.person!, event.type === 'member.joined');
  return [...state.values()].filter(Boolean).length;
}

function retention(
  acts: readonly OracleEvent[],
  firstDay: Map<string, string>,
  from: string,
  to: string,
  today: string,
  days: number,
): Ratio {
  const cohort = [...firstDay].filter(([, day]) => day >= from && day < to && addDays(day, days) < today);
  const back = cohort.filter(([person, day]) =>
    acts.some((event) => event.person === person && event.day === addDays(day, days)),
  );
  return { n: back.length, d: cohort.length };
}

function follow(
  events: readonly OracleEvent[],
  from: string,
  to: string,
  first: readonly string[],
  second: readonly string[],
): Ratio {
  const firsts = events.filter(
    (event) => isOf(first)(event) && event.person !== undefined && event.day >= from && event.day < to,
  );
  const seconds = events.filter(isOf(second));
  const isFollowed = (a: OracleEvent) =>
    seconds.some((b) => b.person === a.person && b.day >= a.day && b.day <= addDays(a.day, 7));
  return { n: persons(firsts.filter(isFollowed)).size, d: persons(firsts).size };
}

function bothStrands(events: readonly OracleEvent[], sales: readonly OracleEvent[]): Ratio {
  const known = sales.filter((event) => event.person !== undefined);
  const acted = (sale: OracleEvent, types: readonly string[]) =>
    events.some(
      (event) =>
        event.person === sale.person &&
        types.includes(event.type) &&
        event.day >= addDays(sale.day, -30) &&
        event.day <= sale.day,
    );
  return { n: total(known.filter((sale) => acted(sale, communityActs) && acted(sale, liveActs))), d: total(known) };
}

function communityRetention(events: readonly OracleEvent[], from: string, to: string, today: string): Ratio {
  const moves = events.filter((event) => isOf(['group.joined', 'group.left'])(event) && event.person !== undefined);
  const joinings = new Map<string, OracleEvent>();
  for (const event of moves) {
    if (event.type !== 'group.joined' || event.day < from || event.day >= to || addDays(event.day, 30) >= today)
      continue;
    joinings.set(`${event.person} ${event.group} ${event.day}`, event);
  }
  const stays = [...joinings.values()].filter((joining) => {
    const own = moves.filter(
      (event) =>
        event.person === joining.person && event.group === joining.group && event.day <= addDays(joining.day, 30),
    );
    own.sort((a, b) => a.atMs - b.atMs || (a.type === 'group.left' ? -1 : 1));
    return own.at(-1)!.type === 'group.joined';
  });
  return { n: stays.length, d: joinings.size };
}
