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

/** The cards by dimension; those without any number in either period are gathered, so that they take one line. */
export function cardGroups(cockpit: Pick<Cockpit, 'cards'>, catalogue: readonly Kpi[]): CardGroup[] {
  const cards = new Map(cockpit.cards.map((card) => [card.id, card]));
  return byDimension(catalogue)
    .map(({ dimension, kpis }) => {
      const shown: CardGroup['shown'] = [];
      const silent: Kpi[] = [];
      for (const kpi of kpis) {
        const card = cards.get(kpi.id);
        if (!card) continue;
        if (nothing(card.value) && nothing(card.previous)) silent.push(kpi);
        else shown.push({ card, kpi });
      }
      // A zero beside live figures says something; a row of zeros says that there is no data.
      if (shown.length === 0) return { dimension, shown, silent };
      const zeros = silent.filter((kpi) => cards.get(kpi.id)?.value === 0);
      const all = kpis.flatMap((kpi) => {
        const card = cards.get(kpi.id);
        return card && (zeros.includes(kpi) || shown.some((one) => one.kpi === kpi)) ? [{ card, kpi }] : [];
      });
      return { dimension, shown: all, silent: silent.filter((kpi) => !zeros.includes(kpi)) };
    })
    .filter((group) => group.shown.length + group.silent.length > 0);
}
