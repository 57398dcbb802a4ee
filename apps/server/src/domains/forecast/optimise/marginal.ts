import { everyDraw, meanOf, quantileOf, riskWeights } from './aggregate.ts';
import { dimensionsOf, type Field, placeOf, planAt, sheetValues } from './field.ts';
import type { Sheet } from './measures.ts';

/** A slope with its 80 % interval over the draws. */
export interface Slope {
  value: number;
  low: number;
  high: number;
}

/** What one unit more of a lever in every month brings. */
export interface MarginalReturn {
  variable: string;
  perUnit: Slope;
  /** By unit of the currency that the lever then costs; null where it costs nothing that is known. */
  perCurrency: Slope | null;
  /** Whether moving it over its range changes what is spent by more than a little. */
  isPaid: boolean;
}

const difference = 4e-3;
/** What a lever costs over its whole range, of all that is spent; less is a side effect and no price. */
const paidShare = 0.03;

/**
 * Derivatives of the objective in each lever, all months together, at a plan. A share is raised at the cost of the
 * others in proportion. `spend` tells which figure of the sheet is what is spent.
 */
export async function marginalReturns(
  field: Field,
  plan: Float64Array,
  spend: Sheet | undefined,
): Promise<MarginalReturn[]> {
  const { free } = field;
  const n = dimensionsOf(field);
  const at = placeOf(field, plan);
  const moves = free.map((_, l) => movesOf(field, at, l));
  const places = moves.flat();
  const plans = new Float64Array((places.length + 1) * n);
  plans.set(plan);
  for (const [k, { place, lever }] of places.entries()) {
    const isShare = free[lever]!.lever.kind === 'share';
    plans.set(isShare ? besides(field, plan, planAt(field, place), lever) : planAt(field, place), (k + 1) * n);
  }
  const sample = everyDraw(field.draws.count);
  const goals = (await sheetValues(field, plans, sample.places))!.map(({ goal }) => goal);
  const costs =
    spend === undefined
      ? undefined
      : (await sheetValues({ ...field, sheet: spend }, plans, sample.places))!.map(({ goal }) => goal);
  const weights = riskWeights(goals[0]!, sample.weights, field.sheet.goal.risk);
  let next = 1;
  return free.map(({ lever, low, high }, l) => {
    const first = next;
    next += moves[l]!.length;
    const slopes = (values: readonly Float64Array[]) =>
      slopesOf(values, moves[l]!, first).map((slope) => slope / (high - low));
    const gain = slopes(goals);
    const cost = costs === undefined ? undefined : slopes(costs);
    const isPaid =
      cost !== undefined && Math.abs(meanOf(cost, weights)) * (high - low) > paidShare * meanOf(costs![0]!, weights);
    return {
      variable: lever.variable,
      perUnit: slopeOf(gain, weights),
      perCurrency: isPaid ? ratioOf(gain, cost, weights) : null,
      isPaid,
    };
  });
}

interface Move {
  lever: number;
  place: Float64Array;
  /** How far the months of its group were moved. */
  by: number;
}

/** Months that can go both ways, only up, and only down are three groups of their own, with two moves each. */
function movesOf({ board }: Field, at: Float64Array, lever: number): Move[] {
  const months = Array.from({ length: board.months }, (_, month) => lever * board.months + month);
  const groups = [
    { of: months.filter((i) => at[i]! >= difference && at[i]! <= 1 - difference), by: [difference, -difference] },
    { of: months.filter((i) => at[i]! < difference), by: [difference, 2 * difference] },
    { of: months.filter((i) => at[i]! > 1 - difference), by: [-difference, -2 * difference] },
  ];
  return groups.flatMap(({ of, by }) =>
    of.length === 0
      ? []
      : by.map((step): Move => {
          const place = at.slice();
          for (const i of of) place[i] = place[i]! + step;
          return { lever, place, by: step };
        }),
  );
}

/** The other shares make room in proportion. */
function besides(
  { free, board, shareSum }: Field,
  plan: Float64Array,
  moved: Float64Array,
  lever: number,
): Float64Array {
  const made = moved.slice();
  const others = free.flatMap((one, l) => (one.lever.kind === 'share' && l !== lever ? [l] : []));
  for (let month = 0; month < board.months; month += 1) {
    const own = lever * board.months + month;
    const before = (shareSum ?? 1) - plan[own]!;
    const after = (shareSum ?? 1) - moved[own]!;
    for (const l of others) {
      const i = l * board.months + month;
      made[i] = before > 1e-12 ? (plan[i]! * after) / before : plan[i]! + (after - before) / others.length;
    }
  }
  return made;
}

/** Three-point slopes of each draw, the groups of months added. */
function slopesOf(values: readonly Float64Array[], moves: readonly Move[], first: number): Float64Array {
  const base = values[0]!;
  const sum = new Float64Array(base.length);
  for (let k = 0; k < moves.length; k += 2) {
    const [a, b] = [moves[k]!.by, moves[k + 1]!.by];
    const [one, two] = [values[first + k]!, values[first + k + 1]!];
    for (let d = 0; d < sum.length; d += 1) {
      const [up, down] = [(one[d]! - base[d]!) / a, (two[d]! - base[d]!) / b];
      sum[d] = sum[d]! + (b * up - a * down) / (b - a);
    }
  }
  return sum;
}

function slopeOf(slopes: Float64Array, weights: Float64Array): Slope {
  return slopeWithin(meanOf(slopes, weights), slopes);
}

function ratioOf(gain: Float64Array, cost: Float64Array | undefined, weights: Float64Array): Slope | null {
  if (cost === undefined) return null;
  const least = 1e-9 * Math.max(...gain.map(Math.abs));
  if (!cost.every((value) => value > least)) return null;
  const ratios = gain.map((value, d) => value / cost[d]!);
  return slopeWithin(meanOf(gain, weights) / meanOf(cost, weights), ratios);
}

/** The value weighs draws by the risk that is asked for and may lie beyond most of them: the interval holds it all the same. */
function slopeWithin(value: number, slopes: Float64Array): Slope {
  const sorted = slopes.slice().sort();
  return {
    value,
    low: Math.min(value, quantileOf(sorted, 0.1)),
    high: Math.max(value, quantileOf(sorted, 0.9)),
  };
}
