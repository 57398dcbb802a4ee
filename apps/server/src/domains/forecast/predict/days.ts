import type { Promotion, Snapshot } from '../task.ts';

const msPerDay = 86_400_000;

/** Factors that say how the days of a week differ. */
export interface Pattern {
  /** Monday to Sunday, with mean 1; null where all days are taken for alike. */
  weekday: readonly number[] | null;
  /** Of promotion days, beyond what the model explains. */
  promotion: number | null;
}

/** Day of the week of the first day of a snapshot, Monday being 0. */
export function firstWeekday({ from }: Pick<Snapshot, 'from'>): number {
  return (new Date(`${from}T00:00:00Z`).getUTCDay() + 6) % 7;
}

/** 1 for each of `days` days from the first day of the snapshot on that lies in a promotion. */
export function promotionDays(
  { from, promotions }: { from: string; promotions: readonly Promotion[] },
  days: number,
): Uint8Array {
  const marked = new Uint8Array(days);
  const first = Date.parse(`${from}T00:00:00Z`);
  for (const promotion of promotions) {
    const begin = Math.round((Date.parse(`${promotion.from}T00:00:00Z`) - first) / msPerDay);
    const end = Math.round((Date.parse(`${promotion.to}T00:00:00Z`) - first) / msPerDay);
    if (begin < end) marked.fill(1, Math.min(days, Math.max(0, begin)), Math.min(days, Math.max(0, end)));
  }
  return marked;
}

/** The relative size that each day is expected to have by its place in the week and by promotions. */
export function dayWeights(pattern: Pattern, weekday0: number, promotions: Uint8Array): Float64Array {
  return Float64Array.from(promotions, (isPromotion, day) => {
    const weekday = pattern.weekday?.[(weekday0 + day) % 7] ?? 1;
    return isPromotion === 1 ? weekday * (pattern.promotion ?? 1) : weekday;
  });
}

/** By how much promotions lift each span between boundaries beyond what the model explains: 1 where there are none. */
export function promotionLift(
  pattern: Pattern,
  weekday0: number,
  promotions: Uint8Array,
  boundaries: readonly number[],
): Float64Array {
  const lift = new Float64Array(Math.max(0, boundaries.length - 1)).fill(1);
  if (pattern.promotion === null) return lift;
  const plain = dayWeights({ ...pattern, promotion: null }, weekday0, promotions);
  const raised = dayWeights(pattern, weekday0, promotions);
  for (let week = 0; week < lift.length; week += 1) {
    let [base, all] = [0, 0];
    for (let day = boundaries[week]!; day < boundaries[week + 1]!; day += 1) {
      base += plain[day] ?? 1;
      all += raised[day] ?? 1;
    }
    if (base > 0) lift[week] = all / base;
  }
  return lift;
}

/**
 * Spreads the total of a span over its days by their weights, so that the days add up to it; for means and levels each day
 * has the value, times its weight over the mean weight.
 */
export function daysOfWeek(
  value: number,
  measure: 'total' | 'level' | 'mean',
  weights: ArrayLike<number>,
  from: number,
  to: number,
): Float64Array {
  const count = to - from;
  const days = new Float64Array(count);
  if (measure === 'level') return days.fill(value);
  let sum = 0;
  for (let day = from; day < to; day += 1) sum += weights[day] ?? 1;
  const whole = measure === 'total' ? value : value * count;
  for (let day = from; day < to; day += 1) {
    days[day - from] = sum > 0 ? (whole * (weights[day] ?? 1)) / sum : whole / count;
  }
  return days;
}
