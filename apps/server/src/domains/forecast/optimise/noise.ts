import { draw } from '@tandem/dynamics';
import type { Discrepancy, FitResult } from '../task.ts';

/** What the logarithm of a KPI is off by at some week: normal. */
export interface Offset {
  mean: number;
  deviation: number;
}

/** Of one week, counted from 1 after the data. */
export function offsetOfWeek(discrepancy: Discrepancy | undefined, week: number): Offset {
  if (discrepancy === undefined) return { mean: 0, deviation: 0 };
  const { last, noise } = discrepancy;
  return {
    mean: fading(discrepancy, week) * last,
    deviation: Math.sqrt(levelVariance(discrepancy, week) + noise ** 2),
  };
}

/** Of the sum of the first weeks, as if all were of one size: moments of a sum of lognormal weeks, to second order. */
export function offsetOfSum(discrepancy: Discrepancy | undefined, weeks: number): Offset {
  if (discrepancy === undefined || weeks < 1) return { mean: 0, deviation: 0 };
  const n = Math.max(1, Math.round(weeks));
  let mean = 0;
  let own = 0;
  let shared = 0;
  for (let i = 1; i <= n; i += 1) {
    const level = levelVariance(discrepancy, i);
    mean += fading(discrepancy, i) * discrepancy.last;
    own += level + discrepancy.noise ** 2;
    shared += level + discrepancy.noise ** 2;
    for (let k = 1; i + k <= n; k += 1) shared += 2 * fading(discrepancy, k) * level;
  }
  const variance = shared / (n * n);
  return { mean: mean / n + (own / n - variance) / 2, deviation: Math.sqrt(variance) };
}

function fading({ phi }: Discrepancy, weeks: number): number {
  return phi ** weeks;
}

function levelVariance({ phi, push, lastDeviation }: Discrepancy, week: number): number {
  const kept = phi ** (2 * week);
  const gained = phi < 1 ? (1 - kept) / (1 - phi * phi) : week;
  return kept * lastDeviation ** 2 + gained * push ** 2;
}

/** The factor of each week from the data's end on, in one draw: exp of AR(1) and noise; the same in every plan. */
export function noisePath(
  discrepancy: Discrepancy | undefined,
  weeks: number,
  { seed, number, key }: { seed: number; number: number; key: number },
): Float64Array {
  const factors = new Float64Array(weeks).fill(1);
  if (discrepancy === undefined) return factors;
  const { phi, push, noise, last, lastDeviation } = discrepancy;
  const normals = (step: number) =>
    normalPair(draw(seed, number, 2 * key, step), draw(seed, number, 2 * key + 1, step));
  let level = last + lastDeviation * normals(0)[0];
  for (let week = 0; week < weeks; week += 1) {
    const [a, b] = normals(week + 1);
    level = phi * level + push * a;
    factors[week] = Math.exp(level + noise * b);
  }
  return factors;
}

/** G. E. P. Box, M. E. Muller, Ann. Math. Stat. 29 (1958) 610-611. */
function normalPair(u: number, v: number): [number, number] {
  const radius = Math.sqrt(-2 * Math.log(1 - u));
  return [radius * Math.cos(2 * Math.PI * v), radius * Math.sin(2 * Math.PI * v)];
}

export function discrepancyOf(fit: FitResult, kpi: string): Discrepancy | undefined {
  return fit.series.find((series) => series.kpi === kpi)?.discrepancy;
}

/** Standard normal distribution function: M. Abramowitz, I. A. Stegun, formula 26.2.17 has too few digits for slopes. */
export function normalShare(z: number): number {
  // W. J. Cody's erfc in the form of W. Marsaglia's series, J. Stat. Softw. 11 (2004): exact to rounding within 8.
  if (z < -8) return 0;
  if (z > 8) return 1;
  let sum = z;
  let term = z;
  for (let i = 3; Math.abs(term) > 1e-17 * Math.abs(sum); i += 2) {
    term *= (z * z) / i;
    sum += term;
  }
  return 0.5 + sum * Math.exp(-0.5 * z * z) * 0.3989422804014327;
}
