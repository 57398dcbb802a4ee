const sweepsMax = 60;

/** Eigenvalues in rising order; row i of `vectors` is the unit eigenvector of value i. */
export interface SymmetricEigen {
  values: Float64Array;
  vectors: Float64Array;
}

/**
 * Eigenvalues and eigenvectors of a symmetric `n` x `n` matrix in row-major order by cyclic Jacobi rotations: H.
 * Rutishauser, "The Jacobi method for real symmetric matrices", Numer. Math. 9 (1966) 1-10. The argument stays as it
 * is. Throws a RangeError when an entry is not finite.
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  if (!matrix.every(Number.isFinite))
    throw new RangeError('a matrix with an entry that is not finite has no eigenvalues');
  const a = Array.from({ length: n }, (_, i) => matrix.slice(i * n, (i + 1) * n));
  const v = Array.from({ length: n }, (_, i) => Float64Array.from({ length: n }, (__, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < sweepsMax; sweep += 1) {
    if (!rotateAll(a, v)) break;
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[i]![i]! - a[j]![j]! || i - j);
  const vectors = new Float64Array(n * n);
  for (const [row, i] of order.entries()) vectors.set(v[i]!, row * n);
  return { values: Float64Array.from(order, (i) => a[i]![i]!), vectors };
}

/**
 * One sweep over all pairs; false when nothing beside the diagonal was left to remove. Rows of `v` are eigenvectors.
 */
function rotateAll(a: Float64Array[], v: Float64Array[]): boolean {
  const n = a.length;
  let rotated = false;
  for (let p = 0; p < n - 1; p += 1) {
    for (let q = p + 1; q < n; q += 1) {
      const off = a[p]![q]!;
      const beside = Math.abs(a[p]![p]!) + Math.abs(a[q]![q]!);
      if (Math.abs(off) <= Number.MIN_VALUE || Math.abs(off) <= 2 ** -60 * beside) continue;
      rotated = true;
      rotate(a, v, p, q);
    }
  }
  return rotated;
}

function rotate(a: Float64Array[], v: Float64Array[], p: number, q: number): void {
  const rowP = a[p]!;
  const rowQ = a[q]!;
  const off = rowP[q]!;
  const theta = (rowQ[q]! - rowP[p]!) / (2 * off);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  rowP[p] = rowP[p]! - t * off;
  rowQ[q] = rowQ[q]! + t * off;
  rowP[q] = 0;
  rowQ[p] = 0;
  for (let k = 0; k < a.length; k += 1) {
    if (k !== p && k !== q) {
      const kp = rowP[k]!;
      const kq = rowQ[k]!;
      rowP[k] = c * kp - s * kq;
      rowQ[k] = s * kp + c * kq;
      a[k]![p] = rowP[k]!;
      a[k]![q] = rowQ[k]!;
    }
    const vp = v[p]![k]!;
    const vq = v[q]![k]!;
    v[p]![k] = c * vp - s * vq;
    v[q]![k] = s * vp + c * vq;
  }
}
