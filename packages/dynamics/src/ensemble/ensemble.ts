import { type Backend, savedPoints } from '../backend/kernel.ts';
import { type Diagnostic, DynamicsError, error } from '../diagnostic.ts';
import type { Evaluate } from '../experiment/evaluate.ts';
import type { Program } from '../program/program.ts';
import type { Chunk, ChunkResult } from './chunk.ts';
import { Chunks } from './chunks.ts';
import { type Crew, OwnThread, WorkerCrew } from './crew.ts';
import { firstFault, type RunFault } from './faults.ts';
import {
  type Column,
  kernelBytes,
  type Plan,
  planOf,
  pointTime,
  type ResultColumn,
  resultColumns,
  resultWidth,
  savedGrid,
} from './plan.ts';
import type { Readiness, WorkerLike } from './worker-messages.ts';

export interface EnsembleOptions {
  /** What is kept of each run. */
  columns: readonly Column[];
  /** Inputs that a point gives the values of, in this order; the others keep their default. Default: all inputs. */
  inputs?: readonly string[];
  /** Default `auto`: the fastest back end that this place allows; the result tells which one it was and why. */
  backend?: Backend | 'auto';
  /** Starts a worker. Without it the runs are made in the thread of the caller, which others get to use in between. */
  spawn?: () => WorkerLike;
  /** Number of workers, default 1; more than one only with `spawn`. */
  threads?: number;
  /** Runs that a kernel makes side by side; a wish. */
  lanes?: number;
  /** Runs in one piece of work at most, which is also what is waited for when a run is cancelled. */
  chunkRunsMax?: number;
  /** What an ensemble may hold in memory; default 1 GiB. */
  bytesMax?: number;
}

export interface RunOptions {
  /** Decides all random draws together with the number of the run; default 0. */
  seed?: number;
  /** Number of the first run, default 0. An ensemble may be made in parts that way. */
  firstRun?: number;
  /** How many runs, where no input is varied and so `points` are empty. */
  runs?: number;
  /** Ends the ensemble early; what is known until then is the result. */
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

export interface EnsembleResult {
  runs: number;
  /** What the numbers of a row are. */
  columns: readonly ResultColumn[];
  /** Row-major, runs x columns. Rows of runs that were not made are NaN. */
  values: Float64Array;
  /** 1 for each run that was made. */
  made: Uint8Array;
  /** How many runs were made; all of them when `complete`. */
  done: number;
  complete: boolean;
  /** How many of the runs made did not stay finite. */
  faultCount: number;
  /** The first `faultsListedMax` of them, in the order of the runs. */
  faults: readonly RunFault[];
  backend: Backend;
  lanes: number;
  threads: number;
  /** Why faster back ends were not taken, when the choice was left open. */
  passedOver: readonly Diagnostic[];
}

/** Faults that a result lists; more are counted. */
export const faultsListedMax = 1000;
/** Faults that are looked into by making the run again with the interpreter, which is a hundred times slower. */
export const faultsNamedMax = 10;
const bytesMaxDefault = 2 ** 30;
/** Of a kernel for which the back end decides. */
const usualLanes = 4;

/**
 * Makes many runs of a program. The same seed gives the same bits whatever the number of threads, lanes and chunks;
 * a run that does not stay finite is a fault of that run alone. Throws a DynamicsError for columns, inputs or numbers
 * that cannot be (`run.no_output`, `run.time_outside`, `run.too_large`, ...).
 *
 * ```ts
 * const ensemble = createEnsemble(program, { columns: [{ output: 'infected', reduce: { kind: 'max' } }] });
 * const { values } = await ensemble.run(points, { seed: 1 });
 * ensemble.close();
 * ```
 */
export function createEnsemble(program: Program, options: EnsembleOptions): Ensemble {
  return new Ensemble(program, options);
}

/** See `createEnsemble`. Several calls of `run` are made one after the other. `close` ends the workers. */
export class Ensemble {
  /** The inputs that a point gives the values of. */
  readonly inputs: readonly string[];
  readonly #program: Program;
  readonly #plan: Plan;
  readonly #crew: Crew;
  readonly #chunkRunsMax: number;
  readonly #bytesMax: number;
  readonly #width: number;
  #columns: readonly ResultColumn[] | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(program: Program, options: EnsembleOptions) {
    const { spawn, threads = 1, lanes, chunkRunsMax = 2 ** 16, bytesMax = bytesMaxDefault } = options;
    mustBeWhole({ threads, lanes: lanes ?? 1, chunkRunsMax }, 1);
    if (threads > 1 && spawn === undefined) throw new DynamicsError([error('run.no_threads', { threads })]);
    this.#program = program;
    this.#chunkRunsMax = chunkRunsMax;
    this.#bytesMax = bytesMax;
    // Before there are times and columns for so many points.
    this.#refuseBytes(8 * usualLanes * savedPoints({ time: savedGrid(program.time, options.columns) }), 1, 1);
    this.#plan = planOf(program, options);
    this.#crew = spawn === undefined ? new OwnThread(this.#plan) : new WorkerCrew(this.#plan, spawn, threads);
    this.#width = resultWidth(this.#plan);
    this.inputs = this.#plan.varied.map((input) => program.inputs[input]!.name);
    this.#refuseTooLarge(1, usualLanes);
  }

