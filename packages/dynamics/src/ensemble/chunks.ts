import type { Chunk } from './chunk.ts';
import { evaluationsPerBlock, evaluationsPerRun } from './cost.ts';
import { type Plan, resultWidth } from './plan.ts';
import type { Readiness } from './worker-messages.ts';

/** What the numbers of one chunk may take while they are on their way. */
const chunkBytesMax = 16 * 2 ** 20;
/** Chunks for each worker at least, so that none of them waits long for the last one. */
const chunksPerThread = 8;

interface Amount {
  runs: number;
  threads: number;
  blocks: number;
  runsMax: number;
}

/**
 * Cuts an ensemble into pieces of work. The first ones are small, as code is not yet optimised then, and each is at most
 * twice as large as the one before.
 */
export class Chunks {
  readonly #plan: Plan;
  readonly #runs: number;
  readonly #lanes: number;
  readonly #runsMax: number;
  #size: number;
  #given = 0;

  constructor(plan: Plan, { backend, lanes }: Readiness, { runs, threads, blocks, runsMax }: Amount) {
    this.#plan = plan;
    this.#runs = runs;
    this.#lanes = lanes;
    this.#runsMax = Math.min(
      runsMax,
      Math.max(lanes, (blocks * evaluationsPerBlock[backend]) / evaluationsPerRun(plan.program)),
      Math.max(lanes, chunkBytesMax / (8 * resultWidth(plan))),
      Math.max(lanes, runs / (threads * chunksPerThread)),
    );
    this.#size = Math.min(runsMax, lanes);
  }

  /** The next piece, undefined after the last. */
  next(points: Float64Array, seed: number, firstRun: number): Chunk | undefined {
    const from = this.#given;
    const runs = Math.min(this.#size, this.#runs - from);
    if (runs === 0) return undefined;
    this.#given += runs;
    this.#size = this.#wholeLanes(Math.min(2 * this.#size, this.#runsMax));
    const width = this.#plan.varied.length;
    return { firstRun: firstRun + from, runs, seed, points: points.slice(from * width, (from + runs) * width) };
  }

  /** Full lanes where that is possible; a limit below that is kept to. */
  #wholeLanes(runs: number): number {
    const whole = Math.floor(runs);
    return whole > this.#lanes ? whole - (whole % this.#lanes) : Math.max(1, whole);
  }
}
