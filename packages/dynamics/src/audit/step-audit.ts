import { Evaluator } from '../backend/interpreter.ts';
import { savedPoints } from '../backend/kernel.ts';
import { compileModel } from '../compile/compile.ts';
import type { Selection } from '../compile/selection.ts';
import type { Outcome } from '../diagnostic.ts';
import { savedTimes } from '../ensemble/reducer.ts';
import type { Program, TimeGrid } from '../program/program.ts';
import type { SourceFile } from '../xmile/source.ts';

/** How much one output moves when the step is halved and quartered. */
export interface OutputAudit {
  output: string;
  /**
   * Largest change over the saved points when dt is halved, as a share of the largest absolute value of the output; NaN
   * when a run was not finite.
   */
  change: number;
  /** Time of that change. */
  time: number;
  /** log2 of the ratio of the changes from dt to dt/2 and from dt/2 to dt/4: the order at which errors fall; NaN when they are rounding errors. */
  order: number;
  /** Estimated error at dt by Richardson's extrapolation, as a share of the largest absolute value. */
  error: number;
  verdict: 'fine' | 'too_large' | 'not_converging';
}

export interface StepAudit {
  dt: number;
  method: TimeGrid['method'];
  tolerance: number;
  /** The output that moves most first. */
  outputs: OutputAudit[];
  /** Every output moves by less than the tolerance. */
  fine: boolean;
  /** The largest dt, a half of the present one halved again and again, that should be fine; undefined when errors do not fall. */
  suggestedDt: number | undefined;
}

export interface StepAuditOptions {
  /** Share of an output's largest absolute value that it may move. Default 0.001. */
  tolerance?: number;
}

/** Changes below this share are rounding, of which no order can be told. */
const roundingShare = 1e-12;

/** Runs a model with its step, half and a quarter of it, and tells whether the step is small enough, output by output. */
export function auditStep(
  file: SourceFile,
  selection: Selection = {},
  { tolerance = 0.001 }: StepAuditOptions = {},
): Outcome<StepAudit> {
  const asked = compileModel(file, selection);
  if (!asked.ok) return asked;
  const { time } = asked.value;
  const runs = [seriesOf(asked.value)];
  for (const dt of [time.dt / 2, time.dt / 4]) {
    const saveStep = time.dt * time.saveEvery;
    const finer = compileModel(file, { ...selection, time: { ...selection.time, dt, saveStep } });
    if (!finer.ok) return finer;
    runs.push(seriesOf(finer.value));
  }
  const times = savedTimes(time);
  const outputs = asked.value.outputs.map(({ name }, output) =>
    auditOutput(
      name,
      runs.map((run) => run[output]!),
      times,
      tolerance,
    ),
  );
  outputs.sort((a, b) => size(b.change) - size(a.change));
  const fine = outputs.every(({ verdict }) => verdict === 'fine');
  const suggestedDt = suggestion(outputs, time, tolerance);
  const value = { dt: time.dt, method: time.method, tolerance, outputs, fine, suggestedDt };
  return { ok: true, value, warnings: asked.warnings };
}

/** What is not finite moves most. */
function size(change: number): number {
  return Number.isNaN(change) ? Number.POSITIVE_INFINITY : change;
}

function auditOutput(
  output: string,
  [full, half, quarter]: Float64Array[],
  times: readonly number[],
  tolerance: number,
): OutputAudit {
  const extent = quarter!.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  let change = 0;
  let finer = 0;
  let time = times[0]!;
  for (const [point, value] of full!.entries()) {
    const moved = Math.abs(value - half![point]!) / extent;
    if (!(moved <= change)) {
      change = moved;
      time = times[point]!;
    }
    finer = Math.max(finer, Math.abs(half![point]! - quarter![point]!) / extent);
  }
  const order = change > roundingShare && finer > 0 ? Math.log2(change / finer) : Number.NaN;
  const error = order > 0.2 ? change / (1 - 2 ** -order) : change;
  const converging = change <= roundingShare || order > 0.2;
  const verdict = error <= tolerance ? 'fine' : converging ? 'too_large' : 'not_converging';
  return { output, change, time, order, error, verdict };
}

const methodOrder = { euler: 1, rk2: 2, rk4: 4, rk45: 4 };

/** Errors fall by 2^order at each halving; an order above that of the method is not believed. */
function suggestion(outputs: readonly OutputAudit[], { dt, method }: TimeGrid, tolerance: number): number | undefined {
  let halvings = 0;
  for (const { error, order, verdict } of outputs) {
    if (verdict === 'fine') continue;
    if (verdict === 'not_converging' || !Number.isFinite(error)) return undefined;
    halvings = Math.max(halvings, Math.ceil(Math.log2(error / tolerance) / Math.min(order, methodOrder[method])));
  }
  return dt / 2 ** halvings;
}

/** Each output at the saved points. */
function seriesOf(program: Program): Float64Array[] {
  const { time, outputs } = program;
  const points = savedPoints(program);
  const series = outputs.map(() => new Float64Array(points));
  const evaluator = new Evaluator(program);
  evaluator.begin();
  for (let point = 0; point < points; point++) {
    while (evaluator.step < Math.min(point * time.saveEvery, time.steps)) evaluator.advance();
    for (const [output, { node }] of outputs.entries()) series[output]![point] = evaluator.values[node]!;
  }
  return series;
}
