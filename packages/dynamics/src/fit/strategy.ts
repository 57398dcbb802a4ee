import { symmetricEigen } from '../linear/symmetric.ts';

/**
 * The state of an evolution strategy with covariance matrix adaptation: N. Hansen, "The CMA Evolution Strategy: A
 * Tutorial" (2023, arXiv:1604.00772), with its default parameters and negative weights. Coordinates are those of the
 * caller, who also draws the normal variates.
 */
export interface Strategy {
  readonly n: number;
  readonly population: number;
  readonly constants: Constants;
  mean: Float64Array;
  sigma: number;
  generation: number;
  covariance: Float64Array;
  /** Square roots of the eigenvalues of the covariance, in rising order, and its eigenvectors, row by row. */
  axes: Float64Array;
  vectors: Float64Array;
  pathSigma: Float64Array;
  pathCovariance: Float64Array;
  /** Generation of the last decomposition. */
  decomposed: number;
}

interface Constants {
  weights: Float64Array;
  parents: number;
  effective: number;
  pathRateSigma: number;
  damping: number;
  pathRate: number;
  rankOne: number;
  rankMany: number;
  expectedLength: number;
  /** Generations between decompositions, which cost the cube of n. */
  lag: number;
}

/** The population that the tutorial recommends: 4 + 3 ln n. */
export function populationDefault(n: number): number {
  return 4 + Math.floor(3 * Math.log(n));
}

export function startStrategy(mean: Float64Array, sigma: number, population: number): Strategy {
  const n = mean.length;
  const identity = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) identity[i * n + i] = 1;
  return {
    n,
    population,
    constants: constantsOf(n, population),
    mean: mean.slice(),
    sigma,
    generation: 0,
    covariance: identity,
    axes: new Float64Array(n).fill(1),
    vectors: identity.slice(),
    pathSigma: new Float64Array(n),
    pathCovariance: new Float64Array(n),
    decomposed: 0,
  };
}

/** Table 1 of the tutorial. */
function constantsOf(n: number, population: number): Constants {
  const raw = Float64Array.from({ length: population }, (_, i) => Math.log((population + 1) / 2) - Math.log(i + 1));
  const parents = Math.floor(population / 2);
  const sums = (from: number, to: number) => {
    let [sum, square] = [0, 0];
    for (let i = from; i < to; i += 1) {
      sum += raw[i]!;
      square += raw[i]! ** 2;
    }
    return { sum, effective: square > 0 ? sum ** 2 / square : 0 };
  };
  const best = sums(0, parents);
  const worst = sums(parents, population);
  const effective = best.effective;
  const pathRate = (4 + effective / n) / (n + 4 + (2 * effective) / n);
  const pathRateSigma = (effective + 2) / (n + effective + 5);
  const rankOne = 2 / ((n + 1.3) ** 2 + effective);
  const rankMany = Math.min(1 - rankOne, (2 * (0.25 + effective + 1 / effective - 2)) / ((n + 2) ** 2 + effective));
  const negative = Math.min(
    1 + rankOne / rankMany,
    1 + (2 * worst.effective) / (effective + 2),
    (1 - rankOne - rankMany) / (n * rankMany),
  );
  const negativeSum = Math.abs(raw.reduce((sum, weight) => sum + Math.min(weight, 0), 0));
  return {
    weights: raw.map((weight) => (weight >= 0 ? weight / best.sum : (negative * weight) / negativeSum)),
    parents,
    effective,
    pathRateSigma,
    damping: 1 + 2 * Math.max(0, Math.sqrt((effective - 1) / (n + 1)) - 1) + pathRateSigma,
    pathRate,
    rankOne,
    rankMany,
    expectedLength: Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)),
    lag: Math.max(1, Math.floor(1 / (10 * n * (rankOne + rankMany)))),
  };
}

/** A population around the mean, point after point, from one standard normal variate for each of its coordinates. */
export function samplePopulation(strategy: Strategy, normal: () => number): Float64Array {
  const { n, population, axes, vectors, mean, sigma } = strategy;
  const points = new Float64Array(population * n);
  for (let k = 0; k < population; k += 1) {
    const point = points.subarray(k * n, (k + 1) * n);
    point.set(mean);
    for (let axis = 0; axis < n; axis += 1) {
      const reach = sigma * axes[axis]! * normal();
      for (let d = 0; d < n; d += 1) point[d] = point[d]! + reach * vectors[axis * n + d]!;
    }
  }
  return points;
}

