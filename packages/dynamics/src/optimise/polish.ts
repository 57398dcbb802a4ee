import { type Ask, differentiate, type StepSizes } from '../fit/jacobian.ts';
import { type Space, spaceOf } from '../fit/parameters.ts';
import { cholesky } from '../linear/cholesky.ts';
import { type Candidate, isBetter, type Measure, scaledRow, violation } from './merit.ts';
import type { AskWorths, Worth } from './problem.ts';
import { type Condition, type QuadraticSolution, solveQuadratic } from './quadratic.ts';

export type PolishEnd = 'step' | 'no_progress' | 'iterations' | 'no_answers';

const iterationsMax = 200;
const stepTolerance = 1e-9;
/** A step this short that leads no further has met rounding. */
const looseTolerance = 1e-6;
/** Lengths of a step that are tried in one call. */
const lengths = [1, 0.5, 0.25, 0.1, 0.03, 0.01, 0.003, 0.001] as const;
/** Shares of what is missed that a step shall make good, for conditions that contradict each other. */
const reliefs = [1, 0.5, 0.2, 0.05, 0.01] as const;

/** Slopes of the scaled goal (first) and misses at a point: one row for each, over all coordinates. */
export interface Slopes {
  row: Float64Array;
  gradients: Float64Array[];
}

/** A space of shares. */
export function shareSpace(n: number): Space {
  return spaceOf(Array.from({ length: n }, (_, d) => ({ name: String(d), low: 0, high: 1 })));
}

/** Slopes at a point, from one call. */
export async function slopesAt(
  ask: AskWorths,
  { point, worth }: Candidate,
  measure: Measure,
  differences: 'central' | 'richardson',
): Promise<Slopes | undefined> {
  const n = point.length;
  const row = scaledRow(worth, measure);
  const asked: Ask = async (points, count) => {
    const worths = await ask(points, count);
    if (worths === undefined) return undefined;
    const rows = new Float64Array(count * row.length);
    for (const [k, one] of worths.entries()) rows.set(scaledRow(one, measure), k * row.length);
    return rows;
  };
  const sizes: StepSizes = {
    relative: new Float64Array(n).fill(Math.cbrt(Number.EPSILON)),
    floor: new Float64Array(n).fill(1),
  };
  const found = await differentiate(asked, shareSpace(n), point, row, sizes, differences);
  if (found === undefined) return undefined;
  const gradients = Array.from(row, (_, i) => Float64Array.from(found.columns, (column) => column[i]!));
  return { row, gradients };
}

/**
 * Sequential quadratic programming from `best`, which is kept up to date: damped BFGS of M. J. D. Powell (1978) and an
 * exact penalty as in J. Nocedal, S. J. Wright, Numerical Optimization (2nd ed., 2006), chapter 18. Two calls for an
 * iteration: one for the slopes, one for steps of several lengths.
 */
export async function polish(ask: AskWorths, best: Candidate, measure: Measure): Promise<PolishEnd> {
  const penalties = new Float64Array(measure.misses.length);
  const current: Candidate = { point: best.point.slice(), worth: best.worth };
  const end = await descend(ask, current, best, measure, penalties);
  // A point may look better only because it misses constraints by what is tolerated; at an optimum that is settled.
  const isNoWorse = merit(current.worth, measure, penalties) <= merit(best.worth, measure, penalties) + 1e-12;
  if (end === 'step' && isNoWorse && violation(current.worth, measure) === 0) Object.assign(best, current);
  return end;
}

async function descend(
  ask: AskWorths,
  current: Candidate,
  best: Candidate,
  measure: Measure,
  penalties: Float64Array,
): Promise<PolishEnd> {
  const n = current.point.length;
  let slopes = await slopesAt(ask, current, measure, 'central');
  if (slopes === undefined) return 'no_answers';
  let curvature = identity(n, 1);
  let isFresh = true;
  for (let iteration = 0; iteration < iterationsMax; iteration += 1) {
    const solution = quadraticStep(curvature, slopes, current.point, measure);
    const size = solution?.step.reduce((most, value) => Math.max(most, Math.abs(value)), 0) ?? 0;
    const isKept = violation(current.worth, measure) === 0;
    if (solution !== undefined && size < stepTolerance) return isKept ? 'step' : 'no_progress';
    for (const [i, factor] of solution?.multipliers.entries() ?? []) {
      penalties[i] = Math.max(1.5 * Math.abs(factor), (penalties[i]! + Math.abs(factor)) / 2);
    }
    const taken = solution === undefined ? 'none' : await bestLength(ask, current, solution.step, measure, penalties);
    if (taken === undefined) return 'no_answers';
    if (taken === 'none' || solution === undefined) {
      // What was learnt of the curvature may mislead: once more without it.
      if (isFresh) return isKept && solution !== undefined && size < looseTolerance ? 'step' : 'no_progress';
      curvature = identity(n, 1);
      isFresh = true;
      continue;
    }
    const next = await slopesAt(ask, taken, measure, 'central');
    if (next === undefined) return 'no_answers';
    curvature = updated(curvature, current.point, taken.point, slopes, next, solution.multipliers, isFresh);
    isFresh = false;
    Object.assign(current, taken);
    slopes = next;
    if (isBetter(current.worth, best.worth, measure)) Object.assign(best, current);
  }
  return 'iterations';
}

