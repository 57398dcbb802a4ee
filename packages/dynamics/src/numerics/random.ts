const multiplier0 = 0xd2511f53;
const multiplier1 = 0xcd9e8d57;
const weyl0 = 0x9e3779b9;
const weyl1 = 0xbb67ae85;
const rounds = 10;
const words = 4294967296;

/**
 * A uniform draw from [0, 1) with 53 random bits: a pure function of its four arguments, so that a run gives the same
 * numbers whatever ran before it and on whatever worker. `seed` and `run` are whole numbers (their lowest 64 bits count),
 * `key` and `step` unsigned words of 32 bits.
 *
 * Philox4x32-10 of J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3",
 * SC'11 (2011), with the seed as its key and (step, key, run) as its counter.
 */
export function draw(seed: number, run: number, key: number, step: number): number {
  return philox53(step, key, run, Math.floor(run / words), seed, Math.floor(seed / words));
}

/** The first two words of Philox4x32-10 for a counter of four words and a key of two, as a double from [0, 1). */
export function philox53(c0: number, c1: number, c2: number, c3: number, k0: number, k1: number): number {
  let word0 = c0 >>> 0;
  let word1 = c1 >>> 0;
  let word2 = c2 >>> 0;
  let word3 = c3 >>> 0;
  let key0 = k0 | 0;
  let key1 = k1 | 0;
  for (let round = 0; round < rounds; round += 1) {
    const low0 = Math.imul(multiplier0, word0) >>> 0;
    const low1 = Math.imul(multiplier1, word2) >>> 0;
    const high0 = highWord(multiplier0, word0, low0);
    const high1 = highWord(multiplier1, word2, low1);
    word0 = (high1 ^ word1 ^ key0) >>> 0;
    word1 = low1;
    word2 = (high0 ^ word3 ^ key1) >>> 0;
    word3 = low0;
    key0 = (key0 + weyl0) | 0;
    key1 = (key1 + weyl1) | 0;
  }
  return ((word0 >>> 5) * 67108864 + (word1 >>> 6)) / 9007199254740992;
}

/**
 * The upper word of the product of two words, its lower word being known. The product as a double is off by 2^10 at
 * most, which is far less than half an upper word, so that rounding gives the exact one.
 */
function highWord(a: number, b: number, low: number): number {
  return ((a * b - low) / words + 0.5) >>> 0;
}
