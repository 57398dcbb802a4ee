import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { interpreterKernel } from '../packages/dynamics/src/backend/interpreter.ts';
import { javascriptKernel } from '../packages/dynamics/src/backend/javascript.ts';
import type { Kernel, KernelFactory } from '../packages/dynamics/src/backend/kernel.ts';
import { wasmKernel } from '../packages/dynamics/src/backend/wasm/index.ts';
import { compileModel } from '../packages/dynamics/src/compile/compile.ts';
import { expectValue } from '../packages/dynamics/src/diagnostic.ts';
import { createEnsemble } from '../packages/dynamics/src/ensemble/ensemble.ts';
import { nodeThread } from '../packages/dynamics/src/node.ts';
import { draw } from '../packages/dynamics/src/numerics/random.ts';
import type { Program } from '../packages/dynamics/src/program/program.ts';
import { readXmile } from '../packages/dynamics/src/xmile/reader.ts';
import { compileC, cSource, hasGcc } from './dynamics-c.ts';
import { ringModel } from './dynamics-models.ts';
import { hasNumpy, numpyProgram } from './dynamics-numpy.ts';
import { type BenchResult, quantile } from './machine.ts';

/** Runs in one try: few, so that some tries find a busy machine idle. Inputs are within 10 % of their defaults. */
const runs = 128;
/** Runs of NumPy, whose arrays want to be long. */
const numpyRuns = 1024;
/** Variable parameters of Sobol's design: 1,024 base points, 12 parameters, second order. */
const designRuns = 1024 * (2 * 12 + 2);

const vector = ['-O3', '-march=x86-64-v3', '-ffast-math'];
const scalar = ['-O3', '-march=x86-64-v3', '-fno-tree-vectorize'];

/** Something that runs the same program on the same inputs, and what it took: runs a second in each round. */
interface Contender {
  name: string;
  /** Runs a second, measured for some tens of milliseconds. */
  measure(): number;
  rates: number[];
  remove?(): void;
}

/**
 * The dynamics engine against itself and against C and NumPy, on the same programs and inputs: contenders take turns in
 * short rounds, so that a busy machine slows all of them alike, and ratios are those of the best rounds.
 */
export async function run({ rounds = 12 } = {}): Promise<BenchResult> {
  const figures: BenchResult['figures'] = {};
  const bars: BenchResult['bars'] = {};
  const a = thresholdProgram('threshold-a');
  await compare('A', a, { rounds, bars, figures, againstC: 0.6, againstJs: 3, slow: true });
  const b = thresholdProgram('threshold-b');
  await compare('B', b, { rounds, bars, figures, againstC: 0.4, againstJs: 2, slow: true });
  await compare('50 states', ringModel(50, 150, 200), { rounds: rounds / 2, bars, figures });
  await compare('500 variables', ringModel(50, 500, 200), { rounds: rounds / 2, bars, figures });
  await design(a, rounds / 2, figures, bars);
  for (const [stocks, variables, bar] of [
    [12, 50, 20],
    [50, 500, Number.NaN],
    [500, 5000, 500],
  ] as const) {
    const { coldMs, warmMs } = compileTimes(stocks, variables);
    figures[`compile ${variables} variables, fresh process, ms`] = rounded(coldMs);
    figures[`compile ${variables} variables, again, ms`] = rounded(warmMs);
    if (!Number.isNaN(bar)) bars[`compile ${variables} variables`] = { bar: `<= ${bar} ms`, met: coldMs <= bar };
  }
  return { bench: 'dynamics', figures, bars };
}

/** The six-state threshold model with its twelve parameters as inputs, storing the stocks at the end. */
function thresholdProgram(name: 'threshold-a' | 'threshold-b'): Program {
  const text = readFileSync(join(import.meta.dirname, 'models', `${name}.xmile`));
  const inputs = [
    ...['market', 'contacts', 'half point', 'seeding', 'trial time', 'churn time', 'build time', 'decay time'],
    ...['capacity per head', 'crowding limit', 'relief', 'gain'],
  ];
  const outputs = ['potential', 'tryers', 'adopters', 'momentum', 'capacity', 'reputation'];
  return expectValue(compileModel(expectValue(readXmile(text)), { inputs, outputs, time: { saveStep: 125 } }));
}

