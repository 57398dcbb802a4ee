import type { Task } from 'graphile-worker';
import { type ForecastDeps, limitsOf } from './deps.ts';
import { openBatches } from './part-store.ts';
import { workParts } from './parts.ts';
import { startDue } from './schedules.ts';
import { partTaskOf, scheduleTask, workTask } from './wake.ts';
import { workForecasts } from './work.ts';

/**
 * Tasks for graphile-worker. `forecast:work` works runs that wait, or that a dead process left behind, until there are
 * none; every start of a run adds one, and so must the start of a server (`wakeForecasts`). `forecast:part PROCESS` has this process help
 * with the big ensemble of a run of another one. `forecast:schedule` starts the fits that are due.
 */
export function forecastTasks(deps: ForecastDeps): Record<string, Task> {
  let atWork = 0;
  return {
    [workTask]: async (_payload, helpers) => {
      if (atWork >= limitsOf(deps).runningHere) return;
      atWork++;
      try {
        await workForecasts(deps, signalOf(helpers));
      } finally {
        atWork--;
      }
    },
    [partTaskOf(deps.processName)]: (_payload, helpers) => helpWithParts(deps, signalOf(helpers)),
    [scheduleTask]: () => startDue(deps),
  };
}

/** Crontab of graphile-worker: looks after runs whose process died, and after schedules. */
export const forecastCrontab = `* * * * * ${workTask} ?max=1\n*/10 * * * * ${scheduleTask} ?max=1`;

/** Makes parts of whatever ensembles are open, until there are none. */
async function helpWithParts(deps: ForecastDeps, signal: AbortSignal): Promise<void> {
  for (;;) {
    const open = await deps.db.system((tx) => openBatches(tx));
    let made = 0;
    for (const { brandId, id } of open) {
      if (signal.aborted) return;
      made += await workParts({ deps, brandId, batchId: id, signal });
    }
    if (made === 0) return;
  }
}

function signalOf(helpers: Parameters<Task>[1]): AbortSignal {
  return helpers.abortSignal ?? new AbortController().signal;
}
