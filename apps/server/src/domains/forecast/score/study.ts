import type { Horizon, Method, ModelInput, Snapshot, Workplace } from '../task.ts';
import { scoreOf } from './backtest.ts';
import { type Corrected, chooseThrough } from './choice.ts';
import { type Fold, pairsWithin } from './folds.ts';
import { type BaselineMethod, baselineMethods } from './paths.ts';
import { type LeverKnowledge, recordFolds } from './record.ts';

export interface StudyOptions {
  model: ModelInput;
  /** Histories; taken one after the other, so that they can be made when they are wanted. */
  brands: Iterable<Snapshot>;
  origins?: number;
  seed?: number;
  /** What the model is told of levers after an origin; see `backtestModel`. */
  levers: LeverKnowledge;
  workplace: Workplace;
}

/** One horizon over all series. CRPS is compared series by series, each over all its origins and weeks in the horizon. */
export interface StudyHorizon {
  horizon: Horizon;
  series: number;
  /**
   * Share of series on which what the product used scored better than
   * - the baseline that earlier folds of the same series said was best (what one could have known),
   * - each single baseline used throughout,
   * - the baseline that turned out best on that very series (what nobody could have known).
   */
  betterThan: { chosen: number; each: Record<BaselineMethod, number>; hindsight: number };
  /** The same of the combination alone. */
  combinationBetterThan: { chosen: number; hindsight: number };
  /** Geometric mean over series of a method's CRPS in shares of the best baseline in hindsight. */
  relative: Partial<Record<Method | 'used' | 'chosen', number>>;
  /** Share of outcomes inside the 80 % interval, mean over series. */
  coverage: Partial<Record<Method | 'used', number>>;
  /** MASE, mean over series. */
  mase: Partial<Record<Method | 'used', number>>;
}

export interface BacktestStudy {
  levers: LeverKnowledge;
  brands: number;
  origins: number;
  horizons: StudyHorizon[];
  /** Of what was used at 4 to 13 weeks ahead, by KPI: CRPS in shares of the best baseline in hindsight. */
  byKpi: { kpi: string; series: number; relative: number }[];
}

const bands: readonly Horizon[] = [
  { from: 1, to: 1 },
  { from: 2, to: 3 },
  { from: 4, to: 8 },
  { from: 9, to: 13 },
];
const long: Horizon = { from: 4, to: 13 };
const originsUsual = 12;
const scored: readonly Method[] = ['model', 'combination', ...baselineMethods];

/** Backtests many brands and compares what the product would have used with baselines. */
export async function backtestStudy(options: StudyOptions): Promise<BacktestStudy> {
  const { model, levers, workplace, origins = originsUsual, seed = 1 } = options;
  const rows = new Map<Horizon, SeriesRow[]>([...bands, long].map((horizon) => [horizon, []]));
  let brands = 0;
  for (const snapshot of options.brands) {
    const task = { kind: 'backtest' as const, model, snapshot, seed, origins, horizons: [...bands] };
    const { series } = await recordFolds(task, workplace, levers);
    const { corrected } = chooseThrough(
      series.map(({ folds }) => folds),
      bands,
    );
    for (const [horizon, found] of rows) {
      for (const [s, { kpi, folds }] of series.entries()) {
        const row = rowOf(kpi, folds, corrected[s]!, horizon);
        if (row !== undefined) found.push(row);
      }
    }
    brands += 1;
  }
  return {
    levers,
    brands,
    origins,
    horizons: [...rows].map(([horizon, all]) => horizonOf(horizon, all)),
    byKpi: kpiTable(rows.get(long)!),
  };
}

type Key = Method | 'used' | 'chosen';

/** One series at one horizon. */
interface SeriesRow {
  kpi: string;
  crps: Partial<Record<Key, number>>;
  coverage: Partial<Record<Key, number>>;
  mase: Partial<Record<Key, number>>;
  hindsight: number;
}

