import { cholesky, expectValue, lowerTimes, samplePosterior, scalePoints, uniformPoints } from '@tandem/dynamics';
import { type BestFit, modelPointsOf } from './best-fit.ts';
import { countOf, logModel, residualsOf, whitenAll } from './data.ts';
import { valuesAt } from './parameters.ts';
import type { ModelRuns, Problem } from './problem.ts';

/** Draws of the scores of parameters. */
export interface ScoreDraws {
  count: number;
  /** Draw after draw. */
  scores: Float64Array;
  complete: boolean;
  converged: boolean;
  rhat: number | null;
  /** The least effective number of draws of any parameter. */
  effective: number | null;
  evaluations: number;
}

export interface SamplingOptions {
  seed: number;
  effectiveLeast: number;
  signal?: AbortSignal;
  onDraws?: (evaluations: number) => void;
}

/** Particles and chains are asked for many at once, so that lanes and threads have work. */
const chains = 64;
const evaluationsMax = 400_000;

/**
 * Draws from the posterior, led there from the normal approximation around the best fit. What the noise looks like is held
 * as the best fit has it, parameters integrated out.
 */
export async function sampleScores(
  problem: Problem,
  best: BestFit,
  weekly: ModelRuns,
  { seed, effectiveLeast, signal, onDraws }: SamplingOptions,
): Promise<ScoreDraws | undefined> {
  const priors = problem.sought.map(({ name }) => ({ name, distribution: 'normal' as const, mean: 0, deviation: 1 }));
  const outcome = await samplePosterior(
    async (scores, count) => logLikelihoods(problem, best, weekly, scores, count),
    priors,
    'log_likelihood',
    {
      chains,
      particles: Math.max(256, 8 * priors.length),
      generationsMin: Math.max(100, Math.ceil((2 * effectiveLeast) / chains)),
      generationsMax: 4000,
      effectiveLeast,
      evaluationsMax,
      seed,
      start: { mean: best.scores, covariance: best.covariance },
      ...(signal === undefined ? {} : { signal }),
      ...(onDraws === undefined ? {} : { onProgress: onDraws }),
    },
  );
  if (!outcome.ok) return undefined;
  const { report, draws } = outcome.value;
  const worst = (pick: (one: (typeof report.parameters)[number]) => number, most: boolean) => {
    const all = report.parameters.map(pick).filter(Number.isFinite);
    return all.length === 0 ? null : most ? Math.max(...all) : Math.min(...all);
  };
  return {
    count: draws.length / priors.length,
    scores: draws,
    complete: report.complete,
    converged: report.converged,
    rhat: worst(({ rhat }) => rhat, true),
    effective: worst(({ essBulk, essTail }) => Math.min(essBulk, essTail), false),
    evaluations: report.evaluations,
  };
}

/** Log likelihoods of scores but for a constant; NaN where the model fails. */
export async function logLikelihoods(
  problem: Problem,
  { data, noise }: BestFit,
  weekly: ModelRuns,
  scores: Float64Array,
  count: number,
): Promise<Float64Array> {
  const n = problem.sought.length;
  const values = valuesAt(problem.sought, scores);
  const rows = await weekly.ask(modelPointsOf(problem, values, count), count);
  const width = rows.length / count;
  const white = new Float64Array(countOf(noise.filters));
  return Float64Array.from({ length: count }, (_, k) => {
    const models = logModel(problem, data, rows, k * width, values.subarray(k * n, (k + 1) * n));
    whitenAll(noise.filters, residualsOf(data, models), white, 0);
    let sum = 0;
    for (let i = 0; i < white.length; i += 1) sum += white[i]! * white[i]!;
    return -sum / 2;
  });
}

/** Draws from the normal approximation around the best fit. */
export function laplaceScores(best: Pick<BestFit, 'scores' | 'covariance'>, count: number, seed: number): Float64Array {
  const n = best.scores.length;
  const lower = cholesky(best.covariance, n) ?? new Float64Array(n * n);
  const normal = standardNormals(count, n, seed);
  const scores = new Float64Array(count * n);
  for (let k = 0; k < count; k += 1) {
    const along = lowerTimes(lower, normal.subarray(k * n, (k + 1) * n));
    for (let d = 0; d < n; d += 1) scores[k * n + d] = best.scores[d]! + along[d]!;
  }
  return scores;
}

/** Independent standard normal numbers, row after row. */
export function standardNormals(count: number, columns: number, seed: number): Float64Array {
  if (columns === 0) return new Float64Array();
  const points = expectValue(uniformPoints(count, columns, seed));
  const factors = Array.from({ length: columns }, (_, d) => ({
    name: String(d),
    distribution: 'normal' as const,
    mean: 0,
    deviation: 1,
  }));
  return scalePoints(points, factors);
}
