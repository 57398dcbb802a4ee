import type { Kpi, KpiQuery, KpiRows } from '@tandem/server/schema/metrics';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Table } from 'antd';
import { useBrand, useFigureStyle } from '../access/brand-context.ts';
import { downloadCsv } from '../figures/csv.ts';
import { moment } from '../figures/date.ts';
import { shortId } from '../figures/id.ts';
import { exactFigure, type FigureStyle } from '../figures/number.ts';
import { useWords } from '../i18n/words.ts';
import { eventName } from '../people/person-words.ts';
import { Panel } from '../shell/page.tsx';
import { EmptyState, ErrorState, Loaded } from '../shell/states.tsx';

type Cell = KpiRows['rows'][number][number];
const numeric = new Set(['money', 'count', 'ratio', 'seconds', 'number', 'days', 'integer']);

/** How a cell of a kind reads. */
export function cellText(cell: Cell, kind: string, zone: string, style: (unit: string) => FigureStyle): string {
  if (cell === null) return '';
  // Money comes as an exact decimal text; without its point it is minor units.
  if (typeof cell === 'string' && kind === 'money')
    return exactFigure(Number(cell), style('money'), cell.replace('.', ''));
  if (typeof cell === 'number' && numeric.has(kind)) return exactFigure(cell, style(kind));
  if (typeof cell === 'string' && (kind === 'time' || kind === 'datetime')) return moment(cell, zone);
  return String(cell);
}

/** Columns in which at least one row says something; the others only take room. */
export function filledColumns(columns: KpiRows['columns'], rows: KpiRows['rows']) {
  return columns
    .map((column, index) => ({ column, index }))
    .filter(({ index }) => rows.some((row) => row[index] !== null && row[index] !== ''));
}

function RowCell({ cell, kind }: { cell: Cell; kind: string }) {
  const { brand } = useBrand();
  const { say } = useWords();
  const style = useFigureStyle();
  const text = cellText(cell, kind, brand.zone, style);
  if (kind === 'event') return <span className="nowrap">{eventName(say, text)}</span>;
  if (kind === 'person' && text !== '') {
    return (
      <Link to="/people/$personId" params={{ personId: text }} search={{}} className="nowrap">
        {shortId(text)}
      </Link>
    );
  }
  return (
    <span className="nowrap" title={text}>
      {shortId(text)}
    </span>
  );
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
  const { say, both } = useWords();
  const pages = useInfiniteQuery({
    queryKey: ['rows', brand.id, kpi.id, query],
    queryFn: ({ pageParam, signal }) =>
      api.rows(kpi.id, { ...query, ...(pageParam ? { cursor: pageParam } : {}) }, signal),
    initialPageParam: '',
    getNextPageParam: (page: KpiRows) => page.next ?? undefined,
  });
  const columns = pages.data?.pages[0]?.columns ?? [];
  const rows = pages.data?.pages.flatMap((page) => page.rows) ?? [];
  const save = () =>
    downloadCsv(
      `${kpi.id}-rows-${query.from}-${query.to}.csv`,
      columns.map((column) => column.id),
      rows,
    );
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
              columns={filledColumns(columns, rows).map(({ column, index }) => ({
                title: both(column.nameEn, column.nameZh),
                align: numeric.has(column.kind) ? ('right' as const) : ('left' as const),
                render: (_: unknown, row: { cells: Cell[] }) => (
                  <RowCell cell={row.cells[index] ?? null} kind={column.kind} />
                ),
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
