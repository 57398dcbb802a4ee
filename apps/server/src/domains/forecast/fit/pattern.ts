import type { Pattern } from '../predict/days.ts';
import { isKnown, type Measure } from './blocks.ts';

const rounds = 3;
/** Weeks that are needed to tell days of the week apart, and promotion days that are needed to tell their factor. */
const weeksLeast = 4;
const promotionDaysLeast = 3;
/** From so many weeks on a factor is taken as it is; with fewer it is drawn towards 1. */
const weeksTrusted = 8;
/** Days before and after a promotion day that it is compared with. */
const reach = 10;
/** Standard errors from which on promotion days differ, and the least spread that they are taken to have. */
const scoreLeast = 2.5;
const spreadLeast = 0.05;
/** Share that is cut off on either side of a mean, so that outliers do not count. */
const trim = 0.2;

export interface PatternData {
  values: readonly (number | null)[];
  measure: Measure;
  /** The model's value of each day; all alike without. */
  model: ArrayLike<number> | undefined;
  weekday0: number;
  promotions: Uint8Array;
  boundaries: readonly number[];
}

/**
 * Weekday factors, and the factor of promotion days beyond what the model has for them. Each day is compared with the
 * week it lies in, after division by the model, and trimmed means are taken over the weeks. Ratios within a week rather
 * than a regression on logarithms: a drift of the model does not touch them, and days on which a shop is always closed
 * get their zero.
 */
export function patternOf(data: PatternData): Pattern {
  const none: Pattern = { weekday: null, promotion: null };
  if (data.measure === 'level') return none;
  const ratios = ratiosOf(data);
  let weekday: number[] | null = null;
  let promotion: number | null = null;
  for (let round = 0; round < rounds; round += 1) {
    weekday = weekdayFactors(data, ratios, weekday ?? new Array<number>(7).fill(1));
    promotion = promotionFactor(data, ratios, weekday);
  }
  return { weekday, promotion };
}

function ratiosOf({ values, model }: PatternData): Float64Array {
  return Float64Array.from(values, (value, day) => {
    if (!isKnown(value)) return Number.NaN;
    const expected = model === undefined ? 1 : (model[day] ?? Number.NaN);
    return expected > 0 ? value / expected : Number.NaN;
  });
}

function weekdayFactors(data: PatternData, ratios: Float64Array, factors: readonly number[]): number[] | null {
  const { boundaries, weekday0, promotions } = data;
  const seen: number[][] = Array.from({ length: 7 }, () => []);
  let weeks = 0;
  for (let week = 0; week + 1 < boundaries.length; week += 1) {
    const days: number[] = [];
    let [sum, expected] = [0, 0];
    for (let day = boundaries[week]!; day < boundaries[week + 1]!; day += 1) {
      if (promotions[day] === 1 || Number.isNaN(ratios[day]!)) continue;
      days.push(day);
      sum += ratios[day]!;
      expected += factors[(weekday0 + day) % 7]!;
    }
    if (days.length < 5 || !(sum > 0) || !(expected > 0)) continue;
    weeks += 1;
    for (const day of days) seen[(weekday0 + day) % 7]!.push((ratios[day]! * expected) / sum);
  }
  if (weeks < weeksLeast) return null;
  const raw = seen.map((all) => {
    if (all.length === 0) return 1;
    const trusted = Math.min(1, all.length / weeksTrusted);
    return Math.max(0, 1 + trusted * (trimmedMean(all) - 1));
  });
  const mean = raw.reduce((sum, factor) => sum + factor, 0) / 7;
  return mean > 0 ? raw.map((factor) => factor / mean) : null;
}

function promotionFactor(data: PatternData, ratios: Float64Array, weekday: readonly number[] | null): number | null {
  const { promotions, weekday0 } = data;
  const level = (day: number) => {
    const factor = weekday?.[(weekday0 + day) % 7] ?? 1;
    return factor > 0.05 ? ratios[day]! / factor : Number.NaN;
  };
  const gains: number[] = [];
  for (let day = 0; day < ratios.length; day += 1) {
    if (promotions[day] !== 1 || !(level(day) > 0)) continue;
    const beside: number[] = [];
    for (let other = Math.max(0, day - reach); other <= Math.min(ratios.length - 1, day + reach); other += 1) {
      if (promotions[other] !== 1 && Number.isFinite(level(other))) beside.push(level(other));
    }
    const base = trimmedMean(beside);
    if (beside.length >= 4 && base > 0) gains.push(Math.log(level(day) / base));
  }
  if (gains.length < promotionDaysLeast) return null;
  const gain = trimmedMean(gains);
  const spread = Math.sqrt(gains.reduce((sum, value) => sum + (value - gain) ** 2, 0) / (gains.length - 1));
  // A factor that chance would give as well is none, so that it takes nothing from what the model may explain.
  if (Math.abs(gain) < (scoreLeast * Math.max(spread, spreadLeast)) / Math.sqrt(gains.length)) return null;
  return Math.exp((gain * gains.length) / (gains.length + 1));
}

/** The mean without the lowest and the highest fifth; NaN of nothing. */
function trimmedMean(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const cut = Math.floor(trim * sorted.length);
  const kept = sorted.slice(cut, sorted.length - cut);
  return kept.reduce((sum, value) => sum + value, 0) / kept.length;
}
