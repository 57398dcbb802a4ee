import { refuse } from '#errors.ts';
import { businessKpis } from './catalogue-business.ts';
import { contentKpis } from './catalogue-content.ts';
import { linkageKpis } from './catalogue-linkage.ts';
import { liveKpis } from './catalogue-live.ts';
import { userKpis } from './catalogue-user.ts';
import type { KpiDefinition } from './kpi.ts';
import type { Kpi } from './schema.ts';

/** Every KPI, in the order of the screens. Ids are public and stay. */
export const kpiDefinitions: readonly KpiDefinition[] = [
  ...businessKpis,
  ...userKpis,
  ...liveKpis,
  ...contentKpis,
  ...linkageKpis,
];

const byId = new Map(kpiDefinitions.map((kpi) => [kpi.id, kpi]));

/** The definition of a KPI; refuses `kpi.unknown`. */
export function kpiDefinition(id: string): KpiDefinition {
  const found = byId.get(id);
  if (!found) throw refuse('kpi.unknown', { id });
  return found;
}

/** How the value of a period follows from those of its days; undefined where the days do not tell. */
export function periodRule(kpi: KpiDefinition): 'sum' | 'end' | undefined {
  // An order is one on its day alone, and hardly anybody joins twice in a quarter.
  if (kpi.additive || kpi.id === 'orders' || kpi.id === 'new_members') return 'sum';
  return kpi.compute.kind === 'stock' ? 'end' : undefined;
}

/** The catalogue as `GET /api/v1/kpis` answers it. */
export function catalogue(): Kpi[] {
  return kpiDefinitions.map(publicKpi);
}

/** What others may know of a definition. */
export function publicKpi({ compute: _, omissions: __, rowTypes: ___, splits, grains, ...kpi }: KpiDefinition): Kpi {
  return { ...kpi, splits: [...splits], grains: [...grains] };
}
