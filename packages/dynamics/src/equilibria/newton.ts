import { solveLinear } from '../linear/solve.ts';
import { jacobian, positionDerivative, type ScaledField } from './field.ts';

/** A state and a position of the parameter, both scaled. */
export interface Point {
  state: Float64Array;
  position: number;
}

/** Converged when the last move is this small beside the state: what central differences let Newton reach. */
const moveTolerance = 1e-11;
const iterationsMax = 40;

/** An equilibrium near a state at a fixed position, by Newton with halved moves; undefined when none is reached. */
export function settle(field: ScaledField, start: Point): Point | undefined {
  let { state } = start;
  const { position } = start;
  let residual = field.residual(state, position);
  for (let iteration = 0; iteration < iterationsMax; iteration++) {
    const move = solveLinear(jacobian(field.residual, state, position), residual);
    if (move === undefined) return undefined;
    let share = 1;
    let next = stepped(state, move, share);
    let nextResidual = field.residual(next, position);
    while (!(norm(nextResidual) <= norm(residual) * (1 - share / 4)) && share > 1 / 512) {
      share /= 2;
      next = stepped(state, move, share);
      nextResidual = field.residual(next, position);
    }
    if (!nextResidual.every(Number.isFinite)) return undefined;
    state = next;
    residual = nextResidual;
    if (norm(move) <= moveTolerance * (1 + norm(state))) return { state, position };
  }
  return undefined;
}

/** The point on the curve of equilibria that lies on the plane through `guess` across `tangent`; with the moves it took. */
export function correct(
  field: ScaledField,
  guess: Point,
  tangent: Float64Array,
): { point: Point; iterations: number } | undefined {
  const { size } = field;
  let { state, position } = guess;
  for (let iteration = 1; iteration <= 12; iteration++) {
    const right = new Float64Array(size + 1);
    right.set(field.residual(state, position));
    right[size] = tangent.reduce(
      (sum, part, i) => sum + part * (i < size ? state[i]! - guess.state[i]! : position - guess.position),
      0,
    );
    const move = solveLinear(bordered(field, { state, position }, tangent), right);
    if (move === undefined) return undefined;
    state = stepped(state, move, 1);
    position -= move[size]!;
    if (norm(move) <= moveTolerance * (1 + norm(state))) return { point: { state, position }, iterations: iteration };
  }
  return undefined;
}

/** The direction of the curve at a point, of length 1, turned the way of `previous`. */
export function tangentAt(field: ScaledField, point: Point, previous: Float64Array): Float64Array | undefined {
  const right = new Float64Array(field.size + 1);
  right[field.size] = 1;
  const direction = solveLinear(bordered(field, point, previous), right);
  if (direction === undefined) return undefined;
  const length = norm(direction);
  return direction.map((value) => value / length);
}

/** The Jacobian with the derivative by the parameter as last column and the tangent as last row. */
export function bordered(field: ScaledField, { state, position }: Point, tangent: Float64Array): Float64Array {
  const n = field.size;
  const matrix = new Float64Array((n + 1) * (n + 1));
  const derivatives = jacobian(field.residual, state, position);
  const byPosition = positionDerivative(field.residual, state, position);
  for (let i = 0; i < n; i++) {
    matrix.set(derivatives.subarray(i * n, (i + 1) * n), i * (n + 1));
    matrix[i * (n + 1) + n] = byPosition[i]!;
  }
  matrix.set(tangent, n * (n + 1));
  return matrix;
}

export function norm(vector: Float64Array): number {
  return Math.hypot(...vector);
}

function stepped(state: Float64Array, move: Float64Array, share: number): Float64Array {
  return state.map((value, i) => value - share * move[i]!);
}
