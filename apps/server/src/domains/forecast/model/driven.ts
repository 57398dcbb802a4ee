import { compileModel, expectValue, followSchedules, type Method, type Program } from '@tandem/dynamics';
import type { LeverPath } from '../task.ts';
import type { LoadedModel } from './model.ts';

/** What of a model is compiled, under which levers. */
export interface DrivenOptions {
  /** Model days at which runs begin and end. Runs that begin later than day 0 need their stocks as inputs. */
  start?: number;
  stop: number;
  /** Levers over model time, see `leverPaths`; others keep the model's own value. */
  paths: readonly LeverPath[];
  /** Levers that get a value of their own in each of `count` periods of `length` days from day `start` on, as inputs. */
  periods?: { variables: readonly string[]; start: number; length: number; count: number };
  /** Variables (parameters, couplings, initial stocks) that each run sets. */
  inputs?: readonly string[];
  outputs: readonly string[];
  /** The setup's `run`, else the file's, unless given. */
  dt?: number;
  method?: Method;
  /** Days between saved points; 1 by default. */
  saveStep?: number;
  /** For loop scores and causes. */
  traced?: boolean;
}

/** A program whose levers follow paths. */
export interface DrivenModel {
  program: Program;
  /** Inputs of the periods: `periodInputs[v][m]` is lever v in period m. They come after `inputs` in `program.inputs`. */
  periodInputs: string[][];
}

/**
 * Compiles a model under levers that change over time. Inputs and outputs are called as they were asked for, however the
 * file spells them. Throws a DynamicsError where that cannot be.
 */
export function driveModel({ file, setup }: LoadedModel, options: DrivenOptions): DrivenModel {
  const { start = 0, stop, paths, periods, inputs = [], outputs, traced = false } = options;
  const schedules = paths.map(({ variable, steps }) => ({
    variable,
    steps: steps.map(({ day, value }) => ({ time: day, value })),
    ...(periods?.variables.includes(variable) && { periods }),
  }));
  const scheduled = expectValue(followSchedules(file, schedules));
  const periodInputs =
    periods?.variables.map(
      (variable) => scheduled.periodInputs[paths.findIndex((path) => path.variable === variable)]!,
    ) ?? [];
  const { dt, method } = stepOf({ file, setup }, options);
  const program = expectValue(
    compileModel(scheduled.file, {
      inputs: [...inputs, ...periodInputs.flat()],
      outputs,
      time: {
        start,
        stop,
        saveStep: options.saveStep ?? 1,
        ...(dt !== undefined && { dt }),
        ...(method && { method }),
      },
      traced,
    }),
  );
  const named = (values: Program['inputs'], names: readonly string[]) =>
    values.length === names.length ? values.map((value, i) => ({ ...value, name: names[i]! })) : values;
  return {
    program: {
      ...program,
      inputs: named(program.inputs, [...inputs, ...periodInputs.flat()]),
      outputs:
        program.outputs.length === outputs.length
          ? program.outputs.map(({ node }, i) => ({ name: outputs[i]!, node }))
          : program.outputs,
    },
    periodInputs,
  };
}

/**
 * The step that was asked for, else the setup's where every change of a lever falls on it, else the file's own: an offer of
 * three hours would begin and end within a day's step and be lost.
 */
function stepOf(
  { setup }: LoadedModel,
  { start = 0, dt, method, paths, periods }: DrivenOptions,
): Partial<{ dt: number; method: Method }> {
  const usual = setup.run;
  const given = { ...(dt !== undefined && { dt }), ...(method !== undefined && { method }) };
  if (dt !== undefined || usual === undefined) return given;
  const changes = paths.flatMap(({ steps }) => steps.slice(1).map(({ day }) => day));
  const ends = periods === undefined ? [] : [periods.start, periods.start + periods.length];
  const isOnGrid = (day: number) => {
    const step = (day - start) / usual.dt;
    return Math.abs(step - Math.round(step)) < 1e-9;
  };
  return [...changes, ...ends].every(isOnGrid) ? { ...usual, ...given } : given;
}

/**
 * Names of the stocks of a program, which can be outputs of a run up to a day and inputs of runs that go on from there:
 * the same bits as one run through, since a step depends on nothing else. Throws where the model also remembers in other
 * ways (DELAY FIXED, PREVIOUS), which no input can set.
 */
export function stocksOf(program: Program): string[] {
  if (program.memories.length > 0 || program.histories.length > 0) {
    throw new Error('a model that remembers otherwise than by stocks cannot go on from a given state');
  }
  return program.stocks.map(({ name }) => name);
}
