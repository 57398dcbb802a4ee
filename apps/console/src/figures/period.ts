/** Days are `YYYY-MM-DD` in the brand's zone; a period includes `from` and excludes `to`, as the API does. */
export interface Period {
  from: string;
  to: string;
}

export type PeriodChoice = '7d' | '30d' | '90d' | 'month' | 'quarter' | 'year' | 'all' | 'custom';

const msPerDay = 86_400_000;

export function isDay(text: unknown): text is string {
  return typeof text === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * msPerDay).toISOString().slice(0, 10);
}

export function addMonths(day: string, months: number): string {
  const [year = 0, month = 1] = day.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 10);
}

export function daysIn(period: Period): number {
  return Math.round((Date.parse(`${period.to}T00:00:00Z`) - Date.parse(`${period.from}T00:00:00Z`)) / msPerDay);
}

export function quarterOf(day: string): string {
  return `${day.slice(0, 4)}Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`;
}

/** First day of the bucket that holds a day; weeks start on Monday. */
export function bucketStart(day: string, grain: string): string {
  if (grain === 'month') return `${day.slice(0, 7)}-01`;
  if (grain === 'quarter') {
    const month = Math.floor((Number(day.slice(5, 7)) - 1) / 3) * 3 + 1;
    return `${day.slice(0, 4)}-${String(month).padStart(2, '0')}-01`;
  }
  if (grain === 'week') return addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
  return day;
}

/** The day after the last day of the bucket that starts on a day. */
export function bucketEnd(start: string, grain: string): string {
  if (grain === 'week') return addDays(start, 7);
  if (grain === 'month') return addMonths(start, 1);
  if (grain === 'quarter') return addMonths(start, 3);
  return addDays(start, 1);
}

/** The period of a choice, ending with the last day that has data (included). */
export function periodOf(choice: PeriodChoice, lastDay: string, firstDay?: string | null): Period {
  const to = addDays(lastDay, 1);
  switch (choice) {
    case '7d':
      return { from: addDays(to, -7), to };
    case '90d':
      return { from: addDays(to, -90), to };
    case 'month':
      return { from: bucketStart(lastDay, 'month'), to };
    case 'quarter':
      return { from: bucketStart(lastDay, 'quarter'), to };
    case 'year':
      return { from: addDays(to, -365), to };
    case 'all':
      return { from: firstDay ?? addDays(to, -30), to };
    default:
      return { from: addDays(to, -30), to };
  }
}

/** The choice that a period is, so that an address opened by someone else shows the same button pressed. */
export function choiceOf(period: Period, lastDay: string, firstDay?: string | null): PeriodChoice {
  const choices: PeriodChoice[] = ['30d', '7d', '90d', 'month', 'quarter', 'year', 'all'];
  const same = (choice: PeriodChoice) => {
    const { from, to } = periodOf(choice, lastDay, firstDay);
    return from === period.from && to === period.to;
  };
  return choices.find(same) ?? 'custom';
}

/** The period of the same length before, moved by whole weeks so that weekdays face each other. */
export function comparablePeriod(period: Period): Period {
  const days = Math.max(7, Math.ceil(daysIn(period) / 7) * 7);
  return { from: addDays(period.from, -days), to: addDays(period.to, -days) };
}

/** The grain at which a period gives a readable number of points. */
export function grainFor(period: Period): 'day' | 'week' | 'month' {
  const days = daysIn(period);
  if (days <= 100) return 'day';
  return days <= 400 ? 'week' : 'month';
}
