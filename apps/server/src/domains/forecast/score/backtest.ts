import { dayOf } from '../model/index.ts';
import type { BacktestResult, BacktestSeries, Horizon, Method, Score, Workplace } from '../task.ts';
import { type Choice, type Corrected, chooseThrough, type Lesson } from './choice.ts';
import { type Fold, pairsWithin } from './folds.ts';
import { medianOf } from './grid.ts';
import { notesOf } from './notes.ts';
import { type BacktestTask, type LeverKnowledge, recordFolds } from './record.ts';
import { crpsOfGrid, isInside } from './scores.ts';

const methods: readonly Method[] = ['model', 'combination', 'last_value', 'seasonal_naive', 'ets', 'mstl'];

/**
 * Scores the product's forecasts by rolling origin (L. J. Tashman, Int. J. Forecasting 16 (2000) 437-450): at each origin
 * everything after it is hidden, the model is fitted again, and the weeks ahead are forecast by the model and by the
 * baselines. Widths, weights of the combination and the choice of method are learned from weeks that had been seen before
 * an origin and scored after it; what is to be used from now on is learned from all of them.
 *
 * The plan of record is known at each origin: the promotion calendar to all methods, and to the model the levers as the
 * brand then moved them, since it is the brand that decides them; what is forecast for levers going on as they were is
 * moved by what the model has the plan change, as far as earlier folds bear such effects out. With `levers` set to `held`
 * the model is told no levers.
 */
export async function backtestModel(
  task: BacktestTask,
  workplace: Workplace,
  levers: LeverKnowledge = 'planned',
): Promise<BacktestResult> {
  const { origins, series } = await recordFolds(task, workplace, levers);
  const folds = series.map((one) => one.folds);
  const choice = chooseThrough(folds, task.horizons);
  return {
    kind: 'backtest',
    origins: origins.map((origin) => dayOf(task.snapshot, origin)),
    horizons: task.horizons,
    series: series.map(({ kpi, folds: own }, s) => ({ kpi, ...tableOf(own, choice, s, task.horizons) })),
    notes: notesOf(task, series),
  };
}

/** The tables of one series. */
function tableOf(
  folds: readonly Fold[],
  { corrected, lessons }: Choice,
  s: number,
  horizons: readonly Horizon[],
): Omit<BacktestSeries, 'kpi'> {
  const own = corrected[s]!;
  const scores = horizons.flatMap((horizon) => methods.map((method) => scoreOf(folds, own, horizon, method)));
  const learned = lessons[s]!;
  return {
    scores: scores.filter(({ count }) => count > 0),
    winners: horizons.map((horizon, b) => winnerOf(scores, horizon, learned[b]!)),
    spread: horizons.flatMap((horizon, b) =>
      Object.entries(learned[b]!.factors).map(([method, factor]) => ({ method: method as Method, horizon, factor })),
    ),
    used: horizons.map((horizon) => scoreOf(folds, own, horizon, undefined)).filter(({ count }) => count > 0),
    weights: horizons.map((horizon, b) => ({ horizon, weights: learned[b]!.weights })),
    ...(learned[0] === undefined ? {} : { response: learned[0].response }),
  };
}

/** Scores of one method, or of what was used at each fold; a row of what was used names the method used most. */
export function scoreOf(
  folds: readonly Fold[],
  corrected: readonly Corrected[],
  horizon: Horizon,
  method: Method | undefined,
): Score {
  let [count, crps, inside, errors, scaled] = [0, 0, 0, 0, 0];
  const uses = new Map<Method, number>();
  for (const { fold, week, observed } of pairsWithin(folds, horizon)) {
    const own = corrected[fold]!;
    const chosen = method ?? own.used[week];
    const grid = method === undefined ? own.usedGrids[week] : own.grids[method]?.[week];
    if (chosen === undefined || grid === undefined) continue;
    uses.set(chosen, (uses.get(chosen) ?? 0) + 1);
    count += 1;
    crps += crpsOfGrid(grid, observed);
    inside += isInside(grid, observed) ? 1 : 0;
    const scale = folds[fold]!.maseScale;
    if (scale === null) continue;
    errors += Math.abs(observed - medianOf(grid)) / scale;
    scaled += 1;
  }
  const most = [...uses].sort((a, b) => b[1] - a[1])[0]?.[0];
  return {
    method: method ?? most ?? 'combination',
    horizon,
    count,
    mase: scaled > 0 ? errors / scaled : null,
    crps: count > 0 ? crps / count : null,
    coverage: count > 0 ? inside / count : null,
  };
}

/** What to use from now on, and how much better it was than the best baseline: 1 less the ratio of scores. */
function winnerOf(scores: readonly Score[], horizon: Horizon, { method }: Lesson): BacktestSeries['winners'][number] {
  const at = scores.filter((score) => score.horizon === horizon && score.crps !== null);
  const baselines = at.filter((score) => score.method !== 'combination' && score.method !== 'model');
  const best = baselines.reduce<Score | undefined>(
    (least, score) => (least === undefined || score.crps! < least.crps! ? score : least),
    undefined,
  );
  const chosen = at.find((score) => score.method === method);
  const skill = best?.crps && chosen ? 1 - chosen.crps! / best.crps : null;
  return { horizon, method, baseline: best?.method ?? 'last_value', skill };
}
