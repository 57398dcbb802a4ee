import { cholesky, lowerTimes, solveLower } from '../linear/cholesky.ts';
import type { Coordinate } from './coordinates.ts';
import type { Crowd, Target } from './tempering.ts';

/** A normal approximation in the place of the prior, from which the warm-up sets out. */
export interface Beginning {
  /** The same posterior, seen as the approximation times what it is off by. */
  targetFrom: (target: Target) => Target;
  /** Gives a crowd that was led along `targetFrom` the prior and the likelihood of the target itself. */
  restore: (crowd: Crowd, target: Target) => void;
}

/** Deviations are widened by this: a start too narrow loses particles to its tails, one too wide costs little. */
const widening = 1.15;

/**
 * Tempering from an approximation q to the posterior along q^(1-b) p^b instead of from the prior: R. M. Neal, "Annealed
 * importance sampling", Statistics and Computing 11 (2001) 125-139, section 2, where any start that can be drawn from
 * will do. The covariance has to be positive definite.
 */
export function beginning(
  start: { mean: ArrayLike<number>; covariance: ArrayLike<number> },
  coordinates: readonly Coordinate[],
): Beginning {
  const n = coordinates.length;
  const mean = Float64Array.from(start.mean);
  const lower = cholesky(
    Float64Array.from(start.covariance, (value) => value * widening ** 2),
    n,
  )!;
  let logDeterminant = 0;
  for (let d = 0; d < n; d += 1) logDeterminant += Math.log(lower[d * n + d]!);
  /** How much denser the approximation is than the prior; the scale of the coordinates falls out. */
  const logRatio = (point: Float64Array) => {
    const scores = point.map((y, d) => coordinates[d]!.score(coordinates[d]!.value(y)));
    const white = solveLower(
      lower,
      scores.map((score, d) => score - mean[d]!),
    );
    let sum = -logDeterminant;
    for (let d = 0; d < n; d += 1) sum += (scores[d]! ** 2 - white[d]! ** 2) / 2;
    return sum;
  };
  return {
    targetFrom: (target) => ({
      n,
      atScores: (normal) => target.atScores(lowerTimes(lower, normal).map((value, d) => mean[d]! + value)),
      logPrior: (point) => target.logPrior(point) + logRatio(point),
      ask: async (points, count) => {
        const answers = await target.ask(points, count);
        return answers?.map((value, k) => value - logRatio(points.subarray(k * n, (k + 1) * n)));
      },
    }),
    restore: (crowd, target) => {
      for (let k = 0; k < crowd.logPrior.length; k += 1) {
        const point = crowd.points.subarray(k * n, (k + 1) * n);
        crowd.logLikelihood[k] = crowd.logLikelihood[k]! + logRatio(point);
        crowd.logPrior[k] = target.logPrior(point);
      }
    },
  };
}
