import { setTimeout as wait } from 'node:timers/promises';
import { refuse } from '#errors.ts';
import { addDays, type Day } from '#lib/time.ts';
import { ApiError } from '../../client.ts';
import type { EventsReply, NewEvent } from '../../domains/events/schema.ts';
import { type KpiCounter, kpiCounter } from './day-kpis.ts';
import { historyName, newEvents, personIdentifier } from './event.ts';
import { type BrandPlan, brandPlan, type Levers } from './plan.ts';
import { type DayBatch, type SimulateOptions, simulateBrand } from './simulation.ts';
import { settled, type Target } from './target.ts';
import { type DayState, truthOf } from './truth.ts';
import { writeTruth } from './truth-file.ts';

/** What came of writing a history. */
export interface HistorySummary {
  state: 'done' | 'stopped';
  brandId: string;
  seed: number;
  members: number;
  from: Day;
  /** The day after the last that was written. */
  to: Day;
  days: number;
  /** Events by type. */
  events: Record<string, number>;
  total: number;
  stored: number;
  /** Events that an earlier run had stored already. */
  duplicate: number;
  quarantined: number;
  persons: number;
  orders: number;
  /** In units of the currency. */
  gmv: number;
  currency: string;
  /** Promotions handed to the server; null where it does not take them. */
  promotions: number | null;
  seconds: number;
  truth: string;
}

export interface HistoryPlace {
  truthFile: string;
  yesterday: Day;
  signal: AbortSignal;
  /** Takes lines about the progress. */
  tell: (line: string) => void;
}

const eventsPerRequest = 5_000;
const requestsAtOnce = 2;

/**
 * Lives the history and sends it through the API, day after day. Sent again, nothing is stored twice, because the same
 * events have the same ids.
 * @throws Refusal `simulation.future`, `simulation.other_history`; ApiError for what the server refuses
 */
export async function writeHistory(
  target: Target,
  options: SimulateOptions,
  place: HistoryPlace,
): Promise<HistorySummary> {
  const startedMs = performance.now();
  const { days, members, seed, start, currency } = options;
  const latest = addDays(place.yesterday, 1 - days);
  if (start > latest) throw refuse('simulation.future', { days, start, latest });
  const plan = brandPlan(options);
  const lived: Lived = { levers: [], states: [], events: new Map(), persons: new Set(), count: 0, orders: 0, gmv: 0 };
  const { quarantined, isWhole } = await live(target, options, plan, place, lived);
  await keep(target, plan, lived, place.truthFile, isWhole);
  const promotions = isWhole ? await handPromotions(target, plan, days) : null;
  const say = everySecond(place.tell);
  const after = await settled(target.api, (pending) => say(() => `${pending} events on their way`));
  return {
    state: isWhole ? 'done' : 'stopped',
    brandId: target.brandId,
    ...{ seed, members },
    from: start,
    to: addDays(start, lived.states.length),
    days: lived.states.length,
    events: Object.fromEntries(lived.events),
    total: lived.count,
    stored: after.stored - target.before.stored,
    duplicate: after.duplicate - target.before.duplicate,
    quarantined,
    persons: lived.persons.size,
    orders: lived.orders,
    gmv: Math.round(lived.gmv * 100) / 100,
    currency,
    promotions,
    seconds: Math.round((performance.now() - startedMs) / 100) / 10,
    truth: place.truthFile,
  };
}

/** What has been lived so far. */
interface Lived {
  levers: Levers[];
  states: DayState[];
  events: Map<string, number>;
  persons: Set<number>;
  count: number;
  orders: number;
  gmv: number;
}

/** Lives and sends until the end or until somebody stops it; gives the number of events that the server set aside, and whether all was sent. */
async function live(
  target: Target,
  options: SimulateOptions,
  plan: BrandPlan,
  { signal, tell, truthFile }: HistoryPlace,
  lived: Lived,
): Promise<{ quarantined: number; isWhole: boolean }> {
  const { days, members, seed, start, zone, currency } = options;
  const history = historyName({ brand: target.brandId, seed, members, start, zone });
  const counter = kpiCounter(currency);
  const say = everySecond(tell);
  const startedMs = performance.now();
  let quarantined = 0;
  const sender = senderTo(target, signal, (reply) => {
    quarantined += reply.quarantined;
    const problem = reply.errors[0];
    if (problem) tell(`${reply.quarantined} events set aside: ${problem.message}`);
  });
  for (const batch of simulateBrand(options)) {
    if (signal.aborted) break;
    if (batch.index < 0) {
      await checkHistory(target, history, batch.events[0]!.person, options);
      await keep(target, plan, lived, truthFile, false);
    }
    await sender.send(newEvents(history, batch.day, batch.events));
    // The first person is what a repeated run looks for.
    if (batch.index < 0) await sender.finish();
    takeIn(lived, batch, counter);
    say(() => {
      const perSecond = Math.round((1_000 * lived.count) / (performance.now() - startedMs));
      return `day ${batch.index + 1} of ${days}, ${lived.count} events, ${perSecond} a second`;
    });
  }
  const isSent = await sender.finish();
  return { quarantined, isWhole: isSent && lived.states.length === days };
}

