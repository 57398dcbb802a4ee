import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Session } from 'chdb';
import { ClickhouseError, codeOf } from './clickhouse-errors.ts';
import { hasSecondStatement, quoteIdentifier, quoteString, type Statement } from './clickhouse-sql.ts';

/** What the engine did for one statement. */
export interface EngineReply {
  readonly bytes: Uint8Array;
  readonly elapsedSeconds: number;
  readonly readRows: number;
  readonly readBytes: number;
  readonly writtenRows: number;
  readonly writtenBytes: number;
}

/** Formats whose pieces, put one behind the other, are the whole: without a header or a frame around the rows. */
const STREAMABLE = new Set(
  'JSONEachRow JSONStringsEachRow JSONCompactEachRow JSONCompactStringsEachRow CSV TSV TabSeparated RowBinary Native'.split(
    ' ',
  ),
);
const TOO_MANY_BYTES = 396;

/** One statement on its way to the engine. */
export interface Job {
  /** With its parameters written in. Empty text when the whole INSERT is in `data`. */
  readonly statement: Statement;
  /** Rows of an INSERT as they came; handed to the engine untouched. */
  readonly data: Buffer | undefined;
  /** Format of the result when the SQL names none. */
  readonly format: string;
  readonly database: string;
  readonly settings: ReadonlyMap<string, string>;
  /** Aborted when nobody waits for the reply any more. */
  readonly signal: AbortSignal;
  /** Takes a result that is too large to be held whole; resolves when all of it was taken or nobody wants it any more. */
  readonly stream: (chunks: AsyncIterable<Uint8Array>) => Promise<void>;
}

interface RawResult {
  readonly elapsed: number;
  readonly rowsWritten: number;
  readonly bytesWritten: number;
}

interface Native {
  InsertRawAsyncConnection(connection: unknown, prefix: string, data: Buffer, countLines: boolean): Promise<RawResult>;
}

