import { error, type Outcome } from '../diagnostic.ts';
import type { Range, Watch } from '../experiment/evaluate.ts';
import { solveLinear } from '../linear/solve.ts';
import {
  type BranchEnd,
  type BranchPoint,
  branchPoint,
  distance,
  type SpecialKind,
  type Trace,
  traceBranch,
} from './branch.ts';
import { jacobian, type ScaledField, scaleField, type VectorField } from './field.ts';
import { norm, type Point, settle } from './newton.ts';

export interface EquilibriaOptions extends Watch {
  /** States to look for equilibria from, besides scattered ones: where runs have settled, for example. */
  starts?: readonly { state: Float64Array; parameter: number }[];
  /** Typical size of each stock; default: the larger of the initial state and `starts`, at least 1e-6 of the largest. */
  scale?: Float64Array;
  /** Points of one branch at most. Default 2,000. */
  pointsMax?: number;
  /** Branches at most. Default 40. */
  branchesMax?: number;
  /** Scattered states from which equilibria are searched, at each of five values of the parameter. Default 60. */
  searches?: number;
}

/** An equilibrium: the state for one value of the parameter. */
export interface Equilibrium {
  parameter: number;
  /** One level for each stock, in the order of `stocks`. */
  state: number[];
  /** Every disturbance dies out: all eigenvalues have negative real parts. */
  stable: boolean;
  /** Largest real part of the eigenvalues, per unit of time: how fast the slowest disturbance dies out or grows. */
  growth: number;
}

/** A place where the number or the kind of equilibria changes. */
export interface Bifurcation extends Equilibrium {
  kind: SpecialKind;
  /** Angular frequency of the oscillation that begins at a `hopf`. */
  frequency: number | undefined;
}

export interface Branch {
  points: Equilibrium[];
  ends: [BranchEnd, BranchEnd];
}

/** The bifurcation diagram of a model along one parameter. */
export interface EquilibriaReport {
  parameter: string;
  low: number;
  high: number;
  stocks: readonly string[];
  branches: Branch[];
  bifurcations: Bifurcation[];
  /** Number of sums of stocks that no rate changes; they are held at what they are at the start of a run. */
  conserved: number;
  /** False when the caller stopped the search, or a limit did. */
  complete: boolean;
}

/** Two points are one when they are this close, in units of scale. */
const sameDistance = 2e-3;

/**
 * Equilibria of a vector field along a parameter: searched from the given and from scattered states by Newton's method,
 * followed by pseudo-arclength continuation, with folds, crossings and the onset of oscillations found to rounding error.
 * An equilibrium that no search comes near is not found: the report is a map of what was seen, not a proof.
 */
export async function followEquilibria(
  field: VectorField,
  range: Range,
  options: EquilibriaOptions = {},
): Promise<Outcome<EquilibriaReport>> {
  const scale = options.scale ?? defaultScale(field, range, options.starts);
  const scaled = scaleField(field, range, scale);
  const traces: WholeTrace[] = [];
  const branchesMax = options.branchesMax ?? 40;
  const limits = { pointsMax: options.pointsMax ?? 2000, stateMax: 1e4 };
  const guesses = startingPoints(scaled, options);
  let complete = true;
  for (const [index, guess] of guesses.entries()) {
    if (options.signal?.aborted || traces.length >= branchesMax) {
      complete = false;
      break;
    }
    follow(scaled, guess, traces, limits, branchesMax);
    options.onProgress?.(index + 1, guesses.length);
    // Lets a caller's abort through.
    if (index % 16 === 15) await new Promise((done) => setTimeout(done, 0));
  }
  if (traces.length === 0) {
    return {
      ok: false,
      errors: [error('equilibria.none', { parameter: range.name, low: range.low, high: range.high })],
      warnings: [],
    };
  }
  const report = { parameter: range.name, low: range.low, high: range.high, stocks: field.names, complete };
  return {
    ok: true,
    value: {
      ...report,
      conserved: scaled.conserved,
      branches: traces.map((trace) => ({
        points: trace.points.map((point) => equilibriumOf(scaled, point)),
        ends: trace.ends,
      })),
      bifurcations: bifurcationsOf(scaled, traces),
    },
    warnings: [],
  };
}

/** A branch followed both ways from where it was found. */
interface WholeTrace {
  points: BranchPoint[];
  special: Trace['special'];
  ends: [BranchEnd, BranchEnd];
}

/** Follows the branch through the equilibrium near a guess, unless it is known, and those that cross it. */
function follow(
  field: ScaledField,
  guess: Point,
  traces: WholeTrace[],
  limits: Parameters<typeof traceBranch>[2],
  branchesMax: number,
): void {
  const waiting: Point[] = [guess];
  for (let point = waiting.shift(); point !== undefined && traces.length < branchesMax; point = waiting.shift()) {
    const found = settle(field, point);
    if (found === undefined || traces.some((trace) => liesOn(trace, found))) continue;
    const forwards = new Float64Array(field.size + 1);
    forwards[field.size] = 1;
    const start = branchPoint(field, found, forwards);
    if (start === undefined) continue;
    const ahead = traceBranch(field, start, limits);
    const behind =
      ahead.end === 'closed'
        ? { points: [start], special: [], end: ahead.end }
        : traceBranch(field, { ...start, tangent: start.tangent.map((part) => -part) }, limits);
    traces.push({
      points: [...behind.points.slice(1).reverse(), ...ahead.points],
      special: [...behind.special, ...ahead.special],
      ends: [behind.end, ahead.end],
    });
    for (const crossing of [...behind.special, ...ahead.special]) {
      if (crossing.kind === 'branch') waiting.push(...besideCrossing(field, crossing));
    }
  }
}

