import { laggedProducts } from '../numerics/fourier.ts';
import { standardNormalQuantile } from '../numerics/normal.ts';
import { quantileOf } from '../numerics/quantile.ts';

/** How far the draws of one parameter can be relied on. */
export interface Convergence {
  /** Near 1 where all chains tell the same; above 1.01 they do not. */
  rhat: number;
  /** Independent draws that the mean and the median are worth. */
  essBulk: number;
  /** The least number of independent draws that the 5 % and 95 % quantiles are worth. */
  essTail: number;
}

/**
 * Rank-normalised split R-hat and effective sample sizes of chains of equal length: A. Vehtari, A. Gelman, D. Simpson,
 * B. Carpenter, P.-C. Bürkner, "Rank-normalization, folding, and localization: an improved R-hat for assessing
 * convergence of MCMC", Bayesian Analysis 16 (2021) 667-718. NaN with fewer than four draws in a chain or where all
 * draws are equal.
 */
export function convergenceOf(chains: readonly Float64Array[]): Convergence {
  const halves = split(chains);
  const all = concatenate(halves);
  const sorted = all.slice().sort();
  const isConstant = sorted[0] === sorted.at(-1);
  const length = halves[0]?.length ?? 0;
  if (length < 2 || isConstant || all.some((value) => !Number.isFinite(value))) {
    return { rhat: Number.NaN, essBulk: Number.NaN, essTail: Number.NaN };
  }
  const median = quantileOf(sorted, 0.5);
  const ranked = rankNormalised(halves);
  const folded = rankNormalised(halves.map((chain) => chain.map((value) => Math.abs(value - median))));
  const tails = [0.05, 0.95].map((share) => {
    const limit = quantileOf(sorted, share);
    return effectiveSize(halves.map((chain) => chain.map((value) => (value <= limit ? 1 : 0))));
  });
  return {
    rhat: Math.max(potentialReduction(ranked), potentialReduction(folded)),
    essBulk: effectiveSize(ranked),
    essTail: Math.min(...tails),
  };
}

/** Monte Carlo standard error of the mean of chains of equal length. */
export function meanErrorOf(chains: readonly Float64Array[]): number {
  const halves = split(chains);
  if ((halves[0]?.length ?? 0) < 2) return Number.NaN;
  return Math.sqrt(varianceOf(concatenate(halves)) / effectiveSize(halves));
}

function split(chains: readonly Float64Array[]): Float64Array[] {
  return chains.flatMap((chain) => {
    const half = Math.floor(chain.length / 2);
    return [chain.subarray(0, half), chain.subarray(chain.length - half)];
  });
}

function concatenate(chains: readonly Float64Array[]): Float64Array {
  const length = chains[0]?.length ?? 0;
  const all = new Float64Array(chains.length * length);
  for (const [c, chain] of chains.entries()) all.set(chain, c * length);
  return all;
}

/** Each draw replaced by the normal score of its rank among all of them; equal draws have their mean rank. */
function rankNormalised(chains: readonly Float64Array[]): Float64Array[] {
  const sorted = concatenate(chains).sort();
  const count = sorted.length;
  const scores = new Float64Array(count);
  for (let from = 0; from < count; ) {
    let to = from + 1;
    while (to < count && sorted[to] === sorted[from]) to += 1;
    const rank = (from + 1 + to) / 2;
    // All that is looked up is the first place of a value.
    scores[from] = standardNormalQuantile((rank - 3 / 8) / (count + 1 / 4));
    from = to;
  }
  return chains.map((chain) => chain.map((value) => scores[firstPlace(sorted, value)]!));
}

function firstPlace(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function varianceOf(values: Float64Array): number {
  const mean = meanOf(values);
  let sum = 0;
  for (const value of values) sum += (value - mean) ** 2;
  return sum / (values.length - 1);
}

function potentialReduction(chains: readonly Float64Array[]): number {
  const { within, pooled } = variances(chains);
  return Math.sqrt(pooled / within);
}

/** The mean variance within chains, and the estimate of the whole variance that adds the one between them. */
function variances(chains: readonly Float64Array[]): { within: number; pooled: number } {
  const n = chains[0]!.length;
  const within = chains.reduce((sum, chain) => sum + varianceOf(chain), 0) / chains.length;
  const between = chains.length > 1 ? varianceOf(Float64Array.from(chains, meanOf)) : 0;
  return { within, pooled: (within * (n - 1)) / n + between };
}

/** Geyer's initial monotone sequence over the combined autocorrelation of all chains (section 3.2 of the paper). */
function effectiveSize(chains: readonly Float64Array[]): number {
  const n = chains[0]!.length;
  const count = n * chains.length;
  const { within, pooled } = variances(chains);
  if (!(pooled > 0)) return Number.NaN;
  const centred = chains.map((chain) => {
    const mean = meanOf(chain);
    return chain.map((value) => value - mean);
  });
  const products = laggedProducts(centred);
  const correlation = (lag: number) => 1 - (within - products[lag]! / count) / pooled;
  let time = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let lag = 0; lag + 1 < n; lag += 2) {
    const pair = (lag === 0 ? 1 : correlation(lag)) + correlation(lag + 1);
    if (pair < 0) break;
    least = Math.min(least, pair);
    time += 2 * least;
  }
  // Chains that swing around the mean can be worth more than their number; the paper's bound keeps that in reason.
  return count / Math.max(time, 1 / Math.log10(count));
}
