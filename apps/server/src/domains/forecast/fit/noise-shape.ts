import { cholesky, solveLower } from '@tandem/dynamics';
import { type NoiseFilter, type NoiseShape, noiseFilter, whiten } from '../predict/noise-filter.ts';

/**
 * Beliefs about noise before the data, as normal distributions of the logit of phi and the logarithms of the level's and
 * the noise's deviations: levels last weeks to months, and weeks are off by some per cent.
 */
const belief = {
  phi: { mean: 0.85, deviation: 0.9 },
  level: { mean: -2.3, deviation: 1.2 },
  noise: { mean: -2.3, deviation: 1.2 },
};
/** Levels that never fade could not be told from a model that is wrong for good. */
const phiMost = 0.995;
const passesMax = 60;
const stepLeast = 0.02;

/** One series as the search for its noise sees it, at the best parameters so far. */
export interface ShapeProblem {
  /** log data - log model; NaN for gaps. */
  residuals: Float64Array;
  observed: Uint8Array;
  extra: Float64Array;
  /** Change of the log model by each parameter's score, parameter after parameter. */
  slopes: readonly Float64Array[];
}

/** What all series say of the parameters, to second order around the best so far. */
export interface Information {
  /** The negative log posterior has this matrix of second derivatives, row after row. */
  matrix: Float64Array;
  /** And this gradient. */
  gradient: Float64Array;
}

/** The prior's own share: standard normal scores. */
export function priorInformation(scores: ArrayLike<number>): Information {
  const n = scores.length;
  const matrix = new Float64Array(n * n);
  for (let d = 0; d < n; d += 1) matrix[d * n + d] = 1;
  return { matrix, gradient: Float64Array.from(scores) };
}

/** What one series adds under a shape of its noise. */
export function seriesInformation(
  { residuals, slopes }: ShapeProblem,
  filter: NoiseFilter,
): Information & { square: number } {
  const n = slopes.length;
  const white = new Float64Array(filter.count);
  whiten(filter, residuals, 0, white, 0);
  const columns = slopes.map((slope) => {
    const column = new Float64Array(filter.count);
    whiten(filter, slope, 0, column, 0);
    return column;
  });
  const information = { matrix: new Float64Array(n * n), gradient: new Float64Array(n), square: dot(white, white) };
  for (let i = 0; i < n; i += 1) {
    information.gradient[i] = -dot(columns[i]!, white);
    for (let j = 0; j <= i; j += 1) {
      const value = dot(columns[i]!, columns[j]!);
      information.matrix[i * n + j] = value;
      information.matrix[j * n + i] = value;
    }
  }
  return information;
}

export function addInformation(to: Information, what: Information, sign: 1 | -1 = 1): void {
  for (let i = 0; i < to.matrix.length; i += 1) to.matrix[i] = to.matrix[i]! + sign * what.matrix[i]!;
  for (let i = 0; i < to.gradient.length; i += 1) to.gradient[i] = to.gradient[i]! + sign * what.gradient[i]!;
}

/**
 * The shape of a series' noise when the parameters of the model are integrated out to second order around the best ones
 * (restricted likelihood: H. D. Patterson, R. Thompson, Biometrika 58 (1971) 545-554). Plain residuals would take for no
 * noise what parameters have been bent to follow. `others` is what prior and other series know. The phi is the most
 * probable one; variances are means over what is probable around it, since it is by their mean that parameters scatter.
 */
export function likelyShape(problem: ShapeProblem, others: Information, start: NoiseShape): NoiseShape {
  const cost = (point: readonly number[]) => shapeCost(problem, others, point);
  const best = leastAround(cost, pointOf(start));
  const [, level, noise] = variancesAround(cost, best);
  // The mean of the exponential of a normal variate; its deviations are logarithms of deviations.
  return shapeAt([best[0]!, best[1]! + Math.min(varianceMost, level!), best[2]! + Math.min(varianceMost, noise!)]);
}

