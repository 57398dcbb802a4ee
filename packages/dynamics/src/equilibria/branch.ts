import { type Complex, eigenvalues } from '../linear/eigenvalues.ts';
import { jacobian, type ScaledField } from './field.ts';
import { correct, type Point, tangentAt } from './newton.ts';

/** A point of a traced branch, scaled, with what tells its stability. */
export interface BranchPoint extends Point {
  tangent: Float64Array;
  eigenvalues: Complex[];
  stable: boolean;
}

export type SpecialKind = 'fold' | 'hopf' | 'branch';

export interface SpecialPoint extends BranchPoint {
  kind: SpecialKind;
}

/** Why a branch ends. */
export type BranchEnd = 'range' | 'bounds' | 'closed' | 'lost' | 'limit';

export interface Trace {
  points: BranchPoint[];
  special: SpecialPoint[];
  end: BranchEnd;
}

export interface TraceLimits {
  pointsMax: number;
  /** States farther from the origin than this, in units of scale, are left. */
  stateMax: number;
}

const step = { first: 0.01, largest: 0.04, smallest: 1e-9 };

/**
 * Follows a curve of equilibria from a point in the direction of its tangent by pseudo-arclength continuation (Keller
 * 1977), so that it goes around folds, and finds where stability changes.
 */
export function traceBranch(field: ScaledField, start: BranchPoint, limits: TraceLimits): Trace {
  const points = [start];
  const special: SpecialPoint[] = [];
  let length = step.first;
  let point = start;
  while (points.length < limits.pointsMax) {
    const next = advance(field, point, length);
    if (next === undefined) {
      length /= 2;
      if (length < step.smallest) return { points, special, end: 'lost' };
      continue;
    }
    special.push(...changesBetween(field, point, next.point, length));
    points.push(next.point);
    point = next.point;
    if (point.position < 0 || point.position > 1) return { points: endedAtRange(field, points), special, end: 'range' };
    if (Math.max(...point.state.map(Math.abs)) > limits.stateMax) return { points, special, end: 'bounds' };
    if (points.length > 4 && distance(point, start) < length / 2) return { points, special, end: 'closed' };
    length = Math.min(step.largest, next.easy ? length * 1.4 : length);
  }
  return { points, special, end: 'limit' };
}

/** Adds tangent, eigenvalues and stability to an equilibrium. */
export function branchPoint(field: ScaledField, point: Point, towards: Float64Array): BranchPoint | undefined {
  const tangent = tangentAt(field, point, towards);
  if (tangent === undefined) return undefined;
  const values = dynamicEigenvalues(field, point);
  return { ...point, tangent, eigenvalues: values, stable: values.every((value) => value.re < 0) };
}

/** Eigenvalues of the rates by the states, without the zeros that conserved sums bring; the largest real part first. */
export function dynamicEigenvalues(field: ScaledField, { state, position }: Point): Complex[] {
  const all = eigenvalues(jacobian(field.rates, state, position), field.size);
  const bySize = all.toSorted((a, b) => Math.hypot(a.re, a.im) - Math.hypot(b.re, b.im));
  return bySize.slice(field.conserved).sort((a, b) => b.re - a.re);
}

function advance(field: ScaledField, from: BranchPoint, length: number) {
  const { size } = field;
  const guess = {
    state: from.state.map((value, i) => value + length * from.tangent[i]!),
    position: from.position + length * from.tangent[size]!,
  };
  const found = correct(field, guess, from.tangent);
  if (found === undefined || distance(found.point, from) > 2 * length) return undefined;
  const point = branchPoint(field, found.point, from.tangent);
  if (point === undefined) return undefined;
  const turn = point.tangent.reduce((sum, part, i) => sum + part * from.tangent[i]!, 0);
  if (turn < 0.9 && length > step.smallest * 1e3) return undefined;
  return { point, easy: found.iterations <= 4 && turn > 0.98 };
}

