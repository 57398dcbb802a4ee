import { DynamicsError, error } from '../../diagnostic.ts';
import { functions } from '../../numerics/functions.ts';
import { internalRate } from '../../numerics/internal-rate.ts';
import { draw } from '../../numerics/random.ts';
import type { Program } from '../../program/program.ts';
import { validateProgram } from '../../program/validate.ts';
import { type Kernel, type KernelFactory, savedPoints } from '../kernel.ts';
import { isWorthWatching } from './margins.ts';
import { fusedModule, type ProgramModule, segmentedModule } from './module.ts';
import { webAssembly } from './web-assembly.ts';

/** Functions of JavaScript that take over from code in line; see `RareFunction`. */
const rareFunctions = { log: Math.log, pow: (a: number, b: number) => a ** b, sin: Math.sin, cos: Math.cos } as const;

/**
 * Runs a program as WebAssembly with vectors of two doubles, made at run time: the fastest back end. Lanes come in
 * multiples of 8, of 4 for programs of more than some 50 variables or a wish of at most 4, of 2 for one of at most 2;
 * very long or wide programs get fewer lanes than wished. What a lane gives depends on nothing but its own inputs and number.
 *
 * Throws a DynamicsError `run.no_wasm` where there is no WebAssembly, `run.code_forbidden` where a page's
 * Content-Security-Policy does not allow it ('wasm-unsafe-eval' does). The module is compiled while the caller waits: a
 * few milliseconds for hundreds of variables. Chrome refuses to do so for more than 8 MB on a page's own thread, which
 * takes some 50,000 variables; workers know no such limit.
 */
export const wasmKernel: KernelFactory = (program, wish) => {
  validateProgram(program);
  if (isWorthWatching(program)) {
    const watched = fusedModule(program, wish, 'evaluation');
    if (watched !== undefined) return withSecondRuns(program, start(program, watched), watched.width * 2);
  }
  return start(program, fusedModule(program, wish, 'state') ?? segmentedModule(program, wish));
};

/** A kernel that also tells which lanes have to be run again; see `Margins`. */
interface DoubtingKernel extends Kernel {
  readonly doubts: Int32Array;
}

function start(program: Program, { lanes, width, placement, bytes }: ProgramModule): DoubtingKernel {
  const host = webAssembly();
  if (host === undefined) throw new DynamicsError([error('run.no_wasm')]);
  const memory = new host.Memory({ initial: placement.pages });
  const instance = new host.Instance(compiled(host, bytes), {
    host: { draw, memory, internalRate: internalRateIn(memory.buffer, program) },
    call: functions,
    rare: rareFunctions,
  });
  const run = instance.exports.run as (laneOffset: number, seed: number, firstRun: number) => void;
  const { buffer } = memory;
  for (const { keys, rows, data } of placement.tables) {
    new Float64Array(buffer, keys, data.keys.length).set(data.keys);
    new Float64Array(buffer, rows, data.rows.length).set(data.rows);
  }
  const inputs = new Float64Array(buffer, placement.inputs, program.inputs.length * lanes);
  for (const [i, { value }] of program.inputs.entries()) inputs.fill(value, i * lanes, (i + 1) * lanes);
  return {
    backend: 'wasm',
    lanes,
    inputs,
    results: new Float64Array(buffer, placement.results, savedPoints(program) * program.outputs.length * lanes),
    faults: new Int32Array(buffer, placement.faults, lanes),
    doubts: new Int32Array(buffer, placement.doubts, lanes),
    run(seed, firstRun) {
      // One call for each group: WebAssembly changes to optimised code at calls, not within a loop.
      for (let lane = 0; lane < lanes; lane += 2 * width) run(lane * 8, seed, firstRun + lane);
    },
  };
}

/** The internal rate of return of past inputs that lie `stride` bytes apart. */
function internalRateIn(buffer: ArrayBuffer, { time: { dt } }: Program) {
  return (address: number, stride: number, count: number, present: number, missing: number): number => {
    const rows = new Float64Array(buffer, address);
    const past = new Float64Array(count);
    for (let k = 0; k < count; k++) past[k] = rows[(k * stride) / 8]!;
    return internalRate(past, count, present, { missing, dt });
  };
}

function compiled(host: NonNullable<ReturnType<typeof webAssembly>>, bytes: Uint8Array<ArrayBuffer>): object {
  try {
    return new host.Module(bytes);
  } catch (cause) {
    // A module that is not valid would be our own mistake; what is valid and not compiled is forbidden.
    if (host.validate(bytes)) throw new DynamicsError([error('run.code_forbidden')]);
    throw cause;
  }
}

/** Runs the lanes that came too near to a jump again, with exact quotients; each lane by itself decides for itself. */
function withSecondRuns(program: Program, kernel: DoubtingKernel, group: number): Kernel {
  const { backend, lanes, inputs, results, faults, doubts } = kernel;
  let exact: Kernel | undefined;
  function again(seed: number, firstRun: number, first: number): void {
    exact ??= exactKernel(program, group);
    for (let i = 0; i < program.inputs.length; i++) {
      for (let lane = 0; lane < group; lane++) exact.inputs[i * group + lane] = inputs[i * lanes + first + lane]!;
    }
    exact.run(seed, firstRun + first);
    for (let lane = 0; lane < group; lane++) {
      if (doubts[first + lane] === 0) continue;
      faults[first + lane] = exact.faults[lane]!;
      for (let row = 0; row * group < exact.results.length; row++) {
        results[row * lanes + first + lane] = exact.results[row * group + lane]!;
      }
    }
  }
  return {
    ...{ backend, lanes, inputs, results, faults },
    run(seed, firstRun) {
      kernel.run(seed, firstRun);
      for (let first = 0; first < lanes; first += group) {
        if (doubts.subarray(first, first + group).some((doubt) => doubt !== 0)) again(seed, firstRun, first);
      }
    },
  };
}

function exactKernel(program: Program, lanes: number): Kernel {
  const module = fusedModule(program, lanes, 'state') ?? segmentedModule(program, lanes);
  if (module.lanes !== lanes) throw new Error(`${module.lanes} lanes instead of ${lanes}`);
  return start(program, module);
}
