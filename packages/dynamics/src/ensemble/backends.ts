import { interpreterKernel } from '../backend/interpreter.ts';
import { javascriptKernel } from '../backend/javascript.ts';
import type { Backend, Kernel, KernelFactory } from '../backend/kernel.ts';
import { wasmKernel } from '../backend/wasm/index.ts';
import { webAssembly } from '../backend/wasm/web-assembly.ts';
import { type Diagnostic, DynamicsError, error } from '../diagnostic.ts';
import type { Program } from '../program/program.ts';
import { evaluationsPerBlock, evaluationsPerRun } from './cost.ts';
import { kernelBytes } from './plan.ts';

/** A kernel, and why better back ends were passed over when the choice was left open. */
export interface ChosenKernel {
  kernel: Kernel;
  passedOver: Diagnostic[];
}

const factories: Record<Backend, KernelFactory> = {
  wasm: (program, lanes) => {
    if (!hasWasmSimd()) throw new DynamicsError([error('run.no_wasm')]);
    return wasmKernel(program, lanes);
  },
  js: javascriptKernel,
  interp: interpreterKernel,
};

/** From the fastest to the slowest, as `auto` tries them. */
const byPreference: readonly Backend[] = ['wasm', 'js', 'interp'];

/** Runs side by side that a WebAssembly kernel is asked for at most: more make calls no cheaper, and take memory. */
const lanesMax = 64;
/** Memory that the saved points of one kernel may take before fewer runs are put side by side. */
const kernelBytesWished = 16 * 2 ** 20;
/** Two vectors of two, the least that WebAssembly works on at full speed. */
const lanesAtOnce = 4;

/** As many lanes as are good for the back end; the generated JavaScript and the interpreter gain nothing by several. */
function lanesFor(program: Program, backend: Backend): number {
  if (backend !== 'wasm') return 1;
  const affordable = Math.min(
    lanesMax,
    kernelBytesWished / kernelBytes(program, 1),
    evaluationsPerBlock.wasm / evaluationsPerRun(program),
  );
  return lanesAtOnce * Math.max(1, Math.floor(affordable / lanesAtOnce));
}

/**
 * Values of a program that `auto` has code made for at most: measured at 10 to 40 µs a value, and 2 kB of memory, which is
 * more than a run of a program so large takes. Whoever makes many runs of one asks for the back end by name.
 */
const codeNodesMax: Record<Backend, number> = { wasm: 150_000, js: 500_000, interp: Number.POSITIVE_INFINITY };

/** Makes the kernel asked for; `auto` takes the first back end that this place and this program allow. */
export function kernelOf(program: Program, backend: Backend | 'auto', lanes?: number): ChosenKernel {
  const make = (chosen: Backend) => factories[chosen](program, lanes ?? lanesFor(program, chosen));
  if (backend !== 'auto') return { kernel: make(backend), passedOver: [] };
  const passedOver: Diagnostic[] = [];
  const values = program.nodes.length;
  for (const candidate of byPreference) {
    const limit = codeNodesMax[candidate];
    if (values > limit) {
      passedOver.push(error('run.long_code', { backend: candidate, values, limit }));
      continue;
    }
    try {
      return { kernel: make(candidate), passedOver };
    } catch (cause) {
      if (!(cause instanceof DynamicsError)) throw cause;
      passedOver.push(...cause.diagnostics);
    }
  }
  throw new DynamicsError(passedOver);
}

/** A module of one function with one vector instruction (`v128.const` dropped), which only validates with SIMD. */
const simdModule = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 4, 1, 0x60, 0, 0],
  ...[3, 2, 1, 0],
  ...[10, 23, 1, 21, 0, 0xfd, 0x0c, ...new Array<number>(16).fill(0), 0x1a, 0x0b],
);

/** Whether code for the vectors of this machine can be made at run time; a page may forbid it. */
export function hasWasmSimd(): boolean {
  const host = webAssembly();
  if (host === undefined || !host.validate(simdModule)) return false;
  try {
    return new host.Module(simdModule) instanceof host.Module;
  } catch {
    return false;
  }
}
