import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Db, Tx } from '#adapters/postgres.ts';
import { refuse } from '#errors.ts';
import type { Uuid } from '#lib/id.ts';
import { encodeFacts, type Fact } from './fact.ts';
import { addHourly, backlog, insertQuarantine, insertSpool, type QuarantineEntry, type SpoolEntry } from './store.ts';

/** One request's facts as a row of the spool. */
export function spoolEntry(brandId: Uuid, source: string, receivedAtMs: number, facts: readonly Fact[]): SpoolEntry {
  return { brandId, source, receivedAtMs, events: facts.length, body: pack(encodeFacts(facts)) };
}

/** The inverse of what the spool keeps. */
export function unpack(body: Buffer): Buffer {
  return zstdDecompressSync(body);
}

/**
 * Packs bytes as the spool and the sealed batches keep them. Level 1 takes a quarter of a millisecond for a request of 200
 * events: less than handing it to another thread and back.
 */
export function pack(bytes: Buffer): Buffer {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
}

/** What one request wants kept. */
export interface Intake {
  brandId: Uuid;
  source: string;
  receivedAtMs: number;
  facts: readonly Fact[];
  /** Repeats of an id within the request. */
  duplicate: number;
  quarantined: readonly QuarantineEntry[];
  priority: 'commerce' | 'ordinary';
}

/** Takes requests in. Many that arrive together share one commit; a reply is due only after it. */
export interface Spool {
  /** @throws Refusal `events.backlog_full` while too much waits */
  take(intake: Intake): Promise<void>;
  /** Called after each commit, so that the drainer need not poll. */
  onCommit(listener: () => void): void;
  /** Events that wait to be stored, as last looked up (at most a second old). */
  pending(): number;
  close(): Promise<void>;
}

/** Events that may wait before ordinary and before commerce requests are turned away. */
export const backlogMax = { ordinary: 400_000, commerce: 4_000_000 };
const waitingMax = 2_000;
const commitEntriesMax = 200;

interface Waiting {
  entry: SpoolEntry | undefined;
  intake: Intake;
  done: () => void;
  failed: (error: unknown) => void;
}

/**
 * Opens the spool. One commit is under way at a time and takes all that came in the meantime: no timer, and as many
 * requests a commit as the load asks for.
 */
export function openSpool(db: Db): Spool {
  const waiting: Waiting[] = [];
  const listeners: (() => void)[] = [];
  let committing: Promise<void> | undefined;
  let pendingEvents = 0;
  const look = async () => {
    pendingEvents = await db
      .system((tx) => backlog(tx))
      .then(
        (b) => b.events,
        () => pendingEvents,
      );
  };
  const timer = setInterval(look, 1000);
  timer.unref();

  const commitAll = async () => {
    while (waiting.length > 0) {
      const group = waiting.splice(0, commitEntriesMax);
      try {
        await db.system((tx) => write(tx, group));
        for (const one of group) {
          pendingEvents += one.intake.facts.length;
          one.done();
        }
        for (const listener of listeners) listener();
      } catch (error) {
        for (const one of group) one.failed(error);
      }
    }
    committing = undefined;
  };

  return {
    async take(intake) {
      if (pendingEvents > backlogMax[intake.priority] || waiting.length >= waitingMax) {
        throw refuse('events.backlog_full', { pending: pendingEvents, seconds: retrySeconds(pendingEvents) });
      }
      const { brandId, source, receivedAtMs, facts } = intake;
      const entry = facts.length > 0 ? spoolEntry(brandId, source, receivedAtMs, facts) : undefined;
      if (!entry && intake.quarantined.length === 0 && intake.duplicate === 0) return;
      await new Promise<void>((done, failed) => {
        waiting.push({ entry, intake, done, failed });
        committing ??= commitAll();
      });
    },
    onCommit: (listener) => listeners.push(listener),
    pending: () => pendingEvents,
    async close() {
      clearInterval(timer);
      await committing;
    },
  };
}

async function write(tx: Tx, group: readonly Waiting[]): Promise<void> {
  const entries = group.flatMap((one) => one.entry ?? []);
  if (entries.length > 0) await insertSpool(tx, entries);
  const odd = group.filter((one) => one.intake.quarantined.length > 0 || one.intake.duplicate > 0);
  if (odd.length === 0) return;
  await insertQuarantine(
    tx,
    odd.flatMap((one) => one.intake.quarantined),
  );
  await addHourly(
    tx,
    odd.map(({ intake }) => ({
      brandId: intake.brandId,
      hour: hourOf(intake.receivedAtMs),
      accepted: intake.quarantined.length + intake.duplicate,
      stored: 0,
      duplicate: intake.duplicate,
      quarantined: intake.quarantined.length,
    })),
  );
}

/** The hour of an instant, as the counters are kept by. */
export function hourOf(ms: number): string {
  return new Date(ms - (ms % 3_600_000)).toISOString();
}

/** Time in which the drainer takes a backlog down at about 20,000 events a second, within sensible bounds. */
function retrySeconds(pending: number): number {
  return Math.min(60, Math.max(1, Math.round(pending / 20_000)));
}
