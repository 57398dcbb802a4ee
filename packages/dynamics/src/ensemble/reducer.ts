import { stepTime } from '../backend/integration.ts';
import type { TimeGrid } from '../program/program.ts';

/**
 * What of an output over the saved points of a run is kept. All but `series` and `samples` give one number.
 *
 * - `series`: the value at every saved point.
 * - `initial`, `final`: at the first and the last saved point.
 * - `min`, `max`, `mean`, `sum`: over the saved points (the mean and the sum weigh them alike); NaN when one is NaN.
 * - `timeOfMin`, `timeOfMax`: time of the first saved point with that value; NaN when a value is NaN.
 * - `crossing`: the first time at which the straight line between saved points comes to `level` from below (`up`), from
 *   above (`down`) or from either side; NaN when it never does. A start at the level itself is no crossing.
 * - `at`, `samples`: the value at times within the run, on the straight line between saved points.
 * - `residual`: `sum of weight * (model - data)²` over the data points; with `scale: 'log'` of the natural logarithms.
 *   Data that are NaN are gaps and left out; weights are 1 where none are given. NaN when the model is NaN at a point.
 */
export type Reducer =
  | { kind: 'series' | 'initial' | 'final' | 'min' | 'max' | 'mean' | 'sum' | 'timeOfMin' | 'timeOfMax' }
  | { kind: 'crossing'; level: number; direction: 'up' | 'down' | 'either' }
  | { kind: 'at'; time: number }
  | { kind: 'samples'; times: readonly number[] }
  | {
      kind: 'residual';
      times: readonly number[];
      values: readonly number[];
      weights?: readonly number[];
      scale?: 'linear' | 'log';
    };

/** The saved points of one output in one run: value s is `results[at + s * stride]`. */
export interface SavedSeries {
  results: Float64Array;
  at: number;
  stride: number;
}

/** A reducer made ready for one time grid. */
export interface Reduction {
  /** How many numbers it gives. */
  width: number;
  /** Times the numbers belong to, where they belong to times known before the run. */
  times: readonly number[] | undefined;
  /** Writes its numbers to `into` from `place` on. */
  reduce(series: SavedSeries, into: Float64Array, place: number): void;
}

/** Times of the saved points of a run. */
export function savedTimes(time: TimeGrid): number[] {
  const points = 1 + Math.ceil(time.steps / time.saveEvery);
  return Array.from({ length: points }, (_, s) => stepTime(time, Math.min(s * time.saveEvery, time.steps)));
}

/** Times that a reducer asks for which lie outside the run or are no numbers. */
export function timesOutside(reducer: Reducer, times: readonly number[]): number[] {
  return timesOf(reducer).filter((time) => placeOf(time, times) === undefined);
}

function timesOf(reducer: Reducer): readonly number[] {
  switch (reducer.kind) {
    case 'at':
      return [reducer.time];
    case 'samples':
      return reducer.times;
    case 'residual':
      return reducer.times.filter((_, i) => !Number.isNaN(reducer.values[i]));
    default:
      return [];
  }
}

/** What a reducer does on a run saved at `times`. Times asked for have to be within them. */
export function reductionOf(reducer: Reducer, times: readonly number[]): Reduction {
  const last = times.length - 1;
  const one = (value: (at: (s: number) => number) => number, time?: number): Reduction => ({
    width: 1,
    times: time === undefined ? undefined : [time],
    reduce({ results, at, stride }, into, place) {
      into[place] = value((s) => results[at + s * stride]!);
    },
  });
  switch (reducer.kind) {
    case 'series':
      return many(times, (at, s) => at(s));
    case 'initial':
      return one((at) => at(0), times[0]!);
    case 'final':
      return one((at) => at(last), times[last]!);
    case 'min':
    case 'max':
      return one((at) => at(extremeAt(at, last, reducer.kind === 'min' ? -1 : 1)));
    case 'timeOfMin':
    case 'timeOfMax':
      return one((at) => {
        const place = extremeAt(at, last, reducer.kind === 'timeOfMin' ? -1 : 1);
        return Number.isNaN(at(place)) ? Number.NaN : times[place]!;
      });
    case 'mean':
      return one((at) => sumOf(at, last) / times.length);
    case 'sum':
      return one((at) => sumOf(at, last));
    case 'crossing':
      return one((at) => crossingOf(at, times, reducer.level, reducer.direction));
    case 'at': {
      const point = mustPlace(reducer.time, times);
      return one((at) => interpolate(at, point), reducer.time);
    }
    case 'samples': {
      const points = reducer.times.map((time) => mustPlace(time, times));
      return many(reducer.times, (at, i) => interpolate(at, points[i]!));
    }
    case 'residual':
      return one(residualOf(reducer, times));
    default:
      return reducer satisfies never;
  }
}

