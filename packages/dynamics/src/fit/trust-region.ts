import { pivotedQr } from '../linear/qr.ts';
import { type SingularValues, singularValues } from '../linear/singular.ts';

/** Residuals as they change to first order, in triangular form: as many rows as there are parameters. */
export interface LinearModel {
  columns: Float64Array[];
  right: Float64Array;
}

/** The model of residuals `residual` with derivatives `columns`; lengths of combinations of columns stay. */
export function linearModel(columns: readonly Float64Array[], residual: Float64Array): LinearModel {
  const n = columns.length;
  const { upper, order, projected } = pivotedQr(columns, residual);
  const back: Float64Array[] = columns.map(() => new Float64Array(n));
  for (let k = 0; k < n; k += 1) {
    for (let i = 0; i <= k; i += 1) back[order[k]!]![i] = upper[i * n + k]!;
  }
  return { columns: back, right: projected };
}

export interface Box {
  x: Float64Array;
  low: Float64Array;
  high: Float64Array;
}

export interface Step {
  step: Float64Array;
  /** By how much the linear model says that the sum of squares falls. */
  predicted: number;
  /** Length of the step in the scale of the trust region. */
  length: number;
}

/**
 * The step that lowers the sum of squares of a linear model most within a ball of `radius`, in a scale for each
 * parameter, and within bounds: J. J. Moré, "The Levenberg-Marquardt algorithm", Lecture Notes in Mathematics 630
 * (1978) 105-116, by singular values in place of repeated QR. A parameter that would pass a bound is put on it and the
 * step of the others solved again.
 */
export function boundedStep(model: LinearModel, scale: Float64Array, radius: number, box: Box): Step {
  const n = scale.length;
  const step = new Float64Array(n);
  const right = model.right.slice();
  let free = Array.from({ length: n }, (_, d) => d);
  let left = radius * radius;
  for (let pass = 0; pass <= n && free.length > 0; pass += 1) {
    const columns = free.map((d) => model.columns[d]!.map((value) => value / scale[d]!));
    const found = dampedStep(singularValues(columns), right, Math.sqrt(Math.max(left, 1e-4 * radius * radius)));
    const passing = new Set<number>();
    for (const [k, d] of free.entries()) {
      step[d] = found[k]! / scale[d]!;
      const bounded = Math.min(box.high[d]!, Math.max(box.low[d]!, box.x[d]! + step[d]!));
      if (bounded === box.x[d]! + step[d]!) continue;
      passing.add(d);
      step[d] = bounded - box.x[d]!;
      left -= (step[d]! * scale[d]!) ** 2;
      const column = model.columns[d]!;
      for (let i = 0; i < right.length; i += 1) right[i] = right[i]! + column[i]! * step[d]!;
    }
    if (passing.size === 0) break;
    free = free.filter((d) => !passing.has(d));
  }
  return { step, predicted: reduction(model, step), length: lengthOf(step, scale) };
}

/** The length of a vector whose entries count in units of 1 / scale. */
export function lengthOf(vector: Float64Array, scale: Float64Array): number {
  return Math.hypot(...vector.map((value, d) => value * scale[d]!));
}

function reduction(model: LinearModel, step: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < model.right.length; i += 1) {
    let change = 0;
    for (const [d, column] of model.columns.entries()) change += column[i]! * step[d]!;
    sum -= change * (change + 2 * model.right[i]!);
  }
  return sum;
}

/** Minimises |A s + b|² over |s| <= radius by Newton's method on the secular equation 1/radius - 1/|s(damping)|. */
function dampedStep({ values, left, right }: SingularValues, b: Float64Array, radius: number): Float64Array {
  const n = values.length;
  const largest = values[0]!;
  const floor = Number.EPSILON * n * largest;
  const along = left.map((vector) => vector.reduce((sum, value, i) => sum + value * b[i]!, 0));
  const length = (damping: number) => {
    let sum = 0;
    let slope = 0;
    for (let k = 0; k < n; k += 1) {
      const s = values[k]!;
      if (s <= floor) continue;
      const share = s * s + damping;
      const part = (s * along[k]!) / share;
      sum += part * part;
      slope += (part * part) / share;
    }
    const size = Math.sqrt(sum);
    return { size, slope: size > 0 ? -slope / size : 0 };
  };
  let damping = 0;
  for (let iteration = 0; iteration < 60; iteration += 1) {
    const { size, slope } = length(damping);
    if (!(size > 1.001 * radius) || slope === 0) break;
    damping += ((size - radius) / radius) * (size / -slope);
  }
  const step = new Float64Array(n);
  for (let k = 0; k < n; k += 1) {
    const s = values[k]!;
    if (s <= floor) continue;
    const part = (s * along[k]!) / (s * s + damping);
    for (let d = 0; d < n; d += 1) step[d] = step[d]! - part * right[k]![d]!;
  }
  return step;
}
