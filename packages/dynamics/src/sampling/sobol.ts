import { type Diagnostic, type Outcome, warning } from '../diagnostic.ts';
import { directionIntegers, sobolBits, sobolDimensionsMax } from './directions.ts';
import { type ScrambleKey, scramble, scrambleKey } from './owen.ts';
import { seedFaults, settingFaults, sizeFaults } from './settings.ts';

const pointsMax = 2 ** sobolBits;
const unit = 2 ** -sobolBits;

export interface SobolSettings {
  /** How many points of the sequence to pass over; a multiple of `count` keeps the blocks of the net whole. */
  skip?: number;
  /** Scrambles the points; without it they are the sequence itself, whose first point is the corner (0, ..., 0). */
  seed?: number;
}

/** A Sobol' sequence of which any stretch can be asked for. */
export interface SobolSequence {
  dimensions: number;
  directions: Uint32Array;
  /** A key for each dimension; undefined where the sequence is not scrambled. */
  keys: readonly ScrambleKey[] | undefined;
}

/**
 * `count` points of the Sobol' sequence in [0, 1)^dimensions, one after the other, with the direction numbers D(6) of
 * Joe and Kuo (2008) in the Gray code order of I. A. Antonov, V. M. Saleev, USSR Comput. Math. Math. Phys. 19 (1979)
 * 252-256. Up to 1,111 dimensions and 2^32 points.
 *
 * With a seed the points are scrambled after Owen: then each is uniform in the open cube, and means over them have no
 * bias. Warns where `count` is not a power of two or `skip` is not a multiple of it, because the points are then not
 * balanced (A. B. Owen, "On dropping the first Sobol' point", MCQMC 2020).
 */
export function sobolPoints(count: number, dimensions: number, settings: SobolSettings = {}): Outcome<Float64Array> {
  const skip = settings.skip ?? 0;
  const errors = [
    ...sizeFaults(count, dimensions, sobolDimensionsMax),
    ...settingFaults('skip', skip, 'whole', 0, pointsMax - Math.min(count, pointsMax)),
    ...(settings.seed === undefined ? [] : seedFaults(settings.seed)),
  ];
  if (errors.length > 0) return { ok: false, errors, warnings: [] };
  const sequence = sobolSequence(dimensions, settings.seed);
  return { ok: true, value: sobolStretch(sequence, skip, count), warnings: unbalanced(count, skip) };
}

/** The sequence with its directions worked out; `replicate` picks one of the independent scramblings of a seed. */
export function sobolSequence(dimensions: number, seed: number | undefined, replicate = 0): SobolSequence {
  const keys =
    seed === undefined ? undefined : Array.from({ length: dimensions }, (_, d) => scrambleKey(seed, d, replicate));
  return { dimensions, directions: directionIntegers(dimensions), keys };
}

/** The points `start` to `start + count - 1` of a sequence, one after the other. */
export function sobolStretch(sequence: SobolSequence, start: number, count: number): Float64Array {
  const { dimensions, directions, keys } = sequence;
  const points = new Float64Array(count * dimensions);
  for (let d = 0; d < dimensions; d += 1) {
    const key = keys?.[d];
    let word = wordAt(directions, d, start);
    for (let i = 0; i < count; i += 1) {
      // The middle of the smallest interval: a scrambled coordinate is never 0, so no range is met exactly at its end.
      points[i * dimensions + d] = key === undefined ? (word >>> 0) * unit : (scramble(word, key) + 0.5) * unit;
      if (i + 1 < count) word ^= directions[d * sobolBits + trailingZeros(start + i + 1)]!;
    }
  }
  return points;
}

function wordAt(directions: Uint32Array, dimension: number, index: number): number {
  const gray = index ^ (index >>> 1);
  let word = 0;
  for (let k = 0; k < sobolBits; k += 1) {
    if (((gray >>> k) & 1) === 1) word ^= directions[dimension * sobolBits + k]!;
  }
  return word;
}

/** The one bit in which an index above 0 differs, in Gray code, from the index before it. */
function trailingZeros(index: number): number {
  return 31 - Math.clz32(index & -index);
}

function unbalanced(count: number, skip: number): Diagnostic[] {
  const isWholeBlock = count === 0 || (Number.isInteger(Math.log2(count)) && skip % count === 0);
  return isWholeBlock ? [] : [warning('experiment.unbalanced_points', { count, skip })];
}
