import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** What the engine did for one statement. */
export interface EngineReply {
  readonly bytes: Uint8Array;
  readonly elapsedSeconds: number;
  readonly readRows: number;
  readonly readBytes: number;
  readonly writtenRows: number;
  readonly writtenBytes: number;
}

/**
 * One connection to the engine inside this process. It works on one statement at a time, and must not be closed while
 * it does.
 */
export interface Connection {
  query(sql: string, format: string): Promise<EngineReply>;
  /** Runs the SQL with the bytes behind it, which the engine parses by itself. */
  insert(sql: string, data: Buffer): Promise<EngineReply>;
  stream(sql: string, format: string): AsyncGenerator<Uint8Array>;
  close(): void;
}

interface RawResult {
  readonly bytes: Uint8Array;
  readonly elapsed: number;
  readonly rowsRead: number;
  readonly bytesRead: number;
}

interface RawInsert {
  readonly elapsed: number;
  readonly rowsWritten: number;
  readonly bytesWritten: number;
}

interface RawChunk {
  readonly done: boolean;
  readonly bytes: Uint8Array;
}

/**
 * The addon behind the `chdb` package. It is used directly, because the package's own sessions take rows in a few text
 * formats only, and put off closing while any other session is at work.
 */
interface Addon {
  CreateConnection(dir: string): unknown;
  CloseConnection(handle: unknown): void;
  QueryAsyncConnection(handle: unknown, sql: string, format: string): Promise<RawResult>;
  InsertRawAsyncConnection(handle: unknown, sql: string, data: Buffer, countLines: boolean): Promise<RawInsert>;
  StreamQuery(handle: unknown, sql: string, format: string): unknown;
  StreamFetch(stream: unknown): Promise<RawChunk>;
  StreamCancel(stream: unknown): void;
}

/** Loads the engine (once per process). @throws Error when it is not installed or does not load */
export function loadEngine(): (dir: string) => Connection {
  const require = createRequire(import.meta.url);
  const loader: { loadNative(): Addon } = require(join(dirname(require.resolve('chdb')), 'dist', 'loader.js'));
  const addon = loader.loadNative();
  return (dir) => connect(addon, dir);
}

function connect(addon: Addon, dir: string): Connection {
  const handle = addon.CreateConnection(dir);
  return {
    async query(sql, format) {
      const result = await addon.QueryAsyncConnection(handle, sql, format);
      return {
        bytes: result.bytes,
        elapsedSeconds: result.elapsed,
        readRows: result.rowsRead,
        readBytes: result.bytesRead,
        writtenRows: 0,
        writtenBytes: 0,
      };
    },
    async insert(sql, data) {
      const result = await addon.InsertRawAsyncConnection(handle, sql, data, false);
      return {
        bytes: new Uint8Array(0),
        elapsedSeconds: result.elapsed,
        readRows: 0,
        readBytes: 0,
        writtenRows: result.rowsWritten,
        writtenBytes: result.bytesWritten,
      };
    },
    async *stream(sql, format) {
      const stream = addon.StreamQuery(handle, sql, format);
      let isOver = false;
      try {
        while (true) {
          const chunk = await addon.StreamFetch(stream).catch((error: unknown) => {
            isOver = true;
            throw error;
          });
          isOver = chunk.done;
          if (chunk.done) return;
          yield chunk.bytes;
        }
      } finally {
        if (!isOver) addon.StreamCancel(stream);
      }
    },
    close: () => addon.CloseConnection(handle),
  };
}
