import { setTimeout as sleep } from 'node:timers/promises';
import { DynamicsError, sentenceOf } from '@tandem/dynamics';
import type { PoolClient } from 'pg';
import { Refusal, refuse } from '#errors.ts';
import type { Uuid } from '#lib/id.ts';
import { type ForecastDeps, limitsOf, type RunThread } from './deps.ts';
import { sha256 } from './hash.ts';
import { deleteBatchesOf } from './part-store.ts';
import { shareRuns } from './parts.ts';
import { taskOf } from './requests.ts';
import { contentOf } from './run-read.ts';
import {
  findRun,
  giveBack,
  listOpenRuns,
  markEnded,
  markRunning,
  moveRun,
  type RunEnd,
  type RunRow,
} from './run-store.ts';
import { runId } from './run-view.ts';
import type { Task, TaskResult } from './task.ts';

/** How often a run tells how far it is and asks whether it shall stop. */
const beatMs = 400;

/**
 * Works open runs one after the other, while one of the installation's places is free. Places and runs are held by
 * advisory locks of one connection, so that they are free again when the process dies.
 */
export async function workForecasts(deps: ForecastDeps, signal: AbortSignal): Promise<void> {
  const client = await deps.db.connect();
  client.on('error', () => undefined);
  try {
    do {
      const place = await takePlace(deps, client);
      if (place === undefined) return;
      await workAll(deps, client, signal);
      await unlock(client, place);
      // A start that found all places taken counts on whoever held them to look once more.
    } while (!signal.aborted && (await anyWaiting(deps)));
  } finally {
    client.release(true);
  }
}

async function workAll(deps: ForecastDeps, client: PoolClient, signal: AbortSignal): Promise<void> {
  const done = new Set<Uuid>();
  while (!signal.aborted) {
    const open = await deps.db.system((tx) => listOpenRuns(tx));
    let worked = false;
    for (const { brandId, id } of open) {
      if (done.has(id) || !(await tryLock(client, lockName(id)))) continue;
      done.add(id);
      worked = true;
      await workRun(deps, brandId, id, signal);
      await unlock(client, lockName(id));
      break;
    }
    if (!worked) return;
  }
}

async function anyWaiting(deps: ForecastDeps): Promise<boolean> {
  await sleep(50);
  const open = await deps.db.system((tx) => listOpenRuns(tx));
  return open.some(({ state }) => state === 'waiting');
}

/**
 * Works a run to its end. Leaves no trace when `signal` says that the process stops: the run is then taken up by whoever is
 * told next, from its beginning.
 */
async function workRun(deps: ForecastDeps, brandId: Uuid, id: Uuid, signal: AbortSignal): Promise<void> {
  const taken = await deps.db.brand(brandId, async (tx) => {
    await deleteBatchesOf(tx, brandId, id);
    return markRunning(tx, brandId, id, deps.now());
  });
  if (taken === undefined) return;
  const row = await deps.db.brand(brandId, (tx) => findRun(tx, brandId, id));
  if (row === undefined) return;
  const { attempts } = limitsOf(deps);
  if (taken.cancelling) return finish(deps, brandId, row, { state: 'cancelled' });
  if (taken.attempts > attempts) {
    return finish(deps, brandId, row, failed(refuse('forecast.run_died', { attempts })));
  }
  const end = await computed(deps, brandId, row, signal);
  if (end === undefined) {
    await deps.db.brand(brandId, (tx) => giveBack(tx, brandId, id)).catch(() => undefined);
    return;
  }
  await finish(deps, brandId, row, end);
}

/** Undefined when the process stops before the run has ended. */
async function computed(
  deps: ForecastDeps,
  brandId: Uuid,
  row: RunRow,
  signal: AbortSignal,
): Promise<RunEnd | undefined> {
  const over = new AbortController();
  let progress: { share: number; stage: { en: string; zh: string } | undefined } = { share: 0, stage: undefined };
  let thread: RunThread | undefined;
  try {
    const task = await taskFor(deps, brandId, row);
    const several = (await deps.workers()) > 1;
    thread = deps.startRun(task, {
      onProgress: (share, stage) => {
        progress = { share, stage };
      },
      ...(several && {
        share: async (runs, points) => {
          const { values, makers } = await shareRuns(deps, { brandId, id: row.id }, runs, points, over.signal);
          const made = { run: runId(row.kind, row.id), parts: makers.length, processes: new Set(makers).size };
          deps.log.info(made, 'big ensemble made by several processes');
          return values;
        },
      }),
    });
    const cancelled = watch(deps, brandId, row.id, () => progress, thread, over, signal);
    const result = await thread.result;
    over.abort();
    return ended(result, await cancelled);
  } catch (error) {
    const cancelled = over.signal.aborted && over.signal.reason === 'cancelled';
    over.abort();
    if (signal.aborted) return undefined;
    if (cancelled) return { state: 'cancelled' };
    deps.log.error({ err: error, run: runId(row.kind, row.id) }, 'forecast run failed');
    return failed(refusalOf(error));
  } finally {
    over.abort();
    await thread?.stop();
  }
}

