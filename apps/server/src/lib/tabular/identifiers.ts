import { type Cell, cellText, numberText } from './cells.ts';
import { cleanText, isMasked, noValueOf, scalarText, unguard } from './clean.ts';
import { found, nothing, type Parsed, refused } from './outcome.ts';

const MAX_TEXT_CHARACTERS = 10_000;
const MAX_ID_CHARACTERS = 256;
const PLAIN_ID = /^(?!0+$)[1-9]\d{0,14}$/;

/** Free text: invisible characters removed, ends trimmed; masked and not yet final values are told apart. */
export function parseText(cell: Cell | undefined, options: { readonly maxCharacters?: number } = {}): Parsed<string> {
  if (cell === null || cell === undefined) return nothing('empty');
  if (typeof cell === 'object' && cell.kind === 'error') return refused('error_cell', { seen: cell.text });
  const text = cleanText(typeof cell === 'string' ? cell.replace(/^(\t|')(?=.)/, '') : cellText(cell));
  const none = noValueOf(text);
  if (none !== null) return none;
  const limit = options.maxCharacters ?? MAX_TEXT_CHARACTERS;
  if (text.length > limit) return refused('text_too_long', { length: text.length, limit });
  return found(text);
}

/**
 * An identifier as text. What a spreadsheet did to it is undone when that is safe (guards, quotes, `123.0`) and refused when
 * digits are lost: `6.91234E+17`, or a number beyond 2^53. Masked values are never identifiers.
 */
export function parseId(cell: Cell | undefined, options: { readonly truncated?: boolean } = {}): Parsed<string> {
  if (typeof cell === 'string' && PLAIN_ID.test(cell)) return found(cell);
  if (typeof cell === 'number') {
    if (!Number.isSafeInteger(cell)) {
      if (!Number.isInteger(cell) && Math.abs(cell) < 1e15) return found(numberText(cell));
      return refused('id_damaged', { seen: String(cell) });
    }
    return checkedId(String(cell), options);
  }
  const text = scalarText(cell);
  if (typeof text !== 'string') return text;
  const id = text.replace(/^(\d{1,15})\.0+$/, '$1');
  return checkedId(id, options);
}

function checkedId(id: string, options: { readonly truncated?: boolean }): Parsed<string> {
  if (/^[+-]?\d(\.\d+)?[eE]\+?\d{2,}$/.test(id)) return refused('id_damaged', { seen: id });
  if (/[*＊•●]/.test(id) || isMasked(id)) return nothing('masked');
  if (options.truncated === true && looksTruncated(id)) return refused('id_truncated', { seen: id });
  if (id.length > MAX_ID_CHARACTERS) return refused('text_too_long', { length: id.length, limit: MAX_ID_CHARACTERS });
  return found(id);
}

function looksTruncated(id: string): boolean {
  return id.length > 15 && /^\d{15}0+$/.test(id);
}

/**
 * True when most of the long ids of a column end in zeros after the 15th digit: a spreadsheet saved them as numbers. One
 * such id alone may be what it is; a column of them is not.
 */
export function guessTruncatedIds(samples: Iterable<Cell>): boolean {
  let long = 0;
  let cut = 0;
  for (const cell of samples) {
    const text = typeof cell === 'string' ? unguard(cell) : typeof cell === 'number' ? String(cell) : '';
    if (!/^\d{16,}$/.test(text)) continue;
    long++;
    if (looksTruncated(text)) cut++;
  }
  return cut >= 2 && cut > long / 2;
}

/** Calling codes and the lengths of national mobile numbers, without the trunk zero. */
const REGIONS = {
  CN: { code: '86', mobile: /^1[3-9]\d{9}$/, national: /^[1-9]\d{8,10}$/ },
  HK: { code: '852', mobile: /^[4-9]\d{7}$/, national: /^[2-9]\d{7}$/ },
  TW: { code: '886', mobile: /^9\d{8}$/, national: /^[2-9]\d{7,8}$/ },
  ID: { code: '62', mobile: /^8\d{8,11}$/, national: /^[1-9]\d{6,11}$/ },
  MY: { code: '60', mobile: /^1\d{8,9}$/, national: /^[1-9]\d{7,9}$/ },
  TH: { code: '66', mobile: /^[689]\d{8}$/, national: /^[1-9]\d{7,8}$/ },
  VN: { code: '84', mobile: /^[35789]\d{8}$/, national: /^[1-9]\d{8,9}$/ },
  PH: { code: '63', mobile: /^9\d{9}$/, national: /^[1-9]\d{7,9}$/ },
  SG: { code: '65', mobile: /^[89]\d{7}$/, national: /^[3689]\d{7}$/ },
  GB: { code: '44', mobile: /^7\d{9}$/, national: /^[1-9]\d{8,9}$/ },
  US: { code: '1', mobile: /^[2-9]\d{9}$/, national: /^[2-9]\d{9}$/ },
} as const;

export type PhoneRegion = keyof typeof REGIONS;

/**
 * A phone number as `+` and digits; numbers without a calling code are of `region` (CN unless given). A masked number, and
 * a platform's privacy number with an extension (`18412345678-1234`, `…转1234`, `…[1234]`), which other buyers get too, is no
 * identifier and comes as `masked`.
 */
export function parsePhone(cell: Cell | undefined, options: { readonly region?: PhoneRegion } = {}): Parsed<string> {
  if (typeof cell === 'number' && !Number.isSafeInteger(cell)) return refused('id_damaged', { seen: String(cell) });
  const text = scalarText(cell);
  if (typeof text !== 'string') return text;
  const body = text
    .normalize('NFKC')
    .replace(/^(\d+)\.0+$/, '$1')
    .trim();
  if (/\d[eE]\+?\d/.test(body)) return refused('id_damaged', { seen: text });
  if (/[*•●xX]/.test(body)) return nothing('masked');
  if (/^\+?\d{11,13}\s*(-|转|轉|,|#|ext\.?|\[|\()\s*\d{2,6}[\])]?$/i.test(body)) return nothing('masked');
  const digits = body.replace(/[\s().\-/–]/g, '');
  if (!/^\+?\d{5,16}$/.test(digits)) return refused('not_a_phone', { seen: text });
  const international = /^(?:\+|00)([1-9]\d+)$/.exec(digits)?.[1];
  const region = REGIONS[options.region ?? 'CN'];
  const e164 = international === undefined ? national(digits, region) : foreign(international);
  return e164 === null ? refused('not_a_phone', { seen: text }) : found(`+${e164}`);
}

function national(digits: string, region: (typeof REGIONS)[PhoneRegion]): string | null {
  if (region.mobile.test(digits)) return region.code + digits;
  if (digits.startsWith(region.code) && region.mobile.test(digits.slice(region.code.length))) return digits;
  const bare = digits.replace(/^0/, '');
  return region.national.test(bare) && (digits !== bare || region.code !== '86') ? region.code + bare : null;
}

function foreign(digits: string): string | null {
  for (const { code, mobile, national: any } of Object.values(REGIONS)) {
    if (!digits.startsWith(code)) continue;
    const bare = digits.slice(code.length).replace(/^0/, '');
    if (mobile.test(bare) || any.test(bare)) return code + bare;
    if (code !== '1') return null;
  }
  return digits.length >= 8 && digits.length <= 15 ? digits : null;
}
