import type { Table } from '../../numerics/table.ts';

/** Tables with more points are searched, shorter ones are counted through. */
export const longestCounted = 16;

export const rowBytes = 32;

/**
 * A table as the code reads it. `keys` are its x, filled up with NaN (which no number reaches) to one less than a power
 * of two. `rows` hold (x0, y0, x1 - x0, y1 - y0) of the segment behind each number of points at or before an x.
 */
export interface TableData {
  keys: Float64Array;
  rows: Float64Array;
}

export function tableData(table: Table): TableData {
  const { x, y } = table;
  const count = x.length;
  const keys = new Float64Array(2 ** Math.ceil(Math.log2(count + 1)) - 1).fill(Number.NaN);
  keys.set(x);
  const rows = new Float64Array((count + 1) * 4);
  for (let passed = 0; passed <= count; passed++) {
    rows.set(rowOf(table, passed, x, y), passed * 4);
  }
  return { keys, rows };
}

/** The segment where `passed` points are at or before x. */
function rowOf({ kind }: Table, passed: number, x: readonly number[], y: readonly number[]): number[] {
  const last = x.length - 1;
  if (kind === 'discrete') return [0, y[Math.max(0, passed - 1)]!, 1, 0];
  if (kind === 'continuous') {
    // Before the first point is what has been brought next to it, and NaN, which comes through any segment.
    if (passed === 0) return [x[0]!, y[0]!, 1, 0];
    if (passed > last) return [x[last]!, y[last]!, 1, 0];
  }
  const at = Math.min(Math.max(passed - 1, 0), last - 1);
  const width = x[at + 1]! - x[at]!;
  if (width > 0) return [x[at]!, y[at]!, width, y[at + 1]! - y[at]!];
  const held = passed === 0 ? 0 : last;
  return [x[held]!, y[held]!, 1, 0];
}
