import type { PoolClient } from 'pg';
import { isEngineError } from '#adapters/clickhouse.ts';
import type { Tx } from '#adapters/postgres.ts';
import type { Deps } from '#deps.ts';
import { brandsByIds } from '#domains/access/index.ts';
import { createResolver, keptProps, type Resolution, type Resolver } from '#domains/people/index.ts';
import { newUuid, nilUuid, type Uuid, uuidTimeMs } from '#lib/id.ts';
import { dayIn, msPerDay } from '#lib/time.ts';
import { decodeFacts, type Fact, storedRow } from './fact.ts';
import { oldestLedgerMonth } from './ledger-month.ts';
import { hourOf, pack, unpack } from './spool.ts';
import * as store from './store.ts';

/** Takes events from the spool to ClickHouse, each exactly once. One works at a time in an installation. */
export interface Drainer {
  /** Says that there may be something to do. */
  wake(): void;
  /** Resolves once everything committed to the spool before the call can be queried. */
  drained(): Promise<void>;
  stop(): Promise<void>;
}

export type DrainerDeps = Pick<Deps, 'db' | 'ch' | 'log' | 'now'>;

const batchEventsMax = 10_000;
/** A full batch follows at once; a small one waits this long, because the engine likes few large inserts. */
const lingerMs = 150;
const idleMs = 1_000;
const lockKey = 7261002;

export function startDrainer(deps: DrainerDeps): Drainer {
  let stopping = false;
  let wakeUp: () => void = () => undefined;
  let awake = false;
  const wake = () => {
    awake = true;
    wakeUp();
  };
  const sleep = (ms: number) =>
    new Promise<void>((done) => {
      const timer = setTimeout(done, ms);
      wakeUp = () => {
        clearTimeout(timer);
        done();
      };
      if (stopping) wakeUp();
    });
  const running = (async () => {
    while (!stopping) {
      try {
        await leadAndDrain(
          deps,
          () => stopping,
          async (busy) => {
            if (busy) return;
            if (!awake) await sleep(idleMs);
            if (awake && !stopping) await new Promise((done) => setTimeout(done, lingerMs));
            awake = false;
          },
        );
      } catch (error) {
        deps.log.warn({ err: error }, 'the pipeline stopped for a moment; what was accepted is kept and goes on');
        await sleep(500);
      }
    }
  })();
  return {
    wake,
    async drained() {
      wake();
      while (!stopping && (await deps.db.system((tx) => store.backlog(tx))).events > 0) {
        wake();
        await new Promise((done) => setTimeout(done, 50));
      }
    },
    async stop() {
      stopping = true;
      wakeUp();
      await running;
    },
  };
}

/** Holds the lock that makes this process the one drainer, then drains until told to stop or something fails. */
async function leadAndDrain(
  deps: DrainerDeps,
  stopping: () => boolean,
  rest: (busy: boolean) => Promise<void>,
): Promise<void> {
  const lock = await deps.db.connect();
  let lost: Error | undefined;
  const onError = (error: Error) => {
    lost = error;
  };
  lock.on('error', onError);
  try {
    while (!(await tryLock(lock))) {
      if (stopping()) return;
      await rest(false);
    }
    const epoch = await deps.db.system((tx) => store.epochOf(tx));
    await resume(deps, epoch);
    const resolver = createResolver({ now: deps.now });
    let inserting: Promise<void> | undefined;
    try {
      while (!stopping()) {
        if (lost) throw lost;
        const batch = await deps.db.system((tx) => seal(tx, resolver, deps.now()));
        // While the engine takes one batch in, Postgres prepares the next; never more than these two are open.
        await inserting;
        inserting = batch && deliver(deps, epoch, batch);
        inserting?.catch(() => undefined);
        await rest((batch?.events ?? 0) >= batchEventsMax / 2);
      }
    } finally {
      await inserting;
    }
  } finally {
    lock.off('error', onError);
    lock.release(true);
  }
}

async function tryLock(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [lockKey]);
  return rows[0]?.locked === true;
}

