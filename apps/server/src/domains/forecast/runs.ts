import type { Tx } from '#adapters/postgres.ts';
import { refuse } from '#errors.ts';
import { newUuid, type Uuid, uuidOf } from '#lib/id.ts';
import { type ForecastBrand, type ForecastDeps, limitsOf } from './deps.ts';
import { type WantedRun, wantedFit, wantedForecast } from './requests.ts';
import { contentOf, fitKinds, forecastKinds, runOf } from './run-read.ts';
import {
  countDependents,
  countOpenRuns,
  deleteRun,
  findRun,
  insertRun,
  type KeptRuns,
  listRuns,
  lockRuns,
  markCancelling,
  type NewRun,
  pruneRuns,
  type RunRow,
  runContent,
} from './run-store.ts';
import { runId, shownFit, shownForecast, shownRun } from './run-view.ts';
import type { Fit, Forecast, NewFit, NewForecast, Run, RunKind, RunsQuery } from './schema.ts';
import { wakeForecasts } from './wake.ts';

/** @throws Refusal as `wantedFit`, and forecast.busy */
export async function startFit(
  deps: ForecastDeps,
  brand: ForecastBrand,
  request: NewFit,
  by: { actor: string; scheduled: boolean },
): Promise<Run> {
  return start(deps, brand, await wantedFit(deps, brand, request), by);
}

/** @throws Refusal as `wantedForecast`, and forecast.busy */
export async function startForecast(
  deps: ForecastDeps,
  brand: ForecastBrand,
  request: NewForecast,
  actor: string,
): Promise<Run> {
  return start(deps, brand, await wantedForecast(deps, brand, request), { actor, scheduled: false });
}

async function start(
  deps: ForecastDeps,
  brand: ForecastBrand,
  wanted: WantedRun,
  by: { actor: string; scheduled: boolean },
): Promise<Run> {
  const { input, model, snapshot, fit, backtest, seed, taskHash } = wanted;
  return enter(deps, brand, {
    kind: input.kind,
    modelId: model.id,
    modelName: model.name,
    modelNameZh: model.nameZh,
    modelVersion: model.number,
    modelHash: model.hash,
    fitId: fit?.id ?? null,
    backtestId: backtest?.id ?? null,
    repeatsId: null,
    firstDay: snapshot.from,
    endDay: snapshot.to,
    snapshotHash: snapshot.hash,
    seed,
    input: JSON.stringify(input),
    taskHash,
    ...by,
  });
}

/** Runs the same task again, to see whether it gives the same bits. @throws Refusal forecast.run_not_found, forecast.run_unfinished, forecast.busy */
export async function repeatRun(
  deps: ForecastDeps,
  brand: ForecastBrand,
  id: string,
  kinds: readonly RunKind[],
  actor: string,
): Promise<Run> {
  const row = await runOf(deps, brand.id, id, kinds);
  if (row.state !== 'done') throw refuse('forecast.run_unfinished', { state: row.state });
  const content = await deps.db.brand(brand.id, (tx) => runContent(tx, brand.id, row.id));
  if (!content) throw refuse('forecast.run_not_found');
  return enter(deps, brand, { ...row, repeatsId: row.id, input: content.input, actor, scheduled: false });
}

async function enter(
  deps: ForecastDeps,
  brand: ForecastBrand,
  wanted: Omit<NewRun, 'id' | 'createdAtMs' | 'appVersion'>,
): Promise<Run> {
  const id = newUuid();
  const row = await deps.db.brand(brand.id, async (tx) => {
    await lockRuns(tx, brand.id);
    const running = await countOpenRuns(tx, brand.id);
    const { openPerBrand, runs, keptBytes } = limitsOf(deps);
    if (running >= openPerBrand) throw refuse('forecast.busy', { running });
    // What it builds on may have been deleted since it was read.
    for (const base of [wanted.fitId, wanted.backtestId]) {
      if (base !== null && (await findRun(tx, brand.id, base)) === undefined) throw refuse('forecast.run_not_found');
    }
    await insertRun(tx, brand.id, { ...wanted, id, createdAtMs: deps.now(), appVersion: deps.appVersion });
    await deps.audit(tx, brand.id, {
      actor: wanted.actor,
      action: `forecast.${wanted.kind}_started`,
      subject: runId(wanted.kind, id),
      detail: { model: wanted.modelName, version: wanted.modelVersion, seed: wanted.seed, task: wanted.taskHash },
    });
    await prune(deps, tx, brand.id, { runs, bytes: keptBytes });
    return found(await findRun(tx, brand.id, id));
  });
  // It is kept: whoever works looks once a minute, and when it starts. There may be no worker yet.
  await wakeForecasts(deps).catch((error) => deps.log.warn({ err: error }, 'no worker was told of a new run'));
  return shownRun(row);
}

