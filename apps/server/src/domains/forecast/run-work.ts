import { setTimeout as sleep } from 'node:timers/promises';
import { DynamicsError, sentenceOf } from '@tandem/dynamics';
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
  markCancelled,
  markEnded,
  markRunning,
  moveRun,
  type RunEnd,
  type RunRow,
  type TakenRun,
} from './run-store.ts';
import { runId } from './run-view.ts';
import type { Task, TaskResult } from './task.ts';

/** How often a run tells how far it is and asks whether it shall stop. */
const beatMs = 400;

/**
 * Works a run to its end. Leaves no trace when `signal` says that the process stops: the run is then taken up by whoever is
 * told next, from its beginning.
 */
export async function workRun(deps: ForecastDeps, brandId: Uuid, id: Uuid, signal: AbortSignal): Promise<void> {
  const taken = await deps.db.brand(brandId, async (tx) => {
    await deleteBatchesOf(tx, brandId, id);
    return markRunning(tx, brandId, id, deps.now());
  });
  if (taken === undefined) return;
  const row = await deps.db.brand(brandId, (tx) => findRun(tx, brandId, id));
  if (row === undefined) return;
  const { attempts } = limitsOf(deps);
  const mine = { ...row, attempts: taken.attempts };
  if (taken.cancelling) return finish(deps, brandId, mine, { state: 'cancelled' });
  if (taken.attempts > attempts) {
    return finish(deps, brandId, mine, failed(refuse('forecast.run_died', { attempts })));
  }
  const end = await computed(deps, brandId, mine, signal);
  if (end === undefined) {
    await deps.db.brand(brandId, (tx) => giveBack(tx, brandId, mine)).catch(() => undefined);
    return;
  }
  await finish(deps, brandId, mine, end);
}

/** A run at work: what its thread tells, and what it is told. */
interface AtWork {
  deps: ForecastDeps;
  brandId: Uuid;
  row: RunRow & TakenRun;
  progress: { share: number; stage: { en: string; zh: string } | undefined };
  /** Given when the thread has ended, one way or another. */
  over: AbortController;
  /** Given when somebody has asked for the end. */
  cancelled: AbortController;
  /** Given when the process stops. */
  signal: AbortSignal;
}

/** Undefined when the process stops before the run has ended. */
async function computed(
  deps: ForecastDeps,
  brandId: Uuid,
  row: RunRow & TakenRun,
  signal: AbortSignal,
): Promise<RunEnd | undefined> {
  const progress = { share: 0, stage: undefined };
  const over = new AbortController();
  const cancelled = new AbortController();
  const work: AtWork = { deps, brandId, row, progress, over, cancelled, signal };
  let thread: RunThread | undefined;
  let watching: Promise<void> | undefined;
  try {
    thread = await threadFor(work);
    watching = watch(work, thread);
    const result = await thread.result;
    return ended(result, cancelled.signal.aborted, limitsOf(deps).resultBytes);
  } catch (error) {
    if (cancelled.signal.aborted) return { state: 'cancelled' };
    if (signal.aborted) return undefined;
    deps.log.error({ err: error, run: runId(row.kind, row.id) }, 'forecast run failed');
    return failed(refusalOf(error));
  } finally {
    over.abort();
    await watching;
    await thread?.stop();
  }
}

async function threadFor(work: AtWork): Promise<RunThread> {
  const { deps, brandId, row, over, cancelled } = work;
  const task = await taskFor(deps, brandId, row);
  const several = (await deps.workers()).some((name) => name !== deps.processName);
  const ends = AbortSignal.any([over.signal, cancelled.signal]);
  return deps.startRun(task, {
    onProgress: (share, stage) => {
      work.progress = { share, stage };
    },
    ...(several && {
      share: async (runs, points) => {
        const { values, makers } = await shareRuns(deps, { brandId, id: row.id }, runs, points, ends);
        const made = { run: runId(row.kind, row.id), parts: makers.length, processes: new Set(makers).size };
        deps.log.info(made, 'big ensemble made by several processes');
        return values;
      },
    }),
  });
}

/** Writes progress and looks for a cancel until the thread has ended; ends it when the process stops. */
async function watch(work: AtWork, thread: RunThread): Promise<void> {
  const { deps, brandId, row, over, signal } = work;
  const stop = () => void thread.stop();
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      await sleep(beatMs, undefined, { signal: over.signal }).catch(() => undefined);
      if (over.signal.aborted) return;
      // A store that is away for a moment does not end the computation.
      const moved = await deps.db
        .brand(brandId, (tx) => moveRun(tx, brandId, row, work.progress))
        .catch(() => ({ cancelling: false }));
      if (moved?.cancelling === false) continue;
      await cancel(work, thread);
      return;
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/**
 * Has a computation hand over what it has. Whoever pressed cancel does not wait for that: after a moment the run counts as
 * cancelled, and what comes in time is added to it.
 */
async function cancel({ deps, brandId, row, over, cancelled }: AtWork, thread: RunThread): Promise<void> {
  const { cancelMs, handOverMs } = limitsOf(deps);
  cancelled.abort();
  thread.cancel();
  await sleep(cancelMs, undefined, { signal: over.signal }).catch(() => undefined);
  if (over.signal.aborted) return;
  await deps.db.brand(brandId, (tx) => markCancelled(tx, brandId, row, deps.now())).catch(() => undefined);
  await sleep(handOverMs, undefined, { signal: over.signal }).catch(() => undefined);
  if (!over.signal.aborted) await thread.stop();
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

/** @throws Refusal forecast.result_too_large */
function ended(result: TaskResult, cancelled: boolean, bytesMax: number): RunEnd {
  const text = JSON.stringify(result);
  const bytes = Buffer.byteLength(text);
  if (bytes > bytesMax) throw refuse('forecast.result_too_large', { megabytes: Math.ceil(bytes / 1e6) });
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

async function finish(deps: ForecastDeps, brandId: Uuid, row: RunRow & TakenRun, end: RunEnd): Promise<void> {
  await deps.db.brand(brandId, async (tx) => {
    if (!(await markEnded(tx, brandId, row, end, deps.now()))) return;
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
