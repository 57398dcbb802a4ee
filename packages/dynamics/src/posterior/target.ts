import { type Diagnostic, error } from '../diagnostic.ts';
import type { Evaluate } from '../experiment/evaluate.ts';
import { logLikelihood, type Observed, type ObservedSeries, observe, seriesFaults } from './likelihood.ts';
import { type FreeParameter, freeParameter, parameterFaults, type UncertainParameter } from './parameters.ts';

/** A model and what was observed of it. */
export interface ObservedProblem {
  /** The parameters that `evaluate` gets, in their order. */
  parameters: readonly UncertainParameter[];
  /** Parameters of the error models alone, which `evaluate` does not get. */
  noise?: readonly UncertainParameter[];
  /** Answers with the numbers of all series in their order; NaN where a run fails. */
  evaluate: Evaluate;
  series: readonly ObservedSeries[];
}

/** A likelihood given as such. */
export interface DensityProblem {
  parameters: readonly UncertainParameter[];
  /** Answers with one number for each point: the logarithm of its likelihood. NaN and -Infinity: it cannot be. */
  logLikelihood: Evaluate;
}

export type PosteriorProblem = ObservedProblem | DensityProblem;

/** A posterior in free coordinates. */
export interface Target {
  parameters: readonly FreeParameter[];
  /** Parameters that `evaluate` gets; the first ones. */
  given: number;
  evaluate: Evaluate;
  /** Numbers that a run answers with. */
  width: number;
  /** What was observed; undefined where a run answers with the likelihood itself. */
  observed: readonly Observed[] | undefined;
  /** A value of each parameter that its prior allows. */
  middle: Float64Array;
}

/** Densities of some points, or why there are none. */
export type Densities =
  /** `failed` of the runs had no finite answer where one was needed. */
  { kind: 'known'; values: Float64Array; failed: number } | { kind: 'stopped' } | { kind: 'fault'; fault: Diagnostic };

export function allParameters(problem: PosteriorProblem): UncertainParameter[] {
  return 'series' in problem ? [...problem.parameters, ...(problem.noise ?? [])] : [...problem.parameters];
}

export function problemFaults(problem: PosteriorProblem): Diagnostic[] {
  const all = allParameters(problem);
  const faults = parameterFaults(all);
  if (!('series' in problem)) return faults;
  return [
    ...faults,
    ...seriesFaults(
      problem.series,
      all.map(({ name }) => name),
    ),
  ];
}

/** The target of a problem without faults. */
export function targetOf(problem: PosteriorProblem): Target {
  const parameters = allParameters(problem).map(freeParameter);
  const middle = Float64Array.from(parameters, ({ prior }) => prior.quantile(0.5));
  const shared = { parameters, middle, given: problem.parameters.length };
  if (!('series' in problem)) return { ...shared, evaluate: problem.logLikelihood, width: 1, observed: undefined };
  const names = parameters.map(({ name }) => name);
  const width = problem.series.reduce((sum, { values }) => sum + values.length, 0);
  return { ...shared, evaluate: problem.evaluate, width, observed: observe(problem.series, names) };
}

/** Values of the parameters for `count` points in free coordinates. */
export function valuesOf(parameters: readonly FreeParameter[], free: Float64Array, count: number): Float64Array {
  const d = parameters.length;
  const values = new Float64Array(count * d);
  for (const [j, { toValue }] of parameters.entries()) {
    for (let i = j; i < count * d; i += d) values[i] = toValue(free[i]!);
  }
  return values;
}

/** Logarithms of the posterior density in free coordinates, up to a constant, of `count` points, by one call. */
export async function densitiesOf(
  target: Target,
  free: Float64Array,
  count: number,
  signal: AbortSignal | undefined,
): Promise<Densities> {
  const { parameters, given, width, middle } = target;
  const d = parameters.length;
  const points = valuesOf(parameters, free, count);
  const densities = new Float64Array(count);
  const asked = new Float64Array(count * given);
  for (let i = 0; i < count; i += 1) {
    densities[i] = priorDensity(parameters, free, points, i * d);
    // A point that cannot be is not shown to the model; its place in the batch is filled with one that can.
    const source = densities[i] === Number.NEGATIVE_INFINITY ? middle : points.subarray(i * d, i * d + d);
    asked.set(source.subarray(0, given), i * given);
  }
  const answers = await answersTo(target.evaluate, asked, count, signal);
  if (answers === undefined) return { kind: 'stopped' };
  if (answers.length !== count * width) {
    const details = { expected: count * width, given: answers.length };
    return { kind: 'fault', fault: error('experiment.wrong_answer', details) };
  }
  let failed = 0;
  for (let i = 0; i < count; i += 1) {
    if (densities[i] === Number.NEGATIVE_INFINITY) continue;
    const likelihood = likelihoodOf(target, answers, i, points);
    if (likelihood === Number.POSITIVE_INFINITY) return { kind: 'fault', fault: error('experiment.infinite_density') };
    if (!(likelihood > Number.NEGATIVE_INFINITY)) failed += 1;
    densities[i] = likelihood > Number.NEGATIVE_INFINITY ? densities[i]! + likelihood : Number.NEGATIVE_INFINITY;
  }
  return { kind: 'known', values: densities, failed };
}

function likelihoodOf({ observed, width, parameters }: Target, answers: Float64Array, i: number, points: Float64Array) {
  if (observed === undefined) return answers[i]!;
  return logLikelihood(observed, answers, i * width, points, i * parameters.length);
}

function priorDensity(parameters: readonly FreeParameter[], free: Float64Array, points: Float64Array, at: number) {
  let sum = 0;
  for (let j = 0; j < parameters.length; j += 1) {
    const { prior, logStretch } = parameters[j]!;
    sum += prior.logDensity(points[at + j]!) + logStretch(free[at + j]!);
  }
  // NaN and +Infinity arise on a bound only, where a coordinate has left the range of doubles.
  return Number.isFinite(sum) ? sum : Number.NEGATIVE_INFINITY;
}

async function answersTo(
  evaluate: Evaluate,
  points: Float64Array,
  count: number,
  signal: AbortSignal | undefined,
): Promise<Float64Array | undefined> {
  if (signal?.aborted === true) return undefined;
  try {
    const answers = await evaluate(points, count);
    return signal?.aborted ? undefined : answers;
  } catch (thrown) {
    if (signal?.aborted) return undefined;
    throw thrown;
  }
}
