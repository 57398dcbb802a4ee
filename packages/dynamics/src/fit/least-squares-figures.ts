import { type Diagnostic, warning } from '../diagnostic.ts';
import { type SingularValues, singularValues } from '../linear/singular.ts';
import { standardNormalQuantile } from '../numerics/normal.ts';
import { studentQuantile } from '../sensitivity/bootstrap.ts';
import { type Identifiability, identifiabilityOf } from './identifiability.ts';
import type { Search } from './levenberg-marquardt.ts';
import { type Space, valuesOf } from './parameters.ts';
import { linearModel } from './trust-region.ts';

export interface WeightedData {
  /** Places of the observations that there are, among the outputs. */
  places: Int32Array;
  /** One over the deviation of each. */
  weights: Float64Array;
  /** The observations in units of their deviations. */
  target: Float64Array;
}

export interface FittedParameter {
  name: string;
  value: number;
  /** Standard error; null at a bound, or where the data do not settle the value. */
  deviation: number | null;
  /** Ends of the confidence interval, of Student's distribution; null where there is no deviation. */
  low: number | null;
  high: number | null;
  bound: 'low' | 'high' | null;
}

export interface LeastSquaresFigures {
  parameters: FittedParameter[];
  /** Of the residuals in units of the deviations. */
  sumOfSquares: number;
  /** Standard deviation of the residuals; null without degrees of freedom. */
  residualDeviation: number | null;
  degreesOfFreedom: number;
  observations: number;
  /** Row by row; null where one of both has no deviation. */
  correlation: (number | null)[][];
  /**
   * On the scale of each parameter's range, taken as the deviation of a uniform distribution over it; of a parameter
   * without one on the scale of its value. Null where the search was stopped before it knew any slope.
   */
  identifiability: Identifiability | null;
  /** Of each observation what remains, in its own unit; null where there is no observation. */
  residuals: (number | null)[];
}

/** Singular values below this share of the largest are what differences leave of a direction without effect. */
const rankTolerance = 1e-11;
/** The share of a parameter in directions without effect from which it has no deviation. */
const nullShare = 1e-6;

interface FigureSettings {
  confidence: number;
  deviationsKnown: boolean;
}

/**
 * Deviations and correlations from the covariance s² (JᵀJ)⁻¹ of the free parameters at the minimum (G. A. F. Seber, C.
 * J. Wild, Nonlinear Regression, 1989, section 2.1.2); parameters at a bound are held.
 */
export function figuresOf(
  search: Search,
  space: Space,
  data: WeightedData,
  { confidence, deviationsKnown }: FigureSettings,
): { value: LeastSquaresFigures; warnings: Diagnostic[] } {
  const n = search.x.length;
  const m = data.target.length;
  const bounds = Array.from(search.x, (x, d) => (x <= space.low[d]! ? 'low' : x >= space.high[d]! ? 'high' : null));
  const free = bounds.flatMap((bound, d) => (bound === null ? [d] : []));
  const degreesOfFreedom = m - free.length;
  const residualDeviation = degreesOfFreedom > 0 ? Math.sqrt(search.cost / degreesOfFreedom) : null;
  const spread = deviationsKnown ? 1 : residualDeviation;
  const values = valuesOf(space, search.x);
  const parts = search.columns === undefined ? undefined : decompose(search.columns, search.residual, free);
  const covariance = spread === null || parts === undefined ? undefined : covarianceOf(parts, spread);
  const deviations = new Array<number | null>(n).fill(null);
  for (const [k, d] of free.entries())
    deviations[d] = covariance?.[k]?.[k] === undefined ? null : rootOf(covariance[k][k]);
  const student =
    degreesOfFreedom > 0 && !deviationsKnown ? studentQuantile((1 + confidence) / 2, degreesOfFreedom) : 0;
  const reach = deviationsKnown ? standardNormalQuantile((1 + confidence) / 2) : student;
  const identifiability = parts === undefined ? null : identify(search, space, data, spread, bounds);
  const warnings: Diagnostic[] = [];
  if (degreesOfFreedom <= 0) warnings.push(warning('fit.few_data', { observations: m, parameters: n }));
  const lost = (identifiability?.parameters ?? []).filter(({ verdict }) => verdict === 'unidentified');
  if (lost.length > 0) warnings.push(warning('fit.unidentified', { names: lost.map(({ name }) => name).join(', ') }));
  const value: LeastSquaresFigures = {
    parameters: space.names.map((name, d) => fitted(name, d, { search, space, values, deviations, bounds, reach })),
    sumOfSquares: search.cost,
    residualDeviation,
    degreesOfFreedom,
    observations: m,
    correlation: correlationOf(n, free, covariance, deviations),
    identifiability,
    residuals: residualsOf(search, data),
  };
  return { value, warnings };
}

interface FittedParts {
  search: Search;
  space: Space;
  values: Float64Array;
  /** In the coordinates of the search. */
  deviations: (number | null)[];
  bounds: ('low' | 'high' | null)[];
  reach: number;
}

