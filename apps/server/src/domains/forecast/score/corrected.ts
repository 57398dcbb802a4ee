import { daysOf, weekBoundaries } from '../model/index.ts';
import { firstWeekday, promotionDays, promotionLift } from '../predict/days.ts';
import type { FanSeries } from '../predict/fan.ts';
import { quantileAt } from '../predict/quantiles.ts';
import type { FittedSeries, Snapshot } from '../task.ts';
import { exponentialSmoothing, levelSmoothing, type Path } from './exponential.ts';
import { gapsFilled } from './gaps.ts';
import { type Grid, gridOfSample, normalGrid } from './grid.ts';
import { deviationsAhead, type PastError, walkDeviations } from './spread.ts';

/** A way to correct the model: how much of its growth to take, and how the rest goes on. */
interface Correction {
  share: number;
  rest: (values: Float64Array, ahead: number) => Path | undefined;
  /** What it is worth before it has been tried. */
  belief: number;
}

/** Full shares and trends in the rest have to earn their weight: both overshoot more often than not. */
const corrections: readonly Correction[] = [
  { share: 0.25, belief: 0.4 },
  { share: 0.5, belief: 0.35 },
  { share: 0.75, belief: 0.2 },
  { share: 1, belief: 0.05 },
].flatMap(({ share, belief }) => [
  { share, rest: exponentialSmoothing, belief: 0.4 * belief },
  { share, rest: levelSmoothing, belief: 0.6 * belief },
]);
/** How sharply errors of the past tell shares apart: the power of their inverse. */
const sharpness = 6;
const weeksLeast = 10;
const weeksBack = 40;
const stride = 3;
const errorWeeks = 13;
const errorsLeast = 12;
/** Part of the draws' disagreement on growth that errors of the past have not shown yet. */
const unseenGrowth = 0.5;

/**
 * The model's forecast, corrected by what it left unexplained: log KPI = share of the log model + the rest, which goes
 * on by exponential smoothing with a trend or without one. Shares of the model's growth between a quarter and all and both
 * kinds of rest are averaged, each by how well it would have forecast the past weeks from the weeks before them. So where the model's growth has misled, less of it is believed, and where data
 * and model drift apart for good, the forecast sets out from the data. Intervals have the width of those errors, and of
 * the draws' disagreement. Without enough weeks of data, the model's own samples.
 *
 * The parameters are those of the fit at the origin, so errors of the past are somewhat too small; the backtest corrects
 * widths by errors that were not seen.
 */
export function correctedForecast(series: FanSeries, fitted: FittedSeries | undefined, snapshot: Snapshot): Grid[] {
  const weeks = series.weeks.length;
  const count = weeks === 0 ? 0 : series.bare.length / weeks;
  const seen = fitted === undefined ? undefined : pastOf(fitted, snapshot);
  const ahead = Array.from({ length: weeks }, (_, week) => columnOf(series.bare, week, weeks, count));
  // A week that the horizon cuts short counts as the whole week that it would be.
  const cut = series.weeks.map(({ days }) => (series.measure === 'total' ? days / 7 : 1));
  const medians = ahead.map((column, week) => quantileAt(column.slice().sort(), 0.5) - Math.log(cut[week]!));
  const paths = seen === undefined ? [] : corrections.map((one) => restPath(seen, one, seen.logs.length, weeks));
  if (seen === undefined || paths.some((path) => path === undefined) || !medians.every(Number.isFinite)) {
    return Array.from({ length: weeks }, (_, week) => gridOfSample(columnOf(series.samples, week, weeks, count)));
  }
  const errors = corrections.map((one) => errorsOf(seen, one));
  const weights = weightsOf(errors);
  const leading = weights.indexOf(Math.max(...weights));
  const own = paths[leading]!.deviations ?? walkDeviations(seen.filled, weeks);
  const deviations = deviationsAhead(errors[leading]!, own, weeks);
  const share = weights.reduce((sum, weight, i) => sum + weight * corrections[i]!.share, 0);
  return medians.map((median, week) => {
    const centre = weights.reduce(
      (sum, weight, i) => sum + weight * (paths[i]!.points[week]! + corrections[i]!.share * median),
      0,
    );
    const growth = unseenGrowth * share * growthDeviation(ahead[0]!, ahead[week]!);
    const deviation = Math.hypot(deviations[week]!, growth);
    return normalGrid.map(
      (score) => Math.exp(Math.min(700, centre + deviation * score)) * series.lift[week]! * cut[week]!,
    );
  });
}

