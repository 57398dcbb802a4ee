import { drawWord } from './chance.ts';

/** What makes one scrambling of one dimension different from all others. */
export interface ScrambleKey {
  first: number;
  second: number;
}

/** The key of `dimension` in the `replicate`-th independent scrambling that belongs to `seed`. */
export function scrambleKey(seed: number, dimension: number, replicate: number): ScrambleKey {
  return {
    first: drawWord(seed, 'scrambling', dimension, 2 * replicate),
    second: drawWord(seed, 'scrambling', dimension, 2 * replicate + 1),
  };
}

/**
 * Nested uniform scrambling of a coordinate's 32 bits: whether a bit is flipped depends on all bits above it and on
 * nothing else, and the flips at the nodes of this tree are as good as independent. So every elementary interval keeps
 * its number of points, each point alone is uniform, and different keys give independent copies.
 *
 * A. B. Owen, "Randomly permuted (t,m,s)-nets and (t,s)-sequences" (1995), and "Scrambled net variance for integrals of
 * smooth functions", Ann. Statist. 25 (1997) 1541-1562. That a hash of the bits above serves as the tree of coins is the
 * idea of B. Burley, "Practical hash-based Owen scrambling", J. Comput. Graph. Tech. 9(4) (2020) 1-20. The tree is walked
 * in full here: the shorter multiplicative permutations of that paper leave the low bits less than well mixed.
 */
export function scramble(word: number, key: ScrambleKey): number {
  let flips = 0;
  for (let level = 0; level < 32; level += levelsOfHash) {
    // The leading one tells prefixes of different length apart. Five levels have 31 nodes: a hash has a bit for each.
    const above = level === 0 ? 0 : word >>> (32 - level);
    const coins = hash(((1 << level) | above) >>> 0, key);
    let node = 1;
    for (let bit = 31 - level; bit >= 0 && bit > 31 - level - levelsOfHash; bit -= 1) {
      flips |= ((coins >>> node) & 1) << bit;
      node = (node << 1) | ((word >>> bit) & 1);
    }
  }
  return (word ^ flips) >>> 0;
}

const levelsOfHash = 5;

function hash(word: number, key: ScrambleKey): number {
  return mix(mix(word ^ key.first) ^ key.second);
}

/** The 32-bit mixer `lowbias32` of C. Wellons, "Prospecting for hash functions" (2018). */
function mix(word: number): number {
  let x = word ^ (word >>> 16);
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  return x ^ (x >>> 16);
}
