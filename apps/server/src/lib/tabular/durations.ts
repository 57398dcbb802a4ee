import type { Cell } from './cells.ts';
import { scalarText } from './clean.ts';
import { shiftDecimal } from './decimal.ts';
import { plainNumber } from './numbers.ts';
import { readNumeral } from './numeral.ts';
import { found, type Parsed, refused } from './outcome.ts';

export type DurationUnit = 'ms' | 's' | 'min' | 'h' | 'd';

export interface DurationOptions {
  /** The unit of a plain number, from the header (`Duration (seconds)`, `直播时长(min)`); a refusal unless given. */
  readonly unit?: DurationUnit;
  /** What `02:30` is: minutes and seconds (the default) or hours and minutes. */
  readonly clock?: 'mm:ss' | 'hh:mm';
}

const SECONDS: Readonly<Record<DurationUnit, number>> = { ms: 0.001, s: 1, min: 60, h: 3600, d: 86_400 };
const WORDS: readonly (readonly [DurationUnit, RegExp])[] = [
  ['ms', /^(ms|msec|毫秒)$/],
  ['d', /^(天|日|d|days?|hari|ngày|วัน)$/],
  ['h', /^(小时|小時|时|時|h|hrs?|hours?|jam|giờ|ชั่วโมง)$/],
  ['min', /^(分钟|分鐘|分|m|mins?|minutes?|menit|phút|นาที)$/],
  ['s', /^(秒钟|秒鐘|秒|s|secs?|seconds?|detik|giây|วินาที)$/],
];

/** The unit that a word means, as in a header or behind a number. */
export function durationUnit(word: string): DurationUnit | null {
  const small = word.trim().toLowerCase();
  return WORDS.find(([, pattern]) => pattern.test(small))?.[0] ?? null;
}

/** A length of time in seconds: `2分钟30秒`, `1小时2分`, `02:30`, `1:02:30`, `150s`, `2m30s`, `2.5min`, an Excel time. */
export function parseDuration(cell: Cell | undefined, options: DurationOptions = {}): Parsed<number> {
  if (typeof cell === 'object' && cell !== null && cell.kind === 'serial') {
    return cell.days < 20_000
      ? found(Math.round(cell.days * 86_400_000) / 1000)
      : refused('not_a_duration', { seen: cell.days });
  }
  if (typeof cell === 'number') return inUnit(plainNumber(cell), options.unit);
  const text = scalarText(cell);
  if (typeof text !== 'string') return text;
  const body = text.normalize('NFKC').toLowerCase().trim();
  const clock = /^(?:(\d+)\s*(?:d|days?|天)\s*)?(\d+):([0-5]?\d)(?::([0-5]?\d(?:\.\d+)?))?$/.exec(body);
  if (clock !== null) return fromClock(clock, options.clock ?? 'mm:ss');
  if (/^[\d.,]+$/.test(body)) {
    const numeral = readNumeral(body, { decimal: 'auto', lone: 'fraction' });
    return 'ok' in numeral ? refused('not_a_duration', { seen: text }) : inUnit(numeral.value, options.unit);
  }
  return fromWords(body, text);
}

function fromClock(parts: RegExpExecArray, order: 'mm:ss' | 'hh:mm'): Parsed<number> {
  const [, days = '0', first = '0', second = '0', third] = parts;
  const start = Number(days) * 86_400;
  if (third !== undefined) return found(start + Number(first) * 3600 + Number(second) * 60 + Number(third));
  const scale = order === 'hh:mm' ? 60 : 1;
  return found(start + (Number(first) * 60 + Number(second)) * scale);
}

function fromWords(body: string, seen: string): Parsed<number> {
  let total = 0;
  let last = Number.POSITIVE_INFINITY;
  let rest = body;
  while (rest !== '') {
    const part = /^(\d[\d,]*(?:\.\d+)?)\s*([^\d\s.,]+)[\s.,]*/.exec(rest);
    const unit = part === null ? null : durationUnit(part[2] ?? '');
    if (part === null || unit === null || SECONDS[unit] >= last) return refused('not_a_duration', { seen });
    last = SECONDS[unit];
    total += Number((part[1] ?? '').replaceAll(',', '')) * last;
    rest = rest.slice(part[0].length);
  }
  return Number.isFinite(total) ? found(Math.round(total * 1000) / 1000) : refused('not_a_duration', { seen });
}

function inUnit(value: string, unit: DurationUnit | undefined): Parsed<number> {
  if (value === '0') return found(0);
  if (value.startsWith('-')) return refused('not_a_duration', { seen: value });
  if (unit === undefined) return refused('duration_unit_unknown', { seen: value });
  if (unit === 'ms') return found(Number(shiftDecimal(value, -3)));
  return found(Math.round(Number(value) * SECONDS[unit] * 1000) / 1000);
}
