import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Grain, Kpi, KpiPoint, KpiQuery, KpiSeries, Split } from '@tandem/server/schema/metrics';
import { useBrand } from '../access/brand-context.ts';
import { otherKey, seriesLimit } from '../charts/series-option.ts';
import { comparablePeriod, type Period, quarterOf } from '../figures/period.ts';
import { useWords, wordOf } from '../i18n/words.ts';

export interface ExplorerState {
  kpi: Kpi;
  grain: Grain;
  by: Split | undefined;
  filter: string[];
  period: Period;
  compare: boolean;
}

/** The query of the points that the chart and the table show. */
export function pointsQuery(state: ExplorerState): KpiQuery {
  return {
    from: state.period.from,
    to: state.period.to,
    grain: state.grain,
    ...(state.by ? { by: state.by, limit: seriesLimit } : {}),
    ...(state.filter.length > 0 ? { filter: state.filter } : {}),
  };
}

export function useSeries(kpiId: string, query: KpiQuery, enabled = true) {
  const { api, brand } = useBrand();
  return useQuery({
    queryKey: ['series', brand.id, kpiId, query],
    queryFn: ({ signal }) => api.series(kpiId, query, signal),
    enabled,
    placeholderData: (previous: KpiSeries | undefined) =>
      previous?.id === kpiId ? keepPreviousData(previous) : undefined,
  });
}

/** Points, total of the period, and the compared period, as the state asks for them. */
export function useExplorerSeries(state: ExplorerState) {
  const query = pointsQuery(state);
  const whole: KpiQuery = { ...query, grain: 'total' };
  delete whole.by;
  delete whole.limit;
  const before = comparablePeriod(state.period);
  const comparing = state.compare && state.by === undefined;
  return {
    points: useSeries(state.kpi.id, query),
    total: useSeries(state.kpi.id, whole),
    compared: useSeries(state.kpi.id, { ...query, ...before }, comparing),
    comparedTotal: useSeries(state.kpi.id, { ...whole, ...before }, comparing),
    before,
    comparing,
  };
}

/** The name of a part of a split: the server's label, else our word for it, else the key itself, which is then a name. */
export function usePartName(split: Split | undefined): (point: Pick<KpiPoint, 'key' | 'label'>) => string {
  const { say } = useWords();
  return ({ key, label }) => {
    if (key === otherKey) return say('explorer.other');
    if (split === 'customer' && key) return wordOf(say, `splitKey.${key}`, label ?? key);
    if (split === 'strand' && key) return wordOf(say, `strand.${key}`, label ?? key);
    return label || key || say('explorer.unknownKey');
  };
}

/**
 * The target to draw: a target is per quarter, so it can stand beside quarters, and beside any grain where the figure
 * does not add up (a rate, a stock).
 */
export function useTargetLine(state: ExplorerState): number | undefined {
  const { api, brand } = useBrand();
  const quarter = quarterOf(state.period.from);
  const year = Number(quarter.slice(0, 4));
  const fits = !state.by && state.filter.length === 0 && (state.grain === 'quarter' || !state.kpi.additive);
  const targets = useQuery({
    queryKey: ['targets', brand.id, year],
    queryFn: () => api.targets(year),
    enabled: fits,
  });
  if (!fits) return undefined;
  return targets.data?.targets.find((one) => one.kpi === state.kpi.id && one.quarter === quarter)?.value;
}
