import { cholesky, lowerTimes, solveLower } from '../linear/cholesky.ts';
import { standardNormalQuantile } from '../numerics/normal.ts';
import { draw } from '../numerics/random.ts';
import { purposes } from '../sampling/chance.ts';

/** Uniform and normal draws, one after the other. */
export interface Draws {
  uniform: () => number;
  normal: () => number;
}

/** The draws that one generation of a sampler has to itself. */
export function generationDraws(seed: number, generation: number): Draws {
  let step = 0;
  const uniform = () => {
    const value = draw(seed, purposes.chains, generation, step);
    step += 1;
    return value;
  };
  return { uniform, normal: () => standardNormalQuantile(uniform() || 2 ** -54) };
}

/** A normal approximation to a set of points: its mean and the Cholesky factor of its covariance. */
export interface Shape {
  mean: Float64Array;
  lower: Float64Array;
  logDeterminant: number;
}

/** The normal approximation to `count` points; a little of the diagonal is added so that it is never flat. */
export function shapeOf(points: Float64Array, n: number): Shape {
  const { mean, covariance } = momentsOf(points, n);
  for (let ridge = 1e-8; ; ridge *= 10) {
    const padded = covariance.slice();
    for (let d = 0; d < n; d += 1) padded[d * n + d] = padded[d * n + d]! * (1 + ridge) + ridge * 1e-8;
    const lower = cholesky(padded, n);
    if (lower === undefined) continue;
    let logDeterminant = 0;
    for (let d = 0; d < n; d += 1) logDeterminant += Math.log(lower[d * n + d]!);
    return { mean, lower, logDeterminant };
  }
}

/** Mean and covariance of points that follow each other. */
export function momentsOf(points: Float64Array, n: number): { mean: Float64Array; covariance: Float64Array } {
  const count = points.length / n;
  const mean = new Float64Array(n);
  for (let i = 0; i < points.length; i += 1) mean[i % n] = mean[i % n]! + points[i]! / count;
  const covariance = new Float64Array(n * n);
  for (let k = 0; k < count; k += 1) {
    for (let i = 0; i < n; i += 1) {
      const left = points[k * n + i]! - mean[i]!;
      for (let j = 0; j <= i; j += 1)
        covariance[i * n + j] = covariance[i * n + j]! + left * (points[k * n + j]! - mean[j]!);
    }
  }
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      const value = covariance[i * n + j]! / Math.max(1, count - 1);
      covariance[i * n + j] = value;
      covariance[j * n + i] = value;
    }
  }
  return { mean, covariance };
}

/**
 * Weights and widths of the normal distributions of which the independent proposal is made. The last is the prior: with
 * it no point that the data allow is out of reach, and the chain is uniformly ergodic (L. Tierney, "Markov chains for
 * exploring posterior distributions", Annals of Statistics 22 (1994) 1701-1762, corollary 4).
 */
const widths = [
  { weight: 0.5, width: () => 1.03 },
  // In many dimensions hardly any point of a much wider distribution would be taken, and none is needed.
  { weight: 0.3, width: (n: number) => 1 + 1 / Math.sqrt(n) },
  { weight: 0.15, width: (n: number) => 1 + 2.5 / Math.sqrt(n) },
] as const;
const priorWeight = 0.05;

/** What a sampler proposes from. It does not change while draws are kept, so that detailed balance holds. */
export interface ProposalPlan {
  shape: Shape;
  /** Points of the warm-up, one after the other, whose differences are steps. */
  archive: Float64Array;
  /**
   * How often a point of the shape is proposed; otherwise a step within the shape, or by differences, of which a tenth
   * are snooker steps.
   */
  independentShare: number;
}

export interface Proposal {
  kind: 'independent' | 'within' | 'difference' | 'snooker';
  point: Float64Array;
  /** Logarithm of how much more likely the way back is proposed than the way there. */
  logBack: number;
  /** Log density with which an independent proposal is made; NaN of the others. */
  logProposed: number;
}

/** Of the proposals that are not independent. */
const withinShare = 0.7;
/** Shares of the axes that such a step moves along. */
const axisShares = [1, 0.4, 0.15] as const;
const snookerShare = 0.1;
const jumpShare = 0.1;

/** The prior, as far as proposals need it. */
export interface PriorAccess {
  /** The point at standard normal scores, one for each coordinate. */
  atScores: (scores: Float64Array) => Float64Array;
  logPrior: (point: Float64Array) => number;
}

/** A point proposed from `from`. */
export function propose(plan: ProposalPlan, prior: PriorAccess, from: Float64Array, draws: Draws): Proposal {
  if (draws.uniform() < plan.independentShare) return independent(plan.shape, prior, from, draws);
  if (draws.uniform() < withinShare) return within(plan.shape, from, draws);
  if (from.length > 1 && draws.uniform() < snookerShare) return snooker(plan.archive, from, draws);
  return difference(plan.archive, from, draws);
}