interface Comparison {
  rounds: number;
  figures: BenchResult['figures'];
  bars: BenchResult['bars'];
  againstC?: number;
  againstJs?: number;
  /** With the contenders that are far behind. */
  slow?: boolean;
}

async function compare(name: string, program: Program, { rounds, figures, bars, ...wanted }: Comparison) {
  const inputs = variedInputs(program, runs);
  const wasm = kernelContender('WASM', wasmKernel, program, inputs);
  const js = kernelContender('JavaScript', javascriptKernel, program, inputs);
  const batches = hasGcc() ? [8, 16, 32].map((batch) => cContender(program, inputs, batch, vector, figures, name)) : [];
  const others = wanted.slow === true ? slowContenders(program, inputs, figures, name) : [];
  const all = [wasm, js, ...batches, ...others];
  for (let round = 0; round < rounds; round++) {
    for (const contender of all) contender.rates.push(contender.measure());
    // Optimised code is put in place between tasks.
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (const { name: who, rates } of all) {
    figures[`${name}: ${who}, best runs/s`] = Math.round(Math.max(...rates));
    figures[`${name}: ${who}, median runs/s`] = Math.round(quantile(rates, 0.5));
  }
  for (const { remove } of all) remove?.();
  const best = (contenders: readonly Contender[]) => Math.max(...contenders.flatMap(({ rates }) => rates));
  if (batches.length > 0) {
    const ratio = rounded(best([wasm]) / best(batches));
    figures[`${name}: WASM / best C batch`] = ratio;
    const bar = wanted.againstC;
    if (bar !== undefined) bars[`${name}: WASM / best C batch`] = { bar: `>= ${bar}`, met: ratio >= bar };
  }
  const ratio = rounded(best([wasm]) / best([js]));
  figures[`${name}: WASM / JavaScript`] = ratio;
  const bar = wanted.againstJs;
  if (bar !== undefined) bars[`${name}: WASM / JavaScript`] = { bar: `>= ${bar}`, met: ratio >= bar };
}

function slowContenders(program: Program, inputs: Float64Array, figures: BenchResult['figures'], name: string) {
  const few = variedInputs(program, 4);
  const contenders = [kernelContender('interpreter', interpreterKernel, program, few)];
  if (hasGcc()) contenders.push(cContender(program, inputs, 1, scalar, figures, name));
  if (hasNumpy()) {
    const numpy = numpyProgram(program);
    const many = variedInputs(program, numpyRuns);
    const measure = () => numpyRuns / numpy.run(many);
    contenders.push({ name: 'NumPy', measure, rates: [], remove: numpy.remove });
  }
  return contenders;
}

/** Values of input i in run l at `i * count + l`. */
function variedInputs(program: Program, count: number): Float64Array {
  const values = new Float64Array(program.inputs.length * count);
  for (const [i, { value }] of program.inputs.entries()) {
    for (let l = 0; l < count; l++) values[i * count + l] = value * (0.9 + 0.2 * draw(1, l, i, 0));
  }
  return values;
}

function kernelContender(name: string, factory: KernelFactory, program: Program, inputs: Float64Array): Contender {
  const count = inputs.length / program.inputs.length;
  const kernel = factory(program, 64);
  const once = () => {
    for (let first = 0; first < count; first += kernel.lanes) {
      fill(kernel, program, inputs, count, first);
      kernel.run(0, first);
    }
  };
  once();
  return { name, rates: [], measure: () => count / bestSeconds(once) };
}

function fill({ inputs, lanes }: Kernel, program: Program, from: Float64Array, count: number, first: number): void {
  for (let i = 0; i < program.inputs.length; i++) {
    for (let lane = 0; lane < lanes; lane++) {
      inputs[i * lanes + lane] = from[i * count + Math.min(first + lane, count - 1)]!;
    }
  }
}

/** The best of some tries, at least two and 60 milliseconds of them. */
function bestSeconds(task: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  const begun = performance.now();
  for (let tries = 0; tries < 2 || performance.now() - begun < 60; tries++) {
    const start = performance.now();
    task();
    best = Math.min(best, (performance.now() - start) / 1000);
  }
  return best;
}

function cContender(
  program: Program,
  inputs: Float64Array,
  batch: number,
  flags: readonly string[],
  figures: BenchResult['figures'],
  model: string,
): Contender {
  const compiled = compileC(cSource(program, { batch }), flags);
  const name = batch === 1 ? 'C scalar' : `C batch of ${batch}`;
  const words = [10, runs, program.inputs.length, program.outputs.length];
  const input = `${words.join(' ')}\n${inputs.join(' ')}\n`;
  const said = () =>
    execFileSync(compiled.path, { input, encoding: 'utf8', maxBuffer: 2 ** 28 })
      .split(' ')
      .map(Number);
  if (batch === 16) {
    figures[`${model}: C batch, vector instructions`] = compiled.wideInstructions;
    figures[`${model}: C batch, vector functions`] = compiled.vectorCalls.join(' ');
    figures[`${model}: C batch, largest difference from WASM`] = difference(program, inputs, said());
  }
  return { name, rates: [], measure: () => runs / said()[0]!, remove: compiled.remove };
}

/** The largest relative difference between what C says and what WebAssembly gives at the end. */
function difference(program: Program, inputs: Float64Array, said: readonly number[]): number {
  const kernel = wasmKernel(program, 8);
  const { lanes, results } = kernel;
  const last = results.length - program.outputs.length * lanes;
  let worst = 0;
  for (let first = 0; first < runs; first += lanes) {
    fill(kernel, program, inputs, runs, first);
    kernel.run(0, first);
    for (let o = 0; o < program.outputs.length; o++) {
      for (let lane = 0; lane < lanes; lane++) {
        const expected = said[1 + o * runs + first + lane]!;
        worst = Math.max(worst, Math.abs(results[last + o * lanes + lane]! - expected) / Math.abs(expected));
      }
    }
  }
  return worst;
}

/** A whole Sobol' design by the ensemble, on one thread and on two. */
async function design(
  program: Program,
  rounds: number,
  figures: BenchResult['figures'],
  bars: BenchResult['bars'],
): Promise<void> {
  const points = new Float64Array(designRuns * program.inputs.length);
  for (const [i, { value }] of program.inputs.entries()) {
    for (let l = 0; l < designRuns; l++) {
      points[l * program.inputs.length + i] = value * (0.9 + 0.2 * draw(1, l, i, 0));
    }
  }
  const columns = [{ output: 'adopters', reduce: { kind: 'final' as const } }];
  const ensembles = [1, 2].map((threads) => createEnsemble(program, { columns, threads, spawn: nodeThread }));
  const seconds: number[][] = [[], []];
  for (let round = 0; round <= rounds; round++) {
    for (const [i, ensemble] of ensembles.entries()) {
      const begun = performance.now();
      const { done } = await ensemble.run(points);
      if (done !== designRuns) throw new Error(`${done} of ${designRuns} runs`);
      // The first round starts the workers.
      if (round > 0) seconds[i]!.push((performance.now() - begun) / 1000);
    }
  }
  for (const ensemble of ensembles) ensemble.close();
  const [one, two] = seconds.map((of) => Math.min(...of)) as [number, number];
  figures['design of 26,624 runs of A, one thread, best s'] = rounded(one);
  figures['design of 26,624 runs of A, one thread, median s'] = rounded(quantile(seconds[0]!, 0.5));
  figures['design of 26,624 runs of A, two threads, best s'] = rounded(two);
  figures['two threads / one'] = rounded(one / two);
  bars['design of 26,624 runs of A'] = { bar: '<= 0.6 s on one thread', met: one <= 0.6 };
  bars['two threads / one'] = { bar: '>= 1.9', met: one / two >= 1.9 };
}

/** Milliseconds from a program to its first run, in a process of its own: the best of three. */
function compileTimes(stocks: number, variables: number): { coldMs: number; warmMs: number } {
  const path = join(import.meta.dirname, 'dynamics-compile.ts');
  const said = Array.from({ length: 3 }, () => {
    const text = execFileSync(process.execPath, [path, `${stocks}`, `${variables}`], { encoding: 'utf8' });
    return JSON.parse(text) as { coldMs: number; warmMs: number };
  });
  const best = (key: 'coldMs' | 'warmMs') => Math.min(...said.map((one) => one[key]));
  return { coldMs: best('coldMs'), warmMs: best('warmMs') };
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
