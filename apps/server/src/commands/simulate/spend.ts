import type { About } from './event.ts';
import { happen, momentAround, type Today, type World } from './world.ts';

/** Books the money of the day by purpose, and what was measured of the brand's voice outside. */
export function spendDay(world: World, today: Today): void {
  const { chance, partners, people, plan } = world;
  const { levers, tally } = today;
  const book = (purpose: 'ad' | 'production' | 'sample' | 'other', amount: number, about: About) => {
    const amountMinor = Math.round(100 * amount);
    if (amountMinor <= 0) return;
    happen(today, 'spend.recorded', -1, momentAround(world, today, 22, 0.3), {
      about,
      amountMinor,
      props: { purpose },
    });
  };
  // Auctions do not spend a budget to the cent.
  book('ad', levers.adSpendPerDay * chance.between(0.9, 1.04), { channel: 'douyin' });
  book('production', levers.budgetPerDay * (1 - levers.split.offline), {});
  book('other', levers.budgetPerDay * levers.split.offline, { channel: 'offline' });
  const active = partners.reduce((sum, partner) => sum + (partner.isActive ? 1 : 0), 0);
  book('sample', active * 2.5 * chance.around(0.2), { channel: 'koc' });
  const awareness = (people.members.length + 0.2 * tally.views + 5) / plan.members;
  const measure = (metric: string, quantity: number, more: Record<string, unknown> = {}) =>
    happen(today, 'exposure.recorded', -1, momentAround(world, today, 23, 0.1), {
      about: { channel: 'market' },
      quantity: Math.round(quantity),
      props: { metric, ...more },
    });
  measure('media_exposure', (tally.exposures + 40 * world.pieces.length) * chance.around(0.1));
  measure('search_index', 900 * awareness * today.mood * chance.around(0.12));
  const market = Math.round(12_000 * chance.around(0.1));
  measure('voice', market * Math.min(0.9, 0.06 * awareness * chance.around(0.15)), { total: market });
}
