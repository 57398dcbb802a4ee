import { canonical, expandExponent, shiftDecimal } from './decimal.ts';
import { type Refused, refused } from './outcome.ts';

/** Which sign parts the fraction from the whole; `auto` decides value by value and refuses what can be read both ways. */
export type DecimalSign = '.' | ',' | 'auto';

export interface NumeralOptions {
  readonly decimal: DecimalSign;
  /**
   * What one sign with three digits behind it (`1.234`) means when `decimal` is `auto`: thousands for a whole number and
   * for money of a currency shown without decimals, a refusal for other money (`refuse_dot`: of the dot alone, where the
   * currency's habit is 1,234.56), a fraction for other numbers.
   */
  readonly lone: 'thousands' | 'refuse' | 'refuse_dot' | 'fraction';
}

export interface Numeral {
  readonly value: string;
  /** True when the text had a multiplier such as 万 or k, so that digits were left out of it. */
  readonly scaled: boolean;
}

/** Powers of ten by the word behind a number. `M` is million; Indonesian and Vietnamese words are spelled out. */
const MULTIPLIERS: Readonly<Record<string, number>> = {
  十万: 5,
  百万: 6,
  千万: 7,
  万亿: 12,
  十: 1,
  百: 2,
  千: 3,
  万: 4,
  萬: 4,
  亿: 8,
  億: 8,
  w: 4,
  k: 3,
  m: 6,
  mn: 6,
  mio: 6,
  b: 9,
  bn: 9,
  rb: 3,
  ribu: 3,
  jt: 6,
  juta: 6,
  miliar: 9,
  nghìn: 3,
  tr: 6,
  triệu: 6,
  tỷ: 9,
  พัน: 3,
  หมื่น: 4,
  แสน: 5,
  ล้าน: 6,
  만: 4,
  억: 8,
};
/** Counting words that may stand behind a number and change nothing. */
const COUNTERS = /(次|人次|人|件|单|个|笔|场|名|位|条|款|只|枚|份|天|日|元|圆|건|명|pcs|times|orders|items|views)$/i;
const WHOLE_GROUPS = /^\d{1,3}(?:S\d{3})+$/;

