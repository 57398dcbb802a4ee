import { expect, it } from 'vitest';
import { killLoop } from './kill-loop.ts';

it('loses and doubles nothing when its processes are killed under load, and comes back each time', async () => {
  const { backMs, sent, ...report } = await killLoop(10, 18_411);
  expect(sent).toBeGreaterThan(1_000);
  expect(report).toEqual({ kills: 10, lost: 0, doubled: 0, rollupsExact: true, reconciles: true });
  expect(Object.values(backMs).flat()).toHaveLength(10);
});
