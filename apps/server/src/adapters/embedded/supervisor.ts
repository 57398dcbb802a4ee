import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedError, reasonOf } from './errors.ts';
import { type Guard, startGuard } from './guard.ts';

export type ServiceState = 'starting' | 'ready' | 'restarting' | 'stopped' | 'failed';

export interface ServiceStatus {
  readonly state: ServiceState;
  readonly pid: number | undefined;
  /** How often the child was started again since the first start. */
  readonly restarts: number;
  /** What went wrong last, in a sentence, while the state is `restarting` or `failed`. */
  readonly detail?: string;
}

export type Log = (level: 'info' | 'warn' | 'error', message: string, fields?: object) => void;

/** What the supervisor has to know about one kind of child. */
export interface ChildPlan {
  readonly name: string;
  /** Makes way (leftovers of an earlier run) and starts the child. Called for each start. */
  spawn(): Promise<ChildProcess>;
  /** Resolves when the child answers a real request; rejects otherwise. */
  probe(timeoutMs: number): Promise<void>;
  /** Signals to send in turn when the child has to stop, each with the time to wait for its end. */
  readonly stopSteps: readonly { readonly signal: NodeJS.Signals; readonly waitMs: number }[];
  /** Signals that take the child down when this process was killed. */
  readonly guardSignals: readonly string[];
  readonly startTimeoutMs: number;
  /** Chores between health checks, such as keeping a log short. Must not throw. */
  housekeeping(): void;
  /** The error to show when the child does not start. */
  startError(reason: string): Promise<EmbeddedError>;
  /** Whether the disk is so full that no restart can help: then it waits for space instead of giving up. */
  isDiskFull(): Promise<boolean>;
}

export interface SupervisorTimes {
  readonly healthIntervalMs: number;
  readonly healthTimeoutMs: number;
  /** Health checks in a row that may fail before the child is killed and started again. */
  readonly healthMisses: number;
  /** Starts in a row that may fail before it gives up. */
  readonly maxFailures: number;
  readonly firstBackoffMs: number;
  readonly maxBackoffMs: number;
  /** A child that lived this long clears the count of failures. */
  readonly settledAfterMs: number;
}

const TIMES: SupervisorTimes = {
  healthIntervalMs: 2_000,
  healthTimeoutMs: 5_000,
  healthMisses: 3,
  maxFailures: 10,
  firstBackoffMs: 100,
  maxBackoffMs: 5_000,
  settledAfterMs: 500,
};

const PROBE_INTERVAL_MS = 20;
const FIRST_START_TRIES = 3;

interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Resolves with words when the child has ended. */
  readonly ended: Promise<string>;
  hasEnded: boolean;
}

