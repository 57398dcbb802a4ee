import type { Kpi, Target } from '@tandem/server/schema/metrics';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quartersOf, targetGroups, typedOf, valueOfTyped } from './target-table.ts';

const kpis = [
  { id: 'gmv', dimension: 'business' },
  { id: 'nps', dimension: 'brand' },
] as Kpi[];
const targets: Target[] = [{ kpi: 'gmv', quarter: '2026Q1', value: 5, origin: 'template' }];

describe('targets', () => {
  it('lie by KPI and quarter', () => {
    const [group] = targetGroups(kpis, targets, true);
    expect(group?.rows[0]?.targets.get('2026Q1')?.value).toBe(5);
    expect(quartersOf(2026)).toEqual(['2026Q1', '2026Q2', '2026Q3', '2026Q4']);
  });
  it('leave out KPIs without a target only when asked', () => {
    expect(targetGroups(kpis, targets, true)).toHaveLength(1);
    expect(targetGroups(kpis, targets, false)).toHaveLength(2);
  });
  it('come back as they were typed, rates in per cent', () => {
    expect(valueOfTyped(70, 'ratio')).toBe(0.7);
    expect(typedOf(0.07, 'ratio')).toBe(7);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), (hundredths) => {
        const typed = hundredths / 100;
        expect(typedOf(valueOfTyped(typed, 'ratio'), 'ratio')).toBe(typed);
      }),
    );
  });
});
