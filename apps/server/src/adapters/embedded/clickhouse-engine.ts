import { setTimeout as sleep } from 'node:timers/promises';
import { type EngineReply, loadEngine } from './clickhouse-connection.ts';
import { ClickhouseError } from './clickhouse-errors.ts';
import { cancelled, type Job, Lane, refuseIfGone } from './clickhouse-lane.ts';
import { hasSecondStatement, quoteIdentifier, quoteString } from './clickhouse-sql.ts';

interface Waiting {
  readonly job: Job;
  readonly resolve: (reply: EngineReply | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** A group of lanes with one bounded queue in front. */
class Pool {
  readonly name: string;
  readonly #lanes: readonly Lane[];
  readonly #maxQueue: number;
  readonly #killer: Killer;
  readonly #queue: Waiting[] = [];
  #count = 0;

  constructor(name: string, lanes: readonly Lane[], maxQueue: number, killer: Killer) {
    this.name = name;
    this.#lanes = lanes;
    this.#maxQueue = maxQueue;
    this.#killer = killer;
  }

  submit(job: Job): Promise<EngineReply | undefined> {
    if (this.#queue.length >= this.#maxQueue) {
      const message =
        `Too many simultaneous queries: ${this.#lanes.length} are running and ${this.#queue.length} are waiting ` +
        `for a ${this.name} lane. This one was not started; send it again later.`;
      return Promise.reject(new ClickhouseError(202, message));
    }
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { job, resolve, reject };
      this.#queue.push(waiting);
      job.signal.addEventListener('abort', () => this.#forget(waiting), { once: true });
      this.#next();
    });
  }

  get isIdle(): boolean {
    return this.#queue.length === 0 && this.#lanes.every((lane) => !lane.isBusy);
  }

  /** Refuses whatever has not begun. */
  refuseWaiting(): void {
    for (const { reject } of this.#queue.splice(0)) reject(cancelled('the engine is stopping'));
  }

  #forget(waiting: Waiting): void {
    const at = this.#queue.indexOf(waiting);
    if (at < 0) return;
    this.#queue.splice(at, 1);
    waiting.reject(cancelled('the client went away before it began'));
  }

  #next(): void {
    const lane = this.#lanes.find((candidate) => !candidate.isBusy);
    if (lane === undefined) return;
    const waiting = this.#queue.shift();
    if (waiting === undefined) return;
    lane.isBusy = true;
    this.#run(lane, waiting.job)
      .then(waiting.resolve, waiting.reject)
      .finally(() => {
        lane.isBusy = false;
        this.#next();
      });
  }

  async #run(lane: Lane, job: Job): Promise<EngineReply | undefined> {
    refuseIfGone(job);
    const { kind, text } = job.statement;
    if (kind !== 'read') {
      const reply = await lane.run(job, text);
      // What it set or created must not reach the next client.
      if (kind === 'session') lane.reopen();
      return reply;
    }
    this.#count += 1;
    const mark = `tandem:${this.name}:${process.pid}:${this.#count}`;
    const kill = () => this.#killer.add(mark);
    job.signal.addEventListener('abort', kill, { once: true });
    try {
      return await lane.run(job, `${text}\n/*${mark}*/`);
    } finally {
      job.signal.removeEventListener('abort', kill);
      this.#killer.remove(mark);
    }
  }
}

const KILL_INTERVAL_MS = 50;

/** Ends reading statements whose clients are gone. The engine has no other handle on a statement than its text. */
class Killer {
  readonly #lane: Lane;
  readonly #marks = new Set<string>();
  #isRunning = false;

  constructor(lane: Lane) {
    this.#lane = lane;
  }

  add(mark: string): void {
    this.#marks.add(mark);
    if (!this.#isRunning) void this.#run();
  }

  remove(mark: string): void {
    this.#marks.delete(mark);
  }

  /** Asks again until the statement is over: the first time it may not have begun yet. */
  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#marks.size > 0) {
      // Each mark is written in two parts, so that this statement does not find itself.
      const marks = [...this.#marks].map((mark) => {
        const half = Math.floor(mark.length / 2);
        return `endsWith(query, concat(${quoteString(mark.slice(0, half))}, ${quoteString(`${mark.slice(half)}*/`)}))`;
      });
      await this.#lane.raw(`KILL QUERY WHERE ${marks.join(' OR ')} ASYNC`).catch(() => undefined);
      await sleep(KILL_INTERVAL_MS);
    }
    this.#isRunning = false;
  }
}

