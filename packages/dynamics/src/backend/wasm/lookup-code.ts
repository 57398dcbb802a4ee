import type { Local } from './function-body.ts';
import type { LaneContext } from './lane-code.ts';
import { longestCounted, rowBytes } from './tables.ts';

/**
 * The value of a table, `push` putting its argument on the stack; see `lookUp` of numerics/table.ts. An argument that is
 * `uniform` is searched for once for both lanes.
 */
export function emitLookUp(
  context: LaneContext,
  { table, uniform, into, push }: { table: number; uniform: boolean; into: Local; push: () => void },
): void {
  const { body, placement } = context;
  const place = placement.tables[table]!;
  const rows = [body.take('i32'), body.take('i32')] as const;
  const first = body.take('v128');
  const second = body.take('v128');
  if (place.count <= longestCounted) countRows(context, place, rows, first, push);
  else searchRows(context, place, rows, { uniform, push });
  const gather = (offset: number) => {
    for (const [local, row] of [
      [first, rows[0]],
      [second, rows[1]],
    ] as const) {
      body.get(row);
      body.load(place.rows + offset);
      body.set(local);
    }
  };
  const column = (lane: number) => {
    body.get(first);
    body.get(second);
    body.shuffle(lane, 2 + lane);
  };
  gather(0);
  if (place.discrete) {
    column(1);
  } else {
    const y0 = body.take('v128');
    column(1);
    body.set(y0);
    push();
    column(0);
    body.vector('sub');
    gather(16);
    column(0);
    body.vector('div');
    column(1);
    body.vector('mul');
    body.get(y0);
    body.vector('add');
    body.giveBack('v128', y0);
  }
  body.set(into);
  for (const local of [first, second]) body.giveBack('v128', local);
  for (const row of rows) body.giveBack('i32', row);
}

interface TablePlace {
  keys: number;
  count: number;
}

/** A comparison with every point, both lanes at once. */
function countRows(
  { body }: LaneContext,
  { keys, count }: TablePlace,
  rows: readonly [Local, Local],
  scratch: Local,
  push: () => void,
): void {
  body.bits(0n);
  for (let point = 0; point < count; point++) {
    push();
    body.i32(0);
    body.loadSplat(keys + point * 8);
    body.vector('ge');
    body.vector('i64Sub');
  }
  body.shift('i64Shl', Math.log2(rowBytes));
  body.set(scratch);
  for (const [lane, row] of rows.entries()) {
    body.get(scratch);
    body.lane('i64Extract', lane);
    body.plain('i32WrapI64');
    body.set(row);
  }
}

/** A search by halves without branches, lane by lane. */
function searchRows(
  { body }: LaneContext,
  { keys, count }: TablePlace,
  rows: readonly [Local, Local],
  { uniform, push }: { uniform: boolean; push: () => void },
): void {
  const x = body.take('f64');
  for (const [lane, row] of rows.entries()) {
    if (uniform && lane > 0) {
      body.get(rows[0]);
      body.set(row);
      break;
    }
    push();
    body.lane('f64Extract', lane);
    body.set(x);
    body.i32(0);
    body.set(row);
    for (let step = 2 ** Math.floor(Math.log2(count)); step >= 1; step /= 2) {
      body.get(x);
      body.get(row);
      body.loadF64(keys + (step - 1) * 8);
      body.plain('f64Ge');
      body.i32(Math.log2(step * 8));
      body.plain('i32Shl');
      body.get(row);
      body.plain('i32Add');
      body.set(row);
    }
    body.get(row);
    body.i32(Math.log2(rowBytes / 8));
    body.plain('i32Shl');
    body.set(row);
  }
  body.giveBack('f64', x);
}
