import type { Task } from 'graphile-worker';
import { workOpen } from '#adapters/open-work.ts';
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

/** Works open imports one after the other, oldest first, while one of the installation's few places is free. */
export async function workImports(deps: ImportDeps, signal: AbortSignal): Promise<void> {
  await workOpen(deps.db, {
    name: 'imports',
    places: limitsOf(deps).running,
    list: () => deps.db.system((tx) => listOpen(tx)),
    work: ({ brandId, id }) => runImport(deps, brandId, id, signal),
    signal,
  });
}

async function cleanImports(deps: ImportDeps): Promise<void> {
  await cleanUploads(deps);
  await deps.db.system((tx) => deleteOldProblems(tx, deps.now() - limitsOf(deps).reportKeptMs));
}
