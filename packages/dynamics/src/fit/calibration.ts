import { type Diagnostic, error, type Outcome, warning } from '../diagnostic.ts';
import type { Evaluate, Watch } from '../experiment/evaluate.ts';
import { gammaCdf } from '../numerics/continuous.ts';
import { standardNormalQuantile } from '../numerics/normal.ts';
import { draw } from '../numerics/random.ts';
import { purposes } from '../sampling/chance.ts';
import { seedFaults, settingFaults } from '../sampling/settings.ts';
import { Inquiry } from './inquiry.ts';
import { likelihoodOf, type Series } from './likelihood.ts';
import { type PosteriorOptions, samplePosterior } from './posterior.ts';
import { chosenDraws } from './predictive.ts';
import { type Prior, priorFaults, priorValue } from './prior.ts';

export interface CalibrationOptions extends Watch {
  /** Data sets that are made up and fitted; 100 by default. */
  simulations?: number;
  /** Draws of each posterior among which the true value is ranked; 99 by default. */
  draws?: number;
  /** How each posterior is sampled; its seed is that of the simulation. */
  sampling?: Omit<PosteriorOptions, 'signal' | 'onProgress' | 'seed'>;
  /** 1 by default. */
  seed?: number;
}

/** Plain data, ready to be written as JSON. */
export interface CalibrationReport {
  method: 'simulation_based_calibration';
  complete: boolean;
  seed: number;
  simulations: number;
  draws: number;
  /** Simulations whose model or posterior failed. */
  failed: number;
  parameters: {
    name: string;
    /** Rank of the true value among the draws of each simulation, from 0 to `draws`. */
    ranks: number[];
    /** Counts of ranks in equal bins, which are alike where sampling is right. */
    histogram: number[];
    /** Probability of a histogram at least as uneven, were sampling right: near 0 it is not. */
    pValue: number;
  }[];
}

/**
 * Simulation-based calibration: parameters are drawn from the prior, data made up from them, and the posterior of
 * these sampled; over many such data sets the rank of the true value among the draws is uniform if and only if
 * sampling is right (S. Talts, M. Betancourt, D. Simpson, A. Vehtari, A. Gelman, 2018, arXiv:1804.06788). `series`
 * gives the places that are observed and their noise; the observations themselves are not used.
 */
export async function calibrateSampling(
  evaluate: Evaluate,
  priors: readonly Prior[],
  series: readonly Series[],
  options: CalibrationOptions = {},
): Promise<Outcome<CalibrationReport>> {
  const simulations = options.simulations ?? 100;
  const draws = options.draws ?? 99;
  const seed = options.seed ?? 1;
  const likelihood = likelihoodOf(series, priors.length);
  const all = [...priors, ...likelihood.estimated];
  const errors: Diagnostic[] = [
    ...priorFaults(all),
    ...settingFaults('simulations', simulations, 'whole', 10, 100_000),
    ...settingFaults('draws', draws, 'whole', 9, 10_000),
    ...seedFaults(seed),
  ];
  if (errors.length > 0) return { ok: false, errors, warnings: [] };
  const scales = all.map(priorValue);
  const ranks = all.map((): number[] => []);
  let [failed, tried] = [0, 0];
  let isStopped = false;
  for (let k = 0; k < simulations && !isStopped; k += 1) {
    const uniform = (step: number) => draw(seed, purposes.calibration, k, step) || 2 ** -54;
    const truth = Float64Array.from(scales, (scale, d) => scale(standardNormalQuantile(uniform(d))));
    const made = await madeUp(evaluate, truth, priors.length, series, (step) => uniform(all.length + step), options);
    if (made === 'stopped') {
      isStopped = true;
      break;
    }
    if (!Array.isArray(made) && typeof made !== 'string') return { ok: false, errors: [made], warnings: [] };
    tried += 1;
    const found =
      made === 'failed' ? undefined : await samplePosterior(evaluate, priors, made, samplingOf(options, seed + k));
    isStopped = options.signal?.aborted === true;
    if (isStopped) break;
    options.onProgress?.(k + 1, simulations);
    if (found === undefined || !found.ok) {
      failed += 1;
      continue;
    }
    const chosen = chosenDraws(found.value, draws);
    for (const [d, of] of ranks.entries()) of.push(chosen.filter((row) => row[d]! < truth[d]!).length);
  }
  const done = ranks[0]!.length;
  if (done < 10) {
    const details = { done, planned: simulations, least: 10 };
    return { ok: false, errors: [error('experiment.stopped_early', details)], warnings: [] };
  }
  const warnings: Diagnostic[] = [];
  if (isStopped) warnings.push(warning('experiment.stopped', { done, planned: simulations }));
  if (failed > 0) warnings.push(warning('fit.failed_runs', { failed, all: tried }));
  const value: CalibrationReport = {
    method: 'simulation_based_calibration',
    complete: !isStopped,
    seed,
    simulations: done,
    draws,
    failed,
    parameters: all.map(({ name }, d) => ({ name, ranks: ranks[d]!, ...unevenness(ranks[d]!, draws) })),
  };
  return { ok: true, value, warnings };
}

function samplingOf(options: CalibrationOptions, seed: number): PosteriorOptions {
  return { ...options.sampling, seed, ...(options.signal === undefined ? {} : { signal: options.signal }) };
}

/** Observations made up for a true point. */
async function madeUp(
  evaluate: Evaluate,
  truth: Float64Array,
  modelParameters: number,
  series: readonly Series[],
  uniform: (step: number) => number,
  { signal }: Watch,
): Promise<Series[] | 'failed' | 'stopped' | Diagnostic> {
  const likelihood = likelihoodOf(series, modelParameters);
  const limits = { dimensions: modelParameters, width: likelihood.width, evaluationsMax: 1 };
  const inquiry = new Inquiry(evaluate, limits, signal === undefined ? {} : { signal });
  try {
    const row = await inquiry.ask(truth.slice(0, modelParameters), 1);
    if (row === undefined) return inquiry.fault ?? 'stopped';
    const values = row.map((_, i) => likelihood.sample(row, truth, i, uniform(2 * i), uniform(2 * i + 1)));
    if (!values.every(Number.isFinite)) return 'failed';
    let start = 0;
    return series.map((one) => {
      const observations = values.slice(start, start + one.observations.length);
      start += one.observations.length;
      return { ...one, observations };
    });
  } finally {
    inquiry.close();
  }
}

/** Counts of ranks in bins, and Pearson's test that they are alike. */
function unevenness(ranks: readonly number[], draws: number): { histogram: number[]; pValue: number } {
  // At least five expected in each bin.
  const bins = Math.max(2, Math.min(20, Math.floor(ranks.length / 5)));
  const histogram = new Array<number>(bins).fill(0);
  for (const rank of ranks) histogram[Math.min(bins - 1, Math.floor((rank * bins) / (draws + 1)))]! += 1;
  const edges = Array.from({ length: bins + 1 }, (_, b) => Math.ceil((b * (draws + 1)) / bins));
  const square = histogram.reduce((sum, count, b) => {
    const expected = (ranks.length * (edges[b + 1]! - edges[b]!)) / (draws + 1);
    return sum + (count - expected) ** 2 / expected;
  }, 0);
  return { histogram, pValue: 1 - gammaCdf(square, (bins - 1) / 2, 2) };
}
