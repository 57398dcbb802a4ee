import { type Diagnostic, error } from '../diagnostic.ts';
import type { Range } from '../experiment/evaluate.ts';
import type { Inquiry } from '../fit/inquiry.ts';
import { factorFaults, factorScale } from '../sampling/scale.ts';
import { outputFaults } from '../sensitivity/outputs.ts';

/** An input that may be chosen; every `Range` is one. */
export interface Lever extends Range {
  /** What it is without the optimisation; the middle of the range by default. */
  start?: number;
}

/** How the answers of several scenarios become one. */
export type Aggregate =
  | { kind: 'mean' }
  /** The mean of the worst share 1 - alpha of the scenarios (R. T. Rockafellar, S. Uryasev, J. Risk 2 (2000) 21-41). */
  | { kind: 'cvar'; alpha: number }
  | { kind: 'worst' };

export interface Goal {
  output: string;
  sense: 'maximise' | 'minimise';
  /** The mean by default. */
  aggregate?: Aggregate;
}

/** A condition on an output, or on a weighted sum of levers, such as a budget. */
export type Constraint = {
  kind: 'at_most' | 'at_least' | 'equal';
  bound: number;
  /** How far it may be missed; 1e-6 of the bound, or of the variation of the output where that is more, by default. */
  tolerance?: number;
} & (
  | { output: string; name?: string /** The mean by default. */; aggregate?: Aggregate }
  | { name: string; weights: Readonly<Record<string, number>> }
);

/** Values of further parameters under which the levers shall do well, such as draws of a posterior. */
export interface Scenarios {
  names: readonly string[];
  /** Scenario after scenario, a value for each name. */
  points: ArrayLike<number>;
}

export interface OptimisationProblem {
  levers: readonly Lever[];
  /** Numbers that a run answers with. */
  outputs: readonly string[];
  goal: Goal;
  constraints?: readonly Constraint[];
  /** A run gets the levers, then the parameters of a scenario. One run for each point without scenarios. */
  scenarios?: Scenarios;
}

const leversMost = 128;
const constraintsMost = 256;
const scenariosMost = 100_000;

/** What is wrong with a problem. */
export function problemFaults(problem: OptimisationProblem): Diagnostic[] {
  const { levers, outputs, goal, scenarios } = problem;
  const constraints = problem.constraints ?? [];
  const faults = [...factorFaults(levers, leversMost), ...outputFaults(outputs)];
  if (constraints.length > constraintsMost) {
    const details = { setting: 'constraints', value: constraints.length, least: 0, most: constraintsMost };
    faults.push(error('experiment.bad_setting', details));
  }
  for (const { name, low, high, start } of levers) {
    if (start !== undefined && !(start >= low && start <= high)) {
      faults.push(error('fit.bad_start', { name, value: start, low, high }));
    }
  }
  faults.push(...outputFault(outputs, goal.output), ...aggregateFaults(goal.aggregate));
  for (const constraint of constraints) faults.push(...constraintFaults(constraint, problem));
  if (scenarios !== undefined) {
    const columns = scenarios.names.length;
    const count = scenarios.points.length / columns;
    if (!(Number.isInteger(count) && count >= 1 && count <= scenariosMost)) {
      faults.push(error('optimise.no_scenarios', { given: scenarios.points.length, columns }));
    }
    for (const name of scenarios.names) {
      if (levers.some((lever) => lever.name === name)) faults.push(error('experiment.same_name', { name }));
    }
  }
  return faults;
}

function outputFault(outputs: readonly string[], name: string): Diagnostic[] {
  return outputs.includes(name) ? [] : [error('optimise.unknown_output', { name })];
}

function aggregateFaults(aggregate: Aggregate | undefined): Diagnostic[] {
  if (aggregate?.kind !== 'cvar' || (aggregate.alpha >= 0 && aggregate.alpha < 1)) return [];
  return [error('experiment.bad_setting', { setting: 'alpha', value: aggregate.alpha, least: 0, most: 0.999999 })];
}

