import {
  createRootRoute,
  createRoute,
  createRouter,
  Link,
  lazyRouteComponent,
  Outlet,
  retainSearchParams,
} from '@tanstack/react-router';
import { Button } from 'antd';
import { isDay } from './figures/period.ts';
import { isLabTab } from './forecast/lab-tab.ts';
import { useWords } from './i18n/words.ts';
import { isGrain, isSplit } from './metrics/explorer-state.ts';
import { Layout } from './shell/layout.tsx';
import { EmptyState, LoadingState } from './shell/states.tsx';

type Search = Record<string, unknown>;

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
const day = (value: unknown) => (isDay(value) ? value : undefined);
const texts = (value: unknown) => {
  const list = (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string');
  return list.length > 0 ? list.slice(0, 8) : undefined;
};

/** Drops what is undefined, so that addresses stay short. */
function kept<T extends Search>(search: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(search).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function NotFound() {
  const { say } = useWords();
  return (
    <EmptyState
      title={say('state.notFound')}
      hint={say('state.notFoundHint')}
      actions={
        <Link to="/" search={{}}>
          {say('state.home')}
        </Link>
      }
    />
  );
}

function Crash(props: { error: unknown }) {
  const { say } = useWords();
  return (
    <EmptyState
      title={say('state.crash')}
      hint={
        <>
          {say('state.crashHint')}
          <pre className="code">{props.error instanceof Error ? props.error.message : String(props.error)}</pre>
        </>
      }
      actions={<Button onClick={() => location.reload()}>{say('state.reload')}</Button>}
    />
  );
}

const root = createRootRoute({
  component: Outlet,
  validateSearch: (search: Search) => kept({ brand: text(search.brand) }),
  search: { middlewares: [retainSearchParams(['brand'])] },
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Search) => kept({ next: text(search.next) }),
  component: lazyRouteComponent(() => import('./access/sign-in-page.tsx'), 'SignInPage'),
});

const link = createRoute({
  getParentRoute: () => root,
  path: '/link',
  validateSearch: (search: Search) => kept({ token: text(search.token) }),
  component: lazyRouteComponent(() => import('./access/link-page.tsx'), 'LinkPage'),
});

const app = createRoute({ getParentRoute: () => root, id: 'app', component: Layout });

const cockpit = createRoute({
  getParentRoute: () => app,
  path: '/',
  validateSearch: (search: Search) => kept({ from: day(search.from), to: day(search.to) }),
  component: lazyRouteComponent(() => import('./metrics/cockpit-page.tsx'), 'CockpitPage'),
});

const explorer = createRoute({
  getParentRoute: () => app,
  path: '/explorer',
  validateSearch: (search: Search) =>
    kept({
      kpi: text(search.kpi),
      grain: isGrain(search.grain) ? search.grain : undefined,
      by: isSplit(search.by) ? search.by : undefined,
      filter: texts(search.filter),
      from: day(search.from),
      to: day(search.to),
      compare: search.compare === true ? true : undefined,
    }),
  component: lazyRouteComponent(() => import('./metrics/explorer-page.tsx'), 'ExplorerPage'),
});

const targets = createRoute({
  getParentRoute: () => app,
  path: '/targets',
  validateSearch: (search: Search) => kept({ year: typeof search.year === 'number' ? search.year : undefined }),
  component: lazyRouteComponent(() => import('./metrics/targets-page.tsx'), 'TargetsPage'),
});

const model = createRoute({
  getParentRoute: () => app,
  path: '/model',
  validateSearch: (search: Search) =>
    kept({
      tab: isLabTab(search.tab) ? search.tab : undefined,
      model: text(search.model),
      version: typeof search.version === 'number' ? search.version : undefined,
      fit: text(search.fit),
    }),
  component: lazyRouteComponent(() => import('./forecast/lab-page.tsx'), 'LabPage'),
});

const imports = createRoute({
  getParentRoute: () => app,
  path: '/imports',
  component: lazyRouteComponent(() => import('./imports/imports-page.tsx'), 'ImportsPage'),
});

const newImport = createRoute({
  getParentRoute: () => app,
  path: '/imports/new',
  component: lazyRouteComponent(() => import('./imports/wizard-page.tsx'), 'WizardPage'),
});

const oneImport = createRoute({
  getParentRoute: () => app,
  path: '/imports/$importId',
  component: lazyRouteComponent(() => import('./imports/import-page.tsx'), 'ImportPage'),
});

const quality = createRoute({
  getParentRoute: () => app,
  path: '/quality',
  component: lazyRouteComponent(() => import('./data/quality-page.tsx'), 'QualityPage'),
});

const people = createRoute({
  getParentRoute: () => app,
  path: '/people',
  validateSearch: (search: Search) =>
    kept({ q: search.q === undefined ? undefined : String(search.q), tab: text(search.tab) }),
  component: lazyRouteComponent(() => import('./people/people-page.tsx'), 'PeoplePage'),
});

const person = createRoute({
  getParentRoute: () => app,
  path: '/people/$personId',
  component: lazyRouteComponent(() => import('./people/person-page.tsx'), 'PersonPage'),
});

const settings = createRoute({
  getParentRoute: () => app,
  path: '/settings',
  validateSearch: (search: Search) => kept({ tab: text(search.tab) }),
  component: lazyRouteComponent(() => import('./access/settings-page.tsx'), 'SettingsPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    link,
    app.addChildren([
      cockpit,
      explorer,
      targets,
      model,
      imports,
      newImport,
      oneImport,
      quality,
      people,
      person,
      settings,
    ]),
  ]),
  defaultPreload: 'intent',
  defaultPendingComponent: () => <LoadingState rows={8} />,
  defaultNotFoundComponent: NotFound,
  defaultErrorComponent: Crash,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
