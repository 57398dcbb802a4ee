import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import rateLimit from '@fastify/rate-limit';
import fastifyStatic from '@fastify/static';
import swagger from '@fastify/swagger';
import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import apiReference from '@scalar/fastify-api-reference';
import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  LogController,
} from 'fastify';
import { replyErrors } from './error-reply.ts';
import { describeApi } from './openapi.ts';

/** Everything a page needs comes from this server; models are compiled to WebAssembly in the page and its workers. */
const pagePolicy =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; frame-ancestors 'none'";

const consoleDir = join(import.meta.dirname, '../../../console/dist');

/** A Fastify with our validation, errors, limits and API description, and no routes yet. */
export async function httpServer(logger: FastifyServerOptions['loggerInstance']): Promise<FastifyInstance> {
  const app = Fastify({
    ...(logger && { loggerInstance: logger }),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: 8 * 1024 * 1024,
    trustProxy: 'loopback',
    // A large upload on a slow line takes longer than Node's five minutes.
    requestTimeout: 3_600_000,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  replyErrors(app);
  app.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'same-origin');
    reply.header('x-frame-options', 'DENY');
  });
  await app.register(rateLimit, { global: false });
  await app.register(swagger, describeApi);
  return app;
}

/** The page to browse the API with, and the console. Both are files: no rights are needed to fetch them. */
export async function servePages(app: FastifyInstance): Promise<void> {
  await app.register(async (pages) => {
    pages.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'public' };
      route.schema = { ...route.schema, hide: true };
    });
    pages.get('/api/v1/openapi.json', () => app.swagger());
    await pages.register(apiReference, {
      routePrefix: '/api/docs',
      configuration: {
        url: '/api/v1/openapi.json',
        title: 'Tandem API',
        hideClientButton: true,
        // What is shown here stays here: no fonts, tools or assistants of others.
        withDefaultFonts: false,
        telemetry: false,
        showDeveloperTools: 'never',
        agent: { disabled: true },
        mcp: { disabled: true },
      },
    });
    await pages.register(fastifyStatic, { root: consoleDir, serve: false });
    // Names of assets carry a hash of what is in them; every other address of the console is the console itself.
    pages.get<{ Params: { '*': string } }>('/assets/*', (request, reply) =>
      reply.sendFile(`assets/${request.params['*']}`, { maxAge: '1y', immutable: true }),
    );
    pages.get('/mark.svg', (_request, reply) => reply.sendFile('mark.svg', { maxAge: '1d' }));
    const page = (_request: FastifyRequest, reply: FastifyReply) =>
      reply.header('content-security-policy', pagePolicy).sendFile('index.html', { maxAge: 0 });
    pages.get('/', page);
    pages.get('/:page', page);
    pages.get('/:page/*', page);
  });
}
