import { type Grid, gridQuantile, medianOf, normalGrid } from './grid.ts';
import { intervalShare } from './scores.ts';

/** How far an observation lay from the median, in half widths of the 80 % interval on its side; with its weight. */
export interface Stretch {
  stretch: number;
  weight: number;
}

/** Folds that the belief counts for that widths are right as they are. */
const priorWorth = 5;
const edge = (1 - intervalShare) / 2;
const [factorLeast, factorMost] = [0.25, 4];
/** Where a forecast is right, stretches are distributed like this. */
const expected = [...normalGrid]
  .filter((score) => score >= 0)
  .map((score) => score / gridQuantile(Float64Array.from(normalGrid), 1 - edge));

/** The stretch of an observation, on the logarithm where the forecast is positive. A forecast without width gives 0 or infinity. */
export function stretchOf(grid: Grid, observed: number): number {
  const scale = grid[0]! > 0 && observed > 0 ? Math.log : (value: number) => value;
  const centre = scale(medianOf(grid));
  const away = scale(observed) - centre;
  if (away === 0) return 0;
  const half = Math.abs(scale(gridQuantile(grid, away > 0 ? 1 - edge : edge)) - centre);
  return Math.abs(away) / half;
}

/**
 * The factor on widths with which 80 % of the observations would have been inside: the weighted 80 % quantile of their
 * stretches, in which right widths count for a few folds. As in split conformal prediction (V. Vovk, A. Gammerman, G. Shafer,
 * "Algorithmic Learning in a Random World", 2005), but drawn towards 1 while there is little to go by.
 */
export function spreadFactor(stretches: readonly Stretch[]): number {
  const prior = expected.map((stretch) => ({ stretch, weight: priorWorth / expected.length }));
  const all = [...stretches.filter(({ stretch }) => !Number.isNaN(stretch)), ...prior];
  all.sort((a, b) => a.stretch - b.stretch);
  const whole = all.reduce((sum, { weight }) => sum + weight, 0);
  let before = 0;
  let last = { stretch: 0, place: 0 };
  for (const { stretch, weight } of all) {
    const place = (before + weight / 2) / whole;
    if (place >= intervalShare) {
      const part = (intervalShare - last.place) / (place - last.place);
      const factor = Number.isFinite(stretch) ? last.stretch + part * (stretch - last.stretch) : factorMost;
      return Math.min(factorMost, Math.max(factorLeast, factor));
    }
    before += weight;
    last = { stretch, place };
  }
  return factorMost;
}
