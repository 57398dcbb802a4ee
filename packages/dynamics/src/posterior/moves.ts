import { lowerTimes, solveLower } from '../linear/cholesky.ts';
import { standardNormalQuantile } from '../numerics/normal.ts';

/**
 * Moves of a chain. While proposals are fixed each of them keeps the posterior as it is: `difference` is symmetric,
 * `snooker` and `leap` give the logarithm of what their asymmetry has to be corrected by.
 */
export const moveKinds = ['difference', 'snooker', 'leap'] as const;
export type MoveKind = (typeof moveKinds)[number];

/** What proposals are made from. */
export interface Proposals {
  dimensions: number;
  /** States that differences are taken of, one after the other. */
  archive: Float64Array;
  rows: number;
  /** Factor on the length of differences. */
  scale: number;
  /** The distribution that leaps come from, fitted to earlier states. */
  leap: LeapLaw | undefined;
  leapShare: number;
  /** Share of differences taken in full, which carries chains from one mode to another (ter Braak 2006). */
  fullShare: number;
  /** Share of snooker moves among those that are no leaps. */
  snookerShare: number;
}

/** A multivariate distribution of Student. */
export interface LeapLaw {
  /** An even number. */
  freedom: number;
  center: Float64Array;
  /** Lower triangle whose product with its transpose is the scale matrix. */
  lower: Float64Array;
}

export interface Move {
  kind: MoveKind;
  /** Logarithm of the factor on the ratio of densities. */
  correction: number;
}

/** Share of differences cut short, which still move chains where a curved posterior is thin. */
const shortShare = 0.2;
/** The most that a difference is changed by in each coordinate, as a part of its size there. */
const jitter = 0.05;
const shareLeast = 2 ** -54;

/**
 * Writes a proposal for the state that starts at `at` of `states` to `out`. Difference and snooker moves: C. J. F. ter
 * Braak, J. A. Vrugt, "Differential evolution Markov chain with snooker updater and fewer chains", Statistics and
 * Computing 18 (2008) 435-446; C. J. F. ter Braak, "A Markov chain Monte Carlo version of the genetic algorithm
 * differential evolution", Statistics and Computing 16 (2006) 239-249. A leap is an independence proposal (L. Tierney,
 * Annals of Statistics 22 (1994) 1701-1728).
 */
export function propose(
  proposals: Proposals,
  states: Float64Array,
  at: number,
  next: () => number,
  out: Float64Array,
): Move {
  const share = next();
  if (proposals.leap !== undefined && share < proposals.leapShare) {
    return { kind: 'leap', correction: leap(proposals.leap, states, at, next, out) };
  }
  if (next() < proposals.snookerShare && proposals.rows >= 3) {
    return { kind: 'snooker', correction: snooker(proposals, states, at, next, out) };
  }
  difference(proposals, states, at, next, out);
  return { kind: 'difference', correction: 0 };
}

function difference(
  { archive, rows, dimensions: d, scale, fullShare }: Proposals,
  states: Float64Array,
  at: number,
  next: () => number,
  out: Float64Array,
): void {
  const [first, second] = twoRows(rows, next);
  const isFull = next() < fullShare;
  const factorOfLength = next() < shortShare ? 0.05 + 0.5 * next() : 0.75 + 0.5 * next();
  const length = isFull ? 1 : ((scale * 2.38) / Math.sqrt(2 * d)) * factorOfLength;
  for (let j = 0; j < d; j += 1) {
    const step = archive[first * d + j]! - archive[second * d + j]!;
    const factor = isFull ? 1 : length * (1 + jitter * (2 * next() - 1));
    out[at + j] = states[at + j]! + factor * step;
  }
}

function snooker(
  { archive, rows, dimensions: d }: Proposals,
  states: Float64Array,
  at: number,
  next: () => number,
  out: Float64Array,
): number {
  const [first, second, anchor] = threeRows(rows, next);
  let distance = 0;
  let along = 0;
  for (let j = 0; j < d; j += 1) {
    const offset = states[at + j]! - archive[anchor * d + j]!;
    distance += offset * offset;
    along += offset * (archive[first * d + j]! - archive[second * d + j]!);
  }
  const factor = distance === 0 ? 0 : ((1.2 + next()) * along) / distance;
  for (let j = 0; j < d; j += 1) {
    const offset = states[at + j]! - archive[anchor * d + j]!;
    out[at + j] = states[at + j]! + factor * offset;
  }
  return (d - 1) * Math.log(Math.abs(1 + factor));
}

function leap(law: LeapLaw, states: Float64Array, at: number, next: () => number, out: Float64Array): number {
  const { center, lower, freedom } = law;
  const d = center.length;
  const normals = Float64Array.from({ length: d }, () => standardNormalQuantile(next() + shareLeast));
  // Minus twice the logarithm of n uniform draws is chi-square with 2n degrees of freedom.
  let chiSquare = 0;
  for (let n = 0; n < freedom / 2; n += 1) chiSquare -= 2 * Math.log(next() + shareLeast);
  const stretch = Math.sqrt(freedom / chiSquare);
  const steps = lowerTimes(lower, normals);
  const offsets = new Float64Array(d);
  let proposed = 0;
  for (let j = 0; j < d; j += 1) {
    out[at + j] = center[j]! + stretch * steps[j]!;
    offsets[j] = states[at + j]! - center[j]!;
    proposed += (stretch * normals[j]!) ** 2;
  }
  const present = solveLower(lower, offsets).reduce((sum, value) => sum + value * value, 0);
  return ((freedom + d) / 2) * (Math.log1p(proposed / freedom) - Math.log1p(present / freedom));
}

function twoRows(rows: number, next: () => number): [number, number] {
  const first = Math.floor(next() * rows);
  const second = Math.floor(next() * (rows - 1));
  return [first, second < first ? second : second + 1];
}

function threeRows(rows: number, next: () => number): [number, number, number] {
  const [first, second] = twoRows(rows, next);
  let third = Math.floor(next() * (rows - 2));
  if (third >= Math.min(first, second)) third += 1;
  if (third >= Math.max(first, second)) third += 1;
  return [first, second, third];
}
