import type { Inquiry } from '../fit/inquiry.ts';
import { nonNegativeLeastSquares } from '../linear/nonnegative.ts';
import { factorScale } from '../sampling/scale.ts';
import { type Candidate, type Measure, violation } from './merit.ts';
import type { OptimiseEnd } from './optimise.ts';
import type { Slopes } from './polish.ts';
import {
  type Aggregate,
  type Constraint,
  type Lever,
  nameOf,
  type OptimisationProblem,
  type Worth,
} from './problem.ts';

export interface ChosenLever {
  name: string;
  start: number;
  value: number;
  bound: 'low' | 'high' | null;
  /**
   * By how much the goal changes for each unit by which that end of the range is raised; null where it is not at one.
   */
  marginal: number | null;
}

export interface KeptConstraint {
  name: string;
  kind: Constraint['kind'];
  bound: number;
  aggregate: Aggregate['kind'] | null;
  /** What the output is at the start, and at the end. Null where the run of the start failed. */
  start: number | null;
  value: number | null;
  /** How much room is left; negative where the constraint is missed. */
  slack: number | null;
  /** By how much it is missed beyond its tolerance; 0 where it is kept. */
  violation: number;
  isBinding: boolean;
  /** By how much the goal changes for each unit by which the bound is raised: 0 where it does not bind. */
  marginal: number | null;
}

/** Plain data, ready to be written as JSON. */
export interface OptimisationReport {
  method: 'optimise';
  /** False where the search was stopped; the best point until then is given. */
  complete: boolean;
  feasible: boolean;
  end: OptimiseEnd;
  goal: {
    output: string;
    sense: 'maximise' | 'minimise';
    aggregate: Aggregate['kind'];
    /** Null where the run of the start failed. */
    start: number | null;
    value: number;
    /** How much better the value is than that of the start, from 0 unless the start misses a constraint. */
    gain: number | null;
    startFeasible: boolean;
  };
  levers: ChosenLever[];
  constraints: KeptConstraint[];
  /**
   * How far the slopes are from balance, as a share of the slope of the goal: near 0 at an optimum of a smooth goal.
   * Null where the search was stopped before they were taken.
   */
  imbalance: number | null;
  scenarios: number;
  seed: number;
  evaluations: number;
  calls: number;
  failed: number;
}

export interface ReportParts {
  problem: OptimisationProblem;
  start: { point: Float64Array; worth: Worth };
  best: Candidate;
  measure: Measure;
  slopes: Slopes | undefined;
  end: OptimiseEnd;
  seed: number;
  inquiry: Inquiry;
}

/** Shares this close to an end lie on it. */
const edge = 1e-7;

export function reportOf(parts: ReportParts): OptimisationReport {
  const { problem, start, best, measure, end, seed, inquiry } = parts;
  const { levers, goal, scenarios } = problem;
  const constraints = problem.constraints ?? [];
  const sign = goal.sense === 'maximise' ? -1 : 1;
  const bounds = Array.from(best.point, (share) => (share <= edge ? 'low' : share >= 1 - edge ? 'high' : null));
  const isBinding = constraints.map((_, i) => {
    const near = Math.max(measure.tolerances[i]!, 1e-6 * measure.misses[i]!);
    return measure.isEquality[i]! || best.worth.misses[i]! >= -near;
  });
  const forces = parts.slopes === undefined ? undefined : balance(parts.slopes, measure, bounds, isBinding);
  const startGoal = Number.isFinite(start.worth.goal) ? sign * start.worth.goal : null;
  const value = sign * best.worth.goal;
  return {
    method: 'optimise',
    complete: inquiry.halt !== 'stopped',
    feasible: violation(best.worth, measure) === 0,
    end,
    goal: {
      output: goal.output,
      sense: goal.sense,
      aggregate: goal.aggregate?.kind ?? 'mean',
      start: startGoal,
      value,
      gain: startGoal === null ? null : sign * (startGoal - value),
      startFeasible: violation(start.worth, measure) === 0,
    },
    levers: levers.map((lever, d) => ({
      ...leverOf(lever, start.point[d]!, best.point[d]!),
      bound: bounds[d]!,
      marginal:
        bounds[d] === null
          ? null
          : boundMarginal(lever, best.point[d]!, bounds[d]!, forces?.levers[d], sign * measure.goal),
    })),
    constraints: constraints.map((constraint, i) => ({
      ...keptOf(constraint, start.worth.misses[i]!, best.worth.misses[i]!, measure.tolerances[i]!),
      isBinding: isBinding[i]!,
      marginal:
        forces === undefined
          ? null
          : plain((-sign * towardOf(constraint) * forces.constraints[i]! * measure.goal) / measure.misses[i]!),
    })),
    imbalance: forces?.imbalance ?? null,
    scenarios: scenarios === undefined ? 1 : scenarios.points.length / scenarios.names.length,
    seed,
    evaluations: inquiry.evaluations,
    calls: inquiry.calls,
    failed: inquiry.failed,
  };
}

