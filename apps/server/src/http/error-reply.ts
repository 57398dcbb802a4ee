import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isEngineError } from '#adapters/clickhouse.ts';
import { sqlState } from '#adapters/postgres.ts';
import { Refusal, type RefusalCode, refuse } from '#errors.ts';

/** Body of every reply that is not a success. */
export interface ErrorReply {
  code: RefusalCode;
  message: string;
  messageZh: string;
  details: Record<string, string | number>;
  requestId: string;
}

/** One place turns what was thrown into a reply; what is our own fault is logged with its stack. */
export function replyErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const refusal = refusalOf(error, request);
    if (refusal.status >= 500) request.log.error({ err: error, code: refusal.code }, 'request failed');
    return send(reply, request, refusal);
  });
  app.setNotFoundHandler((request, reply) => send(reply, request, refuse('request.not_found')));
}

function send(reply: FastifyReply, request: FastifyRequest, refusal: Refusal): FastifyReply {
  const seconds = refusal.params.seconds;
  if ((refusal.status === 429 || refusal.status === 503) && seconds !== undefined)
    reply.header('retry-after', String(seconds));
  const body: ErrorReply = {
    code: refusal.code,
    message: refusal.message,
    messageZh: refusal.messageZh,
    details: refusal.params,
    requestId: request.id,
  };
  return reply.status(refusal.status).send(body);
}

function refusalOf(error: FastifyError, request: FastifyRequest): Refusal {
  if (error instanceof Refusal) return error;
  if (error.validation) return invalid(error);
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return refuse('request.too_large', { limit: '8 MiB' });
  if (
    error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' ||
    error.code === 'FST_ERR_CTP_INVALID_JSON_BODY' ||
    error.code === 'FST_ERR_CTP_EMPTY_JSON_BODY'
  ) {
    return refuse('request.body_unreadable', { expected: 'JSON', detail: error.message });
  }
  if (error.statusCode === 429) return refuse('auth.too_many_attempts', { seconds: 60 });
  const store = storeAway(error);
  if (store === 'disk') return refuse('disk.full');
  if (store) return refuse('service.unavailable', { service: store, seconds: 2 });
  if (error.statusCode !== undefined && error.statusCode < 500)
    return refuse('request.invalid', { detail: error.message });
  return refuse('internal', { requestId: request.id });
}

/** TypeBox says of a field that a closed object does not have, that its schema is false. */
function invalid(error: FastifyError): Refusal {
  const problems = error.validation ?? [];
  const unknown = problems.find(
    (problem) => problem.message === 'schema is false' || problem.keyword === 'additionalProperties',
  );
  if (unknown) {
    const named = unknown.params.additionalProperties;
    const field = Array.isArray(named) ? named.join(', ') : (unknown.instancePath.split('/').at(-1) ?? '');
    return refuse('request.unknown_field', { field });
  }
  const first = problems[0];
  const where = `${error.validationContext ?? 'request'}${first?.instancePath ?? ''}`.replaceAll('/', '.');
  return refuse('request.invalid', { detail: `${where} ${first?.message ?? 'is not valid'}.` });
}

/** Which store is away (being restarted, out of connections, disk full), if that is what the error says. */
function storeAway(error: Error): 'PostgreSQL' | 'ClickHouse' | 'disk' | undefined {
  const state = sqlState(error);
  if (state === '53100' || (isEngineError(error) && error.code === '243')) return 'disk';
  if (state && /^(08|57P|53)/.test(state)) return 'PostgreSQL';
  const system = 'code' in error ? String(error.code) : '';
  if (
    !/^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT)$/.test(system) &&
    !/Connection terminated|timeout exceeded when trying to connect|socket hang up/.test(error.message)
  ) {
    return undefined;
  }
  return /clickhouse/i.test(error.stack ?? '') ? 'ClickHouse' : 'PostgreSQL';
}