/** Reads a number out of a cleaned text that holds nothing else (signs, grouping, multiplier and counter included). */
export function readNumeral(text: string, options: NumeralOptions): Numeral | Refused {
  let body = text
    .normalize('NFKC')
    .replace(/[−﹣–‐]/g, '-')
    .replace(/[、﹐]/g, ',')
    .trim();
  if (isRange(body)) return refused('number_is_range', { seen: text });
  let negative = false;
  const wrapped = /^\((.+)\)$/.exec(body)?.[1] ?? /^-\s*\((.+)\)$/.exec(body)?.[1];
  if (wrapped !== undefined) {
    negative = true;
    body = wrapped.trim();
  }
  const sign = /^([+-])\s*|\s*(-)$/.exec(body);
  if (sign !== null) {
    if (negative) return refused('not_a_number', { seen: text });
    negative = (sign[1] ?? sign[2]) === '-';
    body = sign[1] === undefined ? body.slice(0, sign.index) : body.slice(sign[0].length);
  }
  const exponential = expandExponent(body);
  if (exponential !== null) return { value: negate(exponential, negative), scaled: false };
  const { digits, power } = multiplier(body);
  if (!/^[\d.,' ’_]+$/.test(digits) || !/\d/.test(digits)) return refused('not_a_number', { seen: text });
  const lone = power > 0 ? 'fraction' : options.lone;
  const parts = separate(digits, { decimal: options.decimal, lone });
  if (typeof parts === 'string') return refused(parts, { seen: text, decimal: options.decimal });
  return { value: shiftDecimal(canonical(negative, parts.whole, parts.fraction), power), scaled: power > 0 };
}

/** True for `7.5w~10w`, `1-5`, `10万+`, `<5`: more than one number, or a bound. */
export function isRange(body: string): boolean {
  if (/[~∼〜至]/.test(body) || /^[<>≤≥≈约]/.test(body) || /[\d万亿wk]\s*\+$/i.test(body)) return true;
  return /[\d万亿wkm%]\s*(-|–|—|\bto\b)\s*[^\d\s]{0,3}\d/i.test(body) && !/[eE][+-]?\d+$/.test(body);
}

function negate(value: string, negative: boolean): string {
  if (!negative || value === '0') return value;
  return value.startsWith('-') ? value.slice(1) : `-${value}`;
}

function multiplier(text: string): { digits: string; power: number } {
  if (/\d$/.test(text)) return { digits: text, power: 0 };
  const direct = wordPower(text);
  if (direct !== null) return direct;
  const uncounted = text.replace(COUNTERS, '').trim();
  return wordPower(uncounted) ?? { digits: uncounted, power: 0 };
}

function wordPower(text: string): { digits: string; power: number } | null {
  const parts = /^([\d.,' ’_]*\d)\s*([^\d\s]+)\.?$/.exec(text);
  const power = MULTIPLIERS[(parts?.[2] ?? '').toLowerCase()];
  return parts?.[1] === undefined || power === undefined ? null : { digits: parts[1], power };
}

type Separated = { whole: string; fraction: string } | 'not_a_number' | 'number_style' | 'number_ambiguous';

function separate(digits: string, options: NumeralOptions): Separated {
  let body = digits;
  const gap = /[ '’_]/.exec(body)?.[0];
  if (gap !== undefined) {
    const wholePart = /^[\d '’_]+/.exec(body)?.[0] ?? '';
    if (!grouped(wholePart.trim(), gap)) return 'not_a_number';
    body = body.replaceAll(gap, '');
    if (!/^\d+([.,]\d*)?$/.test(body)) return 'not_a_number';
    return cut(body, body.search(/[.,]/));
  }
  const dots = body.split('.').length - 1;
  const commas = body.split(',').length - 1;
  if (dots === 0 && commas === 0) return { whole: body, fraction: '' };
  if (options.decimal !== 'auto') return bySign(body, options.decimal);
  if (dots > 0 && commas > 0) return bySign(body, body.lastIndexOf('.') > body.lastIndexOf(',') ? '.' : ',');
  const mark = dots > 0 ? '.' : ',';
  const other = mark === '.' ? ',' : '.';
  if (dots + commas > 1) return bySign(body, other);
  const at = body.indexOf(mark);
  const loneGroup = /^[1-9]\d{0,2}[.,]\d{3}$/.test(body);
  if (!loneGroup) return cut(body, at);
  if (options.lone === 'thousands') return bySign(body, other);
  if (mark === ',') return options.lone === 'refuse' ? 'number_ambiguous' : bySign(body, '.');
  return options.lone === 'fraction' ? cut(body, at) : 'number_ambiguous';
}

function bySign(body: string, sign: '.' | ','): Separated {
  const at = body.lastIndexOf(sign);
  const whole = at < 0 ? body : body.slice(0, at);
  const fraction = at < 0 ? '' : body.slice(at + 1);
  const group = sign === '.' ? ',' : '.';
  if (whole.includes(sign) || fraction.includes(group)) return 'number_style';
  if (whole.includes(group) && !grouped(whole, group)) return 'number_style';
  return { whole: whole.replaceAll(group, ''), fraction };
}

/** Groups of three, or the Indian 2-2-3. */
function grouped(whole: string, sign: string): boolean {
  const shape = whole.replaceAll(sign, 'S');
  return WHOLE_GROUPS.test(shape) || (sign === ',' && /^\d{1,2}(?:S\d{2})+S\d{3}$/.test(shape)) || !shape.includes('S');
}

function cut(body: string, at: number): { whole: string; fraction: string } {
  return at < 0 ? { whole: body, fraction: '' } : { whole: body.slice(0, at), fraction: body.slice(at + 1) };
}
