import { betaQuantile } from '../numerics/continuous.ts';
import { standardNormalQuantile } from '../numerics/normal.ts';
import { quantileOf } from '../sensitivity/bootstrap.ts';
import { meanAutocovariance } from './autocovariance.ts';

/**
 * Convergence of several chains of equal length, after A. Vehtari, A. Gelman, D. Simpson, B. Carpenter, P.-C. Bürkner,
 * "Rank-normalization, folding, and localization: an improved R-hat for assessing convergence of MCMC", Bayesian Analysis
 * 16 (2021) 667-718. Chains are given as they were drawn; each is split into halves. NaN where the draws tell nothing:
 * chains shorter than four draws, values that are not finite, or all of them equal.
 */
export interface ChainDiagnostics {
  /** The larger of the rank-normalised split R-hat of the draws and of their distances from the median. */
  rHat: number;
  /** Independent draws that tell as much of the middle of the distribution. */
  essBulk: number;
  /** The same for the quantiles 0.05 and 0.95, whichever is known less well. */
  essTail: number;
}

const lengthMin = 4;

export function diagnose(chains: readonly Float64Array[]): ChainDiagnostics {
  const halves = splitChains(chains);
  if (!tells(halves)) return { rHat: Number.NaN, essBulk: Number.NaN, essTail: Number.NaN };
  const sorted = mergedDraws(halves).sort();
  const ranked = rankNormalised(halves, sorted);
  const center = quantileOf(sorted, 0.5);
  const folded = halves.map((half) => half.map((x) => Math.abs(x - center)));
  const foldedRatio = potentialReduction(rankNormalised(folded, mergedDraws(folded).sort()));
  // Distances from the median may all be equal, which tells nothing.
  const rHat = Math.max(potentialReduction(ranked), Number.isNaN(foldedRatio) ? 0 : foldedRatio);
  const below = (share: number) => indicator(halves, quantileOf(sorted, share));
  const tails = [effective(below(0.05)), effective(below(0.95))].filter((size) => !Number.isNaN(size));
  return { rHat, essBulk: effective(ranked), essTail: tails.length > 0 ? Math.min(...tails) : Number.NaN };
}

/** Rank-normalised split R-hat: near 1 where chains agree, infinite where they stand still at unlike places. */
export function rHat(chains: readonly Float64Array[]): number {
  return diagnose(chains).rHat;
}

/** Effective sample size for the mean, without rank normalisation, and the standard error of the mean that follows. */
export function meanPrecision(chains: readonly Float64Array[]): { ess: number; standardError: number } {
  const halves = splitChains(chains);
  if (!tells(halves)) return { ess: Number.NaN, standardError: Number.NaN };
  const ess = effective(halves);
  return { ess, standardError: Math.sqrt(varianceOf(mergedDraws(halves)) / ess) };
}

/** Standard error of the quantile at `share`: half the distance between the quantiles one standard error off (section 4.4). */
export function quantileError(
  chains: readonly Float64Array[],
  share: number,
  sorted: Float64Array = mergedDraws(chains).sort(),
): number {
  const halves = splitChains(chains);
  if (!tells(halves)) return Number.NaN;
  const ess = effective(indicator(halves, quantileOf(sorted, share)));
  if (Number.isNaN(ess)) return Number.NaN;
  const end = (p: number) => quantileOf(sorted, betaQuantile(p, ess * share + 1, ess * (1 - share) + 1));
  return (end(1 - oneDeviation) - end(oneDeviation)) / 2;
}

/** Probability that a normal variate is more than one deviation below its mean. */
const oneDeviation = 0.15865525393145705;

function splitChains(chains: readonly Float64Array[]): Float64Array[] {
  return chains.flatMap((chain) => {
    const half = Math.floor(chain.length / 2);
    // Of an odd number of draws the one in the middle is left out.
    return [chain.subarray(0, half), chain.subarray(chain.length - half)];
  });
}

