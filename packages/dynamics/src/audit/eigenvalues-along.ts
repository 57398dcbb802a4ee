import { Evaluator } from '../backend/interpreter.ts';
import { savedPoints } from '../backend/kernel.ts';
import { type Complex, eigenvalues } from '../linear/eigenvalues.ts';
import type { Program } from '../program/program.ts';

export interface EigenvaluesAlong {
  times: Float64Array;
  /** At each time one value for each stock, per unit of time, the largest real part first; empty where the state is not finite. */
  values: Complex[][];
}

/**
 * Eigenvalues of the derivatives of the net flows by the stocks, along a run: how fast small disturbances grow (positive
 * real part), die out (negative) and swing (imaginary part, radians per unit of time) at that moment. Memories, pipelines
 * and random draws are held still.
 */
export function eigenvaluesAlong(program: Program, inputs?: ArrayLike<number>): EigenvaluesAlong {
  const { time } = program;
  const evaluator = new Evaluator(program);
  const points = savedPoints(program);
  const times = new Float64Array(points);
  const values: Complex[][] = [];
  evaluator.begin(inputs);
  for (let point = 0; point < points; point++) {
    while (evaluator.step < Math.min(point * time.saveEvery, time.steps)) evaluator.advance();
    times[point] = evaluator.time;
    values.push(valuesAt(evaluator));
  }
  return { times, values };
}

function valuesAt(evaluator: Evaluator): Complex[] {
  const n = evaluator.stocks.length;
  const state = evaluator.stocks.slice();
  const largest = state.reduce((most, level) => Math.max(most, Math.abs(level)), 0) || 1;
  const matrix = new Float64Array(n * n);
  const above = new Float64Array(n);
  const below = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    const level = state[j]!;
    const step = 6e-6 * Math.max(Math.abs(level), 1e-6 * largest);
    state[j] = level + step;
    evaluator.derivative(evaluator.time, state, above);
    state[j] = level - step;
    evaluator.derivative(evaluator.time, state, below);
    state[j] = level;
    for (let i = 0; i < n; i++) matrix[i * n + j] = (above[i]! - below[i]!) / (2 * step);
  }
  return matrix.every(Number.isFinite) ? eigenvalues(matrix, n).sort((a, b) => b.re - a.re || b.im - a.im) : [];
}
