import { isKnown } from '../fit/blocks.ts';
import { dayOf, daysOf } from '../model/index.ts';
import type { Words } from '../setup.ts';
import type { BacktestResult, Method } from '../task.ts';
import { type Peak, peakOf, shiftOf } from './breaks.ts';
import { type History, historyAt } from './history.ts';
import type { BacktestTask, RecordedSeries } from './record.ts';
import { seasonOf } from './seasons.ts';

type Note = BacktestResult['notes'][number];

const yearDays = 364;
const closedFactor = 0.05;
/** Days in a row without anything that make a closure. */
const closureDays = 5;

/** What a reader has to know of each series before believing a forecast of it. */
export function notesOf({ snapshot, model }: BacktestTask, series: readonly RecordedSeries[]): Note[] {
  return series.flatMap(({ kpi, input, folds, missing }) => {
    const label = model.setup.observations.find((one) => one.kpi === kpi)?.label ?? { en: kpi, zh: kpi };
    const history = historyAt(input, daysOf(snapshot), 0);
    const sight: Sight = { kpi, label, history, zone: snapshot.zone, day: (number) => dayOf(snapshot, number) };
    const notes: Note[] = folds.length === 0 ? [tooShort(sight)] : [];
    notes.push(...seasonNotes(sight), ...closedNotes(sight), ...gapNotes(sight), ...missingNotes(sight, missing));
    return notes;
  });
}

interface Sight {
  kpi: string;
  label: Words;
  history: History;
  zone: string;
  day: (number: number) => string;
}

function tooShort({ kpi, label, history }: Sight): Note {
  const weeks = history.weeks.length;
  return {
    kpi,
    code: 'too_short',
    en: `${label.en}: ${weeks} weeks of data are too few to forecast from and to score; no method has been tested.`,
    zh: `${label.zh}：仅有 ${weeks} 周数据，不足以回测，各方法均未经检验。`,
  };
}

function seasonNotes(sight: Sight): Note[] {
  const { kpi, label, history, day } = sight;
  if (history.input.measure === 'level') return [];
  const { weeks, boundaries } = history;
  const plain = weeks.map((value, week) => value / history.lift[week]!);
  const peak = peakOf(plain);
  const notes = peak === undefined ? [] : [peakNote(sight, peak)];
  const shift = shiftOf(plain, peak);
  if (shift !== undefined) {
    const [from, times] = [day(boundaries[shift.week]!), shift.factor.toFixed(2)];
    notes.push({
      kpi,
      code: 'level_shift',
      en: `${label.en}: from about ${from} on the level is ${times} times what it was before, within a few weeks. Forecasts from before that day could not know of it.`,
      zh: `${label.zh}：自 ${from} 前后起，水平在数周内变为此前的 ${times} 倍；此前做出的预测无从得知这一变化。`,
    });
  }
  return notes;
}

function peakNote({ kpi, label, history, zone, day }: Sight, peak: Peak): Note {
  const { boundaries, origin } = history;
  const [from, to] = [day(boundaries[peak.from]!), day(boundaries[peak.to]! - 1)];
  // The season that most of the peak's weeks lie in, the highest one first.
  const weeks = [peak.top, ...Array.from({ length: peak.to - peak.from }, (_, i) => peak.to - 1 - i)];
  const season = weeks.map((week) => seasonOf(day(boundaries[week]! + 3), zone)).find((found) => found !== undefined);
  const years = Math.floor(origin / yearDays);
  const times = peak.factor.toFixed(1);
  const name = season?.name;
  const isOnce = years < 2;
  const what = name ?? { en: 'a peak that the calendar does not name', zh: '日历中没有对应名称的高峰' };
  const code = isOnce ? 'season_once' : 'season_peak';
  const months = Math.round(origin / 30.44);
  const onceEn = `${months} months of data hold it once at full length at most: no method can learn it from the data before it, forecasts made before it are too low in it, and forecasts made in it are too high after it.`;
  const onceZh = `${months} 个月的数据中最多只完整出现过一次：任何方法都无法从此前的数据中学到它，此前所做的预测在该期间偏低，期间所做的预测在其后偏高。`;
  return {
    kpi,
    code,
    en: `${label.en}: from ${from} to ${to} a week was ${times} times as high as in the rest of the data: ${what.en}. ${isOnce ? onceEn : 'Methods with a yearly season can learn it.'}`,
    zh: `${label.zh}：${from} 至 ${to} 的周均值为其余时间的 ${times} 倍：${what.zh}。${isOnce ? onceZh : '含年度季节项的方法可以学到它。'}`,
  };
}

