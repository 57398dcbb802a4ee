import type { Grain, Kpi, KpiPoint, KpiQuery, Split } from '@tandem/server/schema/metrics';
import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useBrand } from '../access/brand-context.ts';
import { otherKey, seriesLimit } from '../charts/series-option.ts';
import { bucketEnd, comparablePeriod, type Period, quarterOf } from '../figures/period.ts';
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

/** The query whose rows stand behind a point. */
export function rowsQuery(state: ExplorerState, point: KpiPoint | null): KpiQuery {
  const filter = [...state.filter];
  const period = { ...state.period };
  if (point) {
    if (state.grain !== 'total') {
      const end = bucketEnd(point.t, state.grain);
      if (point.t > period.from) period.from = point.t;
      if (end < period.to) period.to = end;
    }
    if (state.by && point.key !== null && point.key !== otherKey) filter.push(`${state.by}:${point.key}`);
  }
  return { ...period, grain: 'total', ...(filter.length > 0 ? { filter: filter.slice(0, 8) } : {}) };
}

export function useSeries(kpiId: string, query: KpiQuery, enabled = true) {
  const { api, brand } = useBrand();
  return useQuery({
    queryKey: ['series', brand.id, kpiId, query],
    queryFn: ({ signal }) => api.series(kpiId, query, signal),
    enabled,
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

/** What points are keyed by: a split, or the kinds of content that its share is answered by without one. */
export type Part = Split | 'kind';

/** What the points of a series are keyed by, or undefined where there is one course only. */
export function partOf(by: Split | undefined, points: readonly KpiPoint[] | undefined): Part | undefined {
  return by ?? (points?.some((point) => point.key !== null) ? 'kind' : undefined);
}

/** The name of a part of a split: the server's label, else our word for it, else the key itself, which is then a name. */
export function usePartName(split: Part | undefined): (point: Pick<KpiPoint, 'key' | 'label'>) => string {
  const { say } = useWords();
  return useCallback(
    ({ key, label }) => {
      if (key === otherKey) return say('explorer.other');
      if (split === 'customer' && key) return wordOf(say, `splitKey.${key}`, label ?? key);
      if (split === 'kind' && key) return wordOf(say, `kind.${key}`, label ?? key);
      if (split === 'strand' && key) return wordOf(say, `strand.${key}`, label ?? key);
      return label || key || say('explorer.unknownKey');
    },
    [say, split],
  );
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
