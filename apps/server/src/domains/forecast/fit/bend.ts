import { cholesky, solveLower, solveLowerTransposed, symmetricEigen } from '@tandem/dynamics';
import { type BestFit, rowsAt, type Sight } from './best-fit.ts';
import { standardNormals } from './normals.ts';

/** A map from standard normal numbers to scores, near to the posterior's own shape. Volumes differ by a constant. */
export type Bend = (normal: Float64Array) => Float64Array;

export interface BendOptions {
  seed: number;
  /** Axes that others may follow, at most, and points from which is learnt how they do. */
  looseMost: number;
  points: number;
  rounds: number;
}

/** Axes with at least this share of the prior's deviation are loose. */
const looseLeast = 0.12;
/** Beyond this many deviations an axis bends no further. */
const reach = 2.5;
/** Points that are so much less probable than a normal distribution has them count for a third as much, and so on. */
const weightScale = 6;
const slopeStep = 0.02;
/** A step towards the ridge is no longer than this many deviations. */
const stepMost = 1.5;
const shrinkage = 3e-3;

/**
 * The normal approximation around the best fit, bent along the ridge of the posterior. Along axes that data leave loose
 * the ridge is curved, and a straight approximation leaves it soon. From points on the loose axes the stiff ones are led
 * back to the ridge by Gauss and Newton steps with the slopes of the best fit, and how far is learnt as a polynomial of
 * third order: a triangular map whose diagonal is left as it is (compare M. D. Parno, Y. M. Marzouk, "Transport map
 * accelerated Markov chain Monte Carlo", SIAM/ASA J. Uncertainty Quantification 6 (2018) 645-682). Sampling with it is
 * exact however good it is; the better, the fewer runs.
 */
export async function bendAround(sight: Sight, best: BestFit, options: BendOptions): Promise<Bend> {
  const n = best.scores.length;
  const { sizes, axes } = mainAxes(best.covariance, n);
  const straight: Bend = (along) => {
    const point = best.scores.slice();
    for (let a = 0; a < n; a += 1) {
      const [axis, size] = [axes[a]!, sizes[a]! * along[a]!];
      for (let d = 0; d < n; d += 1) point[d] = point[d]! + axis[d]! * size;
    }
    return point;
  };
  const loose = Math.min(options.looseMost, n - 1, sizes.filter((size) => size >= looseLeast).length);
  if (loose < 1) return straight;
  const ridge = await ridgePoints(sight, straight, n, loose, options);
  if (ridge === undefined) return straight;
  const weights = learn(ridge, n, loose);
  return (normal) => {
    const terms = termsOf(normal, loose);
    const bent = normal.slice();
    for (let a = loose; a < n; a += 1) {
      const weight = weights[a - loose]!;
      for (let i = 0; i < terms.length; i += 1) bent[a] = bent[a]! + weight[i]! * terms[i]!;
    }
    return straight(bent);
  };
}

/** Axes of a covariance, the loosest first, with the deviations along them. */
function mainAxes(covariance: Float64Array, n: number): { sizes: number[]; axes: Float64Array[] } {
  const { values, vectors } = symmetricEigen(covariance, n);
  const order = Array.from({ length: n }, (_, d) => n - 1 - d);
  return {
    sizes: order.map((d) => Math.sqrt(Math.max(0, values[d]!))),
    axes: order.map((d) => vectors.slice(d * n, (d + 1) * n)),
  };
}

/** Points spread over the loose axes, each led to the ridge along the stiff ones. */
async function ridgePoints(
  sight: Sight,
  straight: Bend,
  n: number,
  loose: number,
  { seed, points, rounds }: BendOptions,
): Promise<Ridge | undefined> {
  const slopes = await slopesAlong(sight, straight, n);
  if (slopes === undefined) return undefined;
  const normal = standardNormals(points, loose, seed);
  const along = new Float64Array(points * n);
  for (let k = 0; k < points; k += 1) along.set(normal.subarray(k * loose, (k + 1) * loose), k * n);
  const worth = new Float64Array(points);
  for (let round = 0; round < rounds; round += 1) {
    const rows = await rowsAt(sight, mapped(along, n, straight), points);
    const width = rows.length / points;
    for (let k = 0; k < points; k += 1) {
      const row = rows.subarray(k * width, (k + 1) * width);
      worth[k] = (squareOf(along.subarray(k * n, k * n + loose)) - squareOf(row)) / 2;
      for (let a = loose; a < n; a += 1) {
        const gradient = dot(slopes[a]!, row);
        // On these axes the second derivatives are those of a standard normal distribution.
        if (Number.isFinite(gradient)) {
          along[k * n + a] = along[k * n + a]! - Math.min(stepMost, Math.max(-stepMost, gradient));
        }
      }
    }
  }
  return { along, weights: weightsOf(worth) };
}

