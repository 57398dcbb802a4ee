import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type {} from '#http/access.ts';
import type { ForecastDeps } from './deps.ts';
import { driftOf } from './drift.ts';
import { fitKinds, forecastKinds } from './run-read.ts';
import { cancelRun, dropRun, fitOf, forecastOf, listOf, repeatRun, startFit, startForecast } from './runs.ts';
import { changeSchedule, scheduleList } from './schedules.ts';
import {
  Drift,
  DriftQuery,
  Fit,
  FitScheduleChange,
  FitSchedules,
  Forecast,
  NewFit,
  NewForecast,
  Run,
  type RunKind,
  RunList,
  RunsQuery,
} from './schema.ts';

const params = Type.Object({ id: Type.String({ maxLength: 64 }) }, { additionalProperties: false });
const read = { access: 'forecast.read' } as const;
const run = { access: 'forecast.run' } as const;

/** Routes under `/fits` and `/forecasts`. */
export function runRoutes(deps: ForecastDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(fitRoutes(deps));
    await app.register(forecastRunRoutes(deps));
    await app.register(handlingRoutes(deps, '/fits', fitKinds));
    await app.register(handlingRoutes(deps, '/forecasts', forecastKinds));
  };
}

function fitRoutes(deps: ForecastDeps): FastifyPluginAsyncTypebox {
  const tags = ['fits'];
  return async (app) => {
    app.post(
      '/fits',
      { config: run, schema: { summary: 'Fit a model', tags, body: NewFit, response: { 202: Run } } },
      async (request, reply) => {
        const { brand, actor } = request.access;
        reply.status(202);
        return startFit(deps, brand, request.body, { actor, scheduled: false });
      },
    );
    app.get(
      '/fits/:id',
      { config: read, schema: { summary: 'A fit with its draws', tags, params, response: { 200: Fit } } },
      (request) => fitOf(deps, request.access.brand.id, request.params.id),
    );
    app.get(
      '/fits/drift',
      {
        config: read,
        schema: { summary: 'Parameters from fit to fit', tags, querystring: DriftQuery, response: { 200: Drift } },
      },
      (request) => driftOf(deps, request.access.brand.id, request.query.model),
    );
    app.get(
      '/fits/schedule',
      { config: read, schema: { summary: 'Fits made by themselves', tags, response: { 200: FitSchedules } } },
      (request) => scheduleList(deps, request.access.brand.id),
    );
    app.put(
      '/fits/schedule',
      {
        config: run,
        schema: {
          summary: 'Have a model fitted every week',
          tags,
          body: FitScheduleChange,
          response: { 200: FitSchedules },
        },
      },
      (request) => changeSchedule(deps, request.access.brand, request.body, request.access.actor),
    );
  };
}

function forecastRunRoutes(deps: ForecastDeps): FastifyPluginAsyncTypebox {
  const tags = ['forecasts'];
  return async (app) => {
    app.post(
      '/forecasts',
      {
        config: run,
        schema: { summary: 'Forecast, backtest, explain or optimise', tags, body: NewForecast, response: { 202: Run } },
      },
      async (request, reply) => {
        const { brand, actor } = request.access;
        reply.status(202);
        return startForecast(deps, brand, request.body, actor);
      },
    );
    app.get(
      '/forecasts/:id',
      { config: read, schema: { summary: 'A forecast with its result', tags, params, response: { 200: Forecast } } },
      (request) => forecastOf(deps, request.access.brand.id, request.params.id),
    );
  };
}

/** What is the same for fits and forecasts. */
function handlingRoutes(deps: ForecastDeps, path: string, kinds: readonly RunKind[]): FastifyPluginAsyncTypebox {
  const tags = [path.slice(1)];
  return async (app) => {
    app.get(
      path,
      { config: read, schema: { summary: 'Newest first', tags, querystring: RunsQuery, response: { 200: RunList } } },
      async (request) => ({ runs: await listOf(deps, request.access.brand.id, request.query, kinds) }),
    );
    app.post(
      `${path}/:id/cancel`,
      { config: run, schema: { summary: 'Cancel', tags, params, response: { 200: Run } } },
      (request) => cancelRun(deps, request.access.brand.id, request.params.id, kinds, request.access.actor),
    );
    app.post(
      `${path}/:id/repeat`,
      { config: run, schema: { summary: 'Run the same task again', tags, params, response: { 202: Run } } },
      async (request, reply) => {
        const { brand, actor } = request.access;
        reply.status(202);
        return repeatRun(deps, brand, request.params.id, kinds, actor);
      },
    );
    app.delete(
      `${path}/:id`,
      { config: run, schema: { summary: 'Delete', tags, params, response: { 200: Type.Object({}) } } },
      async (request) => {
        await dropRun(deps, request.access.brand.id, request.params.id, kinds, request.access.actor);
        return {};
      },
    );
  };
}
