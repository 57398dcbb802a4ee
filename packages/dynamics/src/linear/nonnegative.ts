import { pivotedQr } from './qr.ts';

/**
 * The x >= 0 that makes |A x - b| least, for A column by column: algorithm NNLS of C. L. Lawson, R. J. Hanson, Solving
 * Least Squares Problems (1974), chapter 23.
 */
export function nonNegativeLeastSquares(matrix: readonly Float64Array[], right: Float64Array): Float64Array {
  const n = matrix.length;
  const sizes = matrix.map((column) => Math.hypot(...column));
  const columns = matrix.map((column, j) => column.map((value) => (sizes[j]! > 0 ? value / sizes[j]! : 0)));
  const x = new Float64Array(n);
  const isFree = new Array<boolean>(n).fill(false);
  // Columns that, let in, went out at once: others before them make them redundant to rounding.
  const isBarred = new Array<boolean>(n).fill(false);
  const tolerance = 1e-12 * Math.hypot(...right);
  for (let iteration = 0; iteration < 3 * n + 10; iteration += 1) {
    const residual = residualOf(columns, right, x);
    let entering = -1;
    let steepest = tolerance;
    for (let j = 0; j < n; j += 1) {
      if (isFree[j]! || isBarred[j]!) continue;
      const slope = dot(columns[j]!, residual);
      if (slope > steepest) [entering, steepest] = [j, slope];
    }
    if (entering < 0) break;
    isFree[entering] = true;
    settle(columns, right, x, isFree);
    if (isFree[entering]!) isBarred.fill(false);
    else isBarred[entering] = true;
  }
  return x.map((value, j) => (sizes[j]! > 0 ? value / sizes[j]! : 0));
}

/** Goes to the least-squares solution of the free columns, setting fast those that it would make negative. */
function settle(columns: readonly Float64Array[], right: Float64Array, x: Float64Array, isFree: boolean[]): void {
  for (let pass = 0; pass <= x.length; pass += 1) {
    const free = isFree.flatMap((one, j) => (one ? [j] : []));
    const wanted = leastSquares(
      free.map((j) => columns[j]!),
      right,
    );
    let share = 1;
    let first = -1;
    for (const [k, j] of free.entries()) {
      if (wanted[k]! > 0) continue;
      const reach = x[j]! > 0 ? x[j]! / (x[j]! - wanted[k]!) : 0;
      if (reach < share || first < 0) [share, first] = [Math.min(share, reach), j];
    }
    for (const [k, j] of free.entries()) x[j] = x[j]! + share * (wanted[k]! - x[j]!);
    if (first < 0) return;
    x[first] = 0;
    for (const j of free) if (!(x[j]! > 0)) isFree[j] = false;
    for (const j of free) if (!isFree[j]!) x[j] = 0;
  }
}

/** The least-squares solution; columns that others make redundant get zero. */
export function leastSquares(columns: readonly Float64Array[], right: Float64Array): Float64Array {
  const n = columns.length;
  const { upper, order, projected } = pivotedQr(columns, right);
  const x = new Float64Array(n);
  const floor = 1e-13 * Math.abs(upper[0] ?? 0);
  for (let i = n - 1; i >= 0; i -= 1) {
    const lead = upper[i * n + i]!;
    if (Math.abs(lead) <= floor) continue;
    let sum = projected[i]!;
    for (let k = i + 1; k < n; k += 1) sum -= upper[i * n + k]! * x[order[k]!]!;
    x[order[i]!] = sum / lead;
  }
  return x;
}

function residualOf(columns: readonly Float64Array[], right: Float64Array, x: Float64Array): Float64Array {
  const residual = right.slice();
  for (const [j, column] of columns.entries()) {
    if (x[j] === 0) continue;
    for (let i = 0; i < residual.length; i += 1) residual[i] = residual[i]! - column[i]! * x[j]!;
  }
  return residual;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i]! * b[i]!;
  return sum;
}
