import { addDays, type Day, msPerDay } from '#lib/time.ts';
import type { Grain } from './schema.ts';

/** Days from one calendar day to another. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / msPerDay);
}

/** First day of the bucket that a day falls in; `total` has one bucket, which starts on `from`. Weeks start on Monday (ISO 8601). */
export function bucketStart(day: Day, grain: Grain, from: Day): Day {
  switch (grain) {
    case 'day':
      return day;
    case 'week':
      return addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
    case 'month':
      return `${day.slice(0, 7)}-01`;
    case 'quarter': {
      const month = Math.floor((Number(day.slice(5, 7)) - 1) / 3) * 3 + 1;
      return `${day.slice(0, 4)}-${String(month).padStart(2, '0')}-01`;
    }
    case 'total':
      return from;
  }
}

/** First day of the bucket after the one that starts on `start`; `total` has none, so the end of the range. */
export function nextBucket(start: Day, grain: Grain, to: Day): Day {
  switch (grain) {
    case 'day':
      return addDays(start, 1);
    case 'week':
      return addDays(start, 7);
    case 'month':
      return bucketStart(addDays(start, 31), 'month', start);
    case 'quarter':
      return bucketStart(addDays(start, 95), 'quarter', start);
    case 'total':
      return to;
  }
}

/** First days of all buckets that a range touches, in order. */
export function bucketsOf(from: Day, to: Day, grain: Grain): Day[] {
  const buckets: Day[] = [];
  for (let start = bucketStart(from, grain, from); start < to; start = nextBucket(start, grain, to))
    buckets.push(start);
  return buckets;
}

/** First day of the bucket before the first of a range: the period that a change is measured against. */
export function bucketBefore(from: Day, to: Day, grain: Grain): Day {
  const first = bucketStart(from, grain, from);
  return grain === 'total' ? addDays(from, -daysBetween(from, to)) : bucketStart(addDays(first, -1), grain, from);
}

/** The same in ClickHouse: the first day of the bucket that a Date expression falls in. Needs `from` bound for `total`. */
export function bucketSql(grain: Grain, column = 'day'): string {
  switch (grain) {
    case 'day':
      return column;
    case 'week':
      return `toMonday(${column})`;
    case 'month':
      return `toStartOfMonth(${column})`;
    case 'quarter':
      return `toStartOfQuarter(${column})`;
    case 'total':
      return '{from:Date}';
  }
}

/** The quarter of a day, as targets name it: `2026Q1`. */
export function quarterOf(day: Day): string {
  return `${day.slice(0, 4)}Q${Math.floor((Number(day.slice(5, 7)) - 1) / 3) + 1}`;
}
