import { DownloadOutlined } from '@ant-design/icons';
import type { Cockpit, Kpi } from '@tandem/server/schema/metrics';
import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Alert, Button } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useBrand } from '../access/brand-context.ts';
import { downloadCsv } from '../figures/csv.ts';
import { whole } from '../figures/number.ts';
import { type Period, periodOf } from '../figures/period.ts';
import { useWords } from '../i18n/words.ts';
import { usePipeline } from '../shell/lag-gauge.tsx';
import { Guard } from '../shell/layout.tsx';
import { Page, Panel } from '../shell/page.tsx';
import { EmptyState, ErrorState, Loaded, LoadingState } from '../shell/states.tsx';
import { useCatalogue } from './catalogue.ts';
import { type CardGroup, cardGroups, useCockpit, useDataDays } from './cockpit-data.ts';
import { DefinitionDrawer } from './definition-drawer.tsx';
import { EmptyBrand } from './empty-brand.tsx';
import { FactorPanel } from './factor-panel.tsx';
import { FigureCard } from './figure-card.tsx';
import { FunnelPanel } from './funnel-panel.tsx';
import { PeriodPicker } from './period-picker.tsx';
import { RetentionPanel } from './retention-panel.tsx';
import './metrics.css';

const route = getRouteApi('/app/');

function Group(props: { group: CardGroup; cockpit: Cockpit; onAbout: (kpi: Kpi) => void }) {
  const { group, cockpit, onAbout } = props;
  const { say, language, both } = useWords();
  const names = group.silent.map((kpi) => both(kpi.nameEn, kpi.nameZh)).join(language === 'en' ? ', ' : '、');
  return (
    <section className="dimension" aria-label={say(`dimension.${group.dimension}`)}>
      <h2 className={`section-title dimension-${group.dimension}`}>{say(`dimension.${group.dimension}`)}</h2>
      {group.shown.length > 0 && (
        <div className="cards">
          {group.shown.map(({ card, kpi }) => (
            <FigureCard key={kpi.id} card={card} kpi={kpi} ends={cockpit} onAbout={() => onAbout(kpi)} />
          ))}
        </div>
      )}
      {group.silent.length > 0 && (
        <p className="silent">
          {say('dimension.noData', { names })}
          {group.shown.length === 0 && `${language === 'en' ? ' ' : ''}${say(`dimension.how.${group.dimension}`)}`}
        </p>
      )}
    </section>
  );
}

function Answer(props: { cockpit: Cockpit; catalogue: Kpi[]; stale: boolean }) {
  const { cockpit, catalogue } = props;
  const [about, setAbout] = useState<Kpi | null>(null);
  const card = cockpit.cards.find((one) => one.id === about?.id);
  const groups = cardGroups(cockpit, catalogue);
  const main = groups.filter(({ dimension }) => ['business', 'user', 'brand'].includes(dimension));
  const beneath = groups.filter(({ dimension }) => ['live', 'content', 'linkage'].includes(dimension));
  const { from, to, compareFrom, compareTo } = cockpit;
  return (
    <div className={props.stale ? 'answer answer-stale' : 'answer'} aria-busy={props.stale}>
      {main.map((group) => (
        <Group key={group.dimension} group={group} cockpit={cockpit} onAbout={setAbout} />
      ))}
      <div className="two">
        <FunnelPanel steps={cockpit.funnel} />
        <FactorPanel from={from} to={to} compareFrom={compareFrom} compareTo={compareTo} />
      </div>
      <RetentionPanel retention={cockpit.retention} />
      {beneath.map((group) => (
        <Group key={group.dimension} group={group} cockpit={cockpit} onAbout={setAbout} />
      ))}
      <DefinitionDrawer
        kpi={about}
        query={{ from, to, grain: 'total' }}
        omitted={card?.omitted ?? []}
        onClose={() => setAbout(null)}
      />
    </div>
  );
}

