import { daysOf } from '../model/index.ts';
import type { Snapshot } from '../task.ts';

/** Days of a month of the plan, so that twelve make a year. */
export const daysOfMonth = 365 / 12;

/** Days of the forecast that a number of months has. */
export function horizonDays(months: number): number {
  return Math.round(months * daysOfMonth);
}

/** A plan's time in model days. */
export interface Span {
  start: number;
  stop: number;
  months: number;
}

export function spanOf(snapshot: Snapshot, months: number): Span {
  const start = daysOf(snapshot);
  return { start, stop: start + horizonDays(months), months };
}
