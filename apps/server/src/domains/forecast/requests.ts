import { refuse } from '#errors.ts';
import { publicId } from '#lib/id.ts';
import { isDay } from '#lib/time.ts';
import type { ForecastBrand, ForecastDeps } from './deps.ts';
import { canonicalJson, sha256 } from './hash.ts';
import { type ChosenModel, chooseModel } from './models.ts';
import { contentOf, runOf } from './run-read.ts';
import { newestBacktest, type RunRow } from './run-store.ts';
import { checkPlan, planOf } from './scenarios.ts';
import type { ForecastOptions, NewFit, NewForecast } from './schema.ts';
import type { ModelSetup } from './setup.ts';
import { snapshotHash, takeSnapshot } from './snapshot.ts';
import { promotionsOf } from './store.ts';
import type { BacktestResult, FitResult, Horizon, ModelInput, Objective, Promotion, Snapshot, Task } from './task.ts';

/** What a run keeps of its task; the rest is in the runs that it builds on. */
export type RunInput =
  | { kind: 'fit'; model: ModelInput; snapshot: Snapshot; draws: number; parameters: readonly string[] | null }
  | (Extract<ForecastOptions, { kind: 'backtest' }> & { model: ModelInput; snapshot: Snapshot })
  | (Exclude<ForecastOptions, { kind: 'backtest' }> & { promotions: Promotion[] });

/** A run that was asked for, ready to be stored. */
export interface WantedRun {
  input: RunInput;
  model: Pick<ChosenModel, 'id' | 'name' | 'nameZh'> & { number: number; hash: string };
  snapshot: { from: string; to: string; hash: string };
  fit: RunRow | null;
  backtest: RunRow | null;
  seed: number;
  taskHash: string;
}

const defaultHorizons: readonly Horizon[] = [
  { from: 1, to: 1 },
  { from: 2, to: 4 },
  { from: 5, to: 13 },
];

/** Draws x scenarios x days that one forecast may ask for, and the same times its KPIs: all of them are held at once. */
const forecastSizeMax = 5e7;
const forecastValuesMax = 6e8;

/** @throws Refusal forecast.model_not_found, forecast.range_invalid, forecast.request_invalid */
export async function wantedFit(deps: ForecastDeps, brand: ForecastBrand, request: NewFit): Promise<WantedRun> {
  const chosen = await chooseModel(deps, brand.id, request.modelId, request.version);
  const { setup } = chosen.model;
  if (setup.parameters.length === 0 || setup.observations.length === 0) {
    throw invalid(
      'The setup of this model names no parameters or no observations.',
      '该模型的设置没有参数或观测指标。',
    );
  }
  for (const variable of request.parameters ?? []) {
    if (!setup.parameters.some((one) => one.variable === variable)) {
      throw invalid(`The setup has no parameter "${variable}".`, `设置中没有参数“${variable}”。`);
    }
  }
  const snapshot = await takeSnapshot(deps, brand, setup, request);
  return onData(chosen, snapshot, request.seed ?? 1, {
    kind: 'fit',
    model: chosen.model,
    snapshot,
    draws: request.draws ?? 2_000,
    parameters: request.parameters ?? null,
  });
}

/** @throws Refusal forecast.request_invalid, forecast.run_not_found, forecast.run_unfinished, scenario.not_found, … */
export async function wantedForecast(
  deps: ForecastDeps,
  brand: ForecastBrand,
  request: NewForecast,
): Promise<WantedRun> {
  checkFields(request);
  if (request.kind === 'backtest') return wantedBacktest(deps, brand, request);
  if (request.fitId === undefined) throw invalid('fitId is missing.', '缺少 fitId。');
  const fit = await runOf(deps, brand.id, request.fitId, ['fit']);
  if (fit.state !== 'done') throw refuse('forecast.run_unfinished', { state: fit.state });
  const { input } = await contentOf(deps, brand.id, fit.id);
  if (input.kind !== 'fit') throw refuse('forecast.run_not_found');
  const { setup } = input.model;
  const options = await optionsOf(deps, brand, request, { id: fit.modelId, setup }, input.snapshot.to);
  const backtest = request.kind === 'forecast' ? await backtestFor(deps, brand, request, fit) : null;
  const promotions = await promotionsNow(deps, brand, input.snapshot);
  const hash = snapshotHash({ ...input.snapshot, promotions });
  const seed = request.seed ?? fit.seed;
  return {
    input: { ...options, promotions },
    model: {
      id: fit.modelId,
      name: fit.modelName,
      nameZh: fit.modelNameZh,
      number: fit.modelVersion,
      hash: fit.modelHash,
    },
    snapshot: { from: fit.firstDay, to: fit.endDay, hash },
    fit,
    backtest,
    seed,
    taskHash: sha256(fit.resultHash ?? '', backtest?.resultHash ?? '', hash, String(seed), canonicalJson(options)),
  };
}

