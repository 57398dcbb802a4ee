import { quantileAt } from '../predict/quantiles.ts';

/** Weeks in a row that stand out of the series. */
export interface Peak {
  from: number;
  /** The week after the last. */
  to: number;
  /** The highest of them. */
  top: number;
  /** Mean of the peak, in means of the other weeks. */
  factor: number;
}

/** A lasting change: from this week on the series is `factor` times as high. */
export interface Shift {
  week: number;
  factor: number;
}

const peakHeight = 1.3;
const peakWeeksLeast = 3;
/** A longer time above the rest is growth or a new level, no season. */
const peakShareMost = 0.3;
const shiftWeeks = 8;
const shiftHeight = Math.log(1.35);
/** Standard errors by which levels before and after differ. */
const shiftScore = 6;
const turnShare = 0.7;

/**
 * The highest season-like peak: some weeks in a row, smoothed over three, far above what the other weeks and their growth
 * would have them be.
 */
export function peakOf(weeks: Float64Array): Peak | undefined {
  const smooth = weeks.map((_, week) => mean(weeks.slice(Math.max(0, week - 1), week + 2)));
  const known = smooth.filter(Number.isFinite).sort();
  const middle = quantileAt(known, 0.5);
  if (known.length < 20 || !(middle > 0)) return undefined;
  const rough = runAbove(smooth, () => middle);
  if (rough === undefined) return undefined;
  // Steady growth is above its own median in the end, too.
  const growth = trendOf(smooth, (week) => week < rough.from - 1 || week > rough.to);
  const run = runAbove(smooth, growth);
  if (run === undefined) return undefined;
  const others = mean(weeks.filter((_, week) => week < run.from || week >= run.to));
  if (run.to - run.from > peakShareMost * weeks.length || !(others > 0)) return undefined;
  return { ...run, factor: mean(weeks.slice(run.from, run.to)) / others };
}

/** Weeks in a row that are far above a course, a few at least; where there are several runs, the one that rises highest. */
function runAbove(smooth: Float64Array, course: (week: number) => number): Omit<Peak, 'factor'> | undefined {
  const height = smooth.map((value, week) => (Number.isNaN(value) ? 0 : value / course(week)));
  let best: Omit<Peak, 'factor'> | undefined;
  for (let from = 0; from < height.length; from += 1) {
    if (!(height[from]! > peakHeight)) continue;
    let [to, top] = [from + 1, from];
    while (to < height.length && height[to]! > peakHeight) {
      if (height[to]! > height[top]!) top = to;
      to += 1;
    }
    if (to - from >= peakWeeksLeast && !(height[top]! <= (height[best?.top ?? -1] ?? 0))) best = { from, to, top };
    from = to;
  }
  return best;
}

/** The exponential course through the weeks that count: the median of slopes between weeks a third of the series apart. */
function trendOf(smooth: Float64Array, counts: (week: number) => boolean): (week: number) => number {
  const logs = smooth.map((value, week) => (value > 0 && counts(week) ? Math.log(value) : Number.NaN));
  const lag = Math.max(1, Math.floor(smooth.length / 3));
  const rise = median(logs.slice(lag).map((value, week) => value - logs[week]!)) / lag;
  const slope = Number.isFinite(rise) ? rise : 0;
  const start = median(logs.map((value, week) => value - slope * week));
  return (week) => Math.exp(start + slope * week);
}

/** The largest lasting change of level between weeks that outweighs their scatter and happens within a few weeks. */
export function shiftOf(weeks: Float64Array, peak: Peak | undefined): Shift | undefined {
  const logs = weeks.map((value) => (value > 0 ? Math.log(value) : Number.NaN));
  let best: (Shift & { score: number }) | undefined;
  for (let week = shiftWeeks; week + shiftWeeks <= weeks.length; week += 1) {
    if (peak !== undefined && week + shiftWeeks > peak.from && week - shiftWeeks < peak.to) continue;
    const before = logs.slice(week - shiftWeeks, week);
    const after = logs.slice(week, week + shiftWeeks);
    const change = median(after) - median(before);
    const turn = median(after.slice(0, 3)) - median(before.slice(-3));
    const scatter = Math.hypot(spread(before), spread(after)) / Math.sqrt(shiftWeeks);
    const score = Math.abs(change) / Math.max(1e-6, scatter);
    if (Math.abs(change) < shiftHeight || turn / change < turnShare || score < shiftScore) continue;
    if (score > (best?.score ?? 0)) best = { week, factor: Math.exp(change), score };
  }
  return best && { week: best.week, factor: best.factor };
}

function mean(values: Float64Array): number {
  const known = values.filter(Number.isFinite);
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

function median(values: Float64Array): number {
  return quantileAt(values.filter(Number.isFinite).sort(), 0.5);
}

/** Median absolute deviation, as a standard deviation of normal variates. */
function spread(values: Float64Array): number {
  const middle = median(values);
  return 1.4826 * median(values.map((value) => Math.abs(value - middle)));
}
