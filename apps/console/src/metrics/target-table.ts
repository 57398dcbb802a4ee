import type { Kpi, Target } from '@tandem/server/schema/metrics';
import { byDimension, type Dimension } from './catalogue.ts';

export interface TargetRow {
  kpi: Kpi;
  /** By quarter, `2026Q1`. */
  targets: Map<string, Target>;
}

export function quartersOf(year: number): string[] {
  return [1, 2, 3, 4].map((quarter) => `${year}Q${quarter}`);
}

/** KPIs by dimension with their targets; `onlySet` leaves out those without any. */
export function targetGroups(kpis: readonly Kpi[], targets: readonly Target[], onlySet: boolean) {
  const byKpi = new Map<string, Map<string, Target>>();
  for (const target of targets) {
    const row = byKpi.get(target.kpi) ?? new Map<string, Target>();
    row.set(target.quarter, target);
    byKpi.set(target.kpi, row);
  }
  const groups: { dimension: Dimension; rows: TargetRow[] }[] = byDimension(kpis).map(
    ({ dimension, kpis: members }) => ({
      dimension,
      rows: members
        .map((kpi) => ({ kpi, targets: byKpi.get(kpi.id) ?? new Map<string, Target>() }))
        .filter((row) => !onlySet || row.targets.size > 0),
    }),
  );
  return groups.filter((group) => group.rows.length > 0);
}

/** What a person types for a target: rates in per cent, the rest as it is. Rounded, so that 70 % is 0.7 and stays so. */
export function typedOf(value: number, unit: string): number {
  return unit === 'ratio' ? Number((value * 100).toPrecision(12)) : value;
}

export function valueOfTyped(typed: number, unit: string): number {
  return unit === 'ratio' ? Number((typed / 100).toPrecision(12)) : typed;
}
