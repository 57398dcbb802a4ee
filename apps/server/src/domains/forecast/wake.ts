import type { ForecastDeps } from './deps.ts';

export const workTask = 'forecast:work';
export const partTask = 'forecast:part';
export const scheduleTask = 'forecast:schedule';

/** Makes a worker look for runs to work on. */
export async function wakeForecasts(deps: Pick<ForecastDeps, 'db'>): Promise<void> {
  await deps.db.pool.query('select graphile_worker.add_job($1, max_attempts => 5)', [workTask]);
}
