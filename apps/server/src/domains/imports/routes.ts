import type { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { refuse } from '#errors.ts';
import { type ImportDeps, limitsOf } from './deps.ts';
import { previewFile } from './preview.ts';
import { reportCsv } from './report.ts';
import { Import, NewImport, PresetInfo, Preview, PreviewRequest, Upload } from './schema.ts';
import { cancelImport, type FileSource, importOf, importsOf, startImport } from './start.ts';
import { keepUpload } from './upload.ts';
import { shownImport, shownPreset } from './view.ts';

const strict = { additionalProperties: false };
const access = { config: { access: 'imports.run' } } as const;
const IdParams = Type.Object({ id: Type.String({ maxLength: 64 }) }, strict);

/** Everything under `/imports`. */
export function importRoutes(deps: ImportDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(uploadRoutes(deps));
    await app.register(startRoutes(deps));
    await app.register(readRoutes(deps));
  };
}

function uploadRoutes(deps: ImportDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', async (_request: unknown, payload: Readable) => payload);
    app.post(
      '/imports/files',
      {
        ...access,
        bodyLimit: limitsOf(deps).uploadBytes,
        schema: {
          querystring: Type.Object({ name: Type.String({ minLength: 1, maxLength: 255 }) }, strict),
          response: { 201: Upload },
        },
      },
      async (request, reply) => {
        const { body } = request;
        if (!isStream(body)) {
          throw refuse('request.body_unreadable', {
            expected: 'application/octet-stream',
            detail: 'The body is empty.',
          });
        }
        reply.status(201);
        return keepUpload(deps, request.access.brand.id, request.query.name, body);
      },
    );
  };
}

function startRoutes(deps: ImportDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/imports/preview',
      { ...access, schema: { body: PreviewRequest, response: { 200: Preview } } },
      async (request) => {
        if (request.body.path !== undefined && request.access.kind !== 'local') throw refuse('import.path_refused');
        return previewFile(deps, request.access.brand, request.body);
      },
    );
    app.post(
      '/imports',
      { ...access, schema: { body: NewImport, response: { 202: Import } } },
      async (request, reply) => {
        const { preset, fileIds, paths, mapping, dryRun } = request.body;
        if (paths !== undefined && request.access.kind !== 'local') throw refuse('import.path_refused');
        if ((paths === undefined) === (fileIds === undefined)) {
          throw refuse('request.invalid', { detail: 'Give either fileIds or paths, not both.' });
        }
        const files: FileSource[] = fileIds?.map((fileId) => ({ fileId })) ?? paths?.map((path) => ({ path })) ?? [];
        reply.status(202);
        const { brand, actor } = request.access;
        return shownImport(
          await startImport(deps, brand, {
            preset,
            files,
            actor,
            dryRun: dryRun === true,
            ...(mapping && { mapping }),
          }),
        );
      },
    );
    app.post(
      '/imports/:id/cancel',
      { ...access, schema: { params: IdParams, response: { 200: Import } } },
      async (request) => {
        const { brand, actor } = request.access;
        return shownImport(await cancelImport(deps, brand.id, request.params.id, actor));
      },
    );
  };
}

function readRoutes(deps: ImportDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/imports/presets',
      { ...access, schema: { response: { 200: Type.Object({ presets: Type.Array(PresetInfo) }) } } },
      async () => ({ presets: deps.presets.map(shownPreset) }),
    );
    app.get(
      '/imports',
      {
        ...access,
        schema: {
          querystring: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })) }, strict),
          response: { 200: Type.Object({ imports: Type.Array(Import) }) },
        },
      },
      async (request) => {
        const records = await importsOf(deps, request.access.brand.id, request.query.limit ?? 50);
        return { imports: records.map(shownImport) };
      },
    );
    app.get('/imports/:id', { ...access, schema: { params: IdParams, response: { 200: Import } } }, async (request) =>
      shownImport(await importOf(deps, request.access.brand.id, request.params.id)),
    );
    app.get('/imports/:id/report', { ...access, schema: { params: IdParams } }, async (request, reply) => {
      const record = await importOf(deps, request.access.brand.id, request.params.id);
      reply.header('content-type', 'text/csv; charset=utf-8');
      reply.header('content-disposition', `attachment; filename="${request.params.id}-report.csv"`);
      return reply.send(reportCsv(deps.db, record));
    });
  };
}

function isStream(body: unknown): body is Readable {
  return typeof body === 'object' && body !== null && 'pipe' in body;
}
