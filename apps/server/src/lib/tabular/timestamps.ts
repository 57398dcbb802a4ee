import { type Cell, cellText } from './cells.ts';
import { scalarText, unguard } from './clean.ts';
import { found, type Parsed, refused, whenFound } from './outcome.ts';
import { type Instant, zoneClock } from './zone-clock.ts';

export type DateOrder = 'dmy' | 'mdy';

export interface TimeValue {
  /** UTC milliseconds. */
  readonly atMs: number;
  /** The smallest part that was written. */
  readonly precision: 'day' | 'hour' | 'minute' | 'second';
}

/** How the times of a column are read; made once per column, because a zone's changes are remembered in it. */
export interface TimeOptions {
  /** Turns a wall clock into UTC; from `zoneClock(zone)`. */
  readonly clock: (wallMs: number) => Instant;
  /** What 05/01/2024 means; without it a value that can be both is refused. */
  readonly dateOrder?: DateOrder;
}

/** A wall clock, as if it were UTC milliseconds, or an instant when the text names its offset. */
interface Wall {
  readonly wallMs: number;
  readonly precision: TimeValue['precision'];
  readonly instant: boolean;
}

interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly rest: string;
}

const ISO_SECONDS = /^\d{4}[-/]\d\d[-/]\d\d[ T]\d\d:\d\d:\d\d$/;
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const MONTH = '(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?';
const YEAR_FIRST = /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*日?(.*)$/s;
const YEAR_LAST = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?!\d)(.*)$/s;
const DAY_NAME = new RegExp(`^(\\d{1,2})[\\s-]+${MONTH}[\\s,-]+(\\d{4}|\\d{2})(?!\\d)(.*)$`, 'is');
const NAME_DAY = new RegExp(`^${MONTH}\\s+(\\d{1,2})(?:st|nd|rd|th)?[\\s,]+(\\d{4})(?!\\d)(.*)$`, 'is');
const COMPACT = /^(\d{4})(\d\d)(\d\d)(?:[ T]?(\d\d)(\d\d)(\d\d)?)?$/;
const WEEKDAY = /\(?\s*((周|星期)[一二三四五六日天]|\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*\b)\s*\)?,?/gi;
const CLOCK =
  /^[\sT,]*(上午|下午|晚上|凌晨|中午|早上)?\s*(\d{1,2})(?:\s*[:时時点]\s*(\d{1,2})?)?(?:\s*[:分]\s*(\d{1,2})(?:[.,](\d{1,9}))?\s*秒?)?\s*分?\s*(am|pm|a\.m\.|p\.m\.)?\s*(.*)$/is;
const OFFSET = /^\(?(?:utc|gmt)?\s*(?:([+-])(\d{1,2}):?(\d\d)?)?\)?$/i;
/** 1955 to 2064: what a serial day of a business file can be. */
const SERIAL_MIN = 20_000;
const SERIAL_MAX = 60_000;
const DAY_MS = 86_400_000;
const EPOCH_SERIAL = 25_569;

/** A moment: the forms that platforms write, epoch seconds or milliseconds, Excel days. */
export function parseTime(cell: Cell | undefined, options: TimeOptions): Parsed<TimeValue> {
  return whenFound(readWall(cell, options.dateOrder), (wall) => {
    if (wall.instant) return found({ atMs: wall.wallMs, precision: wall.precision });
    const { atMs, flag } = options.clock(wall.wallMs);
    const value = { atMs, precision: wall.precision };
    return flag === undefined ? found(value) : found(value, flag);
  });
}

/** A calendar day as `YYYY-MM-DD`; a time of day behind it is left out, a moment is taken on its day in the zone. */
export function parseDay(cell: Cell | undefined, options: TimeOptions): Parsed<string> {
  return whenFound(readWall(cell, options.dateOrder), (wall) => {
    if (!wall.instant) return found(new Date(wall.wallMs).toISOString().slice(0, 10));
    const near = wall.wallMs;
    const offset = near - options.clock(near).atMs;
    return found(new Date(near + offset).toISOString().slice(0, 10));
  });
}

export interface IntervalValue {
  readonly from: TimeValue;
  readonly to: TimeValue;
}

