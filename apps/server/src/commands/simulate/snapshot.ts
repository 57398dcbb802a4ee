import { addDays, type Day } from '#lib/time.ts';
import { kpiCounter, type SimulatedKpi, simulatedKpis } from './day-kpis.ts';
import { brandPlan, type Levers } from './plan.ts';
import type { Promotion } from './promotion.ts';
import { simulateBrand } from './simulation.ts';
import { type DayState, type Truth, truthOf } from './truth.ts';

export interface SnapshotOptions {
  seed: number;
  days: number;
  members: number;
  start?: Day;
  zone?: string;
  currency?: string;
}

/** A brand's data in the form in which computations of the forecast domain take them. */
export interface SimulatedSnapshot {
  from: Day;
  to: Day;
  zone: string;
  currency: string;
  series: { kpi: SimulatedKpi; values: number[] }[];
  /** Past ones, and those of the year after the data. */
  promotions: Promotion[];
}

/** Simulates a brand and keeps its daily KPIs, what it did, and what was true; needs no server. */
export function simulatedSnapshot(options: SnapshotOptions): { snapshot: SimulatedSnapshot; truth: Truth } {
  const { seed, days, members, start = '2025-01-01', zone = 'Asia/Shanghai', currency = 'CNY' } = options;
  const counter = kpiCounter(currency);
  const series = simulatedKpis.map((kpi) => ({ kpi, values: [] as number[] }));
  const levers: Levers[] = [];
  const states: DayState[] = [];
  for (const batch of simulateBrand({ seed, days, members, start, zone, currency })) {
    const values = counter.take(batch);
    if (!values || !batch.state) continue;
    for (const one of series) one.values.push(values[one.kpi]);
    levers.push(batch.levers);
    states.push(batch.state);
  }
  const plan = brandPlan({ seed, members, start, zone, currency });
  const to = addDays(start, states.length);
  const promotions = plan.promotions.filter((promotion) => promotion.from < addDays(to, 366));
  return { snapshot: { from: start, to, zone, currency, series, promotions }, truth: truthOf(plan, levers, states) };
}
