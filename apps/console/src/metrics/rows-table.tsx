import { useInfiniteQuery } from '@tanstack/react-query';
import type { Kpi, KpiQuery, KpiRows } from '@tandem/server/schema/metrics';
import { Button, Table } from 'antd';
import { useBrand } from '../access/brand-context.ts';
import { downloadCsv } from '../figures/csv.ts';
import { moment } from '../figures/date.ts';
import { exactFigure, type FigureStyle } from '../figures/number.ts';
import { useWords, wordOf } from '../i18n/words.ts';
import { Panel } from '../shell/page.tsx';
import { EmptyState, ErrorState, Loaded } from '../shell/states.tsx';

type Cell = KpiRows['rows'][number][number];
const numeric = new Set(['money', 'count', 'ratio', 'seconds', 'number', 'days', 'integer']);

/** How a cell of a kind reads. */
export function cellText(cell: Cell, kind: string, zone: string, style: (unit: string) => FigureStyle): string {
  if (cell === null) return '';
  if (typeof cell === 'number' && numeric.has(kind)) return exactFigure(cell, style(kind));
  if (typeof cell === 'string' && (kind === 'time' || kind === 'datetime')) return moment(cell, zone);
  return String(cell);
}

interface RowsTableProps {
  kpi: Kpi;
  query: KpiQuery;
  /** What the rows stand behind, in words: a bucket, a part, the whole period. */
  what: string;
  onWhole?: () => void;
}

/** The rows behind a number, page after page. */
export function RowsTable({ kpi, query, what, onWhole }: RowsTableProps) {
  const { api, brand } = useBrand();
  const { say, language, both } = useWords();
  const style = (unit: string): FigureStyle => ({ unit, currency: brand.currency, language });
  const pages = useInfiniteQuery({
    queryKey: ['rows', brand.id, kpi.id, query],
    queryFn: ({ pageParam, signal }) => api.rows(kpi.id, { ...query, ...(pageParam ? { cursor: pageParam } : {}) }, signal),
    initialPageParam: '',
    getNextPageParam: (page: KpiRows) => page.next ?? undefined,
  });
  const columns = pages.data?.pages[0]?.columns ?? [];
  const rows = pages.data?.pages.flatMap((page) => page.rows) ?? [];
  const save = () => downloadCsv(`${kpi.id}-rows-${query.from}-${query.to}.csv`, columns.map((column) => column.id), rows);
  return (
    <Panel
      id="rows"
      title={say('explorer.rowsOf', { what })}
      sentence={say('explorer.rowsHint')}
      extra={
        <>
          {onWhole && (
            <Button size="small" onClick={onWhole}>
              {say('explorer.rowsBack')}
            </Button>
          )}
          {rows.length > 0 && (
            <Button size="small" onClick={save}>
              {say('action.exportCsv')}
            </Button>
          )}
        </>
      }
    >
      <Loaded query={pages} rows={5}>
        {() =>
          rows.length === 0 ? (
            <EmptyState compact title={say('explorer.rowsNone')} />
          ) : (
            <Table
              size="small"
              rowKey="key"
              dataSource={rows.map((cells, key) => ({ key, cells }))}
              columns={columns.map((column, index) => ({
                title: both(column.nameEn, column.nameZh),
                align: numeric.has(column.kind) ? ('right' as const) : ('left' as const),
                render: (_: unknown, row: { cells: Cell[] }) => {
                  const cell = row.cells[index] ?? null;
                  const text = cellText(cell, column.kind, brand.zone, style);
                  return <span className="nowrap">{column.kind === 'event_type' ? wordOf(say, `event.${text}`, text) : text}</span>;
                },
              }))}
              scroll={{ x: 'max-content', y: 420 }}
              pagination={false}
            />
          )
        }
      </Loaded>
      {pages.isFetchNextPageError && <ErrorState error={pages.error} onRetry={() => void pages.fetchNextPage()} />}
      {pages.hasNextPage && (
        <div className="more">
          <Button loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            {say('action.more')}
          </Button>
        </div>
      )}
    </Panel>
  );
}
