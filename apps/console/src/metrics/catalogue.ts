import type { Kpi } from '@tandem/server/schema/metrics';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useBrand } from '../access/brand-context.ts';
import { useWords } from '../i18n/words.ts';

export const dimensions = ['business', 'user', 'brand', 'live', 'content', 'linkage'] as const;
export type Dimension = (typeof dimensions)[number];

/** The KPI catalogue of the server; it changes with a release, not while one looks. */
export function useCatalogue() {
  const { api, brand } = useBrand();
  return useQuery({
    queryKey: ['kpis', brand.id],
    queryFn: async () => (await api.kpis()).kpis,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The name of a KPI in the chosen language, by id. */
export function useKpiName(): (id: string) => string {
  const catalogue = useCatalogue().data;
  const { both } = useWords();
  const byId = useMemo(() => new Map(catalogue?.map((kpi) => [kpi.id, kpi])), [catalogue]);
  return (id) => {
    const kpi = byId.get(id);
    return kpi ? both(kpi.nameEn, kpi.nameZh) : '…';
  };
}

/** Catalogue entries by dimension, in the order of the catalogue. */
export function byDimension(kpis: readonly Kpi[]): { dimension: Dimension; kpis: Kpi[] }[] {
  return dimensions
    .map((dimension) => ({ dimension, kpis: kpis.filter((kpi) => kpi.dimension === dimension) }))
    .filter((group) => group.kpis.length > 0);
}

/** What the catalogue says of a basis as the key of a sentence: `paid time` is `basis.paid_time`. */
export function basisKey(basis: string): string {
  return `basis.${basis
    .trim()
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, '_')}`;
}
