/** A calendar day `YYYY-MM-DD`. */
export type Day = string;

export const msPerDay = 86_400_000;

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formatters.set(zone, formatter);
  }
  return formatter;
}

/** Whether a text names an IANA time zone that this runtime knows. */
export function isZone(zone: string): boolean {
  try {
    formatterOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** Offset of a zone from UTC at an instant, in milliseconds (east is positive). */
export function zoneOffsetMs(zone: string, atMs: number): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatterOf(zone).formatToParts(atMs)) parts[type] = Number(value);
  const wall = Date.UTC(parts.year!, parts.month! - 1, parts.day!, parts.hour!, parts.minute!, parts.second!);
  return wall - Math.floor(atMs / 1000) * 1000;
}

/**
 * A function that gives the calendar day of an instant in a zone. It remembers the offset of each quarter of an hour it
 * has seen (no zone in use changes its offset within one), because asking Intl for every event would cost more than
 * everything else done to it.
 */
export function dayIn(zone: string): (atMs: number) => Day {
  const offsets = new Map<number, number>();
  return (atMs) => {
    const quarter = Math.floor(atMs / 900_000);
    let offset = offsets.get(quarter);
    if (offset === undefined) {
      if (offsets.size > 50_000) offsets.clear();
      offset = zoneOffsetMs(zone, quarter * 900_000);
      offsets.set(quarter, offset);
    }
    return dayOfUtc(atMs + offset);
  };
}

/** The UTC calendar day of an instant. */
export function dayOfUtc(atMs: number): Day {
  return new Date(atMs).toISOString().slice(0, 10);
}

/**
 * UTC milliseconds at which a calendar day starts in a zone: local midnight, or the first instant of that day where the
 * clocks skip midnight.
 */
export function dayStartMs(day: Day, zone: string): number {
  const wallMs = Date.parse(`${day}T00:00:00Z`);
  let atMs = wallMs - zoneOffsetMs(zone, wallMs);
  atMs = wallMs - zoneOffsetMs(zone, atMs);
  while (dayOfUtc(atMs + zoneOffsetMs(zone, atMs)) < day) atMs += 900_000;
  return atMs;
}

/** A day moved by a number of days. */
export function addDays(day: Day, count: number): Day {
  return dayOfUtc(Date.parse(`${day}T00:00:00Z`) + count * msPerDay);
}

/** Whether a text is a real calendar day. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return Number.isFinite(ms) && dayOfUtc(ms) === text;
}
