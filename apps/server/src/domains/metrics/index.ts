import { dayIn } from '#lib/time.ts';
import { kpiDefinition } from './catalogue.ts';
import { completeUntil, spanOf } from './cohorts.ts';
import type { MetricsBrand, MetricsDeps } from './deps.ts';
import { openReader } from './reader.ts';
import type { KpiQuery, KpiSeries } from './schema.ts';
import { kpiSeries as seriesOf } from './series.ts';

export { noCache, type ResultCache, resultCache } from './cache.ts';
export { catalogue, kpiDefinition, periodRule } from './catalogue.ts';
export { cockpit } from './cockpit.ts';
export type { MetricsBrand, MetricsDeps } from './deps.ts';
export { readableSql } from './explain.ts';
export { changeTarget, setTarget, targetsOf } from './targets.ts';

/** Answers one KPI for a range, by bucket and key, with what it leaves out. Refuses `kpi.unknown`, `kpi.query_invalid`. */
export async function kpiSeries(
  deps: MetricsDeps,
  brand: MetricsBrand,
  id: string,
  query: KpiQuery,
): Promise<KpiSeries> {
  return seriesOf(deps, brand, kpiDefinition(id), query);
}

/** First and last day with data (null without any), and the first day of which something may still come. */
export async function dataDays(
  deps: MetricsDeps,
  brand: MetricsBrand,
): Promise<{ firstDay: string | null; lastDay: string | null; completeUntil: string }> {
  const span = await spanOf(deps, await openReader(deps, brand));
  const { firstDay, lastDay } = span;
  return { firstDay, lastDay, completeUntil: completeUntil(span, dayIn(brand.zone)(deps.now())) };
}
