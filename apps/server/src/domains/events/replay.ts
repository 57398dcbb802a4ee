import type { Tx } from '#adapters/postgres.ts';
import type { Uuid } from '#lib/id.ts';
import { accept } from './accept.ts';
import type { Fact } from './fact.ts';
import { hourOf, spoolEntry } from './spool.ts';
import { addHourly, deleteQuarantine, insertSpool, type QuarantineRow, quarantineOf } from './store.ts';

const replayMax = 5_000;

/**
 * Judges quarantined events again, by the rules and settings of today; those that are good now go into the spool in the
 * same transaction that takes them out of quarantine. Up to 5,000 a call.
 */
export async function replayQuarantine(
  tx: Tx,
  brand: { id: Uuid; currency: string },
  wanted: { code?: string; ids?: readonly string[] },
  nowMs: number,
): Promise<{ replayed: number; stillQuarantined: number }> {
  const rows = await quarantineOf(tx, brand.id, { limit: replayMax, code: wanted.code, ids: wanted.ids });
  const seen = new Set<Uuid>();
  const good: { row: QuarantineRow; fact: Fact | undefined }[] = [];
  for (const row of rows) {
    const result = accept(parsed(row.body), { currency: brand.currency, nowMs }, seen);
    if (result.kind === 'quarantined') continue;
    good.push({ row, fact: result.kind === 'accepted' ? result.fact : undefined });
  }
  const facts = good.flatMap((one) => one.fact ?? []);
  if (facts.length > 0) await insertSpool(tx, [spoolEntry(brand.id, 'replay', nowMs, facts)]);
  await deleteQuarantine(
    tx,
    brand.id,
    good.map((one) => one.row.id),
  );
  // What is replayed is accepted anew in this hour, so the hour that set it aside gives it up.
  await addHourly(
    tx,
    good.map(({ row, fact }) => ({
      brandId: brand.id,
      hour: hourOf(row.receivedAt.getTime()),
      accepted: fact ? -1 : 0,
      stored: 0,
      duplicate: fact ? 0 : 1,
      quarantined: -1,
    })),
  );
  return { replayed: good.length, stillQuarantined: rows.length - good.length };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
