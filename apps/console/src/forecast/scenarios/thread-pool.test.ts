import { describe, expect, it } from 'vitest';
import { createThreadPool } from './thread-pool.ts';

/** A worker that answers when told to. */
function fakeWorkers() {
  const made: { answer: () => void; ended: boolean }[] = [];
  const start = () => {
    let listener: (event: { data: unknown }) => void = () => undefined;
    const record = { answer: () => listener({ data: { type: 'ready' } }), ended: false };
    made.push(record);
    return {
      addEventListener: (type: string, heard: (event: { data: unknown }) => void) => {
        if (type === 'message') listener = heard;
      },
      postMessage: () => undefined,
      terminate: () => {
        record.ended = true;
      },
    } as unknown as Worker;
  };
  return { made, start };
}
const plan = { type: 'chunk', chunk: { firstRun: 0, runs: 1, seed: 0, points: new Float64Array() } } as const;

describe('a pool of workers', () => {
  it('lends the same worker again once it was given back idle', () => {
    const { made, start } = fakeWorkers();
    const pool = createThreadPool(2, start);
    const heard: string[] = [];
    const first = pool.spawn();
    first.listen(
      () => heard.push('first'),
      () => undefined,
    );
    first.post(plan, []);
    made[0]?.answer();
    first.stop();
    const second = pool.spawn();
    second.listen(
      () => heard.push('second'),
      () => undefined,
    );
    second.post(plan, []);
    made[0]?.answer();
    expect(made).toHaveLength(1);
    expect(heard).toEqual(['first', 'second']);
  });
  it('ends a worker that is given back while it computes', () => {
    const { made, start } = fakeWorkers();
    const pool = createThreadPool(2, start);
    const first = pool.spawn();
    first.listen(
      () => undefined,
      () => undefined,
    );
    first.post(plan, []);
    first.stop();
    expect(made[0]?.ended).toBe(true);
    pool.spawn();
    expect(made).toHaveLength(2);
  });
  it('keeps no more than it was made for, and ends all when it closes', () => {
    const { made, start } = fakeWorkers();
    const pool = createThreadPool(1, start);
    const [a, b] = [pool.spawn(), pool.spawn()];
    a.stop();
    a.stop();
    b.stop();
    expect(made.map(({ ended }) => ended)).toEqual([false, true]);
    pool.close();
    expect(made.every(({ ended }) => ended)).toBe(true);
  });
});
