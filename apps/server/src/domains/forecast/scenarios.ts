import { refuse } from '#errors.ts';
import { newUuid, publicId, type Uuid, uuidOf } from '#lib/id.ts';
import { type ForecastBrand, type ForecastDeps, limitsOf } from './deps.ts';
import { lockModels } from './model-store.ts';
import { type ChosenModel, chooseModel } from './models.ts';
import { presetsOf } from './presets.ts';
import type { NewScenario, Scenario } from './schema.ts';
import type { ModelSetup } from './setup.ts';
import { countScenarios, deleteScenario, findScenario, putScenario, type ScenarioRow, scenariosOf } from './store.ts';
import type { ScenarioPlan } from './task.ts';

/** Steps of all levers of a plan together. */
const stepsMax = 10_000;
const presetPrefix = 'preset:';

/** Those that come with the model, then the brand's own, oldest first. @throws Refusal forecast.model_not_found */
export async function listScenarios(deps: ForecastDeps, brand: ForecastBrand, modelId: string): Promise<Scenario[]> {
  const chosen = await chooseModel(deps, brand.id, modelId);
  const own = await deps.db.brand(brand.id, (tx) => scenariosOf(tx, brand.id, chosen.id));
  return [...presetScenarios(chosen), ...own.map(shownScenario)];
}

function presetScenarios({ id, model }: ChosenModel): Scenario[] {
  return presetsOf(model.setup).map((preset) => ({
    id: `${presetPrefix}${preset.id}`,
    preset: true,
    name: preset.label.en,
    nameZh: preset.label.zh,
    note: preset.note.en,
    noteZh: preset.note.zh,
    modelId: publicId('mdl', id),
    levers: preset.levers,
    couplings: preset.couplings,
    actor: 'Tandem',
    createdAt: null,
    updatedAt: null,
  }));
}

/** @throws Refusal scenario.not_found */
export async function scenarioOf(deps: ForecastDeps, brand: ForecastBrand, id: string): Promise<Scenario> {
  return shownScenario(await ownScenario(deps, brand, id));
}

async function ownScenario(deps: ForecastDeps, brand: ForecastBrand, id: string): Promise<ScenarioRow> {
  if (id.startsWith(presetPrefix)) throw refuse('scenario.preset_fixed');
  const uuid = uuidOf('scn', id);
  const row = uuid && (await deps.db.brand(brand.id, (tx) => findScenario(tx, brand.id, uuid)));
  if (!row) throw refuse('scenario.not_found');
  return row;
}

/** @throws Refusal forecast.model_not_found, scenario.invalid, forecast.full */
export async function addScenario(
  deps: ForecastDeps,
  brand: ForecastBrand,
  wanted: NewScenario,
  actor: string,
): Promise<Scenario> {
  const chosen = await chooseModel(deps, brand.id, wanted.modelId);
  checkPlan(chosen.model.setup, wanted);
  const id = newUuid();
  await deps.db.brand(brand.id, async (tx) => {
    await lockModels(tx, brand.id);
    const limit = limitsOf(deps).scenarios;
    if ((await countScenarios(tx, brand.id)) >= limit) {
      throw refuse('forecast.full', { limit, things: 'scenarios', thingsZh: '情景' });
    }
    const { name, note = '', levers, couplings } = wanted;
    await putScenario(tx, brand.id, {
      id,
      modelId: chosen.id,
      name,
      note,
      levers,
      couplings,
      actor,
      nowMs: deps.now(),
    });
    await deps.audit(tx, brand.id, { actor, action: 'scenario.added', subject: publicId('scn', id), detail: { name } });
  });
  return scenarioOf(deps, brand, publicId('scn', id));
}