function identity(n: number, size: number): Float64Array {
  const matrix = new Float64Array(n * n);
  for (let d = 0; d < n; d += 1) matrix[d * n + d] = size;
  return matrix;
}

/** The step of the quadratic model, with one signed multiplier for each constraint. */
function quadraticStep(
  curvature: Float64Array,
  { row, gradients }: Slopes,
  point: Float64Array,
  measure: Measure,
): QuadraticSolution | undefined {
  const n = point.length;
  const lower = cholesky(curvature, n);
  if (lower === undefined) return undefined;
  for (const relief of reliefs) {
    const conditions: Condition[] = [];
    for (let i = 0; i < measure.misses.length; i += 1) {
      const gradient = gradients[i + 1]!;
      const miss = row[i + 1]!;
      const b = miss > 0 || measure.isEquality[i]! ? relief * miss : miss;
      conditions.push({ a: gradient.map((value) => -value), b });
      // Of an equality the other side too; of the rest one that always holds, to keep the places.
      conditions.push(measure.isEquality[i]! ? { a: gradient, b: -b } : { a: new Float64Array(n), b: -1 });
    }
    for (let d = 0; d < n; d += 1) {
      const unit = new Float64Array(n);
      unit[d] = 1;
      conditions.push({ a: unit, b: -point[d]! }, { a: unit.map((value) => -value), b: point[d]! - 1 });
    }
    const solution = solveQuadratic(lower, gradients[0]!, conditions);
    if (solution === undefined) continue;
    const multipliers = Float64Array.from(measure.misses, (_, i) => {
      return solution.multipliers[2 * i]! - (measure.isEquality[i]! ? solution.multipliers[2 * i + 1]! : 0);
    });
    return solution.step.every(Number.isFinite) ? { step: solution.step, multipliers } : undefined;
  }
  return undefined;
}

/** The length of the step that makes goal and penalised misses least; `'none'` where no length makes them less. */
async function bestLength(
  ask: AskWorths,
  { point, worth }: Candidate,
  step: Float64Array,
  measure: Measure,
  penalties: Float64Array,
): Promise<Candidate | 'none' | undefined> {
  const n = point.length;
  const shares = new Float64Array(lengths.length * n);
  for (const [k, length] of lengths.entries()) {
    for (let d = 0; d < n; d += 1) {
      shares[k * n + d] = Math.min(1, Math.max(0, point[d]! + length * step[d]!));
    }
  }
  const worths = await ask(shares, lengths.length);
  if (worths === undefined) return undefined;
  let least = merit(worth, measure, penalties);
  let found: Candidate | 'none' = 'none';
  for (const [k, one] of worths.entries()) {
    const value = merit(one, measure, penalties);
    if (!(value < least)) continue;
    least = value;
    found = { point: shares.slice(k * n, (k + 1) * n), worth: one };
  }
  return found;
}

function merit(worth: Worth, measure: Measure, penalties: Float64Array): number {
  const row = scaledRow(worth, measure);
  let sum = row[0]!;
  for (let i = 0; i < penalties.length; i += 1) {
    const miss = row[i + 1]!;
    sum += penalties[i]! * (measure.isEquality[i]! ? Math.abs(miss) : Math.max(0, miss));
  }
  return Number.isNaN(sum) ? Number.POSITIVE_INFINITY : sum;
}

/** The damped BFGS update of the curvature of the Lagrangian. */
function updated(
  curvature: Float64Array,
  from: Float64Array,
  to: Float64Array,
  before: Slopes,
  after: Slopes,
  multipliers: Float64Array,
  isFresh: boolean,
): Float64Array {
  const n = from.length;
  const lagrangian = ({ gradients }: Slopes) =>
    gradients[0]!.map((value, d) =>
      multipliers.reduce((sum, factor, i) => sum + factor * gradients[i + 1]![d]!, value),
    );
  const [one, two] = [lagrangian(before), lagrangian(after)];
  const s = to.map((value, d) => value - from[d]!);
  const y = two.map((value, d) => value - one[d]!);
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, d) => sum + value * b[d]!, 0);
  const bend = dot(s, y);
  const square = dot(s, s);
  if (square === 0) return curvature;
  // The first curvature seen sets the size of the matrix.
  const matrix = isFresh && bend > 0 ? identity(n, Math.min(1e8, Math.max(1e-8, bend / square))) : curvature.slice();
  const product = Float64Array.from({ length: n }, (_, i) => dot(matrix.subarray(i * n, (i + 1) * n), s));
  const along = dot(s, product);
  const theta = bend >= 0.2 * along ? 1 : (0.8 * along) / (along - bend);
  const r = y.map((value, d) => theta * value + (1 - theta) * product[d]!);
  const scale = dot(s, r);
  if (!(scale > 0)) return curvature;
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j < n; j += 1) {
      matrix[i * n + j] = matrix[i * n + j]! - (product[i]! * product[j]!) / along + (r[i]! * r[j]!) / scale;
    }
  }
  return matrix;
}
