import { driveModel, leverPaths, type ObservedLayout, observedLayout } from '../model/index.ts';
import { type RunsMade, type RunsPlace, runsOf } from '../shared-runs.ts';
import type { LeverPath, Quantiles, ScenarioPlan } from '../task.ts';
import { promotionDays, promotionLift } from './days.ts';
import { type ForecastBasis, type Past, runPast, threadsOf } from './past.ts';
import { quantilesOf } from './quantiles.ts';

/** A KPI under one scenario, draw by draw. */
export interface FanSeries {
  kpi: string;
  measure: 'total' | 'level' | 'mean';
  /** By week ahead. */
  weeks: ({ day: number; days: number } & Quantiles)[];
  /** Sum of a total, end of a level, mean of a mean over the horizon. */
  total: Quantiles;
  /** The same by draw, in the order of draws: scenarios of one fan are compared number by number. */
  totals: Float64Array;
  /** By draw and week, draw after draw. */
  samples: Float64Array;
  /** The same on the logarithm without promotions and without what keeps data and model apart: the model alone. */
  bare: Float64Array;
  /** By how much promotions lift each week beyond what the model explains. */
  lift: Float64Array;
}

export interface FanResult {
  series: FanSeries[];
  /** Draws whose run did not stay finite; they are left out of quantiles. */
  failed: number;
  complete: boolean;
}

/** Forecasts of any number of scenarios from one preparation. */
export interface Fan {
  readonly kpis: readonly string[];
  readonly draws: number;
  /** Model days at which weeks begin, and the end. */
  readonly boundaries: readonly number[];
  /** The fans of a plan. Plans that differ in values alone, not in times, reuse what was compiled. */
  run: (plan: Pick<ScenarioPlan, 'levers' | 'couplings'>, signal?: AbortSignal) => Promise<FanResult>;
  close: () => void;
}

/** Compiled programs that are kept, by the times at which levers change. */
const keptMost = 3;

interface Compiled {
  key: string;
  place: RunsPlace;
  layout: ObservedLayout;
}

/**
 * Prepares forecasts of a fit: runs the past once, then each plan from the first forecast day on. The same seed gives every
 * plan the same draws and the same chance (common random numbers), so that differences are those of the plans. Works in
 * browsers. Throws a DynamicsError where the model does not compile.
 */
export async function createFan(basis: ForecastBasis): Promise<Fan> {
  const past = await runPast(basis);
  const kept: Compiled[] = [];
  return {
    kpis: past.kpis.map(({ observation }) => observation.kpi),
    draws: past.count,
    boundaries: past.boundaries,
    run: async (plan, signal) => {
      const levers = futureLevers(past, basis, plan);
      const compiled = compiledFor(past, basis, levers, kept);
      const points = pointsFor(past, levers, plan.couplings);
      const result = await compiled.place.run(points, past.count, signal);
      return fanOf(past, compiled.layout, result, liftsOf(past, basis, plan));
    },
    close: () => {
      for (const { place } of kept.splice(0)) place.close();
    },
  };
}

/** Levers from the first forecast day on, or over all time for models that can not be entered in the middle. */
function futureLevers(
  { loaded, days, stocks }: Past,
  { snapshot }: ForecastBasis,
  plan: Pick<ScenarioPlan, 'levers'>,
): LeverPath[] {
  const paths = leverPaths(loaded.setup, snapshot, plan);
  if (stocks === undefined) return paths;
  return paths.map(({ variable, steps }) => {
    const before = steps.filter(({ day }) => day <= days).at(-1);
    const after = steps.filter(({ day }) => day > days);
    return { variable, steps: before === undefined ? after : [{ day: days, value: before.value }, ...after] };
  });
}

/** Levers of one value over the whole horizon can be inputs of runs. */
function isSteady({ steps }: LeverPath): boolean {
  return steps.length === 1;
}

/** A program for levers that change at these times; sliders that only move a level need no other. */
function compiledFor(past: Past, basis: ForecastBasis, levers: readonly LeverPath[], kept: Compiled[]): Compiled {
  const { loaded, stocks, days, boundaries, inputs } = past;
  const steady = levers.filter(isSteady).map(({ variable }) => variable);
  const moving = levers.filter((path) => !isSteady(path));
  const key = JSON.stringify([steady, moving]);
  const at = kept.findIndex((one) => one.key === key);
  if (at >= 0) {
    const [found] = kept.splice(at, 1);
    kept.push(found!);
    return found!;
  }
  const observations = past.kpis.map(({ observation }) => observation);
  const layout = observedLayout(observations, boundaries);
  const all = inputsOf(past, steady, inputs);
  const { program } = driveModel(loaded, {
    start: stocks === undefined ? 0 : days,
    stop: boundaries.at(-1)!,
    paths: moving,
    inputs: all,
    outputs: [...new Set(observations.map(({ variable }) => variable))],
  });
  const place = runsOf(basis, { program, columns: layout.columns, inputs: all }, threadsOf(basis));
  const made = { key, place, layout };
  kept.push(made);
  if (kept.length > keptMost) kept.shift()!.place.close();
  return made;
}

