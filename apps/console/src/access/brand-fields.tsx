import { Form, Input, Select } from 'antd';
import { useMemo } from 'react';
import { useWords } from '../i18n/words.ts';
import { currencies, currencyName, zones } from './zones.ts';

export interface BrandForm {
  name: string;
  currency: string;
  zone: string;
}

export const newBrandDefaults: BrandForm = { name: '', currency: 'CNY', zone: 'Asia/Shanghai' };

/** Name, currency and time zone of a brand, inside an antd form. */
export function BrandFields(props: { autoFocus?: boolean }) {
  const { say, language } = useWords();
  const zoneOptions = useMemo(() => zones().map((zone) => ({ value: zone, label: zone })), []);
  return (
    <>
      <Form.Item
        name="name"
        label={say('setup.brand')}
        rules={[{ required: true, whitespace: true, max: 100, message: say('setup.brandNeeded') }]}
      >
        <Input maxLength={100} autoFocus={props.autoFocus ?? false} data-testid="brand-name" />
      </Form.Item>
      <div className="gate-pair">
        <Form.Item name="currency" label={say('setup.currency')}>
          <Select
            showSearch={{ optionFilterProp: 'label' }}
            options={currencies.map((code) => ({ value: code, label: currencyName(code, language) }))}
            popupMatchSelectWidth={220}
          />
        </Form.Item>
        <Form.Item name="zone" label={say('setup.zone')}>
          <Select showSearch options={zoneOptions} />
        </Form.Item>
      </div>
      <p className="faint" style={{ marginBottom: 16 }}>
        {say('setup.fixedLater')}
      </p>
    </>
  );
}
