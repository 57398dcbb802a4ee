import { incompleteBeta, incompleteGamma } from './incomplete.ts';
import { standardNormalQuantile } from './normal.ts';

/** Probability that a Poisson variate with this mean is not above x: Q(floor(x) + 1, mean). */
export function poissonCdf(x: number, mean: number): number {
  if (!(mean >= 0)) return Number.NaN;
  if (x < 0) return 0;
  return mean === 0 ? 1 : incompleteGamma(Math.floor(x) + 1, mean, true);
}

/** The smallest count that a Poisson variate does not exceed with probability p or more. */
export function poissonQuantile(p: number, mean: number): number {
  return smallestCount(p, mean, Math.sqrt(mean), Number.POSITIVE_INFINITY, (count) => poissonCdf(count, mean));
}

/** Probability of not more than x successes in `trials` trials: I_(1-chance)(trials - floor(x), floor(x) + 1). */
export function binomialCdf(x: number, trials: number, chance: number): number {
  if (!(trials >= 0) || trials !== Math.floor(trials) || !(chance >= 0 && chance <= 1)) return Number.NaN;
  if (x < 0) return 0;
  if (x >= trials) return 1;
  const count = Math.floor(x);
  return incompleteBeta(trials - count, count + 1, 1 - chance, chance);
}

/** The smallest number of successes that is not exceeded with probability p or more. */
export function binomialQuantile(p: number, trials: number, chance: number): number {
  const spread = Math.sqrt(trials * chance * (1 - chance));
  return smallestCount(p, trials * chance, spread, trials, (count) => binomialCdf(count, trials, chance));
}

/** Probability that the first success comes with trial x or before: 1 - (1 - chance)^x. */
export function geometricCdf(x: number, chance: number): number {
  if (!(chance >= 0 && chance <= 1)) return Number.NaN;
  return x < 1 ? 0 : -Math.expm1(Math.floor(x) * Math.log1p(-chance));
}

/** Number of the trial by which a success has come with probability p or more; the first trial is 1. */
export function geometricQuantile(p: number, chance: number): number {
  if (!(chance > 0 && chance <= 1) || !(p >= 0 && p <= 1)) return Number.NaN;
  return Math.max(1, Math.ceil(Math.log1p(-p) / Math.log1p(-chance)));
}

/** Counts above this are not told apart by doubles. */
const maxCount = 2 ** 53;

/** The smallest count from 0 to `most` whose distribution function reaches p: doubling steps from a guess, then halving. */
function smallestCount(p: number, mean: number, spread: number, most: number, cdf: (count: number) => number): number {
  if (!(p >= 0 && p <= 1) || !(mean >= 0) || !(spread >= 0)) return Number.NaN;
  if (p === 0) return 0;
  if (p === 1) return most;
  const guess = Math.floor(mean + spread * standardNormalQuantile(p));
  let above = Math.min(Math.max(guess, 0), most);
  const first = cdf(above);
  if (Number.isNaN(first)) return Number.NaN;
  let below = above;
  let step = 1;
  if (first >= p) {
    while (below >= 0 && cdf(below) >= p) {
      above = below;
      below -= step;
      step *= 2;
    }
    below = Math.max(below, -1);
  } else {
    while (above < most && above < maxCount && cdf(above) < p) {
      below = above;
      above = Math.min(above + step, most);
      step *= 2;
    }
  }
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (cdf(middle) >= p) above = middle;
    else below = middle;
  }
  return above;
}
