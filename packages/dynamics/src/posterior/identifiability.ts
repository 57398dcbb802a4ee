import { symmetricEigen } from '../linear/symmetric.ts';
import type { FreeParameter } from './parameters.ts';
import { momentsOf } from './summary.ts';
import { varimax } from './varimax.ts';

/**
 * What the data say of a parameter: `identified`, its deviation is at most half that of the prior; `weak`, it is above
 * that; `unidentified`, it is above 0.9 of it; `at_bound`, the data push it against an end of its range, which decides
 * where it lies.
 */
export type Verdict = 'identified' | 'weak' | 'unidentified' | 'at_bound';

export interface ParameterIdentifiability {
  name: string;
  /** The scale its deviations and correlations are taken on. */
  scale: 'linear' | 'log';
  priorDeviation: number;
  posteriorDeviation: number;
  /** Posterior by prior deviation: near 0 the data tell all, near 1 nothing. */
  ratio: number;
  /** Whether this verdict holds for the parameter by itself; directions tell what holds for several together. */
  verdict: Verdict;
  /** The other parameter that it is most correlated with, if there is one. */
  partner: { name: string; correlation: number } | null;
}

/** A direction in the space of parameters, measured in prior deviations, of which the data tell little. */
export interface WeakDirection {
  /** Posterior by prior deviation along it. */
  ratio: number;
  /** The parameters that take part in it, the most important first: components of a unit vector of 0.3 and more. */
  members: { name: string; component: number }[];
}

/** Plain data, ready to be written as JSON. */
export interface IdentifiabilityReport {
  parameters: ParameterIdentifiability[];
  /** Row by row, in the order of `parameters`. */
  correlations: number[][];
  /** Weakest first; those along which the ratio is above one half. */
  weakDirections: WeakDirection[];
}

const weakFrom = 0.5;
const unidentifiedFrom = 0.9;
const memberFrom = 0.3;
/** Draws within a quarter of a deviation from an end: 4 % and less of a normal, 12 % of one cut in its middle. */
const boundStrip = 0.25;
const boundShare = 0.1;
/** Points of the prior's distribution that its deviation is computed from. */
const priorPoints = 2000;

/**
 * How far the data inform each parameter and their combinations: covariance of the draws (`columns`: all draws of each
 * parameter), scaled by the deviations of the priors, and its eigenvectors. On the logarithmic scale for parameters that
 * have it. The deviation of a prior is that of 2,000 points with equal shares, which is finite also for heavy tails.
 */
export function identifiability(
  parameters: readonly FreeParameter[],
  columns: readonly Float64Array[],
): IdentifiabilityReport {
  const scaled = columns.map((column, j) => (parameters[j]!.scale === 'log' ? column.map(Math.log) : column));
  const priors = parameters.map(priorDeviation);
  const covariance = covarianceOf(scaled);
  const bounds = parameters.map((parameter, j) => isAtBound(parameter, columns[j]!));
  const facts = parameters.map(({ name, scale }, j) => ({
    name,
    scale,
    priorDeviation: priors[j]!,
    atBound: bounds[j]!,
  }));
  return reportOf(facts, covariance);
}

/** A parameter in `informationReport`. */
export interface InformedParameter {
  name: string;
  scale?: 'linear' | 'log';
  /** Deviation of the prior, on that scale. */
  priorDeviation: number;
}

/**
 * The same before any sampling, from the derivatives of what is observed: `jacobian` holds a row for each observation, the
 * derivatives by the parameters (by their logarithms where the scale is `log`), `deviations` the error of each. The
 * posterior covariance is approximated by that of a linear model with normal errors and priors: (F + P)^-1 with the Fisher
 * information F and the precision P of the priors.
 */
export function informationReport(
  parameters: readonly InformedParameter[],
  jacobian: Float64Array,
  deviations: ArrayLike<number>,
): IdentifiabilityReport {
  const d = parameters.length;
  if (jacobian.length !== d * deviations.length) throw new RangeError('the Jacobian needs a row for each observation');
  const information = new Float64Array(d * d);
  for (let row = 0; row < deviations.length; row += 1) {
    for (let i = 0; i < d; i += 1) {
      const left = (jacobian[row * d + i]! / deviations[row]!) * parameters[i]!.priorDeviation;
      for (let j = 0; j < d; j += 1) {
        information[i * d + j]! += left * (jacobian[row * d + j]! / deviations[row]!) * parameters[j]!.priorDeviation;
      }
    }
  }
  const { values, vectors } = symmetricEigen(information, d);
  const covariance = Array.from({ length: d }, () => new Float64Array(d));
  for (let k = 0; k < d; k += 1) {
    const variance = 1 / (1 + Math.max(0, values[k]!));
    for (let i = 0; i < d; i += 1) {
      const left = variance * vectors[k * d + i]! * parameters[i]!.priorDeviation;
      for (let j = 0; j < d; j += 1) covariance[i]![j]! += left * vectors[k * d + j]! * parameters[j]!.priorDeviation;
    }
  }
  return reportOf(
    parameters.map(({ name, scale = 'linear', priorDeviation }) => ({ name, scale, priorDeviation, atBound: false })),
    covariance,
  );
}

