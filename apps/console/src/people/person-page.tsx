import type { Person } from '@tandem/server/schema/people';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { App, Button, Form, Input, Modal, Typography } from 'antd';
import { useState } from 'react';
import { useBrand, useFigureStyle } from '../access/brand-context.ts';
import { download } from '../figures/csv.ts';
import { moment } from '../figures/date.ts';
import { exactFigure, figure, whole } from '../figures/number.ts';
import { useWords } from '../i18n/words.ts';
import { errorSentence } from '../shell/errors.ts';
import { Guard } from '../shell/layout.tsx';
import { Page, Panel } from '../shell/page.tsx';
import { Loaded } from '../shell/states.tsx';
import { IdentifierTags } from './identifier-tags.tsx';
import { MergesPanel } from './merges-panel.tsx';
import { personName, traitText } from './person-words.ts';
import { TimelinePanel } from './timeline-panel.tsx';
import './people.css';

const route = getRouteApi('/app/people/$personId');

function EraseModal(props: { person: Person; open: boolean; onClose: () => void }) {
  const { api, brand } = useBrand();
  const { say, language } = useWords();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const navigate = route.useNavigate();
  const [form] = Form.useForm<{ reason: string }>();
  const erase = useMutation({
    mutationFn: ({ reason }: { reason: string }) => api.erasePerson(props.person.id, { reason: reason.trim() }),
    onSuccess: async (reply) => {
      void message.success(
        say('person.erased', {
          identifiers: whole(reply.identifiers, language),
          events: whole(reply.events, language),
        }),
      );
      queries.removeQueries({ queryKey: ['person', brand.id, props.person.id] });
      await queries.invalidateQueries({ queryKey: ['people', brand.id] });
      await navigate({ to: '/people', search: {} });
    },
    onError: (error) => message.error(errorSentence(error, say, language)),
  });
  return (
    <Modal
      open={props.open}
      onCancel={props.onClose}
      title={say('person.eraseTitle', { name: personName(say, props.person) })}
      okText={say('person.eraseDo')}
      okButtonProps={{ danger: true }}
      confirmLoading={erase.isPending}
      onOk={() => form.submit()}
      destroyOnHidden
    >
      <p>{say('person.eraseHint')}</p>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={erase.mutate}>
        <Form.Item
          name="reason"
          label={say('person.eraseReason')}
          rules={[{ required: true, min: 3, whitespace: true, message: say('person.reasonShort') }]}
        >
          <Input placeholder={say('person.eraseReasonHint')} maxLength={500} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

function Actions({ person }: { person: Person }) {
  const { api, can } = useBrand();
  const { say, language } = useWords();
  const { message } = App.useApp();
  const [erasing, setErasing] = useState(false);
  const save = useMutation({
    mutationFn: () => api.exportPerson(person.id),
    onSuccess: (data) =>
      download(`${person.id}.json`, new Blob([JSON.stringify(data, null, 2)], { type: 'application/json' })),
    onError: (error) => message.error(errorSentence(error, say, language)),
  });
  return (
    <>
      <Button loading={save.isPending} onClick={() => save.mutate()}>
        {say('person.export')}
      </Button>
      {can('people.erase') && (
        <Button danger onClick={() => setErasing(true)}>
          {say('person.erase')}
        </Button>
      )}
      <EraseModal person={person} open={erasing} onClose={() => setErasing(false)} />
    </>
  );
}

function Facts({ person }: { person: Person }) {
  const { brand } = useBrand();
  const { say, language } = useWords();
  const money = useFigureStyle()('money');
  const { totals } = person;
  return (
    <Panel>
      <dl className="person-facts">
        <div>
          <dt>{say('person.spend')}</dt>
          <dd title={exactFigure(totals.spend, money, totals.exactMinor)}>{figure(totals.spend, money)}</dd>
        </div>
        <div>
          <dt>{say('person.orders')}</dt>
          <dd>{whole(totals.orders, language)}</dd>
        </div>
        <div>
          <dt>{say('person.events')}</dt>
          <dd>{whole(totals.events, language)}</dd>
        </div>
        <div className="when">
          <dt>{say('people.firstSeen')}</dt>
          <dd>{moment(person.firstSeenAt, brand.zone)}</dd>
        </div>
        <div className="when">
          <dt>{say('people.lastSeen')}</dt>
          <dd>{moment(person.lastSeenAt, brand.zone)}</dd>
        </div>
      </dl>
    </Panel>
  );
}

function Traits({ traits }: { traits: Person['traits'] }) {
  const { say } = useWords();
  const entries = Object.entries(traits);
  return (
    <Panel title={say('person.traits')}>
      {entries.length === 0 ? (
        <p className="faint">{say('person.noTraits')}</p>
      ) : (
        <table className="plain-table">
          <tbody>
            {entries.map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{traitText(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

function PersonView({ person }: { person: Person }) {
  const { say } = useWords();
  return (
    <Page title={personName(say, person)} sentence={say('person.sentence')} action={<Actions person={person} />}>
      <Facts person={person} />
      <div className="person-grid">
        <div className="stack">
          <Panel title={say('people.identifiers')}>
            <div className="stack-8">
              <IdentifierTags identifiers={person.identifiers} />
              <Typography.Text copyable type="secondary">
                {person.id}
              </Typography.Text>
            </div>
          </Panel>
          <Traits traits={person.traits} />
          <MergesPanel person={person} />
        </div>
        <TimelinePanel personId={person.id} />
      </div>
    </Page>
  );
}

function PersonLoaded() {
  const { api, brand } = useBrand();
  const { say } = useWords();
  const { personId } = route.useParams();
  const person = useQuery({ queryKey: ['person', brand.id, personId], queryFn: () => api.person(personId) });
  if (person.data) return <PersonView person={person.data} />;
  return (
    <Page title={say('people.title')} sentence={say('person.sentence')}>
      <Link to="/people" search={{}}>
        ← {say('people.title')}
      </Link>
      <Loaded query={person} rows={8}>
        {() => null}
      </Loaded>
    </Page>
  );
}

/** One person: identifiers, traits, totals, timeline, merges; export and erasure. */
export function PersonPage() {
  return (
    <Guard needs="people.read">
      <PersonLoaded />
    </Guard>
  );
}
