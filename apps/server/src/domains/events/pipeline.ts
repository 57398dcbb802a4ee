import type { Deps } from '#deps.ts';
import type { Uuid } from '#lib/id.ts';
import type { Pipeline } from './schema.ts';
import { hoursOf, totalsOf } from './store.ts';

/**
 * Where the events of a brand are. It reconciles when what was accepted is all accounted for, and when ClickHouse holds
 * as many rows as were stored (compared only while nothing is on its way, because the two stores are not read at once).
 */
export async function pipelineOf(
  deps: Pick<Deps, 'db' | 'ch' | 'now'>,
  brandId: Uuid,
  hours: number,
): Promise<Pipeline> {
  const since = new Date(deps.now() - hours * 3_600_000);
  const before = await deps.db.brand(brandId, async (tx) => ({
    totals: await totalsOf(tx, brandId),
    rows: await hoursOf(tx, brandId, since),
  }));
  const counted = await deps.ch.rows<{ events: string }>(
    `SELECT count() AS events FROM events WHERE brand_id = {brand:UUID}`,
    { brand: brandId },
  );
  const { oldest, ...totals } = before.totals;
  const inEngine = Number(counted[0]?.events ?? 0);
  return {
    ...totals,
    reconciles: totals.pending > 0 ? totals.pending >= 0 && inEngine >= totals.stored : inEngine === totals.stored,
    lagMs: oldest ? Math.max(0, deps.now() - oldest.getTime()) : 0,
    oldestPendingAt: oldest?.toISOString() ?? null,
    hours: before.rows.map((row) => ({ ...row, hour: row.hour.toISOString() })),
  };
}
