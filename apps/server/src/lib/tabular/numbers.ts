import { type Cell, cellText, numberText } from './cells.ts';
import { scalarText } from './clean.ts';
import { canonical, expandExponent, isWhole, shiftDecimal } from './decimal.ts';
import { type DecimalSign, isRange, type Numeral, type NumeralOptions, readNumeral } from './numeral.ts';
import { found, type Parsed, type Refused, refused } from './outcome.ts';

export interface NumberOptions {
  readonly decimal?: DecimalSign;
  /** The unit of the column as a power of ten: 4 for a header such as `访客数(万)`. */
  readonly shift?: number;
}

const PLAIN_DOT = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;
const PLAIN_WHOLE = /^-?(?:0|[1-9]\d*)$/;

/**
 * An exact decimal: `1,234`, `12.3万`, `1.2M`, `(123.45)`, `123-`, full-width digits, grouped by comma, dot, space or
 * apostrophe. `3.2%` is not a decimal.
 */
export function parseDecimal(cell: Cell | undefined, options: NumberOptions = {}): Parsed<string> {
  return parseNumeral(cell, { decimal: options.decimal ?? 'auto', lone: 'fraction' }, options.shift ?? 0);
}

/** A whole number, as text because it may be longer than a float can hold. `1.234` is 1234 here, `1.000` is ambiguous. */
export function parseInteger(cell: Cell | undefined, options: NumberOptions = {}): Parsed<string> {
  if (typeof cell === 'string' && PLAIN_WHOLE.test(cell) && !options.shift) return found(cell);
  const decimal = options.decimal ?? 'auto';
  const text = typeof cell === 'string' ? cell : '';
  if (decimal === 'auto' && /^\s*[+-]?[1-9]\d{0,2}\.000\s*$/.test(text))
    return refused('number_ambiguous', { seen: text });
  const parsed = parseNumeral(cell, { decimal, lone: 'thousands' }, options.shift ?? 0);
  if (parsed.ok && parsed.note === undefined && !isWhole(parsed.value))
    return refused('not_an_integer', { seen: cellText(cell) });
  return parsed;
}

/** One or two numbers: `7.5w~10w`; `10万+` has no upper and `<5` no lower bound; a single number is both. */
export interface NumberRange {
  readonly min: string | null;
  readonly max: string | null;
}

export function parseRange(cell: Cell | undefined, options: NumberOptions = {}): Parsed<NumberRange> {
  const text = scalarText(cell);
  if (typeof text !== 'string') return text;
  const numeral: NumeralOptions = { decimal: options.decimal ?? 'auto', lone: 'fraction' };
  const shift = options.shift ?? 0;
  const read = (part: string): string | Refused => {
    const one = readNumeral(part, numeral);
    return 'ok' in one ? one : shiftDecimal(one.value, shift);
  };
  const body = text.normalize('NFKC').trim();
  if (!isRange(body)) {
    const one = read(body);
    return typeof one === 'string' ? found({ min: one, max: one }) : one;
  }
  const upper = /^[<≤]\s*(.+)$/.exec(body)?.[1];
  const lower = /^[>≥]\s*(.+)$/.exec(body)?.[1] ?? /^(.+?)\s*\+$/.exec(body)?.[1];
  if (upper !== undefined || lower !== undefined) {
    const bound = read(upper ?? lower ?? '');
    if (typeof bound !== 'string') return bound;
    return found(upper !== undefined ? { min: null, max: bound } : { min: bound, max: null });
  }
  const [from = '', to = '', ...more] = body.split(/\s*(?:[~∼〜至—–]|-(?=\s*\D{0,3}\d)|\bto\b)\s*/);
  const min = read(from);
  const max = read(to);
  if (more.length > 0 || typeof min !== 'string' || typeof max !== 'string')
    return refused('not_a_number', { seen: text });
  return found({ min, max });
}

export interface PercentOptions extends NumberOptions {
  /** What a plain number means: `percent` for a header such as `CTR (%)`, `ratio` for 0.032; a refusal unless given. */
  readonly plain?: 'percent' | 'ratio';
}

/** A share as an exact ratio: `3.2%` is 0.032. */
export function parsePercent(cell: Cell | undefined, options: PercentOptions = {}): Parsed<string> {
  if (typeof cell === 'object' && cell !== null && cell.kind === 'percent') return found(plainNumber(cell.ratio));
  const text = scalarText(cell);
  if (typeof text !== 'string') return text;
  const body = text.normalize('NFKC').replace('﹪', '%').trim();
  const marked = /^(.*?)\s*([%‰])$/.exec(body);
  const numeral = readNumeral(marked?.[1] ?? body, { decimal: options.decimal ?? 'auto', lone: 'fraction' });
  if ('ok' in numeral) return numeral.code === 'not_a_number' ? refused('not_a_percent', { seen: text }) : numeral;
  if (marked !== null) return found(shiftDecimal(numeral.value, marked[2] === '‰' ? -3 : -2));
  if (numeral.value === '0' || options.plain === 'ratio') return found(numeral.value);
  if (options.plain === 'percent') return found(shiftDecimal(numeral.value, -2));
  return refused('percent_unit_unknown', { seen: text });
}

/** What plain numbers of a share column mean: percent when any is beyond 1, else a ratio; null without plain numbers. */
export function guessPlainPercent(samples: Iterable<Cell>): 'percent' | 'ratio' | null {
  let seen = false;
  for (const cell of samples) {
    const parsed = typeof cell === 'object' ? null : parseDecimal(cell);
    if (parsed === null || !parsed.ok || parsed.note !== undefined || parsed.value === '0') continue;
    seen = true;
    if (Math.abs(Number(parsed.value)) > 1) return 'percent';
  }
  return seen ? 'ratio' : null;
}

const YES = /^(true|yes|y|1|是|有|对|已|√|✓|ya|có|ใช่)$/i;
const NO = /^(false|no|n|0|否|没有|不|未|×|✗|tidak|không|ไม่)$/i;

export function parseBoolean(cell: Cell | undefined): Parsed<boolean> {
  if (typeof cell === 'boolean') return found(cell);
  const text = scalarText(cell);
  if (typeof text !== 'string') return text;
  if (YES.test(text)) return found(true);
  if (NO.test(text)) return found(false);
  return refused('not_a_boolean', { seen: text });
}

function parseNumeral(cell: Cell | undefined, options: NumeralOptions, shift: number): Parsed<string> {
  if (typeof cell === 'number') return found(shiftDecimal(plainNumber(cell), shift));
  if (typeof cell === 'object' && cell !== null && cell.kind === 'percent') return found(plainNumber(cell.ratio));
  if (typeof cell === 'boolean')
    return refused('wrong_type', { seen: cellText(cell), found: 'boolean', expected: 'number' });
  if (typeof cell === 'string' && options.decimal === '.' && PLAIN_DOT.test(cell)) return found(shifted(cell, shift));
  const text = scalarText(cell);
  if (typeof text !== 'string') return text;
  const numeral: Numeral | Refused = readNumeral(text, options);
  return 'ok' in numeral ? numeral : found(shiftDecimal(numeral.value, shift));
}

function shifted(plain: string, shift: number): string {
  const negative = plain.startsWith('-');
  const [whole = '', fraction = ''] = (negative ? plain.slice(1) : plain).split('.');
  return shiftDecimal(canonical(negative, whole, fraction), shift);
}

/** A float as the exact decimal of its shortest text. */
export function plainNumber(value: number): string {
  const text = numberText(value);
  return expandExponent(text) ?? (text === '-0' ? '0' : text);
}
