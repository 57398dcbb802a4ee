import type { SetupObservation } from '../setup.ts';

export type Measure = SetupObservation['measure'];

/** A week needs days that make up this share of it, else it is a gap. */
const shareLeast = 0.5;
/** A level at the end of a week may be this many days older than the end. */
const levelDaysBack = 3;

/** What a series was in each week. */
export interface Blocks {
  /** Totals, means or end levels as they would be with all days; NaN for a gap. */
  values: Float64Array;
  /** Days that were seen, of all weeks. */
  days: number;
  /** Weeks with data that could not be used since they add up to zero or less. */
  notPositive: number;
  /** Weeks with data of which too little was seen. */
  thin: number;
}

/**
 * Weeks of a daily series between `boundaries`. Days that are missing are made up for by `weights`, the relative size that
 * each day would be expected to have: a total is what was seen, divided by the share of the week that was seen. Weeks
 * that are zero or less have no logarithm and are gaps.
 */
export function weeklyBlocks(
  values: readonly (number | null)[],
  boundaries: readonly number[],
  measure: Measure,
  weights: ArrayLike<number>,
): Blocks {
  const weeks = Math.max(0, boundaries.length - 1);
  const blocks: Blocks = { values: new Float64Array(weeks).fill(Number.NaN), days: 0, notPositive: 0, thin: 0 };
  for (let week = 0; week < weeks; week += 1) {
    const span = { from: boundaries[week]!, to: boundaries[week + 1]! };
    const days = daysSeen(values, span);
    blocks.days += days;
    if (days === 0) continue;
    const value = weekValue(values, span, measure, weights);
    if (value === undefined) blocks.thin += 1;
    else if (value > 0) blocks.values[week] = value;
    else blocks.notPositive += 1;
  }
  return blocks;
}

/**
 * The total, mean or end level of one span of days, made up for missing days by `weights`; zero and less included.
 * Undefined where too little was seen.
 */
export function weekValue(
  values: readonly (number | null)[],
  span: Span,
  measure: Measure,
  weights: ArrayLike<number>,
): number | undefined {
  if (measure === 'level') return levelOf(values, span);
  const sum = sumOf(values, span, weights);
  return sum === undefined || measure === 'total' ? sum : sum / (span.to - span.from);
}

function daysSeen(values: readonly (number | null)[], { from, to }: Span): number {
  let days = 0;
  for (let day = from; day < to; day += 1) if (isKnown(values[day])) days += 1;
  return days;
}

/** Days `from` to the day before `to`. */
export interface Span {
  from: number;
  to: number;
}

function sumOf(values: readonly (number | null)[], { from, to }: Span, weights: ArrayLike<number>): number | undefined {
  let [sum, seen, whole, days] = [0, 0, 0, 0];
  for (let day = from; day < to; day += 1) {
    const weight = weights[day] ?? 1;
    whole += weight;
    const value = values[day];
    if (!isKnown(value)) continue;
    sum += value;
    seen += weight;
    days += 1;
  }
  if (days === to - from) return sum;
  return seen > 0 && seen >= shareLeast * whole ? (sum * whole) / seen : undefined;
}

function levelOf(values: readonly (number | null)[], { from, to }: Span): number | undefined {
  for (let day = to - 1; day >= Math.max(from, to - levelDaysBack); day -= 1) {
    const level = values[day];
    if (isKnown(level)) return level;
  }
  return undefined;
}

/** Whether something is known of a day. */
export function isKnown(value: number | null | undefined): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}
