import { kpiDefinition } from './catalogue.ts';
import type { MetricsBrand, MetricsDeps } from './deps.ts';
import type { KpiQuery, KpiSeries } from './schema.ts';
import { kpiSeries as seriesOf } from './series.ts';

export { noCache, type ResultCache, resultCache } from './cache.ts';
export { catalogue, kpiDefinition } from './catalogue.ts';
export { cockpit } from './cockpit.ts';
export type { MetricsBrand, MetricsDeps } from './deps.ts';
export { readableSql } from './explain.ts';

/** Answers one KPI for a range, by bucket and key, with what it leaves out. Refuses `kpi.unknown`, `kpi.query_invalid`. */
export async function kpiSeries(
  deps: MetricsDeps,
  brand: MetricsBrand,
  id: string,
  query: KpiQuery,
): Promise<KpiSeries> {
  return seriesOf(deps, brand, kpiDefinition(id), query);
}
