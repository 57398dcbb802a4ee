export interface Complex {
  re: number;
  im: number;
}

const iterationsMax = 60;
/** Neighbours on the diagonal below this share of the matrix are as good as zero, and do not keep an entry alive. */
const nothing = 1e-30;

/**
 * Eigenvalues of a general real `n` x `n` matrix in row-major order, in no particular order; complex ones come as pairs.
 * Balancing, reduction to Hessenberg form by elimination and the shifted QR algorithm of Francis: the routines balanc,
 * elmhes and hqr of Wilkinson and Reinsch, Handbook for Automatic Computation II (1971), as in EISPACK. The argument
 * stays as it is. Throws a RangeError when an entry is not finite.
 */
export function eigenvalues(matrix: Float64Array, n: number = Math.round(Math.sqrt(matrix.length))): Complex[] {
  if (matrix.length !== n * n) throw new RangeError(`${matrix.length} entries are not a square of ${n} rows`);
  if (!matrix.every(Number.isFinite))
    throw new RangeError('a matrix with an entry that is not finite has no eigenvalues');
  // By a power of two, so that no product under- or overflows and no digit is lost.
  const largest = matrix.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const scale = largest === 0 ? 1 : 2 ** Math.max(-1022, Math.floor(Math.log2(largest)));
  const rows = Array.from({ length: n }, (_, i) => matrix.slice(i * n, (i + 1) * n).map((value) => value / scale));
  balance(rows);
  reduce(rows);
  return francis(rows).map(({ re, im }) => ({ re: re * scale, im: im * scale }));
}

/** Scales rows and columns by powers of two until they are of like size; eigenvalues stay. */
function balance(a: Float64Array[]): void {
  const n = a.length;
  for (let changed = true, pass = 0; changed && pass < 50; pass++) {
    changed = false;
    for (let i = 0; i < n; i++) {
      let column = 0;
      let row = 0;
      for (let j = 0; j < n; j++) {
        if (j === i) continue;
        column += Math.abs(a[j]![i]!);
        row += Math.abs(a[i]![j]!);
      }
      if (column === 0 || row === 0) continue;
      const exponent = Math.round(Math.log2(row / column) / 2);
      const factor = 2 ** Math.max(-60, Math.min(60, exponent));
      if (column * factor + row / factor >= 0.95 * (column + row)) continue;
      changed = true;
      for (let j = 0; j < n; j++) a[i]![j]! /= factor;
      for (let j = 0; j < n; j++) a[j]![i]! *= factor;
    }
  }
}

/** Brings the matrix to upper Hessenberg form by similarity with elimination matrices. */
function reduce(a: Float64Array[]): void {
  const n = a.length;
  for (let m = 1; m < n - 1; m++) {
    let pivot = m;
    for (let i = m + 1; i < n; i++) if (Math.abs(a[i]![m - 1]!) > Math.abs(a[pivot]![m - 1]!)) pivot = i;
    const lead = a[pivot]![m - 1]!;
    if (lead === 0) continue;
    if (pivot !== m) {
      [a[pivot], a[m]] = [a[m]!, a[pivot]!];
      for (const row of a) [row[pivot], row[m]] = [row[m]!, row[pivot]!];
    }
    for (let i = m + 1; i < n; i++) {
      const factor = a[i]![m - 1]! / lead;
      if (factor === 0) continue;
      for (let j = m - 1; j < n; j++) a[i]![j]! -= factor * a[m]![j]!;
      for (const row of a) row[m]! += factor * row[i]!;
    }
  }
  for (let i = 2; i < n; i++) a[i]!.fill(0, 0, i - 1);
}

/** Splits eigenvalues off the lower end of a Hessenberg matrix one or two at a time. */
function francis(a: Float64Array[]): Complex[] {
  const found: Complex[] = [];
  const size = a.reduce((sum, row) => row.reduce((inner, value) => inner + Math.abs(value), sum), 0);
  let shifted = 0;
  let last = a.length - 1;
  for (let iteration = 0; last >= 0; ) {
    // What converges slowly is let go once it is lost in the rounding of the whole matrix.
    const first = activeFrom(a, last, (iteration < iterationsMax / 2 ? nothing : 1) * size);
    const corner = a[last]![last]!;
    if (first === last) {
      found.push({ re: corner + shifted, im: 0 });
      last--;
      iteration = 0;
      continue;
    }
    const product = a[last]![last - 1]! * a[last - 1]![last]!;
    if (first === last - 1) {
      found.push(...pairOf(a[last - 1]![last - 1]!, corner, product, shifted));
      last -= 2;
      iteration = 0;
      continue;
    }
    if (++iteration > iterationsMax) throw new RangeError('the eigenvalues of the matrix were not found in 60 sweeps');
    let x = corner;
    let y = a[last - 1]![last - 1]!;
    let w = product;
    if (iteration % 10 === 0) {
      // A shift out of the ordinary breaks the rare cycle.
      shifted += x;
      for (let i = 0; i <= last; i++) a[i]![i]! -= x;
      const beside = Math.abs(a[last]![last - 1]!) + Math.abs(a[last - 1]![last - 2]!);
      x = y = 0.75 * beside;
      w = -0.4375 * beside * beside;
    }
    sweep(a, first, last, x, y, w);
  }
  return found;
}

