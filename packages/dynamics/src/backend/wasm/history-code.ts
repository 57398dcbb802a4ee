import type { LaneContext, Targets } from './lane-code.ts';

const half = 0x3fe0000000000000n;
const one = 0x3ff0000000000000n;
const nan = 0x7ff8000000000000n;

/**
 * The values of a history, see `historySlot` of integration.ts; the ring of these lanes has a row of vectors for each step.
 * `push` puts vector `u` of the lag (0) or of the initial value (1) on the stack.
 */
export function emitHistory(
  { body, placement, width, step }: LaneContext,
  index: number,
  into: Targets,
  push: (arg: 0 | 1, u: number) => void,
): void {
  const { base, capacity } = placement.rings[index]!;
  const back = body.take('v128');
  const slot = body.take('i32');
  const now = body.take('v128');
  body.get(step);
  body.plain('f64ConvertI32U');
  body.vector('splat');
  body.set(now);
  for (const { u, local } of into) {
    push(0, u);
    body.bits(half);
    body.vector('add');
    body.vector('floor');
    body.bits(one);
    body.vector('pmax');
    body.set(back);
    for (const lane of [0, 1]) {
      // The remainder of the write position less the lag; too long a lag reads anything and is replaced below.
      body.get(step);
      body.i32(capacity);
      body.plain('i32RemU');
      body.get(back);
      body.lane('f64Extract', lane);
      body.f64(capacity);
      body.plain('f64Min');
      body.truncToI32();
      body.plain('i32Sub');
      body.tee(slot);
      body.i32(31);
      body.plain('i32ShrS');
      body.i32(capacity);
      body.plain('i32And');
      body.get(slot);
      body.plain('i32Add');
      body.i32(width * 16);
      body.plain('i32Mul');
      if (lane === 0) body.loadSplat(base + u * 16);
      else {
        body.set(slot);
        body.get(slot);
        body.get(local);
        body.loadLane(base + u * 16 + 8, 1);
      }
      body.set(local);
    }
    push(1, u);
    body.get(local);
    body.bits(nan);
    body.get(back);
    body.f64(capacity);
    body.vector('splat');
    body.vector('le');
    body.vector('bitselect');
    body.get(back);
    body.get(now);
    body.vector('gt');
    body.vector('bitselect');
    body.set(local);
  }
  body.giveBack('v128', back);
  body.giveBack('v128', now);
  body.giveBack('i32', slot);
}