/** Keeps one child alive: starts it, asks it for its health, starts it again when it dies, stops it. */
export class Supervisor {
  readonly #plan: ChildPlan;
  readonly #log: Log;
  readonly #times: SupervisorTimes;
  readonly #guard: Guard;
  readonly #stop = new AbortController();
  #state: ServiceState = 'starting';
  #running: Running | undefined;
  #restarts = 0;
  #detail: string | undefined;
  #starting: Promise<void> = Promise.resolve();
  #loop: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor(plan: ChildPlan, log: Log, times: Partial<SupervisorTimes> = {}) {
    this.#plan = plan;
    this.#log = log;
    this.#times = { ...TIMES, ...times };
    this.#guard = startGuard(plan.guardSignals);
  }

  status(): ServiceStatus {
    const alive = this.#running !== undefined && !this.#running.hasEnded;
    return {
      state: this.#state,
      pid: alive ? this.#running?.pid : undefined,
      restarts: this.#restarts,
      ...(this.#detail === undefined ? {} : { detail: this.#detail }),
    };
  }

  /** The pid of the process that takes the child down when this one is killed. */
  get guardPid(): number | undefined {
    return this.#guard.pid;
  }

  /** Resolves when the child answers. Throws `EmbeddedError` when it does not start. */
  start(): Promise<void> {
    this.#starting = this.#firstStart();
    return this.#starting;
  }

  async #firstStart(): Promise<void> {
    let last: unknown;
    for (let attempt = 1; attempt <= FIRST_START_TRIES; attempt += 1) {
      try {
        const running = await this.#launch();
        this.#loop = this.#watch(running);
        return;
      } catch (error) {
        last = error;
        if (error instanceof EmbeddedError || this.#stop.signal.aborted) break;
        this.#log('warn', `${this.#plan.name} did not start, trying again`, { attempt, reason: reasonOf(error) });
        await sleep(this.#times.firstBackoffMs * attempt);
      }
    }
    this.#state = 'failed';
    this.#guard.close();
    throw last instanceof EmbeddedError ? last : await this.#plan.startError(reasonOf(last));
  }

  /** Stops the child cleanly, then harder. May be called at any time and more than once. */
  stop(): Promise<void> {
    this.#stopped ??= this.#shutDown();
    return this.#stopped;
  }

  async #shutDown(): Promise<void> {
    this.#stop.abort();
    await this.#starting.catch(() => undefined);
    await this.#loop;
    if (this.#running !== undefined) await this.#end(this.#running);
    this.#guard.close();
    this.#state = 'stopped';
  }

  async #end(running: Running): Promise<void> {
    for (const { signal, waitMs } of this.#plan.stopSteps) {
      if (running.hasEnded) return;
      running.child.kill(signal);
      await Promise.race([running.ended, sleep(waitMs, undefined, { ref: false })]);
    }
    if (!running.hasEnded) {
      running.child.kill('SIGKILL');
      await running.ended;
    }
  }

  /** Starts the child and waits until it answers; leaves no process behind when it fails. */
  async #launch(): Promise<Running> {
    const child = await this.#plan.spawn();
    const running = follow(child);
    if (running === undefined) throw new Error('the program could not be executed');
    this.#running = running;
    this.#guard.watch(running.pid);
    void running.ended.then(() => {
      if (this.#running === running) this.#guard.watch(undefined);
    });
    const startedAt = performance.now();
    let reason = 'no answer yet';
    while (!this.#stop.signal.aborted) {
      if (running.hasEnded) throw new Error(await running.ended);
      try {
        await this.#plan.probe(this.#times.healthTimeoutMs);
        if (running.hasEnded) continue;
        this.#state = 'ready';
        this.#detail = undefined;
        const tookMs = Math.round(performance.now() - startedAt);
        this.#log('info', `${this.#plan.name} is ready`, { pid: running.pid, tookMs });
        return running;
      } catch (error) {
        reason = reasonOf(error);
      }
      if (performance.now() - startedAt > this.#plan.startTimeoutMs) {
        await this.#end(running);
        throw new Error(`no answer within ${this.#plan.startTimeoutMs / 1000} s (${reason})`);
      }
      await Promise.race([running.ended, sleep(PROBE_INTERVAL_MS)]);
    }
    await this.#end(running);
    throw new Error('it was stopped while it started');
  }

  async #watch(first: Running): Promise<void> {
    let running: Running | undefined = first;
    let failures = 0;
    while (!this.#stop.signal.aborted && running !== undefined) {
      const readyAt = performance.now();
      const reason = await this.#untilEnd(running);
      if (this.#stop.signal.aborted) return;
      if (performance.now() - readyAt > this.#times.settledAfterMs) failures = 0;
      this.#state = 'restarting';
      this.#detail = reason;
      this.#log('warn', `${this.#plan.name} ended, starting it again`, { reason });
      // A child that answered once and died at once also counts, or a crash loop would never end.
      failures += 1;
      running = await this.#revive(failures);
    }
  }

  /** Starts again until it works; `undefined` when stopped or given up. */
  async #revive(failuresBefore: number): Promise<Running | undefined> {
    let failures = failuresBefore;
    while (!this.#stop.signal.aborted) {
      if (failures > this.#times.maxFailures) {
        await this.#giveUp();
        return undefined;
      }
      if (failures > 1) await this.#pause(failures - 2);
      if (this.#stop.signal.aborted) return undefined;
      try {
        this.#restarts += 1;
        return await this.#launch();
      } catch (error) {
        this.#detail = reasonOf(error);
        this.#log('warn', `${this.#plan.name} did not start again`, { reason: this.#detail, failures });
        // A full disk is mended by the operator, not by fewer tries.
        if (!(await this.#plan.isDiskFull())) failures += 1;
        else await this.#pause(Number.POSITIVE_INFINITY);
      }
    }
    return undefined;
  }

  async #giveUp(): Promise<void> {
    const error = await this.#plan.startError(this.#detail ?? 'it ended again and again');
    this.#state = 'failed';
    this.#detail = error.message;
    this.#log('error', error.message, { restarts: this.#restarts });
  }

  async #pause(exponent: number): Promise<void> {
    const delayMs = Math.min(this.#times.maxBackoffMs, this.#times.firstBackoffMs * 2 ** exponent);
    await sleep(delayMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }

  /** Asks for health until the child ends by itself or is ended here for not answering. */
  async #untilEnd(running: Running): Promise<string> {
    let misses = 0;
    let miss = '';
    const ended = running.ended.then(() => true);
    const stopped = new Promise<boolean>((resolve) => {
      if (this.#stop.signal.aborted) resolve(true);
      this.#stop.signal.addEventListener('abort', () => resolve(true), { once: true });
    });
    while (!running.hasEnded && !this.#stop.signal.aborted) {
      const pause = new AbortController();
      const tick = sleep(this.#times.healthIntervalMs, false, { signal: pause.signal }).catch(() => false);
      const over = await Promise.race([ended, stopped, tick]);
      pause.abort();
      if (over) break;
      this.#plan.housekeeping();
      try {
        await Promise.race([this.#plan.probe(this.#times.healthTimeoutMs), ended, stopped]);
        misses = 0;
      } catch (error) {
        misses += 1;
        miss = reasonOf(error);
        this.#log('warn', `${this.#plan.name} did not answer a health check`, { misses, reason: miss });
      }
      if (misses < this.#times.healthMisses) continue;
      running.child.kill('SIGKILL');
      await running.ended;
      return `it did not answer ${misses} health checks in a row (${miss})`;
    }
    return this.#stop.signal.aborted ? 'stopped' : running.ended;
  }
}

function follow(child: ChildProcess): Running | undefined {
  child.on('error', () => undefined);
  if (child.pid === undefined) return undefined;
  const ended = new Promise<string>((resolve) => {
    const tell = (code: number | null, signal: string | null) =>
      resolve(signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`);
    if (child.exitCode !== null || child.signalCode !== null) tell(child.exitCode, child.signalCode);
    else child.once('exit', tell);
  });
  const running: Running = { child, pid: child.pid, ended, hasEnded: false };
  child.once('exit', () => {
    running.hasEnded = true;
  });
  return running;
}
