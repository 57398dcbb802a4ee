import { Evaluator } from '../backend/interpreter.ts';
import { error, type Outcome, warning } from '../diagnostic.ts';
import { operandsOf } from '../program/operands.ts';
import type { NodeId, Program } from '../program/program.ts';
import type { VectorField } from './field.ts';

export interface FieldOptions {
  /** Values of the other inputs. */
  fixed?: readonly number[];
  /** The time at which time stands still; default: the stop time. */
  at?: number;
}

/**
 * The rates of a program as a vector field along its first input.
 * Refused where the state is more than the stocks: memories, pipelines and random draws have no equilibrium.
 */
export function fieldOf(
  program: Program,
  { fixed = [], at = stopOf(program) }: FieldOptions = {},
): Outcome<VectorField> {
  const hidden = [
    program.memories.length > 0 ? 'PREVIOUS' : '',
    program.histories.length > 0 ? 'DELAY' : '',
    program.draws.length > 0 ? 'RANDOM' : '',
  ].filter((name) => name !== '');
  if (program.stocks.length === 0 || hidden.length > 0) {
    const code = hidden.length > 0 ? 'equilibria.not_continuous' : 'equilibria.no_stocks';
    return { ok: false, errors: [error(code, { functions: hidden.join(', ') })], warnings: [] };
  }
  if (program.inputs.length !== 1 + fixed.length) throw new Error(`${1 + fixed.length} inputs are needed`);
  const evaluator = new Evaluator(program);
  const initial = (parameter: number) => {
    evaluator.begin([parameter, ...fixed]);
    return evaluator.stocks.slice();
  };
  evaluator.inputs.set(fixed, 1);
  const rates = (state: Float64Array, parameter: number) => {
    evaluator.inputs[0] = parameter;
    const result = new Float64Array(state.length);
    evaluator.derivative(at, state, result);
    return result;
  };
  const size = program.stocks.length;
  const names = program.stocks.map(({ name }) => name);
  const warnings = dependsOnTime(program) ? [warning('equilibria.time_frozen', { time: at })] : [];
  return { ok: true, value: { size, names, rates, initial }, warnings };
}

/** The states at the end of runs with the parameter low, in the middle and high: where the model itself goes. */
export function settledStates(program: Program, parameters: readonly number[], fixed: readonly number[] = []) {
  const evaluator = new Evaluator(program);
  return parameters.flatMap((parameter) => {
    evaluator.begin([parameter, ...fixed]);
    while (evaluator.advance());
    const state = evaluator.stocks.slice();
    return state.every(Number.isFinite) ? [{ state, parameter }] : [];
  });
}

function stopOf({ time }: Program): number {
  return time.start + time.steps * time.dt;
}

function dependsOnTime(program: Program): boolean {
  const seen = new Set<NodeId>();
  const waiting = program.stocks.map(({ rate }) => rate);
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const node = program.nodes[id]!;
    if (node.op === 'time' || node.op === 'stepTime') return true;
    waiting.push(...operandsOf(node));
  }
  return false;
}
