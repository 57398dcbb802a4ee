import type { Backend } from '../backend/kernel.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { kernelOf } from './backends.ts';
import { type Plan, reductionsOf } from './plan.ts';
import type { Reduction } from './reducer.ts';

/** Runs that follow one another: `points` holds the values of the varied inputs, run after run. */
export interface Chunk {
  /** Number of the first run, which with the seed decides its random draws. */
  firstRun: number;
  runs: number;
  seed: number;
  points: Float64Array;
}

/** One row of numbers and one fault (as in `Kernel.faults`) for each run of a chunk. */
export interface ChunkResult {
  values: Float64Array<ArrayBuffer>;
  faults: Int32Array<ArrayBuffer>;
}

/** Runs chunks, wherever: in the thread of the caller and in workers it is this class. */
export class ChunkRunner {
  readonly backend: Backend;
  readonly lanes: number;
  readonly passedOver: readonly Diagnostic[];
  readonly #plan: Plan;
  readonly #kernel;
  readonly #reductions: readonly Reduction[];
  /** For each column its place among the outputs. */
  readonly #outputs: readonly number[];
  readonly #width: number;

  constructor(plan: Plan) {
    const { kernel, passedOver } = kernelOf(plan.program, plan.backend, plan.lanes);
    this.#plan = plan;
    this.#kernel = kernel;
    this.backend = kernel.backend;
    this.lanes = kernel.lanes;
    this.passedOver = passedOver;
    this.#reductions = reductionsOf(plan);
    this.#width = this.#reductions.reduce((sum, { width }) => sum + width, 0);
    const places = new Map(plan.program.outputs.map(({ name }, place) => [name, place]));
    this.#outputs = plan.columns.map(({ output }) => places.get(output)!);
  }

  run({ firstRun, runs, seed, points }: Chunk): ChunkResult {
    const { lanes, faults } = this.#kernel;
    const result = { values: new Float64Array(runs * this.#width), faults: new Int32Array(runs) };
    for (let first = 0; first < runs; first += lanes) {
      this.#setInputs(points, first, runs);
      this.#kernel.run(seed, firstRun + first);
      for (let lane = 0; lane < lanes && first + lane < runs; lane++) {
        this.#reduce(lane, result.values, (first + lane) * this.#width);
        result.faults[first + lane] = faults[lane]!;
      }
    }
    return result;
  }

  /** Lanes that are not needed repeat the last run, which at least does nothing unheard of. */
  #setInputs(points: Float64Array, first: number, runs: number): void {
    const { varied } = this.#plan;
    const { inputs, lanes } = this.#kernel;
    for (let lane = 0; lane < lanes; lane++) {
      const row = Math.min(first + lane, runs - 1) * varied.length;
      for (let i = 0; i < varied.length; i++) inputs[varied[i]! * lanes + lane] = points[row + i]!;
    }
  }

  #reduce(lane: number, values: Float64Array, row: number): void {
    const { results, lanes } = this.#kernel;
    const stride = this.#plan.program.outputs.length * lanes;
    let place = row;
    this.#reductions.forEach((reduction, column) => {
      reduction.reduce({ results, at: this.#outputs[column]! * lanes + lane, stride }, values, place);
      place += reduction.width;
    });
  }
}