async function wantedBacktest(deps: ForecastDeps, brand: ForecastBrand, request: NewForecast): Promise<WantedRun> {
  if (request.modelId === undefined) throw invalid('modelId is missing.', '缺少 modelId。');
  const chosen = await chooseModel(deps, brand.id, request.modelId, request.version);
  if (chosen.model.setup.observations.length === 0) {
    throw invalid('The setup of this model names no observations.', '该模型的设置没有观测指标。');
  }
  const horizons = request.horizons ?? [...defaultHorizons];
  if (horizons.some(({ from, to }) => from > to)) {
    throw invalid('A horizon ends before it begins.', '预测区间的终点早于起点。');
  }
  const snapshot = await takeSnapshot(deps, brand, chosen.model.setup, request);
  return onData(chosen, snapshot, request.seed ?? 1, {
    kind: 'backtest',
    model: chosen.model,
    snapshot,
    origins: request.origins ?? 8,
    horizons,
  });
}

function onData(
  chosen: ChosenModel,
  snapshot: Snapshot,
  seed: number,
  input: Extract<RunInput, { kind: 'fit' | 'backtest' }>,
): WantedRun {
  const { id, name, nameZh, version } = chosen;
  const { model: _, snapshot: __, ...options } = input;
  const hash = snapshotHash(snapshot);
  return {
    input,
    model: { id, name, nameZh, number: version.number, hash: version.hash },
    snapshot: { from: snapshot.from, to: snapshot.to, hash },
    fit: null,
    backtest: null,
    seed,
    taskHash: sha256(version.hash, hash, String(seed), canonicalJson(options)),
  };
}

async function optionsOf(
  deps: ForecastDeps,
  brand: ForecastBrand,
  request: NewForecast,
  model: { id: string; setup: ModelSetup },
  start: string,
): Promise<Exclude<ForecastOptions, { kind: 'backtest' }>> {
  switch (request.kind) {
    case 'explain':
      return { kind: 'explain', samples: request.samples ?? 1_024 };
    case 'optimise':
      return optimiseOptions(request, model.setup, start);
    default:
      return forecastOptions(deps, brand, request, model);
  }
}

async function forecastOptions(
  deps: ForecastDeps,
  brand: ForecastBrand,
  request: NewForecast,
  model: { id: string; setup: ModelSetup },
): Promise<Extract<ForecastOptions, { kind: 'forecast' }>> {
  const scenarios = [];
  for (const wanted of request.scenarios ?? ['preset:as_it_is']) {
    if (typeof wanted !== 'string') checkPlan(model.setup, wanted);
    scenarios.push(typeof wanted === 'string' ? await planOf(deps, brand, wanted, model) : wanted);
  }
  if (new Set(scenarios.map(({ id }) => id)).size < scenarios.length) {
    throw invalid('A scenario comes twice.', '情景重复。');
  }
  const { horizonDays = 365, draws = 1_000 } = request;
  const size = scenarios.length * horizonDays * draws;
  if (size > forecastSizeMax || size * model.setup.observations.length > forecastValuesMax) {
    throw invalid('Too many draws for so many scenarios and days.', '情景数与天数较多，抽样数过大。');
  }
  return { kind: 'forecast', scenarios, horizonDays, draws };
}

function optimiseOptions(
  request: NewForecast,
  setup: ModelSetup,
  start: string,
): Extract<ForecastOptions, { kind: 'optimise' }> {
  const levers = request.levers ?? setup.levers.filter(({ kind }) => kind !== 'pulse').map(({ variable }) => variable);
  for (const variable of levers) {
    if (!setup.levers.some((one) => one.variable === variable)) {
      throw invalid(`The model has no lever "${variable}".`, `模型没有可调项“${variable}”。`);
    }
  }
  if (new Set(levers).size < levers.length) throw invalid('A lever comes twice.', '可调项重复。');
  if (levers.length === 0) {
    throw invalid(
      'This model has no lever to optimise but pulses; name levers.',
      '该模型除脉冲外没有可优化的可调项，请指定。',
    );
  }
  return {
    kind: 'optimise',
    months: request.months ?? 12,
    levers,
    objective: objectiveOf(request.objective, setup, start),
    limits: request.limits ?? { budget: null, fatigueMost: null, sessionsPerDayMost: null },
    draws: request.draws ?? 200,
    force: request.force === true,
  };
}

