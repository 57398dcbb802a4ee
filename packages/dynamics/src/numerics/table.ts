/**
 * A graphical function as points; `x` never falls. Outside its range a `continuous` and a `discrete` one hold the end
 * value, an `extrapolate` one goes on with the slope of the last segment (XMILE 1.0 §2.3 and §3.1.4). A `discrete` one
 * is a staircase that holds the y of the last point at or before x.
 */
export interface Table {
  kind: 'continuous' | 'extrapolate' | 'discrete';
  x: readonly number[];
  y: readonly number[];
}

/**
 * The value of a graphical function at `x`: a straight line between neighbouring points. Where several points have the
 * same x, the last of them counts from there on. NaN for NaN.
 */
export function lookUp(table: Table, x: number): number {
  const last = table.x.length - 1;
  if (last < 0 || Number.isNaN(x)) return Number.NaN;
  if (last === 0) return table.y[0]!;
  const at = pointBefore(table.x, x);
  if (table.kind === 'discrete') return table.y[at < 0 ? 0 : at]!;
  if (table.kind === 'extrapolate') return onSegment(table, at < 0 ? 0 : at >= last ? last - 1 : at, x);
  if (at < 0) return table.y[0]!;
  if (at >= last) return table.y[last]!;
  return onSegment(table, at, x);
}

/** Place of the last point at or before `x`, -1 where there is none; `xs` never falls. */
function pointBefore(xs: readonly number[], x: number): number {
  let low = -1;
  let high = xs.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (xs[middle]! <= x) low = middle;
    else high = middle;
  }
  return low;
}

function onSegment({ x: xs, y: ys }: Table, at: number, x: number): number {
  const x0 = xs[at]!;
  const y0 = ys[at]!;
  const width = xs[at + 1]! - x0;
  // A segment without width can only be met when a table is extrapolated: its slope says nothing, so its end is held.
  if (width === 0) return x < x0 ? y0 : ys[at + 1]!;
  return y0 + ((x - x0) / width) * (ys[at + 1]! - y0);
}
