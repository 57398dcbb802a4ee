import type { MergeCandidate, PersonSummary } from '@tandem/server/schema/people';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { App, Button } from 'antd';
import type { Static } from 'typebox';
import { useBrand } from '../access/brand-context.ts';
import { moment } from '../figures/date.ts';
import { useWords } from '../i18n/words.ts';
import { errorSentence } from '../shell/errors.ts';
import { Panel } from '../shell/page.tsx';
import { EmptyState, Loaded } from '../shell/states.tsx';
import { IdentifierTags } from './identifier-tags.tsx';
import { personName } from './person-words.ts';

type Candidate = Static<typeof MergeCandidate>;

/** Pairs of known people that share an identifier and wait for a decision. */
export function useCandidates() {
  const { api, brand, can } = useBrand();
  return useQuery({
    queryKey: ['candidates', brand.id],
    queryFn: async () => (await api.mergeCandidates()).candidates,
    enabled: can('people.read'),
  });
}

function Side({ person }: { person: PersonSummary }) {
  const { brand } = useBrand();
  const { say } = useWords();
  return (
    <div className="candidate-side">
      <Link to="/people/$personId" params={{ personId: person.id }} search={{}}>
        {personName(say, person)}
      </Link>
      <IdentifierTags identifiers={person.identifiers} limit={6} />
      <span className="faint">
        {say('people.lastSeen')} {moment(person.lastSeenAt, brand.zone, false)}
      </span>
    </div>
  );
}

function CandidateRow({ candidate }: { candidate: Candidate }) {
  const { api, brand, can } = useBrand();
  const { say, language } = useWords();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const over = async (text: string) => {
    void message.success(text);
    await queries.invalidateQueries({ queryKey: ['candidates', brand.id] });
    await queries.invalidateQueries({ queryKey: ['people', brand.id] });
  };
  const onError = (error: unknown) => void message.error(errorSentence(error, say, language));
  const merge = useMutation({
    mutationFn: () => api.merge({ from: candidate.b.id, into: candidate.a.id, reason: say('candidates.reason') }),
    onSuccess: () => over(say('person.merged')),
    onError,
  });
  const dismiss = useMutation({
    mutationFn: () => api.dismissCandidate(candidate.id),
    onSuccess: () => over(say('candidates.dismissed')),
    onError,
  });
  return (
    <div className="candidate">
      <Side person={candidate.a} />
      <Side person={candidate.b} />
      <div className="candidate-foot">
        <span>
          <span className="faint">{say('candidates.evidence')} </span>
          <IdentifierTags identifiers={candidate.evidence} />
        </span>
        {can('people.manage') && (
          <span className="wizard-bar">
            <span className="faint">{say('candidates.keep', { name: personName(say, candidate.a) })}</span>
            <Button size="small" loading={dismiss.isPending} onClick={() => dismiss.mutate()}>
              {say('candidates.dismiss')}
            </Button>
            <Button size="small" type="primary" loading={merge.isPending} onClick={() => merge.mutate()}>
              {say('candidates.merge')}
            </Button>
          </span>
        )}
      </div>
    </div>
  );
}

export function CandidatesPanel() {
  const { say } = useWords();
  const candidates = useCandidates();
  return (
    <Panel title={say('people.candidates')} sentence={say('candidates.sentence')}>
      <Loaded query={candidates} rows={4}>
        {(list) =>
          list.length === 0 ? (
            <EmptyState compact title={say('candidates.none')} />
          ) : (
            list.map((candidate) => <CandidateRow key={candidate.id} candidate={candidate} />)
          )
        }
      </Loaded>
    </Panel>
  );
}
