import type { Cockpit, Kpi } from '@tandem/server/schema/metrics';
import { useQuery } from '@tanstack/react-query';
import { useBrand } from '../access/brand-context.ts';
import { dayOf } from '../figures/date.ts';
import { addDays, type Period, periodOf } from '../figures/period.ts';
import { byDimension, type Dimension } from './catalogue.ts';
import type { Card } from './figure-card.tsx';

/** The cockpit of a period; the same period is asked for once, whoever needs it. */
export function useCockpit(period: Period | null) {
  const { api, brand } = useBrand();
  return useQuery({
    queryKey: ['cockpit', brand.id, period?.from, period?.to],
    queryFn: ({ signal }) => api.cockpit(period ?? { from: '', to: '' }, signal),
    enabled: period !== null,
    placeholderData: (previous, query) => (query?.queryKey[1] === brand.id ? previous : undefined),
  });
}

/** The period up to today; asked first, because its answer says on which days there is data. */
export function useRecent(): Period {
  const { brand } = useBrand();
  return periodOf('30d', dayOf(Date.now(), brand.zone));
}

/** First and last day with data, and the period to show when the address names none. */
export function useDataDays() {
  const recent = useRecent();
  const query = useCockpit(recent);
  const lastDay = query.data?.lastDay ?? null;
  const today = addDays(recent.to, -1);
  // Data dated in the future (a clock set wrong) must not move the default period out of sight.
  const anchor = lastDay === null ? today : lastDay;
  return { query, recent, anchor, lastDay, firstDay: query.data?.firstDay ?? null };
}

export interface CardGroup {
  dimension: Dimension;
  shown: { card: Card; kpi: Kpi }[];
  /** KPIs of the dimension that have nothing to show in either period. */
  silent: Kpi[];
}

const nothing = (value: number | null) => value === null || value === 0;

/** Whether a card has nothing to tell: no number, or zero now and before without a target that would make zero matter. */
function isSilent(card: Card): boolean {
  if (!nothing(card.value) || !nothing(card.previous)) return false;
  return card.value === null || card.target === null;
}

/** The cards by dimension; those without anything to tell are gathered, so that they take one line. */
export function cardGroups(cockpit: Pick<Cockpit, 'cards'>, catalogue: readonly Kpi[]): CardGroup[] {
  const cards = new Map(cockpit.cards.map((card) => [card.id, card]));
  const groups = byDimension(catalogue).map(({ dimension, kpis }) => {
    const all = kpis.flatMap((kpi) => {
      const card = cards.get(kpi.id);
      return card ? [{ card, kpi }] : [];
    });
    const alive = all.some(({ card }) => !nothing(card.value) || !nothing(card.previous));
    const shown = alive ? all.filter(({ card }) => !isSilent(card)) : [];
    const silent = all.filter((one) => !shown.includes(one)).map(({ kpi }) => kpi);
    return { dimension, shown, silent };
  });
  return groups.filter((group) => group.shown.length + group.silent.length > 0);
}
