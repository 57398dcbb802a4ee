import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type {} from '#http/access.ts';
import { catalogue } from './catalogue.ts';
import { cockpit } from './cockpit.ts';
import { retentionOf } from './cohorts.ts';
import type { MetricsDeps } from './deps.ts';
import { dimensionValues } from './dimension-values.ts';
import { explainKpi } from './explain.ts';
import { kpiSeries } from './index.ts';
import { gmvFactors, liveFunnel } from './live-panel.ts';
import { qualityOf } from './quality.ts';
import { kpiRows } from './rows.ts';
import {
  Cockpit,
  DimensionValues,
  DimensionValuesQuery,
  Funnel,
  FunnelQuery,
  GmvFactors,
  GmvFactorsQuery,
  Kpi,
  KpiExplanation,
  KpiQuery,
  KpiRows,
  KpiRowsQuery,
  KpiSeries,
  Quality,
  RangeQuery,
  Retention,
  RetentionQuery,
  TargetChange,
  TargetList,
  TargetsQuery,
} from './schema.ts';
import { changeTarget, targetsOf } from './targets.ts';

const KpiId = Type.Object({ id: Type.String({ maxLength: 64 }) }, { additionalProperties: false });
const read = { access: 'kpi.read' } as const;

/** Routes under /api/v1: KPIs, cockpit, retention, funnel, factors of GMV, targets, filters, data quality. */
export function metricsRoutes(deps: MetricsDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(kpiRoutes(deps));
    await app.register(screenRoutes(deps));
    await app.register(targetRoutes(deps));
  };
}

function kpiRoutes(deps: MetricsDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/kpis',
      {
        config: read,
        schema: {
          summary: 'The KPI catalogue',
          tags: ['kpis'],
          response: { 200: Type.Object({ kpis: Type.Array(Kpi) }) },
        },
      },
      async () => ({ kpis: catalogue() }),
    );
    app.get(
      '/kpis/:id',
      {
        config: read,
        schema: {
          summary: 'One KPI over time',
          tags: ['kpis'],
          params: KpiId,
          querystring: KpiQuery,
          response: { 200: KpiSeries },
        },
      },
      (request) => kpiSeries(deps, request.access.brand, request.params.id, request.query),
    );
    app.get(
      '/kpis/:id/explain',
      {
        config: read,
        schema: {
          summary: 'Definition and SQL of a KPI',
          tags: ['kpis'],
          params: KpiId,
          querystring: KpiQuery,
          response: { 200: KpiExplanation },
        },
      },
      (request) => explainKpi(deps, request.access.brand, request.params.id, request.query),
    );
    app.get(
      '/kpis/:id/rows',
      {
        config: read,
        schema: {
          summary: 'Rows behind a KPI',
          tags: ['kpis'],
          params: KpiId,
          querystring: KpiRowsQuery,
          response: { 200: KpiRows },
        },
      },
      (request) => kpiRows(deps, request.access.brand, request.params.id, request.query),
    );
    app.get(
      '/dimension-values',
      {
        config: read,
        schema: {
          summary: 'Keys of a split',
          tags: ['kpis'],
          querystring: DimensionValuesQuery,
          response: { 200: DimensionValues },
        },
      },
      (request) => dimensionValues(deps, request.access.brand, request.query),
    );
  };
}

function screenRoutes(deps: MetricsDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/cockpit',
      {
        config: read,
        schema: { summary: 'The first screen', tags: ['kpis'], querystring: RangeQuery, response: { 200: Cockpit } },
      },
      (request) => cockpit(deps, request.access.brand, request.query),
    );
    app.get(
      '/retention',
      {
        config: read,
        schema: {
          summary: 'Retention of cohorts',
          tags: ['kpis'],
          querystring: RetentionQuery,
          response: { 200: Retention },
        },
      },
      (request) => retentionOf(deps, request.access.brand, request.query),
    );
    app.get(
      '/funnel',
      {
        config: read,
        schema: { summary: 'The live funnel', tags: ['kpis'], querystring: FunnelQuery, response: { 200: Funnel } },
      },
      (request) => liveFunnel(deps, request.access.brand, request.query),
    );
    app.get(
      '/gmv-factors',
      {
        config: read,
        schema: {
          summary: 'What moved the GMV of live sessions',
          tags: ['kpis'],
          querystring: GmvFactorsQuery,
          response: { 200: GmvFactors },
        },
      },
      (request) => gmvFactors(deps, request.access.brand, request.query),
    );
    app.get(
      '/quality',
      {
        config: read,
        schema: { summary: 'Quality of the data', tags: ['kpis'], querystring: RangeQuery, response: { 200: Quality } },
      },
      (request) => qualityOf(deps, request.access.brand, request.query),
    );
  };
}

function targetRoutes(deps: MetricsDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/targets',
      {
        config: read,
        schema: {
          summary: 'Targets of a year',
          tags: ['targets'],
          querystring: TargetsQuery,
          response: { 200: TargetList },
        },
      },
      (request) => targetsOf(deps, request.access.brand, request.query.year),
    );
    app.put(
      '/targets',
      {
        config: { access: 'targets.write' },
        schema: {
          summary: 'Set or reset a target',
          tags: ['targets'],
          body: TargetChange,
          response: { 200: TargetList },
        },
      },
      (request) => changeTarget(deps, request.access.brand, request.body, request.access.actor),
    );
  };
}
