import type { Db } from '#adapters/postgres.ts';
import { decodeFacts, type Fact } from '#domains/events/fact.ts';
import { unpack } from '#domains/events/spool.ts';
import type { ImportBrand, Preset, WriteOutcome } from '#domains/imports/index.ts';

/** All facts of a brand that wait in the spool, oldest first; nothing drains it in tests of a single domain. */
export async function recordedFacts(db: Db, brandId: string): Promise<Fact[]> {
  const { rows } = await db.pool.query<{ body: Buffer }>(
    'select body from events.spool where brand_id = $1 order by seq',
    [brandId],
  );
  return rows.flatMap((row) => decodeFacts(unpack(row.body)));
}

/** Writes records of a preset as an import does and counts what happened. */
export async function writeWith<Record>(
  db: Db,
  brand: ImportBrand,
  preset: Preset<Record>,
  records: readonly Record[],
  nowMs = Date.UTC(2026, 5, 1),
): Promise<{ accepted: number; duplicate: number; rejected: number }> {
  const outcomes: WriteOutcome[] = await db.brand(brand.id, (tx) =>
    preset.write(tx, { brand, source: preset.id, nowMs }, records),
  );
  const count = (is: (outcome: WriteOutcome) => boolean) => outcomes.filter(is).length;
  return {
    accepted: count((outcome) => outcome === 'accepted'),
    duplicate: count((outcome) => outcome === 'duplicate'),
    rejected: count((outcome) => typeof outcome !== 'string'),
  };
}
