import type { PersonSummary } from '@tandem/server/schema/people';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Button, Input, Table, Tabs } from 'antd';
import { useBrand } from '../access/brand-context.ts';
import { downloadCsv } from '../figures/csv.ts';
import { moment } from '../figures/date.ts';
import { whole } from '../figures/number.ts';
import { useWords } from '../i18n/words.ts';
import { Guard } from '../shell/layout.tsx';
import { Page, Panel } from '../shell/page.tsx';
import { EmptyState, Loaded } from '../shell/states.tsx';
import { CandidatesPanel, useCandidates } from './candidates-panel.tsx';
import { IdentifierTags } from './identifier-tags.tsx';
import { personName } from './person-words.ts';
import './people.css';

const route = getRouteApi('/app/people');

function PeopleTable({ people }: { people: PersonSummary[] }) {
  const { brand } = useBrand();
  const { say } = useWords();
  const time = (at: string) => <span className="nowrap">{moment(at, brand.zone, false)}</span>;
  return (
    <Table
      size="small"
      rowKey="id"
      dataSource={people}
      pagination={false}
      scroll={{ x: 720 }}
      columns={[
        {
          title: say('people.name'),
          render: (_, person) => (
            <Link to="/people/$personId" params={{ personId: person.id }} search={{}}>
              {personName(say, person)}
            </Link>
          ),
        },
        {
          title: say('people.identifiers'),
          render: (_, person) => <IdentifierTags identifiers={person.identifiers} limit={3} />,
        },
        { title: say('people.firstSeen'), dataIndex: 'firstSeenAt', render: time },
        { title: say('people.lastSeen'), dataIndex: 'lastSeenAt', render: time },
      ]}
    />
  );
}

function PeopleList({ q }: { q: string }) {
  const { api, brand } = useBrand();
  const { say, language } = useWords();
  const navigate = route.useNavigate();
  const pages = useInfiniteQuery({
    queryKey: ['people', brand.id, q],
    queryFn: ({ pageParam }) =>
      api.people({ limit: 50, ...(q ? { q } : {}), ...(pageParam ? { cursor: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const people = pages.data?.pages.flatMap((page) => page.people) ?? [];
  const total = pages.data?.pages[0]?.total ?? 0;
  const save = () =>
    downloadCsv(
      'people.csv',
      ['id', 'name', 'identifiers', 'first_seen', 'last_seen'],
      people.map((one) => [
        one.id,
        one.displayName,
        one.identifiers.map((id) => `${id.namespace}:${id.value}`).join(' '),
        one.firstSeenAt,
        one.lastSeenAt,
      ]),
    );
  return (
    <Panel
      extra={
        people.length > 0 && (
          <Button size="small" onClick={save}>
            {say('action.exportCsv')}
          </Button>
        )
      }
    >
      <div className="stack-8">
        <Input.Search
          className="people-search"
          defaultValue={q}
          key={q}
          allowClear
          placeholder={say('people.search')}
          aria-label={say('people.search')}
          onSearch={(text) => void navigate({ search: text.trim() ? { q: text.trim() } : {} })}
        />
        <Loaded query={pages} rows={8}>
          {() =>
            people.length === 0 ? (
              <EmptyState compact title={q ? say('people.noneFound', { q }) : say('people.none')} />
            ) : (
              <>
                <span className="faint" aria-live="polite">
                  {say(q ? 'people.found' : 'people.total', { n: whole(total, language) })}
                </span>
                <PeopleTable people={people} />
              </>
            )
          }
        </Loaded>
        {pages.hasNextPage && (
          <div className="more">
            <Button loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
              {say('action.more')}
            </Button>
          </div>
        )}
      </div>
    </Panel>
  );
}

function People() {
  const { say } = useWords();
  const { q, tab } = route.useSearch();
  const navigate = route.useNavigate();
  const waiting = useCandidates().data?.length ?? 0;
  return (
    <Page title={say('people.title')} sentence={say('people.sentence')}>
      <Tabs
        activeKey={tab === 'candidates' ? 'candidates' : 'list'}
        onChange={(key) => void navigate({ search: key === 'candidates' ? { tab: key } : {} })}
        items={[
          { key: 'list', label: say('people.list'), children: <PeopleList q={q ?? ''} /> },
          {
            key: 'candidates',
            label: waiting > 0 ? `${say('people.candidates')} (${waiting})` : say('people.candidates'),
            children: <CandidatesPanel />,
          },
        ]}
      />
    </Page>
  );
}

/** Everyone the brand knows, and the pairs that may be one person. */
export function PeoplePage() {
  return (
    <Guard needs="people.read">
      <People />
    </Guard>
  );
}
