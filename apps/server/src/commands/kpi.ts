import { parseArgs } from 'node:util';
import type { ApiClient } from '../client.ts';
import type { Kpi, KpiSeries } from '../domains/metrics/schema.ts';
import { connect } from './connect.ts';
import { UsageError } from './usage.ts';

/** `tandem kpi ID|all`: prints one KPI, or every KPI of the catalogue. */
export async function kpiCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      data: { type: 'string', default: './data' },
      json: { type: 'boolean', default: false },
      brand: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      grain: { type: 'string' },
      by: { type: 'string' },
      filter: { type: 'string', multiple: true },
    },
  });
  const id = positionals[0];
  const { brand, from, to, grain, by, filter } = values;
  if (!id || !brand || !from || !to) throw new UsageError('kpi needs an id (or "all"), --brand, --from and --to.');
  const connection = await connect(values.data);
  try {
    const api = connection.api(brand);
    const query = { from, to, grain, by, filter };
    if (id !== 'all') {
      const series = await api.get<KpiSeries>(`/kpis/${encodeURIComponent(id)}`, query);
      process.stdout.write(values.json ? `${JSON.stringify(series)}\n` : tableOf(series));
      return 0;
    }
    const all = await everyKpi(api, query);
    process.stdout.write(values.json ? `${JSON.stringify({ kpis: all })}\n` : all.map(tableOf).join('\n'));
    return 0;
  } finally {
    await connection.close();
  }
}

async function everyKpi(api: ApiClient, query: Record<string, string | string[] | undefined>): Promise<KpiSeries[]> {
  const { kpis } = await api.get<{ kpis: Kpi[] }>('/kpis');
  const all: KpiSeries[] = [];
  for (const kpi of kpis) {
    if (query.by !== undefined && !kpi.splits.some((split) => split === query.by)) continue;
    if (query.grain !== undefined && !kpi.grains.some((grain) => grain === query.grain)) continue;
    all.push(await api.get<KpiSeries>(`/kpis/${kpi.id}`, query));
  }
  return all;
}

function tableOf(series: KpiSeries): string {
  const unit = series.unit === 'money' ? (series.currency ?? '') : series.unit;
  const rows = series.points.map((point) => {
    const parts = point.numerator === undefined ? '' : `  (${point.numerator} / ${point.denominator})`;
    return `  ${point.t}${point.key === null ? '' : `  ${point.label ?? point.key}`}  ${point.value ?? 'no data'}${parts}`;
  });
  const omitted = series.omitted.map((one) => `  without: ${one.text}`);
  return `${[`${series.id} (${unit}; ${series.basis.time}; ${series.basis.refund})`, ...rows, ...omitted].join('\n')}\n`;
}
