import { spreadOver } from '../predict/draws.ts';
import type { FitResult } from '../task.ts';
import { everyDraw, type Sample } from './aggregate.ts';
import type { Board, Draws } from './board.ts';
import type { AskWorths, LinearEquality } from './climb.ts';
import { readSheet, type Sheet, type SheetValues, worthOf } from './measures.ts';
import { type FreeLever, type LeverRanges, toSum } from './ranges.ts';

/** Runs that one call of the ensemble makes at most, so that a wish to stop is heard soon. */
const runsAtOnce = 12_000;

/** Where plans are searched: the levers' ranges over the months, as a unit cube. */
export interface Field {
  board: Board;
  sheet: Sheet;
  free: readonly FreeLever[];
  /** What the free shares add up to; null without. */
  shareSum: number | null;
  draws: Draws;
}

/** Coordinates of the cube: lever after lever, month after month. */
export function dimensionsOf({ free, board }: Field): number {
  return free.length * board.months;
}

/** Coordinates this close to an end are taken for the end. */
const snap = 1e-9;

/** Values of levers at a place of the cube. */
export function planAt({ free, board }: Field, at: Float64Array): Float64Array {
  return at.map((share, i) => {
    const { low, high } = free[Math.floor(i / board.months) % free.length]!;
    if (Math.abs(share) < snap) return low;
    if (Math.abs(1 - share) < snap) return high;
    return low + share * (high - low);
  });
}

/** The place of a plan; values beyond the ranges are moved to their ends. */
export function placeOf({ free, board }: Field, plan: Float64Array): Float64Array {
  return plan.map((value, i) => {
    const { low, high } = free[Math.floor(i / board.months) % free.length]!;
    return Math.min(1, Math.max(0, (value - low) / (high - low)));
  });
}

/** A plan with one value for each lever in all months. */
export function steadyPlan({ free, board }: Field, value: (lever: FreeLever) => number): Float64Array {
  return Float64Array.from({ length: free.length * board.months }, (_, i) =>
    value(free[Math.floor(i / board.months)]!),
  );
}

/** The plan nearest by whose shares add up to what they have to in every month. */
export function withShares(field: Field, plan: Float64Array): Float64Array {
  const { free, board, shareSum } = field;
  if (shareSum === null) return plan;
  const shares = free.flatMap(({ lever }, l) => (lever.kind === 'share' ? [l] : []));
  const made = plan.slice();
  for (let month = 0; month < board.months; month += 1) {
    const values = toSum(
      shares.map((l) => plan[l * board.months + month]!),
      shares.map((l) => free[l]!),
      shareSum,
    );
    for (const [k, l] of shares.entries()) made[l * board.months + month] = values[k]!;
  }
  return made;
}

export function equalitiesOf(field: Field): LinearEquality[] {
  const { free, board, shareSum } = field;
  if (shareSum === null) return [];
  return Array.from({ length: board.months }, (_, month) => {
    const weights = new Float64Array(dimensionsOf(field));
    let value = shareSum;
    for (const [l, { lever, low, high }] of free.entries()) {
      if (lever.kind !== 'share') continue;
      weights[l * board.months + month] = high - low;
      value -= low;
    }
    return { weights, value };
  });
}

/** Goal and figures of plans, each under the chosen draws; undefined once stopped. */
export async function sheetValues(
  field: Field,
  plans: Float64Array,
  places: readonly number[],
  options: { soft?: number; signal?: AbortSignal | undefined } = {},
): Promise<SheetValues[] | undefined> {
  const { board, sheet, draws } = field;
  const size = dimensionsOf(field);
  const count = size === 0 ? 1 : plans.length / size;
  const most = Math.max(1, Math.floor(runsAtOnce / places.length));
  const found: SheetValues[] = [];
  for (let first = 0; first < count; first += most) {
    const taken = Math.min(most, count - first);
    const part = plans.subarray(first * size, (first + taken) * size);
    const rows = await board.run(part, draws, places, options.signal);
    if (rows === undefined) return undefined;
    for (let k = 0; k < taken; k += 1) {
      const row = { from: k * places.length, width: board.width, offsets: board.offsets };
      found.push(readSheet(sheet, rows, row, draws, places, options.soft ?? 0));
    }
  }
  return found;
}

/** Worths of places of the cube under some draws, for searches. */
export function askOf(
  field: Field,
  sample: Sample,
  options: { soft: number; signal: AbortSignal | undefined },
): AskWorths {
  return async (places, count) => {
    const values = await sheetValues(field, planAt(field, places), sample.places, options);
    if (values === undefined) return undefined;
    const worths = values.map((one) => worthOf(field.sheet, one, sample));
    const width = conditionsOf(field.sheet);
    const misses = new Float64Array(count * width);
    for (const [k, worth] of worths.entries()) misses.set(worth.misses, k * width);
    return { goals: Float64Array.from(worths, ({ goal }) => goal), misses };
  };
}

/** Number of single conditions: each month's counts. */
export function conditionsOf({ conditions }: Sheet): number {
  return conditions.reduce((sum, { figures }) => sum + figures.length, 0);
}

/** Share of the draws that may give no finite numbers and are left out. */
const failedMost = 0.2;

/** The field with draws that can be run under today's levers; how many cannot where they are too many. */
export async function soundField(
  board: Board,
  sheet: Sheet,
  { free, shareSum }: LeverRanges,
  fit: FitResult,
  draws: number,
): Promise<Field | { failed: number; all: number }> {
  const numbers = spreadOver(fit.draws.count, Math.min(draws, fit.draws.count));
  const make = (made: Draws): Field => ({ board, sheet, free, shareSum, draws: made });
  const field = make(await board.draws(numbers));
  const [today] = (await sheetValues(field, todayPlan(field), everyDraw(numbers.length).places))!;
  const sound = numbers.filter((_, i) =>
    [today!.goal, ...today!.figures].every((values) => Number.isFinite(values[i]!)),
  );
  if (sound.length === numbers.length) return field;
  const failed = numbers.length - sound.length;
  if (sound.length < 2 || failed > failedMost * numbers.length) return { failed, all: numbers.length };
  return make(await board.draws(sound));
}

export function todayPlan(field: Field): Float64Array {
  return withShares(
    field,
    steadyPlan(field, ({ today }) => today),
  );
}
