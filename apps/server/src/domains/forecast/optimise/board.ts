import { type Column, createEnsemble, type Ensemble, type Program } from '@tandem/dynamics';
import { nodeThread } from '@tandem/dynamics/node';
import { type DrivenModel, driveModel, type LoadedModel, leverPaths, stocksOf } from '../model/index.ts';
import { type Draws as DecodedDraws, decodeDraws, scaleName } from '../predict/draws.ts';
import type { ModelSetup } from '../setup.ts';
import type { FitResult, LeverPath, Snapshot, Workplace } from '../task.ts';
import { pulseHabit, withPulses } from './pulses.ts';
import { daysOfMonth, spanOf } from './time.ts';

/** A variable of the model at some days. */
export interface Reading {
  variable: string;
  days: readonly number[];
}

/** Draws of the parameters, each with the state in which it leaves the past. */
export interface Draws {
  count: number;
  /** Numbers of the draws within the fit. */
  numbers: readonly number[];
  /** Inputs of a run but for the levers, draw after draw. */
  points: Float64Array;
  width: number;
  /** The proportion between a KPI and its variable in a draw; 1 where none was estimated. */
  scaleOf(kpi: string, draw: number): number;
}

export interface BoardOptions {
  loaded: LoadedModel;
  snapshot: Snapshot;
  months: number;
  /** Levers that get a value for each month. */
  variables: readonly string[];
  /** Fixed values of other levers from the first forecast day on. */
  held: readonly LeverPath[];
  readings: readonly Reading[];
  fit: FitResult;
}

/** A model compiled so that one program serves all plans, and how to run it. */
export interface Board {
  start: number;
  stop: number;
  months: number;
  variables: readonly string[];
  /** Draws with these numbers of the fit. */
  draws(numbers: readonly number[]): Promise<Draws>;
  /**
   * Rows of all plans under the chosen places of the draws, plan after plan: the readings, one after the other. A plan
   * is the value of each lever in each month, lever after lever. Undefined once `signal` has been given.
   */
  run(
    plans: Float64Array,
    draws: Draws,
    places: ArrayLike<number>,
    signal?: AbortSignal,
  ): Promise<Float64Array | undefined>;
  /** Numbers in a row. */
  width: number;
  /** Where the numbers of a reading begin. */
  offsets: readonly number[];
  /** Runs so far, those of the past included. */
  runs(): number;
  /** Nodes that a run evaluates. */
  cost: number;
  close(): void;
}

interface Compiled {
  driven: DrivenModel;
  /** Parameters that the draws set. */
  names: readonly string[];
  /** Stocks that runs go on from; undefined where they begin on day 0. */
  stocks: readonly string[] | undefined;
  columns: Column[];
  past(): { program: Program; columns: Column[] } | undefined;
}

function compiled(options: BoardOptions, start: number, stop: number, names: readonly string[]): Compiled {
  const { snapshot, months, variables, held, readings } = options;
  const pulses = options.loaded.setup.levers
    .filter(({ kind, variable }) => kind === 'pulse' && variables.includes(variable))
    .map((lever) => ({ variable: lever.variable, days: pulseHabit(lever, snapshot).days }));
  const given = leverPaths(options.loaded.setup, snapshot, { levers: [...held] });
  const { loaded, paths, monthly } = withPulses(options.loaded, given, pulses, spanOf(snapshot, months));
  const outputs = [...new Set(readings.map(({ variable }) => variable))];
  const periods = { variables: variables.map(monthly), start, length: daysOfMonth, count: months };
  const run = stepFor(loaded.setup, paths, start);
  const common = { paths, outputs, saveStep: 1, stop, periods, ...run };
  const whole = driveModel(loaded, { ...common, inputs: names });
  const stocks = start > 0 ? statesOf(whole) : undefined;
  const isEndsOnly =
    stocks !== undefined && readings.every(({ days }) => days.every((day) => day === start || day === stop));
  return {
    driven: stocks === undefined ? whole : driveModel(loaded, { ...common, start, inputs: [...names, ...stocks] }),
    names,
    stocks,
    columns: readings.flatMap((reading) => columnsOf(reading, start, isEndsOnly)),
    past: () => {
      if (stocks === undefined) return undefined;
      const { program } = driveModel(loaded, {
        paths,
        outputs: stocks,
        stop: start,
        saveStep: start,
        inputs: names,
        ...run,
      });
      return { program, columns: stocks.map((output): Column => ({ output, reduce: { kind: 'final' } })) };
    },
  };
}

/**
 * The setup's step where what is given of the levers changes on it; months begin with the first step in them. Else the
 * file's, so that an offer of hours is not lost.
 */
function stepFor(setup: ModelSetup, paths: readonly LeverPath[], start: number): ModelSetup['run'] {
  const { run } = setup;
  if (run === undefined) return undefined;
  const isOnStep = (day: number) => Math.abs(day / run.dt - Math.round(day / run.dt)) < 1e-9;
  const days = [start, ...paths.flatMap(({ steps }) => steps.slice(1).map(({ day }) => day))];
  return days.every(isOnStep) ? run : undefined;
}

