import type { MetricsBrand, MetricsDeps } from './deps.ts';
import { openReader } from './reader.ts';
import type { Split } from './schema.ts';

/** Keys that are looked through for a search, and keys that are answered. */
const maxSearched = 2_000;
const maxAnswered = 100;

/** Keys of a split with their names: the newest sessions, or else the keys with most events; `q` looks in key and name. */
export async function dimensionValues(
  deps: MetricsDeps,
  brand: MetricsBrand,
  query: { split: Split; q?: string },
): Promise<{ values: { key: string; label: string }[] }> {
  const reader = await openReader(deps, brand);
  const order = query.split === 'session' ? 'max(day) DESC, dim_value' : 'sum(events) DESC, dim_value';
  const keys = await deps.cache.get(JSON.stringify([brand.id, 'keys', query.split]), reader.version, async () => {
    const rows = await reader.rows<{ dim_value: string }>({
      name: 'keys',
      sql: `SELECT dim_value FROM @kpi_day WHERE dim = {split:String} AND dim_value != '' GROUP BY dim_value ORDER BY ${order} LIMIT ${maxSearched}`,
      params: { split: query.split },
    });
    return rows.map((row) => row.dim_value);
  });
  const names = await deps.names(brand.id, query.split, keys);
  const wanted = query.q?.trim().toLowerCase() ?? '';
  return {
    values: keys
      .map((key) => ({ key, label: names.get(key) ?? key }))
      .filter(
        ({ key, label }) => wanted === '' || key.toLowerCase().includes(wanted) || label.toLowerCase().includes(wanted),
      )
      .slice(0, maxAnswered),
  };
}
