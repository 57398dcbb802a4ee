import { draw } from '../numerics/random.ts';

/**
 * The part of the seed's numbers that each use of chance has to itself, given as the `run` of `draw`. They lie far above
 * the runs of any ensemble, so that a model's own noise, drawn with the same seed, has nothing in common with them.
 */
export const purposes = {
  uniform: 2 ** 40,
  scrambling: 2 ** 40 + 1,
  hypercube: 2 ** 40 + 2,
  trajectories: 2 ** 40 + 3,
  resampling: 2 ** 40 + 4,
  search: 2 ** 40 + 16,
  chains: 2 ** 40 + 17,
  prediction: 2 ** 40 + 18,
  calibration: 2 ** 40 + 19,
} as const;

export type Purpose = keyof typeof purposes;

/** A seed has to be a whole number that a double holds exactly. */
export function isSeed(seed: number): boolean {
  return Number.isSafeInteger(seed);
}

/** A row of draws from [0, 1), one after the other: number `step` of row `key` of `purpose`. */
export function drawsOf(seed: number, purpose: Purpose, key: number): () => number {
  const run = purposes[purpose];
  let step = 0;
  return () => {
    const value = draw(seed, run, key, step);
    step += 1;
    return value;
  };
}

/** A random word of 32 bits. */
export function drawWord(seed: number, purpose: Purpose, key: number, step: number): number {
  return Math.floor(draw(seed, purposes[purpose], key, step) * 4294967296) >>> 0;
}

/** Puts `items` into random order in place, every order alike (Fisher-Yates; Knuth, TAOCP 2, algorithm 3.4.2P). */
export function shuffle(items: Uint32Array, next: () => number): void {
  for (let i = items.length - 1; i > 0; i -= 1) {
    const j = Math.floor(next() * (i + 1));
    const kept = items[i]!;
    items[i] = items[j]!;
    items[j] = kept;
  }
}