function tells(halves: readonly Float64Array[]): boolean {
  const length = halves[0]?.length ?? 0;
  if (halves.some((half) => half.length !== length)) throw new RangeError('chains have to be equally long');
  if (2 * length < lengthMin || !halves.every((half) => half.every(Number.isFinite))) return false;
  const first = halves[0]![0]!;
  return halves.some((half) => half.some((x) => x !== first));
}

/** All draws, chain by chain. */
export function mergedDraws(chains: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(chains.reduce((sum, chain) => sum + chain.length, 0));
  let at = 0;
  for (const chain of chains) {
    all.set(chain, at);
    at += chain.length;
  }
  return all;
}

/** Normal scores of the ranks among all draws, equal draws sharing their mean rank: equation 14. */
function rankNormalised(chains: readonly Float64Array[], sorted: Float64Array): Float64Array[] {
  const scores = new Float64Array(sorted.length);
  for (let start = 0; start < sorted.length; ) {
    let end = start + 1;
    while (end < sorted.length && sorted[end] === sorted[start]) end += 1;
    const rank = (start + 1 + end) / 2;
    scores[start] = standardNormalQuantile((rank - 0.375) / (sorted.length + 0.25));
    start = end;
  }
  return chains.map((chain) => chain.map((x) => scores[firstPlace(sorted, x)]!));
}

/** The first place of a value that is in `sorted`. */
function firstPlace(sorted: Float64Array, x: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

function indicator(chains: readonly Float64Array[], limit: number): Float64Array[] {
  return chains.map((chain) => chain.map((x) => (x <= limit ? 1 : 0)));
}

/** Equations 1 to 4. */
function potentialReduction(chains: readonly Float64Array[]): number {
  const n = chains[0]!.length;
  const within = meanOf(Float64Array.from(chains, varianceOf));
  const between = varianceOf(Float64Array.from(chains, meanOf));
  if (within === 0) return between === 0 ? Number.NaN : Number.POSITIVE_INFINITY;
  return Math.sqrt((n - 1) / n + between / within);
}

/**
 * Effective sample size: equations 10 to 13, the sum of autocorrelations being cut by C. J. Geyer's initial monotone
 * sequence (Statistical Science 7 (1992) 473-483), and at most n · log10(n) for chains whose draws repel each other.
 */
function effective(chains: readonly Float64Array[]): number {
  const n = chains[0]!.length;
  const within = meanOf(Float64Array.from(chains, varianceOf));
  const between = varianceOf(Float64Array.from(chains, meanOf));
  const total = (within * (n - 1)) / n + between;
  if (!(total > 0)) return Number.NaN;
  const covariance = meanAutocovariance(chains);
  const correlation = (lag: number) => 1 - (within - covariance(lag)) / total;
  let pair = 1 + (n > 1 ? correlation(1) : 0);
  let sum = pair;
  let rest = 0;
  for (let lag = 2; lag + 1 < n; lag += 2) {
    const even = correlation(lag);
    const next = even + correlation(lag + 1);
    if (!(next > 0)) {
      // The even lag after the last positive pair still counts once: it takes bias from draws that repel each other.
      rest = Math.max(0, even);
      break;
    }
    pair = Math.min(pair, next);
    sum += pair;
  }
  const size = n * chains.length;
  return size / Math.max(-1 + 2 * sum + rest, 1 / Math.log10(size));
}

/** From the first value, so that equal values have exactly that mean and no variance. */
function meanOf(values: Float64Array): number {
  const first = values[0]!;
  let sum = 0;
  for (const x of values) sum += x - first;
  return first + sum / values.length;
}

/** With the divisor n - 1; 0 for a single value. */
function varianceOf(values: Float64Array): number {
  if (values.length < 2) return 0;
  const mean = meanOf(values);
  let squares = 0;
  for (const x of values) squares += (x - mean) ** 2;
  return squares / (values.length - 1);
}
