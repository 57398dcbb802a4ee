import { convergenceOf, samplePosterior } from '@tandem/dynamics';
import { type Bend, bendAround, mapped } from './bend.ts';
import { type BestFit, rowsAt, type Sight } from './best-fit.ts';
import { standardNormals } from './normals.ts';
import type { ModelRuns, Problem } from './problem.ts';

/** Draws of the scores of parameters. */
export interface ScoreDraws {
  count: number;
  /** Draw after draw. */
  scores: Float64Array;
  complete: boolean;
  converged: boolean;
  rhat: number | null;
  /** The least effective number of draws of any parameter, for its mean and median. */
  effective: number | null;
  evaluations: number;
}

export interface SamplingOptions {
  seed: number;
  effectiveLeast: number;
  evaluationsMax: number;
  signal?: AbortSignal;
  onDraws?: (evaluations: number) => void;
}

/** Asked for many at once, so that lanes and threads have work; few enough that each is long. */
const chains = 32;
/** With 64 half chains of together 2,000 effective draws chance alone makes R-hat 1.016. */
const rhatMost = 1.02;
/** What is advised at least before anything is read from draws (Vehtari et al., 2021, section 4), chance of 64 halves apart. */
const rhatUsable = 1.1;
const sizeUsable = 400;
/** What ends of intervals shall be worth: more than the 400 that are advised (Vehtari et al., 2021). */
const tailLeast = 500;
const sampling = { looseMost: 17, points: 1500, rounds: 3 };
const quick = { looseMost: 8, points: 600, rounds: 2 };

/**
 * Draws from the posterior, sampled on coordinates on which it is nearly standard normal (`bendAround`). What the noise
 * looks like is held as the best fit has it, parameters integrated out.
 */
export async function sampleScores(
  problem: Problem,
  best: BestFit,
  weekly: ModelRuns,
  { seed, effectiveLeast, evaluationsMax, signal, onDraws }: SamplingOptions,
): Promise<ScoreDraws | undefined> {
  const sight: Sight = { problem, data: best.data, noise: best.noise, ask: weekly.ask };
  const n = problem.sought.length;
  const bend = await bendAround(sight, best, { ...sampling, seed });
  const priors = problem.sought.map(({ name }) => ({ name, distribution: 'normal' as const, mean: 0, deviation: 1 }));
  const outcome = await samplePosterior(
    (normal, count) => logRatios(sight, bend, normal, count),
    priors,
    'log_likelihood',
    {
      chains,
      particles: Math.max(384, 8 * n),
      generationsMin: Math.ceil(effectiveLeast / chains),
      generationsMax: 20_000,
      effectiveLeast,
      tailLeast,
      rhatMost,
      evaluationsMax,
      seed,
      ...(signal === undefined ? {} : { signal }),
      ...(onDraws === undefined ? {} : { onProgress: onDraws }),
    },
  );
  if (!outcome.ok) return undefined;
  const { report, draws, drawsPerChain } = outcome.value;
  const scores = mapped(draws, n, bend);
  // Of the parameters themselves; sampling looked at the coordinates that it walks on.
  const figures = problem.sought.map((_, d) =>
    convergenceOf(
      Array.from({ length: chains }, (__, c) =>
        Float64Array.from({ length: drawsPerChain }, (___, g) => scores[(g * chains + c) * n + d]!),
      ),
    ),
  );
  const rhats = figures.map(({ rhat }) => rhat).filter(Number.isFinite);
  const sizes = figures.map(({ essBulk }) => essBulk).filter(Number.isFinite);
  return {
    count: draws.length / n,
    scores,
    complete: report.complete,
    converged:
      rhats.length > 0 && rhats.every((rhat) => rhat < rhatUsable) && sizes.every((size) => size >= sizeUsable),
    rhat: rhats.length === 0 ? null : Math.max(...rhats),
    effective: sizes.length === 0 ? null : Math.min(...sizes),
    evaluations: report.evaluations + sampling.points * sampling.rounds + 2 * n,
  };
}

/** How much denser the posterior is than the standard normal distribution that is bent to it, on the logarithm. */
async function logRatios(sight: Sight, bend: Bend, normal: Float64Array, count: number): Promise<Float64Array> {
  const n = sight.problem.sought.length;
  const rows = await rowsAt(sight, mapped(normal, n, bend), count);
  const width = rows.length / count;
  return Float64Array.from({ length: count }, (_, k) => {
    let sum = 0;
    for (let i = k * width; i < (k + 1) * width; i += 1) sum -= rows[i]! * rows[i]!;
    for (let d = k * n; d < (k + 1) * n; d += 1) sum += normal[d]! * normal[d]!;
    return sum / 2;
  });
}

/** Draws from the bent normal approximation around the best fit: near the posterior, for a fraction of the runs. */
export async function approximateScores(
  problem: Problem,
  best: BestFit,
  weekly: ModelRuns,
  count: number,
  seed: number,
): Promise<Float64Array> {
  const sight: Sight = { problem, data: best.data, noise: best.noise, ask: weekly.ask };
  const bend = await bendAround(sight, best, { ...quick, seed });
  return mapped(standardNormals(count, problem.sought.length, seed), problem.sought.length, bend);
}