/** `2024-05-01 20:00 ~ 2024-05-01 23:10`, `… 至 …`, `2024-05-01 20:00-23:10` (over midnight when the end is smaller). */
export function parseInterval(cell: Cell | undefined, options: TimeOptions): Parsed<IntervalValue> {
  const text = scalarText(cell);
  if (typeof text !== 'string') return text;
  const body = text.normalize('NFKC');
  const parts = body.split(/\s*(?:[~∼〜至–—]|\s-{1,2}\s|\bto\b|(?<=:\d\d)-(?=\d))\s*/).filter((part) => part !== '');
  const halves = parts.length === 2 ? parts : dayHyphenDay(body);
  const [first, second] = halves;
  if (halves.length !== 2 || first === undefined || second === undefined)
    return refused('not_an_interval', { seen: text });
  const from = parseTime(first, options);
  if (!from.ok || from.note !== undefined) return refused('not_an_interval', { seen: text });
  const onlyClock = /^\d{1,2}:\d\d(:\d\d)?$/.test(second);
  const day = /^(.*?\d)[\sT]+\d{1,2}:/.exec(first)?.[1];
  const to = parseTime(onlyClock && day !== undefined ? `${day} ${second}` : second, options);
  if (!to.ok || to.note !== undefined) return refused('not_an_interval', { seen: text });
  const late = onlyClock && to.value.atMs < from.value.atMs ? DAY_MS : 0;
  const end = { ...to.value, atMs: to.value.atMs + late };
  if (end.atMs < from.value.atMs) return refused('interval_reversed', { seen: text });
  return found({ from: from.value, to: end });
}

export interface DateOrderGuess {
  /** Null when no value tells. */
  readonly dateOrder: DateOrder | null;
  readonly proofs: number;
  /** Values that can only be read the other way. */
  readonly contradicting: number;
  /** Values that can be read both ways. */
  readonly open: number;
}

/** Decides over a column whether 05/01/2024 is the 5th of January or May 1st: a number above 12 proves it. */
export function guessDateOrder(samples: Iterable<Cell>): DateOrderGuess {
  const votes = { dmy: 0, mdy: 0 };
  let open = 0;
  for (const cell of samples) {
    const parts = typeof cell === 'string' ? YEAR_LAST.exec(unguard(cell).normalize('NFKC')) : null;
    if (parts === null) continue;
    const [first, second] = [Number(parts[1]), Number(parts[3])];
    if (first > 12 && second <= 12) votes.dmy++;
    else if (second > 12 && first <= 12) votes.mdy++;
    else if (first !== second) open++;
  }
  const dateOrder = votes.dmy === votes.mdy ? null : votes.dmy > votes.mdy ? 'dmy' : 'mdy';
  return { dateOrder, proofs: Math.max(votes.dmy, votes.mdy), contradicting: Math.min(votes.dmy, votes.mdy), open };
}

/** Reads times of one zone; see `TimeOptions`. */
export function timeOptions(zone: string, dateOrder?: DateOrder): TimeOptions {
  return dateOrder === undefined ? { clock: zoneClock(zone) } : { clock: zoneClock(zone), dateOrder };
}

function readWall(cell: Cell | undefined, order: DateOrder | undefined): Parsed<Wall> {
  if (typeof cell === 'string' && ISO_SECONDS.test(cell)) return fixedWall(cell);
  if (typeof cell === 'object' && cell !== null && cell.kind === 'serial') return serialWall(cell.days, cellText(cell));
  if (typeof cell === 'number') return numberWall(String(cell));
  const text = scalarText(cell);
  if (typeof text !== 'string') return text;
  const body = text.normalize('NFKC').replace(WEEKDAY, ' ').trim();
  if (/^\d+(\.\d+)?$/.test(body)) return numberWall(body);
  const parts = dateParts(body, order);
  if (parts === null) return refused('not_a_time', { seen: text });
  if (parts === 'ambiguous') return refused('date_ambiguous', { seen: text });
  return assemble(parts, text);
}

