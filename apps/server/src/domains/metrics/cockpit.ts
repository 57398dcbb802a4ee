import { addDays, dayIn } from '#lib/time.ts';
import { checkRange } from './ask.ts';
import { bucketStart, bucketsOf, daysBetween } from './calendar.ts';
import { kpiDefinition, periodRule } from './catalogue.ts';
import type { Cell } from './cells.ts';
import { cockpitKpis, type Panel, type Period, readPanel } from './cockpit-panel.ts';
import { cohortsOf, completeUntil, type DataSpan, spanOf } from './cohorts.ts';
import type { MetricsBrand, MetricsDeps } from './deps.ts';
import { comparableRange, funnelOf } from './live-panel.ts';
import { openReader, type Reader } from './reader.ts';
import type { Cockpit, Grain } from './schema.ts';
import { pointOf } from './series.ts';
import { goalsAt } from './targets.ts';

/** The whole first screen in one answer: cards with trend, goal and sparkline, the live funnel, the retention heat map. */
export async function cockpit(
  deps: MetricsDeps,
  brand: MetricsBrand,
  query: { from: string; to: string },
): Promise<Cockpit> {
  checkRange(query.from, query.to);
  const reader = await openReader(deps, brand);
  const today = dayIn(brand.zone)(deps.now());
  const span = await spanOf(deps, reader);
  const key = JSON.stringify([brand.id, 'cockpit', query, today]);
  const [screen, { quarter, goals }] = await Promise.all([
    deps.cache.get(
      key,
      reader.version,
      () => compute(reader, query, span, today),
      () => 50,
    ),
    goalsAt(deps, brand, addDays(query.to, -1), span),
  ]);
  const days = daysBetween(query.from, query.to);
  return {
    ...screen,
    cards: screen.cards.map((card) => {
      const goal = goals.get(card.id) ?? null;
      const kpi = kpiDefinition(card.id);
      const isSum = periodRule(kpi) === 'sum';
      const target = goal === null || !isSum ? goal : (goal * days) / daysInQuarter(addDays(query.to, -1));
      return { ...card, target, quarterTarget: goal, targetQuarter: goal === null ? null : quarter };
    }),
  };
}

function daysInQuarter(day: string): number {
  const start = bucketStart(day, 'quarter', day);
  return daysBetween(start, bucketStart(addDays(start, 95), 'quarter', day));
}

async function compute(reader: Reader, range: Period, span: DataSpan, today: string): Promise<Cockpit> {
  const compare = comparableRange(range.from, range.to);
  const spark = sparkGrain(range);
  const [panel, retention] = await Promise.all([
    readPanel(reader, { current: range, previous: compare, spark, today: completeUntil(span, today) }),
    heatMap(reader, range, span, today),
  ]);
  return {
    from: range.from,
    to: range.to,
    compareFrom: compare.from,
    compareTo: compare.to,
    zone: reader.brand.zone,
    currency: reader.brand.currency,
    firstDay: span.firstDay,
    lastDay: span.lastDay,
    cards: cockpitKpis.map((id) => cardOf(id, panel, range, spark, reader.brand.currency)),
    funnel: funnelOf(panel.funnel).steps,
    retention,
  };
}

function cardOf(id: string, panel: Panel, range: Period, spark: Grain, currency: string): Cockpit['cards'][number] {
  const kpi = kpiDefinition(id);
  const point = (t: string, cell: Cell | undefined) => pointOf(kpi, t, null, cell, currency);
  const now = point(range.from, panel.current(id));
  return {
    id,
    value: now.value,
    ...(now.exactMinor !== undefined && { exactMinor: now.exactMinor }),
    previous: point(range.from, panel.previous(id)).value,
    target: null,
    targetQuarter: null,
    spark: panel.hasSpark(id)
      ? bucketsOf(range.from, range.to, spark).map((t) => ({ t, value: point(t, panel.spark(id, t)).value }))
      : [],
    omitted: panel.omitted(id),
  };
}

/** Sparklines have at most about a hundred points. */
function sparkGrain(range: Period): Grain {
  const days = daysBetween(range.from, range.to);
  return days <= 100 ? 'day' : days <= 700 ? 'week' : 'month';
}

const heatMonths = 12;
const heatWeeks = 12;

/** Cohorts of the year up to the period: months, or weeks where the data span less than four months. */
async function heatMap(reader: Reader, range: Period, span: DataSpan, today: string): Promise<Cockpit['retention']> {
  const basis = span.hasOrders ? 'order' : 'activity';
  const isShort = span.firstDay === null || span.lastDay === null || daysBetween(span.firstDay, span.lastDay) < 120;
  const grain = isShort ? 'week' : 'month';
  const last = addDays(range.to, -1);
  const back = isShort ? addDays(last, -7 * (heatWeeks - 1)) : monthsBefore(last, heatMonths - 1);
  const first = span.firstDay !== null && span.firstDay > back && span.firstDay < range.to ? span.firstDay : back;
  const until = [completeUntil(span, today), range.to].sort()[0]!;
  return cohortsOf(reader, { from: first, to: range.to, grain, basis }, until);
}

function monthsBefore(day: string, months: number): string {
  const index = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 - months;
  return `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}-01`;
}