function takeIn(lived: Lived, batch: DayBatch, counter: KpiCounter): void {
  for (const { type, person } of batch.events) {
    lived.events.set(type, (lived.events.get(type) ?? 0) + 1);
    if (person >= 0) lived.persons.add(person);
  }
  lived.count += batch.events.length;
  const values = counter.take(batch);
  if (!values || !batch.state) return;
  lived.orders += values.orders;
  lived.gmv += values.gmv;
  lived.levers.push(batch.levers);
  lived.states.push(batch.state);
}

function keep(target: Target, plan: BrandPlan, { levers, states }: Lived, path: string, complete: boolean) {
  return writeTruth(path, { brandId: target.brandId, complete, ...truthOf(plan, levers, states) });
}

/** Lets a line through once a second. */
function everySecond(tell: (line: string) => void): (line: () => string) => void {
  let shownMs = performance.now();
  return (line) => {
    if (performance.now() - shownMs < 1_000) return;
    shownMs = performance.now();
    tell(line());
  };
}

/** A brand that holds a history already takes no other: its first person must be there. */
async function checkHistory(target: Target, history: string, founder: number, options: SimulateOptions): Promise<void> {
  if (target.before.accepted === 0) return;
  const q = personIdentifier(history, founder);
  const { total } = await target.api.get<{ total: number }>('/people', { q, limit: 1 });
  if (total > 0) return;
  const { seed, members, start } = options;
  throw refuse('simulation.other_history', { name: target.name, seed, members, start });
}

interface Sender {
  send(events: readonly NewEvent[]): Promise<void>;
  /** Sends what is left and waits for all replies; tells whether everything was taken. */
  finish(): Promise<boolean>;
}

/** Sends events in full requests, few at a time, in their order of beginning. */
function senderTo({ api }: Target, signal: AbortSignal, onReply: (reply: EventsReply) => void): Sender {
  let waiting: NewEvent[] = [];
  const underWay = new Set<Promise<void>>();
  let failure: unknown;
  let dropped = 0;
  const post = async (events: NewEvent[]) => {
    for (;;) {
      try {
        return onReply(await api.send<EventsReply>('POST', '/events', events));
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 'events.backlog_full') throw error;
        // Whoever stops the run does not want to wait for the queue; the next run sends these again.
        if (signal.aborted) {
          dropped += events.length;
          return;
        }
        await wait(1_000, undefined, { signal }).catch(() => undefined);
      }
    }
  };
  const start = async (events: NewEvent[]) => {
    while (underWay.size >= requestsAtOnce) await Promise.race(underWay);
    if (failure !== undefined) throw failure;
    const work: Promise<void> = post(events)
      .catch((error: unknown) => {
        failure ??= error;
      })
      .finally(() => underWay.delete(work));
    underWay.add(work);
  };
  return {
    async send(events) {
      waiting = waiting.concat(events);
      while (waiting.length >= eventsPerRequest) {
        await start(waiting.slice(0, eventsPerRequest));
        waiting = waiting.slice(eventsPerRequest);
      }
    },
    async finish() {
      if (waiting.length > 0) await start(waiting.splice(0));
      await Promise.all(underWay);
      if (failure !== undefined) throw failure;
      return dropped === 0;
    },
  };
}

/** Tells the server the promotion calendar of the history and of the year after it. */
async function handPromotions({ api }: Target, plan: BrandPlan, days: number): Promise<number | null> {
  const end = addDays(plan.start, days + 366);
  const promotions = plan.promotions.filter(({ from }) => from < end);
  try {
    await api.send('PUT', '/promotions', { promotions });
    return promotions.length;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 405)) return null;
    throw error;
  }
}
