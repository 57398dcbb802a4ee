import type { Language } from './number.ts';

/** A moment in a zone, to the second: `2011-12-09 12:50:03`. */
export function moment(iso: string, zone: string, withSeconds = true): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  for (const { type, value } of format.formatToParts(at)) parts[type] = value;
  const day = `${parts.year}-${parts.month}-${parts.day}`;
  return `${day} ${parts.hour}:${parts.minute}${withSeconds ? `:${parts.second}` : ''}`;
}

/** The calendar day of a moment in a zone. */
export function dayOf(atMs: number, zone: string): string {
  return moment(new Date(atMs).toISOString(), zone).slice(0, 10);
}

/** A day as a short label: `12月9日`, `9 Dec`; with the year where `withYear` is set. */
export function dayLabel(day: string, language: Language, withYear = false): string {
  const at = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return day;
  const options: Intl.DateTimeFormatOptions = { timeZone: 'UTC', month: 'short', day: 'numeric' };
  if (withYear) options.year = 'numeric';
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, options).format(at);
}

/** The name of a bucket that starts on a day: a day, "week of", a month, a quarter. */
export function bucketLabel(day: string, grain: string, language: Language): string {
  const [year = '', month = ''] = day.split('-');
  if (grain === 'quarter') {
    const quarter = Math.ceil(Number(month) / 3);
    return language === 'zh-CN' ? `${year}年${quarter}季度` : `Q${quarter} ${year}`;
  }
  if (grain === 'month') {
    if (language === 'zh-CN') return `${year}年${Number(month)}月`;
    const name = new Intl.DateTimeFormat('en-GB', { month: 'short', timeZone: 'UTC' });
    return `${name.format(new Date(`${day}T00:00:00Z`))} ${year}`;
  }
  if (grain === 'week') {
    return language === 'zh-CN' ? `${dayLabel(day, language, true)}起一周` : `week of ${dayLabel(day, language, true)}`;
  }
  return dayLabel(day, language, true);
}

/** Hours, minutes or seconds of a delay in one short word: `2.4 s`, `3 min`. */
export function delayText(delayMs: number, language: Language): string {
  const zh = language === 'zh-CN';
  if (delayMs < 1000) return zh ? `${Math.round(delayMs)} 毫秒` : `${Math.round(delayMs)} ms`;
  if (delayMs < 60_000) return `${(delayMs / 1000).toFixed(1)} ${zh ? '秒' : 's'}`;
  if (delayMs < 3_600_000) return `${Math.round(delayMs / 60_000)} ${zh ? '分' : 'min'}`;
  return `${(delayMs / 3_600_000).toFixed(1)} ${zh ? '小时' : 'h'}`;
}
