import { sql } from 'kysely';
import type { Tx } from '#adapters/postgres.ts';
import type { Uuid } from '#lib/id.ts';
import type { RunKind, RunState } from './schema.ts';

/** A run without its input and result. */
export interface RunRow {
  id: Uuid;
  kind: RunKind;
  state: RunState;
  cancelling: boolean;
  progress: number;
  stageEn: string | null;
  stageZh: string | null;
  modelId: Uuid;
  modelName: string;
  modelNameZh: string;
  modelVersion: number;
  modelHash: string;
  fitId: Uuid | null;
  backtestId: Uuid | null;
  repeatsId: Uuid | null;
  repeatsKind: RunKind | null;
  repeatEqual: boolean | null;
  firstDay: string;
  endDay: string;
  snapshotHash: string;
  seed: number;
  taskHash: string;
  resultHash: string | null;
  errorCode: string | null;
  errorEn: string | null;
  errorZh: string | null;
  actor: string;
  scheduled: boolean;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  seconds: number | null;
  appVersion: string;
}

/** What is stored when a run is asked for. `input` is JSON text. */
export type NewRun = Pick<
  RunRow,
  | 'id'
  | 'kind'
  | 'modelId'
  | 'modelName'
  | 'modelNameZh'
  | 'modelVersion'
  | 'modelHash'
  | 'fitId'
  | 'backtestId'
  | 'repeatsId'
  | 'firstDay'
  | 'endDay'
  | 'snapshotHash'
  | 'seed'
  | 'taskHash'
  | 'actor'
  | 'scheduled'
  | 'appVersion'
> & { input: string; createdAtMs: number };

/** Serializes the starts of a brand, so that the bounds on runs hold. */
export async function lockRuns(tx: Tx, brandId: Uuid): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`tandem.forecast.start.${brandId}`}, 0))`.execute(tx);
}

export async function countOpenRuns(tx: Tx, brandId: Uuid): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from forecast.runs
    where brand_id = ${brandId} and state in ('waiting', 'running')`.execute(tx);
  return rows[0]?.count ?? 0;
}

export async function insertRun(tx: Tx, brandId: Uuid, run: NewRun): Promise<void> {
  await sql`
    insert into forecast.runs (brand_id, id, kind, state, model_id, model_name, model_name_zh, model_version, model_hash,
      fit_id, backtest_id, repeats_id, first_day, end_day, snapshot_hash, seed, input, task_hash, actor, scheduled,
      created_at, app_version)
    values (${brandId}, ${run.id}, ${run.kind}, 'waiting', ${run.modelId}, ${run.modelName}, ${run.modelNameZh},
      ${run.modelVersion}, ${run.modelHash}, ${run.fitId}, ${run.backtestId}, ${run.repeatsId}, ${run.firstDay}::date,
      ${run.endDay}::date, ${run.snapshotHash}, ${run.seed}, ${run.input}::json, ${run.taskHash}, ${run.actor},
      ${run.scheduled}, to_timestamp(${run.createdAtMs} / 1000.0), ${run.appVersion})`.execute(tx);
}

/** What of a brand's runs is kept. */
export interface KeptRuns {
  runs: number;
  /** Of input and result together, as they are stored. */
  bytes: number;
}

/**
 * Deletes the oldest runs that have ended and that nothing builds on (no forecast, no plan) until there are no more than
 * `kept`. Gives their ids.
 */
