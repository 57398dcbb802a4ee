import { symmetricEigen } from '../linear/symmetric.ts';

/** What data say about a parameter. */
export type Verdict =
  /** The data settle it: they leave less than half of the deviation it had before. */
  | 'identified'
  /** They say something about it, alone or only together with others. */
  | 'weak'
  /** They leave it as it was. */
  | 'unidentified'
  /** It lies against an end of its range, which the data would have it pass. */
  | 'at_bound';

/** Up to this share of the deviation before the data a parameter, or a direction, is identified. */
export const identifiedMost = 0.5;
/** From this share on the data say nothing about it. */
export const unidentifiedLeast = 0.9;
/** Parameters whose correlation is at least this, either way, can hardly be told apart. */
const clusterCorrelation = 0.9;
/** Parameters with less than this share of a direction are not named in it. */
const namedShare = 0.05;

export interface ParameterIdentifiability {
  name: string;
  verdict: Verdict;
  /** Deviation after the data over deviation before, on the scale on which the prior is normal. */
  ratio: number;
}

/** A combination of parameters that varies on its own; its weights are those of a unit vector, the largest first. */
export interface Direction {
  ratio: number;
  information: 'informed' | 'weak' | 'uninformed';
  weights: { name: string; weight: number }[];
}

/** Plain data, ready to be written as JSON. */
export interface Identifiability {
  parameters: ParameterIdentifiability[];
  /** All directions, the least informed first. */
  directions: Direction[];
  /** Groups of parameters that are correlated by 0.9 or more, each through another one of the group. */
  clusters: { names: string[]; strongest: number }[];
}

/**
 * What data settle, from the covariance of scores: parameters on a scale on which they have deviation 1 before the
 * data, and none is correlated with another. Then every direction has deviation 1 before, so an eigenvalue near 1 is a
 * direction that the data do not see (T. Cui et al., "Likelihood-informed dimension reduction for nonlinear inverse
 * problems", Inverse Problems 30 (2014) 114015; the ratio is one less the shrinkage of M. Betancourt, 2018, in
 * deviations).
 */
export function identifiabilityOf(
  names: readonly string[],
  covariance: Float64Array,
  atBound: readonly boolean[],
): Identifiability {
  const n = names.length;
  const ratios = names.map((_, d) => Math.sqrt(Math.max(0, covariance[d * n + d]!)));
  const { values, vectors } = symmetricEigen(covariance, n);
  const directions = Array.from({ length: n }, (_, k) => {
    const row = n - 1 - k;
    const ratio = Math.sqrt(Math.max(0, values[row]!));
    const vector = vectors.slice(row * n, (row + 1) * n);
    return { ratio, information: informationOf(ratio), weights: weightsOf(names, vector) };
  });
  return {
    parameters: names.map((name, d) => ({ name, verdict: verdictOf(ratios[d]!, atBound[d]!), ratio: ratios[d]! })),
    directions,
    clusters: clustersOf(names, covariance, ratios),
  };
}

function verdictOf(ratio: number, isAtBound: boolean): Verdict {
  if (isAtBound) return 'at_bound';
  if (ratio <= identifiedMost) return 'identified';
  return ratio < unidentifiedLeast ? 'weak' : 'unidentified';
}

function informationOf(ratio: number): Direction['information'] {
  if (ratio <= identifiedMost) return 'informed';
  return ratio < unidentifiedLeast ? 'weak' : 'uninformed';
}

function weightsOf(names: readonly string[], vector: Float64Array): Direction['weights'] {
  const order = names.map((_, d) => d).sort((a, b) => Math.abs(vector[b]!) - Math.abs(vector[a]!) || a - b);
  // The sign of an eigenvector says nothing: the largest weight is made positive.
  const sign = vector[order[0]!]! < 0 ? -1 : 1;
  return order
    .filter((d) => vector[d]! ** 2 >= namedShare)
    .map((d) => ({ name: names[d]!, weight: sign * vector[d]! }));
}

function clustersOf(
  names: readonly string[],
  covariance: Float64Array,
  ratios: readonly number[],
): Identifiability['clusters'] {
  const n = names.length;
  const groupOf = names.map((_, d) => d);
  const strongest = new Float64Array(n);
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j < i; j += 1) {
      const size = ratios[i]! * ratios[j]!;
      const correlation = size > 0 ? Math.abs(covariance[i * n + j]! / size) : 0;
      if (correlation < clusterCorrelation) continue;
      const [kept, merged] = [groupOf[j]!, groupOf[i]!];
      strongest[kept] = Math.max(strongest[kept]!, strongest[merged]!, correlation);
      for (let k = 0; k < n; k += 1) if (groupOf[k] === merged) groupOf[k] = kept;
    }
  }
  return [...new Set(groupOf)]
    .map((group) => ({ names: names.filter((_, d) => groupOf[d] === group), strongest: strongest[group]! }))
    .filter((cluster) => cluster.names.length > 1);
}
