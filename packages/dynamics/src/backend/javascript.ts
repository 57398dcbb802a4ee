import { DynamicsError, error } from '../diagnostic.ts';
import { functions } from '../numerics/functions.ts';
import { internalRate } from '../numerics/internal-rate.ts';
import { draw } from '../numerics/random.ts';
import { lookUp } from '../numerics/table.ts';
import type { Program } from '../program/program.ts';
import { validateProgram } from '../program/validate.ts';
import { historySlot } from './integration.ts';
import { fusedSource } from './javascript-fused.ts';
import { type Phases, phasesOf } from './javascript-phases.ts';
import { ringsOf, SplitIntegrator, type SplitParts, splitSource } from './javascript-split.ts';
import { defaultInputs, type Kernel, type KernelFactory, savedPoints } from './kernel.ts';

type Integrate = (
  inputs: Float64Array,
  results: Float64Array,
  lanes: number,
  lane: number,
  seed: number,
  run: number,
) => number;

/**
 * Evaluations in one fused function, over all stages of a step. V8 does not optimise functions with too long a byte code:
 * measured with Node 20, a program of 4,418 evaluations is optimised and one of 5,298 is not and runs ten times slower,
 * where a split one is three times slower than a fused one. Node 24 optimises far longer ones.
 */
export const fusedEvaluationsMax = 4500;

/**
 * Runs a program as generated JavaScript, a lane at a time. Throws a DynamicsError `run.code_forbidden` where a page's
 * Content-Security-Policy forbids that.
 */
export const javascriptKernel: KernelFactory = (program, lanes) =>
  javascriptKernelWithin(fusedEvaluationsMax, program, lanes);

/** The same with another limit of what is fused into one function; with 0 every program is split. */
export function javascriptKernelWithin(evaluationsMax: number, program: Program, lanes: number): Kernel {
  const integrate = integratorOf(program, evaluationsMax);
  const inputs = defaultInputs(program, lanes);
  const results = new Float64Array(savedPoints(program) * program.outputs.length * lanes);
  const faults = new Int32Array(lanes);
  return {
    backend: 'js',
    lanes,
    inputs,
    results,
    faults,
    run(seed, firstRun) {
      for (let lane = 0; lane < lanes; lane++) {
        faults[lane] = integrate(inputs, results, lanes, lane, seed, firstRun + lane);
      }
    },
  };
}

function integratorOf(program: Program, evaluationsMax: number): Integrate {
  validateProgram(program);
  const phases = phasesOf(program);
  const rings = ringsOf(program);
  if (evaluations(program, phases) <= evaluationsMax) {
    return execute<Integrate>(program, rings, fusedSource(program, phases));
  }
  const parts = execute<SplitParts>(program, rings, splitSource(program, phases));
  const integrator = new SplitIntegrator(program, phases, parts, rings);
  return (inputs, results, lanes, lane, seed, run) => integrator.integrate({ inputs, results, lanes, lane, seed, run });
}

function evaluations({ time, stocks, outputs }: Program, phases: Phases): number {
  const laterStages = { euler: 0, rk2: 1, rk4: 3, rk45: 6 }[time.method];
  const { run, step, save, stage } = phases;
  const once = run.length + step.length + save.length + outputs.length;
  return once + laterStages * stage.length + (laterStages + 1) ** 2 * stocks.length;
}

function execute<T>(program: Program, rings: readonly Float64Array[], source: string): T {
  const environment = { draw, lookUp, remember, internalRate, functions, tables: program.tables, rings };
  const head = `"use strict"; const { ${Object.keys(environment).join(', ')} } = environment;`;
  let make: (environment: object) => T;
  try {
    make = new Function('environment', `${head}\nreturn ${source};`) as typeof make;
  } catch (cause) {
    if (cause instanceof EvalError) throw new DynamicsError([error('run.code_forbidden')]);
    throw cause;
  }
  return make(environment);
}

function remember(ring: Float64Array, initial: number, step: number, lag: number, capacity: number): number {
  const slot = historySlot(step, lag, capacity);
  return slot === -1 ? initial : slot < 0 ? Number.NaN : ring[slot]!;
}