/** Compiles a model for plans. Throws a DynamicsError where it cannot be; `close` ends the threads. */
export function createBoard(options: BoardOptions, workplace: Workplace): Board {
  const { months, variables, readings } = options;
  const { start, stop } = spanOf(options.snapshot, months);
  const decoded = decodeDraws(options.fit.draws);
  const model = compiled(options, start, stop, decoded.names.slice(0, decoded.modelNames));
  const { driven, names, stocks } = model;
  const fixed = [...names, ...(stocks ?? [])];
  const inputs = [...fixed, ...driven.periodInputs.flat()];
  const ensemble = createEnsemble(driven.program, { columns: model.columns, inputs, ...crewOf(workplace) });
  const offsets = readings.map((_, r) => readings.slice(0, r).reduce((sum, { days }) => sum + days.length, 0));
  const { nodes, time, draws: chances } = driven.program;
  let runs = 0;
  const statesAfter = async (points: Float64Array, count: number): Promise<Float64Array> => {
    const past = model.past();
    if (past === undefined) return new Float64Array(0);
    const before = createEnsemble(past.program, { columns: past.columns, inputs: names, ...crewOf(workplace) });
    runs += count;
    try {
      return (await before.run(points, { runs: count })).values;
    } finally {
      before.close();
    }
  };
  return {
    start,
    stop,
    months,
    variables,
    width: readings.reduce((sum, { days }) => sum + days.length, 0),
    offsets,
    runs: () => runs,
    cost: nodes.length * time.steps * { euler: 1, rk2: 2, rk4: 4, rk45: 14 }[time.method],
    close: () => ensemble.close(),
    async draws(numbers) {
      const points = parametersOf(decoded, numbers, names.length);
      const rows = joined(points, await statesAfter(points, numbers.length), numbers.length);
      return { count: numbers.length, numbers, points: rows, width: fixed.length, scaleOf: scalesOf(decoded, numbers) };
    },
    async run(plans, draws, places, signal) {
      const size = variables.length * months;
      const points = pointsOf(plans, size, draws, places);
      const count = size === 0 ? 1 : plans.length / size;
      runs += count * places.length;
      // The numbers of runs decide the chance within a model: every plan gets the same.
      const part = chances.length > 0 ? places.length : count * places.length;
      return runParts(ensemble, points, inputs.length, part, signal);
    },
  };
}

function parametersOf(decoded: DecodedDraws, numbers: readonly number[], width: number): Float64Array {
  const points = new Float64Array(numbers.length * width);
  for (const [k, number] of numbers.entries()) {
    const from = number * decoded.names.length;
    points.set(decoded.values.subarray(from, from + width), k * width);
  }
  return points;
}

/** Rows of both, side by side. */
function joined(a: Float64Array, b: Float64Array, count: number): Float64Array {
  const [left, right] = [a.length / count, b.length / count];
  const rows = new Float64Array(a.length + b.length);
  for (let k = 0; k < count; k += 1) {
    rows.set(a.subarray(k * left, (k + 1) * left), k * (left + right));
    rows.set(b.subarray(k * right, (k + 1) * right), k * (left + right) + left);
  }
  return rows;
}

function scalesOf(decoded: DecodedDraws, numbers: readonly number[]): Draws['scaleOf'] {
  return (kpi, draw) => {
    const at = decoded.names.indexOf(scaleName(kpi));
    return at < 0 ? 1 : decoded.values[numbers[draw]! * decoded.names.length + at]!;
  };
}

/** Every plan under each of the chosen draws. */
function pointsOf(plans: Float64Array, size: number, draws: Draws, places: ArrayLike<number>): Float64Array {
  const count = size === 0 ? 1 : plans.length / size;
  const row = draws.width + size;
  const points = new Float64Array(count * places.length * row);
  for (let k = 0; k < count; k += 1) {
    const plan = plans.subarray(k * size, (k + 1) * size);
    for (let s = 0; s < places.length; s += 1) {
      const at = (k * places.length + s) * row;
      points.set(draws.points.subarray(places[s]! * draws.width, (places[s]! + 1) * draws.width), at);
      points.set(plan, at + draws.width);
    }
  }
  return points;
}

async function runParts(
  ensemble: Ensemble,
  points: Float64Array,
  row: number,
  part: number,
  signal: AbortSignal | undefined,
): Promise<Float64Array | undefined> {
  const parts: Float64Array[] = [];
  for (let at = 0; at < points.length; at += part * row) {
    const { values, complete } = await ensemble.run(points.subarray(at, at + part * row), {
      runs: part,
      ...(signal && { signal }),
    });
    if (!complete) return undefined;
    parts.push(values);
  }
  if (parts.length === 1) return parts[0]!;
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const values of parts) {
    all.set(values, at);
    at += values.length;
  }
  return all;
}

function crewOf({ threads }: Workplace) {
  return threads > 1 ? { spawn: nodeThread, threads } : {};
}

function columnsOf({ variable, days }: Reading, start: number, isEndsOnly: boolean): Column[] {
  if (!isEndsOnly) return [{ output: variable, reduce: { kind: 'samples', times: [...days] } }];
  return days.map((day) => ({ output: variable, reduce: { kind: day === start ? 'initial' : 'final' } }));
}

/** Stocks from which runs go on; undefined where the model also remembers otherwise, so that runs begin on day 0. */
function statesOf({ program }: DrivenModel): string[] | undefined {
  return program.memories.length > 0 || program.histories.length > 0 ? undefined : stocksOf(program);
}