/** Guesses on the branch that crosses at a point: off it along the direction in which nothing pulls back. */
function besideCrossing(field: ScaledField, crossing: Point): Point[] {
  const direction = weakestDirection(field, crossing);
  return [0.01, -0.01, 0.05, -0.05].flatMap((size) =>
    [0, 0.02, -0.02].map((shift) => ({
      state: crossing.state.map((value, i) => value + size * direction[i]!),
      position: Math.min(1, Math.max(0, crossing.position + shift)),
    })),
  );
}

/** The eigenvector of the eigenvalue nearest zero, by inverse iteration. */
function weakestDirection(field: ScaledField, { state, position }: Point): Float64Array {
  const matrix = jacobian(field.residual, state, position);
  for (let i = 0; i < field.size; i++) matrix[i * field.size + i]! += 1e-7;
  let vector = new Float64Array(field.size).fill(1 / Math.sqrt(field.size));
  for (let iteration = 0; iteration < 8; iteration++) {
    const next = solveLinear(matrix, vector);
    if (next === undefined) return vector;
    const length = norm(next);
    vector = next.map((value) => value / length);
  }
  return vector;
}

/** Where to look first: what the caller knows, then the initial state, then scattered states within twice the scale. */
function startingPoints(field: ScaledField, options: EquilibriaOptions): Point[] {
  const { range } = field;
  const known = (options.starts ?? []).map(({ state, parameter }) => ({
    state: state.map((value, i) => value / field.scale[i]!),
    position:
      range.scale === 'log'
        ? Math.log(parameter / range.low) / Math.log(range.high / range.low)
        : (parameter - range.low) / (range.high - range.low),
  }));
  const searches = options.searches ?? 60;
  const positions = [0, 0.25, 0.5, 0.75, 1];
  const corners = positions.map((position) => ({ state: new Float64Array(field.size).fill(1), position }));
  const scattered = Array.from({ length: searches * positions.length }, (_, index) => ({
    // Kronecker sequence of square roots of primes: even cover of the box in any number of dimensions.
    state: Float64Array.from({ length: field.size }, (_, i) => 2 * ((index * Math.sqrt(primeAt(i)) + 0.5) % 1)),
    position: positions[index % positions.length]!,
  }));
  return [...known, ...corners, ...scattered];
}

function primeAt(index: number): number {
  let found = 1;
  for (let count = -1; count < index; ) {
    found++;
    let prime = true;
    for (let divisor = 2; divisor * divisor <= found && prime; divisor++) prime = found % divisor !== 0;
    if (prime) count++;
  }
  return found;
}

/** Whether a traced branch passes through a point, measured to the straight pieces between its points. */
function liesOn(trace: WholeTrace, point: Point): boolean {
  for (let i = 0; i + 1 < trace.points.length; i++) {
    const from = trace.points[i]!;
    const to = trace.points[i + 1]!;
    const along = Float64Array.from([...to.state, to.position], (value, j) => value - coordinate(from, j));
    const offset = Float64Array.from(along, (_, j) => coordinate(point, j) - coordinate(from, j));
    const lengthSquared = along.reduce((sum, value) => sum + value * value, 0);
    const projected = offset.reduce((sum, value, j) => sum + value * along[j]!, 0) / (lengthSquared || 1);
    const share = Math.min(1, Math.max(0, projected));
    const away = offset.map((value, j) => value - share * along[j]!);
    if (norm(away) < sameDistance) return true;
  }
  return false;
}

function coordinate(point: Point, index: number): number {
  return index < point.state.length ? point.state[index]! : point.position;
}

function equilibriumOf(field: ScaledField, point: BranchPoint): Equilibrium {
  return {
    parameter: field.parameterAt(point.position),
    state: Array.from(point.state, (value, i) => value * field.scale[i]!),
    stable: point.stable,
    growth: point.eigenvalues[0]?.re ?? Number.NEGATIVE_INFINITY,
  };
}

function bifurcationsOf(field: ScaledField, traces: readonly WholeTrace[]): Bifurcation[] {
  const seen: Point[] = [];
  const found: Bifurcation[] = [];
  for (const point of traces.flatMap(({ special }) => special)) {
    if (point.position < 0 || point.position > 1) continue;
    if (seen.some((other) => distance(other, point) < sameDistance / 10)) continue;
    seen.push(point);
    const turning = point.eigenvalues.filter(({ im }) => im > 0).toSorted((a, b) => Math.abs(a.re) - Math.abs(b.re));
    found.push({
      kind: point.kind,
      ...equilibriumOf(field, point),
      frequency: point.kind === 'hopf' ? turning[0]?.im : undefined,
    });
  }
  return found.sort((a, b) => a.parameter - b.parameter);
}

/** A stock that is empty at the start is as large as it becomes in the known states. */
function defaultScale(field: VectorField, range: Range, starts: EquilibriaOptions['starts'] = []): Float64Array {
  const sizes = field.initial(range.low).map(Math.abs);
  for (const { state } of starts) {
    for (const [i, value] of state.entries()) sizes[i] = Math.max(sizes[i]!, Math.abs(value));
  }
  const largest = sizes.reduce((most, value) => Math.max(most, value), 0) || 1;
  return sizes.map((value) => Math.max(value, 1e-6 * largest));
}
