import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Deps } from '#deps.ts';
import { audit } from '#domains/access/index.ts';
import { isUuid } from '#lib/id.ts';
import { sortEvents } from './intake.ts';
import { pipelineOf } from './pipeline.ts';
import { describeTypes } from './props.ts';
import { quarantineSentence } from './quarantine-codes.ts';
import { bodyBytesMax, readEvents } from './read-body.ts';
import { replayQuarantine } from './replay.ts';
import { EventsReply, EventTypes, Pipeline, QuarantinePage, ReplayReply, ReplayRequest } from './schema.ts';
import type { Spool } from './spool.ts';
import { quarantineByCode, quarantineOf } from './store.ts';

export interface EventRoutesDeps extends Pick<Deps, 'db' | 'ch' | 'now'> {
  spool: Spool;
}

const strict = { additionalProperties: false };

export function eventRoutes(deps: EventRoutesDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(intakeRoutes(deps));
    await app.register(pipelineRoutes(deps));
  };
}

function intakeRoutes({ spool, now }: EventRoutesDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    // The body stays bytes here: it may be NDJSON or gzip, and one bad line must not cost the others.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: bodyBytesMax }, (_request, body, done) =>
      done(null, body),
    );
    app.post(
      '/events',
      {
        config: { access: 'events.write' },
        bodyLimit: bodyBytesMax,
        schema: {
          summary: 'Send events: a JSON array or NDJSON, up to 5,000 events or 8 MiB, gzip accepted',
          querystring: Type.Object({}, strict),
          response: { 200: EventsReply },
        },
      },
      async (request) => {
        const sent = await readEvents((request.body as Buffer | undefined) ?? Buffer.alloc(0), {
          contentType: request.headers['content-type'] ?? '',
          contentEncoding: request.headers['content-encoding'] ?? '',
        });
        const { brand, kind } = request.access;
        const { intake, reply } = sortEvents(
          sent,
          { brandId: brand.id, source: kind === 'key' ? 'api' : kind },
          { currency: brand.currency, nowMs: now() },
        );
        await spool.take(intake);
        return reply;
      },
    );
  };
}

function pipelineRoutes(deps: EventRoutesDeps): FastifyPluginAsyncTypebox {
  const { db, now } = deps;
  return async (app) => {
    app.get(
      '/pipeline',
      {
        config: { access: 'events.read' },
        schema: {
          querystring: Type.Object(
            { hours: Type.Optional(Type.Integer({ minimum: 1, maximum: 720, default: 24 })) },
            strict,
          ),
          response: { 200: Pipeline },
        },
      },
      (request) => pipelineOf(deps, request.access.brand.id, request.query.hours ?? 24),
    );
    app.get('/events/types', { config: { access: 'session' }, schema: { response: { 200: EventTypes } } }, () => ({
      types: describeTypes(),
    }));
    app.get(
      '/events/quarantine',
      {
        config: { access: 'events.read' },
        schema: {
          querystring: Type.Object(
            {
              limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
              cursor: Type.Optional(Type.String({ maxLength: 64 })),
              code: Type.Optional(Type.String({ maxLength: 64 })),
            },
            strict,
          ),
          response: { 200: QuarantinePage },
        },
      },
      async (request) => {
        const { limit = 100, cursor, code } = request.query;
        const brandId = request.access.brand.id;
        return db.brand(brandId, async (tx) => {
          const rows = await quarantineOf(tx, brandId, {
            limit,
            cursor: cursor && isUuid(cursor) ? cursor : undefined,
            code,
          });
          return {
            events: rows.map((row) => {
              const { en, zh } = quarantineSentence(row.code, row.params);
              const { id, source, body } = row;
              return {
                id,
                source,
                code: row.code,
                body,
                receivedAt: row.receivedAt.toISOString(),
                reason: en,
                reasonZh: zh,
              };
            }),
            next: rows.length === limit ? rows.at(-1)!.id : null,
            byCode: await quarantineByCode(tx, brandId),
          };
        });
      },
    );
    app.post(
      '/events/quarantine/replay',
      { config: { access: 'events.manage' }, schema: { body: ReplayRequest, response: { 200: ReplayReply } } },
      async (request) => {
        const { brand, actor } = request.access;
        return db.brand(brand.id, async (tx) => {
          const reply = await replayQuarantine(tx, brand, request.body, now());
          await audit(tx, brand.id, {
            actor,
            action: 'events.replayed',
            subject: request.body.code ?? 'quarantine',
            detail: reply,
          });
          return reply;
        });
      },
    );
  };
}
