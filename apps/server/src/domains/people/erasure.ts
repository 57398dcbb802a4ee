import { setTimeout } from 'node:timers/promises';
import type { Tx } from '#adapters/postgres.ts';
import type { Deps } from '#deps.ts';
import { refuse } from '#errors.ts';
import { newUuid, publicId, type Uuid } from '#lib/id.ts';
import {
  deletePersons,
  identifiersOf,
  insertErasure,
  insertTombstones,
  noteSweep,
  saltOf,
  takeErasure,
} from './erasure-store.ts';
import { countEvents, eraseEvents } from './event-erasure.ts';
import { lockAlone } from './identity-store.ts';
import { type IdentifierRow, membersOf } from './store.ts';
import { readOrderIds } from './timeline.ts';
import { digestOf, newSalt } from './tombstone.ts';

/** Adds to the audit trail in the transaction of the change. */
export type Audit = (
  tx: Tx,
  brandId: Uuid,
  fact: { actor: string; action: string; subject: string; detail?: unknown },
) => Promise<void>;

/**
 * Removes what another domain keeps of a person, in the transaction of the erasure (a system transaction). Called once
 * for the person and once for each person merged into it, each time with the identifiers that are that one's own.
 * `orderIds` are the public ids of the orders that the person's stored events name.
 * @returns number of rows or events changed
 */
export type Eraser = (
  tx: Tx,
  brandId: Uuid,
  personId: Uuid,
  identifiers: readonly IdentifierRow[],
  orderIds: readonly string[],
) => Promise<number>;

export interface SweepDeps extends Pick<Deps, 'db' | 'ch' | 'now' | 'log'> {
  figuresChanged: (tx: Tx, brandId: Uuid) => Promise<void>;
}
export interface ErasureDeps extends SweepDeps {
  audit: Audit;
  erasers: readonly Eraser[];
}

/**
 * After the first sweep of ClickHouse, others follow after these delays: a batch that was on its way to ClickHouse, or is
 * sent again after a crash, may bring events of the person back.
 */
const laterSweepsMs = [180_000, 900_000];

/** A large history takes the engine longer than this; the request is answered then, and the sweep goes on. */
const waitMs = 15_000;

export interface ErasureResult {
  identifiers: number;
  events: number;
}

/**
 * Erases a person and everyone merged into it: identifiers, name, traits, merges and whatever other domains registered,
 * in one transaction; then makes its events anonymous. Of each identifier a salted hash stays, so that neither a replay
 * nor a later event makes the person known again.
 * @throws Refusal `person.not_found`
 */
export async function erasePerson(
  deps: ErasureDeps,
  brandId: Uuid,
  id: Uuid,
  by: { actor: string; reason: string },
): Promise<ErasureResult> {
  const { db, ch, log } = deps;
  const before = await db.brand(brandId, (tx) => membersOf(tx, brandId, id));
  if (!before) throw refuse('person.not_found');
  const orderIds = await readOrderIds(ch, brandId, before.memberIds);
  const events = await countEvents(ch, brandId, before.memberIds);
  const erasureId = newUuid();
  const done = await db.system(async (tx) => {
    await lockAlone(tx, brandId);
    const members = await membersOf(tx, brandId, id);
    if (!members) throw refuse('person.not_found');
    const erased = await eraseRows(tx, deps.erasers, brandId, members.memberIds, orderIds);
    const row = {
      id: erasureId,
      personIds: members.memberIds,
      identifiers: erased.identifiers,
      events,
      atMs: deps.now(),
    };
    await insertErasure(tx, brandId, row);
    await deps.audit(tx, brandId, {
      actor: by.actor,
      action: 'person.erased',
      subject: publicId('per', members.rootId),
      detail: { reason: by.reason, identifiers: erased.identifiers, elsewhere: erased.elsewhere, events },
    });
    return { identifiers: erased.identifiers, events };
  });
  const swept = runErasures(deps, erasureId).catch((err) => {
    log.warn({ err }, 'the events of an erased person could not be made anonymous yet; this goes on by itself');
  });
  await Promise.race([swept, setTimeout(waitMs, undefined, { ref: false })]);
  return done;
}

async function eraseRows(
  tx: Tx,
  erasers: readonly Eraser[],
  brandId: Uuid,
  memberIds: readonly Uuid[],
  orderIds: readonly string[],
): Promise<{ identifiers: number; elsewhere: number }> {
  const identifiers = await identifiersOf(tx, brandId, memberIds);
  const salt = await saltOf(tx, brandId, newSalt());
  await insertTombstones(
    tx,
    brandId,
    identifiers.map((one) => digestOf(salt, one.namespace, one.value)),
  );
  let elsewhere = 0;
  for (const personId of memberIds) {
    const own = identifiers
      .filter((one) => one.personId === personId)
      .map(({ namespace, value }) => ({ namespace, value }));
    for (const erase of erasers) elsewhere += await erase(tx, brandId, personId, own, orderIds);
  }
  await deletePersons(tx, brandId, memberIds);
  return { identifiers: identifiers.length, elsewhere };
}

/**
 * Carries erasures on to ClickHouse: all that are due, or one. Safe to repeat and to stop anywhere; schedule it every
 * minute.
 * @returns number of sweeps made
 */
export async function runErasures(deps: SweepDeps, only?: Uuid): Promise<number> {
  for (let sweeps = 0; ; sweeps++) {
    const swept = await deps.db.system(async (tx) => {
      const nowMs = deps.now();
      const erasure = await takeErasure(tx, nowMs, only);
      if (!erasure) return false;
      const { brandId, personIds } = erasure;
      const token = `erasure_${erasure.id.replaceAll('-', '')}_${erasure.sweeps}`;
      const events = await eraseEvents(deps.ch, { brandId, personIds, token });
      const delayMs = laterSweepsMs[erasure.sweeps];
      await noteSweep(tx, erasure, { events, nowMs, nextAtMs: delayMs === undefined ? undefined : nowMs + delayMs });
      await deps.figuresChanged(tx, brandId);
      return true;
    });
    if (!swept) return sweeps;
  }
}
