import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Modal, Tag, Typography } from 'antd';
import { useState } from 'react';
import { account } from '../api.ts';
import { useWords, wordOf } from '../i18n/words.ts';
import { errorSentence } from '../shell/errors.ts';
import { DataLabel } from '../shell/header.tsx';
import { Panel } from '../shell/page.tsx';
import { ErrorState } from '../shell/states.tsx';
import { useBrand } from './brand-context.ts';
import { BrandFields, type BrandForm, newBrandDefaults } from './brand-fields.tsx';
import { meKey } from './session.ts';
import { currencyName } from './zones.ts';

function NewBrandModal(props: { open: boolean; onClose: () => void }) {
  const { openBrand } = useBrand();
  const { say, language } = useWords();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [form] = Form.useForm<BrandForm>();
  const add = useMutation({
    mutationFn: (values: BrandForm) => account.addBrand({ ...values, name: values.name.trim() }),
    onSuccess: async (brand) => {
      void message.success(say('brand.created', { name: brand.name }));
      await queries.invalidateQueries({ queryKey: meKey });
      props.onClose();
      openBrand(brand.id);
    },
    onError: (error) => message.error(errorSentence(error, say, language)),
  });
  return (
    <Modal
      open={props.open}
      title={say('brand.new')}
      okText={say('noBrand.create')}
      confirmLoading={add.isPending}
      onCancel={props.onClose}
      onOk={() => form.submit()}
      destroyOnHidden
    >
      <Form form={form} layout="vertical" requiredMark={false} initialValues={newBrandDefaults} onFinish={add.mutate}>
        <BrandFields autoFocus />
      </Form>
    </Modal>
  );
}

function BrandFacts() {
  const { brand } = useBrand();
  const { say, language } = useWords();
  return (
    <table className="plain-table settings-form">
      <tbody>
        <tr>
          <th scope="row">{say('brand.id')}</th>
          <td>
            <Typography.Text copyable>{brand.id}</Typography.Text>
          </td>
        </tr>
        <tr>
          <th scope="row">{say('brand.label')}</th>
          <td>{brand.label === 'real' ? <Tag>{say('brand.label.real')}</Tag> : <DataLabel label={brand.label} />}</td>
        </tr>
        <tr>
          <th scope="row">{say('setup.currency')}</th>
          <td>{currencyName(brand.currency, language)}</td>
        </tr>
        <tr>
          <th scope="row">{say('setup.zone')}</th>
          <td>{brand.zone}</td>
        </tr>
        <tr>
          <th scope="row">{say('staff.role')}</th>
          <td>{wordOf(say, `role.${brand.role}`, brand.role)}</td>
        </tr>
      </tbody>
    </table>
  );
}

export function BrandPanel() {
  const { api, brand, can, me } = useBrand();
  const { say } = useWords();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [adding, setAdding] = useState(false);
  const change = useMutation({
    mutationFn: async (form: BrandForm) => {
      // Only what changed: currency and zone are refused once there is data, also when they stay the same.
      const part = {
        ...(form.name.trim() !== brand.name ? { name: form.name.trim() } : {}),
        ...(form.currency !== brand.currency ? { currency: form.currency } : {}),
        ...(form.zone !== brand.zone ? { zone: form.zone } : {}),
      };
      if (Object.keys(part).length > 0) await api.changeBrand(part);
    },
    onSuccess: async () => {
      void message.success(say('brand.saved'));
      await queries.invalidateQueries({ queryKey: meKey });
    },
  });
  return (
    <Panel
      title={brand.name}
      extra={me.kind === 'session' && <Button onClick={() => setAdding(true)}>{say('brand.new')}</Button>}
    >
      <div className="stack">
        <BrandFacts />
        {can('brand.manage') && (
          <Form
            className="settings-form"
            layout="vertical"
            requiredMark={false}
            initialValues={{ name: brand.name, currency: brand.currency, zone: brand.zone }}
            onFinish={change.mutate}
          >
            {change.isError && <ErrorState error={change.error} />}
            <BrandFields />
            <Button type="primary" htmlType="submit" loading={change.isPending}>
              {say('action.save')}
            </Button>
          </Form>
        )}
      </div>
      <NewBrandModal open={adding} onClose={() => setAdding(false)} />
    </Panel>
  );
}
