import type { Path } from './exponential.ts';
import { type Grid, normalGrid } from './grid.ts';
import { type History, historyAt, type SeriesInput } from './history.ts';
import { type BaselineMethod, baselineMethods, type Seen, seenOf, type Variant, variants } from './paths.ts';
import { deviationsAhead, ownDeviations, type PastError } from './spread.ts';

/** A baseline's forecast, or why there is none. */
export type BaselineForecast =
  | { method: BaselineMethod; grids: Grid[] }
  | { method: BaselineMethod; grids: undefined; reason: 'too_short' | 'no_model' };

/** Forecasts of one series by all baselines, at any origin. */
export interface Baselines {
  /**
   * What each method says at an origin (model day) of the weeks after it, in the KPI's units; only values before the origin
   * are looked at. Intervals have the width that the method's errors had at earlier origins.
   */
  at: (origin: number, weeksAhead: number) => BaselineForecast[];
}

/** Earlier origins that errors are read from reach so far back, and are at most so many. */
const weeksBack = 40;
const originsMost = 24;
/** Weeks ahead that earlier origins look. */
const errorWeeks = 13;
/** Weeks of history at the earliest of them. */
const weeksBefore = 8;
/** Errors that choosing between variants of a method needs. */
const errorsLeast = 12;

/** Baselines of a series; what was worked out for one origin is kept for the others. */
export function baselinesOf(input: SeriesInput): Baselines {
  const memory = new Map<number, (Float64Array | undefined)[]>();
  const pointsAt = (origin: number) => {
    const kept = memory.get(origin) ?? pointsOf(seenOf(historyAt(input, origin, errorWeeks)));
    memory.set(origin, kept);
    return kept;
  };
  return {
    at: (origin, weeksAhead) => {
      const history = historyAt(input, origin, weeksAhead);
      const seen = seenOf(history);
      const errors = errorsBefore(history, seen, pointsAt);
      return baselineMethods.map((method) => forecastOf(method, seen, errors, weeksAhead));
    },
  };
}

/** Medians by every variant in the KPI's units, promotions included. */
function pointsOf(seen: Seen): (Float64Array | undefined)[] {
  const { history, transform } = seen;
  return variants.map((variant) =>
    pathOf(variant, seen, errorWeeks)?.points.map((value, h) => transform.back(value) * history.liftAhead[h]!),
  );
}

function pathOf(variant: Variant, seen: Seen, ahead: number): Path | undefined {
  return seen.filled.length >= variant.weeksLeast ? variant.path(seen, ahead) : undefined;
}

/** Errors of each variant at origins before, as far as the weeks that they speak of had come by now. */
function errorsBefore(
  { origin, weeks }: History,
  { transform }: Seen,
  pointsAt: (origin: number) => (Float64Array | undefined)[],
): PastError[][] {
  const found = variants.map((): PastError[] => []);
  const most = Math.min(weeksBack, weeks.length - weeksBefore);
  const stride = Math.max(1, Math.ceil(most / originsMost));
  for (let back = 1; back <= most; back += 1) {
    const week = weeks.length - back;
    // Counted from the first week, so that neighbouring origins share what was worked out.
    if (week % stride !== 0) continue;
    const points = pointsAt(origin - 7 * back);
    for (const [v, path] of points.entries()) {
      for (let h = 1; path !== undefined && h <= Math.min(back, errorWeeks); h += 1) {
        const error = transform.forward(weeks[week + h - 1]!) - transform.forward(path[h - 1]!);
        if (Number.isFinite(error)) found[v]!.push({ origin: week, ahead: h, error });
      }
    }
  }
  return found;
}

function forecastOf(method: BaselineMethod, seen: Seen, errors: PastError[][], weeksAhead: number): BaselineForecast {
  const able = variants
    .map((variant, v) => ({ variant, errors: errors[v]! }))
    .filter(({ variant }) => variant.method === method && seen.filled.length >= variant.weeksLeast);
  if (able.length === 0) return { method, grids: undefined, reason: 'too_short' };
  const usable = able.flatMap(({ variant, errors: past }) => {
    const path = variant.path(seen, weeksAhead);
    return path === undefined ? [] : [{ path, errors: past }];
  });
  const chosen = usable.reduce<(typeof usable)[number] | undefined>(
    (best, one) => (best === undefined || isBetter(one.errors, best.errors) ? one : best),
    undefined,
  );
  if (chosen === undefined) return { method, grids: undefined, reason: 'no_model' };
  const { path } = chosen;
  const deviations = deviationsAhead(chosen.errors, ownDeviations(path, seen.filled), weeksAhead);
  const { back } = seen.transform;
  const grids = Array.from(path.points, (point, h) =>
    normalGrid.map((score) => back(point + score * deviations[h]!) * seen.history.liftAhead[h]!),
  );
  return { method, grids };
}

/** Variants are compared by the forecasts that both made. */
function isBetter(one: readonly PastError[], other: readonly PastError[]): boolean {
  const key = ({ origin, ahead }: PastError) => origin * (errorWeeks + 1) + ahead;
  const others = new Map(other.map((past) => [key(past), Math.abs(past.error)]));
  let [own, its, count] = [0, 0, 0];
  for (const past of one) {
    const size = others.get(key(past));
    if (size === undefined) continue;
    own += Math.abs(past.error);
    its += size;
    count += 1;
  }
  return count >= errorsLeast && own < its;
}
