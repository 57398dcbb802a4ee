import { addDays, type Day, dayStartMs } from '#lib/time.ts';
import { type Chance, chanceOf } from './chance.ts';
import { communityDay } from './community.ts';
import { contentReach, freshnessOf, publish } from './content.ts';
import type { SimulatedEvent } from './event.ts';
import { founders } from './founding.ts';
import { habitDay } from './order.ts';
import { partnerDay } from './partner.ts';
import { peopleOf } from './people.ts';
import { type BrandPlan, brandPlan, daysMax, type Levers, type PlanOptions } from './plan.ts';
import { isSpringFestival } from './promotion.ts';
import { liveDay } from './session.ts';
import { spendDay } from './spend.ts';
import { type DayState, stateOf } from './truth.ts';
import { emptyTally, type Today, type World } from './world.ts';

export interface SimulateOptions extends PlanOptions {
  /** Days of history, at most `daysMax`. */
  days: number;
}

/** One day of a brand's life. */
export interface DayBatch {
  /** 0 = the first day; -1 = what was before: comings and goings of the years in which nobody wrote down the rest. */
  index: number;
  day: Day;
  /** In the order of time. */
  events: SimulatedEvent[];
  /** What nobody sees in the data; none for the time before. */
  state: DayState | undefined;
  levers: Levers;
}

/** Days that are lived before the first, so that the brand does not begin as if everybody had just been woken. */
const warmUpDays = 45;
const keptBefore: ReadonlySet<string> = new Set([
  ...['member.joined', 'member.left', 'group.joined', 'group.left', 'partner.joined', 'partner.left'],
]);

/**
 * Lives the life of a brand day by day. People act on their own and on what they see of others; no rate of the whole is
 * written down anywhere. The same options give the same events; more days only add to them.
 */
export function* simulateBrand(options: SimulateOptions): Generator<DayBatch, BrandPlan> {
  const plan = brandPlan(options);
  const world = newWorld(plan, chanceOf(plan.seed, 4));
  const before = founders(world, dayStartMs(addDays(plan.start, -warmUpDays), plan.zone));
  for (let index = -warmUpDays; index < 0; index++) {
    for (const event of live(world, dayOf(world, index)).events) if (keptBefore.has(event.type)) before.push(event);
  }
  yield { index: -1, day: addDays(plan.start, -1), events: inTime(before), state: undefined, levers: plan.leversOn(0) };
  for (let index = 0; index < Math.min(options.days, daysMax); index++) {
    const today = live(world, dayOf(world, index));
    yield { index, day: today.day, events: inTime(today.events), state: stateOf(world, today), levers: today.levers };
  }
  return plan;
}

function newWorld(plan: BrandPlan, chance: Chance): World {
  const products = Array.from({ length: 12 + chance.below(20) }, (_, k) => {
    const priceMinor = Math.max(900, Math.round(plan.nature.price * chance.around(0.55)) * 100 - 100);
    const costMinor = Math.round(priceMinor * (1 - plan.nature.marginShare) * chance.between(0.85, 1.15));
    return { about: { productId: `product-${k + 1}` }, priceMinor, costMinor };
  });
  return {
    plan,
    chance,
    people: peopleOf(plan, chance),
    groups: [],
    openGroups: new Map(),
    products,
    hosts: Array.from({ length: 3 + chance.below(5) }, () => Math.min(1.8, Math.max(0.5, chance.around(0.3)))),
    pieces: [],
    partners: [],
    heat: 0.3,
    mood: 0,
    tide: 0,
    coming: new Map(),
    needs: new Map(),
    counters: { orders: 0, pieces: 0, sessionsDue: 0.5 },
  };
}

function dayOf(world: World, index: number): Today {
  const { plan, chance } = world;
  const { nature, zone } = plan;
  const day = addDays(plan.start, index);
  const startMs = dayStartMs(day, zone);
  world.mood =
    nature.moodMemory * world.mood + Math.sqrt(1 - nature.moodMemory ** 2) * nature.moodDeviation * chance.normal();
  world.tide =
    nature.tideMemory * world.tide + Math.sqrt(1 - nature.tideMemory ** 2) * nature.tideDeviation * chance.normal();
  const own = 0.04 * chance.normal();
  return {
    index,
    day,
    startMs,
    lengthMs: dayStartMs(addDays(day, 1), zone) - startMs,
    weekday: (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7,
    levers: plan.leversOn(index),
    promotion: index < 0 ? undefined : plan.promotionOn(index),
    isHoliday: isSpringFestival(day),
    mood: Math.exp(world.mood + own),
    demand: Math.exp(world.tide),
    favour: plan.favourOn(index),
    events: [],
    tally: emptyTally(),
  };
}

/** One day, from the morning's content to the evening's accounts. */
function live(world: World, today: Today): Today {
  takeComing(world, today);
  publish(world, today);
  partnerDay(world, today);
  communityDay(world, today, freshnessOf(world));
  contentReach(world, today);
  liveDay(world, today);
  habitDay(world, today);
  spendDay(world, today);
  return today;
}

function takeComing(world: World, today: Today): void {
  const due = world.coming.get(today.index) ?? [];
  world.coming.delete(today.index);
  const lastMs = today.startMs + today.lengthMs - 1;
  for (const event of due) {
    event.atMs = Math.min(Math.max(Math.floor(event.atMs), today.startMs), lastMs);
    today.events.push(event);
  }
}

const placeBits = 2 ** 22;

/** By time; what falls together stays in the order in which it was made. */
function inTime(events: SimulatedEvent[]): SimulatedEvent[] {
  const firstMs = events.reduce((ms, event) => Math.min(ms, event.atMs), Number.POSITIVE_INFINITY);
  const lastMs = events.reduce((ms, event) => Math.max(ms, event.atMs), 0);
  if (events.length >= placeBits || (lastMs - firstMs) * placeBits > Number.MAX_SAFE_INTEGER) {
    return events.sort((a, b) => a.atMs - b.atMs);
  }
  // Numbers sort many times faster than objects: the moment in front, the place behind.
  const keys = Float64Array.from(events, (event, place) => (event.atMs - firstMs) * placeBits + place).sort();
  return Array.from(keys, (key) => events[key % placeBits]!);
}
