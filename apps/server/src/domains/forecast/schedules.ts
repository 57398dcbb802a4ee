import { Refusal } from '#errors.ts';
import { publicId, type Uuid } from '#lib/id.ts';
import type { ForecastBrand, ForecastDeps } from './deps.ts';
import { chooseModel } from './models.ts';
import { startFit } from './runs.ts';
import type { FitScheduleChange, FitSchedules } from './schema.ts';
import { deleteSchedule, putSchedule, schedulesOf, takeDue } from './store.ts';

const msPerWeek = 7 * 86_400_000;

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
  const { id } = await chooseModel(deps, brand.id, change.modelId);
  await deps.db.brand(brand.id, async (tx) => {
    if (change.every === 'off') await deleteSchedule(tx, brand.id, id);
    else await putSchedule(tx, brand.id, { modelId: id, nextAtMs: deps.now() + msPerWeek, actor });
    const detail = { every: change.every };
    await deps.audit(tx, brand.id, { actor, action: 'forecast.schedule_set', subject: change.modelId, detail });
  });
  return scheduleList(deps, brand.id);
}

/** Starts the fits that are due. One that is refused (no data, model removed, too many runs) waits for its next week. */
export async function startDue(deps: ForecastDeps): Promise<void> {
  const due = await deps.db.system((tx) => takeDue(tx, deps.now()));
  for (const { brandId, modelId } of due) {
    const brand = await deps.brandOf(brandId);
    if (brand === undefined) continue;
    try {
      await startFit(deps, brand, { modelId: publicId('mdl', modelId) }, { actor: 'Tandem', scheduled: true });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      deps.log.warn({ model: publicId('mdl', modelId), code: error.code }, 'a scheduled fit was not started');
    }
  }
}
