import type { Objective, Quantiles } from '../task.ts';

/** Draws that stand for all, with what each counts. */
export interface Sample {
  places: readonly number[];
  /** Adds up to 1. */
  weights: Float64Array;
}

/** All draws, counting alike. */
export function everyDraw(count: number): Sample {
  return { places: Array.from({ length: count }, (_, i) => i), weights: new Float64Array(count).fill(1 / count) };
}

/**
 * Draws for the search: spread evenly over what the draws give under some plan. For the mean of the worst share half of
 * them come from twice that share, and count less each.
 */
export function stratified(values: Float64Array, size: number, risk: Objective['risk']): Sample {
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]! || a - b);
  if (size >= order.length) return everyDraw(order.length);
  const tail = risk.kind === 'cvar' ? Math.min(1, 2 * (1 - risk.alpha)) : 1;
  const cut = Math.max(1, Math.round(tail * order.length));
  const inTail = tail >= 1 ? size : Math.min(cut, Math.max(2, Math.ceil(size / 2)));
  const rest = Math.min(order.length - cut, size - inTail);
  const parts = [
    { from: 0, to: rest === 0 ? order.length : cut, count: inTail },
    { from: cut, to: order.length, count: rest },
  ];
  const places: number[] = [];
  const weights: number[] = [];
  for (const { from, to, count } of parts) {
    for (let k = 0; k < count; k += 1) {
      places.push(order[from + Math.floor(((k + 0.5) * (to - from)) / count)]!);
      weights.push((to - from) / count / order.length);
    }
  }
  return { places, weights: Float64Array.from(weights) };
}

export function meanOf(values: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += weights[i]! * values[i]!;
  return sum;
}

/** Weights that make the mean of values the objective: all of them, or the least values of a share 1 - alpha. */
export function riskWeights(values: Float64Array, weights: Float64Array, risk: Objective['risk']): Float64Array {
  if (risk.kind === 'mean') return weights;
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]! || a - b);
  const share = 1 - risk.alpha;
  const found = new Float64Array(values.length);
  let left = share;
  for (const i of order) {
    const taken = Math.min(left, weights[i]!);
    found[i] = taken / share;
    left -= taken;
    if (left <= 1e-12) break;
  }
  return found;
}

/** The objective: the mean, or the mean of the worst share (R. T. Rockafellar, S. Uryasev, J. Risk 2 (2000) 21-41). */
export function aggregated(values: Float64Array, weights: Float64Array, risk: Objective['risk']): number {
  for (const value of values) if (!Number.isFinite(value)) return Number.NaN;
  return meanOf(values, riskWeights(values, weights, risk));
}

/** Quantile of sorted values, type 7 of R. J. Hyndman, Y. Fan, Am. Stat. 50 (1996) 361-365. */
export function quantileOf(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const [a, b] = [sorted[below], sorted[Math.min(below + 1, sorted.length - 1)]];
  return a === undefined || b === undefined ? 0 : a + (place - below) * (b - a);
}

export function quantilesOf(values: Float64Array): Quantiles {
  const sorted = values.slice().sort();
  const q = (share: number) => quantileOf(sorted, share);
  const mean = values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
  return { p10: q(0.1), p25: q(0.25), p50: q(0.5), p75: q(0.75), p90: q(0.9), mean };
}

export function shareOf(values: Float64Array, holds: (value: number) => boolean): number {
  return values.length === 0 ? 0 : values.reduce((count, value) => count + (holds(value) ? 1 : 0), 0) / values.length;
}