export async function pruneRuns(tx: Tx, brandId: Uuid, kept: KeptRuns): Promise<Uuid[]> {
  const { rows } = await sql<{ id: Uuid }>`
    with sized as (
      select id, created_at, state, coalesce(pg_column_size(input), 0) + coalesce(pg_column_size(result), 0) as bytes
      from forecast.runs where brand_id = ${brandId}),
    whole as (select count(*) as runs, coalesce(sum(bytes), 0) as bytes from sized),
    free as (
      select o.id, row_number() over w as place, coalesce(sum(o.bytes) over w, 0) - o.bytes as before from sized o
      where o.state in ('done', 'failed', 'cancelled')
        and not exists (select from forecast.runs u where u.brand_id = ${brandId} and (u.fit_id = o.id or u.backtest_id = o.id))
        and not exists (select from forecast.plans p where p.brand_id = ${brandId} and p.forecast_id = o.id)
      window w as (order by o.created_at, o.id))
    delete from forecast.runs r using free, whole
    where r.brand_id = ${brandId} and r.id = free.id
      and (whole.runs - free.place >= ${kept.runs} or whole.bytes - free.before > ${kept.bytes})
    returning r.id`.execute(tx);
  return rows.map(({ id }) => id);
}

const columns = sql`
  r.id, r.kind, r.state, r.cancelling, r.progress, r.stage_en as "stageEn", r.stage_zh as "stageZh",
  r.model_id as "modelId", r.model_name as "modelName", r.model_name_zh as "modelNameZh",
  r.model_version as "modelVersion", r.model_hash as "modelHash", r.fit_id as "fitId", r.backtest_id as "backtestId",
  r.repeats_id as "repeatsId",
  (select o.kind from forecast.runs o where o.brand_id = r.brand_id and o.id = r.repeats_id) as "repeatsKind",
  r.repeat_equal as "repeatEqual", r.first_day::text as "firstDay", r.end_day::text as "endDay",
  r.snapshot_hash as "snapshotHash", r.seed, r.task_hash as "taskHash", r.result_hash as "resultHash",
  r.error_code as "errorCode", r.error_en as "errorEn", r.error_zh as "errorZh", r.actor, r.scheduled,
  r.created_at as "createdAt", r.started_at as "startedAt", r.ended_at as "endedAt", r.seconds,
  r.app_version as "appVersion"`;

export async function findRun(tx: Tx, brandId: Uuid, id: Uuid): Promise<RunRow | undefined> {
  const { rows } = await sql<RunRow>`
    select ${columns} from forecast.runs r where r.brand_id = ${brandId} and r.id = ${id}`.execute(tx);
  return rows[0];
}

export interface RunFilter {
  kinds: readonly RunKind[];
  modelId?: Uuid | undefined;
  fitId?: Uuid | undefined;
  state?: RunState | undefined;
  limit: number;
}

/** Newest first. */
export async function listRuns(tx: Tx, brandId: Uuid, filter: RunFilter): Promise<RunRow[]> {
  const { rows } = await sql<RunRow>`
    select ${columns} from forecast.runs r
    where r.brand_id = ${brandId} and r.kind = any(${[...filter.kinds]}::text[])
      and (${filter.modelId ?? null}::uuid is null or r.model_id = ${filter.modelId ?? null})
      and (${filter.fitId ?? null}::uuid is null or r.fit_id = ${filter.fitId ?? null})
      and (${filter.state ?? null}::text is null or r.state = ${filter.state ?? null})
    order by r.created_at desc, r.id desc limit ${filter.limit}`.execute(tx);
  return rows;
}

/** What a run was asked and what it answered, as JSON text to the letter. */
export async function runContent(
  tx: Tx,
  brandId: Uuid,
  id: Uuid,
): Promise<{ input: string; result: string | null } | undefined> {
  const { rows } = await sql<{ input: string; result: string | null }>`
    select input::text as input, result::text as result from forecast.runs
    where brand_id = ${brandId} and id = ${id}`.execute(tx);
  return rows[0];
}

/** Deletes an ended run; false when it is not there or has not ended. */
export async function deleteRun(tx: Tx, brandId: Uuid, id: Uuid): Promise<boolean> {
  const { rows } = await sql`
    delete from forecast.runs where brand_id = ${brandId} and id = ${id} and state in ('done', 'failed', 'cancelled')
    returning id`.execute(tx);
  return rows.length > 0;
}

