import type { Range } from '../experiment/evaluate.ts';
import { leftNullVectors } from '../linear/solve.ts';

/** What moves: the rates of change of `size` stocks at a state, for one value of the parameter that is followed. */
export interface VectorField {
  size: number;
  names: readonly string[];
  rates(state: Float64Array, parameter: number): Float64Array;
  /** The state at the start of a run with this parameter; what is conserved is conserved at its value. */
  initial(parameter: number): Float64Array;
}

/**
 * A field in coordinates that are all of the size of 1: states divided by `scale`, the parameter from 0 to 1 over its
 * range. Rows that conservation makes redundant are replaced by the conservation itself, so that an equilibrium is an
 * isolated point (people who only change their state, for example).
 */
export interface ScaledField {
  size: number;
  scale: Float64Array;
  range: Range;
  /** Number of conserved sums. */
  conserved: number;
  /** What is zero at an equilibrium. */
  residual(state: Float64Array, position: number): Float64Array;
  /** The rates, without conservation put in. */
  rates(state: Float64Array, position: number): Float64Array;
  parameterAt(position: number): number;
}

/** Step of central differences: the cube root of the rounding error balances cut-off and cancellation. */
const differenceStep = 6e-6;

/** Entries below this share of the largest one count as zero when looking for what is conserved. */
const conservationTolerance = 1e-7;

export function scaleField(field: VectorField, range: Range, scale: Float64Array): ScaledField {
  const { size } = field;
  const parameterAt = (position: number) =>
    range.scale === 'log'
      ? range.low * (range.high / range.low) ** position
      : range.low + position * (range.high - range.low);
  const rates = (state: Float64Array, position: number) => {
    const raw = field.rates(
      state.map((value, i) => value * scale[i]!),
      parameterAt(position),
    );
    return raw.map((value, i) => value / scale[i]!);
  };
  const conserved = conservedSums(size, rates);
  const initial = (position: number) => field.initial(parameterAt(position)).map((value, i) => value / scale[i]!);
  const residual = (state: Float64Array, position: number) => {
    const result = rates(state, position);
    if (conserved.length === 0) return result;
    const start = initial(position);
    for (const { row, vector } of conserved) {
      result[row] = vector.reduce((sum, weight, i) => sum + weight * (state[i]! - start[i]!), 0);
    }
    return result;
  };
  return { size, scale, range, conserved: conserved.length, residual, rates, parameterAt };
}

/** The matrix of derivatives of `vector` by the state, row-major, by central differences. */
export function jacobian(
  vector: (state: Float64Array, position: number) => Float64Array,
  state: Float64Array,
  position: number,
): Float64Array {
  const n = state.length;
  const matrix = new Float64Array(n * n);
  const moved = state.slice();
  for (let j = 0; j < n; j++) {
    const step = differenceStep * Math.max(1, Math.abs(state[j]!));
    moved[j] = state[j]! + step;
    const above = vector(moved, position);
    moved[j] = state[j]! - step;
    const below = vector(moved, position);
    moved[j] = state[j]!;
    for (let i = 0; i < n; i++) matrix[i * n + j] = (above[i]! - below[i]!) / (2 * step);
  }
  return matrix;
}

/** The derivative of `vector` by the position of the parameter. */
export function positionDerivative(
  vector: (state: Float64Array, position: number) => Float64Array,
  state: Float64Array,
  position: number,
): Float64Array {
  const above = vector(state, position + differenceStep);
  const below = vector(state, position - differenceStep);
  return above.map((value, i) => (value - below[i]!) / (2 * differenceStep));
}

/** Sums that no rate changes, whatever the state: common left null vectors of the Jacobian at scattered states. */
function conservedSums(size: number, rates: ScaledField['rates']): { row: number; vector: Float64Array }[] {
  const samples = 3;
  const matrix = new Float64Array(size * size * samples);
  for (let sample = 0; sample < samples; sample++) {
    const state = Float64Array.from({ length: size }, (_, i) => scattered(sample * size + i));
    const derivatives = jacobian(rates, state, scattered(1000 + sample));
    for (let i = 0; i < size; i++) {
      matrix.set(derivatives.subarray(i * size, (i + 1) * size), i * size * samples + sample * size);
    }
  }
  if (!matrix.every(Number.isFinite)) return [];
  const width = size * samples;
  const weights = Array.from({ length: size }, (_, i) => {
    const row = matrix.subarray(i * width, (i + 1) * width);
    return row.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  });
  for (let i = 0; i < size; i++) for (let j = 0; j < width; j++) matrix[i * width + j]! /= weights[i]!;
  return leftNullVectors(matrix, size, conservationTolerance)
    .map(({ row, vector }) => ({ row, vector: vector.map((value, i) => value / weights[i]!) }))
    .map(({ row, vector }) => ({ row, vector: vector.map((value) => value / Math.abs(vector[row]!)) }))
    .filter(({ vector }) => staysTheSame(vector, samples, rates));
}

/** A sum whose derivatives vanish is conserved only when the sum of its rates is zero and not merely constant. */
function staysTheSame(vector: Float64Array, samples: number, rates: ScaledField['rates']): boolean {
  for (let sample = 0; sample < samples; sample++) {
    const state = Float64Array.from(vector, (_, i) => scattered(sample * vector.length + i));
    const parts = rates(state, scattered(1000 + sample)).map((rate, i) => rate * vector[i]!);
    const size = parts.reduce((sum, part) => sum + Math.abs(part), 0);
    if (Math.abs(parts.reduce((sum, part) => sum + part, 0)) > conservationTolerance * size) return false;
  }
  return true;
}

/** A fixed sequence without pattern in (0.2, 0.8): the fractional parts of multiples of the golden ratio. */
function scattered(index: number): number {
  return 0.2 + 0.6 * (((index + 1) * 0.6180339887498949) % 1);
}
