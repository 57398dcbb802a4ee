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

/** The highest season-like peak: some weeks in a row, smoothed over three, far above the median of the series. */
export function peakOf(weeks: Float64Array): Peak | undefined {
  const smooth = weeks.map((_, week) => mean(weeks.slice(Math.max(0, week - 1), week + 2)));
  const known = smooth.filter(Number.isFinite).sort();
  const usual = quantileAt(known, 0.5);
  if (known.length < 20 || !(usual > 0)) return undefined;
  const top = smooth.reduce((best, value, week) => (value > (smooth[best] ?? -1) ? week : best), 0);
  const isHigh = (week: number) => (smooth[week] ?? 0) > peakHeight * usual;
  if (!isHigh(top)) return undefined;
  let [from, to] = [top, top + 1];
  while (isHigh(from - 1)) from -= 1;
  while (isHigh(to)) to += 1;
  const others = mean(weeks.filter((_, week) => week < from || week >= to));
  if (to - from < peakWeeksLeast || to - from > peakShareMost * weeks.length || !(others > 0)) return undefined;
  return { from, to, top, factor: mean(weeks.slice(from, to)) / others };
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
