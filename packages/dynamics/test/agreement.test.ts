import { describe, expect, it } from 'vitest';
import { interpreterKernel } from '../src/backend/interpreter.ts';
import { javascriptKernel, javascriptKernelWithin } from '../src/backend/javascript.ts';
import type { KernelFactory } from '../src/backend/kernel.ts';
import { wasmKernel } from '../src/backend/wasm/index.ts';
import { binaryOperations, unaryOperations } from '../src/program/operations.ts';
import type { Program } from '../src/program/program.ts';
import { generatedProgram, seededRandom } from './generated-program.ts';

const programs = 2000;
const runs = 3;
/** Every run of the tests looks at these programs; a seed that once failed is added here. */
const seeds = Array.from({ length: programs }, (_, i) => i + 1);
const everyOperation = [
  ...[
    'call',
    'constant',
    'history',
    'initialUniform',
    'input',
    'lookup',
    'memory',
    'pick',
    'select',
    'stepTime',
    'stock',
  ],
  ...['time', 'uniform', 'variable', ...Object.keys(unaryOperations), ...Object.keys(binaryOperations)],
].sort();
const backends: Record<string, { factory: KernelFactory; relative: number }> = {
  'fused JavaScript': { factory: javascriptKernel, relative: 0 },
  'split JavaScript': { factory: (program, lanes) => javascriptKernelWithin(0, program, lanes), relative: 0 },
  WebAssembly: { factory: wasmKernel, relative: 1e-12 },
};

/** Runs with inputs around the defaults: for each run its fault and what it stored. */
function runsOf(factory: KernelFactory, program: Program, seed: number) {
  const kernel = factory(program, runs);
  const random = seededRandom(seed);
  const points = Array.from({ length: runs }, () => program.inputs.map(({ value }) => value * (0.5 + random())));
  const found: { fault: number; values: number[] }[] = [];
  for (let first = 0; first < runs; first += kernel.lanes) {
    for (let lane = 0; lane < kernel.lanes; lane++) {
      const point = points[Math.min(first + lane, runs - 1)]!;
      point.forEach((value, input) => {
        kernel.inputs[input * kernel.lanes + lane] = value;
      });
    }
    kernel.run(seed, first);
    for (let lane = 0; lane < kernel.lanes && first + lane < runs; lane++) {
      const values = [];
      for (let at = lane; at < kernel.results.length; at += kernel.lanes) values.push(kernel.results[at]!);
      found.push({ fault: kernel.faults[lane]!, values });
    }
  }
  return found;
}

/** Relative to the value; below 1, which is the size of what the programs compute with, to 1. */
function isClose(a: number, b: number, relative: number): boolean {
  return Object.is(a, b) || a === b || Math.abs(a - b) <= relative * Math.max(1, Math.abs(a));
}

describe.each(Object.entries(backends))('%s', (_, { factory, relative }) => {
  it(`gives what the interpreter gives, for ${programs} generated programs`, { timeout: 60_000 }, () => {
    for (const seed of seeds) {
      const program = generatedProgram(seed);
      const expected = runsOf(interpreterKernel, program, seed);
      const given = runsOf(factory, program, seed);
      expected.forEach(({ fault, values }, run) => {
        const at = values.findIndex((value, i) => !isClose(value, given[run]!.values[i]!, relative));
        const point = `generatedProgram(${seed}), run ${run}, place ${at}: ${values[at]} and ${given[run]!.values[at]}`;
        expect(at, point).toBe(-1);
        expect(given[run]!.fault, `generatedProgram(${seed}), run ${run}`).toBe(fault);
      });
    }
  });
});

describe('generated programs', () => {
  const all = seeds.slice(0, 500).map((seed) => generatedProgram(seed));

  it('have every operation and method', () => {
    const operations = new Set(all.flatMap((program) => program.nodes.map(({ op }) => op)));
    expect([...operations].sort()).toEqual(everyOperation);
    expect(new Set(all.map(({ time }) => time.method)).size).toBe(4);
  });

  it('differ between runs and over time', () => {
    const moving = all.filter((program, i) => {
      const [first, second] = runsOf(interpreterKernel, program, i);
      return first!.values.some((value, at) => Number.isFinite(value) && value !== second!.values[at]);
    });
    expect(moving.length).toBeGreaterThan(300);
  });

  it('are not chaotic: a change of the inputs by 1e-13 stays below 1e-10', () => {
    for (const [seed, program] of all.entries()) {
      const [plain, moved] = [0, 1e-13].map((change) => {
        const kernel = interpreterKernel(program, 1);
        program.inputs.forEach(({ value }, input) => {
          kernel.inputs[input] = value * 1.1 * (1 + change);
        });
        kernel.run(seed, 0);
        return kernel.results;
      });
      plain!.forEach((value, at) => {
        expect(isClose(value, moved![at]!, 1e-10), `generatedProgram(${seed + 1})`).toBe(true);
      });
    }
  });
});
