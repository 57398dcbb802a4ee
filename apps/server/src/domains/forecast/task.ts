import type { Column, Program } from '@tandem/dynamics';
import type { Day } from '#lib/time.ts';
import type { ExplainResult } from './explain/result.ts';
import type { ModelSetup, Words } from './setup.ts';

/** A model as computations get it. */
export interface ModelInput {
  xmile: string;
  setup: ModelSetup;
}

/** Days on which the brand did something special, past and planned. */
export interface Promotion {
  name: string;
  /** First day, and the day after the last. */
  from: Day;
  to: Day;
  /** Share of the price given away, 0 to 1. */
  depth: number;
}

/** A daily series; null where nothing is known. Money is in units of the currency, not minor units. */
export interface DailySeries {
  kpi: string;
  values: (number | null)[];
}

/**
 * The brand's data as they were when the work was asked for, frozen so that the same work gives the same bits. Day 0 of
 * the model is `from`.
 */
export interface Snapshot {
  from: Day;
  /** Not included; the first day that is forecast. */
  to: Day;
  zone: string;
  currency: string;
  series: DailySeries[];
  promotions: Promotion[];
}

/** A lever over time: from each `day` (of the model; fractions are hours) on the value holds until the next. */
export interface LeverPath {
  variable: string;
  steps: { day: number; value: number }[];
}

/** What is decided for the time after the data; levers that are not named go on as in the last four weeks. */
export interface ScenarioPlan {
  id: string;
  name: string;
  /** Days count from the first forecast day. */
  levers: LeverPath[];
  /** Strengths of couplings, 1 where not named. */
  couplings: { variable: string; value: number }[];
}

export interface Quantiles {
  p10: number;
  p25: number;
  p50: number;
  p75: number;
  p90: number;
  mean: number;
}

/** How sure the data are of a parameter. */
export type Verdict = 'identified' | 'weak' | 'unidentified' | 'at_bound';

export interface FittedParameter {
  variable: string;
  median: number;
  mean: number;
  /** 90 % interval. */
  low: number;
  high: number;
  prior: { median: number; low: number; high: number };
  /** Share of the prior's variance (in normal scores) that the data took away, 0 to 1. */
  learned: number;
  verdict: Verdict;
  /** Parameters that could stand in for this one: correlation beyond 0.9 either way. */
  confoundedWith: string[];
  /** In prior standard scores, how far the median lies from the template. */
  priorScore: number;
}

/** What keeps data and model apart, on the logarithm: an AR(1) level and white noise. */
export interface Discrepancy {
  /** Share of the level that is left after a week. */
  phi: number;
  /** Standard deviation of a week's push to the level. */
  push: number;
  /** Standard deviation of a week's own noise. */
  noise: number;
  /** The level at the end of the data. */
  last: number;
  /** Its uncertainty there. */
  lastDeviation: number;
}

export interface FittedSeries {
  kpi: string;
  variable: string;
  /** Days with data. */
  days: number;
  /** By week from day 0: what was seen, and what the model with its parameters' uncertainty says. */
  weeks: { t: Day; observed: number | null; low: number; median: number; high: number }[];
  scale: number;
  discrepancy: Discrepancy;
  /** Factors of Monday to Sunday with mean 1; null where there are too few weeks to tell. */
  weekday: number[] | null;
  /** Factor of promotion days beyond what the model explains. */
  promotion: number | null;
  /** Mean absolute error of the fit, of the mean of the series. */
  relativeError: number;
}

export interface FitResult {
  kind: 'fit';
  /** `prior`: the data are too short or too few, and the template's beliefs stand alone. */
  basis: 'data' | 'prior';
  reason: { code: string; en: string; zh: string } | null;
  parameters: FittedParameter[];
  series: FittedSeries[];
  /** KPIs of the setup without usable data, and why. */
  missing: { kpi: string; code: 'no_data' | 'too_short' | 'constant' | 'not_mapped' }[];
  converged: boolean;
  complete: boolean;
  rhat: number | null;
  effectiveDraws: number | null;
  evaluations: number;
  /** Draws of the parameters in the order of `names`: base64 of little-endian doubles, draw after draw. */
  draws: { names: string[]; count: number; values: string };
  warnings: { code: string; en: string; zh: string }[];
}

