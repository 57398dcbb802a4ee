import type { TimelineEntry } from '@tandem/server/schema/people';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import type { Static } from 'typebox';
import { useBrand } from '../access/brand-context.ts';
import { downloadCsv } from '../figures/csv.ts';
import { moment } from '../figures/date.ts';
import { exactFigure, whole } from '../figures/number.ts';
import { useWords, wordOf } from '../i18n/words.ts';
import { Panel } from '../shell/page.tsx';
import { EmptyState, Loaded } from '../shell/states.tsx';
import { strandColor } from '../theme.ts';
import { eventName, labelTexts } from './person-words.ts';

type Entry = Static<typeof TimelineEntry>;

function Line({ entry }: { entry: Entry }) {
  const { brand } = useBrand();
  const { say, language } = useWords();
  const money = { unit: 'money', currency: entry.currency ?? brand.currency, language };
  const facts = labelTexts(say, entry.labels);
  if (entry.quantity !== null && entry.quantity !== 1) {
    facts.push(say('person.quantity', { n: whole(entry.quantity, language) }));
  }
  return (
    <li>
      <span className="dot" style={{ background: strandColor(entry.strand) }} aria-hidden="true" />
      <span className="what">
        {eventName(say, entry.type)} <span className="faint">{facts.join(' · ')}</span>
        <br />
        <span className="when">
          {moment(entry.occurredAt, brand.zone)} · {wordOf(say, `strand.${entry.strand}`, entry.strand)}
        </span>
      </span>
      <span className="num">{entry.amount === null ? '' : exactFigure(entry.amount, money)}</span>
    </li>
  );
}

/** What a person did, newest first. */
export function TimelinePanel({ personId }: { personId: string }) {
  const { api, brand } = useBrand();
  const { say } = useWords();
  const pages = useInfiniteQuery({
    queryKey: ['timeline', brand.id, personId],
    queryFn: ({ pageParam }) => api.timeline(personId, { limit: 50, ...(pageParam ? { cursor: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const entries = pages.data?.pages.flatMap((page) => page.entries) ?? [];
  const save = () =>
    downloadCsv(
      `${personId}-timeline.csv`,
      ['occurred_at', 'type', 'strand', 'quantity', 'amount', 'currency', 'labels'],
      entries.map((one) => [
        one.occurredAt,
        one.type,
        one.strand,
        one.quantity,
        one.amount,
        one.currency,
        Object.entries(one.labels)
          .map(([kind, name]) => `${kind}=${name}`)
          .join(' '),
      ]),
    );
  return (
    <Panel
      title={say('person.timeline')}
      sentence={brand.zone}
      extra={
        entries.length > 0 && (
          <Button size="small" onClick={save}>
            {say('action.exportCsv')}
          </Button>
        )
      }
    >
      <Loaded query={pages} rows={8}>
        {() =>
          entries.length === 0 ? (
            <EmptyState compact title={say('person.noTimeline')} />
          ) : (
            <ul className="timeline">
              {entries.map((entry) => (
                <Line key={entry.id} entry={entry} />
              ))}
            </ul>
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
    </Panel>
  );
}
