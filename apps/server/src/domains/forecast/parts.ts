import { setTimeout as sleep } from 'node:timers/promises';
import { deserialize, serialize } from 'node:v8';
import { createEnsemble } from '@tandem/dynamics';
import { nodeThread } from '@tandem/dynamics/node';
import { newUuid, type Uuid } from '#lib/id.ts';
import { type ForecastDeps, limitsOf } from './deps.ts';
import {
  batchState,
  batchTask,
  batchValues,
  deleteBatch,
  finishPart,
  insertBatch,
  type Part,
  takePart,
} from './part-store.ts';
import { secondsOf } from './shared-runs.ts';
import type { SharedRuns } from './task.ts';
import { partTaskOf } from './wake.ts';

/** Parts that one ensemble is split into at most. */
const partsMax = 2_000;
const lookMs = 60;

export interface PartPlace {
  deps: ForecastDeps;
  brandId: Uuid;
  batchId: Uuid;
  signal: AbortSignal;
}

/** What the workers have made together. */
export interface SharedValues {
  values: Float64Array;
  /** Which process made each part. */
  makers: string[];
}

/**
 * Makes an ensemble with all workers of the deployment: splits the points, tells the others, works on parts itself, and
 * puts the values together in their order. Each part is made with the numbers that its runs have in the whole, so the
 * bits are those of one ensemble made alone.
 */
export async function shareRuns(
  deps: ForecastDeps,
  run: { brandId: Uuid; id: Uuid },
  runs: SharedRuns,
  points: Float64Array,
  signal: AbortSignal,
): Promise<SharedValues> {
  const { brandId } = run;
  const batchId = newUuid();
  const parts = partsOf(runs, points, limitsOf(deps).partSeconds);
  await deps.db.brand(brandId, (tx) =>
    insertBatch(tx, brandId, { id: batchId, runId: run.id, task: serialize(runs) }, parts),
  );
  let helpers: string[] = [];
  try {
    helpers = await callHelpers(deps);
    for (;;) {
      await workParts({ deps, brandId, batchId, signal });
      signal.throwIfAborted();
      const state = await deps.db.brand(brandId, (tx) => batchState(tx, brandId, batchId));
      if (state.failure !== null) throw new Error(state.failure);
      if (state.open + state.done < parts.length) throw new Error('another process has begun this run again');
      if (state.open === 0) break;
      await sleep(lookMs);
    }
    const made = await deps.db.brand(brandId, (tx) => batchValues(tx, brandId, batchId));
    return { values: joined(made.map(({ values }) => values)), makers: made.map(({ madeBy }) => madeBy) };
  } finally {
    await deps.db.brand(brandId, (tx) => deleteBatch(tx, brandId, batchId)).catch(() => undefined);
    await dismiss(deps, helpers).catch(() => undefined);
  }
}

function partsOf(runs: SharedRuns, points: Float64Array, partSeconds: number): Part[] {
  const width = runs.inputs?.length ?? runs.program.inputs.length;
  const count = points.length / width;
  const perPart = Math.max(1, Math.ceil(count / partsMax), Math.floor(partSeconds / secondsOf(runs, 1)));
  return Array.from({ length: Math.ceil(count / perPart) }, (_, number) => {
    const firstRun = number * perPart;
    const own = points.slice(firstRun * width, Math.min(count, firstRun + perPart) * width);
    return { number, firstRun, points: Buffer.from(own.buffer) };
  });
}

/**
 * One job for each other process, in its own name: two jobs that anybody may take would often end in one process. A process
 * that is busy takes its turn later or never, and nobody waits for it.
 */
async function callHelpers(deps: ForecastDeps): Promise<string[]> {
  const helpers = (await deps.workers()).filter((name) => name !== deps.processName).map(partTaskOf);
  for (const task of helpers) {
    await deps.db.pool.query('select graphile_worker.add_job($1, job_key => $1, max_attempts => 1)', [task]);
  }
  return helpers;
}

/** What was asked of a process that has died meanwhile would stay in the queue for good. */
async function dismiss(deps: ForecastDeps, helpers: readonly string[]): Promise<void> {
  for (const task of helpers) await deps.db.pool.query('select graphile_worker.remove_job($1)', [task]);
}

/** Works on parts of a batch until there is none that nobody works on. Gives how many it made. */
export async function workParts(place: PartPlace): Promise<number> {
  const { deps, brandId, batchId, signal } = place;
  const task = await deps.db.brand(brandId, (tx) => batchTask(tx, brandId, batchId));
  if (task === undefined) return 0;
  const runs: SharedRuns = deserialize(task);
  const { threads } = deps;
  const { program, columns, inputs } = runs;
  const ensemble = createEnsemble(program, { columns, ...(inputs && { inputs }), spawn: nodeThread, threads });
  try {
    let made = 0;
    while (!signal.aborted && (await workPart(place, runs, ensemble))) made++;
    return made;
  } finally {
    ensemble.close();
  }
}

/** The row of a part stays locked while it is made: it is nobody else's until then, and free when this process dies. */
function workPart(
  { deps, brandId, batchId, signal }: PartPlace,
  { seed = 0 }: SharedRuns,
  ensemble: ReturnType<typeof createEnsemble>,
): Promise<boolean> {
  return deps.db.brand(brandId, async (tx) => {
    const part = await takePart(tx, brandId, batchId);
    if (part === undefined) return false;
    const madeBy = deps.processName;
    try {
      const result = await ensemble.run(doubles(part.points), { seed, firstRun: part.firstRun, signal });
      if (!result.complete) return false;
      const values = Buffer.from(result.values.buffer, result.values.byteOffset, result.values.byteLength);
      await finishPart(tx, brandId, batchId, part.number, { values, failure: null, madeBy });
    } catch (error) {
      if (signal.aborted) return false;
      const failure = error instanceof Error ? error.message : String(error);
      await finishPart(tx, brandId, batchId, part.number, { values: null, failure, madeBy });
    }
    return true;
  });
}

function joined(buffers: readonly Buffer[]): Float64Array {
  const bytes = buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const values = new Float64Array(bytes / 8);
  let at = 0;
  for (const buffer of buffers) {
    values.set(doubles(buffer), at);
    at += buffer.byteLength / 8;
  }
  return values;
}

/** A copy, because what comes from the store need not lie on a boundary of eight bytes. */
function doubles(buffer: Buffer): Float64Array {
  return new Float64Array(new Uint8Array(buffer).buffer);
}