/** Loads the addon behind the `chdb` package: only it takes rows of any format as bytes. */
function loadNative(): Native {
  const require = createRequire(import.meta.url);
  const loader: { loadNative(): Native } = require(join(dirname(require.resolve('chdb')), 'dist', 'loader.js'));
  return loader.loadNative();
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

/** What all lanes of one engine have in common. */
interface Ground {
  readonly dir: string;
  readonly native: Native;
  readonly defaults: ReadonlyMap<string, string>;
}

/**
 * One session of the engine. A session works on one statement at a time; settings and database are brought to what a
 * statement asks for before it runs, so that statements of different clients do not see each other's.
 */
class Lane {
  readonly #ground: Ground;
  #session: Session;
  #settings: ReadonlyMap<string, string> = new Map();
  #database = 'default';
  isBusy = false;

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#session = new Session(ground.dir);
  }

  /** Runs any SQL with the settings that the session has now. */
  async raw(sql: string, format = 'TabSeparated'): Promise<EngineReply> {
    const result = await this.#session.queryAsync(sql, { format });
    return {
      bytes: result.bytes(),
      elapsedSeconds: result.elapsed,
      readRows: result.rowsRead,
      readBytes: result.bytesRead,
      writtenRows: 0,
      writtenBytes: 0,
    };
  }

  /** Resolves with `undefined` when the result went out as a stream. */
  async run(job: Job, sql: string): Promise<EngineReply | undefined> {
    await this.#prepare(job);
    if (job.data === undefined) return this.#readWhole(job, sql);
    const result = await this.#ground.native.InsertRawAsyncConnection(this.#session.connection, sql, job.data, false);
    return {
      bytes: new Uint8Array(0),
      elapsedSeconds: result.elapsed,
      readRows: 0,
      readBytes: 0,
      writtenRows: result.rowsWritten,
      writtenBytes: result.bytesWritten,
    };
  }

  async #readWhole(job: Job, sql: string): Promise<EngineReply | undefined> {
    try {
      return await this.raw(sql, job.format);
    } catch (error) {
      const { kind, format } = job.statement;
      const canStream =
        kind === 'read' && STREAMABLE.has(format ?? job.format) && !job.settings.has('max_result_bytes');
      if (!canStream || codeOf(error) !== TOO_MANY_BYTES) throw error;
    }
    await this.raw('SET max_result_bytes = 0');
    this.#settings = new Map([...this.#settings, ['max_result_bytes', '0']]);
    await job.stream(this.#chunks(job, sql));
    return undefined;
  }

  async *#chunks(job: Job, sql: string): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#session.queryStream(sql, { format: job.format })) yield chunk.raw();
  }

  async #prepare(job: Job): Promise<void> {
    const wanted = new Map([...this.#ground.defaults, ...job.settings]);
    const changes: string[] = [];
    for (const [name, value] of wanted) {
      if (this.#settings.get(name) !== value) changes.push(`${name} = ${quoteString(value)}`);
    }
    for (const name of this.#settings.keys()) if (!wanted.has(name)) changes.push(`${name} = DEFAULT`);
    try {
      if (changes.length > 0) await this.raw(`SET ${changes.join(', ')}`);
      this.#settings = wanted;
      if (this.#database !== job.database) await this.raw(`USE ${quoteIdentifier(job.database)}`);
      this.#database = job.database;
    } catch (error) {
      // Part of the changes may have been taken, and `readonly` cannot be taken back: begin with a new session.
      this.reopen();
      throw error;
    }
  }

  reopen(): void {
    this.#session.close();
    this.#session = new Session(this.#ground.dir);
    this.#settings = new Map();
    this.#database = 'default';
  }

  close(): void {
    this.#session.close();
  }
}

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
  readonly #kill: (mark: string) => void;
  readonly #queue: Waiting[] = [];
  #count = 0;

  constructor(name: string, lanes: readonly Lane[], maxQueue: number, kill: (mark: string) => void) {
    this.name = name;
    this.#lanes = lanes;
    this.#maxQueue = maxQueue;
    this.#kill = kill;
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
    if (job.signal.aborted) throw cancelled('the client went away before it began');
    const { kind, text } = job.statement;
    const isCancellable = job.data === undefined && kind === 'read';
    if (!isCancellable) {
      const reply = await lane.run(job, text);
      if (kind === 'session') lane.reopen();
      return reply;
    }
    this.#count += 1;
    const mark = `tandem:${this.name}:${process.pid}:${this.#count}`;
    const kill = () => this.#kill(mark);
    job.signal.addEventListener('abort', kill, { once: true });
    try {
      return await lane.run(job, `${text}\n/*${mark}*/`);
    } finally {
      job.signal.removeEventListener('abort', kill);
    }
  }
}

function cancelled(why: string): ClickhouseError {
  return new ClickhouseError(394, `Query was cancelled: ${why}. Nothing was changed by it.`);
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

/** The whole engine: one directory, several lanes, so that a long statement of one kind does not stop the others. */
export class Engine {
  readonly version: string;
  readonly #lanes: readonly Lane[];
  readonly #system: Pool;
  readonly #reads: Pool;
  readonly #writes: Pool;
  readonly #changes: Pool;
  readonly #sessions: Pool;

  private constructor(ground: Ground, limits: EngineLimits, version: string) {
    const lanes: Lane[] = [];
    const make = (count: number) => {
      const made = Array.from({ length: count }, () => new Lane(ground));
      lanes.push(...made);
      return made;
    };
    const killLane = new Lane(ground);
    lanes.push(killLane);
    // The mark is written in two parts so that the statement does not find and kill itself.
    const kill = (mark: string) => {
      const half = Math.floor(mark.length / 2);
      const parts = `${quoteString(mark.slice(0, half))}, ${quoteString(`${mark.slice(half)}*/`)}`;
      killLane.raw(`KILL QUERY WHERE endsWith(query, concat(${parts})) ASYNC`).catch(() => undefined);
    };
    this.version = version;
    this.#system = new Pool('system', make(1), limits.maxQueuedReads, kill);
    this.#reads = new Pool('read', make(limits.readLanes), limits.maxQueuedReads, kill);
    this.#writes = new Pool('write', make(1), limits.maxQueuedWrites, kill);
    this.#changes = new Pool('change', make(1), limits.maxQueuedWrites, kill);
    this.#sessions = new Pool('session', make(1), limits.maxQueuedWrites, kill);
    this.#lanes = lanes;
  }

  /** Opens the directory and makes sure that the database exists. */
  static async open(dir: string, database: string, limits: EngineLimits): Promise<Engine> {
    const ground = { dir, native: loadNative(), defaults: defaultSettings(limits) };
    const first = new Lane(ground);
    await first.raw(`CREATE DATABASE IF NOT EXISTS ${quoteIdentifier(database)}`);
    const { bytes } = await first.raw('SELECT version()');
    const engine = new Engine(ground, limits, Buffer.from(bytes).toString('utf8').trim());
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
   * Refuses what waits, lets what runs come to its end (for at most `waitMs`), and closes the directory. Answers whether it is
   * closed: it is not while a statement still runs.
   */
  async close(waitMs: number): Promise<boolean> {
    const pools = [this.#system, this.#reads, this.#writes, this.#changes, this.#sessions];
    for (const pool of pools) pool.refuseWaiting();
    const deadline = performance.now() + waitMs;
    while (performance.now() < deadline && !pools.every((pool) => pool.isIdle)) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    if (!pools.every((pool) => pool.isIdle)) return false;
    for (const lane of this.#lanes) lane.close();
    return true;
  }
}
