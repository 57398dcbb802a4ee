import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';

/** Values that may be bound into a query as `{name:Type}`. */
export type QueryParams = Record<string, unknown>;

/** The ClickHouse side of `Deps`: HTTP to the embedded engine or to a cluster, the same code for both. */
export interface ClickHouse {
  /** Runs a SELECT and gives its rows as objects; 64-bit integers and decimals arrive as strings. */
  rows<Row>(sql: string, params?: QueryParams): Promise<Row[]>;
  /** Runs a statement that answers nothing. */
  command(sql: string, params?: QueryParams): Promise<void>;
  /**
   * Inserts newline-separated JSON bytes as one block. The same token inserts once, whatever is sent with it, also into
   * the tables fed by materialized views.
   */
  insertNdjson(table: string, ndjson: Buffer, token: string): Promise<void>;
  ping(): Promise<boolean>;
  close(): Promise<void>;
}

/** Error of the engine that says a statement can never succeed as it stands (as against a store that is away). */
export function isEngineError(error: unknown): error is Error & { code: string; type: string } {
  return error instanceof Error && 'code' in error && /^\d+$/.test(String(error.code)) && 'type' in error;
}

/**
 * Opens the client.
 * @param url `http://user:password@host:port[/database]`; the database defaults to `tandem`
 */
export function openClickHouse(url: string): ClickHouse {
  const client = createClient({
    url: withDatabase(url),
    application: 'tandem',
    max_open_connections: 16,
    request_timeout: 120_000,
    keep_alive: { enabled: true },
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: {
      async_insert: 0,
      output_format_json_quote_64bit_integers: 1,
      date_time_output_format: 'iso',
      input_format_skip_unknown_fields: 0,
      deduplicate_blocks_in_dependent_materialized_views: 1,
      max_partitions_per_insert_block: '200',
    },
  });
  return {
    async rows<Row>(sql: string, params?: QueryParams) {
      const result = await client.query({ query: sql, format: 'JSONEachRow', ...(params && { query_params: params }) });
      return result.json<Row>();
    },
    async command(sql, params) {
      await client.command({ query: sql, ...(params && { query_params: params }) });
    },
    insertNdjson: (table, ndjson, token) => insert(client, table, ndjson, token),
    async ping() {
      const result = await client.ping({ select: true });
      return result.success;
    },
    close: () => client.close(),
  };
}

async function insert(client: ClickHouseClient, table: string, ndjson: Buffer, token: string): Promise<void> {
  // `insert` of the client would take the bytes apart into objects and write them again; `exec` sends them as they are.
  const { stream } = await client.exec({
    query: `INSERT INTO ${table} FORMAT JSONEachRow`,
    values: Readable.from([ndjson], { objectMode: false }),
    // A batch is small enough for one thread to parse; more would only take the cores from others.
    clickhouse_settings: { insert_deduplication_token: token, insert_deduplicate: 1, input_format_parallel_parsing: 0 },
  });
  stream.resume();
  await finished(stream);
}

function withDatabase(url: string): string {
  const parsed = new URL(url);
  if (parsed.pathname === '/' || parsed.pathname === '') parsed.pathname = '/tandem';
  return parsed.toString();
}
