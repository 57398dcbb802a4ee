import { type Diagnostic, error, type Outcome, warning } from '../diagnostic.ts';
import type { Evaluate, Watch } from '../experiment/evaluate.ts';
import { quantileOf } from '../numerics/quantile.ts';
import { draw } from '../numerics/random.ts';
import { purposes } from '../sampling/chance.ts';
import { seedFaults, settingFaults } from '../sampling/settings.ts';
import { Inquiry } from './inquiry.ts';
import { likelihoodOf, type Series, seriesFaults } from './likelihood.ts';
import type { Posterior } from './posterior.ts';

export interface PredictiveOptions extends Watch {
  /** Draws of the posterior that are run, spread over all of them; 1,000 by default. */
  draws?: number;
  /** Probabilities of the bands; 0.5 and 0.9 by default. */
  probabilities?: readonly number[];
  /** 1 by default. */
  seed?: number;
}

/** What is to be expected at one place of a series. */
export interface PredictedPoint {
  mean: number;
  median: number;
  /** One band for each probability: of new observations, noise included. */
  bands: { low: number; high: number }[];
  /** The same of the model's output, without the noise. */
  outputBands: { low: number; high: number }[];
  observed: number | null;
}

/** Plain data, ready to be written as JSON. */
export interface PredictiveReport {
  method: 'posterior_predictive';
  complete: boolean;
  seed: number;
  draws: number;
  failed: number;
  probabilities: number[];
  series: {
    name: string;
    points: PredictedPoint[];
    /** For each probability the share of observations inside their band; null without observations. */
    coverage: (number | null)[];
  }[];
}

/**
 * What the posterior predicts: runs of some of its draws, and noise on top of them. With the series that were fitted it
 * is a check of the model (A. Gelman et al., Bayesian Data Analysis, 3rd ed., chapter 6); with further places, whose
 * observations are NaN, a forecast. `evaluate` answers for `series` as they are given here.
 */
export async function predictPosterior(
  evaluate: Evaluate,
  posterior: Posterior,
  series: readonly Series[],
  options: PredictiveOptions = {},
): Promise<Outcome<PredictiveReport>> {
  const available = posterior.chains * posterior.drawsPerChain;
  const count = Math.min(options.draws ?? 1000, available);
  const probabilities = options.probabilities ?? [0.5, 0.9];
  const seed = options.seed ?? 1;
  // A forecast has no observations at all.
  const dataFaults = seriesFaults(series).filter(({ code }) => code !== 'fit.no_data');
  const errors: Diagnostic[] = [
    ...dataFaults,
    ...settingFaults('draws', count, 'whole', 1, 1_000_000),
    ...probabilities.flatMap((share) => settingFaults('probability', share, 'number', 0.01, 0.999)),
    ...seedFaults(seed),
  ];
  const likelihood = likelihoodOf(series, posterior.modelParameters);
  const noise = posterior.names.slice(posterior.modelParameters);
  for (const { name } of likelihood.estimated) {
    if (!noise.includes(name)) errors.push(error('fit.unknown_noise', { name }));
  }
  if (errors.length > 0) return { ok: false, errors, warnings: [] };
  const rows = chosenDraws(posterior, count);
  const limits = { dimensions: posterior.modelParameters, width: likelihood.width, evaluationsMax: count };
  const inquiry = new Inquiry(evaluate, limits, options);
  try {
    const outputs = await inquiry.ask(modelPoints(posterior, rows), count);
    if (inquiry.fault !== undefined) return { ok: false, errors: [inquiry.fault], warnings: [] };
    if (outputs === undefined) {
      const details = { done: 0, planned: count, least: count };
      return { ok: false, errors: [error('experiment.stopped_early', details)], warnings: [] };
    }
    // Noise has its places by name, since the series may stand in another order than those that were fitted.
    const sizes = likelihood.estimated.map(({ name }) => posterior.modelParameters + noise.indexOf(name));
    const values = rows.map((row) =>
      Float64Array.from([...row.subarray(0, posterior.modelParameters), ...sizes.map((at) => row[at]!)]),
    );
    const observed = new Float64Array(outputs.length);
    for (let k = 0; k < count; k += 1) {
      const row = outputs.subarray(k * likelihood.width, (k + 1) * likelihood.width);
      for (let i = 0; i < likelihood.width; i += 1) {
        const uniform = (which: number) => draw(seed, purposes.prediction, k, 2 * i + which) || 2 ** -54;
        observed[k * likelihood.width + i] = likelihood.sample(row, values[k]!, i, uniform(0), uniform(1));
      }
    }
    const warnings = inquiry.failed > 0 ? [warning('fit.failed_runs', { failed: inquiry.failed, all: count })] : [];
    const value: PredictiveReport = {
      method: 'posterior_predictive',
      complete: true,
      seed,
      draws: count,
      failed: inquiry.failed,
      probabilities: [...probabilities],
      series: seriesOf(series, outputs, observed, likelihood.width, probabilities),
    };
    return { ok: true, value, warnings };
  } finally {
    inquiry.close();
  }
}

/** Draws spread evenly over all chains and generations. */
export function chosenDraws(posterior: Posterior, count: number): Float64Array[] {
  const n = posterior.names.length;
  const available = posterior.chains * posterior.drawsPerChain;
  return Array.from({ length: count }, (_, k) => {
    const at = Math.floor(((k + 0.5) * available) / count);
    return posterior.draws.subarray(at * n, (at + 1) * n);
  });
}

function modelPoints(posterior: Posterior, rows: readonly Float64Array[]): Float64Array {
  const points = new Float64Array(rows.length * posterior.modelParameters);
  for (const [k, row] of rows.entries()) {
    points.set(row.subarray(0, posterior.modelParameters), k * posterior.modelParameters);
  }
  return points;
}

function seriesOf(
  series: readonly Series[],
  outputs: Float64Array,
  observed: Float64Array,
  width: number,
  probabilities: readonly number[],
): PredictiveReport['series'] {
  let start = 0;
  return series.map(({ name, observations }) => {
    const from = start;
    start += observations.length;
    const points = Array.from({ length: observations.length }, (_, i) => {
      const column = (rows: Float64Array) =>
        Float64Array.from({ length: rows.length / width }, (__, k) => rows[k * width + from + i]!)
          .filter(Number.isFinite)
          .sort();
      return pointOf(column(outputs), column(observed), observations[i]!, probabilities);
    });
    return { name, points, coverage: probabilities.map((_, p) => coverageOf(points, p)) };
  });
}

function pointOf(
  outputs: Float64Array,
  observed: Float64Array,
  observation: number,
  probabilities: readonly number[],
): PredictedPoint {
  const bandsOf = (sorted: Float64Array) =>
    probabilities.map((share) => ({
      low: quantileOf(sorted, (1 - share) / 2),
      high: quantileOf(sorted, (1 + share) / 2),
    }));
  return {
    mean: observed.reduce((sum, value) => sum + value, 0) / observed.length,
    median: quantileOf(observed, 0.5),
    bands: bandsOf(observed),
    outputBands: bandsOf(outputs),
    observed: Number.isFinite(observation) ? observation : null,
  };
}

function coverageOf(points: readonly PredictedPoint[], p: number): number | null {
  const known = points.filter(({ observed }) => observed !== null);
  if (known.length === 0) return null;
  const inside = known.filter(({ observed, bands }) => observed! >= bands[p]!.low && observed! <= bands[p]!.high);
  return inside.length / known.length;
}
