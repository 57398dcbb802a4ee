import type { SetupObservation } from '@tandem/server/schema/forecast';
import type { Target } from '@tandem/server/schema/metrics';
import { useQueries } from '@tanstack/react-query';
import { useBrand } from '../access/brand-context.ts';
import { bucketEnd, bucketStart, daysIn, quarterOf } from '../figures/period.ts';

/**
 * What the targets ask of each week: of a sum its share of the quarter by days, of a level the value that the end of the
 * quarter has to reach. Null for means, of which a quarter's target says nothing by week, and where there is no target.
 */
export function weeklyTargets(
  observation: Pick<SetupObservation, 'kpi' | 'measure'> | undefined,
  weeks: readonly { t: string; days: number }[],
  targets: readonly Target[],
): (number | null)[] {
  if (!observation || observation.measure === 'mean') return weeks.map(() => null);
  const own = new Map(targets.flatMap((one) => (one.kpi === observation.kpi ? [[one.quarter, one.value]] : [])));
  return weeks.map(({ t, days }) => {
    const value = own.get(quarterOf(t));
    if (typeof value !== 'number') return null;
    if (observation.measure === 'level') return value;
    const from = bucketStart(t, 'quarter');
    return (value * days) / daysIn({ from, to: bucketEnd(from, 'quarter') });
  });
}

/** Targets of all years that a span touches; empty until they are there. */
export function useTargets(from: string, to: string): Target[] {
  const { api, brand } = useBrand();
  const [first, last] = [Number(from.slice(0, 4)), Number(to.slice(0, 4))];
  const years = Array.from({ length: Math.min(4, last - first + 1) }, (_, index) => first + index);
  return useQueries({
    queries: years.map((year) => ({
      queryKey: ['targets', brand.id, year],
      queryFn: () => api.targets(year),
    })),
    combine: (results) => results.flatMap((one) => one.data?.targets ?? []),
  });
}
