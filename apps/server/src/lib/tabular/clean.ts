import { type Cell, numberText } from './cells.ts';
import { type Nothing, nothing, type Refused, refused } from './outcome.ts';

/** Characters that are not seen: zero-width, direction marks, byte order mark, controls other than tab and line breaks. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed.
const INVISIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
const QUOTES = [
  ['"', '"'],
  ["'", "'"],
  ['“', '”'],
  ['‘', '’'],
] as const;
const PLAIN = /^[\w.,:%/+-]*$/;
const EMPTY = new Set([
  '',
  ...'- -- --- — —— – / // \u005c \u005cn'.split(' '),
  ...'n/a na nan null (null) nil none undefined'.split(' '),
  ...'暂无 暂无数据 无 无数据 空 (空) (无) 未知 不适用'.split(' '),
]);
const NOT_FINAL =
  /^(数据)?(将|预计)?(于|在)?(第二天|次日|明日|明天|隔日|t\s*\+\s*\d+)(日|天)?\s*(更新|产出|可见|可查)?$|^数据.{0,12}(更新|产出|可见)$|^(数据)?(计算|统计|更新|生成|加载|结算)中(\.\.\.|…)*$|^(待更新|待统计|暂未更新|暂未产出|calculating|updating|not yet available|data pending)\.{0,3}$/i;
const ERRORS = /^#(N\/A|REF!|VALUE!|DIV\/0!|NAME\?|NUM!|NULL!)$/;
/** Two or more stars or dots in the place of characters; an encrypted field of the Douyin open platform. */
const MASK = /[*＊]{2,}|^[*＊•●#$]+$|[•●]{3,}|^(##|\$\$|~~).|^([#$~]).+\2\d\2\2$/;

/** Text as it was meant: invisible characters removed, odd spaces made plain, ends trimmed, line breaks kept. */
export function cleanText(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .replace(INVISIBLE, '')
    .replace(/[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g, ' ')
    .trim();
}

/** Removes what exports put around a value so that a spreadsheet leaves it alone: `="123"`, `'123`, `"123"`, a tab. */
export function unguard(text: string): string {
  let bare = cleanText(text);
  if (PLAIN.test(bare)) return bare;
  const formula = /^=\s*"(.*)"$/s.exec(bare)?.[1];
  if (formula !== undefined) bare = cleanText(formula.replaceAll('""', '"'));
  if (bare.length > 1 && bare.startsWith("'")) bare = cleanText(bare.slice(1));
  const ends = QUOTES.find(([open, close]) => bare.length > 1 && bare.startsWith(open) && bare.endsWith(close));
  if (ends !== undefined) bare = cleanText(bare.slice(1, -1));
  return bare;
}

/**
 * A name in the form in which names are compared: NFKC (full-width becomes half-width), invisible characters removed,
 * small letters, one space between words.
 */
export function comparable(text: string): string {
  return unguard(text.normalize('NFKC')).toLowerCase().replace(/\s+/g, ' ').trim();
}

/** Whether a cleaned text stands for "no value", "hidden" or "not computed yet"; null when it is a value. */
export function noValueOf(text: string): Nothing | null {
  if (text === '') return nothing('empty');
  const code = text.charCodeAt(0);
  if (code >= 48 && code <= 57 && PLAIN.test(text)) return null;
  if (text.length <= 10 && EMPTY.has(text.normalize('NFKC').toLowerCase())) return nothing('empty');
  if (MASK.test(text)) return nothing('masked');
  if (text.length <= 40 && NOT_FINAL.test(text.normalize('NFKC'))) return nothing('not_final');
  return null;
}

/** True for a text in which something was hidden by the platform. */
export function isMasked(text: string): boolean {
  return MASK.test(text);
}

/**
 * The text of a cell from which a number, a time or an id is read: without guards; or why there is none. Typed cells
 * that are not text or number are the caller's business.
 */
export function scalarText(cell: Cell | undefined): string | Nothing | Refused {
  if (cell === null || cell === undefined) return nothing('empty');
  if (typeof cell === 'number') return numberText(cell);
  if (typeof cell === 'boolean') return cell ? 'TRUE' : 'FALSE';
  if (typeof cell !== 'string') {
    if (cell.kind === 'error') return refused('error_cell', { seen: cell.text });
    return refused('wrong_type', {
      seen: numberText(cell.kind === 'serial' ? cell.days : cell.ratio),
      found: cell.kind,
      expected: 'text',
    });
  }
  const text = unguard(cell);
  const none = noValueOf(text);
  if (none !== null) return none;
  if (text.startsWith('#') && ERRORS.test(text)) return refused('error_cell', { seen: text });
  if (text.includes('\ufffd')) return refused('bad_encoding', { seen: text });
  return text;
}