function independent(shape: Shape, prior: PriorAccess, from: Float64Array, draws: Draws): Proposal {
  const n = from.length;
  const choice = draws.uniform();
  const normal = Float64Array.from({ length: n }, draws.normal);
  let point: Float64Array;
  if (choice < priorWeight) {
    point = prior.atScores(normal);
  } else {
    let left = choice - priorWeight;
    const chosen = widths.find(({ weight }) => {
      left -= weight;
      return left < 0;
    });
    const width = (chosen ?? widths[0]).width(n);
    point = lowerTimes(shape.lower, normal).map((value, d) => shape.mean[d]! + width * value);
  }
  const logProposed = logShape(shape, prior, point);
  return { kind: 'independent', point, logBack: logShape(shape, prior, from) - logProposed, logProposed };
}

/** Log density of the independent proposal. */
function logShape({ mean, lower, logDeterminant }: Shape, prior: PriorAccess, point: Float64Array): number {
  const n = point.length;
  const white = solveLower(
    lower,
    point.map((value, d) => value - mean[d]!),
  );
  const square = squareOf(white);
  const constant = -logDeterminant - (n / 2) * Math.log(2 * Math.PI);
  const terms = widths.map(({ weight, width }) => {
    const wide = width(n);
    return Math.log(weight) - n * Math.log(wide) + constant - square / (2 * wide * wide);
  });
  terms.push(Math.log(priorWeight) + prior.logPrior(point));
  const largest = Math.max(...terms);
  return largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0));
}

/**
 * A step that the normal shape itself would not notice: towards its mean and as much at random (the preconditioned
 * Crank-Nicolson proposal: S. L. Cotter, G. O. Roberts, A. M. Stuart, D. White, "MCMC methods for functions", Statistical
 * Science 28 (2013) 424-446, around a shape of the posterior), along all or only some of the axes on which the shape is
 * round: the fewer, the less what is not normal about the posterior stands in the way.
 */
function within({ mean, lower }: Shape, from: Float64Array, draws: Draws): Proposal {
  const n = from.length;
  const share = axisShares[Math.floor(axisShares.length * draws.uniform())]!;
  const forced = Math.floor(draws.uniform() * n);
  const part = 0.3 + 0.7 * draws.uniform();
  const kept = Math.sqrt(1 - part * part);
  const white = solveLower(
    lower,
    from.map((value, d) => value - mean[d]!),
  );
  let logBack = 0;
  for (let d = 0; d < n; d += 1) {
    if (d !== forced && draws.uniform() >= share) continue;
    const before = white[d]!;
    white[d] = kept * before + part * draws.normal();
    logBack += (white[d]! ** 2 - before ** 2) / 2;
  }
  const point = lowerTimes(lower, white).map((value, d) => mean[d]! + value);
  return { kind: 'within', point, logBack, logProposed: Number.NaN };
}

function squareOf(vector: Float64Array): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return sum;
}

function member(archive: Float64Array, n: number, draws: Draws): Float64Array {
  const at = Math.floor(draws.uniform() * (archive.length / n));
  return archive.subarray(at * n, (at + 1) * n);
}

/**
 * A step along the difference of two points of the archive: C. J. F. ter Braak, J. A. Vrugt, "Differential evolution
 * Markov chain with snooker updater and fewer chains", Statistics and Computing 18 (2008) 435-446; in a random part of
 * the coordinates as in DREAM (J. A. Vrugt et al., 2009). The archive is fixed and every step as likely as its
 * opposite.
 */
function difference(archive: Float64Array, from: Float64Array, draws: Draws): Proposal {
  const n = from.length;
  const [one, other] = [member(archive, n, draws), member(archive, n, draws)];
  const crossover = (1 + Math.floor(3 * draws.uniform())) / 3;
  const forced = Math.floor(draws.uniform() * n);
  const moves = Array.from({ length: n }, (_, d) => draws.uniform() < crossover || d === forced);
  const count = moves.reduce((sum, isMoved) => sum + (isMoved ? 1 : 0), 0);
  // Now and then the whole difference, which leads from one mode to another.
  const factor = draws.uniform() < jumpShare ? 1 : 2.38 / Math.sqrt(2 * count);
  const point = from.map((value, d) => {
    if (!moves[d]!) return value;
    return value + factor * (one[d]! - other[d]!) + 1e-5 * draws.normal();
  });
  return { kind: 'difference', point, logBack: 0, logProposed: Number.NaN };
}

/** A step along the line through a point of the archive; longer vectors have more room, which `logBack` makes good. */
function snooker(archive: Float64Array, from: Float64Array, draws: Draws): Proposal {
  const n = from.length;
  const anchor = member(archive, n, draws);
  const [one, other] = [member(archive, n, draws), member(archive, n, draws)];
  const axis = from.map((value, d) => value - anchor[d]!);
  const square = squareOf(axis);
  const factor = 1.2 + draws.uniform();
  if (square === 0) {
    return { kind: 'snooker', point: from.slice(), logBack: Number.NEGATIVE_INFINITY, logProposed: Number.NaN };
  }
  let along = 0;
  for (let d = 0; d < n; d += 1) along += (one[d]! - other[d]!) * axis[d]!;
  const stretch = 1 + (factor * along) / square;
  const point = anchor.map((value, d) => value + stretch * axis[d]!);
  return { kind: 'snooker', point, logBack: (n - 1) * Math.log(Math.abs(stretch)), logProposed: Number.NaN };
}
