import { currencyExponent, isCurrency } from '#lib/money.ts';
import { type Cell, cellText } from './cells.ts';
import { noValueOf, scalarText, unguard } from './clean.ts';
import { shiftDecimal, toInteger } from './decimal.ts';
import { plainNumber } from './numbers.ts';
import { type DecimalSign, type NumeralOptions, readNumeral } from './numeral.ts';
import { found, type Parsed, refused } from './outcome.ts';

/** An exact amount: minor units of the currency by ISO 4217 (fen, cents; IDR and TWD have 2, JPY, KRW and VND have 0). */
export interface MoneyValue {
  readonly minor: bigint;
  readonly currency: string;
}

export interface MoneyOptions {
  /** The currency of the column or of the brand; an unmarked amount is in it. */
  readonly currency: string;
  readonly decimal?: DecimalSign;
  /** The unit of the column as a power of ten: 4 for `成交金额(万元)`, -2 for amounts in fen. */
  readonly shift?: number;
}

/** Marks and the currencies that they may mean; an unmarked first one is taken when the column does not decide. */
const MARKS: readonly (readonly [mark: string, currencies: string])[] = [
  ['人民币', 'CNY'],
  ['RMB', 'CNY'],
  ['CN¥', 'CNY'],
  ['US$', 'USD'],
  ['HK$', 'HKD'],
  ['NT$', 'TWD'],
  ['MX$', 'MXN'],
  ['S$', 'SGD'],
  ['A$', 'AUD'],
  ['C$', 'CAD'],
  ['R$', 'BRL'],
  ['美元', 'USD'],
  ['港元', 'HKD'],
  ['日元', 'JPY'],
  ['Rp.', 'IDR'],
  ['Rp', 'IDR'],
  ['RM', 'MYR'],
  ['VNĐ', 'VND'],
  ['บาท', 'THB'],
  ['元', 'CNY TWD HKD'],
  ['圆', 'CNY JPY'],
  ['円', 'JPY'],
  ['원', 'KRW'],
  ['$', 'USD SGD HKD TWD AUD CAD NZD MXN CLP COP ARS'],
  ['¥', 'CNY JPY'],
  ['£', 'GBP EGP'],
  ['€', 'EUR'],
  ['฿', 'THB'],
  ['₫', 'VND'],
  ['đ', 'VND'],
  ['₱', 'PHP'],
  ['₩', 'KRW KPW'],
  ['₹', 'INR'],
  ['₽', 'RUB'],
  ['₺', 'TRY'],
  ['zł', 'PLN'],
  ['kr', 'SEK NOK DKK ISK'],
];
/** Shown without decimals in everyday use, whatever ISO 4217 says: one sign with three digits behind it is thousands. */
const SHOWN_WHOLE = new Set('IDR VND KRW JPY CLP COP PYG LAK MMK KHR HUF UGX ISK'.split(' '));
/** Countries that write 1.234,56. */
const COMMA_DECIMAL = new Set('IDR VND BRL ARS CLP COP TRY DKK NOK SEK PLN CZK HUF RUB UAH RON EUR'.split(' '));
const PLAIN_DOT = /^-?(?:0|[1-9]\d*)(?:\.\d{1,2})?$/;

/**
 * An amount of money: `¥1,234`, `Rp9.467.316`, `1.234,56 €`, `(US$12.50)`, `12.3万元`. More digits than the currency has
 * are rounded, halves away from zero, and flagged. A mark of another currency than the column's is refused.
 */
export function parseMoney(cell: Cell | undefined, options: MoneyOptions): Parsed<MoneyValue> {
  const { currency } = options;
  if (!/^[A-Z]{3}$/.test(currency)) return refused('currency_unknown', { seen: cellText(cell) });
  const shift = options.shift ?? 0;
  if (typeof cell === 'number') return amount(plainNumber(cell), currency, shift);
  if (typeof cell === 'string' && PLAIN_DOT.test(cell) && options.decimal !== ',') return amount(cell, currency, shift);
  const text = scalarText(cell);
  if (typeof text !== 'string') return text;
  const marked = stripMark(text);
  const rest = noValueOf(unguard(marked.body));
  if (rest !== null) return rest;
  const named = marked.currencies.length === 0 ? currency : marked.currencies.find((code) => code === currency);
  if (named === undefined) {
    return refused('currency_mismatch', { seen: text, found: marked.currencies[0] ?? '', expected: currency });
  }
  const numeral = readNumeral(marked.body, numeralOptions(currency, options.decimal));
  if ('ok' in numeral) return { ...numeral, ...refused(numeral.code, { ...numeral.detail, seen: text }) };
  return amount(numeral.value, currency, shift);
}

