import type { Db, Tx } from '#adapters/postgres.ts';
import type { Uuid } from '#lib/id.ts';
import type { Fact } from './fact.ts';
import { oldestLedgerMonth } from './ledger-month.ts';
import { spoolEntry } from './spool.ts';
import {
  backlog,
  brandVersion,
  bumpBrandVersion,
  dropLedgerBefore,
  forgetBatches,
  forgetQuarantine,
  insertSpool,
} from './store.ts';

export { type EventType, type EventTypeName, eventType, eventTypes } from './catalogue.ts';
export { type Drainer, startDrainer } from './drainer.ts';
export type { Dimensions, Fact } from './fact.ts';
export { pipelineOf } from './pipeline.ts';
export { openSpool, type Spool } from './spool.ts';

/**
 * Records facts in the caller's transaction: they reach ClickHouse if and only if it commits, each once, whatever crashes.
 * A fact whose id was recorded before changes nothing.
 */
export async function record(
  tx: Tx,
  brandId: Uuid,
  source: string,
  facts: readonly Fact[],
  nowMs = Date.now(),
): Promise<void> {
  if (facts.length > 0) await insertSpool(tx, [spoolEntry(brandId, source, nowMs, facts)]);
}

/** Events of all brands that are accepted and cannot be queried yet. */
export async function waitingEvents(db: Db): Promise<number> {
  return (await db.system((tx) => backlog(tx))).events;
}

/** A number that changes whenever the figures of a brand may have changed. */
export function dataVersion(db: Db, brandId: Uuid): Promise<number> {
  return db.brand(brandId, (tx) => brandVersion(tx, brandId));
}

/** Says that figures of a brand changed by other means than new events (a merge, an erasure). */
export function figuresChanged(tx: Tx, brandId: Uuid): Promise<void> {
  return bumpBrandVersion(tx, brandId);
}

/** Deletes quarantined events that name one of these identifiers, for the erasure of a person; answers how many. */
export { deleteQuarantineOf as forgetQuarantined } from './store.ts';

/** Drops what the pipeline needs no longer. Idempotent; called every few minutes. */
export async function forget(db: Db, nowMs: number): Promise<void> {
  await db.system(async (tx) => {
    await forgetBatches(tx);
    await forgetQuarantine(tx);
    await dropLedgerBefore(tx, oldestLedgerMonth(nowMs));
  });
}
