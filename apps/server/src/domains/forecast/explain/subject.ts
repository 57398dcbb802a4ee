import { type Column, describeModel, type Program, quantilesOver } from '@tandem/dynamics';
import { nodeThread } from '@tandem/dynamics/node';
import { daysOf, driveModel, type LoadedModel, leverPaths, loadModel } from '../model/index.ts';
import { type Draws, decodeDraws, modelPoints } from '../predict/draws.ts';
import type { ModelSetup, SetupObservation, Words } from '../setup.ts';
import { runsOf, secondsOf } from '../shared-runs.ts';
import type { LeverPath, Quantiles, Snapshot, Task, Workplace } from '../task.ts';

export type ExplainTask = Extract<Task, { kind: 'explain' }>;

/** Threads pay from about this much work on. */
const threadsSecondsMin = 0.5;
/** One week before the data end is enough to see whether a run can be resumed. */
const resumedDays = 7;

/** What every part of an explanation begins with. */
export interface Subject {
  loaded: LoadedModel;
  setup: ModelSetup;
  snapshot: Snapshot;
  seed: number;
  /** Days of data; also the number of the first day without. */
  days: number;
  /** Levers over time; after the data as in the last four weeks. */
  paths: LeverPath[];
  draws: Draws;
  /** Model parameters that draws give the values of: the first inputs of every program. */
  names: readonly string[];
  /** The median of each parameter. */
  median: Float64Array;
  workplace: Workplace;
}

export function subjectOf(task: ExplainTask, workplace: Workplace): Subject {
  const { model, snapshot, seed } = task;
  const loaded = loadModel(model);
  const draws = decodeDraws(task.fit.draws);
  const names = draws.count === 0 ? [] : draws.names.slice(0, draws.modelNames);
  const median = Float64Array.from(names, (_, i) =>
    quantile(
      Float64Array.from({ length: draws.count }, (_, k) => draws.values[k * draws.names.length + i]!),
      0.5,
    ),
  );
  return {
    loaded,
    setup: model.setup,
    snapshot,
    seed,
    days: daysOf(snapshot),
    paths: leverPaths(model.setup, snapshot),
    draws,
    names,
    median,
    workplace,
  };
}

/** Parameters of `count` draws, evenly spread over all; a fit without draws has the one that the model itself says. */
export function drawnPoints(subject: Subject, count: number): { points: Float64Array; count: number } {
  if (subject.draws.count === 0) return { points: new Float64Array(0), count: 1 };
  const { points, chosen } = modelPoints(subject.draws, Math.min(count, subject.draws.count));
  return { points, count: chosen.length };
}

/** The numbers of `columns` for each point, with threads where that pays. Ends with the workplace's signal. */
export async function runRows(
  { workplace }: Subject,
  program: Program,
  columns: readonly Column[],
  { inputs, points, count }: { inputs: readonly string[]; points: Float64Array; count: number },
): Promise<Float64Array> {
  workplace.signal?.throwIfAborted();
  const runs = { program, columns, inputs: [...inputs] };
  const spawn = secondsOf(runs, count) > threadsSecondsMin && workplace.threads > 1 ? nodeThread : undefined;
  const place = runsOf(workplace, runs, spawn);
  try {
    const values = await place.evaluate(points, count);
    workplace.signal?.throwIfAborted();
    return values;
  } finally {
    place.close();
  }
}

/** Rows of `a` and `b` side by side. */
export function besides(a: Float64Array, b: Float64Array, count: number): Float64Array {
  const [left, right] = [a.length / count, b.length / count];
  const joined = new Float64Array(a.length + b.length);
  for (let row = 0; row < count; row += 1) {
    joined.set(a.subarray(row * left, (row + 1) * left), row * (left + right));
    joined.set(b.subarray(row * right, (row + 1) * right), row * (left + right) + left);
  }
  return joined;
}