function objectiveOf(wanted: NewForecast['objective'], setup: ModelSetup, start: string): Objective {
  if (wanted === undefined) return { goal: 'margin', risk: { kind: 'mean' } };
  const { goal, gates, risk } = wanted;
  if (goal === 'gates' && (gates === undefined || gates.length === 0)) {
    throw invalid('The goal "gates" needs gates.', '目标“gates”需要给出关卡。');
  }
  for (const { kpi, day } of gates ?? []) {
    if (!isDay(day)) throw invalid(`There is no day ${day}.`, `没有 ${day} 这一天。`);
    if (!setup.observations.some((one) => one.kpi === kpi)) {
      throw invalid(`The model does not forecast the KPI "${kpi}".`, `该模型不预测指标“${kpi}”。`);
    }
  }
  const passed = gates?.find(({ day }) => day < start);
  if (passed)
    throw invalid(
      `The gate on ${passed.day} is over: the forecast begins on ${start}.`,
      `关卡 ${passed.day} 已过：预测自 ${start} 开始。`,
    );
  return {
    goal,
    ...(gates && { gates }),
    risk: risk.kind === 'mean' ? { kind: 'mean' } : { kind: 'cvar', alpha: risk.alpha ?? 0.2 },
  };
}

async function backtestFor(
  deps: ForecastDeps,
  brand: ForecastBrand,
  request: NewForecast,
  fit: RunRow,
): Promise<RunRow | null> {
  if (request.backtestId === null) return null;
  const newest =
    request.backtestId ??
    (await deps.db.brand(brand.id, async (tx) => {
      const id = await newestBacktest(tx, brand.id, fit.modelHash);
      return id === undefined ? null : publicId('fct', id);
    }));
  if (newest === null) return null;
  const backtest = await runOf(deps, brand.id, newest, ['backtest']);
  if (backtest.state !== 'done') throw refuse('forecast.run_unfinished', { state: backtest.state });
  return backtest;
}

/** What took place stays as the fit saw it; what is planned is as planned now. */
async function promotionsNow(deps: ForecastDeps, brand: ForecastBrand, snapshot: Snapshot): Promise<Promotion[]> {
  const now = await deps.db.brand(brand.id, (tx) => promotionsOf(tx, brand.id));
  const past = snapshot.promotions.filter(({ from }) => from < snapshot.to);
  return [...past, ...now.filter(({ from }) => from >= snapshot.to)];
}

const fieldsOf: Record<NewForecast['kind'], readonly string[]> = {
  forecast: ['fitId', 'scenarios', 'horizonDays', 'draws', 'backtestId'],
  backtest: ['modelId', 'version', 'from', 'to', 'origins', 'horizons'],
  explain: ['fitId', 'samples'],
  optimise: ['fitId', 'months', 'levers', 'objective', 'limits', 'draws', 'force'],
};

function checkFields(request: NewForecast): void {
  const taken = ['kind', 'seed', ...fieldsOf[request.kind]];
  const other = Object.keys(request).find((field) => !taken.includes(field));
  if (other !== undefined) {
    throw invalid(
      `A run of kind ${request.kind} takes no field "${other}".`,
      `类型 ${request.kind} 不接受字段“${other}”。`,
    );
  }
}

function invalid(detail: string, detailZh: string) {
  return refuse('forecast.request_invalid', { detail, detailZh });
}

/** The task that a stored run stands for. */
export function taskOf(
  input: RunInput,
  seed: number,
  base: { fitInput: Extract<RunInput, { kind: 'fit' }>; fit: FitResult; backtest: BacktestResult | null } | undefined,
): Task {
  if (input.kind === 'fit') {
    const { parameters, ...rest } = input;
    return { ...rest, seed, ...(parameters && { parameters }) };
  }
  if (input.kind === 'backtest') return { ...input, seed };
  if (base === undefined) throw new Error('a run that builds on a fit has none');
  const { promotions, ...options } = input;
  const { model, snapshot } = base.fitInput;
  const common = { model, snapshot: { ...snapshot, promotions }, seed, fit: base.fit };
  return options.kind === 'forecast' ? { ...common, ...options, backtest: base.backtest } : { ...common, ...options };
}