function fitted(name: string, d: number, parts: FittedParts): FittedParameter {
  const { search, space, values, deviations, bounds, reach } = parts;
  const value = values[d]!;
  const deviation = deviations[d]!;
  const outward = (x: number) => (space.isLog[d]! ? Math.exp(x) : x);
  return {
    name,
    value,
    deviation: deviation === null ? null : deviation * (space.isLog[d]! ? value : 1),
    low: deviation === null ? null : outward(search.x[d]! - reach * deviation),
    high: deviation === null ? null : outward(search.x[d]! + reach * deviation),
    bound: bounds[d]!,
  };
}

interface Decomposition {
  parts: SingularValues;
  /** Lengths of the columns, by which they were divided. */
  sizes: Float64Array;
}

function decompose(
  columns: readonly Float64Array[],
  residual: Float64Array,
  free: readonly number[],
): Decomposition | undefined {
  if (free.length === 0) return undefined;
  const sizes = Float64Array.from(free, (d) => Math.sqrt(columns[d]!.reduce((sum, value) => sum + value * value, 0)));
  const scaled = free.map((d, k) => columns[d]!.map((value) => (sizes[k]! > 0 ? value / sizes[k]! : 0)));
  return { parts: singularValues(linearModel(scaled, residual).columns), sizes };
}

/** The covariance of the free parameters, NaN in rows and columns of those that the data do not settle. */
function covarianceOf({ parts, sizes }: Decomposition, spread: number): number[][] {
  const { values, right } = parts;
  const n = sizes.length;
  const isSeen = Array.from(values, (value) => value > rankTolerance * values[0]!);
  const isSettled = Array.from(sizes, (size, d) => {
    if (size === 0) return false;
    return right.reduce((sum, vector, k) => sum + (isSeen[k]! ? 0 : vector[d]! ** 2), 0) < nullShare;
  });
  return Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (__, j) => {
      if (!isSettled[i]! || !isSettled[j]!) return Number.NaN;
      let sum = 0;
      for (let k = 0; k < n; k += 1) if (isSeen[k]!) sum += (right[k]![i]! * right[k]![j]!) / values[k]! ** 2;
      return (sum * spread * spread) / (sizes[i]! * sizes[j]!);
    }),
  );
}

function rootOf(variance: number): number | null {
  return Number.isNaN(variance) ? null : Math.sqrt(variance);
}

function correlationOf(
  n: number,
  free: readonly number[],
  covariance: number[][] | undefined,
  deviations: readonly (number | null)[],
): (number | null)[][] {
  const correlation = Array.from({ length: n }, () => new Array<number | null>(n).fill(null));
  for (const [i, d] of free.entries()) {
    for (const [j, e] of free.entries()) {
      const size = (deviations[d] ?? 0) * (deviations[e] ?? 0);
      if (size > 0 && covariance !== undefined) correlation[d]![e] = i === j ? 1 : covariance[i]![j]! / size;
    }
  }
  return correlation;
}

/** What the data would leave of a normal prior with the deviation of the range: (I + S JᵀJ S / s²)⁻¹. */
function identify(
  search: Search,
  space: Space,
  data: WeightedData,
  spread: number | null,
  bounds: readonly ('low' | 'high' | null)[],
): Identifiability {
  const n = search.x.length;
  const size = Math.sqrt(data.target.reduce((sum, value) => sum + value * value, 0) / data.target.length);
  // Where the fit is exact or has no degrees of freedom, rounding is all the noise there is.
  const noise = Math.max(spread ?? 0, 1e-12 * size, Number.MIN_VALUE * 2 ** 60);
  const scaled = search.columns!.map((column, d) => {
    const unit = scaleOf(search, space, d) / noise;
    return column.map((value) => value * unit);
  });
  const { values, right } = singularValues(linearModel(scaled, search.residual).columns);
  const largest = values[0]!;
  const covariance = new Float64Array(n * n);
  for (const [k, vector] of right.entries()) {
    const share = values[k]! > rankTolerance * largest ? 1 / (1 + values[k]! ** 2) : 1;
    for (let i = 0; i < n; i += 1) {
      for (let j = 0; j < n; j += 1) covariance[i * n + j] = covariance[i * n + j]! + share * vector[i]! * vector[j]!;
    }
  }
  return identifiabilityOf(
    space.names,
    covariance,
    bounds.map((bound) => bound !== null),
  );
}

function scaleOf(search: Search, space: Space, d: number): number {
  const width = space.high[d]! - space.low[d]!;
  if (Number.isFinite(width)) return width / Math.sqrt(12);
  return space.isLog[d]! ? 1 : Math.abs(search.x[d]!) || 1;
}

function residualsOf(search: Search, { places, weights }: WeightedData): (number | null)[] {
  const residuals: (number | null)[] = [];
  for (const [i, place] of places.entries()) {
    while (residuals.length < place) residuals.push(null);
    residuals.push(search.residual[i]! / weights[i]!);
  }
  return residuals;
}