export type Method = 'model' | 'combination' | 'last_value' | 'seasonal_naive' | 'ets' | 'mstl';

/** One KPI of a forecast under one scenario, by week (the last may be shorter). */
export interface ForecastSeries {
  kpi: string;
  /** Present where a scenario differs from the plan as it stands. */
  scenario: string;
  weeks: ({ t: Day; days: number; method: Method } & Quantiles)[];
  /** Share of the model's effect of a plan that moves the forecast; 1 where it is not told. See `BacktestSeries`. */
  response?: number;
  /** Over the whole horizon: a sum for totals, the end value for levels, the mean for means. */
  total: Quantiles;
}

export interface ForecastResult {
  kind: 'forecast';
  basis: 'data' | 'prior';
  start: Day;
  horizonDays: number;
  draws: number;
  series: ForecastSeries[];
  /** The trivial forecasts of the same KPI, for comparison. */
  baselines: { kpi: string; method: Method; weeks: ({ t: Day } & Quantiles)[] }[];
  /** Scenario b less scenario a over the horizon, draw by draw. */
  differences: { kpi: string; a: string; b: string; difference: Quantiles; probabilityHigher: number }[];
  /** Where the levers leave what the data have seen. */
  outside: { scenario: string; variable: string; low: number; high: number; value: number }[];
}

export interface Horizon {
  /** Weeks ahead, both included. */
  from: number;
  to: number;
}

export interface Score {
  method: Method;
  horizon: Horizon;
  /** Number of forecasts scored. */
  count: number;
  mase: number | null;
  /** Continuous ranked probability score, in units of the KPI. */
  crps: number | null;
  /** Share of observations inside the 80 % interval. */
  coverage: number | null;
}

export interface BacktestSeries {
  kpi: string;
  scores: Score[];
  /** Method used at each horizon from now on; chosen on these folds. */
  winners: { horizon: Horizon; method: Method; baseline: Method; skill: number | null }[];
  /** Factor on the width of intervals of each method and horizon that the folds ask for. */
  spread: { method: Method; horizon: Horizon; factor: number }[];
  /** Score of what would have been used: at each fold the method that earlier folds chose. */
  used: Score[];
  /** Weight of each method in the combination, by horizon. */
  weights: { horizon: Horizon; weights: Partial<Record<Method, number>> }[];
  /** Share of what the model has a plan change (on the logarithm) that past plans have borne out; 1 where it is not told. */
  response?: number;
}

export interface BacktestResult {
  kind: 'backtest';
  origins: Day[];
  horizons: Horizon[];
  series: BacktestSeries[];
  /** Seasons and breaks that a reader must know of, such as Christmas. */
  notes: { kpi: string; code: string; en: string; zh: string }[];
}

export interface Share extends Quantiles {
  id: string;
}

export type { ExplainResult };

export interface Objective {
  goal: 'margin' | 'members' | 'gates';
  /** For `gates`: targets to pass, by the day of the gate. */
  gates?: { kpi: string; day: Day; value: number }[];
  risk: { kind: 'mean' } | { kind: 'cvar'; alpha: number };
}

export interface Limits {
  /** Over the whole horizon, in units of the currency. */
  budget: number | null;
  fatigueMost: number | null;
  sessionsPerDayMost: number | null;
}

