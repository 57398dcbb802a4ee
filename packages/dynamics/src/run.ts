import type { Backend } from './backend/kernel.ts';
import { compileModel } from './compile/compile.ts';
import type { Selection } from './compile/selection.ts';
import { type Diagnostic, DynamicsError, error, type Outcome } from './diagnostic.ts';
import { createEnsemble } from './ensemble/ensemble.ts';
import { faultWarning } from './ensemble/faults.ts';
import { savedTimes } from './ensemble/reducer.ts';
import type { SourceFile } from './xmile/source.ts';

export interface RunModelOptions {
  /** Values that take the place of what the model says; see `Selection.inputs` for what may be set. */
  set?: Readonly<Record<string, number>>;
  /** Variables to give back; default: all. */
  outputs?: readonly string[];
  time?: NonNullable<Selection['time']>;
  /** Default `auto`. */
  backend?: Backend | 'auto';
  /** Seed of the model's random draws; default 0. */
  seed?: number;
  signal?: AbortSignal;
}

/** One run of a model. */
export interface ModelRun {
  times: readonly number[];
  /** Each variable, in the order of the file, at each time. */
  series: { name: string; values: Float64Array }[];
  backend: Backend;
}

/** Compiles a model and runs it once. A value that is not finite is a warning, and the run is given as it is. */
export async function runModel(file: SourceFile, options: RunModelOptions = {}): Promise<Outcome<ModelRun>> {
  const set = Object.entries(options.set ?? {});
  const compiled = compileModel(file, {
    inputs: set.map(([name]) => name),
    ...(options.outputs === undefined ? {} : { outputs: options.outputs }),
    ...(options.time === undefined ? {} : { time: options.time }),
  });
  if (!compiled.ok) return compiled;
  const program = compiled.value;
  if (program.inputs.length !== set.length) {
    // A name of an array stands for all its elements, which are values of their own.
    const errors = [error('run.array_input', { given: set.length, elements: program.inputs.length })];
    return { ok: false, errors, warnings: compiled.warnings };
  }
  try {
    const ensemble = createEnsemble(program, {
      columns: program.outputs.map(({ name }) => ({ output: name, reduce: { kind: 'series' } })),
      backend: options.backend ?? 'auto',
      // More lanes than runs would be worked on for nothing.
      lanes: 1,
    });
    const point = Float64Array.from(set, ([, value]) => value);
    const result = await ensemble.run(point, {
      runs: 1,
      seed: options.seed ?? 0,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    const times = savedTimes(program.time);
    const series = program.outputs.map(({ name }, at) => ({
      name,
      values: result.values.slice(at * times.length, (at + 1) * times.length),
    }));
    const warnings: Diagnostic[] = [...compiled.warnings, ...result.faults.map(faultWarning)];
    return { ok: true, value: { times, series, backend: result.backend }, warnings };
  } catch (cause) {
    if (!(cause instanceof DynamicsError)) throw cause;
    return { ok: false, errors: [...cause.diagnostics], warnings: compiled.warnings };
  }
}
