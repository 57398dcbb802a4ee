import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Progress } from 'antd';
import { useEffect, useState } from 'react';
import { useBrand } from '../access/brand-context.ts';
import { meKey } from '../access/session.ts';
import { whole } from '../figures/number.ts';
import { useWords } from '../i18n/words.ts';
import { isOver } from '../imports/import-state.ts';
import { Panel } from '../shell/page.tsx';
import { EmptyState, ErrorState } from '../shell/states.tsx';

/** Loads the sample into the open brand and follows it to its end. */
export function useSample() {
  const { api, brand } = useBrand();
  const queries = useQueryClient();
  const [importId, setImportId] = useState<string | null>(null);
  const start = useMutation({ mutationFn: api.loadSample, onSuccess: (one) => setImportId(one.id) });
  const run = useQuery({
    queryKey: ['import', brand.id, importId],
    queryFn: () => api.import(importId ?? ''),
    enabled: importId !== null,
    refetchInterval: (query) => (query.state.data && isOver(query.state.data.state) ? false : 800),
  });
  const over = run.data ? isOver(run.data.state) : false;
  useEffect(() => {
    if (!over) return;
    void queries.invalidateQueries({ queryKey: meKey });
    void queries.invalidateQueries({ queryKey: ['cockpit', brand.id] });
  }, [over, queries, brand.id]);
  return { start, run: run.data, busy: start.isPending || (importId !== null && !over) };
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
