import { LogoutOutlined, MenuOutlined, UserOutlined } from '@ant-design/icons';
import { Button, Dropdown, Select, Tooltip } from 'antd';
import { useBrand } from '../access/brand-context.ts';
import { useSignOut } from '../access/session.ts';
import { chooseLanguage, useWords } from '../i18n/words.ts';
import { LagGauge } from './lag-gauge.tsx';

/** Switches between the two languages; also on the pages before sign-in. */
export function LanguageSwitch() {
  const { say, language } = useWords();
  return (
    <Button
      type="text"
      data-testid="lang-switch"
      aria-label={say('header.language')}
      onClick={() => chooseLanguage(language === 'en' ? 'zh-CN' : 'en')}
    >
      {say('header.languageShort')}
    </Button>
  );
}

/** A tag that cannot be missed on data that is not the brand's own business. */
export function DataLabel(props: { label: string }) {
  const { say } = useWords();
  if (props.label !== 'sample' && props.label !== 'simulated') return null;
  const sample = props.label === 'sample';
  return (
    <Tooltip title={say(sample ? 'label.sampleTip' : 'label.simulatedTip')}>
      <span className="data-label" data-testid="data-label">
        {say(sample ? 'label.sample' : 'label.simulated')}
      </span>
    </Tooltip>
  );
}

export function Header(props: { onMenu: () => void }) {
  const { me, brand, openBrand } = useBrand();
  const { say } = useWords();
  const signOut = useSignOut();
  return (
    <header className="top">
      <Button
        className="top-menu"
        type="text"
        icon={<MenuOutlined />}
        aria-label={say('nav.menu')}
        onClick={props.onMenu}
      />
      <Select
        className="top-brand"
        aria-label={say('header.brand')}
        data-testid="brand-switch"
        value={brand.id}
        onChange={openBrand}
        options={me.brands.map((one) => ({ value: one.id, label: one.name }))}
        popupMatchSelectWidth={260}
        variant="filled"
        showSearch={me.brands.length > 8 ? { optionFilterProp: 'label' } : false}
      />
      <DataLabel label={brand.label} />
      <span className="top-gap" />
      <LagGauge />
      <LanguageSwitch />
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            { key: 'who', label: me.user?.email ?? brand.name, disabled: true },
            { type: 'divider' },
            { key: 'out', icon: <LogoutOutlined />, label: say('header.signOut'), onClick: () => void signOut() },
          ],
        }}
      >
        <Button type="text" icon={<UserOutlined />} aria-label={say('header.account')} data-testid="account-menu" />
      </Dropdown>
    </header>
  );
}
