import type { Words } from '../setup.ts';
import type { DropCrossing, UncertainShare } from './result.ts';

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

/**
 * "KOC diffusion drives 41 % of growth in members this month (33–48 %)."; where the outcome shrinks all the same, the share
 * is of what was added.
 */
export function growthSentence(
  part: Words,
  outcome: Words,
  share: UncertainShare,
  when: MonthName,
  isShrinking = false,
): Finding {
  const { en, zh } = whenOf(when);
  const [whole, range] = [percent(share.share), percentRange(share.low, share.high)];
  const [wholeZh, rangeZh] = [inChinese(whole), inChinese(range)];
  if (isShrinking) {
    return {
      code: 'added_by_part',
      en: `${part.en} drives ${whole} of what was added to ${lowerFirst(outcome.en)} ${en} (${range}, 80 % interval); more was lost.`,
      zh: `${zh}${spaced(outcome.zh)}新增部分的 ${wholeZh} 来自${spaced(part.zh)}（80% 区间 ${rangeZh}），但流失更多。`,
    };
  }
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
    en: `Feedback through ${lowerFirst(part.en)} makes ${whole} of the model's movement ${en} (${range}, 80 % interval).`,
    zh: `${zh}模型变动的 ${wholeZh} 由经过${spaced(part.zh)}的反馈回路推动（80% 区间 ${rangeZh}）。`,
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
  change: { from: number; to: number; unit: Words; heldDays: number; up: boolean; pulses?: Words | undefined },
): Finding {
  const { from, to, heldDays, up, pulses } = change;
  const isShare = /^share( |$)/.test(change.unit.en);
  const [a, b] = isShare ? [points(from), points(to)] : [figure(from), figure(to)];
  const unit = isShare ? { en: change.unit.en.replace(/^share ?/, ''), zh: '' } : change.unit;
  const along = pulses
    ? { en: `, with what is planned of ${lowerFirst(pulses.en)},`, zh: `（按日历中已计划的${spaced(pulses.zh)}）` }
    : { en: '', zh: '' };
  return {
    code: up ? 'would_cross' : 'would_fall_below',
    en: `${lever.en} from ${a} to ${b}${unit.en === '' ? '' : ` ${unit.en}`} for ${heldDays} ${heldDays === 1 ? 'day' : 'days'}${along.en} would carry the community ${up ? 'above' : 'below'} its threshold in more than half of the draws.`,
    zh: `把${spaced(lever.zh)}从 ${inChinese(a!)} 调到 ${inChinese(b!)}${unit.zh === '' ? '' : ` ${unit.zh}`}并保持 ${heldDays} 天${along.zh}，过半数的模拟会${up ? '越过' : '跌破'}临界阈值。`,
  };
}

export function noCrossingSentence(up: boolean): Finding {
  return {
    code: 'nothing_crosses',
    en: `No single lever carries the community ${up ? 'above' : 'below'} its threshold within its bounds.`,
    zh: `任何单个抓手在允许范围内都不能让社群${up ? '越过' : '跌破'}临界阈值。`,
  };
}

/** A fold that only some of the draws have. */
export function rareFoldSentence(share: number): Finding {
  return {
    code: 'tipping_unsure',
    en: `Whether the community can tip by itself cannot be told: ${percent(share)} of the draws have such a point.`,
    zh: `尚无法判断社群能否自行跃迁：仅 ${inChinese(percent(share))} 的模拟存在这样的临界点。`,
  };
}

/** What a drop of hours does: carries the community across, or how near it comes. */
export function dropSentence(drop: DropCrossing): Finding {
  const { hours, levers, share, shareStaying, shareWithout, activity, distance, to, most, byDay } = drop;
  const [pulse] = levers;
  const list = (language: 'en' | 'zh') =>
    levers
      .map(({ label, value }) =>
        language === 'en' ? `${lowerFirst(label.en)} ${figure(value)}` : `${label.zh} ${figure(value)}`,
      )
      .join(language === 'en' ? ', ' : '、');
  const what = {
    en: `A drop of ${figure(hours)} hours (${list('en')})`,
    zh: `${figure(hours)} 小时的集中投放（${list('zh')}）`,
  };
  const best = byDay.reduce((most_, one) => (one.share > most_.share ? one : most_));
  const later =
    best.share - share >= 0.1
      ? {
          en: ` In ${best.day} days it would be ${percent(best.share)}: when it comes counts.`,
          zh: `若在 ${best.day} 天后进行则为 ${inChinese(percent(best.share))}，时机很重要。`,
        }
      : { en: '', zh: '' };
  const shares = {
    en: `${percent(share)} of the draws (${percent(shareWithout)} without it)`,
    zh: `${inChinese(percent(share))} 的模拟（不投放为 ${inChinese(percent(shareWithout))}）`,
  };
  const need =
    to === null
      ? {
          en:
            most === 0
              ? `; no ${lowerFirst(pulse!.label.en)} within its bounds carries any across.`
              : `; no ${lowerFirst(pulse!.label.en)} within its bounds carries more than ${percent(most)} across.`,
          zh:
            most === 0
              ? `；在允许范围内，任何${spaced(pulse!.label.zh)}都不能使其越过。`
              : `；在允许范围内，任何${spaced(pulse!.label.zh)}最多使 ${inChinese(percent(most))} 的模拟越过。`,
        }
      : {
          en: `; from a ${lowerFirst(pulse!.label.en)} of ${figure(to)} on more than half do.`,
          zh: `；${spaced(pulse!.label.zh).trim()}达到 ${figure(to)} 起过半数会越过。`,
        };
  if (share > 0.5) {
    return {
      code: 'drop_crosses',
      en: `${what.en} would carry the community above its threshold in ${shares.en}, and ${percent(shareStaying)} are still above it two weeks later${need.en}${later.en}`,
      zh: `${what.zh}会使${shares.zh}越过临界阈值，两周后仍有 ${inChinese(percent(shareStaying))} 处于其上${need.zh}${later.zh}`,
    };
  }
  const [low, high] = [points(activity.p10), points(activity.p90)];
  const gap = Number((Math.abs(distance.p50) * 100).toFixed(1));
  const side = distance.p50 < 0 ? { en: 'below', zh: '低于' } : { en: 'above', zh: '高于' };
  return {
    code: 'drop_falls_short',
    en: `${what.en} would lift activity to ${points(activity.p50)} (${low} to ${high}, 80 % interval), ${gap} points ${side.en} the threshold: ${shares.en} cross${need.en}${later.en}`,
    zh: `${what.zh}会把活跃率提升到 ${inChinese(points(activity.p50))}（80% 区间 ${inChinese(low)} 至 ${inChinese(high)}），${side.zh}临界阈值 ${gap} 个百分点：${shares.zh}越过${need.zh}${later.zh}`,
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
