import { type Factor, factorScale } from '../sampling/scale.ts';
import { type SobolSequence, sobolSequence, sobolStretch } from '../sampling/sobol.ts';

/**
 * Independent scramblings that a design consists of. Rows of one scrambled net depend on each other, so that resampling
 * them makes intervals far too wide (coverage near 100 %); the scramblings are independent. Eight are enough for honest
 * intervals and few enough to keep nearly the accuracy of one long net.
 */
export const scramblings = 8;

/** What the runs of a group are: A, B, then A with each column of B, then, for pairs, B with each column of A. */
export interface SaltelliDesign {
  factors: readonly Factor[];
  withPairs: boolean;
  seed: number;
}

export function runsOfGroup(factorCount: number, withPairs: boolean): number {
  return (withPairs ? 2 : 1) * factorCount + 2;
}

/**
 * The points of a stretch of groups, one after the other. Group g has the point floor(g / 8) of scrambling g mod 8, so
 * that the first groups of a design are a smaller design. A and B are the two halves of a scrambled Sobol' point of
 * twice as many dimensions: A. Saltelli et al., Comput. Phys. Commun. 181 (2010) 259-270.
 */
export function saltelliPoints(design: SaltelliDesign): (start: number, count: number) => Float64Array {
  const dimensions = design.factors.length;
  const scales = design.factors.map(factorScale);
  const sequences = Array.from({ length: scramblings }, (_, r) => sobolSequence(2 * dimensions, design.seed, r));
  const size = runsOfGroup(dimensions, design.withPairs) * dimensions;
  return (start, count) => {
    const points = new Float64Array(count * size);
    const base = basePoints(sequences, start, count, dimensions, scales);
    for (let g = 0; g < count; g += 1) {
      const row = base.subarray(g * 2 * dimensions, (g + 1) * 2 * dimensions);
      fillGroup(points.subarray(g * size, (g + 1) * size), row, dimensions, design.withPairs);
    }
    return points;
  };
}

/** A and B of each group as values of the factors. */
function basePoints(
  sequences: readonly SobolSequence[],
  start: number,
  count: number,
  dimensions: number,
  scales: readonly ((share: number) => number)[],
): Float64Array {
  const size = 2 * dimensions;
  const base = new Float64Array(count * size);
  const first = Math.floor(start / scramblings);
  const last = Math.floor((start + count - 1) / scramblings);
  for (const [replicate, sequence] of sequences.entries()) {
    const stretch = sobolStretch(sequence, first, last - first + 1);
    for (let i = 0; i <= last - first; i += 1) {
      const group = (first + i) * scramblings + replicate - start;
      if (group < 0 || group >= count) continue;
      for (let d = 0; d < size; d += 1) base[group * size + d] = scales[d % dimensions]!(stretch[i * size + d]!);
    }
  }
  return base;
}

function fillGroup(group: Float64Array, base: Float64Array, dimensions: number, withPairs: boolean): void {
  const a = base.subarray(0, dimensions);
  const b = base.subarray(dimensions);
  group.set(base);
  for (let j = 0; j < dimensions; j += 1) {
    const at = (2 + j) * dimensions;
    group.set(a, at);
    group[at + j] = b[j]!;
    if (!withPairs) continue;
    const mirrored = at + dimensions * dimensions;
    group.set(b, mirrored);
    group[mirrored + j] = a[j]!;
  }
}
