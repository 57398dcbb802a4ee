import { DynamicsError, error } from '../diagnostic.ts';
import { type Chunk, type ChunkResult, ChunkRunner } from './chunk.ts';
import { Pause } from './pause.ts';
import type { Plan } from './plan.ts';
import type { FromWorker, Readiness, WorkerLike } from './worker-messages.ts';

/** Where chunks come from and results go to. */
export interface Work {
  /** The chunk to do next, undefined when there is none any more. */
  next(): Chunk | undefined;
  done(chunk: Chunk, result: ChunkResult): void;
}

/** Who runs chunks: the thread of the caller, or workers. */
export interface Crew {
  readonly size: number;
  /** Blocks of work (`evaluationsPerBlock`) that a chunk may be at most: one where somebody else waits for the thread. */
  readonly blocksPerChunk: number;
  ready(): Promise<Readiness>;
  /** Pulls chunks until there are none and all that were pulled are done. One call at a time. */
  work(work: Work): Promise<void>;
  close(): void;
}

/** Runs chunks in the thread of the caller and lets others have it between them. */
export class OwnThread implements Crew {
  readonly size = 1;
  readonly blocksPerChunk = 1;
  readonly #plan: Plan;
  #runner: ChunkRunner | undefined;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  async ready(): Promise<Readiness> {
    return this.#made();
  }

  async work({ next, done }: Work): Promise<void> {
    const pause = new Pause();
    try {
      for (let chunk = next(); chunk !== undefined; chunk = next()) {
        done(chunk, this.#made().run(chunk));
        await pause.take();
      }
    } finally {
      pause.close();
    }
  }

  close(): void {
    this.#runner = undefined;
  }

  #made(): ChunkRunner {
    this.#runner ??= new ChunkRunner(this.#plan);
    return this.#runner;
  }
}

/** Runs chunks in workers, each of which asks for the next one when it is done. */
export class WorkerCrew implements Crew {
  // A message to and from a worker takes about 0.1 ms, beside which its chunk has to be long.
  readonly blocksPerChunk = 16;
  readonly size: number;
  readonly #plan: Plan;
  readonly #spawn: () => WorkerLike;
  readonly #members: (Member | undefined)[];

  constructor(plan: Plan, spawn: () => WorkerLike, size: number) {
    this.#plan = plan;
    this.#spawn = spawn;
    this.size = size;
    this.#members = new Array<Member | undefined>(size).fill(undefined);
  }

  async ready(): Promise<Readiness> {
    const all = await this.#whileHeld(() => Promise.all(this.#members.map((_, place) => this.#readyAt(place))));
    return all[0]!;
  }

  async work({ next, done }: Work): Promise<void> {
    let failed = false;
    const serve = async (place: number) => {
      try {
        for (let chunk = next(); chunk !== undefined && !failed; chunk = next()) {
          done(chunk, await this.#doneAt(place, chunk));
        }
      } catch (cause) {
        failed = true;
        throw cause;
      }
    };
    const ends = await this.#whileHeld(() => Promise.allSettled(this.#members.map((_, place) => serve(place))));
    for (const end of ends) {
      if (end.status === 'rejected') throw end.reason;
    }
  }

  close(): void {
    for (const member of this.#members) member?.stop('the ensemble was closed');
    this.#members.fill(undefined);
  }

  #readyAt(place: number): Promise<Readiness> {
    return this.#twice(place, (member) => member.ready);
  }

  #doneAt(place: number, chunk: Chunk): Promise<ChunkResult> {
    return this.#twice(place, (member) => member.run(chunk));
  }

  /** When a worker dies at something, another one gets to try it, once. */
  async #twice<T>(place: number, task: (member: Member) => Promise<T>): Promise<T> {
    try {
      return await task(this.#memberAt(place));
    } catch (cause) {
      if (!(cause instanceof WorkerDeath)) throw cause;
    }
    try {
      return await task(this.#memberAt(place));
    } catch (cause) {
      if (!(cause instanceof WorkerDeath)) throw cause;
      throw new DynamicsError([error('run.worker_died', { reason: cause.message })]);
    }
  }

  #memberAt(place: number): Member {
    const member = this.#members[place];
    if (member !== undefined && !member.dead) return member;
    const another = this.#start();
    another.hold(true);
    this.#members[place] = another;
    return another;
  }

  #start(): Member {
    let worker: WorkerLike;
    try {
      worker = this.#spawn();
    } catch (cause) {
      throw new WorkerDeath(String(cause));
    }
    return new Member(worker, this.#plan);
  }

  async #whileHeld<T>(task: () => Promise<T>): Promise<T> {
    for (const member of this.#members) member?.hold(true);
    try {
      return await task();
    } finally {
      for (const member of this.#members) member?.hold(false);
    }
  }
}

class WorkerDeath extends Error {}

interface Waiting<T> {
  resolve(value: T): void;
  reject(cause: Error): void;
}

/** One worker and the answer that is waited for. */
class Member {
  readonly ready: Promise<Readiness>;
  dead = false;
  readonly #worker: WorkerLike;
  #readiness: Waiting<Readiness> | undefined;
  #result: Waiting<ChunkResult> | undefined;

  constructor(worker: WorkerLike, plan: Plan) {
    this.#worker = worker;
    this.ready = new Promise((resolve, reject) => {
      this.#readiness = { resolve, reject };
    });
    // A death before anybody asked whether the worker is ready is told to the one who asks.
    this.ready.catch(() => undefined);
    worker.listen(
      (message) => this.#answer(message),
      (reason) => this.#fail(new WorkerDeath(reason)),
    );
    worker.post({ type: 'plan', plan }, []);
  }

  async run(chunk: Chunk): Promise<ChunkResult> {
    await this.ready;
    return new Promise((resolve, reject) => {
      if (this.dead) {
        reject(new WorkerDeath('it ended while it had nothing to do'));
        return;
      }
      this.#result = { resolve, reject };
      // Not transferred: another worker may have to do the chunk again.
      this.#worker.post({ type: 'chunk', chunk }, []);
    });
  }

  hold(waited: boolean): void {
    this.#worker.hold?.(waited);
  }

  stop(reason: string): void {
    this.#fail(new Error(reason));
  }

  #answer(message: FromWorker): void {
    switch (message.type) {
      case 'ready':
        this.#readiness?.resolve(message);
        return;
      case 'result':
        this.#result?.resolve(message);
        return;
      case 'refused':
        this.#fail(new DynamicsError(message.diagnostics));
        return;
      case 'broken':
        this.#fail(new Error(message.reason));
        return;
      default:
        message satisfies never;
    }
  }

  #fail(cause: Error): void {
    this.dead = true;
    this.#readiness?.reject(cause);
    this.#result?.reject(cause);
    this.#worker.stop();
  }
}
