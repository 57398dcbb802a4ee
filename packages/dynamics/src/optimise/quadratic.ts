import { solveLower, solveLowerTransposed } from '../linear/cholesky.ts';
import { nonNegativeLeastSquares } from '../linear/nonnegative.ts';

/** A linear condition a·d >= b. */
export interface Condition {
  a: Float64Array;
  b: number;
}

export interface QuadraticSolution {
  step: Float64Array;
  /** One for each condition, from 0. */
  multipliers: Float64Array;
}

/**
 * The d that makes ½ dᵀBd + g·d least under linear conditions, with B = L Lᵀ; undefined when they contradict each
 * other. As a least-distance problem by non-negative least squares: C. L. Lawson, R. J. Hanson, Solving Least Squares
 * Problems (1974), section 23.4.
 */
export function solveQuadratic(
  lower: Float64Array,
  gradient: Float64Array,
  conditions: readonly Condition[],
): QuadraticSolution | undefined {
  const n = gradient.length;
  // With e = Lᵀ d + L⁻¹ g the objective is ½ |e|².
  const shift = solveLower(lower, gradient);
  const rows = conditions.map(({ a, b }) => {
    const row = solveLower(lower, a);
    const limit = b + row.reduce((sum, value, i) => sum + value * shift[i]!, 0);
    const size = Math.sqrt(row.reduce((sum, value) => sum + value * value, limit * limit)) || 1;
    return { row: row.map((value) => value / size), limit: limit / size, size };
  });
  const columns = rows.map(({ row, limit }) => Float64Array.from([...row, limit]));
  const right = new Float64Array(n + 1);
  right[n] = 1;
  const weights = nonNegativeLeastSquares(columns, right);
  const residual = right.slice();
  for (const [k, column] of columns.entries()) {
    for (let i = 0; i <= n; i += 1) residual[i] = residual[i]! - weights[k]! * column[i]!;
  }
  const last = residual[n]!;
  // The whole of the last entry is explained by the conditions: no point keeps them all.
  if (!(last > 1e-12)) return undefined;
  const distance = Float64Array.from({ length: n }, (_, i) => -residual[i]! / last);
  const step = solveLowerTransposed(
    lower,
    distance.map((value, i) => value - shift[i]!),
  );
  return { step, multipliers: Float64Array.from(rows, ({ size }, k) => weights[k]! / (last * size)) };
}