export interface OptimiseResult {
  kind: 'optimise';
  status: 'optimal' | 'improved' | 'infeasible' | 'refused';
  reason: { code: string; en: string; zh: string } | null;
  start: Day;
  months: number;
  objective: Quantiles;
  /** Of today's levers kept, and of a simple rule under the same budget. */
  today: Quantiles;
  rule: Quantiles & { en: string; zh: string };
  gain: {
    overToday: Quantiles;
    probabilityBetterThanToday: number;
    overRule: Quantiles;
    probabilityBetterThanRule: number;
  };
  /** `marginalReturn`: what one unit more in every month brings to the objective, with its 80 % interval over the draws. */
  levers: {
    variable: string;
    byMonth: number[];
    /** On how many days at the beginning of each month a pulse is on; null for levers that hold all month. */
    pulseDays: number | null;
    today: number;
    low: number;
    high: number;
    marginalReturn: number;
    marginalLow: number;
    marginalHigh: number;
    atBound: 'low' | 'high' | null;
    /** The same by unit of the currency that it costs; null where it costs nothing that is known. */
    perCurrency?: { value: number; low: number; high: number } | null;
  }[];
  /** `worth`: by how much the objective gains for each unit by which the bound is loosened. */
  constraints: {
    name: string;
    en: string;
    zh: string;
    value: number;
    bound: number;
    isBinding: boolean;
    worth: number | null;
    /** Share of the draws that keep it; `value` is their mean. */
    probability?: number;
  }[];
  /** Levers that leave what the data have seen, `low` to `high`. */
  outside: { variable: string; low: number; high: number; value: number }[];
  /** At gates (with their day), and over the whole horizon. */
  kpis: { kpi: string; total: Quantiles; target: number | null; probability: number | null; day?: Day }[];
  evaluations: number;
  draws: number;
  complete: boolean;
  /** What the objective is counted in. */
  unit?: Words;
  horizonDays?: number;
  /** First days of the months. */
  monthStarts?: Day[];
  /** The same plans under draws that the search did not see; null where the fit has no more. */
  fresh?: { draws: number; objective: Quantiles; overToday: Quantiles } | null;
  notes?: { code: string; en: string; zh: string }[];
}

interface Common {
  model: ModelInput;
  snapshot: Snapshot;
  seed: number;
}

/** Plain data that says all: the same task gives the same bits, on any machine and any number of threads. */
export type Task =
  | (Common & { kind: 'fit'; draws: number; parameters?: readonly string[] })
  | (Common & {
      kind: 'forecast';
      fit: FitResult;
      backtest: BacktestResult | null;
      scenarios: ScenarioPlan[];
      horizonDays: number;
      draws: number;
    })
  | (Common & { kind: 'backtest'; origins: number; horizons: Horizon[] })
  | (Common & { kind: 'explain'; fit: FitResult; samples: number })
  | (Common & {
      kind: 'optimise';
      fit: FitResult;
      months: number;
      levers: string[];
      objective: Objective;
      limits: Limits;
      draws: number;
      force: boolean;
    });

export type TaskKind = Task['kind'];
export type TaskResult = FitResult | ForecastResult | BacktestResult | ExplainResult | OptimiseResult;

/** Many runs of one program, as plain data: what `createEnsemble` and `run` would be given. */
export interface SharedRuns {
  program: Program;
  columns: readonly Column[];
  /** Inputs that a point gives the values of; all of them without. */
  inputs?: readonly string[];
  /** Of the model's own random draws; 0 without. */
  seed?: number;
}

/** What a computation may use of the place where it runs. */
export interface Workplace {
  /** Worker threads that ensembles may start. */
  threads: number;
  signal?: AbortSignal;
  /** Share done, 0 to 1, and what is being done. */
  onProgress?: (share: number, stage: { en: string; zh: string }) => void;
  /**
   * Makes a big ensemble on all workers of the deployment; not there where this is the only one. The bits are those of
   * `createEnsemble(program, { columns, inputs }).run(points, { seed })`: its values, row after row. `runsOf` of
   * `shared-runs.ts` uses it where it pays.
   */
  share?: (runs: SharedRuns, points: Float64Array) => Promise<Float64Array>;
}