async function prune(deps: ForecastDeps, tx: Tx, brandId: Uuid, kept: KeptRuns): Promise<void> {
  const gone = await pruneRuns(tx, brandId, kept);
  if (gone.length === 0) return;
  const detail = { ids: gone, kept };
  await deps.audit(tx, brandId, { actor: 'Tandem', action: 'forecast.runs_pruned', subject: '', detail });
}

/** Newest first. */
export async function listOf(
  deps: Pick<ForecastDeps, 'db'>,
  brandId: Uuid,
  query: RunsQuery,
  kinds: readonly RunKind[],
): Promise<Run[]> {
  const wanted = query.kind === undefined ? kinds : kinds.filter((kind) => kind === query.kind);
  const modelId = query.model === undefined ? undefined : uuidOf('mdl', query.model);
  const fitId = query.fit === undefined ? undefined : uuidOf('fit', query.fit);
  if ((query.model !== undefined && !modelId) || (query.fit !== undefined && !fitId)) return [];
  const filter = { kinds: wanted, modelId, fitId, state: query.state, limit: query.limit ?? 50 };
  return (await deps.db.brand(brandId, (tx) => listRuns(tx, brandId, filter))).map(shownRun);
}

/** A fit with all that a browser needs to run it. @throws Refusal forecast.run_not_found */
export async function fitOf(deps: Pick<ForecastDeps, 'db'>, brandId: Uuid, id: string): Promise<Fit> {
  const row = await runOf(deps, brandId, id, fitKinds);
  return shownFit(row, await contentOf(deps, brandId, row.id));
}

/** @throws Refusal forecast.run_not_found */
export async function forecastOf(deps: Pick<ForecastDeps, 'db'>, brandId: Uuid, id: string): Promise<Forecast> {
  const row = await runOf(deps, brandId, id, forecastKinds);
  return shownForecast(row, await contentOf(deps, brandId, row.id));
}

/** Asks a run to stop; what it has found until then stays. @throws Refusal forecast.run_not_found, forecast.run_not_cancellable */
export async function cancelRun(
  deps: ForecastDeps,
  brandId: Uuid,
  id: string,
  kinds: readonly RunKind[],
  actor: string,
): Promise<Run> {
  const known = await runOf(deps, brandId, id, kinds);
  return deps.db.brand(brandId, async (tx) => {
    const state = await markCancelling(tx, brandId, known.id, deps.now());
    if (state === undefined) throw refuse('forecast.run_not_cancellable');
    await deps.audit(tx, brandId, { actor, action: 'forecast.cancel_asked', subject: id, detail: { state } });
    return shownRun(found(await findRun(tx, brandId, known.id)));
  });
}

/** Deletes a run that has ended. @throws Refusal forecast.run_not_found, forecast.run_in_use, forecast.run_open */
export async function dropRun(
  deps: ForecastDeps,
  brandId: Uuid,
  id: string,
  kinds: readonly RunKind[],
  actor: string,
): Promise<void> {
  const known = await runOf(deps, brandId, id, kinds);
  await deps.db.brand(brandId, async (tx) => {
    await lockRuns(tx, brandId);
    const count = await countDependents(tx, brandId, known.id);
    if (count > 0) throw refuse('forecast.run_in_use', { count });
    found(await findRun(tx, brandId, known.id));
    if (!(await deleteRun(tx, brandId, known.id))) throw refuse('forecast.run_open');
    await deps.audit(tx, brandId, { actor, action: 'forecast.run_deleted', subject: id, detail: { kind: known.kind } });
  });
}

function found(row: RunRow | undefined): RunRow {
  if (row === undefined) throw refuse('forecast.run_not_found');
  return row;
}