/** The last point put on the end of the range, so that a branch ends where the caller's range does. */
function endedAtRange(field: ScaledField, points: BranchPoint[]): BranchPoint[] {
  const last = points.at(-1)!;
  const before = points.at(-2)!;
  const edge = last.position < 0 ? 0 : 1;
  const share = (edge - before.position) / (last.position - before.position);
  const guess = {
    state: before.state.map((value, i) => value + share * (last.state[i]! - value)),
    position: edge,
  };
  const across = new Float64Array(field.size + 1);
  across[field.size] = 1;
  const found = correct(field, guess, across);
  const point = found === undefined ? undefined : branchPoint(field, found.point, last.tangent);
  return point === undefined ? points : [...points.slice(0, -1), point];
}

/** Where between two neighbouring points the branch folds, crosses another one, or begins to oscillate. */
function changesBetween(field: ScaledField, from: BranchPoint, to: BranchPoint, length: number): SpecialPoint[] {
  const last = field.size;
  const found: SpecialPoint[] = [];
  const locate = (kind: SpecialKind, measure: (point: BranchPoint) => number) => {
    const point = root(field, from, to, length, measure);
    if (point !== undefined) found.push({ ...point, kind });
  };
  const folds = Math.sign(from.tangent[last]!) !== Math.sign(to.tangent[last]!);
  if (folds) locate('fold', (point) => point.tangent[last]!);
  const realBefore = unstableReal(from);
  const realAfter = unstableReal(to);
  if (!folds && realBefore % 2 !== realAfter % 2) locate('branch', (point) => realNearestZero(point));
  const pairsBefore = unstableCount(from) - realBefore;
  const pairsAfter = unstableCount(to) - realAfter;
  if (!folds && unstableCount(from) !== unstableCount(to) && pairsBefore !== pairsAfter && realBefore === realAfter) {
    locate('hopf', (point) => complexNearestZero(point));
  }
  return found;
}

/** The point between two where `measure` is zero, by the Illinois variant of false position along the first tangent. */
function root(
  field: ScaledField,
  from: BranchPoint,
  to: BranchPoint,
  length: number,
  measure: (point: BranchPoint) => number,
): BranchPoint | undefined {
  let low = { at: 0, value: measure(from) };
  let high = { at: length, value: measure(to) };
  let best: BranchPoint | undefined;
  for (let iteration = 0; iteration < 80 && high.at - low.at > 1e-13 * length; iteration++) {
    const secant = low.at + ((high.at - low.at) * low.value) / (low.value - high.value);
    const at = secant > low.at && secant < high.at && iteration % 3 !== 2 ? secant : (low.at + high.at) / 2;
    const next = advanceTo(field, from, at);
    if (next === undefined) return best;
    best = next;
    const value = measure(next);
    if (value === 0) return next;
    if (Math.sign(value) === Math.sign(low.value)) low = { at, value };
    else high = { at, value };
    if (Math.abs(value) < 1e-10) return next;
  }
  return best;
}

function advanceTo(field: ScaledField, from: BranchPoint, length: number): BranchPoint | undefined {
  const guess = {
    state: from.state.map((value, i) => value + length * from.tangent[i]!),
    position: from.position + length * from.tangent[field.size]!,
  };
  const found = correct(field, guess, from.tangent);
  return found === undefined ? undefined : branchPoint(field, found.point, from.tangent);
}

function unstableCount(point: BranchPoint): number {
  return point.eigenvalues.filter((value) => value.re > 0).length;
}

function unstableReal(point: BranchPoint): number {
  return point.eigenvalues.filter((value) => value.re > 0 && value.im === 0).length;
}

function realNearestZero(point: BranchPoint): number {
  return nearestZero(point.eigenvalues.filter((value) => value.im === 0));
}

function complexNearestZero(point: BranchPoint): number {
  return nearestZero(point.eigenvalues.filter((value) => value.im !== 0));
}

function nearestZero(values: Complex[]): number {
  return values.reduce((best, { re }) => (Math.abs(re) < Math.abs(best) ? re : best), Number.POSITIVE_INFINITY);
}

export function distance(a: Point, b: Point): number {
  return Math.hypot(a.position - b.position, ...a.state.map((value, i) => value - b.state[i]!));
}
