/**
 * A step that makes ½ dᵀBd + g·d + Σ cap·max(0, c + a·d) least within bounds; of an equality the cap counts on either
 * side. Conditions that cannot be kept are missed for a price instead of making the problem unsolvable.
 */
export interface StepProblem {
  /** The inverse of B, row after row. */
  inverse: Float64Array;
  gradient: Float64Array;
  /** Slopes a of the conditions, one row for each. */
  rows: readonly Float64Array[];
  /** What the conditions are now: c. */
  misses: Float64Array;
  isEquality: readonly boolean[];
  caps: Float64Array;
  low: Float64Array;
  high: Float64Array;
}

export interface StepSolution {
  step: Float64Array;
  /** One for each condition: from 0 to its cap, of an equality from -cap. */
  multipliers: Float64Array;
}

/** Conditions that nearly contradict each other take many sweeps, which small problems can afford. */
const [sweepsLeast, sweepsMost, sweepWork] = [2_000, 200_000, 2e7];
const stepTolerance = 1e-10;

/**
 * By ascent of the dual, one multiplier at a time: C. Hildreth, "A quadratic programming procedure", Naval Research
 * Logistics Quarterly 4 (1957) 79-85; the caps make it the exact penalty of R. Fletcher, Practical Methods of
 * Optimization (2nd ed., 1987), section 14.3.
 */
export function solveStep(problem: StepProblem): StepSolution {
  const { inverse, gradient, rows, misses, isEquality, caps, low, high } = problem;
  const n = gradient.length;
  const images = rows.map((row) => product(inverse, row));
  const bends = rows.map((row, i) => dot(row, images[i]!));
  const multipliers = new Float64Array(rows.length);
  const walls = new Float64Array(n);
  const step = product(inverse, gradient).map((value) => -value);
  const affordable = Math.floor(sweepWork / (n * (n + rows.length)));
  const sweeps = Math.max(sweepsLeast, Math.min(sweepsMost, affordable));
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    let moved = 0;
    for (const [i, row] of rows.entries()) {
      const bend = bends[i]!;
      if (!(bend > 0)) continue;
      const least = isEquality[i]! ? -caps[i]! : 0;
      const wanted = multipliers[i]! + (misses[i]! + dot(row, step)) / bend;
      const change = Math.min(caps[i]!, Math.max(least, wanted)) - multipliers[i]!;
      if (change === 0) continue;
      multipliers[i] = multipliers[i]! + change;
      moved = Math.max(moved, shift(step, images[i]!, 0, change));
    }
    for (let j = 0; j < n; j += 1) {
      const bend = inverse[j * n + j]!;
      const free = step[j]! + bend * walls[j]!;
      const wall = free > high[j]! ? (free - high[j]!) / bend : free < low[j]! ? (free - low[j]!) / bend : 0;
      const change = wall - walls[j]!;
      if (change === 0) continue;
      walls[j] = wall;
      moved = Math.max(moved, shift(step, inverse, j * n, change));
    }
    if (moved < stepTolerance) break;
  }
  return { step: step.map((value, j) => Math.min(high[j]!, Math.max(low[j]!, value))), multipliers };
}

function shift(step: Float64Array, image: Float64Array, from: number, change: number): number {
  let moved = 0;
  for (let j = 0; j < step.length; j += 1) {
    const part = change * image[from + j]!;
    step[j] = step[j]! - part;
    moved = Math.max(moved, Math.abs(part));
  }
  return moved;
}

function product(matrix: Float64Array, vector: Float64Array): Float64Array {
  const n = vector.length;
  return Float64Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < n; j += 1) sum += matrix[i * n + j]! * vector[j]!;
    return sum;
  });
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i]! * b[i]!;
  return sum;
}

/** A change of place and the change of slope that went with it. */
export interface Secant {
  s: Float64Array;
  y: Float64Array;
}

/**
 * The inverse of the curvature as a diagonal and what secants say beyond it: BFGS, J. Nocedal, S. J. Wright, Numerical
 * Optimization (2nd ed., 2006), formula 6.17. Secants that bend the wrong way are passed over.
 */
export function inverseCurvature(diagonal: Float64Array, secants: readonly Secant[]): Float64Array {
  const n = diagonal.length;
  const inverse = new Float64Array(n * n);
  for (let j = 0; j < n; j += 1) inverse[j * n + j] = 1 / diagonal[j]!;
  for (const { s, y } of secants) {
    const bend = dot(s, y);
    if (!(bend > 1e-8 * Math.sqrt(dot(s, s) * dot(y, y)))) continue;
    const image = product(inverse, y);
    const factor = (1 + dot(y, image) / bend) / bend;
    for (let i = 0; i < n; i += 1) {
      for (let j = 0; j < n; j += 1) {
        const mixed = (image[i]! * s[j]! + s[i]! * image[j]!) / bend;
        inverse[i * n + j] = inverse[i * n + j]! + factor * s[i]! * s[j]! - mixed;
      }
    }
  }
  return inverse;
}