interface Facts {
  name: string;
  scale: 'linear' | 'log';
  priorDeviation: number;
  atBound: boolean;
}

function reportOf(facts: readonly Facts[], covariance: readonly Float64Array[]): IdentifiabilityReport {
  const d = facts.length;
  const deviations = covariance.map((row, j) => Math.sqrt(row[j]!));
  const correlations = covariance.map((row, i) =>
    Array.from(row, (value, j) => {
      if (i === j) return 1;
      const size = deviations[i]! * deviations[j]!;
      return size > 0 ? Math.min(1, Math.max(-1, value / size)) : 0;
    }),
  );
  const parameters = facts.map((fact, j): ParameterIdentifiability => {
    const ratio = deviations[j]! / fact.priorDeviation;
    return {
      name: fact.name,
      scale: fact.scale,
      priorDeviation: fact.priorDeviation,
      posteriorDeviation: deviations[j]!,
      ratio,
      verdict: verdictOf(ratio, fact.atBound),
      partner: partnerOf(facts, correlations[j]!, j),
    };
  });
  const relative = Float64Array.from({ length: d * d }, (_, k) => {
    const [i, j] = [Math.floor(k / d), k % d];
    return covariance[i]![j]! / (facts[i]!.priorDeviation * facts[j]!.priorDeviation);
  });
  return { parameters, correlations, weakDirections: weakDirections(facts, relative) };
}

function verdictOf(ratio: number, atBound: boolean): Verdict {
  if (ratio > unidentifiedFrom) return 'unidentified';
  if (atBound) return 'at_bound';
  return ratio > weakFrom ? 'weak' : 'identified';
}

function partnerOf(facts: readonly Facts[], correlations: readonly number[], own: number) {
  let best: { name: string; correlation: number } | null = null;
  for (const [j, correlation] of correlations.entries()) {
    if (j === own || Math.abs(correlation) <= Math.abs(best?.correlation ?? 0)) continue;
    best = { name: facts[j]!.name, correlation };
  }
  return best;
}

/** Weak eigenvectors, turned within the space they span so that each names few parameters. */
function weakDirections(facts: readonly Facts[], relative: Float64Array): WeakDirection[] {
  const d = facts.length;
  if (!relative.every(Number.isFinite)) return [];
  const { values, vectors } = symmetricEigen(relative, d);
  const weak = Array.from(values.keys())
    .filter((k) => values[k]! > weakFrom ** 2)
    .map((k) => vectors.slice(k * d, (k + 1) * d));
  varimax(weak);
  return weak
    .map((vector) => ({ ratio: Math.sqrt(quadratic(relative, vector)), members: membersOf(facts, vector) }))
    .sort((a, b) => b.ratio - a.ratio);
}

function quadratic(matrix: Float64Array, vector: Float64Array): number {
  const d = vector.length;
  return matrix.reduce((sum, value, k) => sum + value * vector[Math.floor(k / d)]! * vector[k % d]!, 0);
}

function membersOf(facts: readonly Facts[], vector: Float64Array): WeakDirection['members'] {
  const largest = vector.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most), 0);
  return facts
    .map(({ name }, j) => ({ name, component: vector[j]! * Math.sign(largest) }))
    .filter(({ component }) => Math.abs(component) >= Math.min(memberFrom, Math.abs(largest)))
    .sort((a, b) => Math.abs(b.component) - Math.abs(a.component));
}

function priorDeviation({ prior, scale }: FreeParameter): number {
  const points = Float64Array.from({ length: priorPoints }, (_, i) => prior.quantile((i + 0.5) / priorPoints));
  return momentsOf(scale === 'log' ? points.map(Math.log) : points).deviation;
}

function isAtBound({ hardLow, hardHigh }: FreeParameter, draws: Float64Array): boolean {
  const strip = boundStrip * momentsOf(draws).deviation;
  const shareWithin = (end: number | undefined) =>
    end === undefined ? 0 : draws.reduce((count, x) => count + (Math.abs(x - end) < strip ? 1 : 0), 0) / draws.length;
  return shareWithin(hardLow) >= boundShare || shareWithin(hardHigh) >= boundShare;
}

function covarianceOf(columns: readonly Float64Array[]): Float64Array[] {
  const centered = columns.map((column) => {
    const { mean } = momentsOf(column);
    return column.map((x) => x - mean);
  });
  const n = columns[0]!.length;
  const covariance = columns.map(() => new Float64Array(columns.length));
  for (let i = 0; i < columns.length; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = 0;
      for (let k = 0; k < n; k += 1) sum += centered[i]![k]! * centered[j]![k]!;
      covariance[i]![j] = sum / (n - 1);
      covariance[j]![i] = sum / (n - 1);
    }
  }
  return covariance;
}
