import type { Words } from '../setup.ts';
import type { UncertainShare } from './result.ts';

/** A finding for the reader, in both languages. */
export interface Finding {
  code: string;
  en: string;
  zh: string;
}

/** `0.414` as `41 %`; shares below one per cent as `< 1 %`. */
export function percent(share: number): string {
  const points = Math.abs(share) * 100;
  if (points > 0 && points < 1) return '< 1 %';
  return `${share < 0 ? '−' : ''}${Math.round(points)} %`;
}

/** `33-48 %`, the ends of an interval of shares. */
export function percentRange(low: number, high: number): string {
  const ends = [low, high].map((end) => `${end < 0 ? '−' : ''}${Math.round(Math.abs(end) * 100)}`);
  return `${ends.join('–')} %`;
}

export interface MonthName {
  month: string;
  /** The month that today lies in, or the last whole one where today is its first day. */
  isLatest: boolean;
}

const englishMonths = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

function whenOf({ month, isLatest }: MonthName): Words {
  const [year, number] = month.split('-').map(Number);
  if (isLatest) return { en: 'this month', zh: '本月' };
  return { en: `in ${englishMonths[number! - 1]} ${year}`, zh: `${year} 年 ${number} 月` };
}

/** "KOC diffusion drives 41 % of growth in members this month (33–48 %)." */
export function growthSentence(part: Words, outcome: Words, share: UncertainShare, when: MonthName): Finding {
  const { en, zh } = whenOf(when);
  const [whole, range] = [percent(share.share), percentRange(share.low, share.high)];
  const [wholeZh, rangeZh] = [inChinese(whole), inChinese(range)];
  return {
    code: 'growth_by_part',
    en: `${part.en} drives ${whole} of growth in ${lowerFirst(outcome.en)} ${en} (${range}, 80 % interval).`,
    zh: `${zh}${spaced(outcome.zh)}的增长有 ${wholeZh} 来自${spaced(part.zh)}（80% 区间 ${rangeZh}）。`,
  };
}

/** "Loops through social fission make 38 % of the model's movement this month (30–45 %)." */
export function loopSentence(part: Words, share: UncertainShare, when: MonthName): Finding {
  const { en, zh } = whenOf(when);
  const [whole, range] = [percent(share.share), percentRange(share.low, share.high)];
  const [wholeZh, rangeZh] = [inChinese(whole), inChinese(range)];
  return {
    code: 'loops_by_part',
    en: `Feedback through ${lowerFirst(part.en)} makes ${whole} of what moves the community ${en} (${range}, 80 % interval).`,
    zh: `${zh}社群变化的 ${wholeZh} 由经过${spaced(part.zh)}的反馈回路推动（80% 区间 ${rangeZh}）。`,
  };
}

export interface DistanceFigures {
  activity: number;
  theta: number;
  probabilityAbove: number;
}

/** "Activity is 24 %, the threshold 30 %: the community is below it with 93 % probability." */
export function distanceSentence({ activity, theta, probabilityAbove }: DistanceFigures): Finding {
  const above = probabilityAbove >= 0.5;
  const sure = percent(above ? probabilityAbove : 1 - probabilityAbove);
  return {
    code: 'distance_to_threshold',
    en: `Activity is ${points(activity)} and the threshold ${points(theta)}: the community is ${above ? 'above' : 'below'} it with ${sure} probability.`,
    zh: `当前活跃率 ${inChinese(points(activity))}，临界阈值 ${inChinese(points(theta))}：社群处于阈值${above ? '之上' : '之下'}的概率为 ${inChinese(sure)}。`,
  };
}

export interface FoldFigures {
  now: number;
  at: number;
  low: number;
  high: number;
  unit: string;
  up: boolean;
}

/** "The community tips up by itself where spontaneous waking passes 0.0113 1/day (0.0074 to 0.0188, 80 % interval); today it is 0.0108." */
export function foldSentence(control: Words, { now, at, low, high, unit, up }: FoldFigures): Finding {
  const [today, place, least, most] = [now, at, low, high].map(figure);
  const measure = unit === '' || unit === 'Dmnl' ? '' : ` ${unit}`;
  return {
    code: up ? 'tips_up' : 'tips_down',
    en: `The community tips ${up ? 'up' : 'down'} by itself where ${lowerFirst(control.en)} passes ${place}${measure} (${least} to ${most}, 80 % interval); today it is ${today}.`,
    zh: `${control.zh}${up ? '升到' : '降到'} ${place}（80% 区间 ${least} 至 ${most}）时，社群会自行${up ? '跃升' : '跌落'}；今天为 ${today}。`,
  };
}

/** What would carry the community across. */
export function crossingSentence(
  lever: Words,
  change: { from: number; to: number; unit: Words; heldDays: number; up: boolean },
): Finding {
  const { from, to, unit, heldDays, up } = change;
  const [a, b] = [figure(from), figure(to)];
  return {
    code: up ? 'would_cross' : 'would_fall_below',
    en: `${lever.en} from ${a} to ${b} ${unit.en} for ${heldDays} ${heldDays === 1 ? 'day' : 'days'} would carry the community ${up ? 'above' : 'below'} its threshold in more than half of the draws.`,
    zh: `把${spaced(lever.zh)}从 ${a} 调到 ${b} ${unit.zh}并保持 ${heldDays} 天，过半数的模拟会${up ? '越过' : '跌破'}临界阈值。`,
  };
}

export function noCrossingSentence(up: boolean): Finding {
  return {
    code: 'nothing_crosses',
    en: `No single lever carries the community ${up ? 'above' : 'below'} its threshold within its bounds.`,
    zh: `任何单个抓手在允许范围内都不能让社群${up ? '越过' : '跌破'}临界阈值。`,
  };
}

/** "What limits new members now is traffic → user: one per cent more of it adds 0.6 % (0.4–0.8 %)." */
export function couplingSentence(
  coupling: Words,
  output: Words,
  figures: { elasticity: number; low: number; high: number },
): Finding {
  const [value, low, high] = [figures.elasticity, figures.low, figures.high].map(figure);
  return {
    code: 'binding_coupling',
    en: `${coupling.en} binds ${lowerFirst(output.en)} most: one per cent more of it changes them by ${value} % over the coming quarter (${low} to ${high} %, 80 % interval).`,
    zh: `当前最制约${spaced(output.zh)}的是${spaced(coupling.zh)}：增强 1%，下一季度变化 ${value}%（80% 区间 ${low}% 至 ${high}%）。`,
  };
}

/** A number as people read it: three significant digits, thousands apart. */
export function figure(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return '0';
  const digits = Math.max(0, Math.min(8, 2 - Math.floor(Math.log10(Math.abs(value)))));
  return value.toLocaleString('en-US', { maximumFractionDigits: digits }).replace('-', '−');
}

/** Percent signs close up in Chinese. */
function inChinese(text: string): string {
  return text.replaceAll(' %', '%');
}

function points(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

/** Chinese typography sets a space between Latin letters and characters. */
function spaced(text: string): string {
  const before = /^[\w%]/.test(text) ? ' ' : '';
  const after = /[\w%]$/.test(text) ? ' ' : '';
  return `${before}${text}${after}`;
}

/** `New members` within a sentence, but `KOC diffusion` and `GMV` as they are. */
function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
