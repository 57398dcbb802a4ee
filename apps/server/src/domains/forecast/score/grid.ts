import { scalePoints } from '@tandem/dynamics';
import { quantileAt } from '../predict/quantiles.ts';
import type { Quantiles } from '../task.ts';

/** Numbers that stand for a distribution: quantiles at `gridLevels`, ascending; each stands for the same share. */
export type Grid = Float64Array;

export const gridSize = 99;
/** Middles of `gridSize` equal shares. The fiftieth is the median. */
export const gridLevels: readonly number[] = Array.from({ length: gridSize }, (_, i) => (i + 0.5) / gridSize);

/** Quantiles of the standard normal distribution at `gridLevels`. */
export const normalGrid: Readonly<Float64Array> = scalePoints(Float64Array.from(gridLevels), [
  { name: 'score', distribution: 'normal', mean: 0, deviation: 1 },
]);

const middle = (gridSize - 1) / 2;

export function medianOf(grid: Grid): number {
  return grid[middle]!;
}

/** The grid of a sample, which is left as it is; values that are not finite are left out. */
export function gridOfSample(sample: ArrayLike<number>): Grid {
  const sorted = Float64Array.from(sample).filter(Number.isFinite).sort();
  return Float64Array.from(gridLevels, (level) => quantileAt(sorted, level));
}

/** The quantile at any share, on the straight line between neighbours; the outermost two stand for what lies beyond. */
export function gridQuantile(grid: Grid, share: number): number {
  const position = Math.min(gridSize - 1, Math.max(0, share * gridSize - 0.5));
  const below = Math.floor(position);
  const lower = grid[below]!;
  const upper = grid[Math.min(below + 1, gridSize - 1)]!;
  return lower + (position - below) * (upper - lower);
}

export function summaryOf(grid: Grid): Quantiles {
  let sum = 0;
  for (const value of grid) sum += value;
  return {
    p10: gridQuantile(grid, 0.1),
    p25: gridQuantile(grid, 0.25),
    p50: medianOf(grid),
    p75: gridQuantile(grid, 0.75),
    p90: gridQuantile(grid, 0.9),
    mean: sum / gridSize,
  };
}

/** Quantiles whose distances from the median are `factor` times as long: on the logarithm where all are positive. */
export function spreadGrid(grid: Grid, factor: number): Grid {
  const centre = medianOf(grid);
  if (grid[0]! > 0) return grid.map((value) => centre * (value / centre) ** factor);
  return grid.map((value) => centre + factor * (value - centre));
}

/**
 * Quantile averaging: each quantile is the weighted mean of the same quantile of all forecasts (K. C. Lichtendahl, Y.
 * Grushka-Cockayne, R. L. Winkler, "Is it better to average probabilities or quantiles?", Management Science 59 (2013)
 * 1594-1611). Undefined where the weights add up to nothing.
 */
export function averageGrids(parts: readonly { grid: Grid; weight: number }[]): Grid | undefined {
  const whole = parts.reduce((sum, { weight }) => sum + weight, 0);
  if (!(whole > 0)) return undefined;
  const average = new Float64Array(gridSize);
  for (const { grid, weight } of parts) {
    const share = weight / whole;
    for (let i = 0; i < gridSize; i += 1) average[i] = average[i]! + share * grid[i]!;
  }
  return average;
}
