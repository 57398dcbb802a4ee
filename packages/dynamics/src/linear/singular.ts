const sweepsMax = 60;

/**
 * U diag(values) Vᵀ: values in falling order, row k of `left` (m long) and of `right` (n long) the vectors of value k.
 */
export interface SingularValues {
  values: Float64Array;
  left: readonly Float64Array[];
  right: readonly Float64Array[];
}

/**
 * Singular values and vectors of a matrix given column by column, by one-sided Jacobi rotations, which find small
 * values to high relative accuracy: M. R. Hestenes, J. SIAM 6 (1958) 51-90; J. Demmel, K. Veselić, SIAM J. Matrix
 * Anal. Appl. 13 (1992) 1204-1245. The left vector of a value that is zero is zero. The argument stays as it is.
 */
export function singularValues(matrix: readonly Float64Array[]): SingularValues {
  const n = matrix.length;
  const columns = matrix.map((column) => column.slice());
  const turned = columns.map((_, i) => Float64Array.from({ length: n }, (__, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < sweepsMax; sweep += 1) {
    let rotated = false;
    for (let p = 0; p < n - 1; p += 1) {
      for (let q = p + 1; q < n; q += 1) rotated = orthogonalise(columns, turned, p, q) || rotated;
    }
    if (!rotated) break;
  }
  const sizes = columns.map((column) => Math.sqrt(dot(column, column)));
  const order = columns.map((_, i) => i).sort((i, j) => sizes[j]! - sizes[i]! || i - j);
  return {
    values: Float64Array.from(order, (i) => sizes[i]!),
    left: order.map((i) => columns[i]!.map((value) => (sizes[i]! > 0 ? value / sizes[i]! : 0))),
    right: order.map((i) => turned[i]!),
  };
}

function orthogonalise(columns: Float64Array[], turned: Float64Array[], p: number, q: number): boolean {
  const a = dot(columns[p]!, columns[p]!);
  const b = dot(columns[q]!, columns[q]!);
  const c = dot(columns[p]!, columns[q]!);
  if (c === 0 || Math.abs(c) <= 2 ** -52 * Math.sqrt(a * b)) return false;
  const zeta = (b - a) / (2 * c);
  const t = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.hypot(zeta, 1));
  const cosine = 1 / Math.hypot(t, 1);
  turn(columns[p]!, columns[q]!, cosine, cosine * t);
  turn(turned[p]!, turned[q]!, cosine, cosine * t);
  return true;
}

function turn(x: Float64Array, y: Float64Array, cosine: number, sine: number): void {
  for (let i = 0; i < x.length; i += 1) {
    const [u, v] = [x[i]!, y[i]!];
    x[i] = cosine * u - sine * v;
    y[i] = sine * u + cosine * v;
  }
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i += 1) sum += x[i]! * y[i]!;
  return sum;
}
