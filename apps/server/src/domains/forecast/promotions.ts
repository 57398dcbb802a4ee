import { refuse } from '#errors.ts';
import type { Uuid } from '#lib/id.ts';
import { isDay } from '#lib/time.ts';
import type { ForecastDeps } from './deps.ts';
import type { Promotions } from './schema.ts';
import { promotionsOf, putPromotions } from './store.ts';

/** The promotion calendar of a brand, by day. */
export async function promotionList(deps: ForecastDeps, brandId: Uuid): Promise<Promotions> {
  return { promotions: await deps.db.brand(brandId, (tx) => promotionsOf(tx, brandId)) };
}

/** Sets the whole calendar. @throws Refusal forecast.promotion_invalid; nothing was changed then */
export async function changePromotions(
  deps: ForecastDeps,
  brandId: Uuid,
  { promotions }: Promotions,
  actor: string,
): Promise<Promotions> {
  for (const { name, from, to } of promotions) {
    if (!isDay(from) || !isDay(to) || from >= to) throw refuse('forecast.promotion_invalid', { name });
  }
  const sorted = [...promotions].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  await deps.db.brand(brandId, async (tx) => {
    const before = await promotionsOf(tx, brandId);
    await putPromotions(tx, brandId, sorted);
    const detail = { before: before.length, after: sorted.length };
    await deps.audit(tx, brandId, { actor, action: 'promotions.set', subject: 'promotions', detail });
  });
  return promotionList(deps, brandId);
}
