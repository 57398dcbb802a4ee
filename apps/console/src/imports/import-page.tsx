import { DownloadOutlined } from '@ant-design/icons';
import type { Import } from '@tandem/server/schema/imports';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { Alert, App, Button, Progress } from 'antd';
import { useEffect } from 'react';
import { useBrand } from '../access/brand-context.ts';
import { fetchFile } from '../api-request.ts';
import { download } from '../figures/csv.ts';
import { moment } from '../figures/date.ts';
import { whole } from '../figures/number.ts';
import { useWords } from '../i18n/words.ts';
import { errorSentence } from '../shell/errors.ts';
import { Guard } from '../shell/layout.tsx';
import { Page, Panel } from '../shell/page.tsx';
import { Loaded } from '../shell/states.tsx';
import { ToneTag } from '../shell/tone-tag.tsx';
import { isOver, stateSentence, stateTones } from './import-state.ts';
import type { ImportPlan } from './mapping-step.tsx';
import { usePresets } from './wizard-page.tsx';
import './imports.css';

const route = getRouteApi('/app/imports/$importId');

/** One import, asked again until it is over. */
function useImport(id: string) {
  const { api, brand } = useBrand();
  return useQuery({
    queryKey: ['import', brand.id, id],
    queryFn: () => api.import(id),
    refetchInterval: (query) => (query.state.data && isOver(query.state.data.state) ? false : 700),
  });
}

function Counts({ one }: { one: Import }) {
  const { say, language } = useWords();
  const counts = ['read', 'accepted', 'duplicate', 'rejected'] as const;
  return (
    <dl className="counts" aria-live="polite">
      {counts.map((name) => (
        <div key={name}>
          <dt>{say(`imports.${name}`)}</dt>
          <dd data-testid={`import-${name}`} data-value={one[name]}>
            {whole(one[name], language)}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function useReport(one: Import) {
  const { brand } = useBrand();
  const { message } = App.useApp();
  const { say, language } = useWords();
  return useMutation({
    mutationFn: () => fetchFile(brand.id, `/imports/${encodeURIComponent(one.id)}/report`),
    onSuccess: (blob) => download(`${one.id}-rejected.csv`, blob),
    onError: (error) => message.error(errorSentence(error, say, language)),
  });
}

function Actions({ one }: { one: Import }) {
  const { api, brand } = useBrand();
  const { say, language } = useWords();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const report = useReport(one);
  const failed = (error: unknown) => void message.error(errorSentence(error, say, language));
  const cancel = useMutation({
    mutationFn: () => api.cancelImport(one.id),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['import', brand.id, one.id] }),
    onError: failed,
  });
  const plan = queries.getQueryData<ImportPlan & { fileIds: string[] }>(['import-plan', brand.id, one.id]);
  const again = useMutation({
    mutationFn: () =>
      api.startImport({
        preset: one.preset,
        fileIds: plan?.fileIds ?? [],
        dryRun: false,
        ...(plan?.mapping ? { mapping: plan.mapping } : {}),
      }),
    onSuccess: (next) => navigate({ to: '/imports/$importId', params: { importId: next.id }, search: {} }),
    onError: failed,
  });
  const over = isOver(one.state);
  return (
    <div className="wizard-bar">
      {one.report !== null && (
        <Button icon={<DownloadOutlined />} loading={report.isPending} onClick={() => report.mutate()}>
          {say('progress.report')}
        </Button>
      )}
      {!over && (
        <Button
          danger
          disabled={one.state === 'cancelling'}
          loading={cancel.isPending}
          onClick={() => cancel.mutate()}
          data-testid="import-cancel"
        >
          {say('progress.cancel')}
        </Button>
      )}
      {over && (
        <Link to="/imports/new" search={{}}>
          <Button>{say('progress.again')}</Button>
        </Link>
      )}
      {one.state === 'done' && one.dryRun && plan && (
        <Button type="primary" loading={again.isPending} onClick={() => again.mutate()}>
          {say('progress.forReal')}
        </Button>
      )}
      {one.state === 'done' && !one.dryRun && (
        <Link to="/" search={{}}>
          <Button type="primary">{say('progress.toCockpit')}</Button>
        </Link>
      )}
    </div>
  );
}

function ImportFacts({ one }: { one: Import }) {
  const { brand } = useBrand();
  const { say, language, both } = useWords();
  const presets = usePresets().data;
  const preset = presets?.find((each) => each.id === one.preset);
  const percent = Math.floor(one.progress * 100);
  return (
    <Panel>
      <div className="wizard-preset">
        <strong>{preset ? both(preset.nameEn, preset.nameZh) : '…'}</strong>
        <ToneTag tone={stateTones[one.state]} testId="import-state" state={one.state}>
          {say(`imports.state.${one.state}`)}
        </ToneTag>
        {one.dryRun && <ToneTag tone="watch">{say('imports.dryRunTag')}</ToneTag>}
        <span className="faint">{one.files.join(language === 'en' ? ', ' : '、')}</span>
      </div>
      <p style={{ margin: '12px 0 0' }} aria-live="polite">
        {say(stateSentence(one))}
      </p>
      {!isOver(one.state) && <Progress percent={percent} status="active" aria-label={say('imports.state')} />}
      <Counts one={one} />
      {one.error && <Alert type="error" showIcon title={both(one.error.message, one.error.messageZh)} />}
      {one.notes.length > 0 && (
        <>
          <h2 className="section-title import-notes">{say('progress.notes')}</h2>
          <ul>
            {one.notes.map((note) => (
              <li key={note.code}>{both(note.text, note.textZh)}</li>
            ))}
          </ul>
        </>
      )}
      <p className="faint">
        {one.startedAt && `${say('progress.started')} ${moment(one.startedAt, brand.zone)}`}
        {one.endedAt && ` · ${say('progress.ended')} ${moment(one.endedAt, brand.zone)}`} · {brand.zone}
      </p>
      <Actions one={one} />
    </Panel>
  );
}

function Progressing() {
  const { say } = useWords();
  const { brand } = useBrand();
  const { importId } = route.useParams();
  const queries = useQueryClient();
  const query = useImport(importId);
  const over = query.data ? isOver(query.data.state) : false;
  useEffect(() => {
    if (!over) return;
    for (const key of ['cockpit', 'imports', 'pipeline', 'quality', 'people']) {
      void queries.invalidateQueries({ queryKey: [key, brand.id] });
    }
  }, [over, queries, brand.id]);
  return (
    <Page title={say('wizard.title')} sentence={say('imports.sentence')}>
      <Link to="/imports" search={{}}>
        ← {say('imports.title')}
      </Link>
      <Loaded query={query} rows={6}>
        {(one) => <ImportFacts one={one} />}
      </Loaded>
    </Page>
  );
}

/** How an import goes, and what came of it. */
export function ImportPage() {
  return (
    <Guard needs="imports.run">
      <Progressing />
    </Guard>
  );
}