/** After a start: sends again what was sealed, and what was done so lately that a power cut could have taken it. */
async function resume(deps: DrainerDeps, epoch: string): Promise<void> {
  for (const batch of await deps.db.system((tx) => store.recentBatches(tx))) {
    await insert(deps, epoch, batch);
  }
  for (;;) {
    const open = await deps.db.system((tx) => store.sealedBatches(tx));
    if (open.length === 0) return;
    for (const batch of open) await deliver(deps, epoch, batch);
  }
}

/** Cuts the next batch: claims ids, resolves persons, fixes the bytes, all in one transaction. */
async function seal(tx: Tx, resolver: Resolver, nowMs: number): Promise<store.Batch | undefined> {
  const rows = await store.takeSpool(tx, batchEventsMax);
  if (rows.length === 0) return undefined;
  const entries = rows.flatMap((row) => decodeFacts(unpack(row.body)).map((fact) => ({ fact, row })));
  const fresh = await claim(tx, entries, nowMs);
  const persons = await personsOf(tx, resolver, fresh);
  const batchId = await store.nextBatchId(tx);
  const brandIds = [...new Set(rows.map((row) => row.brandId))];
  const settings = new Map((await brandsByIds(tx, brandIds)).map((b) => [b.id, { ...b, dayOf: dayOf(b.zone) }]));
  const tally = new Map<string, store.HourlyChange>();
  for (const row of rows) {
    const change = tallyOf(tally, row);
    change.accepted += row.events;
    change.duplicate += row.events;
  }
  let text = '';
  let events = 0;
  for (const [index, { fact, row }] of fresh.entries()) {
    const brand = settings.get(row.brandId);
    // A brand deleted in the meantime: its events have nowhere to go, and count as repeats do.
    if (!brand) continue;
    const { personId = nilUuid, erased } = persons[index]!;
    text += `${storedRow(erased ? withoutPerson(fact) : fact, {
      brandId: row.brandId,
      day: brand.dayOf(fact.occurredAtMs),
      personId,
      receivedAtMs: row.receivedAtMs,
      batchId,
      source: row.source,
      currency: brand.currency,
    })}\n`;
    events++;
    const change = tallyOf(tally, row);
    change.duplicate--;
    change.stored++;
  }
  await store.addHourly(
    tx,
    [...tally.values()].map((change) => ({ ...change, stored: 0 })),
  );
  await store.deleteSpool(
    tx,
    rows.map((row) => row.seq),
  );
  const stored = [...tally.values()]
    .filter((change) => change.stored > 0)
    .map(({ brandId, hour, stored }) => ({ brandId, hour, stored }));
  const batch = { id: batchId, events, tally: stored, body: pack(Buffer.from(text)) };
  if (events > 0) await store.insertBatch(tx, batch);
  return batch;
}

interface Entry {
  fact: Fact;
  row: store.SpoolRow;
}

const dayFunctions = new Map<string, (ms: number) => string>();

function dayOf(zone: string): (ms: number) => string {
  const known = dayFunctions.get(zone) ?? dayIn(zone);
  dayFunctions.set(zone, known);
  return known;
}

function tallyOf(tally: Map<string, store.HourlyChange>, row: store.SpoolRow): store.HourlyChange {
  const hour = hourOf(row.receivedAtMs);
  const key = `${row.brandId} ${hour}`;
  const change = tally.get(key) ?? { brandId: row.brandId, hour, accepted: 0, stored: 0, duplicate: 0, quarantined: 0 };
  tally.set(key, change);
  return change;
}

/** Ids with no time in them, or one that is far off, share one partition of the ledger, which is never dropped. */
const timeless = '1970-01-01';

/** Entries whose ids were free, the first of each id. */
async function claim(tx: Tx, entries: readonly Entry[], nowMs: number): Promise<Entry[]> {
  const oldest = oldestLedgerMonth(nowMs);
  const months = entries.map(({ fact }) => {
    const ms = uuidTimeMs(fact.id);
    const month = ms === undefined || ms > nowMs + msPerDay ? timeless : `${new Date(ms).toISOString().slice(0, 7)}-01`;
    return month < oldest ? timeless : month;
  });
  for (const month of new Set(months)) if (month !== timeless) await store.ensureLedgerMonth(tx, month);
  const free = await store.claimIds(
    tx,
    months,
    entries.map((e) => e.fact.id),
    entries.map((e) => e.row.brandId),
  );
  return entries.filter(({ fact, row }) => free.delete(fact.id + row.brandId));
}