/** Quantiles of numbers; those that are not finite are left out. */
export function quantilesOf(values: Float64Array): Quantiles {
  const finite = values.filter(Number.isFinite);
  const [found] = quantilesOver(
    { values: finite, columns: [oneColumn], runs: finite.length },
    [0.1, 0.25, 0.5, 0.75, 0.9],
  );
  const [p10, p25, p50, p75, p90] = [...(found?.values ?? [])];
  const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
  return { p10: p10!, p25: p25!, p50: p50!, p75: p75!, p90: p90!, mean };
}

/** A mean with its 80 % interval, which holds the mean too where a few draws pull it out. */
export function uncertain(values: Float64Array): { share: number; low: number; high: number } {
  const { mean, p10, p90 } = quantilesOf(values);
  return { share: mean, low: Math.min(p10, mean), high: Math.max(p90, mean) };
}

export function quantile(values: Float64Array, share: number): number {
  const finite = values.filter(Number.isFinite);
  return quantilesOver({ values: finite, columns: [oneColumn], runs: finite.length }, [share])[0]!.values[0]!;
}

const oneColumn = { output: '', reduce: { kind: 'final' }, time: undefined } as const;

/** One column of rows. */
export function columnOf(values: Float64Array, width: number, column: number): Float64Array {
  return Float64Array.from({ length: values.length / width }, (_, row) => values[row * width + column]!);
}

/** Observations of different variables or measures, in the order of the setup. */
export function distinctObservations({ observations }: ModelSetup): SetupObservation[] {
  const key = ({ variable, measure }: SetupObservation) => `${measure} ${variable}`;
  return observations.filter((one, i) => observations.findIndex((other) => key(other) === key(one)) === i);
}

/** The value of a lever on a day. */
export function valueOn({ steps }: LeverPath, day: number): number {
  return (steps.findLast((step) => step.day <= day) ?? steps[0]!).value;
}

/** What people call a variable: the words of the setup, else its own name without modules and underscores. */
export function labelsOf(setup: ModelSetup): (variable: string) => Words {
  const known = new Map<string, Words>();
  const own = [...setup.couplings, ...setup.parameters, ...setup.levers, ...setup.observations];
  const all = [...(setup.names ?? []), ...setup.shown, ...own];
  for (const { variable, label } of all) known.set(plainName(variable), label);
  return (variable) => {
    const bare = (variable.split('.').at(-1) ?? variable).replaceAll('_', ' ');
    return known.get(plainName(variable)) ?? { en: bare, zh: bare };
  };
}

/** Names that XMILE takes for the same, as one text. */
export function plainName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll('"', '')
    .replace(/(\s|_|\\n|\u00a0)+/g, '_')
    .replace(/_*,_*/g, ',')
    .replace(/^\./, '');
}

/**
 * Inputs of runs that go on from today, with the levels of all stocks then, or nothing where a model remembers in ways
 * that no input can set.
 */
export interface Today {
  /** Stocks of the whole model. */
  stocks: string[];
  /** Levels at the end of the data, for each point that was asked for. */
  levels(points: Float64Array, count: number): Promise<Float64Array>;
}

export async function todayOf(subject: Subject): Promise<Today | null> {
  const { loaded, days, names, paths, median } = subject;
  if (days === 0) return null;
  const stocks = describeModel(loaded.file)
    .filter(({ kind }) => kind === 'stock')
    .flatMap(({ elements }) => elements.map(({ name }) => name));
  if (stocks.length === 0) return null;
  const whole = driveModel(loaded, { stop: days, paths, inputs: names, outputs: stocks, saveStep: days }).program;
  const known = new Set(stocks.map(plainName));
  const hidden = whole.stocks.some(({ name }) => !known.has(plainName(name)));
  if (hidden || whole.memories.length + whole.histories.length + whole.draws.length > 0) return null;
  const finals = stocks.map((output): Column => ({ output, reduce: { kind: 'final' } }));
  const today: Today = {
    stocks,
    levels: (points, count) => runRows(subject, whole, finals, { inputs: names, points, count }),
  };
  return (await resumes(subject, today, median)) ? today : null;
}

