import { expectValue, scalePoints, uniformPoints } from '@tandem/dynamics';

/** Independent standard normal numbers, row after row. */
export function standardNormals(count: number, columns: number, seed: number): Float64Array {
  if (columns === 0) return new Float64Array();
  const factors = Array.from({ length: columns }, (_, d) => ({
    name: String(d),
    distribution: 'normal' as const,
    mean: 0,
    deviation: 1,
  }));
  return scalePoints(expectValue(uniformPoints(count, columns, seed)), factors);
}