/** The commonest form, read by position. */
function fixedWall(text: string): Parsed<Wall> {
  const two = (at: number) => (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48;
  const clock = { hour: two(11), minute: two(14), second: two(17), ms: 0 };
  return checked({ year: two(0) * 100 + two(2), month: two(5), day: two(8), rest: '' }, clock, 'second', null, text);
}

function numberWall(text: string): Parsed<Wall> {
  const compact = COMPACT.exec(text);
  if (compact !== null && (text.length === 8 || text.length === 12 || text.length === 14)) {
    const [, year, month, day, hour, minute, second] = compact;
    const precision = second !== undefined ? 'second' : hour !== undefined ? 'minute' : 'day';
    const clock = { hour: Number(hour ?? 0), minute: Number(minute ?? 0), second: Number(second ?? 0), ms: 0 };
    return checked(
      { year: Number(year), month: Number(month), day: Number(day), rest: '' },
      clock,
      precision,
      null,
      text,
    );
  }
  if (/^1\d{9}(\.\d+)?$/.test(text))
    return found({ wallMs: Math.round(Number(text) * 1000), precision: 'second', instant: true });
  if (/^1\d{12}$/.test(text)) return found({ wallMs: Number(text), precision: 'second', instant: true });
  const days = Number(text);
  return days >= SERIAL_MIN && days < SERIAL_MAX ? serialWall(days, text) : refused('not_a_time', { seen: text });
}

function serialWall(days: number, seen: string): Parsed<Wall> {
  if (days < 1) return refused('not_a_time', { seen });
  // Excel believes that 1900 was a leap year, so days before March of it are one behind.
  const real = days < 60 ? days + 1 : days;
  const exactMs = (real - EPOCH_SERIAL) * DAY_MS;
  const second = Math.round(exactMs / 1000) * 1000;
  const wallMs = Math.abs(exactMs - second) < 10 ? second : Math.round(exactMs);
  return found({ wallMs, precision: wallMs % DAY_MS === 0 ? 'day' : 'second', instant: false });
}

function dateParts(body: string, order: DateOrder | undefined): Parts | 'ambiguous' | null {
  const first = YEAR_FIRST.exec(body);
  if (first !== null)
    return { year: Number(first[1]), month: Number(first[2]), day: Number(first[3]), rest: first[4] ?? '' };
  const named = DAY_NAME.exec(body);
  if (named !== null)
    return { year: fullYear(named[3]), month: monthOf(named[2]), day: Number(named[1]), rest: named[4] ?? '' };
  const american = NAME_DAY.exec(body);
  if (american !== null) {
    return {
      year: fullYear(american[3]),
      month: monthOf(american[1]),
      day: Number(american[2]),
      rest: american[4] ?? '',
    };
  }
  const last = YEAR_LAST.exec(body);
  if (last === null) return null;
  const [a, b] = [Number(last[1]), Number(last[3])];
  const told = order ?? (a > 12 || a === b || last[2] === '.' ? 'dmy' : b > 12 ? 'mdy' : undefined);
  if (told === undefined) return 'ambiguous';
  const [day, month] = told === 'dmy' ? [a, b] : [b, a];
  return { year: fullYear(last[4]), month, day, rest: last[5] ?? '' };
}

function fullYear(text: string | undefined): number {
  const year = Number(text);
  return year < 100 ? 2000 + year : year;
}

function monthOf(name: string | undefined): number {
  return MONTHS.indexOf((name ?? '').slice(0, 3).toLowerCase()) + 1;
}

function assemble(parts: Parts, seen: string): Parsed<Wall> {
  const none = { hour: 0, minute: 0, second: 0, ms: 0 };
  if (parts.rest.trim() === '') return checked(parts, none, 'day', null, seen);
  const clock = CLOCK.exec(parts.rest);
  if (clock === null) return refused('not_a_time', { seen });
  const [, before, hourText = '', minute, second, fraction, after, zone = ''] = clock;
  const hour = afternoon(Number(hourText), (after ?? before ?? '').toLowerCase());
  const offset = offsetMs(zone.trim());
  if (offset === undefined) return refused('not_a_time', { seen });
  const ms = Number((fraction ?? '').slice(0, 3).padEnd(3, '0'));
  const precision = second !== undefined ? 'second' : minute !== undefined ? 'minute' : 'hour';
  return checked(
    parts,
    { hour, minute: Number(minute ?? 0), second: Number(second ?? 0), ms },
    precision,
    offset,
    seen,
  );
}

function afternoon(hour: number, half: string): number {
  if (/^(pm|p\.m\.|下午|晚上)$/.test(half)) return hour < 12 ? hour + 12 : hour;
  if (/^(am|a\.m\.|上午|凌晨|早上)$/.test(half)) return hour === 12 ? 0 : hour;
  return hour;
}

/** Null: no offset is written; undefined: what is written is no offset. */
function offsetMs(text: string): number | null | undefined {
  if (text === '') return null;
  if (/^z$/i.test(text)) return 0;
  const parts = OFFSET.exec(text);
  if (parts === null) return undefined;
  const [, sign, hours = '0', minutes = '0'] = parts;
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

function checked(
  parts: Parts,
  clock: { hour: number; minute: number; second: number; ms: number },
  precision: TimeValue['precision'],
  offset: number | null,
  seen: string,
): Parsed<Wall> {
  const { year, month, day } = parts;
  const { hour, minute, second, ms } = clock;
  const midnightAtEnd = hour === 24 && minute === 0 && second === 0;
  const wallMs = Date.UTC(year, month - 1, day, hour, minute, Math.min(second, 59), ms);
  const inClock = (hour < 24 || midnightAtEnd) && minute < 60 && second <= 60;
  const inCalendar = month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (!inClock || !inCalendar || year < 1900) return refused('date_impossible', { seen });
  return offset === null
    ? found({ wallMs, precision, instant: false })
    : found({ wallMs: wallMs - offset, precision, instant: true });
}

/** `2024-05-01-2024-05-31` and `2024/05/01-2024/05/31`. */
function dayHyphenDay(body: string): string[] {
  const parts = /^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2})\s*[-/]\s*(\d{4}[-/.]\d{1,2}[-/.]\d{1,2})$/.exec(body.trim());
  return parts === null ? [] : [parts[1] ?? '', parts[2] ?? ''];
}