/**
 * Writes progress and looks for a cancel until the thread has ended. A thread that does not end in time after a cancel
 * is ended from outside. Resolves with whether the run was cancelled.
 */
async function watch(
  deps: ForecastDeps,
  brandId: Uuid,
  id: Uuid,
  progress: () => Parameters<typeof moveRun>[3],
  thread: RunThread,
  over: AbortController,
  signal: AbortSignal,
): Promise<boolean> {
  const stop = () => void thread.stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    while (!over.signal.aborted && !signal.aborted) {
      await sleep(beatMs, undefined, { signal: over.signal }).catch(() => undefined);
      if (over.signal.aborted) break;
      // A store that is away for a moment does not end the computation.
      const moved = await deps.db
        .brand(brandId, (tx) => moveRun(tx, brandId, id, progress()))
        .catch(() => ({ cancelling: false }));
      if (moved?.cancelling === false) continue;
      thread.cancel();
      await sleep(limitsOf(deps).cancelMs, undefined, { signal: over.signal }).catch(() => undefined);
      if (!over.signal.aborted) {
        over.abort('cancelled');
        await thread.stop();
      }
      return true;
    }
    return false;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function taskFor(deps: ForecastDeps, brandId: Uuid, row: RunRow): Promise<Task> {
  const { input } = await contentOf(deps, brandId, row.id);
  if (row.fitId === null) return taskOf(input, row.seed, undefined);
  const fit = await contentOf(deps, brandId, row.fitId);
  const backtest = row.backtestId === null ? null : (await contentOf(deps, brandId, row.backtestId)).result;
  if (fit.input.kind !== 'fit' || fit.result?.kind !== 'fit' || (backtest !== null && backtest.kind !== 'backtest')) {
    throw new Error('what a run builds on is not what it should be');
  }
  return taskOf(input, row.seed, { fitInput: fit.input, fit: fit.result, backtest });
}

function ended(result: TaskResult, cancelled: boolean): RunEnd {
  const text = JSON.stringify(result);
  return { state: cancelled ? 'cancelled' : 'done', result: text, resultHash: sha256(text) };
}

function failed(refusal: Refusal): RunEnd {
  return { state: 'failed', error: { code: refusal.code, en: refusal.message, zh: refusal.messageZh } };
}

/** What a failure of a computation says of itself. */
function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof DynamicsError) {
    const say = (language: 'en' | 'zh') => error.diagnostics.slice(0, 5).map((one) => sentenceOf(one, language));
    return refuse('forecast.model_broken', { detail: say('en').join(' '), detailZh: say('zh').join('') });
  }
  if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return refuse('forecast.memory');
  }
  return refuse('forecast.run_failed', { detail: error instanceof Error ? error.message : String(error) });
}

async function finish(deps: ForecastDeps, brandId: Uuid, row: RunRow, end: RunEnd): Promise<void> {
  await deps.db.brand(brandId, async (tx) => {
    if (!(await markEnded(tx, brandId, row.id, end, deps.now()))) return;
    await deps.audit(tx, brandId, {
      actor: row.actor,
      action: `forecast.${row.kind}_${end.state}`,
      subject: runId(row.kind, row.id),
      detail: {
        ...(end.resultHash !== undefined && { result: end.resultHash }),
        ...(end.error && { error: end.error.code }),
      },
    });
  });
}

/** A place among those of this process, and one among those of all. */
async function takePlace(deps: ForecastDeps, client: PoolClient): Promise<string | undefined> {
  for (let place = 1; place <= limitsOf(deps).running; place++) {
    const name = `tandem.forecast.place.${place}`;
    if (await tryLock(client, name)) return name;
  }
  return undefined;
}

function lockName(id: Uuid): string {
  return `tandem.forecast.${id}`;
}

async function tryLock(client: PoolClient, name: string): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(
    'select pg_try_advisory_lock(hashtextextended($1, 0)) as taken',
    [name],
  );
  return rows[0]?.taken === true;
}

async function unlock(client: PoolClient, name: string): Promise<void> {
  await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [name]);
}