/** What runs that begin today are given: parameters but for those that are the first level of a stock, then levels. */
function resumedInputs({ names }: Subject, stocks: readonly string[]) {
  const levels = new Set(stocks.map(plainName));
  const isLevel = (name: string) => levels.has(plainName(name));
  const kept = names.map((name) => !isLevel(name));
  const pick = (points: Float64Array) => points.filter((_, i) => kept[i % kept.length]);
  return { inputs: [...names.filter((_, i) => kept[i]), ...stocks], pick, isLevel };
}

/** Whether a run that is stopped and resumed today is the same as one run through. */
async function resumes(subject: Subject, { stocks, levels }: Today, median: Float64Array): Promise<boolean> {
  const { loaded, days, names, paths } = subject;
  const stop = days + resumedDays;
  const finals = stocks.map((output): Column => ({ output, reduce: { kind: 'final' } }));
  const options = { stop, paths, outputs: stocks, saveStep: 1 };
  const { inputs, pick } = resumedInputs(subject, stocks);
  const through = driveModel(loaded, { ...options, inputs: names }).program;
  const resumed = driveModel(loaded, { ...options, start: days, inputs }).program;
  const straight = await runRows(subject, through, finals, { inputs: names, points: median, count: 1 });
  const points = besides(pick(median), await levels(median, 1), 1);
  const again = await runRows(subject, resumed, finals, { inputs, points, count: 1 });
  return straight.every((value, i) => Math.abs(value - again[i]!) <= 1e-9 * Math.max(1, Math.abs(value)));
}

/** Runs from today (where that can be, else from the first day of data) over some days to come. */
export interface Ahead {
  program: Program;
  /** Parameters, then levels of today where runs begin then. */
  inputs: string[];
  /** For each parameter its place in `inputs`; -1 for the first level of a stock, of which today's takes the place. */
  parameters: number[];
  /** For each lever of `held` the input that it is held at. */
  heldInputs: string[];
  /** Rows of `inputs` for points of parameters. */
  rows(points: Float64Array, count: number): Promise<Float64Array>;
}

export interface AheadOptions {
  horizonDays: number;
  outputs: readonly string[];
  /** Further inputs, such as couplings. */
  inputs?: readonly string[];
  /** Levers that are set for so many days, from today on or from so many days later. */
  held?: { variables: readonly string[]; days: number; from?: number };
  saveStep?: number;
  /** Instead of levers as they were and go on. */
  paths?: readonly LeverPath[];
}

/** `today`: see `todayOf`. After the days of `held` a lever goes on as it does where nothing is planned. */
export function aheadOf(subject: Subject, today: Today | null, options: AheadOptions): Ahead {
  const { loaded, days, names } = subject;
  const { held, outputs, inputs = [], horizonDays, saveStep = 1, paths = subject.paths } = options;
  const resumed = today === null ? null : resumedInputs(subject, today.stocks);
  const own = resumed?.inputs ?? [...names];
  const { program, periodInputs } = driveModel(loaded, {
    start: today === null ? 0 : days,
    stop: days + horizonDays,
    paths,
    inputs: [...own, ...inputs],
    outputs,
    saveStep,
    ...(held && {
      periods: { variables: held.variables, start: days + (held.from ?? 0), length: held.days, count: 2 },
    }),
  });
  return {
    program,
    inputs: own,
    parameters: names.map((name) => (resumed?.isLevel(name) ? -1 : own.indexOf(name))),
    heldInputs: periodInputs.map(([first]) => first!),
    rows: async (points, count) =>
      today === null || resumed === null
        ? points
        : besides(resumed.pick(points), await today.levels(points, count), count),
  };
}
