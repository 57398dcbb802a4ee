import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import type { FastifyInstance } from 'fastify';
import { liveWorkers, startJobs } from '#adapters/jobs.ts';
import type { Deps } from '#deps.ts';
import {
  audit,
  brandById,
  type OneTimeLinks,
  oneTimeLinks,
  openStaffAuth,
  type StaffAuth,
} from '#domains/access/index.ts';
import { accessRoutes } from '#domains/access/routes.ts';
import { presets as commercePresets, forgetBuyer, ordersForExport } from '#domains/commerce/index.ts';
import { presets as communityPresets } from '#domains/community/index.ts';
import { presets as contentPresets } from '#domains/content/index.ts';
import {
  dataVersion,
  figuresChanged,
  forget,
  forgetQuarantined,
  openSpool,
  type Spool,
} from '#domains/events/index.ts';
import { eventRoutes } from '#domains/events/routes.ts';
import {
  type ForecastDeps,
  forecastCrontab,
  forecastRoutes,
  forecastTasks,
  readTemplates,
  wakeForecasts,
} from '#domains/forecast/index.ts';
import {
  eraseFromReports,
  type ImportDeps,
  importCrontab,
  importRoutes,
  importTasks,
  type Preset,
  wakeImports,
} from '#domains/imports/index.ts';
import { presets as livePresets } from '#domains/live/index.ts';
import { type MetricsDeps, resultCache } from '#domains/metrics/index.ts';
import { metricsRoutes } from '#domains/metrics/routes.ts';
import { presets as partnerPresets } from '#domains/partners/index.ts';
import { deliverOverrides, type ErasureDeps, type ExportDeps, type Names, runErasures } from '#domains/people/index.ts';
import { peopleRoutes } from '#domains/people/routes.ts';
import { type GuardedRoute, guardRoutes, headersOf } from '#http/access.ts';
import { healthRoutes } from '#http/health.ts';
import { httpServer, servePages } from '#http/server.ts';
import { type DrainerThread, startDrainerThread } from './drainer-thread.ts';
import { startRunThread } from './forecast-thread.ts';
import { nameSource } from './names.ts';
import { sampleRoutes } from './samples.ts';
import type { Stores } from './stores.ts';

/** Which work this process does: all of it, or one part of a deployment over several machines. */
export type ServerRole = 'all' | 'web' | 'live' | 'worker';

export interface AppOptions {
  stores: Stores;
  dataDir: string;
  role: ServerRole;
  /** Signs session cookies. */
  secret: string;
  /** Bearer token of commands on this machine. */
  localToken: string;
  log: Deps['log'];
  logger?: FastifyInstance['log'];
}

/** A running application. */
export interface App {
  http: FastifyInstance;
  /** Every route with who may call it; filled once the server is ready. */
  routes: readonly GuardedRoute[];
  links: OneTimeLinks;
  /** Resolves when everything recorded before the call can be queried. */
  drained(): Promise<void>;
  listen(port: number, host: string): Promise<AddressInfo>;
  close(): Promise<void>;
}

/** The version of Tandem, as its package has it. */
const manifest = createRequire(import.meta.url)('../package.json') as { version: string };

const presets: Preset[] = [commercePresets, livePresets, communityPresets, partnerPresets, contentPresets].flat();