/** Runs and plans that build on a run. */
export async function countDependents(tx: Tx, brandId: Uuid, id: Uuid): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select (select count(*) from forecast.runs r where r.brand_id = ${brandId} and (r.fit_id = ${id} or r.backtest_id = ${id}))
      + (select count(*) from forecast.plans p where p.brand_id = ${brandId} and p.forecast_id = ${id}) as count`.execute(
    tx,
  );
  return rows[0]?.count ?? 0;
}

/** Asks a run to stop: one that waits ends at once. Undefined when it had ended before. */
export async function markCancelling(tx: Tx, brandId: Uuid, id: Uuid, nowMs: number): Promise<RunState | undefined> {
  const { rows } = await sql<{ state: RunState }>`
    update forecast.runs
    set state = case when state = 'waiting' then 'cancelled' else state end,
      cancelling = (state = 'running'),
      ended_at = case when state = 'waiting' then to_timestamp(${nowMs} / 1000.0) end
    where brand_id = ${brandId} and id = ${id} and state in ('waiting', 'running')
    returning state`.execute(tx);
  return rows[0]?.state;
}

/** Runs that have not ended, of all brands: first those of brands that have fewest at work, then the oldest. */
export async function listOpenRuns(tx: Tx): Promise<{ brandId: Uuid; id: Uuid; state: RunState }[]> {
  const { rows } = await sql<{ brandId: Uuid; id: Uuid; state: RunState }>`
    select brand_id as "brandId", id, state from forecast.runs where state in ('waiting', 'running')
    order by count(*) filter (where state = 'running') over (partition by brand_id), created_at, id limit 1000`.execute(
    tx,
  );
  return rows;
}

/** Takes an open run into work; undefined when it has ended meanwhile. */
export async function markRunning(
  tx: Tx,
  brandId: Uuid,
  id: Uuid,
  nowMs: number,
): Promise<{ attempts: number; cancelling: boolean } | undefined> {
  const { rows } = await sql<{ attempts: number; cancelling: boolean }>`
    update forecast.runs
    set state = 'running', attempts = attempts + 1, progress = 0, stage_en = null, stage_zh = null,
      started_at = coalesce(started_at, to_timestamp(${nowMs} / 1000.0))
    where brand_id = ${brandId} and id = ${id} and state in ('waiting', 'running')
    returning attempts, cancelling`.execute(tx);
  return rows[0];
}

/**
 * A run as one process has taken it: a process that lost its connections to the store may not know yet that another one has
 * begun the run again, and then neither moves nor ends it.
 */
export interface TakenRun {
  id: Uuid;
  attempts: number;
}

/** Gives a run back that its process stops working on; it does not count as an attempt that failed. */
export async function giveBack(tx: Tx, brandId: Uuid, { id, attempts }: TakenRun): Promise<void> {
  await sql`
    update forecast.runs set attempts = greatest(0, attempts - 1)
    where brand_id = ${brandId} and id = ${id} and attempts = ${attempts} and state = 'running'`.execute(tx);
}

/** Writes how far a run is and reads whether it shall stop; undefined when it is not running here any more. */
export async function moveRun(
  tx: Tx,
  brandId: Uuid,
  { id, attempts }: TakenRun,
  progress: { share: number; stage: { en: string; zh: string } | undefined },
): Promise<{ cancelling: boolean } | undefined> {
  const { rows } = await sql<{ cancelling: boolean }>`
    update forecast.runs
    set progress = greatest(progress, ${progress.share}), stage_en = ${progress.stage?.en ?? null},
      stage_zh = ${progress.stage?.zh ?? null}
    where brand_id = ${brandId} and id = ${id} and attempts = ${attempts} and state = 'running' returning cancelling`.execute(
    tx,
  );
  return rows[0];
}

export interface RunEnd {
  state: 'done' | 'failed' | 'cancelled';
  result?: string | undefined;
  resultHash?: string | undefined;
  error?: { code: string; en: string; zh: string } | undefined;
}

/** Says that a run has been cancelled while its computation still hands over what it has (`cancelling`). */
export async function markCancelled(tx: Tx, brandId: Uuid, { id, attempts }: TakenRun, nowMs: number): Promise<void> {
  await sql`
    update forecast.runs
    set state = 'cancelled', ended_at = to_timestamp(${nowMs} / 1000.0), seconds = ${secondsUntil(nowMs)}
    where brand_id = ${brandId} and id = ${id} and attempts = ${attempts} and state = 'running'`.execute(tx);
}

/** Never below zero, also where the clock was set back meanwhile. */
function secondsUntil(nowMs: number) {
  return sql`greatest(0, extract(epoch from to_timestamp(${nowMs} / 1000.0) - started_at))`;
}

/** Gives up cancelled runs whose process died before it handed over what it had, with the parts of their ensembles. */
export async function closeCancelled(tx: Tx, endedBeforeMs: number): Promise<void> {
  await sql`
    update forecast.runs set cancelling = false
    where state = 'cancelled' and cancelling and ended_at < to_timestamp(${endedBeforeMs} / 1000.0)`.execute(tx);
  await sql`
    delete from forecast.batches b using forecast.runs r
    where r.brand_id = b.brand_id and r.id = b.run_id and r.state in ('done', 'failed', 'cancelled')
      and not r.cancelling`.execute(tx);
}

/**
 * Ends a run, and says of a repetition whether its bits are those of the first; false when it had ended before or another
 * process has it now.
 */
export async function markEnded(
  tx: Tx,
  brandId: Uuid,
  { id, attempts }: TakenRun,
  end: RunEnd,
  nowMs: number,
): Promise<boolean> {
  const { rows } = await sql`
    update forecast.runs r
    set state = ${end.state}, cancelling = false, ended_at = coalesce(r.ended_at, to_timestamp(${nowMs} / 1000.0)),
      seconds = coalesce(r.seconds, ${secondsUntil(nowMs)}),
      progress = case when ${end.state} = 'done' then 1 else r.progress end,
      result = ${end.result ?? null}::json, result_hash = ${end.resultHash ?? null},
      repeat_equal = case when ${end.state} = 'done' then (
        select o.result_hash = ${end.resultHash ?? null} from forecast.runs o
        where o.brand_id = r.brand_id and o.id = r.repeats_id) end,
      error_code = ${end.error?.code ?? null}, error_en = ${end.error?.en ?? null}, error_zh = ${end.error?.zh ?? null}
    where r.brand_id = ${brandId} and r.id = ${id} and r.attempts = ${attempts}
      and (r.state = 'running' or (r.state = 'cancelled' and r.cancelling))
    returning r.id`.execute(tx);
  return rows.length > 0;
}

/** The newest backtest of a model that is done, of the same version. */
export async function newestBacktest(tx: Tx, brandId: Uuid, modelHash: string): Promise<Uuid | undefined> {
  const { rows } = await sql<{ id: Uuid }>`
    select id from forecast.runs
    where brand_id = ${brandId} and model_hash = ${modelHash} and kind = 'backtest' and state = 'done'
    order by created_at desc, id desc limit 1`.execute(tx);
  return rows[0]?.id;
}

/** Parameters of the fits of a model that are done, newest first. */
export async function fittedParameters(
  tx: Tx,
  brandId: Uuid,
  modelId: Uuid,
  limit: number,
): Promise<(Pick<RunRow, 'id' | 'createdAt' | 'endDay' | 'modelVersion'> & { parameters: unknown })[]> {
  const { rows } = await sql<Pick<RunRow, 'id' | 'createdAt' | 'endDay' | 'modelVersion'> & { parameters: unknown }>`
    select id, created_at as "createdAt", end_day::text as "endDay", model_version as "modelVersion",
      result -> 'parameters' as parameters
    from forecast.runs
    where brand_id = ${brandId} and model_id = ${modelId} and kind = 'fit' and state = 'done' and repeats_id is null
    order by created_at desc, id desc limit ${limit}`.execute(tx);
  return rows;
}
