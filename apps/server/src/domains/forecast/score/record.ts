import { nodeThread } from '@tandem/dynamics/node';
import type { Measure } from '../fit/blocks.ts';
import { type QuickFit, quickFit } from '../fit/index.ts';
import { dayNumber, dayOf, daysOf, leverHistories } from '../model/index.ts';
import { firstWeekday, promotionDays } from '../predict/days.ts';
import { createFan, type FanSeries } from '../predict/fan.ts';
import type { ModelSetup } from '../setup.ts';
import type { FitResult, LeverPath, Method, Snapshot, Task, Workplace } from '../task.ts';
import { type Baselines, baselinesOf } from './baselines.ts';
import { correctedForecast } from './corrected.ts';
import { type Fold, originWeeks } from './folds.ts';
import type { Grid } from './grid.ts';
import { historyAt, type SeriesInput, weeksAfter } from './history.ts';
import { maseScale } from './scores.ts';

export type BacktestTask = Extract<Task, { kind: 'backtest' }>;

/**
 * What the model is told of levers after an origin. `planned`: what the brand did, since it decides that and had planned it
 * (only levers that no forecast KPI is the measure of); `held`: nothing, levers go on as in the four weeks before. The
 * promotion calendar is known in both, to baselines too.
 */
export type LeverKnowledge = 'planned' | 'held';

/** One series with everything that was forecast of it. */
export interface RecordedSeries {
  kpi: string;
  input: SeriesInput;
  folds: Fold[];
  /** Methods that gave no forecast at some origin, and why. */
  missing: { method: Method; reason: 'too_short' | 'no_model' | 'no_fit'; folds: number }[];
}

const drawsOfFit = 400;

/** Series of the snapshot that the model observes, with the calendar around them. */
export function inputsOf(setup: ModelSetup, snapshot: Snapshot, daysAhead: number): SeriesInput[] {
  const days = daysOf(snapshot);
  const promotions = promotionDays(snapshot, days + daysAhead);
  return setup.observations.flatMap(({ kpi, measure }): SeriesInput[] => {
    const values = snapshot.series.find((one) => one.kpi === kpi)?.values.slice(0, days);
    if (values === undefined || values.every((value) => value === null)) return [];
    return [{ kpi, measure: measure satisfies Measure, values, weekday0: firstWeekday(snapshot), promotions }];
  });
}

/** Forecasts by all methods at all origins, each from data before its origin alone. */
export async function recordFolds(
  task: BacktestTask,
  workplace: Workplace,
  levers: LeverKnowledge,
): Promise<{ origins: number[]; series: RecordedSeries[] }> {
  const { snapshot, model } = task;
  const longest = Math.max(...task.horizons.map(({ to }) => to));
  const days = daysOf(snapshot);
  const origins = originWeeks(Math.floor(days / 7), task.origins, longest).map((week) => (days % 7) + 7 * week);
  const series = inputsOf(model.setup, snapshot, 7 * longest).map(
    (input): RecordedSeries & { baselines: Baselines } => ({
      kpi: input.kpi,
      input,
      folds: [],
      missing: [],
      baselines: baselinesOf(input),
    }),
  );
  let warm: QuickFit['optimum'];
  for (const [i, origin] of origins.entries()) {
    if (workplace.signal?.aborted === true) break;
    workplace.onProgress?.(i / origins.length, {
      en: `Forecasting from ${dayOf(snapshot, origin)} (${i + 1} of ${origins.length})`,
      zh: `以 ${dayOf(snapshot, origin)} 为起点预测（第 ${i + 1} 个，共 ${origins.length} 个）`,
    });
    const before = snapshotBefore(snapshot, origin);
    const fitTask = { kind: 'fit' as const, model, snapshot: before, seed: task.seed, draws: drawsOfFit };
    const fit = await quickFit(fitTask, workplace, warm === undefined ? {} : { warmStart: warm });
    warm = fit.optimum ?? warm;
    const plan = levers === 'planned' ? leversAfter(model.setup, snapshot, origin) : undefined;
    const structural = await modelForecasts(task, before, fit.result, plan, longest, workplace);
    for (const one of series) addFold(one, origin, longest, structural.get(one.kpi));
  }
  return { origins, series };
}

