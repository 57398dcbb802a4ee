import { type Diagnostic, error } from '../diagnostic.ts';

/** Parameters that one fit may have: its matrices have the square of it. */
export const parametersMax = 512;

/** A parameter to be found. Every `Range` is one. */
export interface FitParameter {
  name: string;
  /** The least it may be; no bound by default. */
  low?: number;
  /** The most it may be; no bound by default. */
  high?: number;
  /** `log` searches on a logarithmic scale; then all values are above 0. */
  scale?: 'linear' | 'log';
  /** Where the search starts; the middle of the range by default. */
  start?: number;
}

/** The coordinates in which is searched: the values themselves, or their logarithms. */
export interface Space {
  readonly names: readonly string[];
  readonly isLog: readonly boolean[];
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly start: Float64Array;
  /** The ends of the ranges in the unit of the parameters. */
  readonly valueLow: Float64Array;
  readonly valueHigh: Float64Array;
}

/** What is wrong with parameters to be found. */
export function parameterFaults(parameters: readonly FitParameter[]): Diagnostic[] {
  if (parameters.length === 0) return [error('experiment.no_factors')];
  if (parameters.length > parametersMax) {
    return [error('experiment.too_many_factors', { count: parameters.length, most: parametersMax })];
  }
  const seen = new Set<string>();
  const faults: Diagnostic[] = [];
  for (const parameter of parameters) {
    if (seen.has(parameter.name)) faults.push(error('experiment.same_name', { name: parameter.name }));
    seen.add(parameter.name);
    faults.push(...parameterFault(parameter));
  }
  return faults;
}

function parameterFault(parameter: FitParameter): Diagnostic[] {
  const { name, scale } = parameter;
  const [low, high] = endsOf(parameter);
  if (!(low < high)) return [error('experiment.bad_range', { name, low, high })];
  if (scale === 'log' && low < 0) return [error('experiment.bad_log_range', { name, low })];
  if (scale === 'log' && low === 0 && parameter.low !== undefined)
    return [error('experiment.bad_log_range', { name, low })];
  const { start } = parameter;
  if (start === undefined) {
    if (Number.isFinite(high - low)) return [];
    return [error('fit.no_start', { name })];
  }
  const isInside = start >= low && start <= high && Number.isFinite(start) && (scale !== 'log' || start > 0);
  return isInside ? [] : [error('fit.bad_start', { name, value: start, low, high })];
}

function endsOf({ low, high, scale }: FitParameter): [number, number] {
  return [low ?? (scale === 'log' ? 0 : Number.NEGATIVE_INFINITY), high ?? Number.POSITIVE_INFINITY];
}

/** The space of parameters without faults. */
export function spaceOf(parameters: readonly FitParameter[]): Space {
  const isLog = parameters.map(({ scale }) => scale === 'log');
  const inward = (value: number, d: number) => (isLog[d]! ? Math.log(value) : value);
  const ends = parameters.map(endsOf);
  const low = Float64Array.from(ends, ([value], d) => inward(value, d));
  const high = Float64Array.from(ends, ([, value], d) => inward(value, d));
  return {
    names: parameters.map(({ name }) => name),
    isLog,
    low,
    high,
    start: Float64Array.from(parameters, ({ start }, d) =>
      start === undefined ? low[d]! + (high[d]! - low[d]!) / 2 : inward(start, d),
    ),
    valueLow: Float64Array.from(ends, ([value]) => value),
    valueHigh: Float64Array.from(ends, ([, value]) => value),
  };
}

/** Points of the space as values of the parameters; the given points are left as they are. */
export function valuesOf(space: Space, points: Float64Array): Float64Array {
  const n = space.names.length;
  const values = points.slice();
  for (let d = 0; d < n; d += 1) {
    if (!space.isLog[d]!) continue;
    const [low, high] = [space.valueLow[d]!, space.valueHigh[d]!];
    for (let i = d; i < values.length; i += n) values[i] = Math.min(high, Math.max(low, Math.exp(values[i]!)));
  }
  return values;
}
