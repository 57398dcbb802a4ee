import { coordinateOf } from './coordinates.ts';
import type { Prior } from './prior.ts';

/**
 * The normal score of a value: how much of the prior lies below it, as a quantile of the standard normal distribution.
 * The inverse of `priorValue`, kept within 37 either way.
 */
export function priorScore(prior: Prior): (value: number) => number {
  return coordinateOf(prior).score;
}
