import { quantileOf } from '../numerics/quantile.ts';
import type { EnsembleResult } from './ensemble.ts';

/** Quantiles of one column over the runs. */
export interface ColumnQuantiles {
  /** One for each probability; NaN when no run gave a finite number. */
  values: Float64Array;
  /** Runs with a finite number; the others are left out. */
  count: number;
}

/**
 * Exact quantiles over the runs for each column, e.g. the bands of a `series`: the stored numbers are sorted, a column
 * at a time, and a quantile between two of them lies on the straight line (type 7 of R. J. Hyndman, Y. Fan, "Sample
 * quantiles in statistical packages", Am. Stat. 50, 1996). Probabilities are from 0 to 1.
 */
export function quantilesOver(
  { values, columns, runs }: Pick<EnsembleResult, 'values' | 'columns' | 'runs'>,
  probabilities: readonly number[],
): ColumnQuantiles[] {
  for (const probability of probabilities) {
    if (!(probability >= 0 && probability <= 1)) throw new Error(`${probability} is no probability`);
  }
  const column = new Float64Array(runs);
  return columns.map((_, place) => {
    let count = 0;
    for (let run = 0; run < runs; run++) {
      const value = values[run * columns.length + place]!;
      if (Number.isFinite(value)) column[count++] = value;
    }
    const sorted = column.subarray(0, count).sort();
    return { values: Float64Array.from(probabilities, (p) => quantileOf(sorted, p)), count };
  });
}
