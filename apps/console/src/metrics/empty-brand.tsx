import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Progress } from 'antd';
import { useEffect } from 'react';
import { useBrand } from '../access/brand-context.ts';
import { meKey } from '../access/session.ts';
import { account } from '../api.ts';
import { whole } from '../figures/number.ts';
import { useWords } from '../i18n/words.ts';
import { isOver } from '../imports/import-state.ts';
import { Panel } from '../shell/page.tsx';
import { EmptyState, ErrorState } from '../shell/states.tsx';

/**
 * Makes a brand of its own for the sample and opens it, so that the open brand keeps its currency and name; a sample brand
 * that is still empty is filled. An import that runs is followed to its end, also after the page was left.
 */
function useSample() {
  const { api, brand, can, openBrand } = useBrand();
  const queries = useQueryClient();
  const start = useMutation({
    mutationFn: async () => {
      if (brand.label === 'sample') {
        await api.loadSample();
        return brand.id;
      }
      return (await account.newSampleBrand()).brandId;
    },
    onSuccess: async (brandId) => {
      await queries.invalidateQueries({ queryKey: meKey });
      await queries.invalidateQueries({ queryKey: ['imports', brandId, 'running'] });
      openBrand(brandId);
    },
  });
  const run = useQuery({
    queryKey: ['imports', brand.id, 'running'],
    queryFn: async () => (await api.imports()).imports[0] ?? null,
    enabled: can('imports.run'),
    refetchInterval: (query) => (query.state.data && !isOver(query.state.data.state) ? 800 : false),
  }).data;
  const over = run ? isOver(run.state) : false;
  useEffect(() => {
    if (!over) return;
    void queries.invalidateQueries({ queryKey: meKey });
    void queries.invalidateQueries({ queryKey: ['cockpit', brand.id] });
  }, [over, queries, brand.id]);
  return { start, run, busy: start.isPending || (run !== undefined && run !== null && !over) };
}

/** What a brand without data shows: what to do next. */
export function EmptyBrand() {
  const { can } = useBrand();
  const { say, language, both } = useWords();
  const sample = useSample();
  if (!can('imports.run')) {
    return (
      <Panel>
        <EmptyState title={say('cockpit.emptyTitle')} hint={say('cockpit.emptyViewer')} />
      </Panel>
    );
  }
  const failed = sample.run?.error;
  return (
    <Panel>
      <EmptyState
        title={say('cockpit.emptyTitle')}
        hint={say('cockpit.emptyHint')}
        actions={
          <>
            <Link to="/imports/new" search={{}}>
              <Button type="primary">{say('cockpit.emptyImport')}</Button>
            </Link>
            <Button loading={sample.busy} onClick={() => sample.start.mutate()} data-testid="load-sample">
              {say('cockpit.emptySample')}
            </Button>
          </>
        }
      />
      <div className="sample-state" aria-live="polite">
        {sample.start.isError && <ErrorState error={sample.start.error} />}
        {failed && <ErrorState error={new Error(both(failed.message, failed.messageZh))} />}
        {sample.busy && sample.run && (
          <>
            <Progress percent={Math.floor(sample.run.progress * 100)} />
            <span className="faint">{say('cockpit.sampleRunning', { read: whole(sample.run.read, language) })}</span>
          </>
        )}
        {!sample.busy && <p className="faint">{say('cockpit.sampleHint')}</p>}
      </div>
    </Panel>
  );
}