export interface NumeralStyle {
  readonly decimal: DecimalSign;
  /** `certain`: values prove it; `likely`: the habit of the currency; `none`: nothing to go by. */
  readonly certainty: 'certain' | 'likely' | 'none';
  /** Values that prove the opposite of what was decided. */
  readonly contradicting: number;
}

/**
 * Decides over a COLUMN what its separators mean, because `1.234` alone can be both. A value with both signs, with one
 * sign twice, or with other than three digits behind its only sign proves it; the majority of proofs decides. Without
 * any, the habit of the currency does.
 */
export function guessNumeralStyle(samples: Iterable<Cell>, currency?: string): NumeralStyle {
  const votes = { '.': 0, ',': 0 };
  let open = 0;
  for (const cell of samples) {
    if (typeof cell !== 'string') continue;
    const digits = /\d[\d.,]*/.exec(stripMark(unguard(cell)).body.normalize('NFKC'))?.[0].replace(/[.,]+$/, '') ?? '';
    const vote = styleVote(digits);
    if (vote === null) open += /[.,]/.test(digits) ? 1 : 0;
    else votes[vote]++;
  }
  if (votes['.'] + votes[','] > 0) {
    const decimal = votes['.'] >= votes[','] ? '.' : ',';
    return { decimal, certainty: 'certain', contradicting: votes[decimal === '.' ? ',' : '.'] };
  }
  if (open === 0 || currency === undefined) return { decimal: 'auto', certainty: 'none', contradicting: 0 };
  if (SHOWN_WHOLE.has(currency)) return { decimal: 'auto', certainty: 'likely', contradicting: 0 };
  return { decimal: COMMA_DECIMAL.has(currency) ? ',' : '.', certainty: 'likely', contradicting: 0 };
}

function styleVote(digits: string): '.' | ',' | null {
  const marks = digits.replace(/\d/g, '');
  if (marks === '') return null;
  const last = marks.endsWith('.') ? '.' : ',';
  const other = last === '.' ? ',' : '.';
  if (marks.includes(other)) return last;
  if (marks.length > 1) return other;
  const [whole = '', fraction = ''] = digits.split(last);
  return fraction.length === 3 && whole.length <= 3 && whole !== '0' ? null : last;
}

/** Currencies that the mark on an amount may mean, and the text without it. */
export function stripMark(text: string): { body: string; currencies: readonly string[] } {
  const body = text.normalize('NFKC').trim();
  const sign = /^[-−(+]\s*/.exec(body)?.[0] ?? '';
  const core = body.slice(sign.length);
  for (const [mark, currencies] of MARKS) {
    const bare = without(core, mark);
    if (bare !== null) return { body: sign + bare, currencies: currencies.split(' ') };
  }
  const code = /^([A-Za-z]{3})[\s.]*(?=[\d(+-])|(?<=[\d)万亿kKmM])\s*([A-Za-z]{3})\)?$/.exec(core);
  const name = (code?.[1] ?? code?.[2])?.toUpperCase();
  if (code === null || name === undefined || !isCurrency(name)) return { body, currencies: [] };
  const rest =
    code[1] !== undefined ? core.slice(code[0].length) : core.slice(0, code.index) + (core.endsWith(')') ? ')' : '');
  return { body: sign + rest, currencies: [name] };
}

function without(core: string, mark: string): string | null {
  const lower = core.toLowerCase();
  const small = mark.toLowerCase();
  if (lower.startsWith(small)) {
    const rest = core.slice(mark.length);
    return /^\s*[-+(]?\s*[\d.,]/.test(rest) || !/[\p{L}]/u.test(rest) ? rest.trim() : null;
  }
  const closing = core.endsWith(')') ? ')' : '';
  const open = core.slice(0, core.length - closing.length).trimEnd();
  if (!open.toLowerCase().endsWith(small)) return null;
  const rest = open.slice(0, open.length - mark.length).trimEnd();
  return /[\d)万亿千百kKmMwW.-]$/.test(rest) ? rest + closing : null;
}

function numeralOptions(currency: string, decimal: DecimalSign | undefined): NumeralOptions {
  const lone = SHOWN_WHOLE.has(currency) ? 'thousands' : COMMA_DECIMAL.has(currency) ? 'refuse' : 'refuse_dot';
  return { decimal: decimal ?? 'auto', lone };
}

function amount(value: string, currency: string, shift: number): Parsed<MoneyValue> {
  const { integer, rounded } = toInteger(shiftDecimal(value, currencyExponent(currency) + shift));
  if (integer > MAX_MINOR || integer < -MAX_MINOR) return refused('out_of_range', { seen: value, limit: '18 digits' });
  return rounded ? found({ minor: integer, currency }, 'rounded') : found({ minor: integer, currency });
}

/** Fits a signed 64-bit column. */
const MAX_MINOR = 999_999_999_999_999_999n;