function constraintFaults(constraint: Constraint, { levers, outputs }: OptimisationProblem): Diagnostic[] {
  const name = nameOf(constraint);
  const faults: Diagnostic[] = [];
  if (!Number.isFinite(constraint.bound)) faults.push(error('optimise.bad_bound', { name, value: constraint.bound }));
  const { tolerance } = constraint;
  if (tolerance !== undefined && !(tolerance >= 0 && Number.isFinite(tolerance))) {
    const details = { setting: 'tolerance', value: tolerance, least: 0, most: Number.MAX_VALUE };
    faults.push(error('experiment.bad_setting', details));
  }
  if ('output' in constraint) {
    return [...faults, ...outputFault(outputs, constraint.output), ...aggregateFaults(constraint.aggregate)];
  }
  for (const [lever, value] of Object.entries(constraint.weights)) {
    if (Number.isFinite(value) && levers.some((one) => one.name === lever)) continue;
    faults.push(error('optimise.bad_weights', { name, lever, value }));
  }
  return faults;
}

/** What a constraint is called. */
export function nameOf(constraint: Constraint): string {
  return 'output' in constraint ? (constraint.name ?? constraint.output) : constraint.name;
}

/**
 * What a point of shares is worth: the goal as something to make small, and for each constraint how far it is missed
 * (at most 0 where it is kept; of an equality the signed difference). Infinite and NaN where a run failed.
 */
export interface Worth {
  goal: number;
  misses: Float64Array;
}

export type AskWorths = (shares: Float64Array, count: number) => Promise<Worth[] | undefined>;

/** Worths of points of shares of the ranges, asked for in one call for all points and scenarios. */
export function worthsOf(problem: OptimisationProblem, inquiry: Inquiry): AskWorths {
  const { levers, outputs, goal, scenarios } = problem;
  const constraints = problem.constraints ?? [];
  const n = levers.length;
  const extra = scenarios?.names.length ?? 0;
  const cases = scenarios === undefined ? 1 : scenarios.points.length / extra;
  const scales = levers.map(factorScale);
  const sign = goal.sense === 'maximise' ? -1 : 1;
  return async (shares, count) => {
    const points = new Float64Array(count * cases * (n + extra));
    const values = shares.map((share, i) => scales[i % n]!(share));
    for (let k = 0; k < count; k += 1) {
      for (let s = 0; s < cases; s += 1) {
        const at = (k * cases + s) * (n + extra);
        points.set(values.subarray(k * n, (k + 1) * n), at);
        for (let e = 0; e < extra; e += 1) points[at + n + e] = scenarios!.points[s * extra + e]!;
      }
    }
    const rows = await inquiry.ask(points, count * cases);
    if (rows === undefined) return undefined;
    return Array.from({ length: count }, (_, k) => {
      const column = (output: string) => {
        const at = outputs.indexOf(output);
        return Float64Array.from({ length: cases }, (__, s) => rows[(k * cases + s) * outputs.length + at]!);
      };
      const value = sign * aggregated(column(goal.output), goal.aggregate, sign);
      const misses = Float64Array.from(constraints, (constraint) => {
        const toward = constraint.kind === 'at_least' ? -1 : 1;
        const reached =
          'output' in constraint
            ? aggregated(column(constraint.output), constraint.aggregate, toward)
            : weighted(constraint.weights, levers, values.subarray(k * n, (k + 1) * n));
        return toward * (reached - constraint.bound);
      });
      return { goal: Number.isFinite(value) ? value : Number.POSITIVE_INFINITY, misses };
    });
  };
}

function weighted(weights: Readonly<Record<string, number>>, levers: readonly Lever[], values: Float64Array): number {
  return levers.reduce((sum, { name }, d) => sum + (weights[name] ?? 0) * values[d]!, 0);
}

/** One number for all scenarios; `toward` is 1 where large values are bad, -1 where small ones are. */
export function aggregated(values: Float64Array, aggregate: Aggregate | undefined, toward: 1 | -1): number {
  if (!values.every(Number.isFinite)) return Number.NaN;
  const how = aggregate ?? { kind: 'mean' };
  switch (how.kind) {
    case 'mean':
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    case 'worst':
      return values.reduce((worst, value) => (toward * (value - worst) > 0 ? value : worst));
    case 'cvar':
      return tailMean(values, 1 - how.alpha, toward);
  }
}

/** The mean of the worst share of values; the last of them may count in part. */
function tailMean(values: Float64Array, share: number, toward: 1 | -1): number {
  const sorted = values.slice().sort();
  if (toward > 0) sorted.reverse();
  let left = share * sorted.length;
  let sum = 0;
  for (const value of sorted) {
    if (left <= 0) break;
    sum += Math.min(1, left) * value;
    left -= 1;
  }
  return sum / (share * sorted.length);
}
