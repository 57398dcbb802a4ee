import { historyCapacity, stepTime } from '../backend/integration.ts';
import { type Backend, savedPoints } from '../backend/kernel.ts';
import { type Diagnostic, DynamicsError, error } from '../diagnostic.ts';
import { withOperands } from '../program/operands.ts';
import type { NodeId, Program, TimeGrid } from '../program/program.ts';
import { pruned } from '../program/prune.ts';
import { type Reducer, type Reduction, readsEndsOnly, reductionOf, savedTimes, timesOutside } from './reducer.ts';

/** What of one output is kept of every run. */
export interface Column {
  /** Name of an output of the program, as `Program.outputs` has it. */
  output: string;
  reduce: Reducer;
}

/** One number of the row that a run gives. */
export interface ResultColumn extends Column {
  /** The time it belongs to, for reducers whose numbers belong to times known before the run. */
  time: number | undefined;
}

/** What a worker needs to know to run chunks. Plain data. */
export interface Plan {
  /** Only what the columns need, saved only as often as they need it. */
  program: Program;
  columns: readonly Column[];
  /** Times of the saved points that the columns are computed from. */
  times: readonly number[];
  backend: Backend | 'auto';
  /** A wish, see `KernelFactory`; without one the back end decides. */
  lanes: number | undefined;
  /** Places in `program.inputs` of the values of a point. */
  varied: readonly number[];
}

export interface PlanOptions {
  columns: readonly Column[];
  inputs?: readonly string[] | undefined;
  backend?: Backend | 'auto' | undefined;
  lanes?: number | undefined;
}

/** Works out what has to be run. Throws a DynamicsError with everything that is wrong with the request. */
export function planOf(program: Program, { columns, inputs, backend = 'auto', lanes }: PlanOptions): Plan {
  const errors: Diagnostic[] = [];
  const time = savedGrid(program.time, columns);
  const times = savedTimes(time);
  const names = new Map(program.outputs.map(({ name }, output) => [name, output]));
  for (const { output, reduce } of columns) {
    if (!names.has(output)) errors.push(error('run.no_output', { output }, { variable: output }));
    errors.push(...reducerErrors(output, reduce, times));
  }
  const places = new Map(program.inputs.map(({ name }, input) => [name, input]));
  const wanted = inputs ?? program.inputs.map(({ name }) => name);
  const met = new Set<string>();
  for (const input of wanted) {
    if (!places.has(input)) errors.push(error('run.no_input', { input }, { variable: input }));
    if (met.has(input)) errors.push(error('run.input_twice', { input }, { variable: input }));
    met.add(input);
  }
  if (columns.length === 0) errors.push(error('run.no_columns'));
  if (errors.length > 0) throw new DynamicsError(errors);

  const read = new Set(columns.map(({ output }) => output));
  const used = program.outputs.filter(({ name }) => read.has(name));
  // All stocks have a say in the sub-steps of RK45; without some of them the numbers would be others.
  const kept =
    time.method === 'rk45'
      ? { ...program, time, outputs: used }
      : pruned(untraced({ ...program, time, outputs: used }));
  return {
    program: kept,
    columns,
    times,
    backend,
    lanes,
    varied: wanted.map((input) => places.get(input)!),
  };
}

/** The points that have to be saved for the columns. */
export function savedGrid(time: TimeGrid, columns: readonly Column[]): TimeGrid {
  const endsOnly = columns.every(({ reduce }) => readsEndsOnly(reduce));
  return endsOnly ? { ...time, saveEvery: Math.max(1, time.steps) } : time;
}

/** The numbers that the row of a run consists of. */
export function resultColumns({ columns, times }: Plan): ResultColumn[] {
  return columns.flatMap((column) => {
    const reduction = reductionOf(column.reduce, times);
    return Array.from({ length: reduction.width }, (_, i) => ({ ...column, time: reduction.times?.[i] }));
  });
}

/** How many numbers that are: a series of every step has too many for a list of them to be made where it is not asked for. */
export function resultWidth({ columns, times }: Plan): number {
  return columns.reduce((sum, { reduce }) => sum + reductionOf(reduce, times).width, 0);
}

export function reductionsOf({ columns, times }: Plan): Reduction[] {
  return columns.map(({ reduce }) => reductionOf(reduce, times));
}

/** Bytes that one kernel with `lanes` lanes holds for results, inputs and histories, as far as they grow with the program. */
export function kernelBytes(program: Program, lanes: number): number {
  const { histories, inputs, outputs, nodes, stocks, memories, time } = program;
  const past = histories.reduce((sum, history) => sum + historyCapacity(history, time), 0);
  const state = nodes.length + 9 * stocks.length + 2 * memories.length;
  return 8 * lanes * (savedPoints(program) * outputs.length + inputs.length + past + state);
}

/** Time of a saved point of the plan. */
export function pointTime({ program: { time } }: Plan, point: number): number {
  return stepTime(time, Math.min(point * time.saveEvery, time.steps));
}

/** The program with every mark of a variable passed over; the marks themselves are left without use. */
function untraced(program: Program): Program {
  if (program.variables.length === 0) return program;
  const plain: NodeId[] = [];
  const to = (id: NodeId) => plain[id]!;
  const nodes = program.nodes.map((node, id) => {
    plain.push(node.op === 'variable' ? to(node.a) : id);
    return withOperands(node, to);
  });
  return {
    ...program,
    nodes,
    stocks: program.stocks.map(({ name, initial, rate }) => ({ name, initial: to(initial), rate: to(rate) })),
    memories: program.memories.map(({ initial, next }) => ({ initial: to(initial), next: to(next) })),
    histories: program.histories.map((history) => ({
      ...history,
      initial: to(history.initial),
      input: to(history.input),
    })),
    outputs: program.outputs.map(({ name, node }) => ({ name, node: to(node) })),
    variables: [],
  };
}

function reducerErrors(output: string, reducer: Reducer, times: readonly number[]): Diagnostic[] {
  const about = { variable: output };
  const errors = timesOutside(reducer, times).map((time) =>
    error('run.time_outside', { output, time, start: times[0]!, stop: times.at(-1)! }, about),
  );
  if (reducer.kind === 'residual') {
    const { times: asked, values, weights = values } = reducer;
    if (asked.length !== values.length || weights.length !== values.length) {
      const details = { output, times: asked.length, values: values.length, weights: weights.length };
      errors.push(error('run.data_lengths', details, about));
    }
  }
  return errors;
}
