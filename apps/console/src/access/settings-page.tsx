import { getRouteApi } from '@tanstack/react-router';
import { Tabs } from 'antd';
import { useWords } from '../i18n/words.ts';
import { Page } from '../shell/page.tsx';
import { AuditPanel } from './audit-panel.tsx';
import { useBrand } from './brand-context.ts';
import { BrandPanel } from './brand-panel.tsx';
import { KeysPanel } from './keys-panel.tsx';
import { StaffPanel } from './staff-panel.tsx';
import './access.css';

const route = getRouteApi('/app/settings');

/** The brand, its staff, its keys, and what was changed by whom. */
export function SettingsPage() {
  const { can } = useBrand();
  const { say } = useWords();
  const { tab } = route.useSearch();
  const navigate = route.useNavigate();
  const items = [
    { key: 'brand', label: say('settings.brand'), children: <BrandPanel /> },
    ...(can('staff.manage') ? [{ key: 'staff', label: say('settings.staff'), children: <StaffPanel /> }] : []),
    ...(can('keys.manage') ? [{ key: 'keys', label: say('settings.keys'), children: <KeysPanel /> }] : []),
    ...(can('audit.read') ? [{ key: 'audit', label: say('settings.audit'), children: <AuditPanel /> }] : []),
  ];
  return (
    <Page title={say('settings.title')} sentence={say('settings.sentence')}>
      <Tabs
        activeKey={items.some((item) => item.key === tab) ? (tab ?? 'brand') : 'brand'}
        onChange={(key) => void navigate({ search: { tab: key } })}
        items={items}
      />
    </Page>
  );
}
