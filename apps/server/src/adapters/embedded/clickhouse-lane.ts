import type { Connection, EngineReply } from './clickhouse-connection.ts';
import { ClickhouseError, codeOf } from './clickhouse-errors.ts';
import { quoteIdentifier, quoteString, type Statement } from './clickhouse-sql.ts';

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
  /** Takes a result that is too large to be held whole; resolves when all was taken or nobody wants it any more. */
  readonly stream: (chunks: AsyncIterable<Uint8Array>) => Promise<void>;
}

/** Formats whose pieces, put one behind the other, are the whole: without a header or a frame around the rows. */
const STREAMABLE = new Set([
  'JSONEachRow',
  'JSONStringsEachRow',
  'JSONCompactEachRow',
  'JSONCompactStringsEachRow',
  'CSV',
  'TSV',
  'TabSeparated',
  'RowBinary',
  'Native',
]);
const TOO_MANY_BYTES = 396;

/**
 * One connection of the engine, with the settings and the database that it has now. They are brought to what a
 * statement asks for before it runs, so that statements of different clients do not see each other's.
 */
export class Lane {
  readonly #open: () => Connection;
  readonly #defaults: ReadonlyMap<string, string>;
  #connection: Connection;
  #settings: ReadonlyMap<string, string> = new Map();
  #database = 'default';
  isBusy = false;

  constructor(open: () => Connection, defaults: ReadonlyMap<string, string>) {
    this.#open = open;
    this.#defaults = defaults;
    this.#connection = open();
  }

  /** Runs any SQL with the settings that the connection has now. */
  async raw(sql: string, format = 'TabSeparated'): Promise<EngineReply> {
    return this.#orAnew(() => this.#connection.query(sql, format));
  }

  /** Resolves with `undefined` when the result went out as a stream. */
  async run(job: Job, sql: string): Promise<EngineReply | undefined> {
    await this.#prepare(job, new Map());
    refuseIfGone(job);
    const { data } = job;
    if (data !== undefined) return this.#orAnew(() => this.#connection.insert(sql, data));
    try {
      return await this.raw(sql, job.format);
    } catch (error) {
      const format = job.statement.format ?? job.format;
      const canStream =
        job.statement.kind === 'read' && STREAMABLE.has(format) && !job.settings.has('max_result_bytes');
      if (!canStream || codeOf(error) !== TOO_MANY_BYTES) throw error;
    }
    await this.#prepare(job, new Map([['max_result_bytes', '0']]));
    refuseIfGone(job);
    await this.#orAnew(() => job.stream(this.#connection.stream(sql, job.format)));
    return undefined;
  }

  /** Begins with a fresh connection: no settings, no temporary tables, database `default`. */
  reopen(): void {
    this.#connection.close();
    this.#connection = this.#open();
    this.#settings = new Map();
    this.#database = 'default';
  }

  close(): void {
    this.#connection.close();
  }

  /**
   * What a statement that failed had already put out comes back as the beginning of the next result of the same
   * connection (libchdb 26.7): so none is used again after a failure.
   */
  async #orAnew<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.reopen();
      throw error;
    }
  }

  async #prepare(job: Job, own: ReadonlyMap<string, string>): Promise<void> {
    const wanted = new Map([...this.#defaults, ...job.settings, ...own]);
    const changes: string[] = [];
    for (const [name, value] of wanted) {
      if (this.#settings.get(name) !== value) changes.push(`${name} = ${quoteString(value)}`);
    }
    for (const name of this.#settings.keys()) if (!wanted.has(name)) changes.push(`${name} = DEFAULT`);
    if (changes.length > 0) await this.raw(`SET ${changes.join(', ')}`);
    this.#settings = wanted;
    if (this.#database === job.database) return;
    await this.raw(`USE ${quoteIdentifier(job.database)}`);
    this.#database = job.database;
  }
}

/** A client that went away waits for nothing. */
export function refuseIfGone(job: Job): void {
  if (job.signal.aborted) throw cancelled('the client went away before it began');
}

export function cancelled(why: string): ClickhouseError {
  return new ClickhouseError(394, `Query was cancelled: ${why}. Nothing was changed by it.`);
}
