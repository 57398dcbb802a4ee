import type { QuarantinedEvent, QuarantinePage, ReplayRequest } from '@tandem/server/schema/events';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Table, Tag } from 'antd';
import type { Static } from 'typebox';
import { useBrand } from '../access/brand-context.ts';
import { downloadCsv } from '../figures/csv.ts';
import { moment } from '../figures/date.ts';
import { whole } from '../figures/number.ts';
import { useWords, wordOf } from '../i18n/words.ts';
import { errorSentence } from '../shell/errors.ts';
import { Panel } from '../shell/page.tsx';
import { EmptyState, Loaded } from '../shell/states.tsx';

type Page = Static<typeof QuarantinePage>;

function useReplay() {
  const { api, brand } = useBrand();
  const { message } = App.useApp();
  const { say, language } = useWords();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (request: Static<typeof ReplayRequest>) => api.replay(request),
    onSuccess: async ({ replayed, stillQuarantined }) => {
      void message.info(
        say('quality.replayed', { replayed: whole(replayed, language), still: whole(stillQuarantined, language) }),
      );
      await queries.invalidateQueries({ queryKey: ['quarantine', brand.id] });
      await queries.invalidateQueries({ queryKey: ['pipeline', brand.id] });
    },
    onError: (error) => message.error(errorSentence(error, say, language)),
  });
}

function Reasons(props: { byCode: Page['byCode']; onReplay: (code: string) => void; busy: boolean }) {
  const { can } = useBrand();
  const { say, language } = useWords();
  return (
    <table className="plain-table reasons">
      <tbody>
        {props.byCode.map(({ code, count }) => (
          <tr key={code}>
            <td>{wordOf(say, `quarantine.${code}`, code)}</td>
            <td className="num">{whole(count, language)}</td>
            <td className="num">
              {can('events.manage') && (
                <Button size="small" disabled={props.busy} onClick={() => props.onReplay(code)}>
                  {say('quality.replayCode')}
                </Button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function EventsTable({ events }: { events: QuarantinedEvent[] }) {
  const { brand } = useBrand();
  const { say, both } = useWords();
  return (
    <Table
      size="small"
      rowKey="id"
      dataSource={events}
      pagination={false}
      scroll={{ x: 760, y: 360 }}
      expandable={{ expandedRowRender: (event) => <pre className="code">{JSON.stringify(event.body, null, 2)}</pre> }}
      columns={[
        {
          title: say('quality.receivedAt'),
          width: 170,
          render: (_, event) => <span className="nowrap">{moment(event.receivedAt, brand.zone)}</span>,
        },
        {
          title: say('quality.reason'),
          render: (_, event) => (
            <>
              <Tag>{wordOf(say, `quarantine.${event.code}`, event.code)}</Tag> {both(event.reason, event.reasonZh)}
            </>
          ),
        },
        {
          title: say('quality.source'),
          width: 120,
          render: (_, event) => wordOf(say, `source.${event.source.split(':')[0]}`, event.source),
        },
      ]}
    />
  );
}

/** Events that did not pass, why, and the way to try them again. */
export function QuarantinePanel() {
  const { api, brand, can } = useBrand();
  const { say } = useWords();
  const replay = useReplay();
  const pages = useInfiniteQuery({
    queryKey: ['quarantine', brand.id],
    queryFn: ({ pageParam }) => api.quarantine({ limit: 50, ...(pageParam ? { cursor: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: (page: Page) => page.next ?? undefined,
  });
  const events = pages.data?.pages.flatMap((page) => page.events) ?? [];
  const save = () =>
    downloadCsv(
      'quarantine.csv',
      ['id', 'received_at', 'source', 'code', 'reason', 'body'],
      events.map((one) => [one.id, one.receivedAt, one.source, one.code, one.reason, JSON.stringify(one.body)]),
    );
  return (
    <Panel
      title={say('quality.quarantine')}
      sentence={say('quality.quarantineSentence')}
      extra={
        events.length > 0 && (
          <>
            <Button size="small" onClick={save}>
              {say('action.exportCsv')}
            </Button>
            {can('events.manage') && (
              <Button size="small" type="primary" loading={replay.isPending} onClick={() => replay.mutate({})}>
                {say('quality.replay')}
              </Button>
            )}
          </>
        )
      }
    >
      <Loaded query={pages} rows={4}>
        {(data) =>
          events.length === 0 ? (
            <EmptyState compact title={say('quality.quarantineNone')} />
          ) : (
            <div className="stack">
              <Reasons
                byCode={data.pages[0]?.byCode ?? []}
                busy={replay.isPending}
                onReplay={(code) => replay.mutate({ code })}
              />
              <EventsTable events={events} />
              {pages.hasNextPage && (
                <div className="more">
                  <Button loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
                    {say('action.more')}
                  </Button>
                </div>
              )}
            </div>
          )
        }
      </Loaded>
    </Panel>
  );
}
