import {
  AimOutlined,
  ApiOutlined,
  DashboardOutlined,
  ExperimentOutlined,
  ImportOutlined,
  LineChartOutlined,
  SafetyCertificateOutlined,
  SettingOutlined,
  TeamOutlined,
} from '@ant-design/icons';
import { Link, Navigate, Outlet, useLocation } from '@tanstack/react-router';
import { Drawer } from 'antd';
import { type ReactNode, useState } from 'react';
import { BrandContext, type Permission, useBrand } from '../access/brand-context.ts';
import { NoBrandPage } from '../access/no-brand-page.tsx';
import { useBrandSession, useMe } from '../access/session.ts';
import { ApiError } from '../api.ts';
import { useWords, type WordKey } from '../i18n/words.ts';
import { Header } from './header.tsx';
import { Mark } from './mark.tsx';
import { EmptyState, ErrorState, LoadingState } from './states.tsx';

interface Place {
  to: '/' | '/explorer' | '/targets' | '/model' | '/people' | '/imports' | '/quality' | '/settings';
  word: WordKey;
  icon: ReactNode;
  needs?: Permission;
}

const places: Place[] = [
  { to: '/', word: 'nav.cockpit', icon: <DashboardOutlined />, needs: 'kpi.read' },
  { to: '/explorer', word: 'nav.explorer', icon: <LineChartOutlined />, needs: 'kpi.read' },
  { to: '/targets', word: 'nav.targets', icon: <AimOutlined />, needs: 'kpi.read' },
  { to: '/model', word: 'nav.model', icon: <ExperimentOutlined />, needs: 'forecast.read' },
  { to: '/people', word: 'nav.people', icon: <TeamOutlined />, needs: 'people.read' },
  { to: '/imports', word: 'nav.imports', icon: <ImportOutlined />, needs: 'imports.run' },
  { to: '/quality', word: 'nav.quality', icon: <SafetyCertificateOutlined />, needs: 'kpi.read' },
  { to: '/settings', word: 'nav.settings', icon: <SettingOutlined /> },
];

function Places(props: { onChosen?: () => void }) {
  const { can } = useBrand();
  const { say } = useWords();
  const { pathname } = useLocation();
  const open = (to: string) => (to === '/' ? pathname === '/' : pathname.startsWith(to));
  return (
    <nav className="places" aria-label={say('nav.menu')}>
      {places
        .filter((place) => !place.needs || can(place.needs))
        .map((place) => (
          <Link
            key={place.to}
            to={place.to}
            search={{}}
            className={open(place.to) ? 'place place-open' : 'place'}
            aria-current={open(place.to) ? 'page' : undefined}
            {...(props.onChosen ? { onClick: props.onChosen } : {})}
          >
            {place.icon}
            <span>{say(place.word)}</span>
          </Link>
        ))}
      <a className="place place-docs" href="/api/docs" target="_blank" rel="noreferrer">
        <ApiOutlined />
        <span>{say('nav.docs')}</span>
      </a>
    </nav>
  );
}

function Title() {
  const { say } = useWords();
  return (
    <div className="brandmark">
      <Mark />
      <span>{say('app.name')}</span>
    </div>
  );
}

/** Shows its children to those who may see them, and says so to the others. */
export function Guard(props: { needs: Permission; children: ReactNode }) {
  const { can } = useBrand();
  const { say } = useWords();
  if (can(props.needs)) return props.children;
  return <EmptyState title={say('state.forbidden')} hint={say('state.forbiddenHint')} />;
}

/** Everything behind sign-in: menu, header, the page. */
export function Layout() {
  const me = useMe();
  const session = useBrandSession();
  const { say } = useWords();
  const location = useLocation();
  const [menuOpen, setMenuOpen] = useState(false);
  if (me.isError) {
    if (me.error instanceof ApiError && me.error.status === 401) {
      // While the sign-in page loads, this one still stands under its address: sending it there again would never end.
      if (location.pathname === '/sign-in') return null;
      return <Navigate to="/sign-in" search={{ next: location.href }} replace />;
    }
    return (
      <main className="plain">
        <ErrorState error={me.error} onRetry={() => void me.refetch()} />
      </main>
    );
  }
  if (!me.data) {
    return (
      <main className="plain">
        <LoadingState rows={6} />
      </main>
    );
  }
  if (!session) return <NoBrandPage />;
  return (
    <BrandContext value={session}>
      <a className="skip" href="#content">
        {say('app.skip')}
      </a>
      <div className="frame">
        <aside className="side">
          <Title />
          <Places />
        </aside>
        <Drawer open={menuOpen} onClose={() => setMenuOpen(false)} placement="left" size={260} title={<Title />}>
          <Places onChosen={() => setMenuOpen(false)} />
        </Drawer>
        <div className="body">
          <Header onMenu={() => setMenuOpen(true)} />
          <main id="content" tabIndex={-1} key={session.brand.id}>
            <Outlet />
          </main>
        </div>
      </div>
    </BrandContext>
  );
}
