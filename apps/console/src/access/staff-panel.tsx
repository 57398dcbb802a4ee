import type { NewStaff, Role, Staff } from '@tandem/server/schema/access';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input, Modal, Popconfirm, Select, Table, Tag } from 'antd';
import { useState } from 'react';
import type { Static } from 'typebox';
import { moment } from '../figures/date.ts';
import { useWords } from '../i18n/words.ts';
import { errorSentence } from '../shell/errors.ts';
import { Panel } from '../shell/page.tsx';
import { Loaded } from '../shell/states.tsx';
import { useBrand } from './brand-context.ts';
import { roleOptions } from './roles.ts';
import { meKey } from './session.ts';

function useStaffChange<T>(change: (input: T) => Promise<unknown>, done: (input: T) => string) {
  const { brand } = useBrand();
  const { say, language } = useWords();
  const { message } = App.useApp();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async (_, input) => {
      void message.success(done(input));
      await queries.invalidateQueries({ queryKey: ['staff', brand.id] });
      await queries.invalidateQueries({ queryKey: meKey });
    },
    onError: (error) => message.error(errorSentence(error, say, language)),
  });
}

interface StaffForm {
  email: string;
  name?: string;
  role: Role;
  password?: string;
}

/** What to send of the form: empty fields are left out. */
export function newStaffOf(form: StaffForm): Static<typeof NewStaff> {
  const name = form.name?.trim();
  return {
    email: form.email.trim(),
    role: form.role,
    ...(name ? { name } : {}),
    ...(form.password ? { password: form.password } : {}),
  };
}

function AddModal(props: { open: boolean; onClose: () => void }) {
  const { api } = useBrand();
  const { say } = useWords();
  const [form] = Form.useForm<StaffForm>();
  const add = useStaffChange(
    (values: StaffForm) => api.addStaff(newStaffOf(values)).then(props.onClose),
    (values) => say('staff.added', { email: values.email.trim() }),
  );
  return (
    <Modal
      open={props.open}
      title={say('staff.add')}
      okText={say('staff.add')}
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
          name="email"
          label={say('staff.email')}
          rules={[{ required: true, pattern: /^\s*[^\s@]+@[^\s@]+\s*$/, message: say('signIn.emailWrong') }]}
        >
          <Input inputMode="email" autoComplete="off" />
        </Form.Item>
        <Form.Item name="name" label={say('staff.name')}>
          <Input maxLength={100} autoComplete="off" />
        </Form.Item>
        <Form.Item name="role" label={say('staff.role')}>
          <Select
            options={roleOptions(say)}
            optionRender={(option) => (
              <span>
                {option.label} <span className="faint">{option.data.title}</span>
              </span>
            )}
          />
        </Form.Item>
        <Form.Item
          name="password"
          label={say('staff.password')}
          extra={say('staff.passwordHint')}
          rules={[{ min: 8, message: say('setup.passwordShort') }]}
        >
          <Input.Password autoComplete="new-password" maxLength={128} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

/** Who works in the brand, and as what. */
export function StaffPanel() {
  const { api, brand, me } = useBrand();
  const { say } = useWords();
  const [adding, setAdding] = useState(false);
  const staff = useQuery({ queryKey: ['staff', brand.id], queryFn: async () => (await api.staff()).staff });
  const change = useStaffChange(
    ({ userId, role }: { userId: string; role: Role }) => api.changeStaff(userId, { role }),
    () => say('staff.changed'),
  );
  const remove = useStaffChange(
    (one: Staff) => api.removeStaff(one.userId),
    (one) => say('staff.removed', { email: one.email }),
  );
  return (
    <Panel
      title={say('settings.staff')}
      extra={
        <Button type="primary" onClick={() => setAdding(true)}>
          {say('staff.add')}
        </Button>
      }
    >
      <Loaded query={staff} rows={4}>
        {(list) => (
          <Table
            size="small"
            rowKey="userId"
            dataSource={list}
            pagination={false}
            scroll={{ x: 640 }}
            columns={[
              {
                title: say('staff.name'),
                render: (_, one) => (
                  <span className="nowrap">
                    {one.name} {one.userId === me.user?.id && <Tag>{say('staff.you')}</Tag>}
                  </span>
                ),
              },
              { title: say('staff.email'), dataIndex: 'email' },
              {
                title: say('staff.role'),
                render: (_, one) => (
                  <Select
                    size="small"
                    className="role-select"
                    aria-label={`${say('staff.role')} ${one.email}`}
                    value={one.role}
                    options={roleOptions(say)}
                    onChange={(role) => change.mutate({ userId: one.userId, role })}
                  />
                ),
              },
              {
                title: say('staff.addedAt'),
                render: (_, one) => <span className="nowrap">{moment(one.addedAt, brand.zone, false)}</span>,
              },
              {
                render: (_, one) => (
                  <Popconfirm title={say('staff.removeAsk', { email: one.email })} onConfirm={() => remove.mutate(one)}>
                    <Button size="small" danger>
                      {say('staff.remove')}
                    </Button>
                  </Popconfirm>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      <AddModal open={adding} onClose={() => setAdding(false)} />
    </Panel>
  );
}
