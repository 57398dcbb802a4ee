import { type Grid, gridQuantile } from './grid.ts';

/**
 * The continuous ranked probability score of a sorted sample, taken as the whole distribution: E|X - y| - E|X - X'| / 2
 * (T. Gneiting, A. E. Raftery, J. Am. Stat. Assoc. 102 (2007) 359-378, equation 21), exact. In units of the sample; less is
 * better; of one number it is the absolute error.
 */
export function crpsOfSample(sorted: ArrayLike<number>, observed: number): number {
  const n = sorted.length;
  let sum = 0;
  for (let i = 0; i < n; i += 1) {
    const distance = sorted[i]! - observed;
    sum += distance * ((distance > 0 ? n : 0) - i - 0.5);
  }
  return (2 * sum) / (n * n);
}

/** The same of a grid. */
export function crpsOfGrid(grid: Grid, observed: number): number {
  return crpsOfSample(grid, observed);
}

export const intervalShare = 0.8;

/** Whether the middle 80 % of a forecast hold what was observed. */
export function isInside(grid: Grid, observed: number): boolean {
  const edge = (1 - intervalShare) / 2;
  return observed >= gridQuantile(grid, edge) && observed <= gridQuantile(grid, 1 - edge);
}

const year = 52;

/**
 * What errors are measured by: the mean absolute error, over the data before the origin, of forecasting each week by the
 * one before, or by the one a year before where there are two years (R. J. Hyndman, A. B. Koehler, Int. J. Forecasting 22
 * (2006) 679-688). Null where nothing can be compared or nothing ever changed.
 */
export function maseScale(weeks: ArrayLike<number>): number | null {
  const lag = weeks.length >= 2 * year ? year : 1;
  let [sum, count] = [0, 0];
  for (let week = lag; week < weeks.length; week += 1) {
    const change = weeks[week]! - weeks[week - lag]!;
    if (Number.isNaN(change)) continue;
    sum += Math.abs(change);
    count += 1;
  }
  return sum > 0 ? sum / count : null;
}
