import type { Person } from '@tandem/server/schema/people';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input, Modal, Popconfirm } from 'antd';
import { useState } from 'react';
import { useBrand } from '../access/brand-context.ts';
import { moment } from '../figures/date.ts';
import { useWords, wordOf } from '../i18n/words.ts';
import { errorSentence } from '../shell/errors.ts';
import { Panel } from '../shell/page.tsx';

function useAfterMerge() {
  const { brand } = useBrand();
  const { message } = App.useApp();
  const queries = useQueryClient();
  return async (text: string) => {
    void message.success(text);
    for (const key of ['person', 'people', 'timeline', 'candidates']) {
      await queries.invalidateQueries({ queryKey: [key, brand.id] });
    }
  };
}

function MergeModal(props: { personId: string; open: boolean; onClose: () => void }) {
  const { api } = useBrand();
  const { say, language } = useWords();
  const { message } = App.useApp();
  const [form] = Form.useForm<{ from: string; reason: string }>();
  const after = useAfterMerge();
  const merge = useMutation({
    mutationFn: (values: { from: string; reason: string }) =>
      api.merge({ from: values.from.trim(), into: props.personId, reason: values.reason.trim() }),
    onSuccess: async () => {
      props.onClose();
      await after(say('person.merged'));
    },
    onError: (error) => message.error(errorSentence(error, say, language)),
  });
  return (
    <Modal
      open={props.open}
      onCancel={props.onClose}
      title={say('person.merge')}
      okText={say('person.merge')}
      confirmLoading={merge.isPending}
      onOk={() => form.submit()}
      destroyOnHidden
    >
      <p className="faint">{say('person.mergeHint')}</p>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={merge.mutate}>
        <Form.Item
          name="from"
          label={say('person.mergeFrom')}
          rules={[{ required: true, pattern: /^\s*per_\S+\s*$/, message: say('person.idNeeded') }]}
        >
          <Input placeholder="per_…" />
        </Form.Item>
        <Form.Item
          name="reason"
          label={say('person.mergeReason')}
          rules={[{ required: true, min: 3, whitespace: true, message: say('person.reasonShort') }]}
        >
          <Input maxLength={500} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

/** What was merged into this person, by which rule and by whom; each can be undone. */
export function MergesPanel({ person }: { person: Person }) {
  const { api, brand, can } = useBrand();
  const { say, language } = useWords();
  const { message } = App.useApp();
  const [merging, setMerging] = useState(false);
  const after = useAfterMerge();
  const undo = useMutation({
    mutationFn: api.undoMerge,
    onSuccess: () => after(say('person.undone')),
    onError: (error) => message.error(errorSentence(error, say, language)),
  });
  return (
    <Panel
      title={say('person.merges')}
      extra={
        can('people.manage') && (
          <Button size="small" onClick={() => setMerging(true)}>
            {say('person.merge')}
          </Button>
        )
      }
    >
      {person.merges.length === 0 && <p className="faint">{say('person.noMerges')}</p>}
      <ul className="merges">
        {person.merges.map((merge) => (
          <li key={merge.id}>
            <code>{say('person.mergeLine', { from: merge.from, into: merge.into })}</code>
            <div className="faint">
              {moment(merge.at, brand.zone)} · {wordOf(say, `rule.${merge.rule}`, merge.rule)} ·{' '}
              {wordOf(say, `actor.${merge.actor}`, merge.actor)}
              {merge.undoneAt && ` · ${say('person.undoneAt', { at: moment(merge.undoneAt, brand.zone) })}`}
            </div>
            {merge.reason !== '' && <div className="faint">{merge.reason}</div>}
            {can('people.manage') && merge.undoneAt === null && (
              <Popconfirm title={say('person.undoAsk')} onConfirm={() => undo.mutate(merge.id)}>
                <Button size="small" loading={undo.isPending && undo.variables === merge.id}>
                  {say('person.undo')}
                </Button>
              </Popconfirm>
            )}
          </li>
        ))}
      </ul>
      <MergeModal personId={person.id} open={merging} onClose={() => setMerging(false)} />
    </Panel>
  );
}
