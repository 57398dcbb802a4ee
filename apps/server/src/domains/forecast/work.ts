import { workOpen } from '#adapters/open-work.ts';
import { type ForecastDeps, limitsOf } from './deps.ts';
import { closeCancelled, listOpenRuns } from './run-store.ts';
import { workRun } from './run-work.ts';

/** Works open runs one after the other, while one of the installation's places is free. */
export async function workForecasts(deps: ForecastDeps, signal: AbortSignal): Promise<void> {
  const limits = limitsOf(deps);
  await deps.db.system((tx) => closeCancelled(tx, deps.now() - 4 * limits.handOverMs));
  await workOpen(deps.db, {
    name: 'forecast',
    places: limits.running,
    list: () => deps.db.system((tx) => listOpenRuns(tx)),
    work: ({ brandId, id }) => workRun(deps, brandId, id, signal),
    signal,
  });
}
