import type { Discrepancy } from '../task.ts';

/** What keeps data and model apart from week to week, on the logarithm: an AR(1) level and white noise. */
export type NoiseShape = Pick<Discrepancy, 'phi' | 'push' | 'noise'>;

/**
 * The Kalman filter of a series of weekly log residuals r = a + e, a' = phi a + push, made ready for one pattern of gaps:
 * nothing in it depends on the residuals themselves (A. C. Harvey, "Forecasting, Structural Time Series Models and the
 * Kalman Filter", 1989, section 3.2). With it least squares of `whiten`ed residuals are generalised least squares under the
 * correlation that the noise really has.
 */
export interface NoiseFilter {
  phi: number;
  /** 1 where a week was observed. */
  observed: Uint8Array;
  /** How much of an innovation goes into the level. */
  gains: Float64Array;
  /** 1 / standard deviation of each innovation. */
  precisions: Float64Array;
  /** Logarithm of the determinant of the covariance of what was observed. */
  logDeterminant: number;
  /** Variance of the level after the last week. */
  lastVariance: number;
  /** Number of observed weeks. */
  count: number;
}

/** `extra` is added to the variance of the white noise of each week. */
export function noiseFilter(shape: NoiseShape, observed: Uint8Array, extra: Float64Array): NoiseFilter {
  const weeks = observed.length;
  const phi = Math.min(0.999, Math.max(0, shape.phi));
  const push = shape.push ** 2;
  const filter: NoiseFilter = {
    phi,
    observed,
    gains: new Float64Array(weeks),
    precisions: new Float64Array(weeks),
    logDeterminant: 0,
    lastVariance: push / (1 - phi * phi),
    count: 0,
  };
  let variance = filter.lastVariance;
  for (let week = 0; week < weeks; week += 1) {
    if (week > 0) variance = phi * phi * variance + push;
    if (observed[week] === 1) {
      const total = variance + Math.max(1e-12, shape.noise ** 2 + extra[week]!);
      filter.gains[week] = variance / total;
      filter.precisions[week] = 1 / Math.sqrt(total);
      filter.logDeterminant += Math.log(total);
      filter.count += 1;
      variance *= 1 - filter.gains[week]!;
    }
    filter.lastVariance = variance;
  }
  return filter;
}

/** Writes the innovations of residuals, each over its standard deviation; returns the level after the last week. */
export function whiten(
  filter: NoiseFilter,
  residuals: Float64Array,
  from: number,
  into: Float64Array,
  place: number,
): number {
  const { phi, observed, gains, precisions } = filter;
  let [level, next] = [0, place];
  for (let week = 0; week < observed.length; week += 1) {
    if (week > 0) level *= phi;
    if (observed[week] !== 1) continue;
    const innovation = residuals[from + week]! - level;
    into[next] = innovation * precisions[week]!;
    next += 1;
    level += gains[week]! * innovation;
  }
  return level;
}

/** Deviations from which on a week is an outlier. */
const outlierScore = 3.5;
/** Share of weeks that may be outliers; with more the noise is what is wide. */
const outliersMost = 0.1;

/**
 * Variance that outlying weeks get on top, so that they count for little: weeks whose own noise, smoothed, is too large
 * for the shape (auxiliary residuals: A. C. Harvey, S. J. Koopman, "Diagnostic checking of unobserved-components time
 * series models", J. Bus. Econ. Stat. 10 (1992) 377-389), the worst first, one at a time. A lasting shift is no outlier:
 * the level takes it.
 */
export function outlierVariance(
  shape: NoiseShape,
  residuals: Float64Array,
  extra: Float64Array,
): { extra: Float64Array; weeks: number[] } {
  const weeks = Array.from(residuals, (_, week) => week).filter((week) => Number.isFinite(residuals[week]!));
  const found = extra.slice();
  const outliers: number[] = [];
  const most = Math.floor(outliersMost * weeks.length);
  while (outliers.length < most) {
    const worst = worstWeek(shape, residuals, found, weeks);
    if (worst === undefined || outliers.includes(worst.week)) break;
    outliers.push(worst.week);
    found[worst.week] = found[worst.week]! + worst.size ** 2;
  }
  return { extra: found, weeks: outliers.sort((a, b) => a - b) };
}

/** The week whose additive disturbance is the most standard deviations long; undefined when none is an outlier. */
function worstWeek(
  shape: NoiseShape,
  residuals: Float64Array,
  extra: Float64Array,
  weeks: readonly number[],
): { week: number; size: number } | undefined {
  // Smoothing errors by the filter run forwards, then backwards (P. de Jong, "Smoothing and interpolation with the
  // state-space model", J. Am. Stat. Assoc. 84 (1989) 1085-1088).
  const observed = Uint8Array.from(residuals, (value) => (Number.isFinite(value) ? 1 : 0));
  const { gains, precisions, phi } = noiseFilter(shape, observed, extra);
  const innovations = new Float64Array(residuals.length);
  let level = 0;
  for (let week = 0; week < residuals.length; week += 1) {
    if (week > 0) level *= phi;
    if (observed[week] !== 1) continue;
    innovations[week] = residuals[week]! - level;
    level += gains[week]! * innovations[week]!;
  }
  let [r, n] = [0, 0];
  let worst: { week: number; size: number; score: number } | undefined;
  for (let week = weeks.at(-1) ?? -1; week >= 0; week -= 1) {
    // Here r and n are of the state of the week after, seen from this week's.
    if (observed[week] !== 1) {
      r *= phi;
      n *= phi * phi;
      continue;
    }
    const [gain, precision] = [phi * gains[week]!, precisions[week]! ** 2];
    const u = innovations[week]! * precision - gain * r;
    const d = precision + gain * gain * n;
    const score = Math.abs(u) / Math.sqrt(d);
    if (score > outlierScore && score > (worst?.score ?? 0)) worst = { week, size: u / d, score };
    const kept = phi - gain;
    r = innovations[week]! * precision + kept * r;
    n = precision + kept * kept * n;
  }
  return worst;
}

/** Variance that counting itself brings: about 1 / count on the logarithm. Only totals of whole numbers are counts. */
export function countVariance(
  values: readonly (number | null)[],
  measure: 'total' | 'level' | 'mean',
  weekly: ArrayLike<number | null>,
): Float64Array {
  const isCount = measure === 'total' && values.every((value) => value === null || Number.isInteger(value));
  return Float64Array.from({ length: weekly.length }, (_, week) => {
    const value = weekly[week];
    return isCount && value !== null && value !== undefined && value > 0 ? Math.min(1, 1 / value) : 0;
  });
}