export interface EngineLimits {
  readonly readLanes: number;
  readonly maxQueuedReads: number;
  readonly maxQueuedWrites: number;
  /** Memory that one statement may take, in bytes. */
  readonly queryMemoryBytes: number;
  /** Size up to which a result is held whole. */
  readonly resultBytes: number;
}

/** Settings every statement starts from. */
function defaultSettings(limits: EngineLimits): ReadonlyMap<string, string> {
  return new Map([
    ['output_format_json_quote_64bit_integers', '1'],
    ['async_insert', '0'],
    // Off in a server: without it "5" would be a query.
    ['implicit_select', '0'],
    ['max_memory_usage', String(limits.queryMemoryBytes)],
    ['max_result_bytes', String(limits.resultBytes)],
  ]);
}

/** The whole engine: one directory, several lanes, so that a long statement of one kind does not stop the others. */
export class Engine {
  readonly version: string;
  readonly #lanes: Lane[] = [];
  readonly #system: Pool;
  readonly #reads: Pool;
  readonly #writes: Pool;
  readonly #changes: Pool;
  readonly #sessions: Pool;

  private constructor(version: string, open: () => Lane, limits: EngineLimits) {
    const make = (count: number) => {
      const made = Array.from({ length: count }, open);
      this.#lanes.push(...made);
      return made;
    };
    const [killLane] = make(1);
    if (killLane === undefined) throw new Error('no lane for killing statements');
    const killer = new Killer(killLane);
    this.version = version;
    this.#system = new Pool('system', make(1), limits.maxQueuedReads, killer);
    this.#reads = new Pool('read', make(limits.readLanes), limits.maxQueuedReads, killer);
    this.#writes = new Pool('write', make(1), limits.maxQueuedWrites, killer);
    this.#changes = new Pool('change', make(1), limits.maxQueuedWrites, killer);
    this.#sessions = new Pool('session', make(1), limits.maxQueuedWrites, killer);
  }

  /** Opens the directory and makes sure that the database exists. */
  static async open(dir: string, database: string, limits: EngineLimits): Promise<Engine> {
    const connect = loadEngine();
    const defaults = defaultSettings(limits);
    const open = () => new Lane(() => connect(dir), defaults);
    const first = open();
    await first.raw(`CREATE DATABASE IF NOT EXISTS ${quoteIdentifier(database)}`);
    const { bytes } = await first.raw('SELECT version()');
    const engine = new Engine(Buffer.from(bytes).toString('utf8').trim(), open, limits);
    first.close();
    return engine;
  }

  /** Resolves with `undefined` when the result went out through `job.stream`. */
  async run(job: Job): Promise<EngineReply | undefined> {
    const { kind, text, isTrivial, isInsertSelect } = job.statement;
    if (kind !== 'insert' && hasSecondStatement(text)) {
      throw new ClickhouseError(62, 'Syntax error: Multi-statements are not allowed');
    }
    switch (kind) {
      case 'read':
        return (isTrivial ? this.#system : this.#reads).submit(job);
      case 'insert':
        return (isInsertSelect ? this.#changes : this.#writes).submit(job);
      case 'change':
        return this.#changes.submit(job);
      case 'kill':
        return this.#system.submit(job);
      case 'session':
        return this.#sessions.submit(job);
    }
  }

  /**
   * Refuses what waits, lets what runs come to its end (for at most `waitMs`), and closes the directory. Answers
   * whether it is closed: it is not while a statement still runs.
   */
  async close(waitMs: number): Promise<boolean> {
    const pools = [this.#system, this.#reads, this.#writes, this.#changes, this.#sessions];
    for (const pool of pools) pool.refuseWaiting();
    const deadline = performance.now() + waitMs;
    const isIdle = () => pools.every((pool) => pool.isIdle);
    while (performance.now() < deadline && !isIdle()) await sleep(10);
    if (!isIdle()) return false;
    for (const lane of this.#lanes) lane.close();
    return true;
  }
}