  /** The numbers in the row of a run. */
  get columns(): readonly ResultColumn[] {
    this.#columns ??= resultColumns(this.#plan);
    return this.#columns;
  }

  /**
   * Makes one run for each point; `points` are row-major, runs x inputs. Rejects with a DynamicsError when the points
   * have another shape, when the result would take more than `bytesMax`, or when a worker died twice at the same work.
   */
  run(points: Float64Array, options: RunOptions = {}): Promise<EnsembleResult> {
    const run = this.#last.then(() => this.#run(points, options));
    this.#last = run.catch(() => undefined);
    return run;
  }

  /** Ends the workers. A run under way ends with what is known. */
  close(): void {
    this.#closed = true;
    this.#crew.close();
  }

  async #run(points: Float64Array, options: RunOptions): Promise<EnsembleResult> {
    if (this.#closed) throw new Error('The ensemble was closed');
    const { seed = 0, firstRun = 0, signal, onProgress } = options;
    const runs = this.#runsOf(points, options.runs);
    mustBeWhole({ seed }, -Infinity);
    mustBeWhole({ firstRun }, 0);
    this.#refuseTooLarge(runs, 1);
    const readiness = await this.#crew.ready();
    this.#refuseTooLarge(runs, readiness.lanes);
    const found = new Found(runs, this.#width);
    const { size: threads, blocksPerChunk: blocks } = this.#crew;
    const chunks = new Chunks(this.#plan, readiness, { runs, threads, blocks, runsMax: this.#chunkRunsMax });
    try {
      await this.#crew.work({
        next: () => (signal?.aborted === true || this.#closed ? undefined : chunks.next(points, seed, firstRun)),
        done: (chunk, result) => {
          found.add(chunk.firstRun - firstRun, chunk, result);
          onProgress?.(found.done, runs);
        },
      });
    } catch (cause) {
      if (!this.#closed) throw cause;
    }
    const faults = await this.#faultsOf(found, points, seed, firstRun, signal);
    return this.#result(found, faults, readiness);
  }

  #result(found: Found, faults: RunFault[], { backend, lanes, passedOver }: Readiness): EnsembleResult {
    const { runs, values, made, done } = found;
    const columnsOf = () => this.columns;
    return {
      runs,
      get columns() {
        return columnsOf();
      },
      values,
      made,
      done,
      complete: done === runs,
      faultCount: found.faultCount(),
      faults,
      backend,
      lanes,
      threads: this.#crew.size,
      passedOver,
    };
  }

  async #faultsOf(found: Found, points: Float64Array, seed: number, firstRun: number, signal: AbortSignal | undefined) {
    const faults: RunFault[] = [];
    for (let run = 0; run < found.runs && faults.length < faultsListedMax; run++) {
      const point = found.faults[run]!;
      if (point === -1) continue;
      const kind = point === -2 ? 'steps_too_small' : 'not_finite';
      const fault: RunFault = {
        run,
        kind,
        time: point < 0 ? undefined : pointTime(this.#plan, point),
        name: undefined,
      };
      if (faults.length < faultsNamedMax && signal?.aborted !== true && !this.#closed) {
        const inputs = this.#inputsOf(points, run);
        Object.assign(fault, await firstFault(this.#plan.program, { inputs, seed, run: firstRun + run }, signal));
      }
      faults.push(fault);
    }
    return faults;
  }

  #inputsOf(points: Float64Array, run: number): number[] {
    const inputs = this.#program.inputs.map(({ value }) => value);
    const { varied } = this.#plan;
    varied.forEach((input, i) => {
      inputs[input] = points[run * varied.length + i]!;
    });
    return inputs;
  }

  #runsOf(points: Float64Array, runs: number | undefined): number {
    const inputs = this.#plan.varied.length;
    const given = inputs === 0 ? runs : points.length / inputs;
    if (given === undefined) throw new DynamicsError([error('run.runs_needed')]);
    const fits = Number.isSafeInteger(given) && given >= 0 && (runs ?? given) === given;
    if (!fits || given * inputs !== points.length) {
      throw new DynamicsError([error('run.points_shape', { length: points.length, inputs })]);
    }
    return given;
  }

  #refuseTooLarge(runs: number, lanes: number): void {
    const columns = this.#width;
    const bytes = runs * (8 * columns + 5) + this.#crew.size * kernelBytes(this.#plan.program, lanes);
    this.#refuseBytes(bytes, runs, columns);
  }

