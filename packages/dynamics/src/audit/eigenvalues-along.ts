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
  evaluator.begin(inputs);
  const extents = extentsOf(evaluator);
  const points = savedPoints(program);
  const times = new Float64Array(points);
  const values: Complex[][] = [];
  evaluator.begin();
  for (let point = 0; point < points; point++) {
    while (evaluator.step < Math.min(point * time.saveEvery, time.steps)) evaluator.advance();
    times[point] = evaluator.time;
    values.push(valuesAt(evaluator, extents));
  }
  return { times, values };
}

/** The largest size of each level in the run, 1 for one that stays 0: what a small step is small beside. */
function extentsOf(evaluator: Evaluator): Float64Array {
  const extents = evaluator.stocks.map(Math.abs);
  while (evaluator.advance()) {
    for (const [i, level] of evaluator.stocks.entries()) extents[i] = Math.max(extents[i]!, Math.abs(level));
  }
  return extents.map((extent) => extent || 1);
}

function valuesAt(evaluator: Evaluator, extents: Float64Array): Complex[] {
  const n = evaluator.stocks.length;
  const state = evaluator.stocks.slice();
  const matrix = new Float64Array(n * n);
  const above = new Float64Array(n);
  const below = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    const level = state[j]!;
    const step = 6e-6 * Math.max(Math.abs(level), 1e-3 * extents[j]!);
    state[j] = level + step;
    evaluator.derivative(evaluator.time, state, above);
    state[j] = level - step;
    evaluator.derivative(evaluator.time, state, below);
    state[j] = level;
    for (let i = 0; i < n; i++) matrix[i * n + j] = (above[i]! - below[i]!) / (2 * step);
  }
  return matrix.every(Number.isFinite) ? eigenvalues(matrix, n).sort((a, b) => b.re - a.re || b.im - a.im) : [];
}
