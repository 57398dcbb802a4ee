/**
 * Solves `matrix * x = right` for a square matrix in row-major order by elimination with row exchanges; both arguments
 * stay as they are. Undefined when the matrix is singular to working precision or holds a value that is not finite.
 */
export function solveLinear(matrix: Float64Array, right: Float64Array): Float64Array | undefined {
  const n = right.length;
  const rows = Array.from({ length: n }, (_, i) => matrix.slice(i * n, (i + 1) * n));
  const x = right.slice();
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let i = column + 1; i < n; i++) {
      if (Math.abs(rows[i]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = i;
    }
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    [x[column], x[pivot]] = [x[pivot]!, x[column]!];
    const head = rows[column]!;
    const lead = head[column]!;
    if (!(Math.abs(lead) > 1e-300)) return undefined;
    for (let i = column + 1; i < n; i++) {
      const row = rows[i]!;
      const factor = row[column]! / lead;
      if (factor === 0) continue;
      for (let j = column; j < n; j++) row[j] = row[j]! - factor * head[j]!;
      x[i] = x[i]! - factor * x[column]!;
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    let value = x[i]!;
    for (let j = i + 1; j < n; j++) value -= rows[i]![j]! * x[j]!;
    x[i] = value / rows[i]![i]!;
  }
  return x.every(Number.isFinite) ? x : undefined;
}

/**
 * Vectors l with l * matrix = 0, for a matrix of `rows` rows in row-major order whose rows have been brought to like
 * size, by elimination with full pivoting; `tolerance` is what counts as zero beside the largest entry. Each comes with
 * the row that the others make redundant.
 */
export function leftNullVectors(
  matrix: Float64Array,
  rows: number,
  tolerance: number,
): { row: number; vector: Float64Array }[] {
  const columns = matrix.length / rows;
  const work = Array.from({ length: rows }, (_, i) => ({
    row: i,
    entries: matrix.slice(i * columns, (i + 1) * columns),
    combination: Float64Array.from({ length: rows }, (_, j) => (i === j ? 1 : 0)),
  }));
  const largest = matrix.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  let done = 0;
  for (; done < rows; done++) {
    const { at, column, size } = largestEntry(work, done, columns);
    if (!(size > tolerance * largest)) break;
    [work[done], work[at]] = [work[at]!, work[done]!];
    const head = work[done]!;
    for (const other of work.slice(done + 1)) {
      const factor = other.entries[column]! / head.entries[column]!;
      if (factor === 0) continue;
      for (let j = 0; j < columns; j++) other.entries[j] = other.entries[j]! - factor * head.entries[j]!;
      for (let j = 0; j < rows; j++) other.combination[j] = other.combination[j]! - factor * head.combination[j]!;
    }
  }
  return work.slice(done).map(({ row, combination }) => ({ row, vector: combination }));
}

function largestEntry(work: readonly { entries: Float64Array }[], from: number, columns: number) {
  let best = { at: from, column: 0, size: 0 };
  for (let i = from; i < work.length; i++) {
    for (let j = 0; j < columns; j++) {
      const size = Math.abs(work[i]!.entries[j]!);
      if (size > best.size) best = { at: i, column: j, size };
    }
  }
  return best;
}
