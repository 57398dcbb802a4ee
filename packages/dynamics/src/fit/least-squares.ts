import { type Diagnostic, error, type Outcome, warning } from '../diagnostic.ts';
import type { Evaluate, Watch } from '../experiment/evaluate.ts';
import { seedFaults, settingFaults } from '../sampling/settings.ts';
import { sobolSequence, sobolStretch } from '../sampling/sobol.ts';
import { Inquiry } from './inquiry.ts';
import type { Ask } from './jacobian.ts';
import { figuresOf, type LeastSquaresFigures, type WeightedData } from './least-squares-figures.ts';
import { type LeastSquaresEnd, type Search, type SearchSettings, searchLeastSquares } from './levenberg-marquardt.ts';
import { type FitParameter, parameterFaults, type Space, spaceOf, valuesOf } from './parameters.ts';

export interface Observations {
  /** What was observed, in the order of the outputs of a run; NaN where nothing was. */
  values: ArrayLike<number>;
  /** Standard deviation of each observation, up to a common factor; all alike by default. */
  deviations?: ArrayLike<number>;
  /** The deviations are known, so that those of parameters are not scaled by the misfit. */
  deviationsKnown?: boolean;
}

export interface LeastSquaresOptions extends Watch {
  /** Runs at most; 200,000 by default. */
  evaluationsMax?: number;
  /** Iterations of one search at most; 2,000 by default. */
  iterationsMax?: number;
  /**
   * Searches: the first from the given start, the others from the best of points scattered over the ranges. 1 by
   * default.
   */
  starts?: number;
  /** Of the scattered points; 1 by default. */
  seed?: number;
  /** Relative error of the answers: 2^-52 by default, more for integration with an adaptive step. */
  noise?: number;
  /** A search ends when its step is less than this share of the parameters; 1e-10 by default. */
  stepTolerance?: number;
  /** Share of intervals that shall hold the true value; 0.95 by default. */
  confidence?: number;
}

export interface SearchSummary {
  start: number[];
  values: number[];
  sumOfSquares: number;
  end: LeastSquaresEnd;
  iterations: number;
}

/** Plain data, ready to be written as JSON. */
export interface LeastSquaresReport extends LeastSquaresFigures {
  method: 'least_squares';
  /** False where the fit was stopped; the best point until then is given. */
  complete: boolean;
  /** Whether the search that found the best point arrived at a minimum. */
  converged: boolean;
  end: LeastSquaresEnd;
  iterations: number;
  evaluations: number;
  calls: number;
  confidence: number;
  /** The searches by sum of squares, the best first. */
  searches: SearchSummary[];
}

/** Scattered points that are tried for each search beyond the first. */
const scatterPerStart = 32;
const startsMax = 1000;
const observationsMax = 2 ** 22;

/**
 * Parameters that make the sum of squared weighted differences between outputs and observations least, within bounds,
 * by the Levenberg-Marquardt method. A run answers with one number for each observation. The runs of all differences,
 * and steps of several lengths, are each asked for in one call. Runs that fail count as infinitely bad.
 */
export async function fitLeastSquares(
  evaluate: Evaluate,
  parameters: readonly FitParameter[],
  observations: Observations,
  options: LeastSquaresOptions = {},
): Promise<Outcome<LeastSquaresReport>> {
  const errors = faultsOf(parameters, observations, options);
  if (errors.length > 0) return { ok: false, errors, warnings: [] };
  const space = spaceOf(parameters);
  const evaluationsMax = options.evaluationsMax ?? 200_000;
  const width = observations.values.length;
  const inquiry = new Inquiry(evaluate, { dimensions: parameters.length, width, evaluationsMax }, options);
  try {
    const weighted = weightedData(observations);
    const ask = weightedAnswers(inquiry, weighted, width);
    const searches = await runSearches(ask, weighted.target, space, options);
    if (inquiry.fault !== undefined) return { ok: false, errors: [inquiry.fault], warnings: [] };
    const deviationsKnown = observations.deviationsKnown === true;
    return reportOf(searches, space, weighted, inquiry, { ...options, deviationsKnown });
  } finally {
    inquiry.close();
  }
}

function faultsOf(
  parameters: readonly FitParameter[],
  { values, deviations }: Observations,
  options: LeastSquaresOptions,
): Diagnostic[] {
  const faults = [
    ...parameterFaults(parameters),
    ...settingFaults('evaluationsMax', options.evaluationsMax ?? 1, 'whole', 1, 1e9),
    ...settingFaults('iterationsMax', options.iterationsMax ?? 1, 'whole', 1, 1e6),
    ...settingFaults('starts', options.starts ?? 1, 'whole', 1, startsMax),
    ...settingFaults('noise', options.noise ?? 1e-9, 'number', 2 ** -52, 0.01),
    ...settingFaults('stepTolerance', options.stepTolerance ?? 1e-9, 'number', 1e-15, 0.1),
    ...settingFaults('confidence', options.confidence ?? 0.9, 'number', 0.5, 0.999),
    ...settingFaults('observations', values.length, 'whole', 0, observationsMax),
    ...seedFaults(options.seed ?? 1),
  ];
  if ((options.starts ?? 1) > 1) {
    for (const { name, low, high } of parameters) {
      const isBounded = low !== undefined && high !== undefined && Number.isFinite(high - low);
      if (!isBounded) faults.push(error('fit.no_start', { name }));
    }
  }
  if (faults.length > 0) return faults;
  if (!Array.from(values).some(Number.isFinite)) return [error('fit.no_data')];
  if (deviations === undefined) return [];
  const at = Array.from(values).findIndex((value, i) => Number.isFinite(value) && !isDeviation(deviations[i]));
  return at < 0 ? [] : [error('fit.bad_deviation', { number: at + 1, value: deviations[at] ?? Number.NaN })];
}

