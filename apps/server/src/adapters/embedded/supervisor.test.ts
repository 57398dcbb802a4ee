import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { EmbeddedError } from './errors.ts';
import { identifyProcess, isAlive } from './process-identity.ts';
import { type ChildPlan, Supervisor } from './supervisor.ts';

const times = {
  healthIntervalMs: 30,
  healthTimeoutMs: 100,
  healthMisses: 2,
  maxFailures: 4,
  firstBackoffMs: 5,
  maxBackoffMs: 20,
  settledAfterMs: 60_000,
};
const started: Supervisor[] = [];

afterEach(() => Promise.all(started.splice(0).map((supervisor) => supervisor.stop())));

function supervise(script: string, changes: Partial<ChildPlan> = {}): Supervisor {
  const plan: ChildPlan = {
    name: 'child',
    spawn: async () => spawn('/bin/sh', ['-c', script], { stdio: 'ignore' }),
    probe: async () => undefined,
    stopSteps: [{ signal: 'SIGTERM', waitMs: 200 }],
    guardSignals: ['KILL'],
    startTimeoutMs: 500,
    housekeeping: () => undefined,
    startError: async (reason) =>
      new EmbeddedError('postgres.start_failed', { reason, dir: '/data', logFile: '/data/log' }),
    isDiskFull: async () => false,
    ...changes,
  };
  const supervisor = new Supervisor(plan, () => undefined, times);
  started.push(supervisor);
  return supervisor;
}

async function until(condition: () => boolean, timeoutMs = 5_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!condition() && performance.now() < deadline) await sleep(5);
  expect(condition()).toBe(true);
}

describe('Supervisor', () => {
  it('starts a child again that was killed', async () => {
    const supervisor = supervise('exec sleep 60');
    await supervisor.start();
    const { pid } = supervisor.status();
    process.kill(pid ?? 0, 'SIGKILL');
    await until(() => supervisor.status().state === 'ready' && supervisor.status().restarts === 1);
    expect(supervisor.status().pid).not.toBe(pid);
  });

  it('gives up in words when the child fails again and again, and leaves no child', async () => {
    let starts = 0;
    const supervisor = supervise('', {
      spawn: async () => {
        starts += 1;
        return spawn('/bin/sh', ['-c', starts === 1 ? 'exec sleep 60' : 'exit 3'], { stdio: 'ignore' });
      },
      probe: async () => {
        if (starts > 1) throw new Error('nobody answers');
      },
    });
    await supervisor.start();
    process.kill(supervisor.status().pid ?? 0, 'SIGKILL');
    await until(() => supervisor.status().state === 'failed');
    expect(supervisor.status()).toMatchObject({ pid: undefined, detail: expect.stringContaining('exit code 3') });
    expect(starts).toBe(times.maxFailures + 1);
  });

  it('gives up on a child that answers and dies at once', async () => {
    const supervisor = supervise('exec sleep 0.05');
    await supervisor.start();
    await until(() => supervisor.status().state === 'failed');
  });

  it('does not give up while the disk is full', async () => {
    let isFull = true;
    let starts = 0;
    const supervisor = supervise('', {
      isDiskFull: async () => isFull,
      spawn: async () => {
        starts += 1;
        const works = starts === 1 || !isFull;
        return spawn('/bin/sh', ['-c', works ? 'exec sleep 60' : 'exit 1'], { stdio: 'ignore' });
      },
      probe: async () => {
        if (starts > 1 && isFull) throw new Error('no space');
      },
    });
    await supervisor.start();
    process.kill(supervisor.status().pid ?? 0, 'SIGKILL');
    await until(() => starts > times.maxFailures * 2);
    expect(supervisor.status().state).toBe('restarting');
    isFull = false;
    await until(() => supervisor.status().state === 'ready');
  });

  it('kills and replaces a child that lives but does not answer', async () => {
    let isDeaf = false;
    const supervisor = supervise('exec sleep 60', {
      probe: async () => {
        if (isDeaf) throw new Error('deaf');
      },
    });
    await supervisor.start();
    const first = await identifyProcess(supervisor.status().pid ?? 0);
    isDeaf = true;
    await until(() => supervisor.status().state === 'restarting');
    isDeaf = false;
    await until(() => supervisor.status().state === 'ready');
    expect(first !== undefined && (await isAlive(first))).toBe(false);
  });

  it('stops harder when asked in vain, also twice and while it starts', async () => {
    const supervisor = supervise(`trap '' TERM; while :; do sleep 0.05; done`);
    await supervisor.start();
    await Promise.all([supervisor.stop(), supervisor.stop()]);
    expect(supervisor.status()).toMatchObject({ state: 'stopped', pid: undefined });

    const starting = supervise('exec sleep 60', {
      probe: async () => {
        throw new Error('not yet');
      },
    });
    const outcome = starting.start().catch((error: unknown) => error);
    await sleep(50);
    await starting.stop();
    expect(await outcome).toBeInstanceOf(EmbeddedError);
  });

  it('replaces a guard that was killed', async () => {
    const supervisor = supervise('exec sleep 60');
    await supervisor.start();
    const guard = supervisor.guardPid;
    process.kill(guard ?? 0, 'SIGKILL');
    await until(() => supervisor.guardPid !== guard && supervisor.guardPid !== undefined);
    expect(supervisor.status()).toMatchObject({ state: 'ready', restarts: 0 });
  });
});
