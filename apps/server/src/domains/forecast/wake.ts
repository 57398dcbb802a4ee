import type { ForecastDeps } from './deps.ts';

export const workTask = 'forecast:work';
export const scheduleTask = 'forecast:schedule';

/** The task by which one process is asked to help with parts. */
export function partTaskOf(processName: string): string {
  return `forecast:part ${processName}`;
}

/** Makes a worker look for runs to work on. */
export async function wakeForecasts(deps: Pick<ForecastDeps, 'db'>): Promise<void> {
  await deps.db.pool.query('select graphile_worker.add_job($1, max_attempts => 5)', [workTask]);
}
