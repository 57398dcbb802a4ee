import { setTimeout as sleep } from 'node:timers/promises';
import type { Task } from 'graphile-worker';
import type { PoolClient } from 'pg';
import type { Uuid } from '#lib/id.ts';
import { type ImportDeps, limitsOf } from './deps.ts';
import { runImport } from './run.ts';
import { deleteOldProblems, listOpen } from './store.ts';
import { cleanUploads } from './upload.ts';

const workTask = 'imports:work';
const cleanTask = 'imports:clean';

/**
 * Tasks for graphile-worker. `imports:work` works imports that wait, or that a dead process left behind, until there are
 * none; every start of an import adds one, and so must the start of a server (`wakeImports`).
 */
export function importTasks(deps: ImportDeps): Record<string, Task> {
  return {
    [workTask]: (_payload, helpers) => workImports(deps, helpers.abortSignal),
    [cleanTask]: () => cleanImports(deps),
  };
}

/** Crontab of graphile-worker: looks after imports whose server died, and bounds what is kept. */
export const importCrontab = `* * * * * ${workTask} ?max=1\n*/10 * * * * ${cleanTask} ?max=1`;

/** Makes a worker look for imports to work on. */
export async function wakeImports(deps: Pick<ImportDeps, 'db'>): Promise<void> {
  await deps.db.pool.query('select graphile_worker.add_job($1, max_attempts => 5)', [workTask]);
}

/**
 * Works open imports one after the other, oldest first, while one of the installation's few places is free. Places and
 * imports are held by advisory locks of one connection, so that they are free again when the process dies.
 */
export async function workImports(deps: ImportDeps, signal: AbortSignal): Promise<void> {
  const client = await deps.db.connect();
  client.on('error', () => undefined);
  try {
    do {
      const place = await takePlace(client, limitsOf(deps).running);
      if (place === undefined) return;
      await workAll(deps, client, signal);
      await unlock(client, place);
      // A start that found all places taken counts on whoever held them to look once more.
    } while (!signal.aborted && (await anyWaiting(deps)));
  } finally {
    client.release(true);
  }
}

async function workAll(deps: ImportDeps, client: PoolClient, signal: AbortSignal): Promise<void> {
  const done = new Set<Uuid>();
  while (!signal.aborted) {
    const open = await deps.db.system((tx) => listOpen(tx));
    let worked = false;
    for (const { brandId, id } of open) {
      if (done.has(id) || !(await tryLock(client, lockName(id)))) continue;
      done.add(id);
      worked = true;
      await runImport(deps, brandId, id, signal);
      await unlock(client, lockName(id));
      break;
    }
    if (!worked) return;
  }
}

async function anyWaiting(deps: ImportDeps): Promise<boolean> {
  await sleep(50);
  const open = await deps.db.system((tx) => listOpen(tx));
  return open.some(({ state }) => state === 'waiting');
}

async function cleanImports(deps: ImportDeps): Promise<void> {
  await cleanUploads(deps);
  await deps.db.system((tx) => deleteOldProblems(tx, deps.now() - limitsOf(deps).reportKeptMs));
}

async function takePlace(client: PoolClient, places: number): Promise<string | undefined> {
  for (let place = 1; place <= places; place++) {
    const name = `tandem.imports.place.${place}`;
    if (await tryLock(client, name)) return name;
  }
  return undefined;
}

function lockName(id: Uuid): string {
  return `tandem.imports.${id}`;
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
