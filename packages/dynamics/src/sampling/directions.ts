import { dimensionsOfDegree, directionBits } from './direction-numbers.ts';

/** Bits of a point's coordinate, and so the logarithm of the longest sequence. */
export const sobolBits = 32;

/** As many dimensions as the table of direction numbers has. */
export const sobolDimensionsMax = 1 + dimensionsOfDegree.reduce((sum, count) => sum + count, 0);

const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const bitsOfCharacter = 6;

/**
 * The direction integers v_1 to v_32 of the first `dimensions` dimensions, 32 words each, v_k with its k leading bits.
 *
 * I. M. Sobol', "On the distribution of points in a cube and the approximate evaluation of integrals", USSR Comput. Math.
 * Math. Phys. 7 (1967); the recurrence as in P. Bratley, B. L. Fox, "Algorithm 659", ACM TOMS 14 (1988) 88-100.
 */
export function directionIntegers(dimensions: number): Uint32Array {
  const integers = new Uint32Array(dimensions * sobolBits);
  for (let k = 0; k < sobolBits; k += 1) integers[k] = 2 ** (sobolBits - 1 - k);
  const read = bitReader();
  let dimension = 1;
  for (const [index, count] of dimensionsOfDegree.entries()) {
    for (let i = 0; i < count && dimension < dimensions; i += 1) {
      const row = integers.subarray(dimension * sobolBits, (dimension + 1) * sobolBits);
      fillDimension(row, index + 1, read);
      dimension += 1;
    }
  }
  return integers;
}

function fillDimension(row: Uint32Array, degree: number, read: (count: number) => number): void {
  const inner = read(degree - 1);
  for (let k = 0; k < degree; k += 1) {
    const initial = read(k) * 2 + 1;
    row[k] = initial << (sobolBits - 1 - k);
  }
  for (let k = degree; k < sobolBits; k += 1) {
    const oldest = row[k - degree]!;
    let word = oldest ^ (oldest >>> degree);
    for (let i = 1; i < degree; i += 1) {
      if (((inner >>> (degree - 1 - i)) & 1) === 1) word ^= row[k - i]!;
    }
    row[k] = word;
  }
}

function bitReader(): (count: number) => number {
  let at = 0;
  return (count) => {
    let value = 0;
    for (let i = 0; i < count; i += 1) {
      const character = characters.indexOf(directionBits[Math.floor(at / bitsOfCharacter)]!);
      const bit = (character >>> (bitsOfCharacter - 1 - (at % bitsOfCharacter))) & 1;
      value = value * 2 + bit;
      at += 1;
    }
    return value;
  };
}
