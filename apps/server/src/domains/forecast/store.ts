import { sql } from 'kysely';
import type { Tx } from '#adapters/postgres.ts';
import type { Uuid } from '#lib/id.ts';
import type { AdoptedTarget, PromotionEntry } from './schema.ts';
import type { LeverPath, ScenarioPlan } from './task.ts';

/** The promotion calendar of a brand in its order. */
export async function promotionsOf(tx: Tx, brandId: Uuid): Promise<PromotionEntry[]> {
  const { rows } = await sql<PromotionEntry>`
    select name, first_day::text as "from", end_day::text as "to", depth from forecast.promotions
    where brand_id = ${brandId} order by position`.execute(tx);
  return rows;
}

/** Sets the whole calendar. */
export async function putPromotions(tx: Tx, brandId: Uuid, promotions: readonly PromotionEntry[]): Promise<void> {
  await sql`delete from forecast.promotions where brand_id = ${brandId}`.execute(tx);
  await sql`
    insert into forecast.promotions (brand_id, position, name, first_day, end_day, depth)
    select ${brandId}, ordinality, name, first_day, end_day, depth from unnest(
      ${promotions.map(({ name }) => name)}::text[], ${promotions.map(({ from }) => from)}::date[],
      ${promotions.map(({ to }) => to)}::date[], ${promotions.map(({ depth }) => depth)}::double precision[]
    ) with ordinality as t (name, first_day, end_day, depth, ordinality)`.execute(tx);
}

export interface ScenarioRow extends Omit<ScenarioPlan, 'id'> {
  id: Uuid;
  modelId: Uuid;
  note: string;
  actor: string;
  createdAt: Date;
  updatedAt: Date;
}

const scenarioColumns = sql`id, model_id as "modelId", name, note, levers, couplings, actor, created_at as "createdAt",
  updated_at as "updatedAt"`;

/** Scenarios of a model, oldest first. */
export async function scenariosOf(tx: Tx, brandId: Uuid, modelId: Uuid): Promise<ScenarioRow[]> {
  const { rows } = await sql<ScenarioRow>`
    select ${scenarioColumns} from forecast.scenarios
    where brand_id = ${brandId} and model_id = ${modelId} order by created_at, id`.execute(tx);
  return rows;
}

export async function findScenario(tx: Tx, brandId: Uuid, id: Uuid): Promise<ScenarioRow | undefined> {
  const { rows } = await sql<ScenarioRow>`
    select ${scenarioColumns} from forecast.scenarios where brand_id = ${brandId} and id = ${id}`.execute(tx);
  return rows[0];
}

/** Those of models that were removed, which nobody sees in a list, are left out. */
export async function countScenarios(tx: Tx, brandId: Uuid): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from forecast.scenarios s
    where s.brand_id = ${brandId} and not exists (
      select from forecast.models m where m.brand_id = s.brand_id and m.id = s.model_id and m.removed_at is not null)`.execute(
    tx,
  );
  return rows[0]?.count ?? 0;
}

export interface ScenarioContent {
  name: string;
  note: string;
  levers: readonly LeverPath[];
  couplings: readonly { variable: string; value: number }[];
}

/** Sets a scenario; a new one belongs to `modelId`, one that is there stays with its model. */
export async function putScenario(
  tx: Tx,
  brandId: Uuid,
  scenario: ScenarioContent & { id: Uuid; modelId: Uuid; actor: string; nowMs: number },
): Promise<void> {
  await sql`
    insert into forecast.scenarios (brand_id, id, model_id, name, note, levers, couplings, actor, created_at, updated_at)
    values (${brandId}, ${scenario.id}, ${scenario.modelId}, ${scenario.name}, ${scenario.note},
      ${JSON.stringify(scenario.levers)}::jsonb, ${JSON.stringify(scenario.couplings)}::jsonb, ${scenario.actor},
      to_timestamp(${scenario.nowMs} / 1000.0), to_timestamp(${scenario.nowMs} / 1000.0))
    on conflict (brand_id, id) do update set name = excluded.name, note = excluded.note, levers = excluded.levers,
      couplings = excluded.couplings, actor = excluded.actor, updated_at = excluded.updated_at`.execute(tx);
}

export async function deleteScenario(tx: Tx, brandId: Uuid, id: Uuid): Promise<boolean> {
  const { rows } = await sql`
    delete from forecast.scenarios where brand_id = ${brandId} and id = ${id} returning id`.execute(tx);
  return rows.length > 0;
}

/** What of a plan is copied when it is adopted. */
export interface PlanContent {
  scenario: ScenarioPlan;
  forecastKind: 'forecast';
  fitId: Uuid | null;
  modelId: Uuid;
  start: string;
  horizonDays: number;
  targets: AdoptedTarget[];
}

export interface PlanRow {
  id: Uuid;
  forecastId: Uuid;
  content: PlanContent;
  actor: string;
  adoptedAt: Date;
}

/** Serializes what is adopted, so that what a plan says of the targets before it is so. */
export async function lockPlans(tx: Tx, brandId: Uuid): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`tandem.forecast.plan.${brandId}`}, 0))`.execute(tx);
}