function inputsOf({ loaded, stocks }: Past, steady: readonly string[], inputs: readonly string[]): string[] {
  const couplings = loaded.setup.couplings.map(({ variable }) => variable);
  return [...new Set([...inputs, ...(stocks?.names ?? []), ...steady, ...couplings])];
}

function pointsFor(past: Past, levers: readonly LeverPath[], couplings: ScenarioPlan['couplings']): Float64Array {
  const { count, inputs, points, stocks, loaded } = past;
  const steady = levers.filter(isSteady);
  const names = inputsOf(
    past,
    steady.map(({ variable }) => variable),
    inputs,
  );
  const width = names.length;
  const place = new Map(names.map((name, d) => [name, d]));
  const all = new Float64Array(count * width);
  const fill = (name: string, value: number) => {
    const d = place.get(name)!;
    for (let k = 0; k < count; k += 1) all[k * width + d] = value;
  };
  for (const { variable } of loaded.setup.couplings) fill(variable, 1);
  for (const { variable, value } of couplings) if (place.has(variable)) fill(variable, value);
  for (const { variable, steps } of steady) fill(variable, steps[0]!.value);
  const copy = (from: Float64Array, list: readonly string[]) => {
    for (const [i, name] of list.entries()) {
      const d = place.get(name)!;
      for (let k = 0; k < count; k += 1) all[k * width + d] = from[k * list.length + i]!;
    }
  };
  if (stocks !== undefined) copy(stocks.values, stocks.names);
  copy(points, inputs);
  return all;
}

/** What promotions add to the weeks of each KPI: those of the calendar, or of the plan where it has its own. */
function liftsOf(past: Past, { snapshot }: ForecastBasis, plan: Pick<ScenarioPlan, 'levers'>): Float64Array[] {
  const { loaded, boundaries, days, weekday0, kpis } = past;
  const own = loaded.setup.levers.filter(({ promotions }) => promotions === true).map(({ variable }) => variable);
  const planned = plan.levers.find(({ variable }) => own.includes(variable));
  const marked = promotionDays(snapshot, boundaries.at(-1)!);
  if (planned !== undefined) {
    marked.fill(0, days);
    const steps = [...planned.steps].sort((a, b) => a.day - b.day);
    for (const [i, { day, value }] of steps.entries()) {
      const end = steps[i + 1]?.day ?? marked.length;
      if (value > 0)
        marked.fill(1, Math.min(marked.length, days + Math.floor(day)), Math.min(marked.length, days + Math.ceil(end)));
    }
  }
  return kpis.map(({ pattern }) => promotionLift(pattern, weekday0, marked, boundaries));
}

function fanOf(past: Past, layout: ObservedLayout, result: RunsMade, lifts: readonly Float64Array[]): FanResult {
  const { count, kpis, boundaries } = past;
  const weeks = boundaries.length - 1;
  const row = new Float64Array(layout.count);
  const samples = kpis.map(() => new Float64Array(count * weeks));
  const bare = kpis.map(() => new Float64Array(count * weeks));
  for (let k = 0; k < count; k += 1) {
    layout.read(result.values, k * layout.width, row, 0);
    for (const [s, { logScale, discrepancy }] of kpis.entries()) {
      const scale = Math.exp(logScale[k]!);
      for (let week = 0; week < weeks; week += 1) {
        const model = Math.max(0, row[s * weeks + week]!) * scale;
        bare[s]![k * weeks + week] = Math.log(Math.max(1e-12, model));
        samples[s]![k * weeks + week] = model * lifts[s]![week]! * Math.exp(discrepancy[k * weeks + week]!);
      }
    }
  }
  const series = kpis.map(({ observation: { kpi, measure } }, s): FanSeries => {
    const totals = totalsOf(samples[s]!, weeks, count, measure, boundaries);
    const column = new Float64Array(count);
    return {
      kpi,
      measure,
      weeks: Array.from({ length: weeks }, (_, week) => {
        for (let k = 0; k < count; k += 1) column[k] = samples[s]![k * weeks + week]!;
        const day = boundaries[week]!;
        return { day, days: boundaries[week + 1]! - day, ...quantilesOf(column) };
      }),
      total: quantilesOf(totals.slice()),
      totals,
      samples: samples[s]!,
      bare: bare[s]!,
      lift: lifts[s]!,
    };
  });
  return { series, failed: result.faultCount, complete: result.complete };
}

function totalsOf(
  samples: Float64Array,
  weeks: number,
  count: number,
  measure: 'total' | 'level' | 'mean',
  boundaries: readonly number[],
): Float64Array {
  const whole = boundaries.at(-1)! - boundaries[0]!;
  return Float64Array.from({ length: count }, (_, k) => {
    if (measure === 'level') return samples[(k + 1) * weeks - 1]!;
    let sum = 0;
    for (let week = 0; week < weeks; week += 1) {
      const share = measure === 'total' ? 1 : (boundaries[week + 1]! - boundaries[week]!) / whole;
      sum += samples[k * weeks + week]! * share;
    }
    return sum;
  });
}
