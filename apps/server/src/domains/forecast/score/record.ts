import { nodeThread } from '@tandem/dynamics/node';
import type { Measure } from '../fit/blocks.ts';
import { type QuickFit, quickFit } from '../fit/index.ts';
import { dayNumber, dayOf, daysOf, leverHistories } from '../model/index.ts';
import { firstWeekday, promotionDays } from '../predict/days.ts';
import { createFan } from '../predict/fan.ts';
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
    const plan = levers === 'planned' ? leversAfter(model.setup, snapshot, origin) : [];
    const structural = await modelGrids(task, before, fit.result, plan, longest, workplace);
    for (const one of series) addFold(one, origin, longest, structural.get(one.kpi));
  }
  return { origins, series };
}

/** What the model says of the weeks after a snapshot, as the product would say it. */
async function modelGrids(
  { model, seed }: BacktestTask,
  snapshot: Snapshot,
  fit: FitResult,
  levers: LeverPath[],
  weeks: number,
  { threads, signal }: Workplace,
): Promise<Map<string, Grid[]>> {
  const draws = Math.min(drawsOfFit, Math.max(1, fit.draws.count));
  const basis = { model, snapshot, fit, horizonDays: 7 * weeks, draws, seed, threads, spawn: nodeThread };
  const fan = await createFan({ ...basis, ...(signal === undefined ? {} : { signal }) });
  try {
    const { series } = await fan.run({ levers, couplings: [] }, signal);
    const grids = series.map((one): [string, Grid[]] => {
      const fitted = fit.series.find(({ kpi }) => kpi === one.kpi);
      return [one.kpi, correctedForecast(one, fitted, snapshot)];
    });
    return new Map(grids.filter(([, all]) => all.every((grid) => grid.every(Number.isFinite))));
  } finally {
    fan.close();
  }
}

function addFold(
  series: RecordedSeries & { baselines: Baselines },
  origin: number,
  ahead: number,
  model?: Grid[],
): void {
  const { input, folds, missing, baselines } = series;
  const grids: Fold['grids'] = {};
  if (model === undefined) note(missing, 'model', 'no_fit');
  else grids.model = model;
  for (const forecast of baselines.at(origin, ahead)) {
    if (forecast.grids === undefined) note(missing, forecast.method, forecast.reason);
    else grids[forecast.method] = forecast.grids;
  }
  const { weeks } = historyAt(input, origin, 0);
  folds.push({ origin, grids, observed: weeksAfter(input, origin, ahead), maseScale: maseScale(weeks) });
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
