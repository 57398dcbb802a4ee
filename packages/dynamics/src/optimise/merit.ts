import type { Worth } from './problem.ts';

/** How worths are measured: goal and misses in units of their variation over the ranges. */
export interface Measure {
  goal: number;
  misses: Float64Array;
  isEquality: readonly boolean[];
  /** How far each constraint may be missed, in the unit of its output. */
  tolerances: Float64Array;
}

/** A point of shares with its worth. */
export interface Candidate {
  point: Float64Array;
  worth: Worth;
}

/** The goal and the misses in units of their variation, one after the other. */
export function scaledRow({ goal, misses }: Worth, measure: Measure): Float64Array {
  return Float64Array.from([goal / measure.goal, ...misses.map((miss, i) => miss / measure.misses[i]!)]);
}

/** How far constraints are missed beyond their tolerance, in units of their variation; 0 where all are kept. */
export function violation({ misses }: Worth, measure: Measure): number {
  let sum = 0;
  for (const [i, miss] of misses.entries()) {
    const amount = measure.isEquality[i]! ? Math.abs(miss) : miss;
    if (Number.isNaN(amount)) return Number.POSITIVE_INFINITY;
    if (amount > measure.tolerances[i]!) sum += amount / measure.misses[i]!;
  }
  return sum;
}

/** Points that keep the constraints before those that do not, then by goal or by violation. */
export function isBetter(one: Worth, other: Worth, measure: Measure): boolean {
  const [a, b] = [violation(one, measure), violation(other, measure)];
  if (a !== b) return a < b;
  return one.goal < other.goal;
}
