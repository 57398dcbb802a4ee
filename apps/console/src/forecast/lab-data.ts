import type { NewFit, NewForecast, Run, RunKind } from '@tandem/server/schema/forecast';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { useEffect, useMemo, useRef } from 'react';
import { useBrand } from '../access/brand-context.ts';
import { useWords } from '../i18n/words.ts';
import { errorSentence } from '../shell/errors.ts';
import { type ForecastApi, forecastApi } from './forecast-api.ts';

/** The id under which a forecast has the plan that names nothing. */
export const asIsScenario = 'as_is';

/** Names no lever: everything goes on as in the last four weeks. */
export const asIsPlan = { id: asIsScenario, name: asIsScenario, levers: [], couplings: [] };

/** Whether a run is still on its way. */
export const isActive = (run: Pick<Run, 'state'>) => run.state === 'waiting' || run.state === 'running';

/** The routes of the lab for the open brand. */
export function useLabApi(): ForecastApi {
  const { brand } = useBrand();
  return useMemo(() => forecastApi(brand.id), [brand.id]);
}

export function useModels() {
  const { brand } = useBrand();
  const api = useLabApi();
  return useQuery({ queryKey: ['lab-models', brand.id], queryFn: async () => (await api.models()).models });
}

export function useModel(id: string | undefined, version?: number) {
  const { brand } = useBrand();
  const api = useLabApi();
  return useQuery({
    queryKey: ['lab-model', brand.id, id, version],
    queryFn: () => api.model(id ?? '', version),
    enabled: id !== undefined,
  });
}

export function useMapping(id: string, version: number) {
  const { brand } = useBrand();
  const api = useLabApi();
  return useQuery({ queryKey: ['lab-mapping', brand.id, id, version], queryFn: () => api.mapping(id, version) });
}

/**
 * The newest runs of a kind, asked again while one is on its way. The list alone is polled: it is small, where a run with
 * its result is not.
 */
export function useRuns(kind: RunKind, modelId: string | undefined) {
  const { brand } = useBrand();
  const api = useLabApi();
  return useQuery({
    queryKey: ['lab-runs', brand.id, kind, modelId],
    queryFn: async ({ signal }) =>
      (await api.runs(kind, { limit: 20, ...(modelId ? { model: modelId } : {}) }, signal)).runs,
    enabled: modelId !== undefined,
    refetchInterval: (query) => (query.state.data?.some(isActive) ? 700 : false),
  });
}

/** A finished fit with its draws; it never changes, so it is loaded once. */
export function useFit(id: string | undefined) {
  const { brand } = useBrand();
  const api = useLabApi();
  return useQuery({
    queryKey: ['lab-fit', brand.id, id],
    queryFn: ({ signal }) => api.fit(id ?? '', signal),
    enabled: id !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** A finished forecast, backtest, explanation or optimisation. */
export function useForecast(id: string | undefined) {
  const { brand } = useBrand();
  const api = useLabApi();
  return useQuery({
    queryKey: ['lab-forecast', brand.id, id],
    queryFn: ({ signal }) => api.forecast(id ?? '', signal),
    enabled: id !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The newest run, and the newest that is done; what a page shows while another is on its way. */
export function newest(runs: readonly Run[] | undefined, accepts: (run: Run) => boolean = () => true) {
  const own = runs?.filter(accepts) ?? [];
  return { latest: own[0], done: own.find((run) => run.state === 'done'), active: own.find(isActive) };
}

/** Starts and cancels runs of a kind, and lets go of what they outdate once they end. */
export function useRunControl(kind: RunKind) {
  const { brand } = useBrand();
  const api = useLabApi();
  const { message } = App.useApp();
  const { say, language } = useWords();
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ['lab-runs', brand.id, kind] });
  const failed = (error: unknown) => void message.error(errorSentence(error, say, language));
  const start = useMutation({
    mutationFn: (body: NewFit | NewForecast) => ('kind' in body ? api.startForecast(body) : api.startFit(body)),
    onSuccess: refresh,
    onError: failed,
  });
  const cancel = useMutation({ mutationFn: (run: Run) => api.cancel(run), onSuccess: refresh, onError: failed });
  return { start, cancel, refresh };
}

/** Calls back once when a run that was seen on its way has ended. */
export function useWhenOver(run: Run | undefined, then: (run: Run) => void): void {
  const seen = useRef<string | null>(null);
  const call = useRef(then);
  call.current = then;
  useEffect(() => {
    if (!run) return;
    if (isActive(run)) {
      seen.current = run.id;
    } else if (seen.current === run.id) {
      seen.current = null;
      call.current(run);
    }
  }, [run]);
}
