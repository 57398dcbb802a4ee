import { everyDraw } from './aggregate.ts';
import { type Place, slopesAt } from './climb.ts';
import { askOf, conditionsOf, equalitiesOf, type Field } from './field.ts';
import { sizeOf } from './measures.ts';
import { dot } from './quadratic.ts';

/** Conditions this close to their bound, as a share of it, bind. */
export const bindingShare = 2e-3;
/** Coordinates this close to an end lie on it. */
const edge = 1e-4;

/** An end of a lever's range at which months lie, and what one unit more room there would bring. */
export interface BoundWorth {
  variable: string;
  side: 'low' | 'high';
  months: number;
  bound: number;
  worth: number;
}

export interface Worths {
  /** By condition: what loosening its bound by one unit brings; null where the slopes do not tell. */
  conditions: Map<string, number | null>;
  bounds: BoundWorth[];
}

/**
 * What limits are worth at an optimum, from the slopes of objective and conditions there: the multipliers with which
 * binding conditions balance the objective where levers are free to move (J. Nocedal, S. J. Wright, Numerical
 * Optimization, 2nd ed. 2006, section 12.3; the same as solving again with a bound a little wider), and what is left of
 * the slopes at the ends of ranges.
 */
export async function worthsAt(field: Field, place: Place): Promise<Worths> {
  const conditions = conditionsOf(field.sheet);
  const equalities = equalitiesOf(field);
  const ask = askOf(field, everyDraw(field.draws.count), { soft: 0, signal: undefined });
  const slopes = (await slopesAt({ ask, conditions, equalities, goalSize: 1 }, place))!;
  const binding = slopes.conditions.flatMap((_, i) => (place.misses[i]! >= -bindingShare ? [i] : []));
  const rows = [...binding.map((i) => slopes.conditions[i]!), ...equalities.map(({ weights }) => weights)];
  const isFree = Array.from(place.at, (value) => value > edge && value < 1 - edge);
  const multipliers = balance(slopes.goal, rows, binding.length, isFree);
  const reduced = slopes.goal.map((slope, j) =>
    rows.reduce((rest, row, k) => rest - (multipliers[k] ?? 0) * row[j]!, slope),
  );
  return { conditions: conditionWorths(field, binding, multipliers), bounds: boundWorths(field, place, reduced) };
}

const sweepsMost = 5000;

/** Weights of rows, the first of them from 0 on, that leave least of the slopes of free coordinates. */
function balance(
  goal: Float64Array,
  rows: readonly Float64Array[],
  signed: number,
  isFree: readonly boolean[],
): (number | null)[] {
  const freed = (row: Float64Array) => row.filter((_, j) => isFree[j]!);
  const columns = rows.map(freed);
  const squares = columns.map((column) => dot(column, column));
  const rest = freed(goal);
  const size = Math.sqrt(dot(rest, rest));
  const weights = new Float64Array(rows.length);
  for (let sweep = 0; sweep < sweepsMost; sweep += 1) {
    let moved = 0;
    for (const [k, column] of columns.entries()) {
      if (!(squares[k]! > 0)) continue;
      const wanted = weights[k]! + dot(column, rest) / squares[k]!;
      const change = (k < signed ? Math.max(0, wanted) : wanted) - weights[k]!;
      weights[k] = weights[k]! + change;
      for (let j = 0; j < rest.length; j += 1) rest[j] = rest[j]! - change * column[j]!;
      moved = Math.max(moved, Math.abs(change) * Math.sqrt(squares[k]!));
    }
    if (moved <= 1e-12 * size) break;
  }
  return Array.from(weights, (weight, k) => (squares[k]! > 0 ? weight : null));
}

function conditionWorths(
  { sheet }: Field,
  binding: readonly number[],
  multipliers: readonly (number | null)[],
): Map<string, number | null> {
  const worths = new Map<string, number | null>();
  let first = 0;
  for (const condition of sheet.conditions) {
    const until = first + condition.figures.length;
    const own = binding.flatMap((i, k) => (i >= first && i < until ? [multipliers[k] ?? null] : []));
    const known = own.filter((one) => one !== null);
    const sum = known.reduce((total, one) => total + one, 0) / sizeOf(condition);
    if (own.length > 0) worths.set(condition.id, known.length === 0 ? null : sum);
    first = until;
  }
  return worths;
}

function boundWorths({ free, board }: Field, place: Place, reduced: Float64Array): BoundWorth[] {
  return free.flatMap(({ lever, low, high }, l) =>
    (['low', 'high'] as const).flatMap((side): BoundWorth[] => {
      const months = Array.from({ length: board.months }, (_, m) => l * board.months + m).filter((i) =>
        side === 'low' ? place.at[i]! <= edge : place.at[i]! >= 1 - edge,
      );
      // Nobody can do less of something than nothing.
      const isNothing = side === 'low' && low === 0 && lever.low === 0;
      if (months.length === 0 || isNothing) return [];
      const sum = months.reduce((total, i) => total + (side === 'high' ? reduced[i]! : -reduced[i]!), 0);
      const bound = side === 'low' ? low : high;
      return [{ variable: lever.variable, side, months: months.length, bound, worth: Math.max(0, sum / (high - low)) }];
    }),
  );
}
