import { askOf, defaultKeys } from './ask.ts';
import type { Statement } from './brand-scope.ts';
import { kpiDefinition, publicKpi } from './catalogue.ts';
import type { MetricsBrand, MetricsDeps } from './deps.ts';
import { openReader, tracing } from './reader.ts';
import type { KpiExplanation, KpiQuery } from './schema.ts';
import { computeSeries, untilComplete } from './series.ts';

/** The definition of a KPI, and the SQL that answers a question to it, as it is run, with its values in place. */
export async function explainKpi(
  deps: MetricsDeps,
  brand: MetricsBrand,
  id: string,
  query: KpiQuery,
): Promise<KpiExplanation> {
  const kpi = kpiDefinition(id);
  const untraced = await openReader(deps, brand);
  const ask = await untilComplete(deps, untraced, kpi, askOf(kpi, query, brand.zone, deps.now()));
  const { reader, statements } = tracing(untraced);
  await computeSeries(deps, reader, kpi, ask, query.limit ?? defaultKeys);
  return {
    kpi: publicKpi(kpi),
    sql: statements.map((statement) => ({ name: statement.name, sql: readableSql(statement) })),
  };
}

/** A statement on several lines, with its bound values as literals, so that it can be pasted into a console. */
export function readableSql({ sql, params }: Statement): string {
  return sql
    .replace(/ (FROM|WHERE|GROUP BY|HAVING|UNION ALL|INNER JOIN|LEFT JOIN|LEFT ANY JOIN|ARRAY JOIN) /g, '\n$1 ')
    .replace(/\{(\w+):((?:\w|\(|\)|, )+)\}/g, (_, name: string, type: string) => literal(params[name], type));
}

function literal(value: unknown, type: string): string {
  const inner = /^Array\((.+)\)$/.exec(type)?.[1];
  if (inner !== undefined && Array.isArray(value)) return `[${value.map((item) => literal(item, inner)).join(', ')}]`;
  const text = `'${String(value).replace(/[\\']/g, (c) => `\\${c}`)}'`;
  if (type === 'Date') return `toDate(${text})`;
  if (type === 'UUID') return `toUUID(${text})`;
  return type === 'String' ? text : `CAST(${text} AS ${type})`;
}
