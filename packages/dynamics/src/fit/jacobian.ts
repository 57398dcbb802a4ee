import { type Space, valuesOf } from './parameters.ts';

/**
 * How derivatives are taken: `central` differences have an error of order h², `richardson` extrapolates those of two
 * steps to order h⁴ for twice the runs.
 */
export type Differences = 'central' | 'richardson';

/** The rows of answers to points in the unit of the parameters; undefined when there are no more. */
export type Ask = (points: Float64Array, count: number) => Promise<Float64Array | undefined>;

/** Steps relative to the size of a parameter, and the least size that is taken for it. */
export interface StepSizes {
  relative: Float64Array;
  floor: Float64Array;
}

/** A parameter whose answers change by less than this, relatively, has lost half its digits: its step grows. */
const changeLeast = 1e-8;
const changeMost = 0.3;
const relativeMost = 1e-2;

/** Steps to begin with, for answers with a relative error of `noise`: its cube root balances both errors. */
export function stepSizes(space: Space, noise: number): StepSizes {
  const n = space.names.length;
  const floor = Float64Array.from({ length: n }, (_, d) => {
    const width = space.high[d]! - space.low[d]!;
    if (Number.isFinite(width)) return 1e-4 * width;
    const size = Math.abs(space.start[d]!);
    return 1e-4 * (size > 0 ? size : 1);
  });
  return { relative: new Float64Array(n).fill(Math.cbrt(noise)), floor };
}

/** The offsets of one parameter: two on both sides of it, or two on the side where there is room. */
interface Stencil {
  h: number;
  oneSided: boolean;
}

export interface Slopes {
  /** One column of derivatives for each parameter. */
  columns: Float64Array[];
  /** Parameters that had no finite answer on any side; their columns are zero. */
  blind: number;
}

/**
 * Derivatives of all answers by all coordinates at `x`, whose own answers are `row`, from one call. Steps stay within
 * the bounds. `sizes` are adapted for the next time: more where the answers hardly moved, less where they leapt.
 */
export async function differentiate(
  ask: Ask,
  space: Space,
  x: Float64Array,
  row: Float64Array,
  sizes: StepSizes,
  differences: Differences,
): Promise<Slopes | undefined> {
  const n = x.length;
  const m = row.length;
  // The best step of a formula of order four is the fifth root of the noise, not its third.
  const widen = (d: number) => (differences === 'richardson' ? sizes.relative[d]! ** -0.4 : 1);
  const stencils: Stencil[] = [];
  for (let d = 0; d < n; d += 1) {
    const size = Math.max(Math.abs(x[d]!), sizes.floor[d]!);
    const wanted = sizes.relative[d]! * widen(d) * size;
    const stencil = stencilOf(x[d]!, wanted, space.low[d]!, space.high[d]!);
    stencils.push(stencil);
    if (differences === 'richardson') stencils.push({ ...stencil, h: stencil.h / 2 });
  }
  const per = stencils.length / n;
  const points = new Float64Array(2 * stencils.length * n);
  for (const [k, { h, oneSided }] of stencils.entries()) {
    const d = Math.floor(k / per);
    for (let side = 0; side < 2; side += 1) {
      const offset = (2 * k + side) * n;
      points.set(x, offset);
      points[offset + d] = x[d]! + h * (oneSided ? side + 1 : 1 - 2 * side);
    }
  }
  const rows = await ask(valuesOf(space, points), 2 * stencils.length);
  if (rows === undefined) return undefined;
  const slopes = stencils.map((stencil, k) =>
    slopeOf(stencil, row, rows.subarray(2 * k * m, (2 * k + 1) * m), rows.subarray((2 * k + 1) * m, (2 * k + 2) * m)),
  );
  for (let d = 0; d < n; d += 1) adapt(sizes, d, row, rows.subarray(2 * d * per * m, (2 * d * per + 1) * m));
  const columns = Array.from({ length: n }, (_, d) =>
    per === 1 ? slopes[d] : extrapolated(slopes[2 * d], slopes[2 * d + 1]),
  );
  return {
    columns: columns.map((column) => column ?? new Float64Array(m)),
    blind: columns.filter((column) => column === undefined).length,
  };
}

function stencilOf(x: number, wanted: number, low: number, high: number): Stencil {
  const exact = (h: number) => x + h - x;
  const size = Math.max(wanted, 4 * Number.EPSILON * Math.abs(x), Number.MIN_VALUE * 8);
  const h = exact(Math.min(size, (high - low) / 4));
  if (x - h >= low && x + h <= high) return { h, oneSided: false };
  return { h: x + 2 * h <= high ? h : -h, oneSided: true };
}

/** The slope from the answers at both points of a stencil; from one of them and the middle where the other failed. */
function slopeOf(
  { h, oneSided }: Stencil,
  row: Float64Array,
  first: Float64Array,
  second: Float64Array,
): Float64Array | undefined {
  const isFirst = first.every(Number.isFinite);
  const isSecond = second.every(Number.isFinite);
  if (!isFirst && (oneSided || !isSecond)) return undefined;
  if (isFirst && isSecond) {
    return oneSided
      ? row.map((value, i) => (4 * (first[i]! - value) - (second[i]! - value)) / (2 * h))
      : first.map((value, i) => (value - second[i]!) / (2 * h));
  }
  return isFirst ? first.map((value, i) => (value - row[i]!) / h) : second.map((value, i) => (row[i]! - value) / h);
}

function extrapolated(coarse: Float64Array | undefined, fine: Float64Array | undefined): Float64Array | undefined {
  if (coarse === undefined || fine === undefined) return fine ?? coarse;
  return fine.map((value, i) => value + (value - coarse[i]!) / 3);
}

function adapt(sizes: StepSizes, d: number, row: Float64Array, moved: Float64Array): void {
  let share = 0;
  let largest = 0;
  let largestMove = 0;
  for (let i = 0; i < row.length; i += 1) {
    const size = Math.abs(row[i]!);
    const move = Math.abs(moved[i]! - row[i]!);
    largest = Math.max(largest, size);
    largestMove = Math.max(largestMove, move);
    if (move > 0) share = Math.max(share, size > 0 ? move / size : 1);
  }
  const relative = sizes.relative[d]!;
  if (share < changeLeast) sizes.relative[d] = Math.min(relativeMost, relative * 100);
  else if (largestMove > changeMost * largest) sizes.relative[d] = Math.max(1e-9, relative / 10);
}