function rowOf(kpi: string, folds: readonly Fold[], corrected: readonly Corrected[], horizon: Horizon) {
  const row: SeriesRow = { kpi, crps: {}, coverage: {}, mase: {}, hindsight: Number.POSITIVE_INFINITY };
  for (const method of [...scored, undefined]) {
    const score = scoreOf(folds, corrected, horizon, method);
    if (score.crps === null) continue;
    const key: Key = method ?? 'used';
    row.crps[key] = score.crps;
    row.coverage[key] = score.coverage!;
    if (score.mase !== null) row.mase[key] = score.mase;
    if (method !== undefined && isBaseline(method)) row.hindsight = Math.min(row.hindsight, score.crps);
  }
  if (row.crps.used === undefined || !(row.hindsight > 0) || row.hindsight === Number.POSITIVE_INFINITY)
    return undefined;
  row.crps.chosen = chosenScore(folds, corrected, horizon);
  return row;
}

function isBaseline(method: Method): method is BaselineMethod {
  return method !== 'model' && method !== 'combination';
}

/** The score of using, at each origin, the baseline that was best at this horizon in what had been seen by then. */
function chosenScore(folds: readonly Fold[], corrected: readonly Corrected[], horizon: Horizon): number {
  let [sum, count] = [0, 0];
  const best = folds.map(({ origin }, fold) => {
    const known = pairsWithin(folds.slice(0, fold), horizon, origin);
    const means = baselineMethods.map((method) => {
      const scores = known.map((pair) => corrected[pair.fold]!.crps[method]![pair.week]!).filter(Number.isFinite);
      return scores.length === 0
        ? Number.POSITIVE_INFINITY
        : scores.reduce((all, score) => all + score, 0) / scores.length;
    });
    const least = Math.min(...means);
    return least === Number.POSITIVE_INFINITY ? 'seasonal_naive' : baselineMethods[means.indexOf(least)]!;
  });
  for (const { fold, week } of pairsWithin(folds, horizon)) {
    const score = corrected[fold]!.crps[best[fold]!]![week]!;
    if (Number.isNaN(score)) continue;
    sum += score;
    count += 1;
  }
  return sum / count;
}

function horizonOf(horizon: Horizon, rows: readonly SeriesRow[]): StudyHorizon {
  const better = (key: Key, than: (row: SeriesRow) => number | undefined) =>
    meanOf(
      rows.flatMap((row) => (row.crps[key] === undefined ? [] : [row.crps[key] < (than(row) ?? Infinity) ? 1 : 0])),
    );
  const table = (field: 'coverage' | 'mase') =>
    Object.fromEntries(
      [...scored, 'used' as const].map((key) => [key, meanOf(rows.flatMap((row) => row[field][key] ?? []))]),
    );
  return {
    horizon,
    series: rows.length,
    betterThan: {
      chosen: better('used', ({ crps }) => crps.chosen),
      each: Object.fromEntries(
        baselineMethods.map((method) => [method, better('used', ({ crps }) => crps[method])]),
      ) as Record<BaselineMethod, number>,
      hindsight: better('used', ({ hindsight }) => hindsight),
    },
    combinationBetterThan: {
      chosen: better('combination', ({ crps }) => crps.chosen),
      hindsight: better('combination', ({ hindsight }) => hindsight),
    },
    relative: Object.fromEntries(
      [...scored, 'used' as const, 'chosen' as const].map((key) => [key, relativeOf(rows, key)]),
    ),
    coverage: table('coverage'),
    mase: table('mase'),
  };
}

function relativeOf(rows: readonly SeriesRow[], key: Key): number {
  const logs = rows.flatMap(({ crps, hindsight }) =>
    crps[key] === undefined ? [] : [Math.log(crps[key] / hindsight)],
  );
  return Math.exp(meanOf(logs));
}

function kpiTable(rows: readonly SeriesRow[]): BacktestStudy['byKpi'] {
  return [...new Set(rows.map(({ kpi }) => kpi))].map((kpi) => {
    const own = rows.filter((row) => row.kpi === kpi);
    return { kpi, series: own.length, relative: relativeOf(own, 'used') };
  });
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
