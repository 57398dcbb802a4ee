import { dayWeights, type Pattern, promotionLift } from '../predict/days.ts';
import {
  countVariance,
  type NoiseFilter,
  type NoiseShape,
  noiseFilter,
  outlierVariance,
  whiten,
} from '../predict/noise-filter.ts';
import { type Blocks, weeklyBlocks } from './blocks.ts';
import { patternOf } from './pattern.ts';
import type { Problem } from './problem.ts';

/** A series by week, as it is compared with the model. */
export interface WeeklyData {
  pattern: Pattern;
  blocks: Blocks;
  /** By how much promotions raise each week beyond what the model has for them. */
  lift: Float64Array;
  /** log(week / lift); NaN for gaps. */
  logs: Float64Array;
  observed: Uint8Array;
  /** Variance of each week from counting alone. */
  counting: Float64Array;
  /** The least that the model's value is taken for, so that it has a logarithm. */
  floor: number;
}

/**
 * Weeks of every series, with patterns read against the model's days where these are known. A model that has promotions
 * of its own has to explain the weeks that they raise: a factor beside it would take from it what only it can tell.
 */
export function weeklyData(
  problem: Problem,
  modelDays: readonly Float64Array[] | undefined,
  lifted: 'by pattern' | 'by model',
): WeeklyData[] {
  const { boundaries, weekday0, promotions } = problem;
  return problem.series.map(({ observation, values }, s) => {
    const { measure } = observation;
    const pattern = patternOf({ values, measure, model: modelDays?.[s], weekday0, promotions, boundaries });
    const model = modelDays?.[s]?.every((value) => value >= 0) === true ? modelDays[s] : undefined;
    const blocks = weeklyBlocks(
      values,
      boundaries,
      measure,
      expectedDays(dayWeights(pattern, weekday0, promotions), model),
    );
    const explained = lifted === 'by model' ? { ...pattern, promotion: null } : pattern;
    const lift =
      lifted === 'by model' && measure !== 'level' && model !== undefined
        ? weekdayLift(dayWeights(explained, weekday0, promotions), model, boundaries)
        : promotionLift(explained, weekday0, promotions, boundaries);
    const logs = blocks.values.map((value, week) => Math.log(value / lift[week]!));
    const known = blocks.values.filter((value) => !Number.isNaN(value)).sort();
    return {
      pattern,
      blocks,
      lift,
      logs,
      observed: Uint8Array.from(logs, (value) => (Number.isNaN(value) ? 0 : 1)),
      counting: countVariance(values, measure, blocks.values),
      floor: 1e-6 * (known[known.length >> 1] ?? 1),
    };
  });
}

/** What each day is expected to be, up to a factor. */
function expectedDays(weights: Float64Array, model: Float64Array | undefined): Float64Array {
  return model === undefined ? weights : weights.map((weight, day) => weight * model[day]!);
}

/**
 * By how much a week is more than the model's own total since its large days fall on good or bad days of the week: 1 but
 * where the model moves within a week, as in promotions.
 */
function weekdayLift(weights: Float64Array, model: Float64Array, boundaries: readonly number[]): Float64Array {
  return Float64Array.from({ length: Math.max(0, boundaries.length - 1) }, (_, week) => {
    let [seen, plain] = [0, 0];
    for (let day = boundaries[week]!; day < boundaries[week + 1]!; day += 1) {
      seen += weights[day]! * model[day]!;
      plain += model[day]!;
    }
    return seen > 0 && plain > 0 ? seen / plain : 1;
  });
}

/** The noise that a fit reckons with. */
export interface NoiseModel {
  shapes: NoiseShape[];
  /** Weeks that count for little. */
  outliers: number[][];
  /** Variance of each week beside that of the shape. */
  extras: Float64Array[];
  filters: NoiseFilter[];
}

export function noiseModel(
  data: readonly WeeklyData[],
  shapes: readonly NoiseShape[],
  residuals: readonly Float64Array[] | undefined,
): NoiseModel {
  const outliers = data.map(({ counting }, s) =>
    residuals === undefined ? { extra: counting, weeks: [] } : outlierVariance(shapes[s]!, residuals[s]!, counting),
  );
  return {
    shapes: [...shapes],
    outliers: outliers.map(({ weeks }) => weeks),
    extras: outliers.map(({ extra }) => extra),
    filters: data.map(({ observed }, s) => noiseFilter(shapes[s]!, observed, outliers[s]!.extra)),
  };
}

/** log model by week, series after series, from the row that begins at `from`; NaN where the model failed. */
export function logModel(
  problem: Problem,
  data: readonly WeeklyData[],
  rows: Float64Array,
  from: number,
  values: ArrayLike<number>,
): Float64Array[] {
  let at = from;
  return data.map(({ floor, logs }, s) => {
    const { scale } = problem.series[s]!;
    const factor = scale === undefined ? 1 : values[scale]!;
    const one = new Float64Array(logs.length);
    for (let week = 0; week < logs.length; week += 1) {
      const value = rows[at + week]!;
      one[week] = Number.isNaN(value) ? Number.NaN : Math.log(Math.max(floor, value * factor));
    }
    at += logs.length;
    return one;
  });
}

/** Number of observed weeks of all series. */
export function countOf(filters: readonly NoiseFilter[]): number {
  return filters.reduce((sum, { count }) => sum + count, 0);
}

/** Writes the whitened residuals of all series one after the other. */
export function whitenAll(
  filters: readonly NoiseFilter[],
  residuals: readonly Float64Array[],
  into: Float64Array,
  place: number,
): void {
  let at = place;
  for (const [s, filter] of filters.entries()) {
    whiten(filter, residuals[s]!, 0, into, at);
    at += filter.count;
  }
}

export function residualsOf(data: readonly WeeklyData[], models: readonly Float64Array[]): Float64Array[] {
  return data.map(({ logs }, s) => logs.map((value, week) => value - models[s]![week]!));
}
