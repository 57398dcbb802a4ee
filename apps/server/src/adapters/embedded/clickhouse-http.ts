import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { BodyReader } from './clickhouse-body.ts';
import type { Engine } from './clickhouse-engine.ts';
import { ClickhouseError } from './clickhouse-errors.ts';
import type { Job } from './clickhouse-lane.ts';
import { type ReplyFacts, replyError, replyStream, replyWhole } from './clickhouse-reply.ts';
import { inlineParameters, inspectStatement } from './clickhouse-sql.ts';

export interface HttpOptions {
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly bodies: BodyReader;
}

/** Parameters of a request that are not settings of the engine. */
const NOT_SETTINGS = new Set(
  (
    'query database default_format user password query_id session_id session_timeout session_check quota_key role ' +
    'compress decompress wait_end_of_query buffer_size enable_http_compression http_zlib_compression_level ' +
    'send_progress_in_http_headers http_headers_progress_interval_ms http_write_exception_in_output_format ' +
    'cancel_http_readonly_queries_on_client_close client_protocol_version stacktrace close_session'
  ).split(' '),
);

/** A server that speaks ClickHouse's HTTP interface over the engine. Not listening yet. */
export function createClickhouseServer(engine: Engine, options: HttpOptions): Server {
  const server = createServer({ maxHeaderSize: 1024 * 1024, requestTimeout: 0, keepAliveTimeout: 10_000 });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    handle(engine, options, request, response).catch((error: unknown) =>
      replyError(request, response, engine.version, error),
    );
  });
  return server;
}

async function handle(
  engine: Engine,
  options: HttpOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (url.pathname === '/ping' || url.pathname === '/replicas_status') {
    response.writeHead(200, { 'content-type': 'text/plain; charset=UTF-8' }).end('Ok.\n');
    return;
  }
  const parameters = url.searchParams;
  if (!isAllowed(options, request, parameters)) {
    throw new ClickhouseError(516, 'Authentication failed: password is incorrect, or there is no user with such name.');
  }
  if (url.pathname === '/' && request.method === 'GET' && !parameters.has('query')) {
    response.writeHead(200, { 'content-type': 'text/html; charset=UTF-8' }).end('Ok.\n');
    return;
  }
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  const body = await options.bodies.read(request);
  try {
    const plain = makeJob(options, request, new Map([...parameters, ...body.fields]), body.content);
    const facts: ReplyFacts = {
      format: plain.statement.format ?? plain.format,
      queryId: parameters.get('query_id') || randomUUID(),
      version: engine.version,
      encodings: parameters.get('enable_http_compression') === '1' ? (header(request, 'accept-encoding') ?? '') : '',
    };
    const stream = (chunks: AsyncIterable<Uint8Array>) => replyStream(response, facts, chunks);
    const reply = await engine.run({ ...plain, signal: gone.signal, stream });
    if (reply !== undefined) await replyWhole(response, facts, reply);
  } finally {
    body.release();
  }
}

function makeJob(
  options: HttpOptions,
  request: IncomingMessage,
  parameters: ReadonlyMap<string, string>,
  body: Buffer,
): Omit<Job, 'signal' | 'stream'> {
  const values = new Map<string, string>();
  const settings = new Map<string, string>();
  for (const [name, value] of parameters) {
    if (name.startsWith('param_')) values.set(name.slice('param_'.length), value);
    else if (!NOT_SETTINGS.has(name)) settings.set(settingName(name), value);
  }
  if (parameters.get('decompress') === '1' || parameters.get('compress') === '1') {
    throw new ClickhouseError(48, 'The native compression of blocks is not supported here; use Content-Encoding');
  }
  const { statement, data } = splitRequest(parameters.get('query') ?? '', body, values);
  if (request.method === 'GET' && statement.kind !== 'read') {
    const message =
      'Cannot execute query in readonly mode. For queries over HTTP, method GET implies readonly. ' +
      'You should use method POST for modifying queries';
    throw new ClickhouseError(164, message);
  }
  const database = parameters.get('database') || header(request, 'x-clickhouse-database') || options.database;
  const format = parameters.get('default_format') || header(request, 'x-clickhouse-format') || 'TabSeparated';
  if (!/^\w+$/.test(format)) throw new ClickhouseError(73, `Unknown format ${format}`);
  return { statement, data, format, database, settings };
}

const HEAD_BYTES = 64 * 1024;

/** SQL may be in the address, in the body, or begin in the one and go on in the other. */
function splitRequest(
  query: string,
  body: Buffer,
  values: ReadonlyMap<string, string>,
): Pick<Job, 'statement' | 'data'> {
  const head = query === '' ? body.subarray(0, HEAD_BYTES).toString('utf8') : query;
  const looked = inspectStatement(inlineParameters(head, values));
  if (looked.kind !== 'insert') {
    const whole = [query, body.toString('utf8')].filter((part) => part.trim() !== '').join('\n');
    if (whole === '') throw new ClickhouseError(62, 'Syntax error: Empty query');
    return { statement: inspectStatement(inlineParameters(whole, values)), data: undefined };
  }
  if (query !== '') return { statement: looked, data: body.length === 0 ? undefined : body };
  if (looked.isInsertSelect || (values.size > 0 && body.length <= HEAD_BYTES)) {
    const whole = inlineParameters(body.toString('utf8'), values);
    return { statement: { ...looked, text: '' }, data: Buffer.from(whole) };
  }
  return { statement: { ...looked, text: '' }, data: body };
}

function settingName(name: string): string {
  if (/^[A-Za-z_]\w*(?:\.\w+)*$/.test(name)) return name;
  throw new ClickhouseError(115, `Unknown setting ${name}`);
}

function isAllowed(options: HttpOptions, request: IncomingMessage, parameters: URLSearchParams): boolean {
  const basic = /^Basic (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const pair = basic === undefined ? undefined : Buffer.from(basic, 'base64').toString('utf8');
  const colon = pair?.indexOf(':') ?? -1;
  const user = header(request, 'x-clickhouse-user') ?? pair?.slice(0, colon) ?? parameters.get('user') ?? '';
  const key = header(request, 'x-clickhouse-key') ?? pair?.slice(colon + 1) ?? parameters.get('password') ?? '';
  return isSame(user, options.user) && isSame(key, options.password);
}

function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}
