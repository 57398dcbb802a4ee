import { type Measure, weekValue } from '../fit/blocks.ts';
import { patternOf } from '../fit/pattern.ts';
import { dayWeights, type Pattern, promotionLift } from '../predict/days.ts';

/** A daily series in its calendar, from model day 0. */
export interface SeriesInput {
  kpi: string;
  measure: Measure;
  /** By day; null where nothing is known. Values after an origin are never looked at for it. */
  values: readonly (number | null)[];
  /** Weekday of day 0, Monday being 0. */
  weekday0: number;
  /** 1 on promotion days, past and planned. */
  promotions: Uint8Array;
}

/** What a forecaster sees at an origin. */
export interface History {
  input: SeriesInput;
  /** Day of the origin: the first that is not seen. */
  origin: number;
  /** First days of the weeks that were seen, and the origin. */
  boundaries: number[];
  /** By week, zeros and negative values included; NaN for gaps. */
  weeks: Float64Array;
  pattern: Pattern;
  /** By how much promotions raised each week, and raise those to come. */
  lift: Float64Array;
  liftAhead: Float64Array;
}

/** Weeks of seven days that end with the day before the origin. */
export function boundariesBefore(origin: number): number[] {
  return Array.from({ length: Math.floor(origin / 7) + 1 }, (_, week) => (origin % 7) + 7 * week);
}

/**
 * The series as it was known at an origin. Weekday pattern and promotion factor are read from it alone; promotion days to
 * come are known, as calendars are.
 */
export function historyAt(input: SeriesInput, origin: number, weeksAhead: number): History {
  const { measure, weekday0, promotions } = input;
  const values = input.values.slice(0, origin);
  const boundaries = boundariesBefore(origin);
  const pattern = patternOf({ values, measure, model: undefined, weekday0, promotions, boundaries });
  const ahead = Array.from({ length: weeksAhead + 1 }, (_, week) => origin + 7 * week);
  const known = daysMarked(promotions, origin + 7 * weeksAhead);
  return {
    input: { ...input, values },
    origin,
    boundaries,
    weeks: weeksOf({ ...input, values }, boundaries, pattern),
    pattern,
    lift: promotionLift(pattern, weekday0, known, boundaries),
    liftAhead: promotionLift(pattern, weekday0, known, ahead),
  };
}

/** What came out in each week after the origin; NaN where not enough of it was seen. */
export function weeksAfter(input: SeriesInput, origin: number, weeksAhead: number): Float64Array {
  const pattern = patternOf({ ...input, model: undefined, boundaries: boundariesBefore(input.values.length) });
  const boundaries = Array.from({ length: weeksAhead + 1 }, (_, week) => origin + 7 * week);
  return weeksOf(input, boundaries, pattern);
}

function weeksOf(input: SeriesInput, boundaries: readonly number[], pattern: Pattern): Float64Array {
  const { values, measure, weekday0, promotions } = input;
  const weights = dayWeights(pattern, weekday0, daysMarked(promotions, values.length));
  return Float64Array.from({ length: Math.max(0, boundaries.length - 1) }, (_, week) => {
    const value = weekValue(values, { from: boundaries[week]!, to: boundaries[week + 1]! }, measure, weights);
    return value ?? Number.NaN;
  });
}

function daysMarked(promotions: Uint8Array, days: number): Uint8Array {
  if (promotions.length >= days) return promotions.subarray(0, days);
  const longer = new Uint8Array(days);
  longer.set(promotions);
  return longer;
}