/** Learns from a population of which `order` names the points, the best first. */
export function updateStrategy(strategy: Strategy, points: Float64Array, order: readonly number[]): void {
  const { n, population, constants, sigma } = strategy;
  const { weights, parents, effective, pathRateSigma, damping, pathRate, expectedLength } = constants;
  const before = strategy.mean;
  const steps = Array.from({ length: population }, (_, rank) => {
    const start = order[rank]! * n;
    return Float64Array.from({ length: n }, (__, d) => (points[start + d]! - before[d]!) / sigma);
  });
  const move = new Float64Array(n);
  for (let rank = 0; rank < parents; rank += 1) {
    for (let d = 0; d < n; d += 1) move[d] = move[d]! + weights[rank]! * steps[rank]![d]!;
  }
  strategy.mean = before.map((value, d) => value + sigma * move[d]!);
  strategy.generation += 1;
  const whitened = whiten(strategy, move);
  const gain = Math.sqrt(pathRateSigma * (2 - pathRateSigma) * effective);
  strategy.pathSigma = strategy.pathSigma.map((value, d) => (1 - pathRateSigma) * value + gain * whitened[d]!);
  const length = Math.hypot(...strategy.pathSigma);
  const settled = Math.sqrt(1 - (1 - pathRateSigma) ** (2 * strategy.generation));
  const isSteady = length / settled < (1.4 + 2 / (n + 1)) * expectedLength;
  const pathGain = isSteady ? Math.sqrt(pathRate * (2 - pathRate) * effective) : 0;
  strategy.pathCovariance = strategy.pathCovariance.map((value, d) => (1 - pathRate) * value + pathGain * move[d]!);
  adaptCovariance(strategy, steps, isSteady);
  // A factor beyond e in one generation comes from a landscape that broke off, not from progress.
  strategy.sigma = sigma * Math.exp(Math.min(1, (pathRateSigma / damping) * (length / expectedLength - 1)));
  if (strategy.generation - strategy.decomposed >= constants.lag) decompose(strategy);
}

function adaptCovariance(strategy: Strategy, steps: readonly Float64Array[], isSteady: boolean): void {
  const { n, covariance, pathCovariance } = strategy;
  const { weights, rankOne, rankMany, pathRate } = strategy.constants;
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0);
  const kept = 1 + (isSteady ? 0 : rankOne * pathRate * (2 - pathRate)) - rankOne - rankMany * weightSum;
  const shares = steps.map((step, rank) => {
    const weight = weights[rank]!;
    if (weight >= 0) return weight * rankMany;
    // Steps against which is learnt are taken as equally long, so that the matrix stays positive definite.
    const square = whiten(strategy, step).reduce((sum, value) => sum + value * value, 0);
    return (weight * rankMany * n) / Math.max(square, 1e-300);
  });
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let value = kept * covariance[i * n + j]! + rankOne * pathCovariance[i]! * pathCovariance[j]!;
      for (const [rank, step] of steps.entries()) value += shares[rank]! * step[i]! * step[j]!;
      covariance[i * n + j] = value;
      covariance[j * n + i] = value;
    }
  }
}

/** C^(-1/2) times a vector. */
function whiten({ n, axes, vectors }: Strategy, vector: Float64Array): Float64Array {
  const white = new Float64Array(n);
  for (let axis = 0; axis < n; axis += 1) {
    let along = 0;
    for (let d = 0; d < n; d += 1) along += vectors[axis * n + d]! * vector[d]!;
    along /= axes[axis]!;
    for (let d = 0; d < n; d += 1) white[d] = white[d]! + along * vectors[axis * n + d]!;
  }
  return white;
}

function decompose(strategy: Strategy): void {
  const { values, vectors } = symmetricEigen(strategy.covariance, strategy.n);
  const least = Math.max(1e-20 * values[strategy.n - 1]!, Number.MIN_VALUE);
  strategy.axes = values.map((value) => Math.sqrt(Math.max(value, least)));
  strategy.vectors = vectors;
  strategy.decomposed = strategy.generation;
}