function exportCards(cockpit: Cockpit, catalogue: readonly Kpi[], language: string): void {
  const byId = new Map(catalogue.map((kpi) => [kpi.id, kpi]));
  downloadCsv(
    `cockpit-${cockpit.from}-${cockpit.to}.csv`,
    [
      'kpi',
      'name',
      'unit',
      'from',
      'to',
      'value',
      'exact_minor',
      'compare_from',
      'compare_to',
      'previous',
      'target',
      'omitted',
    ],
    cockpit.cards.map((card) => {
      const kpi = byId.get(card.id);
      const name = language === 'en' ? kpi?.nameEn : kpi?.nameZh;
      const omitted = card.omitted.map((one) => (language === 'en' ? one.text : one.textZh)).join('; ');
      const unit = kpi?.unit === 'money' ? cockpit.currency : kpi?.unit;
      return [
        card.id,
        name,
        unit,
        cockpit.from,
        cockpit.to,
        card.value,
        card.exactMinor,
        cockpit.compareFrom,
        cockpit.compareTo,
        card.previous,
        card.target,
        omitted,
      ];
    }),
  );
}

/** Says that figures still move while events wait, and reads them again until none does. */
function PendingNotice() {
  const { brand } = useBrand();
  const { say, language } = useWords();
  const queries = useQueryClient();
  const pending = usePipeline(24).data?.pending ?? 0;
  const waited = useRef(false);
  useEffect(() => {
    if (pending > 0 || waited.current) void queries.invalidateQueries({ queryKey: ['cockpit', brand.id] });
    waited.current = pending > 0;
  }, [pending, queries, brand.id]);
  if (pending === 0) return null;
  return <Alert type="info" showIcon title={say('cockpit.pending', { n: whole(pending, language) })} />;
}

function CockpitOf(props: { days: ReturnType<typeof useDataDays>; chosen: Period | null }) {
  const { days } = props;
  const { say, language } = useWords();
  const navigate = route.useNavigate();
  const period = props.chosen ?? periodOf('30d', days.anchor);
  const cockpit = useCockpit(period);
  const catalogue = useCatalogue();
  const choose = ({ from, to }: Period) => void navigate({ search: { from, to } });
  const outside = days.lastDay !== null && days.lastDay < period.from;
  return (
    <Page
      title={say('cockpit.title')}
      sentence={say('cockpit.sentence')}
      filters={<PeriodPicker period={period} lastDay={days.anchor} firstDay={days.firstDay} onChange={choose} />}
      action={
        cockpit.data &&
        catalogue.data && (
          <Button icon={<DownloadOutlined />} onClick={() => exportCards(cockpit.data, catalogue.data, language)}>
            {say('cockpit.export')}
          </Button>
        )
      }
    >
      <PendingNotice />
      {outside && days.lastDay && (
        <Panel>
          <EmptyState
            compact
            title={say('cockpit.noneInPeriod', { day: days.lastDay })}
            actions={
              <Link to="/" search={{}}>
                <Button type="primary">{say('cockpit.toLastDay')}</Button>
              </Link>
            }
          />
        </Panel>
      )}
      {cockpit.isError && <ErrorState error={cockpit.error} onRetry={() => void cockpit.refetch()} />}
      {cockpit.isPending && !cockpit.isError && <CockpitSkeleton />}
      {cockpit.data && (
        <Loaded query={catalogue}>
          {(kpis) => <Answer cockpit={cockpit.data} catalogue={kpis} stale={cockpit.isPlaceholderData} />}
        </Loaded>
      )}
    </Page>
  );
}

function CockpitSkeleton() {
  return (
    <div className="cards">
      {Array.from({ length: 8 }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: eight equal placeholders.
        <div className="card" key={index}>
          <LoadingState rows={3} />
        </div>
      ))}
    </div>
  );
}

function CockpitHome() {
  const { say } = useWords();
  const { from, to } = route.useSearch();
  const days = useDataDays();
  const { can } = useBrand();
  const chosen = from && to && from < to ? { from, to } : null;
  const words = { title: say('cockpit.title'), sentence: say('cockpit.sentence') };
  if (days.query.isError) {
    return (
      <Page {...words}>
        <ErrorState error={days.query.error} onRetry={() => void days.query.refetch()} />
      </Page>
    );
  }
  if (!days.query.data) {
    return (
      <Page {...words}>
        <CockpitSkeleton />
      </Page>
    );
  }
  if (days.lastDay === null) {
    return (
      <Page {...words}>
        <EmptyBrand key={String(can('imports.run'))} />
      </Page>
    );
  }
  return <CockpitOf days={days} chosen={chosen} />;
}

/** The first screen: how the brand does, how far its targets are, and why. */
export function CockpitPage() {
  return (
    <Guard needs="kpi.read">
      <CockpitHome />
    </Guard>
  );
}
