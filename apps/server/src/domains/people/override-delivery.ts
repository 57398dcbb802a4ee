import type { Tx } from '#adapters/postgres.ts';
import type { Deps } from '#deps.ts';
import type { Uuid } from '#lib/id.ts';
import { removeOverrides, takeOverrides } from './merge-store.ts';

export interface DeliveryDeps extends Pick<Deps, 'db' | 'ch'> {
  /** Says that figures of the brand changed by other means than new events. */
  figuresChanged: (tx: Tx, brandId: Uuid) => Promise<void>;
}

const rowsAtOnce = 10_000;

/**
 * Tells ClickHouse which person each merged person counts as. Safe to run at any time and in several processes: a row
 * told twice is the same row, because readers take the highest version of each person.
 * @returns number of rows told
 */
export async function deliverOverrides(deps: DeliveryDeps): Promise<number> {
  let total = 0;
  for (;;) {
    const told = await deps.db.system(async (tx) => {
      const rows = await takeOverrides(tx, rowsAtOnce);
      if (rows.length === 0) return 0;
      const ndjson = rows
        .map(({ brandId, personId, intoId, version, deleted }) =>
          JSON.stringify({
            brand_id: brandId,
            person_id: personId,
            into_id: intoId,
            version,
            deleted: deleted ? 1 : 0,
          }),
        )
        .join('\n');
      await deps.ch.insertNdjson(
        'person_override',
        Buffer.from(`${ndjson}\n`),
        `people-${rows[0]!.seq}-${rows.at(-1)!.seq}`,
      );
      await removeOverrides(
        tx,
        rows.map((row) => row.seq),
      );
      for (const brandId of [...new Set(rows.map((row) => row.brandId))].sort()) await deps.figuresChanged(tx, brandId);
      return rows.length;
    });
    total += told;
    if (told < rowsAtOnce) return total;
  }
}
