import { Evaluator } from '../backend/interpreter.ts';
import { savedPoints } from '../backend/kernel.ts';
import type { Outcome } from '../diagnostic.ts';
import { savedTimes } from '../ensemble/reducer.ts';
import type { Program, TimeGrid } from '../program/program.ts';

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

/**
 * Runs a model with its step, half and a quarter of it, and tells whether the step is small enough, output by output.
 *
 * @param compileWith the program as asked for, or with another dt and the save step that keeps the saved times the same
 */
export function auditStep(
  compileWith: (time: { dt: number; saveStep: number } | undefined) => Outcome<Program>,
  { tolerance = 0.001 }: StepAuditOptions = {},
): Outcome<StepAudit> {
  const asked = compileWith(undefined);
  if (!asked.ok) return asked;
  const { time } = asked.value;
  const saveStep = time.dt * time.saveEvery;
  const half = compileWith({ dt: time.dt / 2, saveStep });
  if (!half.ok) return half;
  const quarter = compileWith({ dt: time.dt / 4, saveStep });
  if (!quarter.ok) return quarter;
  const runs = [asked.value, half.value, quarter.value].map(seriesOf);
  const times = savedTimes(time);
  const outputs = asked.value.outputs.map(({ name }, output) =>
    auditOutput(
      name,
      runs.map((run) => run[output]!),
      times,
      tolerance,
    ),
  );
  outputs.sort((a, b) => (Number.isNaN(b.change) ? 1 : b.change) - (Number.isNaN(a.change) ? 1 : a.change));
  const fine = outputs.every(({ verdict }) => verdict === 'fine');
  const value = {
    dt: time.dt,
    method: time.method,
    tolerance,
    outputs,
    fine,
    suggestedDt: suggestion(outputs, time.dt, tolerance),
  };
  return { ok: true, value, warnings: asked.warnings };
}

function auditOutput(
  output: string,
  [full, half, quarter]: Float64Array[],
  times: readonly number[],
  tolerance: number,
): OutputAudit {
  const size = quarter!.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  let change = 0;
  let finer = 0;
  let time = times[0]!;
  for (const [point, value] of full!.entries()) {
    const moved = Math.abs(value - half![point]!) / size;
    if (!(moved <= change)) {
      change = moved;
      time = times[point]!;
    }
    finer = Math.max(finer, Math.abs(half![point]! - quarter![point]!) / size);
  }
  const order = change > roundingShare && finer > 0 ? Math.log2(change / finer) : Number.NaN;
  const error = order > 0.2 ? change / (1 - 2 ** -order) : change;
  const converging = change <= roundingShare || order > 0.2;
  const verdict = error <= tolerance ? 'fine' : converging ? 'too_large' : 'not_converging';
  return { output, change, time, order, error, verdict };
}

/** Errors fall by 2^order at each halving; an order above that of any method here is not believed. */
function suggestion(outputs: readonly OutputAudit[], dt: number, tolerance: number): number | undefined {
  let halvings = 0;
  for (const { error, order, verdict } of outputs) {
    if (verdict === 'fine') continue;
    if (verdict === 'not_converging' || !Number.isFinite(error)) return undefined;
    halvings = Math.max(halvings, Math.ceil(Math.log2(error / tolerance) / Math.min(order, 4)));
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
