import { describe, expect, it } from 'vitest';
import { accept } from '#domains/events/accept.ts';
import type { Snapshot } from '#domains/forecast/task.ts';
import { ownActs } from '#domains/metrics/acts.ts';
import { addDays, dayIn } from '#lib/time.ts';
import { dailyKpis, kpiCounter } from './day-kpis.ts';
import { newEvents } from './event.ts';
import { type DayBatch, type SimulateOptions, simulateBrand } from './simulation.ts';
import { simulatedSnapshot } from './snapshot.ts';

const options: SimulateOptions = {
  seed: 7,
  days: 120,
  members: 300,
  start: '2025-05-01',
  zone: 'Asia/Shanghai',
  currency: 'CNY',
};
const history = (more: Partial<SimulateOptions> = {}): DayBatch[] => [...simulateBrand({ ...options, ...more })];
const count = (events: DayBatch['events'], type: string) => events.filter((event) => event.type === type).length;

describe('a simulated history', () => {
  it('is the same for the same seed, and only goes on when more days are asked for', () => {
    const once = history();
    expect(history()).toEqual(once);
    expect(history({ days: 140 }).slice(0, once.length)).toEqual(once);
    expect(history({ seed: 8, days: 5 })).not.toEqual(once.slice(0, 6));
  });

  it('has no event that the catalogue refuses, and no id twice', () => {
    const seen = new Set<string>();
    const types = new Set<string>();
    let events = 0;
    for (const batch of history({ days: 400, members: 200 })) {
      for (const event of newEvents('0123456789', batch.day, batch.events)) {
        const result = accept(event, { currency: 'CNY', nowMs: Date.parse('2027-01-01T00:00:00Z') }, seen);
        expect(result.kind, JSON.stringify([event, result])).toBe('accepted');
        types.add(event.type);
        events++;
      }
    }
    expect(seen.size).toBe(events);
    for (const type of [
      'refund.succeeded',
      'commission.reversed',
      'partner.left',
      'survey.answered',
      'invite.accepted',
    ]) {
      expect([...types]).toContain(type);
    }
  });

  it('keeps every event in its day, in the order of time, in any zone', () => {
    for (const zone of ['Asia/Shanghai', 'Europe/London', 'America/New_York']) {
      const dayOf = dayIn(zone);
      for (const { index, day, events } of history({ zone, start: '2025-03-01', days: 40 })) {
        expect(events.every((event, k) => k === 0 || events[k - 1]!.atMs <= event.atMs)).toBe(true);
        if (index < 0) expect(events.every(({ atMs }) => dayOf(atMs) <= day)).toBe(true);
        else expect(events.every(({ atMs }) => dayOf(atMs) === day)).toBe(true);
      }
    }
  });

  it('keeps account of people: members are those who joined less those who left, in events as in truth', () => {
    const members = new Set<number>();
    const groups = new Map<number, string>();
    for (const { events, state } of history({ days: 300 })) {
      for (const { type, person, about } of events) {
        if (type === 'member.joined') {
          expect(members.has(person)).toBe(false);
          members.add(person);
        } else if (type === 'member.left') {
          expect(members.delete(person)).toBe(true);
          expect(groups.has(person)).toBe(false);
        } else if (type === 'group.joined') {
          expect(members.has(person)).toBe(true);
          groups.set(person, about.groupId!);
        } else if (type === 'group.left') {
          expect(groups.get(person)).toBe(about.groupId);
          groups.delete(person);
        }
      }
      if (state) expect(state.members).toBe(members.size);
    }
    expect(members.size).toBeGreaterThan(20);
  });

  it('pays, sends and refunds only what was ordered', () => {
    const paid = new Map<string, number>();
    const placed = new Set<string>();
    const refunded = new Set<string>();
    let net = 0;
    for (const { events } of history({ days: 200 })) {
      for (const { type, about, props, amountMinor = 0 } of events) {
        const line = String(props?.lineId);
        if (type === 'order.placed') placed.add(line);
        else if (type === 'order.paid') {
          expect(placed.has(line)).toBe(true);
          expect(paid.has(line)).toBe(false);
          expect(amountMinor).toBeGreaterThan(0);
          paid.set(line, amountMinor);
          net += amountMinor;
        } else if (type === 'refund.succeeded') {
          // Orders of the time before the first day are refunded within it.
          if (!paid.has(line)) continue;
          expect(refunded.has(line)).toBe(false);
          expect(amountMinor).toBe(paid.get(line));
          refunded.add(line);
          net -= amountMinor;
        } else if (type === 'order.received') expect(about.orderId).toBeDefined();
      }
    }
    expect(paid.size).toBeGreaterThan(100);
    expect(net).toBeGreaterThan(0);
  });

  it('makes brands that differ, each with levers that change and sales that rise on promotion days', () => {
    const seeds = [1, 2, 3, 4, 5, 6];
    const brands = seeds.map((seed) => simulatedSnapshot({ seed, days: 420, members: 400 }));
    const ratios = brands.map(({ snapshot }) => {
      const { values } = snapshot.series.find(({ kpi }) => kpi === 'members')!;
      return values.at(-1)! / values[0]!;
    });
    expect(Math.max(...ratios) / Math.min(...ratios)).toBeGreaterThan(2);
    let [onPromotion, usual] = [0, 0];
    for (const { snapshot, truth } of brands) {
      expect(new Set(truth.levers.map((lever) => lever.sessionsPerDay)).size).toBeGreaterThan(3);
      const { values } = snapshot.series.find(({ kpi }) => kpi === 'orders')!;
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const days = values.map((_, k) => addDays(snapshot.from, k));
      const isPromotion = (day: string) => snapshot.promotions.some(({ from, to }) => day >= from && day < to);
      const promoted = values.filter((_, k) => isPromotion(days[k]!));
      onPromotion += promoted.reduce((sum, value) => sum + value / mean, 0) / promoted.length;
      usual += 1;
    }
    expect(onPromotion / usual).toBeGreaterThan(1.15);
  });
});

describe('KPIs of a simulated history', () => {
  it('count as active who did something by their own act, as the metrics domain does', () => {
    const [batch] = history({ days: 1 }).slice(-1);
    const model = batch!.events[0]!;
    const events = [...ownActs, 'live.left', 'member.left', 'order.shipped'].map((type, person) => ({
      ...model,
      type: type as typeof model.type,
      person,
    }));
    expect(kpiCounter('CNY').take({ index: 0, events })?.active_members).toBe(ownActs.length);
  });

  it('come out alike day by day and as a whole, and are those of the snapshot', () => {
    const batches = history({ days: 60 });
    const whole = dailyKpis(batches, 'CNY');
    const counter = kpiCounter('CNY');
    const orders = batches.flatMap((batch) => counter.take(batch)?.orders ?? []);
    expect(whole.series.orders).toEqual(orders);
    expect(whole.days[0]).toBe(options.start);
    const { snapshot }: { snapshot: Snapshot } = simulatedSnapshot({ ...options, days: 60 });
    expect(Object.fromEntries(snapshot.series.map(({ kpi, values }) => [kpi, values]))).toEqual(whole.series);
    expect(whole.series.pieces[30]).toBe(count(batches[31]!.events, 'content.published'));
  });
});
