/** A least-squares problem brought to triangular form: `matrix` with its columns exchanged is Q R. */
export interface PivotedQr {
  /** Upper triangle R, `columns` x `columns` in row-major order; rows beyond those of the problem are zero. */
  upper: Float64Array;
  /** Column k of R belongs to column `order[k]` of the matrix. */
  order: Int32Array;
  /** The first `columns` entries of Qᵀ right. */
  projected: Float64Array;
}

/**
 * QR decomposition by Householder reflections with exchange of columns: P. Businger, G. H. Golub, "Linear least squares
 * solutions by Householder transformations", Numer. Math. 7 (1965) 269-276. `matrix` is given column by column, each of
 * the length of `right`; the arguments stay as they are.
 */
export function pivotedQr(matrix: readonly Float64Array[], right: Float64Array): PivotedQr {
  const n = matrix.length;
  const m = right.length;
  const columns = matrix.map((column) => column.slice());
  const target = right.slice();
  const order = Int32Array.from({ length: n }, (_, j) => j);
  const steps = Math.min(m, n);
  for (let k = 0; k < steps; k += 1) {
    let best = k;
    let largest = -1;
    for (let j = k; j < n; j += 1) {
      const size = lengthFrom(columns[j]!, k);
      if (size > largest) [best, largest] = [j, size];
    }
    [columns[k], columns[best]] = [columns[best]!, columns[k]!];
    [order[k], order[best]] = [order[best]!, order[k]!];
    if (largest === 0) break;
    eliminate(columns, target, k, largest);
  }
  const upper = new Float64Array(n * n);
  for (let j = 0; j < n; j += 1) {
    for (let i = 0; i <= Math.min(j, steps - 1); i += 1) upper[i * n + j] = columns[j]![i]!;
  }
  const projected = new Float64Array(n);
  projected.set(target.subarray(0, steps));
  return { upper, order, projected };
}

/** Reflects column k, whose length below row k is `size`, onto its axis, and everything right of it alike. */
function eliminate(columns: Float64Array[], target: Float64Array, k: number, size: number): void {
  const pivot = columns[k]!;
  const alpha = pivot[k]! > 0 ? -size : size;
  const v = pivot.slice(k);
  v[0] = v[0]! - alpha;
  let square = 0;
  for (const value of v) square += value * value;
  if (square === 0) return;
  for (let j = k + 1; j < columns.length; j += 1) reflect(columns[j]!, v, k, square);
  reflect(target, v, k, square);
  pivot.fill(0, k);
  pivot[k] = alpha;
}

function reflect(column: Float64Array, v: Float64Array, k: number, square: number): void {
  let dot = 0;
  for (let i = 0; i < v.length; i += 1) dot += v[i]! * column[k + i]!;
  const factor = (2 * dot) / square;
  for (let i = 0; i < v.length; i += 1) column[k + i] = column[k + i]! - factor * v[i]!;
}

function lengthFrom(column: Float64Array, from: number): number {
  let sum = 0;
  for (let i = from; i < column.length; i += 1) sum += column[i]! * column[i]!;
  return Math.sqrt(sum);
}
