import { parseTime, timeOptions } from './tabular/timestamps.ts';

/** What is read of a row to find a time in it. */
interface TimeCells {
  timeMs(field: string): number | null;
  note(field: string): string | undefined;
  raw(field: string): string | null;
}

const dayOrMonthFirst = /^\s*\d{1,2}[/.-]\d{1,2}[/.-]\d{4}/;

/**
 * Reads times of platforms that write `10/05/2026`. Where no value of the column tells which is the day (a file of the
 * first twelve days of a month), the habit of the country does: the month comes first in the United States, the day elsewhere.
 */
export function localTimes(zone: string, currency: string): (row: TimeCells, field: string) => number | null {
  const habit = timeOptions(zone, currency === 'USD' ? 'mdy' : 'dmy');
  return (row, field) => {
    const raw = row.raw(field);
    if (raw !== null && dayOrMonthFirst.test(raw) && row.note(field) === 'unreadable') {
      const parsed = parseTime(raw, habit);
      if (parsed.ok && parsed.value) return parsed.value.atMs;
    }
    return row.timeMs(field);
  };
}
