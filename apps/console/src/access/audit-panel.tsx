import type { AuditEntry } from '@tandem/server/schema/access';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, Table } from 'antd';
import type { AuditPage } from '../api.ts';
import { downloadCsv } from '../figures/csv.ts';
import { moment } from '../figures/date.ts';
import { shortId } from '../figures/id.ts';
import { useWords, wordOf } from '../i18n/words.ts';
import { Panel } from '../shell/page.tsx';
import { EmptyState, Loaded } from '../shell/states.tsx';
import { detailText } from './audit-words.ts';
import { useBrand } from './brand-context.ts';

function AuditTable({ entries }: { entries: AuditEntry[] }) {
  const { brand } = useBrand();
  const { say } = useWords();
  return (
    <Table
      size="small"
      rowKey="id"
      dataSource={entries}
      pagination={false}
      scroll={{ x: 860 }}
      columns={[
        {
          title: say('audit.at'),
          width: 170,
          render: (_, one) => <span className="nowrap">{moment(one.at, brand.zone)}</span>,
        },
        { title: say('audit.actor'), render: (_, one) => wordOf(say, `actor.${one.actor}`, one.actor) },
        { title: say('audit.action'), render: (_, one) => wordOf(say, `action.${one.action}`, one.action) },
        { title: say('audit.subject'), render: (_, one) => <span title={one.subject}>{shortId(one.subject)}</span> },
        {
          title: say('audit.detail'),
          ellipsis: true,
          width: 420,
          render: (_, one) => <span title={detailText(say, one.detail)}>{detailText(say, one.detail)}</span>,
        },
      ]}
    />
  );
}

/** Every change in the brand, newest first. */
export function AuditPanel() {
  const { api, brand } = useBrand();
  const { say } = useWords();
  const pages = useInfiniteQuery({
    queryKey: ['audit', brand.id],
    queryFn: ({ pageParam }) => api.audit({ limit: 100, ...(pageParam ? { cursor: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: (page: AuditPage) => page.next ?? undefined,
  });
  const entries = pages.data?.pages.flatMap((page) => page.entries) ?? [];
  const save = () =>
    downloadCsv(
      'audit.csv',
      ['at', 'actor', 'action', 'subject', 'detail'],
      entries.map((one) => [one.at, one.actor, one.action, one.subject, JSON.stringify(one.detail)]),
    );
  return (
    <Panel
      title={say('settings.audit')}
      sentence={brand.zone}
      extra={
        <Button size="small" onClick={save} disabled={entries.length === 0}>
          {say('action.exportCsv')}
        </Button>
      }
    >
      <Loaded query={pages} rows={6}>
        {() =>
          entries.length === 0 ? <EmptyState compact title={say('audit.none')} /> : <AuditTable entries={entries} />
        }
      </Loaded>
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