/** A noise that data hardly tell is not blown up beyond this. */
const varianceMost = 0.2;

function pointOf({ phi, push, noise }: NoiseShape): number[] {
  const share = Math.min(0.99, Math.max(0.01, phi / phiMost));
  const level = push / Math.sqrt(1 - Math.min(0.99, phi) ** 2);
  return [Math.log(share / (1 - share)), Math.log(level), Math.log(noise)];
}

/** The least value near a start, by steps along one coordinate after the other that grow and shrink. */
function leastAround(cost: (point: readonly number[]) => number, start: number[]): number[] {
  let best = start;
  let least = cost(best);
  const steps = [0.8, 0.6, 0.6];
  for (let pass = 0; pass < passesMax && Math.max(...steps) > stepLeast; pass += 1) {
    for (let d = 0; d < 3; d += 1) {
      let isMoved = false;
      for (const side of [1, -1]) {
        const tried = best.map((value, i) => (i === d ? value + side * steps[d]! : value));
        const found = cost(tried);
        if (!(found < least)) continue;
        [best, least, isMoved] = [tried, found, true];
        break;
      }
      steps[d] = steps[d]! * (isMoved ? 1.5 : 0.5);
    }
  }
  return best;
}

/** Variances of each coordinate from the curvature of a negative log probability at its least. */
function variancesAround(cost: (point: readonly number[]) => number, best: readonly number[]): number[] {
  const h = 0.2;
  const at = (i: number, a: number, j: number, b: number) =>
    cost(best.map((value, d) => value + (d === i ? a * h : 0) + (d === j ? b * h : 0)));
  const middle = cost(best);
  const matrix = new Float64Array(9);
  for (let i = 0; i < 3; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      const second =
        i === j
          ? (at(i, 1, -1, 0) - 2 * middle + at(i, -1, -1, 0)) / h ** 2
          : (at(i, 1, j, 1) - at(i, 1, j, -1) - at(i, -1, j, 1) + at(i, -1, j, -1)) / (4 * h ** 2);
      matrix[i * 3 + j] = second;
      matrix[j * 3 + i] = second;
    }
  }
  const lower = cholesky(matrix, 3);
  if (lower === undefined) return [0, 0, 0];
  return [0, 1, 2].map((d) => {
    const unit = new Float64Array(3);
    unit[d] = 1;
    return dot(solveLower(lower, unit), solveLower(lower, unit));
  });
}

function shapeAt([logit, level, noise]: readonly number[]): NoiseShape {
  const phi = phiMost / (1 + Math.exp(-logit!));
  return { phi, push: Math.exp(level!) * Math.sqrt(1 - phi * phi), noise: Math.exp(noise!) };
}

function shapeCost(problem: ShapeProblem, others: Information, point: readonly number[]): number {
  const filter = noiseFilter(shapeAt(point), problem.observed, problem.extra);
  const own = seriesInformation(problem, filter);
  const n = others.gradient.length;
  const whole: Information = { matrix: others.matrix.slice(), gradient: others.gradient.slice() };
  addInformation(whole, own);
  const lower = cholesky(whole.matrix, n);
  if (lower === undefined) return Number.POSITIVE_INFINITY;
  let logDeterminant = filter.logDeterminant;
  for (let d = 0; d < n; d += 1) logDeterminant += 2 * Math.log(lower[d * n + d]!);
  const white = solveLower(lower, whole.gradient);
  const [phi, level, noise] = [belief.phi, belief.level, belief.noise];
  const prior =
    ((point[0]! - phi.mean) / phi.deviation) ** 2 +
    ((point[1]! - level.mean) / level.deviation) ** 2 +
    ((point[2]! - noise.mean) / noise.deviation) ** 2;
  return (own.square + logDeterminant - dot(white, white) + prior) / 2;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i]! * b[i]!;
  return sum;
}
