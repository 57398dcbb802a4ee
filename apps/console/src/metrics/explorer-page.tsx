import type { Kpi, KpiPoint } from '@tandem/server/schema/metrics';
import { getRouteApi } from '@tanstack/react-router';
import { Button, Tabs } from 'antd';
import { useMemo, useRef, useState } from 'react';
import { useFigureStyle } from '../access/brand-context.ts';
import { Chart, type ChartHandle } from '../charts/chart.tsx';
import { bucketsOf, seriesOf, seriesOption } from '../charts/series-option.ts';
import { download } from '../figures/csv.ts';
import { bucketLabel } from '../figures/date.ts';
import { changeOf, exactFigure, figure, signed } from '../figures/number.ts';
import { addDays, grainFor, type Period, periodOf } from '../figures/period.ts';
import { useWords } from '../i18n/words.ts';
import { Guard } from '../shell/layout.tsx';
import { Page, Panel } from '../shell/page.tsx';
import { EmptyState, Loaded, LoadingState } from '../shell/states.tsx';
import { useCatalogue } from './catalogue.ts';
import { useDataDays } from './cockpit-data.ts';
import { Definition, SqlOf } from './definition-drawer.tsx';
import {
  type ExplorerState,
  partOf,
  pointsQuery,
  rowsQuery,
  useExplorerSeries,
  usePartName,
  useTargetLine,
} from './explorer-data.ts';
import { type ExplorerChange, ExplorerFilters } from './explorer-filters.tsx';
import { alignDay, isGrain, isSplit, usableGrain } from './explorer-state.ts';
import { PeriodPicker } from './period-picker.tsx';
import { PointsTable } from './points-table.tsx';
import { RowsTable } from './rows-table.tsx';
import './metrics.css';

const route = getRouteApi('/app/explorer');

type Loads = ReturnType<typeof useExplorerSeries>;

/** The figure of the whole period, its change, and what it leaves out. */
function TotalLine(props: { state: ExplorerState; loads: Loads }) {
  const { state, loads } = props;
  const { say, language } = useWords();
  const style = useFigureStyle()(state.kpi.unit);
  const point = loads.total.data?.points[0];
  const previous = loads.comparing ? (loads.comparedTotal.data?.points[0]?.value ?? null) : null;
  const change = changeOf(point?.value ?? null, previous, state.kpi.unit);
  const changeText =
    change.kind === 'relative'
      ? `${signed(change.value * 100, language)}%`
      : change.kind === 'points'
        ? say('card.points', { value: signed(change.value, language) })
        : '';
  return (
    <div className="explorer-figures" aria-live="polite">
      <span>
        <span className="faint">{say('explorer.total')} </span>
        <span
          className="big"
          title={exactFigure(point?.value, style, point?.exactMinor)}
          data-testid="explorer-total"
          data-value={point?.value ?? ''}
        >
          {loads.total.isPending ? '…' : figure(point?.value, style)}
        </span>
      </span>
      {loads.comparing && previous !== null && (
        <span className="faint">
          {changeText}{' '}
          {say('card.previous', {
            value: figure(previous, style),
            from: loads.before.from,
            to: addDays(loads.before.to, -1),
          })}
        </span>
      )}
      {loads.total.data?.omitted.map((one) => (
        <span key={one.code} className="card-omitted">
          {language === 'en' ? one.text : one.textZh}
        </span>
      ))}
    </div>
  );
}

function useOption(state: ExplorerState, loads: Loads) {
  const { say, both } = useWords();
  const style = useFigureStyle()(state.kpi.unit);
  const points = loads.points.data?.points;
  const part = partOf(state.by, points);
  const partName = usePartName(part);
  const target = useTargetLine(state);
  const name = both(state.kpi.nameEn, state.kpi.nameZh);
  const before = loads.comparing ? loads.compared.data?.points : undefined;
  const grain = loads.points.data?.grain ?? state.grain;
  const beforeFrom = loads.before.from;
  const { kpi } = state;
  const { from } = state.period;
  return useMemo(() => {
    if (!points) return null;
    const buckets = bucketsOf(points);
    const series = seriesOf(points, buckets, part, (point) => (part ? partName(point) : name));
    const aligned = before && new Map(before.map((point) => [alignDay(point.t, beforeFrom, from), point.value]));
    const option = seriesOption({
      series,
      buckets,
      grain,
      style,
      axisName: say(`unit.${kpi.unit as 'count'}`, { currency: style.currency ?? '' }),
      additive: kpi.additive,
      ...(aligned
        ? {
            compared: {
              name: say('explorer.compared'),
              values: buckets.map((bucket, index) => aligned.get(bucket) ?? before?.[index]?.value ?? null),
            },
          }
        : {}),
      ...(target === undefined ? {} : { target: { name: say('explorer.target'), value: target } }),
    });
    return { option, series, buckets };
  }, [points, before, grain, target, part, kpi, from, beforeFrom, style, name, partName, say]);
}

