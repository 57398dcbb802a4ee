/**
 * The lower triangle L with L Lᵀ = `matrix`, for a symmetric positive definite `n` x `n` matrix in row-major order of
 * which the lower triangle is read; undefined when it is not positive definite to working precision. Algorithm 4.2.2
 * (outer product form by rows) of G. H. Golub, C. F. Van Loan, Matrix Computations (4th ed., 2013).
 */
export function cholesky(matrix: Float64Array, n: number): Float64Array | undefined {
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = matrix[i * n + j]!;
      for (let k = 0; k < j; k += 1) sum -= lower[i * n + k]! * lower[j * n + k]!;
      if (i !== j) {
        lower[i * n + j] = sum / lower[j * n + j]!;
        continue;
      }
      if (!(sum > Number.EPSILON * Math.abs(matrix[i * n + i]!))) return undefined;
      lower[i * n + i] = Math.sqrt(sum);
    }
  }
  return lower;
}

/** The solution of L x = `right` for a lower triangle in row-major order. */
export function solveLower(lower: Float64Array, right: ArrayLike<number>): Float64Array {
  const n = right.length;
  const x = new Float64Array(n);
  for (let i = 0; i < n; i += 1) {
    let sum = right[i]!;
    for (let k = 0; k < i; k += 1) sum -= lower[i * n + k]! * x[k]!;
    x[i] = sum / lower[i * n + i]!;
  }
  return x;
}

/** The solution of Lᵀ x = `right` for a lower triangle in row-major order. */
export function solveLowerTransposed(lower: Float64Array, right: ArrayLike<number>): Float64Array {
  const n = right.length;
  const x = new Float64Array(n);
  for (let i = n - 1; i >= 0; i -= 1) {
    let sum = right[i]!;
    for (let k = i + 1; k < n; k += 1) sum -= lower[k * n + i]! * x[k]!;
    x[i] = sum / lower[i * n + i]!;
  }
  return x;
}

/** The product L x of a lower triangle in row-major order with a vector. */
export function lowerTimes(lower: Float64Array, x: ArrayLike<number>): Float64Array {
  const n = x.length;
  const product = new Float64Array(n);
  for (let i = 0; i < n; i += 1) {
    let sum = 0;
    for (let k = 0; k <= i; k += 1) sum += lower[i * n + k]! * x[k]!;
    product[i] = sum;
  }
  return product;
}