function isDeviation(value: number | undefined): boolean {
  return value !== undefined && value > 0 && Number.isFinite(value);
}

function weightedData({ values, deviations }: Observations): WeightedData {
  const places = Int32Array.from(Array.from(values).flatMap((value, i) => (Number.isFinite(value) ? [i] : [])));
  const weights = Float64Array.from(places, (place) => 1 / (deviations?.[place] ?? 1));
  return { places, weights, target: weights.map((weight, i) => weight * values[places[i]!]!) };
}

/** Answers at the observed places only, in units of the deviations there. */
function weightedAnswers(inquiry: Inquiry, { places, weights }: WeightedData, width: number): Ask {
  return async (points, count) => {
    const rows = await inquiry.ask(points, count);
    if (rows === undefined) return undefined;
    const m = places.length;
    const chosen = new Float64Array(count * m);
    for (let row = 0; row < count; row += 1) {
      for (let i = 0; i < m; i += 1) chosen[row * m + i] = rows[row * width + places[i]!]! * weights[i]!;
    }
    return chosen;
  };
}

async function runSearches(
  ask: Ask,
  target: Float64Array,
  space: Space,
  options: LeastSquaresOptions,
): Promise<{ start: Float64Array; search: Search }[]> {
  const settings: SearchSettings = {
    iterationsMax: options.iterationsMax ?? 2000,
    noise: options.noise ?? 2 ** -52,
    stepTolerance: options.stepTolerance ?? 1e-10,
    reductionTolerance: Math.max(1e-15, (options.noise ?? 0) ** 2),
    gradientTolerance: Math.max(1e-14, options.noise ?? 0),
  };
  const starts = [space.start, ...(await scatteredStarts(ask, target, space, options))];
  const searches: { start: Float64Array; search: Search }[] = [];
  for (const start of starts) {
    const search = await searchLeastSquares(ask, target, space, start, settings);
    searches.push({ start, search });
    if (search.end === 'stopped') break;
  }
  // A search without a finite start has no cost to compare.
  const costOf = ({ search }: { search: Search }) =>
    search.x.length > 0 && search.residual !== target ? search.cost : Number.POSITIVE_INFINITY;
  return searches.filter((one) => Number.isFinite(costOf(one))).sort((a, b) => costOf(a) - costOf(b));
}

/** The best of points scattered over the ranges, the best first. */
async function scatteredStarts(
  ask: Ask,
  target: Float64Array,
  space: Space,
  options: LeastSquaresOptions,
): Promise<Float64Array[]> {
  const wanted = (options.starts ?? 1) - 1;
  if (wanted <= 0) return [];
  const n = space.names.length;
  const count = wanted * scatterPerStart;
  const points = sobolStretch(sobolSequence(n, options.seed ?? 1), 0, count).map(
    (share, i) => space.low[i % n]! + share * (space.high[i % n]! - space.low[i % n]!),
  );
  const rows = await ask(valuesOf(space, points), count);
  if (rows === undefined) return [];
  const m = target.length;
  const costs = Float64Array.from({ length: count }, (_, k) => {
    let sum = 0;
    for (let i = 0; i < m; i += 1) sum += (rows[k * m + i]! - target[i]!) ** 2;
    return sum;
  });
  return Array.from({ length: count }, (_, k) => k)
    .filter((k) => Number.isFinite(costs[k]!))
    .sort((a, b) => costs[a]! - costs[b]! || a - b)
    .slice(0, wanted)
    .map((k) => points.slice(k * n, (k + 1) * n));
}

const arrivals: readonly LeastSquaresEnd[] = ['exact', 'gradient', 'step', 'reduction'];

function reportOf(
  searches: readonly { start: Float64Array; search: Search }[],
  space: Space,
  data: WeightedData,
  inquiry: Inquiry,
  options: LeastSquaresOptions & { deviationsKnown: boolean },
): Outcome<LeastSquaresReport> {
  const planned = options.evaluationsMax ?? 200_000;
  const complete = inquiry.halt !== 'stopped';
  const best = searches[0]?.search;
  if (best === undefined) {
    const reason = complete
      ? error('fit.start_fails')
      : error('experiment.stopped_early', { done: inquiry.evaluations, planned, least: 1 });
    return { ok: false, errors: [reason], warnings: [] };
  }
  const confidence = options.confidence ?? 0.95;
  const end = inquiry.halt === 'evaluations' && best.end === 'stopped' ? 'evaluations' : best.end;
  const converged = arrivals.includes(end);
  const figures = figuresOf(best, space, data, { confidence, deviationsKnown: options.deviationsKnown });
  const warnings = [...figures.warnings];
  if (!complete) warnings.push(warning('experiment.stopped', { done: inquiry.evaluations, planned }));
  else if (!converged) warnings.push(warning('fit.not_converged', { reason: end }));
  const value: LeastSquaresReport = {
    method: 'least_squares',
    complete,
    converged,
    end,
    iterations: best.iterations,
    evaluations: inquiry.evaluations,
    calls: inquiry.calls,
    confidence,
    ...figures.value,
    searches: searches.map(({ start, search }) => ({
      start: [...valuesOf(space, start)],
      values: [...valuesOf(space, search.x)],
      sumOfSquares: search.cost,
      end: search.end === 'stopped' && inquiry.halt === 'evaluations' ? 'evaluations' : search.end,
      iterations: search.iterations,
    })),
  };
  return { ok: true, value, warnings };
}