  #refuseBytes(bytes: number, runs: number, columns: number): void {
    if (bytes <= this.#bytesMax) return;
    const [megabytes, limit] = [Math.ceil(bytes / 2 ** 20), Math.floor(this.#bytesMax / 2 ** 20)];
    throw new DynamicsError([error('run.too_large', { runs, columns, megabytes, limit })]);
  }
}

/** The outputs of an ensemble as a function of its inputs, for experiments. Every call uses the same random draws. */
export function evaluateWith(ensemble: Ensemble, options: Pick<RunOptions, 'seed' | 'signal'> = {}): Evaluate {
  return async (points, count) => (await ensemble.run(points, { ...options, runs: count })).values;
}

/** What is known of the runs so far, each in its place. */
class Found {
  readonly runs: number;
  readonly values: Float64Array;
  readonly faults: Int32Array;
  readonly made: Uint8Array;
  done = 0;
  readonly #columns: number;

  constructor(runs: number, columns: number) {
    this.runs = runs;
    this.#columns = columns;
    this.values = new Float64Array(runs * columns).fill(Number.NaN);
    this.faults = new Int32Array(runs).fill(-1);
    this.made = new Uint8Array(runs);
  }

  add(first: number, { runs }: Chunk, { values, faults }: ChunkResult): void {
    this.values.set(values, first * this.#columns);
    this.faults.set(faults, first);
    this.made.fill(1, first, first + runs);
    this.done += runs;
  }

  faultCount(): number {
    return this.faults.reduce((count, fault) => count + (fault === -1 ? 0 : 1), 0);
  }
}

function mustBeWhole(options: Record<string, number>, least: number): void {
  for (const [option, value] of Object.entries(options)) {
    if (Number.isSafeInteger(value) && value >= least) continue;
    const wanted = least === -Infinity ? 'a whole number' : `a whole number from ${least} on`;
    throw new DynamicsError([error('run.bad_number', { option, value, wanted })]);
  }
}
