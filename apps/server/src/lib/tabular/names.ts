import { isCurrency } from '#lib/money.ts';
import { comparable } from './clean.ts';
import { type DurationUnit, durationUnit } from './durations.ts';
import { stripMark } from './money.ts';

/** What the brackets of a column name say about its numbers. */
export type HeaderUnit =
  | { readonly kind: 'duration'; readonly unit: DurationUnit }
  | { readonly kind: 'percent' }
  | { readonly kind: 'money'; readonly currency: string | null; readonly shift: number }
  | { readonly kind: 'count'; readonly shift: number };

const SCALES: Readonly<Record<string, number>> = { 千: 3, 万: 4, 百万: 6, 亿: 8, k: 3, m: 6 };
const COUNT_WORDS = /^(次|人|人次|件|单|个|笔|场|名|条|款|pcs|times)$/;

/** A column name in the form in which names are compared; spaces around brackets and slashes do not count. */
export function comparableName(name: string): string {
  return comparable(name)
    .replace(/[【〔[]/g, '(')
    .replace(/[】〕\]]/g, ')')
    .replace(/\s*([()/\-_:])\s*/g, '$1')
    .replace(/[:*]+$/, '')
    .replace(/^\*/, '');
}

/** A column name without the unit in its last brackets, and the unit; brackets that hold no unit stay part of the name. */
export function headerUnit(name: string): { base: string; unit: HeaderUnit | null } {
  const text = name.normalize('NFKC').trim();
  const parts = /^(.+?)\s*[([【]\s*(?:单位[::]\s*)?([^()[\]【】]{1,12})\s*[)\]】]$/.exec(text);
  const [, base, inside] = parts ?? [];
  const unit = base === undefined || inside === undefined ? null : unitOf(inside.trim());
  return unit === null || base === undefined ? { base: text, unit: null } : { base, unit };
}

function unitOf(word: string): HeaderUnit | null {
  const small = word.toLowerCase();
  if (small === '%' || small === 'percent' || small === '百分比') return { kind: 'percent' };
  if (small === '元' || small === 'yuan') return { kind: 'money', currency: 'CNY', shift: 0 };
  if (small === '分' || small === 'fen') return small === 'fen' ? { kind: 'money', currency: 'CNY', shift: -2 } : null;
  const scaled = /^(百万|千|万|亿)元?$/.exec(small);
  const shift = SCALES[scaled?.[1] ?? ''];
  if (shift !== undefined)
    return small.endsWith('元') ? { kind: 'money', currency: 'CNY', shift } : { kind: 'count', shift };
  const duration = durationUnit(small);
  if (duration !== null && small !== 'm' && small !== 'd' && small !== '日')
    return { kind: 'duration', unit: duration };
  const code = word.toUpperCase();
  if (isCurrency(code)) return { kind: 'money', currency: code, shift: 0 };
  const marked = stripMark(`${word}1`);
  if (marked.body === '1' && marked.currencies.length > 0) {
    return {
      kind: 'money',
      currency: marked.currencies.length === 1 ? (marked.currencies[0] ?? null) : null,
      shift: 0,
    };
  }
  return COUNT_WORDS.test(small) ? { kind: 'count', shift: 0 } : null;
}

/** How alike two names are, 0 to 1: shared pairs of characters (Dice), which works for Chinese as for English words. */
export function similarity(a: string, b: string): number {
  const left = pairs(comparableName(a));
  const right = pairs(comparableName(b));
  if (left.length === 0 || right.length === 0) return comparableName(a) === comparableName(b) ? 1 : 0;
  const pool = new Map<string, number>();
  for (const pair of left) pool.set(pair, (pool.get(pair) ?? 0) + 1);
  let shared = 0;
  for (const pair of right) {
    const count = pool.get(pair) ?? 0;
    if (count === 0) continue;
    pool.set(pair, count - 1);
    shared++;
  }
  return (2 * shared) / (left.length + right.length);
}

function pairs(text: string): string[] {
  const characters = [...text.replace(/[\s()/\-_:]/g, '')];
  return characters.slice(1).map((character, i) => (characters[i] ?? '') + character);
}