function Result(props: { state: ExplorerState }) {
  const { state } = props;
  const { say, language, both } = useWords();
  const loads = useExplorerSeries(state);
  const drawn = useOption(state, loads);
  const part = partOf(state.by, loads.points.data?.points);
  const partName = usePartName(part);
  const [point, setPoint] = useState<KpiPoint | null>(null);
  const chart = useRef<ChartHandle>(null);
  const name = both(state.kpi.nameEn, state.kpi.nameZh);
  const open = (chosen: KpiPoint | null) => {
    setPoint(chosen);
    if (chosen) requestAnimationFrame(() => document.getElementById('rows')?.scrollIntoView({ block: 'nearest' }));
  };
  const pick = (seriesName: string, index: number) => {
    const found = drawn?.series.find((one) => one.name === seriesName)?.points[index];
    if (found) open(found);
  };
  const savePng = () => {
    const png = chart.current?.png();
    if (png) download(`${state.kpi.id}-${state.period.from}-${state.period.to}.png`, png);
  };
  const parts = point && [
    state.grain === 'total' ? '' : bucketLabel(point.t, state.grain, language),
    part ? partName(point) : '',
  ];
  const what = parts ? parts.filter(Boolean).join(' · ') || name : say('explorer.whole');
  return (
    <>
      <Panel
        title={name}
        sentence={both(state.kpi.definitionEn, state.kpi.definitionZh)}
        extra={
          <Button size="small" onClick={savePng}>
            {say('action.exportPng')}
          </Button>
        }
      >
        <TotalLine state={state} loads={loads} />
        <Loaded query={loads.points} rows={8}>
          {(series) =>
            series.points.length === 0 || !drawn ? (
              <EmptyState compact title={say('explorer.empty')} hint={say('explorer.emptyHint')} />
            ) : (
              <Chart
                ref={chart}
                option={drawn.option}
                label={say('explorer.chartLabel', { name, from: series.from, to: series.to })}
                height={340}
                onPoint={pick}
              />
            )
          }
        </Loaded>
      </Panel>
      {loads.points.data && loads.points.data.points.length > 0 && (
        <PointsTable kpi={state.kpi} series={loads.points.data} split={part} chosen={point} onPoint={open} />
      )}
      <Tabs
        items={[
          {
            key: 'rows',
            label: say('explorer.rows'),
            children: (
              <RowsTable
                kpi={state.kpi}
                query={rowsQuery(state, point)}
                what={what}
                {...(point ? { onWhole: () => open(null) } : {})}
              />
            ),
          },
          {
            key: 'definition',
            label: say('explorer.definition'),
            children: (
              <Panel>
                <Definition kpi={state.kpi} omitted={loads.total.data?.omitted ?? []} />
                <SqlOf kpiId={state.kpi.id} query={pointsQuery(state)} />
              </Panel>
            ),
          },
        ]}
      />
    </>
  );
}

function Explorer(props: { kpis: Kpi[]; days: ReturnType<typeof useDataDays> }) {
  const { kpis, days } = props;
  const { say } = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const kpi = kpis.find((one) => one.id === search.kpi) ?? kpis.find((one) => one.id === 'gmv') ?? kpis[0];
  if (!kpi) return <EmptyState title={say('explorer.empty')} />;
  const { from, to } = search;
  const period = from && to && from < to ? { from, to } : periodOf('90d', days.anchor);
  const state: ExplorerState = {
    kpi,
    grain: usableGrain(kpi, search.grain ?? grainFor(period)),
    by: search.by && kpi.splits.includes(search.by) ? search.by : undefined,
    filter: search.filter ?? [],
    period,
    compare: search.compare ?? false,
  };
  const change = (part: ExplorerChange & Partial<Period>) => {
    const next = { ...search, ...part };
    void navigate({
      search: {
        ...(next.brand ? { brand: next.brand } : {}),
        ...(next.kpi ? { kpi: next.kpi } : {}),
        ...(isGrain(next.grain) ? { grain: next.grain } : {}),
        ...(isSplit(next.by) ? { by: next.by } : {}),
        ...(next.filter?.length ? { filter: next.filter } : {}),
        ...(next.from && next.to ? { from: next.from, to: next.to } : {}),
        ...(next.compare ? { compare: true } : {}),
      },
      replace: true,
      resetScroll: false,
    });
  };
  return (
    <Page
      title={say('explorer.title')}
      sentence={say('explorer.sentence')}
      filters={
        <>
          <ExplorerFilters kpis={kpis} state={state} onChange={change} />
          <PeriodPicker
            period={period}
            lastDay={days.anchor}
            firstDay={days.firstDay}
            choices={['30d', '90d', 'quarter', 'year', 'all', 'custom']}
            onChange={change}
          />
        </>
      }
    >
      <Result
        key={`${kpi.id}|${state.grain}|${state.by}|${period.from}|${period.to}|${state.filter.join()}`}
        state={state}
      />
    </Page>
  );
}

function ExplorerLoaded() {
  const catalogue = useCatalogue();
  const days = useDataDays();
  return (
    <Loaded query={catalogue} rows={10}>
      {(kpis) => (days.query.isPending ? <LoadingState rows={10} /> : <Explorer kpis={kpis} days={days} />)}
    </Loaded>
  );
}

/** Any KPI: its course, its parts, its definition, the rows behind it. The address holds the whole state. */
export function ExplorerPage() {
  return (
    <Guard needs="kpi.read">
      <ExplorerLoaded />
    </Guard>
  );
}