/** Sets name and plan; the model of a scenario stays. @throws Refusal scenario.not_found, scenario.preset_fixed, scenario.invalid */
export async function changeScenario(
  deps: ForecastDeps,
  brand: ForecastBrand,
  id: string,
  wanted: NewScenario,
  actor: string,
): Promise<Scenario> {
  const row = await ownScenario(deps, brand, id);
  const chosen = await chooseModel(deps, brand.id, wanted.modelId);
  if (chosen.id !== row.modelId) {
    throw invalid(
      'A scenario stays with its model; save a new one for the other model.',
      '情景不能更换模型；请为其他模型另存新情景。',
    );
  }
  checkPlan(chosen.model.setup, wanted);
  await deps.db.brand(brand.id, async (tx) => {
    await lockModels(tx, brand.id);
    const before = await findScenario(tx, brand.id, row.id);
    if (before === undefined) throw refuse('scenario.not_found');
    const { name, note = '', levers, couplings } = wanted;
    await putScenario(tx, brand.id, { ...row, name, note, levers, couplings, actor, nowMs: deps.now() });
    await deps.audit(tx, brand.id, {
      actor,
      action: 'scenario.changed',
      subject: id,
      detail: {
        before: { name: before.name, levers: before.levers, couplings: before.couplings },
        after: { name, levers, couplings },
      },
    });
  });
  return scenarioOf(deps, brand, id);
}

/** @throws Refusal scenario.not_found, scenario.preset_fixed */
export async function dropScenario(deps: ForecastDeps, brand: ForecastBrand, id: string, actor: string): Promise<void> {
  const row = await ownScenario(deps, brand, id);
  await deps.db.brand(brand.id, async (tx) => {
    await lockModels(tx, brand.id);
    if (!(await deleteScenario(tx, brand.id, row.id))) throw refuse('scenario.not_found');
    await deps.audit(tx, brand.id, { actor, action: 'scenario.removed', subject: id, detail: { name: row.name } });
  });
}

/** The plan of a scenario as computations take it. @throws Refusal scenario.not_found */
export async function planOf(
  deps: ForecastDeps,
  brand: ForecastBrand,
  id: string,
  model: { id: Uuid; setup: ModelSetup },
): Promise<ScenarioPlan> {
  if (id.startsWith(presetPrefix)) {
    const preset = presetsOf(model.setup).find((one) => `${presetPrefix}${one.id}` === id);
    if (!preset) throw refuse('scenario.not_found');
    return { id, name: preset.label.en, levers: preset.levers, couplings: preset.couplings };
  }
  const row = await ownScenario(deps, brand, id);
  if (row.modelId !== model.id) {
    throw invalid('This scenario belongs to another model.', '该情景属于另一个模型。');
  }
  const { name, levers, couplings } = row;
  return { id, name, levers, couplings };
}

/** @throws Refusal scenario.invalid that names what the model does not have or what cannot be */
export function checkPlan(setup: ModelSetup, plan: Pick<ScenarioPlan, 'levers' | 'couplings'>): void {
  const seen = new Set<string>();
  for (const { variable, steps } of plan.levers) {
    const lever = setup.levers.find((one) => one.variable === variable);
    if (!lever) throw invalid(`The model has no lever "${variable}".`, `模型没有可调项“${variable}”。`);
    if (seen.has(variable)) throw invalid(`The lever "${variable}" comes twice.`, `可调项“${variable}”重复出现。`);
    seen.add(variable);
    const bad = steps.find(({ value }) => value < lever.low || value > lever.high);
    if (bad) {
      throw invalid(
        `${lever.label.en}: ${bad.value} on day ${bad.day} is outside ${lever.low} to ${lever.high} ${lever.unit.en}.`,
        `${lever.label.zh}：第 ${bad.day} 天的取值 ${bad.value} 超出 ${lever.low} 至 ${lever.high} ${lever.unit.zh}。`,
      );
    }
  }
  for (const { variable } of plan.couplings) {
    if (!setup.couplings.some((one) => one.variable === variable)) {
      throw invalid(`The model has no coupling "${variable}".`, `模型没有耦合“${variable}”。`);
    }
  }
  const steps = plan.levers.reduce((sum, lever) => sum + lever.steps.length, 0);
  if (steps > stepsMax) {
    throw invalid(
      `The levers have ${steps} steps; up to ${stepsMax} are taken.`,
      `可调项共有 ${steps} 步，上限为 ${stepsMax} 步。`,
    );
  }
}

function invalid(detail: string, detailZh: string) {
  return refuse('scenario.invalid', { detail, detailZh });
}

function shownScenario(row: ScenarioRow): Scenario {
  return {
    id: publicId('scn', row.id),
    preset: false,
    name: row.name,
    nameZh: row.name,
    note: row.note,
    noteZh: row.note,
    modelId: publicId('mdl', row.modelId),
    levers: row.levers,
    couplings: row.couplings,
    actor: row.actor,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
