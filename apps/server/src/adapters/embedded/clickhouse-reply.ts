import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import {
  brotliCompress,
  constants,
  createBrotliCompress,
  createDeflate,
  createGzip,
  createZstdCompress,
  deflate,
  gzip,
  zstdCompress,
} from 'node:zlib';
import type { EngineReply } from './clickhouse-connection.ts';
import { codeOf, errorText, statusOf } from './clickhouse-errors.ts';

/** What a reply says about itself in its head. */
export interface ReplyFacts {
  readonly format: string;
  readonly queryId: string;
  readonly version: string;
  /** Encodings that the client takes; empty for none. */
  readonly encodings: string;
}

const STALLED_MS = 60_000;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  JSON: 'application/json; charset=UTF-8',
  JSONCompact: 'application/json; charset=UTF-8',
  JSONStrings: 'application/json; charset=UTF-8',
  JSONEachRow: 'application/x-ndjson; charset=UTF-8',
  JSONCompactEachRow: 'application/x-ndjson; charset=UTF-8',
  CSV: 'text/csv; charset=UTF-8; header=absent',
  CSVWithNames: 'text/csv; charset=UTF-8; header=present',
  RowBinary: 'application/octet-stream',
  RowBinaryWithNames: 'application/octet-stream',
  RowBinaryWithNamesAndTypes: 'application/octet-stream',
  Native: 'application/octet-stream',
  Parquet: 'application/octet-stream',
};

/** Sends a result that is there as a whole, with its summary. */
export async function replyWhole(response: ServerResponse, facts: ReplyFacts, reply: EngineReply): Promise<void> {
  const encoding = chooseEncoding(facts.encodings);
  const bytes = encoding === undefined ? reply.bytes : await ENCODERS[encoding].pack(reply.bytes);
  const summary = {
    read_rows: String(reply.readRows),
    read_bytes: String(reply.readBytes),
    written_rows: String(reply.writtenRows),
    written_bytes: String(reply.writtenBytes),
    total_rows_to_read: '0',
    result_rows: '0',
    result_bytes: String(reply.bytes.length),
    elapsed_ns: String(Math.round(reply.elapsedSeconds * 1e9)),
  };
  response.writeHead(200, {
    ...headers(facts, encoding),
    'content-length': bytes.length,
    'x-clickhouse-summary': JSON.stringify(summary),
  });
  response.end(bytes);
}

/**
 * Sends a result piece by piece, at the pace of the client. A failure in the middle cuts the connection, so that no
 * client takes a part for the whole.
 */
export async function replyStream(
  response: ServerResponse,
  facts: ReplyFacts,
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  const encoding = chooseEncoding(facts.encodings);
  response.writeHead(200, headers(facts, encoding));
  // A client that stops reading must not keep a lane for ever.
  response.setTimeout(STALLED_MS, () => response.destroy());
  if (encoding === undefined) await pipeline(chunks, response);
  else await pipeline(chunks, ENCODERS[encoding].open(), response);
}

/** Sends a failure with ClickHouse's code, status and text. */
export function replyError(request: IncomingMessage, response: ServerResponse, version: string, error: unknown): void {
  if (response.destroyed || response.headersSent) {
    response.destroy();
    return;
  }
  const code = codeOf(error);
  const status = statusOf(code);
  const text = errorText(error, version);
  response.writeHead(status, {
    'content-type': 'text/plain; charset=UTF-8',
    'content-length': Buffer.byteLength(text),
    'x-clickhouse-exception-code': String(code),
    ...(status === 503 ? { 'retry-after': '1' } : {}),
    ...(status === 403 ? { 'www-authenticate': 'Basic realm="ClickHouse"' } : {}),
    // What is left of a body that was refused is not worth reading.
    ...(request.complete ? {} : { connection: 'close' }),
  });
  response.end(text);
}

function headers(facts: ReplyFacts, encoding: Encoding | undefined): Record<string, string> {
  return {
    'content-type': CONTENT_TYPES[facts.format] ?? 'text/plain; charset=UTF-8',
    'x-clickhouse-query-id': facts.queryId,
    'x-clickhouse-format': facts.format,
    'x-clickhouse-timezone': 'UTC',
    'x-clickhouse-server-display-name': 'tandem',
    'x-clickhouse-version': facts.version,
    ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
  };
}

const packGzip = promisify(gzip);
const packZstd = promisify(zstdCompress);
const packBrotli = promisify(brotliCompress);
const packDeflate = promisify(deflate);
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };

// Fast levels: this is loopback, and a client that wants compression out of habit should not pay much for it.
const ENCODERS = {
  gzip: { pack: (bytes: Uint8Array) => packGzip(bytes, { level: 1 }), open: () => createGzip({ level: 1 }) },
  zstd: { pack: (bytes: Uint8Array) => packZstd(bytes), open: () => createZstdCompress() },
  br: { pack: (bytes: Uint8Array) => packBrotli(bytes, BROTLI), open: () => createBrotliCompress(BROTLI) },
  deflate: { pack: (bytes: Uint8Array) => packDeflate(bytes, { level: 1 }), open: () => createDeflate({ level: 1 }) },
} as const;

type Encoding = keyof typeof ENCODERS;

const PREFERENCE: readonly Encoding[] = ['gzip', 'zstd', 'br', 'deflate'];

function chooseEncoding(accepted: string): Encoding | undefined {
  const names = accepted.split(',').map((part) => part.split(';')[0]?.trim().toLowerCase());
  return PREFERENCE.find((name) => names.includes(name));
}
