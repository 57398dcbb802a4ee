import { getRouteApi } from '@tanstack/react-router';
import { Select, Tabs } from 'antd';
import { lazy, type ReactNode, Suspense, useCallback, useMemo } from 'react';
import { useWords } from '../i18n/words.ts';
import { Guard } from '../shell/layout.tsx';
import { Page } from '../shell/page.tsx';
import { EmptyState, ErrorState, LoadingState } from '../shell/states.tsx';
import { FitButton, FitState } from './fit-state.tsx';
import { type Lab, LabContext } from './lab-context.ts';
import { newest, useModel, useModels, useRuns } from './lab-data.ts';
import { type LabTab, labTabs } from './lab-tab.ts';
import './lab.css';
import './lab-words.ts';

const route = getRouteApi('/app/model');

const pages: Record<LabTab, ReturnType<typeof lazy>> = {
  overview: lazy(() => import('./overview/overview-tab.tsx')),
  forecast: lazy(() => import('./outlook/forecast-tab.tsx')),
  explain: lazy(() => import('./explain/explain-tab.tsx')),
  scenarios: lazy(() => import('./scenarios/scenarios-tab.tsx')),
  optimise: lazy(() => import('./optimise/optimise-tab.tsx')),
};

function LabTabs(props: { tab: LabTab; onTab: (tab: LabTab) => void }) {
  const { say } = useWords();
  const Shown = pages[props.tab];
  return (
    <div className="lab">
      <Tabs
        activeKey={props.tab}
        onChange={(key) => props.onTab(labTabs.find((tab) => tab === key) ?? 'overview')}
        items={labTabs.map((tab) => ({
          key: tab,
          label: <span data-testid={`lab-tab-${tab}`}>{say(`lab.tab.${tab}`)}</span>,
        }))}
      />
      <p className="lab-sentence">{say(`lab.tab.${props.tab}.sentence`)}</p>
      <Suspense fallback={<LoadingState rows={8} />}>
        <Shown />
      </Suspense>
    </div>
  );
}

function ModelPicker(props: { modelId: string | undefined; onModel: (id: string) => void }) {
  const models = useModels();
  const { say, both } = useWords();
  return (
    <Select
      className="lab-model"
      aria-label={say('lab.model')}
      data-testid="lab-model"
      value={props.modelId ?? null}
      loading={models.isPending}
      onChange={(id) => id !== null && props.onModel(id)}
      options={models.data?.map((one) => ({ value: one.id, label: both(one.name, one.nameZh) })) ?? []}
    />
  );
}

function useLabOfAddress(): { lab: Lab | null; modelId: string | undefined; error: ReactNode; pending: boolean } {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const models = useModels();
  const known = models.data?.find((one) => one.id === search.model);
  const modelId = known?.id ?? models.data?.[0]?.id;
  const model = useModel(modelId, search.version);
  const runs = useRuns('fit', modelId);
  const open = useCallback<Lab['open']>(
    (tab) => void navigate({ search: (before) => ({ ...before, tab }) }),
    [navigate],
  );
  const lab = useMemo<Lab | null>(() => {
    if (!model.data) return null;
    const chosen = runs.data?.find((run) => run.id === search.fit && run.state === 'done');
    return { model: model.data, fitRun: chosen ?? newest(runs.data).done, open };
  }, [model.data, runs.data, search.fit, open]);
  const failed = [models, model, runs].find((query) => query.isError && query.data === undefined);
  return {
    lab,
    modelId,
    pending: models.isPending || (modelId !== undefined && (model.isPending || runs.isPending)),
    error: failed && <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />,
  };
}

function LabHome() {
  const { say } = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { lab, modelId, error, pending } = useLabOfAddress();
  const tab = search.tab ?? 'overview';
  const frame = (children: ReactNode, more: { state?: ReactNode; action?: ReactNode } = {}) => (
    <Page
      title={say('lab.title')}
      sentence={say('lab.sentence')}
      filters={
        <>
          <ModelPicker modelId={modelId} onModel={(model) => void navigate({ search: { tab, model } })} />
          {more.state}
        </>
      }
      action={more.action}
    >
      {children}
    </Page>
  );
  if (error) return frame(error);
  if (pending) return frame(<LoadingState rows={8} />);
  if (!lab) return frame(<EmptyState title={say('lab.noModel')} hint={say('lab.noModelHint')} />);
  return (
    <LabContext value={lab}>
      {frame(
        <LabTabs tab={tab} onTab={(next) => void navigate({ search: (before) => ({ ...before, tab: next }) })} />,
        { state: <FitState />, action: <FitButton /> },
      )}
    </LabContext>
  );
}

/** The model lab: the coupled model of the brand, fitted, judged, explained, and asked what would be if. */
export function LabPage() {
  return (
    <Guard needs="forecast.read">
      <LabHome />
    </Guard>
  );
}
