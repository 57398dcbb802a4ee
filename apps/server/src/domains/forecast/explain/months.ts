import { addDays, type Day } from '#lib/time.ts';
import { dayNumber, dayOf } from '../model/index.ts';
import type { Snapshot } from '../task.ts';

/** Months beyond which an explanation does not go back: four years. */
const monthsMost = 48;

/** A calendar month, or what of it lies within a span. */
export interface MonthSpan {
  month: Day;
  /** Numbers of its first day and of the day after the last. */
  from: number;
  to: number;
  isForecast: boolean;
}

/** Calendar months between two days of the model; the month of `today` is cut in two, known and to come. */
export function monthsBetween(snapshot: Pick<Snapshot, 'from'>, from: number, to: number, today: number): MonthSpan[] {
  const bounds = new Set([from, to]);
  if (from < today && today < to) bounds.add(today);
  for (let month = firstOfNextMonth(dayOf(snapshot, from)); ; month = firstOfNextMonth(month)) {
    const day = dayNumber(snapshot, month);
    if (day >= to) break;
    bounds.add(day);
  }
  const days = [...bounds].sort((a, b) => a - b);
  const spans = days.slice(0, -1).map((day, i) => ({
    month: `${dayOf(snapshot, day).slice(0, 7)}-01`,
    from: day,
    to: days[i + 1]!,
    isForecast: day >= today,
  }));
  return spans.slice(-monthsMost);
}

function firstOfNextMonth(day: Day): Day {
  return `${addDays(`${day.slice(0, 7)}-01`, 32).slice(0, 7)}-01`;
}