interface PastWeeks {
  /** log KPI without promotions, NaN for gaps, and without gaps. */
  logs: Float64Array;
  filled: Float64Array;
  /** log model. */
  model: Float64Array;
}

function pastOf(fitted: FittedSeries, snapshot: Snapshot): PastWeeks | undefined {
  const days = daysOf(snapshot);
  const boundaries = weekBoundaries(snapshot);
  const lift = promotionLift(fitted, firstWeekday(snapshot), promotionDays(snapshot, days), boundaries);
  const scaled = (value: number | null, week: number) => (value === null ? Number.NaN : Math.log(value / lift[week]!));
  const logs = Float64Array.from(fitted.weeks, ({ observed }, week) => scaled(observed, week));
  const model = Float64Array.from(fitted.weeks, ({ median }, week) => scaled(median, week));
  const known = logs.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : 1), 0);
  return known < weeksLeast || !model.every(Number.isFinite) ? undefined : { logs, filled: gapsFilled(logs), model };
}

/** What is left of the data without a share of the model, carried on from some week of the past. */
function restPath(
  { logs, model }: PastWeeks,
  { share, rest }: Correction,
  until: number,
  ahead: number,
): Path | undefined {
  const left = gapsFilled(logs.slice(0, until).map((value, week) => value - share * model[week]!));
  return left.length === 0 ? undefined : rest(left, ahead);
}

function errorsOf(past: PastWeeks, one: Correction): PastError[] {
  const weeks = past.logs.length;
  const errors: PastError[] = [];
  for (let origin = weeks - 1; origin >= Math.max(weeksLeast, weeks - weeksBack); origin -= 1) {
    if (origin % stride !== 0) continue;
    const ahead = Math.min(errorWeeks, weeks - origin);
    const path = restPath(past, one, origin, ahead);
    for (let h = 0; path !== undefined && h < ahead; h += 1) {
      const error = past.logs[origin + h]! - one.share * past.model[origin + h]! - path.points[h]!;
      if (Number.isFinite(error)) errors.push({ origin, ahead: h + 1, error });
    }
  }
  return errors;
}

function weightsOf(errors: readonly PastError[][]): number[] {
  // Errors grow with the distance; without a discount the longest would decide alone.
  const sizes = errors.map((past) =>
    past.length < errorsLeast
      ? Number.NaN
      : past.reduce((sum, { ahead, error }) => sum + Math.abs(error) / Math.sqrt(ahead + 1), 0) / past.length,
  );
  const least = Math.min(...sizes);
  const raw = corrections.map(({ belief }, i) => (least > 0 ? belief * (least / sizes[i]!) ** sharpness : belief));
  const whole = raw.reduce((sum, weight) => sum + weight, 0);
  return raw.map((weight) => weight / whole);
}

function columnOf(values: Float64Array, week: number, weeks: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, k) => values[k * weeks + week]!);
}

/** How far draws disagree on the growth from the first week ahead to another, on the logarithm. */
function growthDeviation(first: Float64Array, other: Float64Array): number {
  const growth = other.map((value, k) => value - first[k]!).filter(Number.isFinite);
  const mean = growth.reduce((sum, value) => sum + value, 0) / growth.length;
  return Math.sqrt(growth.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, growth.length - 1));
}
