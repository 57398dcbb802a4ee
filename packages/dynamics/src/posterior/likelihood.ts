import { type Diagnostic, error } from '../diagnostic.ts';
import { type ErrorLaw, type ErrorModel, errorLaw } from './error-model.ts';

/** What was observed of one output: as many values as the model answers with for it; NaN or null where there is a gap. */
export interface ObservedSeries {
  name: string;
  values: readonly (number | null)[];
  errors: ErrorModel;
}

/** Series in the form that densities are computed from. */
export interface Observed {
  name: string;
  law: ErrorLaw;
  /** Places of the observed values in the answer of a run, and the values. */
  places: Int32Array;
  values: Float64Array;
  /** Where each amount is found: a number, or the place of a parameter in a point. */
  amounts: readonly ({ value: number } | { place: number })[];
  first: number;
  length: number;
}

/** Numbers that a run may answer with: 2^20 rows of chains stay within a few hundred megabytes. */
export const widthMax = 2 ** 20;

/** What is wrong with observed series, given the names of all parameters. */
export function seriesFaults(series: readonly ObservedSeries[], names: readonly string[]): Diagnostic[] {
  if (series.length === 0) return [error('experiment.no_outputs')];
  const width = series.reduce((sum, { values }) => sum + values.length, 0);
  if (width > widthMax) {
    return [error('experiment.bad_setting', { setting: 'observations', value: width, least: 1, most: widthMax })];
  }
  return series.flatMap((one) => {
    const law = errorLaw(one.errors);
    const { distribution } = one.errors;
    if (!one.values.some(isThere)) return [error('experiment.no_observations', { series: one.name })];
    const impossible = one.values.findIndex((value) => isThere(value) && !law.isPossible(value));
    const faults = law.amounts.flatMap(({ name: setting, amount }) => {
      if (typeof amount !== 'number') {
        const { parameter: name } = amount;
        return names.includes(name) ? [] : [error('experiment.unknown_amount', { series: one.name, name })];
      }
      const isSound = Number.isFinite(amount) && (amount > 0 || (setting === 'dispersion' && amount === 0));
      return isSound ? [] : [error('experiment.bad_amount', { series: one.name, setting, value: amount })];
    });
    if (impossible < 0) return faults;
    const details = { series: one.name, place: impossible + 1, value: Number(one.values[impossible]), distribution };
    return [...faults, error('experiment.bad_observation', details)];
  });
}

function isThere(value: number | null): value is number {
  return value !== null && !Number.isNaN(value);
}

/** Series without faults in the form that densities are computed from. */
export function observe(series: readonly ObservedSeries[], names: readonly string[]): Observed[] {
  let first = 0;
  return series.map(({ name, values, errors }) => {
    const start = first;
    first += values.length;
    const law = errorLaw(errors);
    const there = values.flatMap((value, i) => (isThere(value) ? [{ place: start + i, value }] : []));
    return {
      name,
      law,
      places: Int32Array.from(there, ({ place }) => place),
      values: Float64Array.from(there, ({ value }) => value),
      amounts: law.amounts.map(({ amount }) =>
        typeof amount === 'number' ? { value: amount } : { place: names.indexOf(amount.parameter) },
      ),
      first: start,
      length: values.length,
    };
  });
}

/** The amounts of a series at a point, all parameters of which start at `at`. */
export function amountsAt({ amounts }: Observed, point: Float64Array, at: number): Float64Array {
  return Float64Array.from(amounts, (amount) => ('value' in amount ? amount.value : point[at + amount.place]!));
}

/**
 * Logarithm of the likelihood of all observations, given the answer of a run that starts at `row`; -Infinity where an
 * observed value has no finite counterpart.
 */
export function logLikelihood(
  observed: readonly Observed[],
  answers: Float64Array,
  row: number,
  point: Float64Array,
  at: number,
): number {
  let sum = 0;
  for (const series of observed) {
    const amounts = amountsAt(series, point, at);
    const { places, values, law } = series;
    for (let i = 0; i < places.length; i += 1) {
      const model = answers[row + places[i]!]!;
      if (!Number.isFinite(model)) return Number.NEGATIVE_INFINITY;
      sum += law.logDensity(values[i]!, model, amounts);
    }
  }
  return sum;
}
