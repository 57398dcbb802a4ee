import { ownActs } from '#domains/metrics/schema.ts';
import { currencyExponent } from '#lib/money.ts';
import type { Day } from '#lib/time.ts';
import type { DayBatch } from './simulation.ts';

/** KPIs that are computed from simulated events without a server; ids of the catalogue. */
export const simulatedKpis = [
  'new_members',
  'members',
  'active_members',
  'koc',
  'views',
  'orders',
  'buyers',
  'gmv',
  'net_gmv',
  'content_views',
  'pieces',
  'sessions',
  'ad_spend',
  'content_spend',
] as const;
export type SimulatedKpi = (typeof simulatedKpis)[number];

const actTypes: ReadonlySet<string> = new Set(ownActs);

export interface DailyKpis {
  days: Day[];
  /** By day; money in units of the currency. */
  series: Record<SimulatedKpi, number[]>;
}

/** A day's KPIs as they come out of its events; keeps what stocks need from one day to the next. */
export interface KpiCounter {
  /** Takes in a day; gives its KPIs, or nothing for what was before the first day. */
  take(batch: Pick<DayBatch, 'index' | 'events'>): Record<SimulatedKpi, number> | undefined;
}

/** Counts as the catalogue defines: persons once a day, orders and sales when paid, sessions as their platform reports them. */
export function kpiCounter(currency: string): KpiCounter {
  const members = new Set<number>();
  const partners = new Set<string>();
  const unit = 10 ** currencyExponent(currency);
  return {
    take({ index, events }) {
      const persons = { joined: new Set<number>(), active: new Set<number>(), buyers: new Set<number>() };
      const orders = new Set<string>();
      const sums = { gmv: 0, refunds: 0, ads: 0, content: 0, views: 0, sessions: 0, pieces: 0, contentViews: 0 };
      for (const { type, person, about, amountMinor = 0, props } of events) {
        if (person >= 0 && actTypes.has(type)) persons.active.add(person);
        if (type === 'member.joined') persons.joined.add(person) && members.add(person);
        else if (type === 'member.left') members.delete(person);
        else if (type === 'partner.joined') partners.add(about.partnerId!);
        else if (type === 'partner.left') partners.delete(about.partnerId!);
        else if (type === 'order.paid') {
          sums.gmv += amountMinor;
          orders.add(about.orderId!);
          if (person >= 0) persons.buyers.add(person);
        } else if (type === 'refund.succeeded') sums.refunds += amountMinor;
        else if (type === 'spend.recorded') sums[props?.purpose === 'ad' ? 'ads' : 'content'] += amountMinor;
        else if (type === 'content.published') sums.pieces++;
        else if (type === 'content.viewed') sums.contentViews++;
        else if (type === 'session.reported') {
          sums.sessions++;
          sums.views += Number(props?.views);
        }
      }
      if (index < 0) return undefined;
      return {
        new_members: persons.joined.size,
        members: members.size,
        active_members: persons.active.size,
        koc: partners.size,
        views: sums.views,
        orders: orders.size,
        buyers: persons.buyers.size,
        gmv: sums.gmv / unit,
        net_gmv: (sums.gmv - sums.refunds) / unit,
        content_views: sums.contentViews,
        pieces: sums.pieces,
        sessions: sums.sessions,
        ad_spend: sums.ads / unit,
        content_spend: sums.content / unit,
      };
    },
  };
}

/** The daily series of a whole history. */
export function dailyKpis(batches: Iterable<Pick<DayBatch, 'index' | 'day' | 'events'>>, currency: string): DailyKpis {
  const counter = kpiCounter(currency);
  const days: Day[] = [];
  const series = Object.fromEntries(simulatedKpis.map((kpi) => [kpi, [] as number[]])) as Record<
    SimulatedKpi,
    number[]
  >;
  for (const batch of batches) {
    const values = counter.take(batch);
    if (!values) continue;
    days.push(batch.day);
    for (const kpi of simulatedKpis) series[kpi].push(values[kpi]);
  }
  return { days, series };
}
