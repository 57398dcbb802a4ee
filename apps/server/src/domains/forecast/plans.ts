import type { Tx } from '#adapters/postgres.ts';
import { kpiDefinition, periodRule, setTarget, targetsOf } from '#domains/metrics/index.ts';
import { refuse } from '#errors.ts';
import { newUuid, publicId, type Uuid } from '#lib/id.ts';
import { quarterTargets, seriesOf } from './adoption.ts';
import { type ForecastBrand, type ForecastDeps, limitsOf } from './deps.ts';
import { canonicalJson } from './hash.ts';
import type { RunInput } from './requests.ts';
import { contentOf, runOf } from './run-read.ts';
import { findRun, type RunRow } from './run-store.ts';
import { planOf } from './scenarios.ts';
import type { AdoptedTarget, Adoption, AdoptRequest, ForecastPlan, PlanOfRecord } from './schema.ts';
import { insertPlan, lockPlans, type PlanContent, type PlanRow, plansOf } from './store.ts';
import type { ForecastResult, ScenarioPlan } from './task.ts';

/** Earlier plans that are told. */
const earlierTold = 20;

type WantedTarget = Omit<AdoptedTarget, 'before' | 'beforeOrigin'>;

interface Base {
  row: RunRow;
  result: ForecastResult;
  fitInput: Extract<RunInput, { kind: 'fit' }>;
  scenario: ScenarioPlan;
}

/**
 * Sends a scenario of a finished forecast to the plan: the targets of the chosen KPIs become the medians of the forecast by
 * quarter, and the levers are kept as the plan of record. Targets, plan and trail are one transaction; with `dryRun`
 * nothing is changed.
 * @throws Refusal forecast.run_not_found, forecast.run_unfinished, scenario.not_found, scenario.not_in_forecast, kpi.unknown
 */
export async function adoptScenario(
  deps: ForecastDeps,
  brand: ForecastBrand,
  scenarioId: string,
  request: AdoptRequest,
  actor: string,
): Promise<Adoption> {
  const base = await baseOf(deps, brand, scenarioId, request.forecastId);
  const { targets: wanted, left } = targetsFrom(base, request.kpis);
  if (request.dryRun) return { dryRun: true, targets: await withBefore(deps, brand, wanted), left, plan: null };
  const { plan, targets } = await deps.db.brand(brand.id, async (tx) => {
    await lockPlans(tx, brand.id);
    return adopted(tx, deps, brand, { base, wanted, actor });
  });
  return { dryRun: false, targets, left, plan: shownPlan(plan) };
}

async function adopted(
  tx: Tx,
  deps: ForecastDeps,
  brand: ForecastBrand,
  { base, wanted, actor }: { base: Base; wanted: readonly WantedTarget[]; actor: string },
): Promise<{ plan: PlanRow; targets: AdoptedTarget[] }> {
  const { row, scenario, result } = base;
  if ((await findRun(tx, brand.id, row.id)) === undefined) throw refuse('forecast.run_not_found');
  const targets = await withBefore({ ...deps, db: { ...deps.db, brand: (_, work) => work(tx) } }, brand, wanted);
  const content: PlanContent = {
    scenario,
    forecastKind: 'forecast',
    fitId: row.fitId,
    modelId: row.modelId,
    start: result.start,
    horizonDays: result.horizonDays,
    targets,
  };
  const [last] = await plansOf(tx, brand.id, 1);
  if (last && isInForce(last, row.id, content)) return { plan: last, targets };
  // The plan that was adopted last holds, also where the clock was set back meanwhile.
  const adoptedAt = new Date(Math.max(deps.now(), (last?.adoptedAt.getTime() ?? 0) + 1));
  const plan: PlanRow = { id: newUuid(adoptedAt.getTime()), forecastId: row.id, content, actor, adoptedAt };
  for (const { kpi, quarter, after } of targets)
    await setTarget(tx, deps, brand, { kpi, quarter, value: after }, actor);
  await insertPlan(tx, brand.id, plan, limitsOf(deps).plans);
  await deps.audit(tx, brand.id, {
    actor,
    action: 'plan.adopted',
    subject: publicId('pln', plan.id),
    detail: { scenario: scenario.name, forecast: publicId('fct', row.id), targets },
  });
  return { plan, targets };
}

