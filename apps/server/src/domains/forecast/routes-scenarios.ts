import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type {} from '#http/access.ts';
import type { ForecastDeps } from './deps.ts';
import { adoptScenario, planOfRecord } from './plans.ts';
import { addScenario, changeScenario, dropScenario, listScenarios, scenarioOf } from './scenarios.ts';
import { Adoption, AdoptRequest, NewScenario, PlanOfRecord, Scenario, ScenarioList, ScenariosQuery } from './schema.ts';

const params = Type.Object({ id: Type.String({ maxLength: 64 }) }, { additionalProperties: false });
const read = { access: 'forecast.read' } as const;
const run = { access: 'forecast.run' } as const;
const tags = ['scenarios'];

/** Routes under `/scenarios`, and the plan of record. */
export function scenarioRoutes(deps: ForecastDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/scenarios',
      {
        config: read,
        schema: { summary: 'Scenarios of a model', tags, querystring: ScenariosQuery, response: { 200: ScenarioList } },
      },
      async (request) => ({ scenarios: await listScenarios(deps, request.access.brand, request.query.model) }),
    );
    app.post(
      '/scenarios',
      { config: run, schema: { summary: 'Save a scenario', tags, body: NewScenario, response: { 201: Scenario } } },
      async (request, reply) => {
        reply.status(201);
        return addScenario(deps, request.access.brand, request.body, request.access.actor);
      },
    );
    app.get(
      '/scenarios/:id',
      { config: read, schema: { summary: 'A scenario', tags, params, response: { 200: Scenario } } },
      (request) => scenarioOf(deps, request.access.brand, request.params.id),
    );
    app.put(
      '/scenarios/:id',
      {
        config: run,
        schema: { summary: 'Change a scenario', tags, params, body: NewScenario, response: { 200: Scenario } },
      },
      (request) => changeScenario(deps, request.access.brand, request.params.id, request.body, request.access.actor),
    );
    app.delete(
      '/scenarios/:id',
      { config: run, schema: { summary: 'Remove a scenario', tags, params, response: { 200: Type.Object({}) } } },
      async (request) => {
        await dropScenario(deps, request.access.brand, request.params.id, request.access.actor);
        return {};
      },
    );
    app.post(
      '/scenarios/:id/adopt',
      {
        config: { access: 'forecast.adopt' },
        schema: {
          summary: 'Send a scenario to the plan',
          tags,
          params,
          body: AdoptRequest,
          response: { 200: Adoption },
        },
      },
      (request) => adoptScenario(deps, request.access.brand, request.params.id, request.body, request.access.actor),
    );
    app.get(
      '/forecast-plan',
      { config: read, schema: { summary: 'The plan of record', tags, response: { 200: PlanOfRecord } } },
      (request) => planOfRecord(deps, request.access.brand.id),
    );
  };
}