const weekdays: readonly Words[] = [
  { en: 'Mondays', zh: '星期一' },
  { en: 'Tuesdays', zh: '星期二' },
  { en: 'Wednesdays', zh: '星期三' },
  { en: 'Thursdays', zh: '星期四' },
  { en: 'Fridays', zh: '星期五' },
  { en: 'Saturdays', zh: '星期六' },
  { en: 'Sundays', zh: '星期日' },
];

function closedNotes({ kpi, label, history, day }: Sight): Note[] {
  if (history.input.measure === 'level') return [];
  const notes: Note[] = [];
  const closed = weekdays.filter((_, i) => (history.pattern.weekday?.[i] ?? 1) < closedFactor);
  if (closed.length > 0) {
    notes.push({
      kpi,
      code: 'closed_weekdays',
      en: `${label.en}: next to nothing happens on ${closed.map(({ en }) => en).join(', ')}; forecasts know that.`,
      zh: `${label.zh}：${closed.map(({ zh }) => zh).join('、')}几乎为零，预测已考虑这一点。`,
    });
  }
  const closure = longestClosure(history);
  if (closure !== undefined) {
    const [from, to] = [day(closure.from), day(closure.to - 1)];
    notes.push({
      kpi,
      code: 'closed_days',
      en: `${label.en}: nothing at all from ${from} to ${to}. A closure like that is not forecast.`,
      zh: `${label.zh}：${from} 至 ${to} 完全为零或无数据；预测不会预见这样的停业。`,
    });
  }
  return notes;
}

function longestClosure({ input }: History): { from: number; to: number } | undefined {
  let best: { from: number; to: number } | undefined;
  let from = -1;
  let isSeen = false;
  for (let at = 0; at < input.values.length; at += 1) {
    const value = input.values[at];
    if (isKnown(value) && value !== 0) {
      if (isSeen && from >= 0 && at - from >= Math.max(closureDays, (best?.to ?? 0) - (best?.from ?? 0) + 1)) {
        best = { from, to: at };
      }
      [from, isSeen] = [-1, true];
    } else if (from < 0) from = at;
  }
  return best;
}

function gapNotes({ kpi, label, history, day }: Sight): Note[] {
  const { weeks, input } = history;
  const notes: Note[] = [];
  const gaps = weeks.reduce((sum, value) => sum + (Number.isNaN(value) ? 1 : 0), 0);
  if (gaps > 0) {
    notes.push({
      kpi,
      code: 'gaps',
      en: `${label.en}: ${gaps} of ${weeks.length} weeks have too few days with data; they are not scored.`,
      zh: `${label.zh}：${weeks.length} 周中有 ${gaps} 周有数据的天数太少，不参与评分。`,
    });
  }
  let last = input.values.length;
  while (last > 0 && !isKnown(input.values[last - 1])) last -= 1;
  if (last > 0 && last < input.values.length) {
    const days = input.values.length - last;
    notes.push({
      kpi,
      code: 'partial_end',
      en: `${label.en}: nothing is known of the last ${days} days, from ${day(last)} on; the last week is filled up by its usual pattern where half of it is known.`,
      zh: `${label.zh}：自 ${day(last)} 起的最后 ${days} 天没有数据；最后一周若有半数以上的天数已知，则按周内规律补足。`,
    });
  }
  return notes;
}

const names: Readonly<Record<Method, Words>> = {
  model: { en: 'the model', zh: '模型' },
  combination: { en: 'the combination', zh: '组合预测' },
  last_value: { en: 'last value', zh: '末值法' },
  seasonal_naive: { en: 'seasonal naive', zh: '季节性朴素法' },
  ets: { en: 'exponential smoothing (ETS)', zh: '指数平滑（ETS）' },
  mstl: { en: 'seasonal decomposition (MSTL)', zh: '多季节分解（MSTL）' },
};

const reasons: Readonly<Record<RecordedSeries['missing'][number]['reason'], Words>> = {
  too_short: { en: 'there was too little data before them', zh: '此前数据太少' },
  no_model: { en: 'it found nothing that fits', zh: '未能找到可用的拟合' },
  no_fit: { en: 'the data before them do not carry a fit of this series', zh: '此前数据不足以拟合该序列' },
};

function missingNotes({ kpi, label }: Sight, missing: RecordedSeries['missing']): Note[] {
  return missing.map(({ method, reason, folds }) => ({
    kpi,
    code: 'method_missing',
    en: `${label.en}: no forecast by ${names[method].en} at ${folds} of the origins, since ${reasons[reason].en}.`,
    zh: `${label.zh}：${names[method].zh}在 ${folds} 个起点没有预测，原因：${reasons[reason].zh}。`,
  }));
}
