import { Refusal, refuse } from '#errors.ts';
import { publicId, type Uuid, uuidOf } from '#lib/id.ts';
import type { ForecastBrand, ForecastDeps } from './deps.ts';
import { chooseModel } from './models.ts';
import { startFit } from './runs.ts';
import type { FitScheduleChange, FitSchedules } from './schema.ts';
import { deleteSchedule, putSchedule, retryAt, schedulesOf, takeDue } from './store.ts';

const msPerWeek = 7 * 86_400_000;
/** A fit that could not be started for a reason that passes is tried again after this time. */
const retryMs = 3_600_000;

/** Models that are fitted again by themselves. */
export async function scheduleList(deps: ForecastDeps, brandId: Uuid): Promise<FitSchedules> {
  const rows = await deps.db.brand(brandId, (tx) => schedulesOf(tx, brandId));
  return {
    schedules: rows.map(({ modelId, every, nextAt }) => ({
      modelId: publicId('mdl', modelId),
      every,
      nextAt: nextAt.toISOString(),
    })),
  };
}

/** Has a model fitted every week from a week from now on, or no more. @throws Refusal forecast.model_not_found */
export async function changeSchedule(
  deps: ForecastDeps,
  brand: ForecastBrand,
  change: FitScheduleChange,
  actor: string,
): Promise<FitSchedules> {
  const isOff = change.every === 'off';
  // What is over can be ended, also for a model that is gone.
  const id = isOff ? uuidOf('mdl', change.modelId) : (await chooseModel(deps, brand.id, change.modelId)).id;
  if (id === undefined) throw refuse('forecast.model_not_found');
  await deps.db.brand(brand.id, async (tx) => {
    if (isOff) {
      if (!(await deleteSchedule(tx, brand.id, id))) {
        await chooseModel(deps, brand.id, change.modelId);
        return;
      }
    } else await putSchedule(tx, brand.id, { modelId: id, nextAtMs: deps.now() + msPerWeek, actor });
    const detail = { every: change.every };
    await deps.audit(tx, brand.id, { actor, action: 'forecast.schedule_set', subject: change.modelId, detail });
  });
  return scheduleList(deps, brand.id);
}

/**
 * Starts the fits that are due. One that is refused (no data, model removed) waits for its next week; one that came at a bad
 * time (too many runs, a store that is away) is tried again in an hour, and the others are started all the same.
 */
export async function startDue(deps: ForecastDeps): Promise<void> {
  const due = await deps.db.system((tx) => takeDue(tx, deps.now()));
  for (const { brandId, modelId } of due) {
    try {
      const brand = await deps.brandOf(brandId);
      if (brand === undefined) continue;
      await startFit(deps, brand, { modelId: publicId('mdl', modelId) }, { actor: 'Tandem', scheduled: true });
    } catch (error) {
      const code = error instanceof Refusal ? error.code : undefined;
      deps.log.warn({ model: publicId('mdl', modelId), code, err: error }, 'a scheduled fit was not started');
      if (code !== undefined && code !== 'forecast.busy') continue;
      await deps.db.brand(brandId, (tx) => retryAt(tx, brandId, modelId, deps.now() + retryMs)).catch(() => undefined);
    }
  }
}