/** What is kept of the event of somebody who was erased: the sums, and nothing that says who it was. */
function withoutPerson({ h3: _, props = {}, ...fact }: Fact): Fact {
  return { ...fact, props: Object.fromEntries(Object.entries(props).filter(([name]) => keptProps.includes(name))) };
}

async function personsOf(tx: Tx, resolver: Resolver, entries: readonly Entry[]): Promise<Resolution[]> {
  const persons: Resolution[] = new Array(entries.length).fill({ personId: undefined });
  const known = entries.flatMap(({ fact, row }, index) =>
    fact.identifiers && Object.keys(fact.identifiers).length > 0
      ? [{ index, brandId: row.brandId, identifiers: fact.identifiers, occurredAtMs: fact.occurredAtMs }]
      : [],
  );
  if (known.length === 0) return persons;
  const resolved = await resolver.resolve(tx, known);
  for (const [position, { index }] of known.entries()) persons[index] = resolved[position]!;
  return persons;
}

/** Inserts a sealed batch and counts it as stored. */
async function deliver(deps: DrainerDeps, epoch: string, batch: store.Batch): Promise<void> {
  if (batch.events === 0) return;
  try {
    await insert(deps, epoch, batch);
  } catch (error) {
    if (!isEngineError(error) || !isRefusedForGood(error)) throw error;
    await split(deps, epoch, batch, error);
    return;
  }
  await deps.db.system((tx) => store.finishBatch(tx, batch));
}

function insert(deps: DrainerDeps, epoch: string, batch: store.Batch): Promise<void> {
  return deps.ch.insertNdjson('events', unpack(batch.body), `${epoch}-${batch.id}`);
}

/**
 * Engine errors that lie in the rows themselves: type and parse errors (6, 27, 38, 41, 53, 69, 70, 72, 117, 131, 441) and
 * too many partitions in one block (252). Anything else (memory, disk, shutdown) passes, and the batch is sent again.
 */
function isRefusedForGood(error: { code: string }): boolean {
  return ['6', '27', '38', '41', '53', '69', '70', '72', '117', '131', '252', '441'].includes(error.code);
}

/** The engine refused the batch: its halves are tried, down to the one event that is at fault, which is quarantined. */
async function split(deps: DrainerDeps, epoch: string, batch: store.Batch, reason: Error): Promise<void> {
  const lines = unpack(batch.body).toString('utf8').trimEnd().split('\n');
  const rows = lines.map((line) => ({
    line,
    ...(JSON.parse(line) as { brand_id: Uuid; received_at: number; source: string }),
  }));
  const parts = await deps.db.system(async (tx) => {
    await store.deleteBatch(tx, batch.id);
    if (rows.length === 1) {
      const { line, brand_id: brandId, received_at: receivedAtMs, source } = rows[0]!;
      const params = { problem: reason.message.slice(0, 300) };
      await store.insertQuarantine(tx, [
        { brandId, id: newUuid(), receivedAtMs, source, code: 'event.store_refused', params, body: line },
      ]);
      const hour = hourOf(receivedAtMs);
      await store.addHourly(tx, [{ brandId, hour, accepted: 0, stored: 0, duplicate: 0, quarantined: 1 }]);
      return [];
    }
    const middle = Math.ceil(rows.length / 2);
    const halves: store.Batch[] = [];
    for (const half of [rows.slice(0, middle), rows.slice(middle)]) {
      const id = await store.nextBatchId(tx);
      const body = pack(Buffer.from(`${half.map((row) => row.line).join('\n')}\n`));
      const tally = half.map((row) => ({ brandId: row.brand_id, hour: hourOf(row.received_at), stored: 1 }));
      const part = { id, events: half.length, tally, body };
      await store.insertBatch(tx, part);
      halves.push(part);
    }
    return halves;
  });
  for (const part of parts) await deliver(deps, epoch, part);
}