/**
 * The first row of the block that ends at `last`: the entry below the diagonal before it is nothing beside its neighbours
 * and `size`.
 */
function activeFrom(a: Float64Array[], last: number, size: number): number {
  let first = last;
  for (; first > 0; first--) {
    const beside = Math.abs(a[first - 1]![first - 1]!) + Math.abs(a[first]![first]!);
    if (Math.abs(a[first]![first - 1]!) <= Number.EPSILON * Math.max(beside, size)) {
      a[first]![first - 1] = 0;
      break;
    }
  }
  return first;
}

function pairOf(above: number, below: number, product: number, shifted: number): Complex[] {
  const half = (above - below) / 2;
  const square = half * half + product;
  const root = Math.sqrt(Math.abs(square));
  if (square < 0) return [1, -1].map((sign) => ({ re: below + half + shifted, im: sign * root }));
  const larger = half + (half >= 0 ? root : -root);
  const one = below + larger + shifted;
  const other = larger === 0 ? one : below - product / larger + shifted;
  return [
    { re: one, im: 0 },
    { re: other, im: 0 },
  ];
}

/** One double QR step on rows `first` to `last` with the shifts of the trailing 2 x 2 block. */
function sweep(a: Float64Array[], first: number, last: number, x: number, y: number, w: number): void {
  let start = last - 2;
  let [p, q, r] = [0, 0, 0];
  for (; start >= first; start--) {
    const z = a[start]![start]!;
    const dx = x - z;
    const dy = y - z;
    p = (dx * dy - w) / a[start + 1]![start]! + a[start]![start + 1]!;
    q = a[start + 1]![start + 1]! - z - dx - dy;
    r = a[start + 2]![start + 1]!;
    const size = Math.abs(p) + Math.abs(q) + Math.abs(r);
    [p, q, r] = [p / size, q / size, r / size];
    if (start === first) break;
    const small = Math.abs(a[start]![start - 1]!) * (Math.abs(q) + Math.abs(r));
    const large =
      Math.abs(p) * (Math.abs(a[start - 1]![start - 1]!) + Math.abs(z) + Math.abs(a[start + 1]![start + 1]!));
    if (small <= Number.EPSILON * large) break;
  }
  for (let i = start + 2; i <= last; i++) {
    a[i]![i - 2] = 0;
    if (i > start + 2) a[i]![i - 3] = 0;
  }
  for (let k = start; k < last; k++) {
    const three = k !== last - 1;
    let size = 1;
    if (k !== start) {
      p = a[k]![k - 1]!;
      q = a[k + 1]![k - 1]!;
      r = three ? a[k + 2]![k - 1]! : 0;
      size = Math.abs(p) + Math.abs(q) + Math.abs(r);
      if (size === 0) continue;
      [p, q, r] = [p / size, q / size, r / size];
    }
    const s = Math.hypot(p, q, r) * (p < 0 ? -1 : 1);
    if (s === 0) continue;
    if (k !== start) a[k]![k - 1] = -s * size;
    else if (start !== first) a[k]![k - 1] = -a[k]![k - 1]!;
    reflect(a, { k, first, last, three, p, q, r, s });
  }
}

interface Reflection {
  k: number;
  first: number;
  last: number;
  three: boolean;
  p: number;
  q: number;
  r: number;
  s: number;
}

/** Applies the Householder reflection that maps (p, q, r) to (s, 0, 0) from both sides. */
function reflect(a: Float64Array[], { k, first, last, three, p, q, r, s }: Reflection): void {
  const u = p + s;
  const [x, y, z] = [u / s, q / s, r / s];
  const [v, w] = [q / u, r / u];
  for (let j = k; j <= last; j++) {
    const sum = a[k]![j]! + v * a[k + 1]![j]! + (three ? w * a[k + 2]![j]! : 0);
    a[k]![j]! -= sum * x;
    a[k + 1]![j]! -= sum * y;
    if (three) a[k + 2]![j]! -= sum * z;
  }
  const lowest = Math.min(last, k + 3);
  for (let i = first; i <= lowest; i++) {
    const row = a[i]!;
    const sum = x * row[k]! + y * row[k + 1]! + (three ? z * row[k + 2]! : 0);
    row[k]! -= sum;
    row[k + 1]! -= sum * v;
    if (three) row[k + 2]! -= sum * w;
  }
}