/** Whether a reducer reads nothing but the ends of a run, so that nothing between them has to be saved. */
export function readsEndsOnly({ kind }: Reducer): boolean {
  return kind === 'initial' || kind === 'final';
}

type ValueAt = (s: number) => number;

/** Between saved points: `share` of the way from point s to the next one. */
interface PointBetween {
  s: number;
  share: number;
}

function many(times: readonly number[], value: (at: ValueAt, i: number) => number): Reduction {
  return {
    width: times.length,
    times,
    reduce({ results, at, stride }, into, place) {
      const read = (s: number) => results[at + s * stride]!;
      for (let i = 0; i < times.length; i++) into[place + i] = value(read, i);
    },
  };
}

/** The first saved point with the least (sign -1) or greatest value, or one with NaN. */
function extremeAt(at: ValueAt, last: number, sign: 1 | -1): number {
  let best = 0;
  for (let s = 0; s <= last; s++) {
    const value = at(s);
    if (Number.isNaN(value)) return s;
    if (sign * value > sign * at(best)) best = s;
  }
  return best;
}

function sumOf(at: ValueAt, last: number): number {
  let sum = 0;
  for (let s = 0; s <= last; s++) sum += at(s);
  return sum;
}

function crossingOf(at: ValueAt, times: readonly number[], level: number, direction: 'up' | 'down' | 'either'): number {
  for (let s = 1; s < times.length; s++) {
    const [before, after] = [at(s - 1), at(s)];
    const up = direction !== 'down' && before < level && after >= level;
    const down = direction !== 'up' && before > level && after <= level;
    if (!up && !down) continue;
    const rise = after - before;
    const share = Number.isFinite(rise) ? (level - before) / rise : Number.isFinite(before) ? 0 : 1;
    return times[s - 1]! + share * (times[s]! - times[s - 1]!);
  }
  return Number.NaN;
}

/** Decimal times are seldom those of the grid to the last bit: this share of a saved interval counts as being on it. */
const gridTolerance = 1e-6;

function placeOf(time: number, times: readonly number[]): PointBetween | undefined {
  const last = times.length - 1;
  const slack = gridTolerance * (last === 0 ? Math.max(1, Math.abs(times[0]!)) : (times[last]! - times[0]!) / last);
  if (!(time >= times[0]! - slack && time <= times[last]! + slack)) return undefined;
  let low = 0;
  let high = last + 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (times[middle]! <= time) low = middle;
    else high = middle;
  }
  if (low === last) return { s: last, share: 0 };
  const width = times[low + 1]! - times[low]!;
  const share = (time - times[low]!) / width;
  if (share < gridTolerance) return { s: low, share: 0 };
  return share > 1 - gridTolerance ? { s: low + 1, share: 0 } : { s: low, share };
}

function mustPlace(time: number, times: readonly number[]): PointBetween {
  const place = placeOf(time, times);
  if (place === undefined) throw new Error(`Time ${time} is outside the run`);
  return place;
}

function interpolate(at: ValueAt, { s, share }: PointBetween): number {
  const value = at(s);
  return share === 0 ? value : value + share * (at(s + 1) - value);
}

function residualOf(reducer: Extract<Reducer, { kind: 'residual' }>, times: readonly number[]) {
  const scaled = reducer.scale === 'log' ? Math.log : (value: number) => value;
  const data = reducer.times.flatMap((time, i) => {
    const value = reducer.values[i]!;
    const weight = reducer.weights?.[i] ?? 1;
    return Number.isNaN(value) ? [] : [{ point: mustPlace(time, times), value: scaled(value), weight }];
  });
  return (at: ValueAt): number => {
    let sum = 0;
    for (const { point, value, weight } of data) sum += weight * (scaled(interpolate(at, point)) - value) ** 2;
    return sum;
  };
}
