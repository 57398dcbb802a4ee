import type { Method } from '../task.ts';
import { type Grid, gridSize } from './grid.ts';
import { crpsOfSample } from './scores.ts';

export type Member = Exclude<Method, 'combination'>;
export const members: readonly Member[] = ['model', 'last_value', 'seasonal_naive', 'ets', 'mstl'];
export type Weights = Partial<Record<Member, number>>;

/** One past forecast by all members, and what came. */
export interface Past {
  grids: Partial<Record<Method, Grid>>;
  observed: number;
  /** How much it counts, over the usual error of its series, so that series of any size count alike. */
  weight: number;
}

/** What members are worth before they have been seen at work. */
const belief: Readonly<Record<Member, number>> = {
  model: 0.3,
  last_value: 0.2,
  seasonal_naive: 0.3,
  ets: 0.1,
  mstl: 0.1,
};
/** How hard the weights are held to the belief: score that one wholly wrong weighting may cost, in folds. */
const hold = 8;
const steps = 50;
const stepSize = 0.25;
/** Every ninth number of a grid stands for nine, which is exact enough for weights. */
const stride = 9;
const coarse = gridSize / stride;

/** The belief, among those members that there are. */
export function priorWeights(able: readonly Member[]): Weights {
  const whole = able.reduce((sum, member) => sum + belief[member], 0);
  return Object.fromEntries(able.map((member) => [member, belief[member] / whole]));
}

/**
 * Weights of the quantile average that would have scored best, held to the belief by their relative entropy. The score is
 * convex in the weights, so mirror descent (J. Kivinen, M. K. Warmuth, Information and Computation 132 (1997) 1-63) finds
 * the one best.
 */
export function bestWeights(pasts: readonly Past[], able: readonly Member[], prior: Weights): Weights {
  const usable = pasts
    .filter(({ grids, weight }) => weight > 0 && able.every((member) => grids[member] !== undefined))
    .map(({ grids, observed, weight }) => ({
      grids: coarsened(able.map((member) => grids[member]!)),
      observed,
      weight,
    }));
  if (usable.length === 0) return prior;
  const belief = able.map((member) => prior[member] ?? 0);
  let weights = raised(belief);
  let best = { cost: Number.POSITIVE_INFINITY, weights };
  for (let step = 0; step < steps; step += 1) {
    const seen = costAt(weights, belief, usable);
    if (seen.cost < best.cost) best = { cost: seen.cost, weights };
    weights = stepped(weights, seen.gradient, stepSize / Math.sqrt(1 + step));
  }
  return Object.fromEntries(able.map((member, m) => [member, best.weights[m]!]));
}

interface CoarsePast {
  /** Member after member. */
  grids: Float64Array;
  observed: number;
  weight: number;
}

function coarsened(grids: readonly Grid[]): Float64Array {
  const into = new Float64Array(grids.length * coarse);
  for (let m = 0; m < grids.length; m += 1) {
    const grid = grids[m]!;
    for (let i = 0; i < coarse; i += 1) into[m * coarse + i] = grid[stride * i + (stride - 1) / 2]!;
  }
  return into;
}

/** Score of a weighting, the cost of leaving the belief included, and its slope along each weight. */
function costAt(weights: readonly number[], belief: readonly number[], pasts: readonly CoarsePast[]) {
  const count = weights.length;
  const gradient = weights.map((weight, m) => (-hold * belief[m]!) / weight);
  let cost = weights.reduce((sum, weight, m) => sum - hold * belief[m]! * Math.log(weight), 0);
  const average = new Float64Array(coarse);
  for (const { grids, observed, weight } of pasts) {
    average.fill(0);
    for (let m = 0; m < count; m += 1) {
      const share = weights[m]!;
      for (let i = 0; i < coarse; i += 1) average[i] = average[i]! + share * grids[m * coarse + i]!;
    }
    cost += weight * crpsOfSample(average, observed);
    for (let i = 0; i < coarse; i += 1) {
      // What a change of this quantile does to the score.
      const slope = ((2 * weight) / coarse) * ((average[i]! > observed ? 1 : 0) - (i + 0.5) / coarse);
      for (let m = 0; m < count; m += 1) gradient[m] = gradient[m]! + slope * grids[m * coarse + i]!;
    }
  }
  return { cost, gradient };
}

const weightLeast = 1e-4;

function raised(weights: readonly number[]): number[] {
  const least = weights.map((weight) => Math.max(weightLeast, weight));
  const whole = least.reduce((sum, weight) => sum + weight, 0);
  return least.map((weight) => weight / whole);
}

function stepped(weights: readonly number[], gradient: readonly number[], size: number): number[] {
  const least = Math.min(...gradient);
  const range = Math.max(1e-12, Math.max(...gradient) - least);
  return raised(weights.map((weight, m) => weight * Math.exp((-4 * size * (gradient[m]! - least)) / range)));
}