/** Keeps a plan as the newest, and the `kept` newest of all. */
export async function insertPlan(tx: Tx, brandId: Uuid, plan: PlanRow, kept: number): Promise<void> {
  await sql`
    insert into forecast.plans (brand_id, id, forecast_id, content, actor, adopted_at)
    values (${brandId}, ${plan.id}, ${plan.forecastId}, ${JSON.stringify(plan.content)}::jsonb, ${plan.actor},
      to_timestamp(${plan.adoptedAt.getTime()} / 1000.0))`.execute(tx);
  await sql`
    delete from forecast.plans where brand_id = ${brandId} and id not in (
      select id from forecast.plans where brand_id = ${brandId} order by id desc limit ${kept})`.execute(tx);
}

/** Newest first. */
export async function plansOf(tx: Tx, brandId: Uuid, limit: number): Promise<PlanRow[]> {
  const { rows } = await sql<PlanRow>`
    select id, forecast_id as "forecastId", content, actor, adopted_at as "adoptedAt" from forecast.plans
    where brand_id = ${brandId} order by id desc limit ${limit}`.execute(tx);
  return rows;
}

export interface ScheduleRow {
  modelId: Uuid;
  every: 'week';
  nextAt: Date;
}

export async function schedulesOf(tx: Tx, brandId: Uuid): Promise<ScheduleRow[]> {
  const { rows } = await sql<ScheduleRow>`
    select model_id as "modelId", every, next_at as "nextAt" from forecast.schedules
    where brand_id = ${brandId} order by model_id`.execute(tx);
  return rows;
}

export async function putSchedule(
  tx: Tx,
  brandId: Uuid,
  schedule: { modelId: Uuid; nextAtMs: number; actor: string },
): Promise<void> {
  await sql`
    insert into forecast.schedules (brand_id, model_id, every, next_at, actor)
    values (${brandId}, ${schedule.modelId}, 'week', to_timestamp(${schedule.nextAtMs} / 1000.0), ${schedule.actor})
    on conflict (brand_id, model_id) do update set next_at = excluded.next_at, actor = excluded.actor`.execute(tx);
}

export async function deleteSchedule(tx: Tx, brandId: Uuid, modelId: Uuid): Promise<boolean> {
  const { rows } = await sql`
    delete from forecast.schedules where brand_id = ${brandId} and model_id = ${modelId} returning model_id`.execute(
    tx,
  );
  return rows.length > 0;
}

/** Has a schedule come earlier than it would. */
export async function retryAt(tx: Tx, brandId: Uuid, modelId: Uuid, nextAtMs: number): Promise<void> {
  await sql`
    update forecast.schedules set next_at = least(next_at, to_timestamp(${nextAtMs} / 1000.0))
    where brand_id = ${brandId} and model_id = ${modelId}`.execute(tx);
}

/** Takes schedules that are due, of all brands, and moves them a week on. */
export async function takeDue(tx: Tx, nowMs: number): Promise<{ brandId: Uuid; modelId: Uuid }[]> {
  const { rows } = await sql<{ brandId: Uuid; modelId: Uuid }>`
    update forecast.schedules
    set next_at = next_at + interval '7 days' * ceil(extract(epoch from to_timestamp(${nowMs} / 1000.0) - next_at) / 604800 + 1e-9)
    where next_at <= to_timestamp(${nowMs} / 1000.0)
    returning brand_id as "brandId", model_id as "modelId"`.execute(tx);
  return rows;
}
