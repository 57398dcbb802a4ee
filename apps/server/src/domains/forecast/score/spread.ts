import type { Path } from './exponential.ts';

/** Errors of earlier forecasts on the transformed scale: weeks ahead (1 is the next) and size. */
export interface PastError {
  origin: number;
  ahead: number;
  error: number;
}

/** How many errors at each number of weeks ahead the method's own deviation is worth. */
const ownWorth = 4;
const ownWeeks = 13;
const rounds = 4;
const sweeps = 60;
/** Mean absolute deviation of a normal distribution, in standard deviations. */
const meanAbsolute = Math.sqrt(2 / Math.PI);
const deviationLeast = 1e-9;

/**
 * Standard deviations by weeks ahead: a + b sqrt(h) + c h, none negative, fitted to absolute errors of the past (each
 * counting by the inverse square of its expected size), and to the method's own deviations, which count as a few errors.
 * Absolute errors rather than squares, so that one odd season does not widen all.
 */
export function deviationsAhead(errors: readonly PastError[], own: Float64Array, ahead: number): Float64Array {
  const points = errors.map(({ ahead: h, error }) => ({ h, size: Math.abs(error) / meanAbsolute, worth: 1 }));
  for (let h = 1; h <= Math.min(ownWeeks, own.length); h += 1) points.push({ h, size: own[h - 1]!, worth: ownWorth });
  const terms = (h: number) => [1, Math.sqrt(h), h];
  let found = [0, Math.max(deviationLeast, own[0] ?? 0), 0];
  const at = (h: number) => terms(h).reduce((sum, term, k) => sum + found[k]! * term, 0);
  for (let round = 0; round < rounds; round += 1) {
    const weights = points.map(({ h, worth }) => worth / Math.max(deviationLeast, at(h)) ** 2);
    found = nonNegative(
      points.map(({ h }) => terms(h)),
      points.map(({ size }) => size),
      weights,
      found,
    );
  }
  return Float64Array.from({ length: ahead }, (_, i) => Math.max(deviationLeast, at(i + 1)));
}

/** Least squares with non-negative coefficients, coordinate by coordinate. */
function nonNegative(rows: number[][], values: number[], weights: number[], start: readonly number[]): number[] {
  const found = [...start];
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    for (let k = 0; k < found.length; k += 1) {
      let [above, below] = [0, 0];
      for (const [i, row] of rows.entries()) {
        const others = row.reduce((sum, term, j) => (j === k ? sum : sum + term * found[j]!), 0);
        above += weights[i]! * row[k]! * (values[i]! - others);
        below += weights[i]! * row[k]! * row[k]!;
      }
      found[k] = below > 0 ? Math.max(0, above / below) : 0;
    }
  }
  return found;
}

/** What a random walk with this past would be off by: the root mean square of its steps, growing with the square root of time. */
export function walkDeviations(filled: Float64Array, ahead: number): Float64Array {
  let sum = 0;
  for (let i = 1; i < filled.length; i += 1) sum += (filled[i]! - filled[i - 1]!) ** 2;
  const step = filled.length > 1 ? Math.sqrt(sum / (filled.length - 1)) : 0;
  return Float64Array.from({ length: ahead }, (_, i) => step * Math.sqrt(i + 1));
}

export function ownDeviations(path: Path, filled: Float64Array): Float64Array {
  return path.deviations ?? walkDeviations(filled, path.points.length);
}
