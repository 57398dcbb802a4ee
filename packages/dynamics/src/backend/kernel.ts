import type { Program } from '../program/program.ts';

export type Backend = 'interp' | 'js' | 'wasm';

/**
 * A program made executable: integrates `lanes` runs side by side. Buffers belong to the kernel and are used again by
 * the next call; a lane that is not needed may hold anything.
 */
export interface Kernel {
  readonly backend: Backend;
  readonly lanes: number;
  /** Value of input i in lane l at `i * lanes + l`; the defaults until set. */
  readonly inputs: Float64Array;
  /** After `run`: output o at saved point s in lane l at `(s * outputs + o) * lanes + l`. */
  readonly results: Float64Array;
  /**
   * After `run`: for each lane the first saved point at which a stock or an output was not a finite number, or -1.
   * `steps` too small for RK45 is -2.
   */
  readonly faults: Int32Array;
  /** Integrates all lanes; lane l is run number `firstRun + l`, which with `seed` decides every random draw. */
  run(seed: number, firstRun: number): void;
}

/** Makes a kernel. `lanes` is a wish that a back end may lower or raise; see `Kernel.lanes`. */
export type KernelFactory = (program: Program, lanes: number) => Kernel;

/** Saved points of a program: the start, every `saveEvery` steps, and the end. */
export function savedPoints({ time }: Pick<Program, 'time'>): number {
  return 1 + Math.ceil(time.steps / time.saveEvery);
}

/** The inputs of a kernel with every lane at the defaults. */
export function defaultInputs({ inputs }: Pick<Program, 'inputs'>, lanes: number): Float64Array<ArrayBuffer> {
  const values = new Float64Array(inputs.length * lanes);
  for (const [input, { value }] of inputs.entries()) values.fill(value, input * lanes, (input + 1) * lanes);
  return values;
}
