import type { ApiKey, CreatedApiKey, NewApiKey } from '@tandem/server/schema/access';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input, Modal, Popconfirm, Select, Table } from 'antd';
import { useState } from 'react';
import type { Static } from 'typebox';
import { moment } from '../figures/date.ts';
import { useWords } from '../i18n/words.ts';
import { errorSentence } from '../shell/errors.ts';
import { Panel } from '../shell/page.tsx';
import { EmptyState, Loaded } from '../shell/states.tsx';
import { ToneTag } from '../shell/tone-tag.tsx';
import { useBrand } from './brand-context.ts';
import { roleOptions } from './roles.ts';

type Created = Static<typeof CreatedApiKey>;

function AddModal(props: { open: boolean; onClose: () => void; onCreated: (key: Created) => void }) {
  const { api, brand } = useBrand();
  const { say, language } = useWords();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [form] = Form.useForm<Static<typeof NewApiKey>>();
  const add = useMutation({
    mutationFn: api.addKey,
    onSuccess: async (key) => {
      props.onClose();
      props.onCreated(key);
      await queries.invalidateQueries({ queryKey: ['keys', brand.id] });
    },
    onError: (error) => message.error(errorSentence(error, say, language)),
  });
  return (
    <Modal
      open={props.open}
      title={say('keys.add')}
      okText={say('keys.add')}
      onCancel={props.onClose}
      onOk={() => form.submit()}
      confirmLoading={add.isPending}
      destroyOnHidden
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ role: 'operator' }}
        onFinish={add.mutate}
      >
        <Form.Item
          name="name"
          label={say('keys.name')}
          rules={[{ required: true, whitespace: true, message: say('keys.nameNeeded') }]}
        >
          <Input maxLength={100} placeholder={say('keys.nameHint')} />
        </Form.Item>
        <Form.Item name="role" label={say('staff.role')}>
          <Select options={roleOptions(say)} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

function KeyOnce(props: { created: Created | null; onClose: () => void }) {
  const { say } = useWords();
  const { message } = App.useApp();
  const key = props.created?.key ?? '';
  const copy = async () => {
    await navigator.clipboard.writeText(key);
    void message.success(say('action.copied'));
  };
  return (
    <Modal
      open={props.created !== null}
      title={say('keys.createdTitle')}
      closable={false}
      mask={{ closable: false }}
      keyboard={false}
      footer={
        <Button type="primary" onClick={props.onClose}>
          {say('keys.stored')}
        </Button>
      }
    >
      <p>{say('keys.createdHint')}</p>
      <div className="key-once">
        <code data-testid="api-key">{key}</code>
        <Button onClick={() => void copy()}>{say('action.copy')}</Button>
      </div>
    </Modal>
  );
}

function KeysTable({ keys }: { keys: ApiKey[] }) {
  const { api, brand } = useBrand();
  const { say, language } = useWords();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: api.revokeKey,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['keys', brand.id] }),
    onError: (error) => message.error(errorSentence(error, say, language)),
  });
  return (
    <Table
      size="small"
      rowKey="id"
      dataSource={keys}
      pagination={false}
      scroll={{ x: 760 }}
      columns={[
        { title: say('keys.name'), dataIndex: 'name' },
        { title: say('staff.role'), render: (_, key) => say(`role.${key.role}`) },
        { title: say('keys.hint'), render: (_, key) => <code>…{key.hint}</code> },
        {
          title: say('keys.createdAt'),
          render: (_, key) => <span className="nowrap">{moment(key.createdAt, brand.zone, false)}</span>,
        },
        {
          title: say('keys.lastUsedAt'),
          render: (_, key) => (key.lastUsedAt ? moment(key.lastUsedAt, brand.zone, false) : say('keys.never')),
        },
        {
          title: say('keys.state'),
          render: (_, key) =>
            key.revokedAt ? (
              <ToneTag tone="plain">{say('keys.revoked')}</ToneTag>
            ) : (
              <ToneTag tone="ok">{say('keys.active')}</ToneTag>
            ),
        },
        {
          render: (_, key) =>
            key.revokedAt === null && (
              <Popconfirm title={say('keys.revokeAsk', { name: key.name })} onConfirm={() => revoke.mutate(key.id)}>
                <Button size="small" danger>
                  {say('keys.revoke')}
                </Button>
              </Popconfirm>
            ),
        },
      ]}
    />
  );
}

/** Keys for programs; the key itself is shown once. */
export function KeysPanel() {
  const { api, brand } = useBrand();
  const { say } = useWords();
  const [adding, setAdding] = useState(false);
  const [created, setCreated] = useState<Created | null>(null);
  const keys = useQuery({ queryKey: ['keys', brand.id], queryFn: async () => (await api.keys()).keys });
  return (
    <Panel
      title={say('settings.keys')}
      sentence={say('keys.sentence')}
      extra={
        <>
          <a href="/api/docs" target="_blank" rel="noreferrer">
            <Button>{say('nav.docs')}</Button>
          </a>
          <Button type="primary" onClick={() => setAdding(true)} data-testid="key-add">
            {say('keys.add')}
          </Button>
        </>
      }
    >
      <Loaded query={keys} rows={4}>
        {(list) => (list.length === 0 ? <EmptyState compact title={say('keys.none')} /> : <KeysTable keys={list} />)}
      </Loaded>
      <AddModal open={adding} onClose={() => setAdding(false)} onCreated={setCreated} />
      <KeyOnce created={created} onClose={() => setCreated(null)} />
    </Panel>
  );
}