/** What the model says of the weeks after an origin. */
interface ModelForecast {
  grids: Grid[];
  /** See `Fold.move`. */
  move: Float64Array | undefined;
}

/** What the model says of the weeks after a snapshot, as the product would say it, by KPI. */
async function modelForecasts(
  { model, seed }: BacktestTask,
  snapshot: Snapshot,
  fit: FitResult,
  plan: LeverPath[] | undefined,
  weeks: number,
  { threads, signal }: Workplace,
): Promise<Map<string, ModelForecast>> {
  const draws = Math.min(drawsOfFit, Math.max(1, fit.draws.count));
  const basis = { model, snapshot, fit, horizonDays: 7 * weeks, draws, seed, threads, spawn: nodeThread };
  const fan = await createFan({ ...basis, ...(signal === undefined ? {} : { signal }) });
  try {
    const asIs = await fan.run({ levers: [], couplings: [] }, signal);
    const planned = plan === undefined ? undefined : await fan.run({ levers: plan, couplings: [] }, signal);
    const found = asIs.series.map((one, s): [string, ModelForecast] => {
      const fitted = fit.series.find(({ kpi }) => kpi === one.kpi);
      const move = planned && moveOf(one, planned.series[s]!);
      return [one.kpi, { grids: correctedForecast(one, fitted, snapshot), move }];
    });
    return new Map(found.filter(([, { grids }]) => grids.every((grid) => grid.every(Number.isFinite))));
  } finally {
    fan.close();
  }
}

/** log ratio of the medians of a plan and of going on, by week; 0 where there is none. */
function moveOf(asIs: FanSeries, planned: FanSeries): Float64Array {
  return Float64Array.from(asIs.weeks, ({ p50 }, week) => {
    const move = Math.log(planned.weeks[week]!.p50 / p50);
    return Number.isFinite(move) ? move : 0;
  });
}

function addFold(
  series: RecordedSeries & { baselines: Baselines },
  origin: number,
  ahead: number,
  model?: ModelForecast,
): void {
  const { input, folds, missing, baselines } = series;
  const grids: Fold['grids'] = {};
  if (model === undefined) note(missing, 'model', 'no_fit');
  else grids.model = model.grids;
  for (const forecast of baselines.at(origin, ahead)) {
    if (forecast.grids === undefined) note(missing, forecast.method, forecast.reason);
    else grids[forecast.method] = forecast.grids;
  }
  const { weeks } = historyAt(input, origin, 0);
  const move = model?.move;
  folds.push({
    origin,
    grids,
    ...(move === undefined ? {} : { move }),
    observed: weeksAfter(input, origin, ahead),
    maseScale: maseScale(weeks),
  });
}

function note(missing: RecordedSeries['missing'], method: Method, reason: RecordedSeries['missing'][number]['reason']) {
  const known = missing.find((one) => one.method === method && one.reason === reason);
  if (known === undefined) missing.push({ method, reason, folds: 1 });
  else known.folds += 1;
}

/** The snapshot as it was at an origin; the promotion calendar stays, since it is made beforehand. */
export function snapshotBefore(snapshot: Snapshot, origin: number): Snapshot {
  return {
    ...snapshot,
    to: dayOf(snapshot, origin),
    series: snapshot.series.map(({ kpi, values }) => ({ kpi, values: values.slice(0, origin) })),
    promotions: snapshot.promotions.filter(({ from }) => dayNumber(snapshot, from) < origin + 366),
  };
}

/** What was done with each lever after an origin, as a plan made there would say it. */
export function leversAfter(setup: ModelSetup, snapshot: Snapshot, origin: number): LeverPath[] {
  const outcomes = new Set(setup.observations.map(({ kpi }) => kpi));
  return leverHistories(setup, snapshot).flatMap(({ path, seen }, i) => {
    const { history, promotions } = setup.levers[i]!;
    if (seen === undefined || promotions === true || history === undefined || outcomes.has(history.kpi)) return [];
    const before = path.steps.filter(({ day }) => day <= origin).at(-1);
    const after = path.steps.filter(({ day }) => day > origin);
    const steps = [...(before === undefined ? [] : [{ day: origin, value: before.value }]), ...after];
    return [{ variable: path.variable, steps: steps.map(({ day, value }) => ({ day: day - origin, value })) }];
  });
}