/** Points near the ridge, and how much each counts. */
interface Ridge {
  along: Float64Array;
  weights: Float64Array;
}

/** Improbable points count for less, so that they do not bend what lies in the middle. */
function weightsOf(worth: Float64Array): Float64Array {
  const sorted = worth.filter(Number.isFinite).sort();
  const usual = sorted[Math.floor(0.75 * sorted.length)] ?? 0;
  return worth.map((value) => (Number.isFinite(value) ? Math.exp(Math.min(0, value - usual) / weightScale) : 0));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i]! * b[i]!;
  return sum;
}

function squareOf(a: Float64Array): number {
  return dot(a, a);
}

/** Derivatives of whitened residuals and scores along each axis. */
async function slopesAlong(sight: Sight, straight: Bend, n: number): Promise<Float64Array[] | undefined> {
  const sides = new Float64Array(2 * n * n);
  for (let a = 0; a < n; a += 1) {
    sides[2 * a * n + a] = slopeStep;
    sides[(2 * a + 1) * n + a] = -slopeStep;
  }
  const rows = await rowsAt(sight, mapped(sides, n, straight), 2 * n);
  if (!rows.every(Number.isFinite)) return undefined;
  const width = rows.length / (2 * n);
  return Array.from({ length: n }, (_, a) =>
    Float64Array.from(
      { length: width },
      (__, i) => (rows[2 * a * width + i]! - rows[(2 * a + 1) * width + i]!) / (2 * slopeStep),
    ),
  );
}

/** Coefficients of the terms for each stiff axis by weighted least squares. */
function learn({ along, weights }: Ridge, n: number, loose: number): Float64Array[] {
  const count = along.length / n;
  const rows = Array.from({ length: count }, (_, k) => termsOf(along.subarray(k * n, (k + 1) * n), loose));
  const width = rows[0]!.length;
  const matrix = new Float64Array(width * width);
  let whole = 0;
  for (const [k, row] of rows.entries()) {
    whole += weights[k]!;
    for (let i = 0; i < width; i += 1) {
      const weighted = weights[k]! * row[i]!;
      for (let j = 0; j <= i; j += 1) matrix[i * width + j] = matrix[i * width + j]! + weighted * row[j]!;
    }
  }
  for (let i = 0; i < width; i += 1) matrix[i * width + i] = matrix[i * width + i]! + shrinkage * whole + 1e-9;
  const lower = cholesky(matrix, width);
  return Array.from({ length: n - loose }, (_, a) => {
    const right = new Float64Array(width);
    for (const [k, row] of rows.entries()) {
      const value = weights[k]! * along[k * n + loose + a]!;
      for (let i = 0; i < width; i += 1) right[i] = right[i]! + row[i]! * value;
    }
    return lower === undefined ? new Float64Array(width) : solveLowerTransposed(lower, solveLower(lower, right));
  });
}

/** Number of terms for some loose axes. */
export function termCount(loose: number): number {
  return 1 + 2 * loose + (loose * (loose + 1)) / 2;
}

/** One, the loose axes, their products and their cubes. */
function termsOf(along: Float64Array, loose: number): Float64Array {
  const terms = new Float64Array(termCount(loose));
  terms[0] = 1;
  let at = 1;
  for (let i = 0; i < loose; i += 1) {
    const one = Math.min(reach, Math.max(-reach, along[i]!));
    terms[at] = one;
    terms[at + 1] = one ** 3;
    at += 2;
    for (let j = 0; j <= i; j += 1) {
      terms[at] = one * Math.min(reach, Math.max(-reach, along[j]!));
      at += 1;
    }
  }
  return terms;
}

/** All points, one after the other, through a map. */
export function mapped(points: Float64Array, n: number, map: (point: Float64Array) => Float64Array): Float64Array {
  const moved = new Float64Array(points.length);
  for (let at = 0; at < points.length; at += n) moved.set(map(points.subarray(at, at + n)), at);
  return moved;
}