/** Puts the parts together: the one place that knows every domain. What was started is stopped again if a part fails. */
export async function createApp(options: AppOptions): Promise<App> {
  const { stores, role, log, dataDir } = options;
  const deps: Deps = { db: stores.db, ch: stores.ch, now: Date.now, log, dataDir };
  const stops: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  try {
    const staff = openStaffAuth(stores.postgresUrl, options.secret);
    stops.push(() => staff.close());
    const links = oneTimeLinks(deps.now);
    const spool = openSpool(deps.db);
    stops.push(() => spool.close());
    const domains = await domainDeps(deps, spool);
    const http = await httpServer(options.logger);
    const routes = await addRoutes(http, { deps, domains, staff, links, spool, options });
    await http.ready();
    const drainer = role === 'all' || role === 'worker' ? await startWork(domains, spool, stores, stops) : undefined;
    stops.push(() => http.close());
    return {
      http,
      routes,
      links,
      drained: () => drainer?.drained() ?? Promise.resolve(),
      async listen(port, host) {
        await http.listen({ port, host });
        return http.server.address() as AddressInfo;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Starts what works in the background: the drainer of events and the jobs of all domains. */
async function startWork(
  domains: DomainDeps,
  spool: Spool,
  stores: Stores,
  stops: (() => Promise<void>)[],
): Promise<DrainerThread> {
  const { log } = domains;
  const drainer = startDrainerThread(stores, domains);
  stops.push(() => drainer.stop());
  spool.onCommit(drainer.wake);
  const jobs = await startJobs(stores.db.pool, {
    ...jobsOf(domains),
    processId: domains.processName,
    alone: stores.alone,
    concurrency: 6,
    log,
  });
  stops.push(() => jobs.stop());
  await wakeImports(domains);
  await wakeForecasts(domains);
  return drainer;
}

/** What each domain asks for beyond the common dependencies. */
type DomainDeps = Deps & ImportDeps & MetricsDeps & ForecastNeeds & ErasureDeps & ExportDeps & { names: Names };
type ForecastNeeds = Omit<ForecastDeps, 'limits'>;

async function domainDeps(deps: Deps, spool: Spool): Promise<DomainDeps> {
  const threads = availableParallelism();
  return {
    ...deps,
    audit,
    presets,
    names: nameSource(deps.db),
    pendingEvents: async () => spool.pending(),
    dataVersion: (brandId) => dataVersion(deps.db, brandId),
    figuresChanged,
    cache: resultCache(),
    templates: await readTemplates(),
    appVersion: manifest.version,
    brandOf: (brandId) => deps.db.system((tx) => brandById(tx, brandId)),
    workers: () => liveWorkers(deps.db.pool),
    processName: randomUUID(),
    threads,
    startRun: (task, hooks) => startRunThread(task, hooks, threads),
    erasers: [
      eraseFromReports,
      (tx, brandId, _personId, _identifiers, orderIds) => forgetBuyer(tx, brandId, orderIds),
      (tx, brandId, _personId, identifiers) =>
        forgetQuarantined(
          tx,
          brandId,
          identifiers.map(({ value }) => value),
        ),
    ],
    personalData: [{ name: 'orders', read: (tx, brandId, { orderIds }) => ordersForExport(tx, brandId, orderIds) }],
  };
}

interface Parts {
  deps: Deps;
  domains: DomainDeps;
  staff: StaffAuth;
  links: OneTimeLinks;
  spool: Spool;
  options: AppOptions;
}

async function addRoutes(http: FastifyInstance, { deps, domains, staff, links, spool, options }: Parts) {
  const { callerOf, routes } = guardRoutes(http, { db: deps.db, staff, localToken: options.localToken, now: deps.now });
  const hasEvents = async (brandId: string) => (await dataVersion(deps.db, brandId)) > 0;
  await http.register(
    async (api) => {
      await api.register(healthRoutes({ stores: options.stores, role: options.role, spool }));
      await api.register(accessRoutes({ db: deps.db, staff, links, callerOf, headersOf, hasEvents }));
      await api.register(eventRoutes({ ...deps, spool }));
      await api.register(importRoutes(domains));
      await api.register(sampleRoutes({ ...domains, callerOf }));
      await api.register(metricsRoutes(domains));
      await api.register(forecastRoutes(domains));
      await api.register(peopleRoutes(domains));
    },
    { prefix: '/api/v1' },
  );
  await servePages(http);
  return routes;
}

/** The API's description (OpenAPI 3.1) as the routes give it; needs no store, because no request is served. */
export async function openApiDocument(): Promise<object> {
  const http = await httpServer(undefined);
  // Routes take their dependencies apart when they are registered and use them only when called.
  await addRoutes(http, { deps: {}, domains: {}, options: {} } as unknown as Parts);
  await http.ready();
  const document = http.swagger();
  await http.close();
  return document;
}

/** Background work of all domains, and when it is due. */
function jobsOf(domains: DomainDeps): { tasks: Parameters<typeof startJobs>[1]['tasks']; crontab: string } {
  return {
    tasks: {
      ...importTasks(domains),
      ...forecastTasks(domains),
      'events:forget': () => forget(domains.db, domains.now()),
      'people:deliver': async () => {
        await deliverOverrides(domains);
      },
      'people:erase': async () => {
        await runErasures(domains);
      },
    },
    crontab: [
      importCrontab,
      forecastCrontab,
      '*/5 * * * * events:forget ?max=3',
      '* * * * * people:deliver ?max=1',
      '* * * * * people:erase ?max=1',
    ].join('\n'),
  };
}
