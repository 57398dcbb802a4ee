import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { sql } from 'kysely';
import { Type } from 'typebox';
import type { ClickHouse } from '#adapters/clickhouse.ts';
import type { EmbeddedService } from '#adapters/embedded/index.ts';
import type { Db } from '#adapters/postgres.ts';

const Part = Type.Object({
  state: Type.String(),
  restarts: Type.Optional(Type.Integer()),
  detail: Type.Optional(Type.String()),
});
/** `GET /api/v1/health`: 200 when every part answers, else 503; the body says which does not. */
export const Health = Type.Object({
  status: Type.Union([Type.Literal('ready'), Type.Literal('degraded')]),
  role: Type.String(),
  parts: Type.Object({
    postgres: Part,
    clickhouse: Part,
    pipeline: Type.Object({ state: Type.String(), pending: Type.Integer() }),
  }),
});

interface HealthDeps {
  stores: { db: Db; ch: ClickHouse; services: EmbeddedService[] };
  role: string;
  spool: { pending(): number };
}

const answerMsMax = 2_000;

export function healthRoutes({ stores, role, spool }: HealthDeps): FastifyPluginAsyncTypebox {
  const partOf = async (name: EmbeddedService['name'], ask: () => Promise<unknown>) => {
    const status = stores.services.find((service) => service.name === name)?.status();
    const answers = await within(ask());
    return {
      state: answers ? 'ready' : status?.state === 'ready' || status === undefined ? 'not answering' : status.state,
      ...(status && { restarts: status.restarts }),
      ...(status?.detail && { detail: status.detail }),
    };
  };
  return async (app) => {
    app.get(
      '/health',
      { config: { access: 'public' }, schema: { response: { 200: Health, 503: Health } } },
      async (_request, reply) => {
        const [postgres, clickhouse] = await Promise.all([
          partOf('postgres', () => stores.db.system((tx) => sql`select 1`.execute(tx))),
          partOf('clickhouse', () => stores.ch.rows('SELECT 1')),
        ]);
        const ready = postgres.state === 'ready' && clickhouse.state === 'ready';
        return reply.status(ready ? 200 : 503).send({
          status: ready ? 'ready' : 'degraded',
          role,
          parts: { postgres, clickhouse, pipeline: { state: ready ? 'ready' : 'waiting', pending: spool.pending() } },
        });
      },
    );
  };
}

/** Whether something answers in time. */
async function within(work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((done) => {
    timer = setTimeout(() => done(false), answerMsMax);
  });
  const answered = work.then(
    () => true,
    () => false,
  );
  const result = await Promise.race([answered, late]);
  clearTimeout(timer);
  return result;
}