/** Whether a plan is the same and its targets stand: a second click changes nothing. */
function isInForce(last: PlanRow, forecastId: Uuid, content: PlanContent): boolean {
  const told = ({ targets, ...rest }: PlanContent) =>
    canonicalJson([rest, targets.map(({ before: _, beforeOrigin: __, ...target }) => target)]);
  const stands = content.targets.every(
    ({ before, beforeOrigin, after }) => beforeOrigin === 'brand' && before === after,
  );
  return stands && last.forecastId === forecastId && told(last.content) === told(content);
}

async function baseOf(deps: ForecastDeps, brand: ForecastBrand, scenarioId: string, forecastId: string): Promise<Base> {
  const row = await runOf(deps, brand.id, forecastId, ['forecast']);
  if (row.state !== 'done') throw refuse('forecast.run_unfinished', { state: row.state });
  const { input, result } = await contentOf(deps, brand.id, row.id);
  const fit = row.fitId === null ? undefined : await contentOf(deps, brand.id, row.fitId);
  if (input.kind !== 'forecast' || result?.kind !== 'forecast' || fit?.input.kind !== 'fit') {
    throw refuse('forecast.run_not_found');
  }
  const scenario = input.scenarios.find(({ id }) => id === scenarioId);
  if (scenario === undefined) throw refuse('scenario.not_in_forecast');
  const now = await planOf(deps, brand, scenarioId, { id: row.modelId, setup: fit.input.model.setup });
  const content = ({ levers, couplings }: ScenarioPlan) => canonicalJson({ levers, couplings });
  if (content(now) !== content(scenario)) throw refuse('scenario.not_in_forecast');
  return { row, result, fitInput: fit.input, scenario };
}

function targetsFrom(
  { result, fitInput, scenario }: Base,
  kpis: readonly string[],
): { targets: WantedTarget[]; left: Adoption['left'] } {
  const found = [...new Set(kpis)].map((kpi) => {
    const rule = periodRule(kpiDefinition(kpi));
    const observation = fitInput.model.setup.observations.find((one) => one.kpi === kpi);
    const series = seriesOf(result, scenario.id, kpi);
    if (observation === undefined || series === undefined) return leftOut(kpi, 'not_forecast', notForecast);
    if (rule === undefined) return leftOut(kpi, 'days_do_not_tell', daysDoNotTell);
    return quarterTargets({ observation, rule, series, snapshot: fitInput.snapshot });
  });
  return { targets: found.flatMap(({ targets }) => targets), left: found.flatMap(({ left }) => left) };
}

function leftOut(kpi: string, code: string, text: { en: string; zh: string }): ReturnType<typeof quarterTargets> {
  return { targets: [], left: [{ kpi, quarter: null, code, text }] };
}

async function withBefore(
  deps: ForecastDeps,
  brand: ForecastBrand,
  targets: readonly WantedTarget[],
): Promise<AdoptedTarget[]> {
  const years = [...new Set(targets.map(({ quarter }) => Number(quarter.slice(0, 4))))];
  const all = new Map<string, Pick<AdoptedTarget, 'before' | 'beforeOrigin'>>();
  // One after the other: within an adoption they share its transaction.
  for (const year of years) {
    for (const { kpi, quarter, value, origin } of (await targetsOf(deps, brand, year)).targets) {
      all.set(`${kpi} ${quarter}`, { before: value, beforeOrigin: origin });
    }
  }
  const none = { before: null, beforeOrigin: null };
  return targets.map((target) => ({ ...target, ...(all.get(`${target.kpi} ${target.quarter}`) ?? none) }));
}

/** The plan that holds, and the ones before it. */
export async function planOfRecord(deps: ForecastDeps, brandId: Uuid): Promise<PlanOfRecord> {
  const rows = await deps.db.brand(brandId, (tx) => plansOf(tx, brandId, earlierTold + 1));
  const [plan = null, ...earlier] = rows.map(shownPlan);
  return { plan, earlier };
}

function shownPlan({ id, forecastId, content, actor, adoptedAt }: PlanRow): ForecastPlan {
  const { scenario, fitId, modelId, start, horizonDays, targets } = content;
  return {
    id: publicId('pln', id),
    scenario,
    forecastId: publicId('fct', forecastId),
    fitId: fitId === null ? null : publicId('fit', fitId),
    modelId: publicId('mdl', modelId),
    start,
    horizonDays,
    targets,
    actor,
    adoptedAt: adoptedAt.toISOString(),
  };
}

const notForecast = { en: 'The forecast does not hold this KPI.', zh: '该预测不包含此指标。' };
const daysDoNotTell = {
  en: 'The value of a quarter does not follow from its days (persons are counted once), so no target can be set from this forecast.',
  zh: '季度值不能由每日值推出（人数需去重），因此无法据此设定目标。',
};