interface Forces {
  /** Multipliers of the constraints, in scaled units; of an equality signed. */
  constraints: Float64Array;
  /** Multipliers of the ends on which levers lie. */
  levers: Float64Array;
  imbalance: number;
}

/** The multipliers with which binding constraints and ends balance the slope of the goal best. */
function balance(
  { gradients }: Slopes,
  measure: Measure,
  bounds: readonly ('low' | 'high' | null)[],
  isBinding: readonly boolean[],
): Forces {
  const n = bounds.length;
  const slope = gradients[0]!;
  const columns: Float64Array[] = [];
  const owners: ((weight: number) => void)[] = [];
  const constraints = new Float64Array(isBinding.length);
  const levers = new Float64Array(n);
  for (const [i, binds] of isBinding.entries()) {
    if (!binds) continue;
    const gradient = gradients[i + 1]!;
    columns.push(gradient.map((value) => -value));
    owners.push((weight) => {
      constraints[i] = constraints[i]! + weight;
    });
    if (!measure.isEquality[i]!) continue;
    columns.push(gradient);
    owners.push((weight) => {
      constraints[i] = constraints[i]! - weight;
    });
  }
  for (const [d, bound] of bounds.entries()) {
    if (bound === null) continue;
    const unit = new Float64Array(n);
    unit[d] = bound === 'low' ? 1 : -1;
    columns.push(unit);
    owners.push((weight) => {
      levers[d] = weight;
    });
  }
  const weights = nonNegativeLeastSquares(columns, slope);
  const rest = slope.slice();
  for (const [k, weight] of weights.entries()) {
    owners[k]!(weight);
    for (let d = 0; d < n; d += 1) rest[d] = rest[d]! - weight * columns[k]![d]!;
  }
  const size = Math.hypot(...slope);
  return { constraints, levers, imbalance: size > 0 ? Math.hypot(...rest) / size : 0 };
}

function leverOf(lever: Lever, start: number, share: number): Pick<ChosenLever, 'name' | 'start' | 'value'> {
  const scale = factorScale(lever);
  return { name: lever.name, start: lever.start ?? scale(start), value: scale(share) };
}

/** What it is worth to raise the end of a range on which a lever lies. */
function boundMarginal(
  lever: Lever,
  share: number,
  bound: 'low' | 'high',
  force: number | undefined,
  unit: number,
): number | null {
  if (force === undefined) return null;
  const { low, high, scale } = lever;
  const value = factorScale(lever)(share);
  const slope = scale === 'log' ? 1 / (value * Math.log(high / low)) : 1 / (high - low);
  return plain((bound === 'low' ? 1 : -1) * force * unit * slope);
}

function towardOf({ kind }: Constraint): 1 | -1 {
  return kind === 'at_least' ? -1 : 1;
}

function keptOf(
  constraint: Constraint,
  startMiss: number,
  miss: number,
  tolerance: number,
): Omit<KeptConstraint, 'isBinding' | 'marginal'> {
  const toward = towardOf(constraint);
  const amount = constraint.kind === 'equal' ? Math.abs(miss) : miss;
  const reached = (missed: number) => (Number.isFinite(missed) ? constraint.bound + toward * missed : null);
  return {
    name: nameOf(constraint),
    kind: constraint.kind,
    bound: constraint.bound,
    aggregate: 'output' in constraint ? (constraint.aggregate?.kind ?? 'mean') : null,
    start: reached(startMiss),
    value: reached(miss),
    slack: Number.isFinite(amount) ? plain(-amount) : null,
    violation: amount > tolerance ? amount : 0,
  };
}

/** Without the sign of zero, which JSON does not keep. */
function plain(value: number): number {
  return value === 0 ? 0 : value;
}
