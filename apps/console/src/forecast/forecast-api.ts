import type {
  Adoption,
  AdoptRequest,
  Drift,
  Fit,
  FitScheduleChange,
  FitSchedules,
  Forecast,
  Model,
  ModelCheck,
  ModelDiff,
  ModelList,
  ModelMapping,
  NewFit,
  NewForecast,
  NewModel,
  NewModelVersion,
  NewScenario,
  PlanOfRecord,
  Promotions,
  Run,
  RunKind,
  RunList,
  Scenario,
  ScenarioList,
} from '@tandem/server/schema/forecast';
import { type Query, request } from '../api-request.ts';

const at = encodeURIComponent;

/** Where runs of a kind live: fits have a door of their own. */
const doorOf = (kind: RunKind) => (kind === 'fit' ? '/fits' : '/forecasts');

/** The routes of the model lab for one brand. */
export function forecastApi(brandId: string) {
  const get = <T>(path: string, query?: Query, signal?: AbortSignal) =>
    request<T>('GET', path, { brandId, query, signal });
  const send = <T>(method: string, path: string, body?: unknown) => request<T>(method, path, { brandId, body });
  return {
    models: () => get<ModelList>('/models'),
    model: (id: string, version?: number) => get<Model>(`/models/${at(id)}`, { version }),
    mapping: (id: string, version?: number) => get<ModelMapping>(`/models/${at(id)}/mapping`, { version }),
    diff: (id: string, from: number, to: number) => get<ModelDiff>(`/models/${at(id)}/diff`, { from, to }),
    checkModel: (xmile: string) => send<ModelCheck>('POST', '/models/check', { xmile }),
    addModel: (body: NewModel) => send<Model>('POST', '/models', body),
    addVersion: (id: string, body: NewModelVersion) => send<Model>('POST', `/models/${at(id)}/versions`, body),

    promotions: () => get<Promotions>('/promotions'),
    setPromotions: (body: Promotions) => send<Promotions>('PUT', '/promotions', body),

    runs: (kind: RunKind, query: { model?: string; fit?: string; limit?: number }, signal?: AbortSignal) =>
      get<RunList>(doorOf(kind), kind === 'fit' ? query : { ...query, kind }, signal),
    fit: (id: string, signal?: AbortSignal) => get<Fit>(`/fits/${at(id)}`, undefined, signal),
    forecast: (id: string, signal?: AbortSignal) => get<Forecast>(`/forecasts/${at(id)}`, undefined, signal),
    startFit: (body: NewFit) => send<Run>('POST', '/fits', body),
    startForecast: (body: NewForecast) => send<Run>('POST', '/forecasts', body),
    cancel: (run: Pick<Run, 'id' | 'kind'>) => send<Run>('POST', `${doorOf(run.kind)}/${at(run.id)}/cancel`),
    drift: (model: string) => get<Drift>('/fits/drift', { model }),
    schedules: () => get<FitSchedules>('/fits/schedule'),
    setSchedule: (body: FitScheduleChange) => send<FitSchedules>('PUT', '/fits/schedule', body),

    scenarios: (model: string) => get<ScenarioList>('/scenarios', { model }),
    addScenario: (body: NewScenario) => send<Scenario>('POST', '/scenarios', body),
    changeScenario: (id: string, body: NewScenario) => send<Scenario>('PUT', `/scenarios/${at(id)}`, body),
    removeScenario: (id: string) => send<void>('DELETE', `/scenarios/${at(id)}`),
    adopt: (id: string, body: AdoptRequest) => send<Adoption>('POST', `/scenarios/${at(id)}/adopt`, body),
    planOfRecord: () => get<PlanOfRecord>('/forecast-plan'),
  };
}

export type ForecastApi = ReturnType<typeof forecastApi>;
