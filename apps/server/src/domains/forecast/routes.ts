import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type {} from '#http/access.ts';
import type { ForecastDeps } from './deps.ts';
import { mappingOf } from './mapping.ts';
import {
  addModel,
  addVersion,
  changeSetup,
  checkUpload,
  chooseModel,
  diffVersions,
  dropModel,
  modelInWords,
  modelsOf,
} from './models.ts';
import { changePromotions, promotionList } from './promotions.ts';
import { runRoutes } from './routes-runs.ts';
import { scenarioRoutes } from './routes-scenarios.ts';
import {
  DiffQuery,
  Model,
  ModelCheck,
  ModelCheckRequest,
  ModelDiff,
  ModelList,
  ModelMapping,
  NewModel,
  NewModelVersion,
  Promotions,
  SetupChange,
  VersionQuery,
} from './schema.ts';

const params = Type.Object({ id: Type.String({ maxLength: 64 }) }, { additionalProperties: false });
const read = { access: 'forecast.read' } as const;
const run = { access: 'forecast.run' } as const;
const tags = ['models'];

/** Routes under /api/v1: models, promotions, fits, forecasts, scenarios, the plan of record. */
export function forecastRoutes(deps: ForecastDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(modelReadRoutes(deps));
    await app.register(modelWriteRoutes(deps));
    await app.register(promotionRoutes(deps));
    await app.register(runRoutes(deps));
    await app.register(scenarioRoutes(deps));
  };
}

function modelReadRoutes(deps: ForecastDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/models',
      { config: read, schema: { summary: 'Models', tags, response: { 200: ModelList } } },
      async (request) => ({ models: await modelsOf(deps, request.access.brand.id) }),
    );
    app.get(
      '/models/:id',
      {
        config: read,
        schema: { summary: 'A model in words', tags, params, querystring: VersionQuery, response: { 200: Model } },
      },
      (request) => modelInWords(deps, request.access.brand.id, request.params.id, request.query.version),
    );
    app.get(
      '/models/:id/xmile',
      { config: read, schema: { summary: 'The file of a model', tags, params, querystring: VersionQuery } },
      async (request, reply) => {
        const { id } = request.params;
        const { model, version } = await chooseModel(deps, request.access.brand.id, id, request.query.version);
        reply.header('content-type', 'application/xml; charset=utf-8');
        reply.header('content-disposition', `attachment; filename="${id}-${version.number}.xmile"`);
        return reply.send(model.xmile);
      },
    );
    app.get(
      '/models/:id/diff',
      {
        config: read,
        schema: {
          summary: 'Two versions compared',
          tags,
          params,
          querystring: DiffQuery,
          response: { 200: ModelDiff },
        },
      },
      (request) => diffVersions(deps, request.access.brand.id, request.params.id, request.query),
    );
    app.get(
      '/models/:id/mapping',
      {
        config: read,
        schema: {
          summary: 'Which KPIs of a model the brand has',
          tags,
          params,
          querystring: VersionQuery,
          response: { 200: ModelMapping },
        },
      },
      async (request) => {
        const { brand } = request.access;
        const { id } = request.params;
        const { model, version } = await chooseModel(deps, brand.id, id, request.query.version);
        return { modelId: id, version: version.number, ...(await mappingOf(deps, brand, model.setup)) };
      },
    );
  };
}

function modelWriteRoutes(deps: ForecastDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/models/check',
      {
        config: run,
        schema: { summary: 'Check a model', tags, body: ModelCheckRequest, response: { 200: ModelCheck } },
      },
      (request) => checkUpload(request.body),
    );
    app.post(
      '/models',
      { config: run, schema: { summary: 'Upload a model', tags, body: NewModel, response: { 201: Model } } },
      async (request, reply) => {
        const { brand, actor } = request.access;
        reply.status(201);
        return addModel(deps, brand, request.body, actor);
      },
    );
    app.post(
      '/models/:id/versions',
      {
        config: run,
        schema: { summary: 'Upload a version', tags, params, body: NewModelVersion, response: { 201: Model } },
      },
      async (request, reply) => {
        const { brand, actor } = request.access;
        reply.status(201);
        return addVersion(deps, brand, request.params.id, request.body, actor);
      },
    );
    app.put(
      '/models/:id/setup',
      {
        config: run,
        schema: { summary: 'Change the setup of a model', tags, params, body: SetupChange, response: { 200: Model } },
      },
      (request) => {
        const { brand, actor } = request.access;
        return changeSetup(deps, brand, request.params.id, request.body, actor);
      },
    );
    app.delete(
      '/models/:id',
      { config: run, schema: { summary: 'Remove a model', tags, params, response: { 200: Type.Object({}) } } },
      async (request) => {
        const { brand, actor } = request.access;
        await dropModel(deps, brand.id, request.params.id, actor);
        return {};
      },
    );
  };
}

function promotionRoutes(deps: ForecastDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/promotions',
      {
        config: read,
        schema: { summary: 'The promotion calendar', tags: ['promotions'], response: { 200: Promotions } },
      },
      (request) => promotionList(deps, request.access.brand.id),
    );
    app.put(
      '/promotions',
      {
        config: run,
        schema: {
          summary: 'Set the promotion calendar',
          tags: ['promotions'],
          body: Promotions,
          response: { 200: Promotions },
        },
      },
      (request) => changePromotions(deps, request.access.brand.id, request.body, request.access.actor),
    );
  };
}
