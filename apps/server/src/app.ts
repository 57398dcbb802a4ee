import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { type Jobs, startJobs } from '#adapters/jobs.ts';
import type { Deps } from '#deps.ts';
import { openStaffAuth, type StaffAuth } from '#domains/access/index.ts';
import { type OneTimeLinks, oneTimeLinks } from '#domains/access/link.ts';
import { accessRoutes } from '#domains/access/routes.ts';
import { type Drainer, dataVersion, forget, openSpool, type Spool, startDrainer } from '#domains/events/index.ts';
import { eventRoutes } from '#domains/events/routes.ts';
import { guardRoutes, headersOf } from '#http/access.ts';
import { healthRoutes } from '#http/health.ts';
import { httpServer, servePages } from '#http/server.ts';
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
  links: OneTimeLinks;
  /** Resolves when everything recorded before the call can be queried. */
  drained(): Promise<void>;
  listen(port: number, host: string): Promise<AddressInfo>;
  close(): Promise<void>;
}

/** Puts the parts together: the one place that knows every domain. */
export async function createApp(options: AppOptions): Promise<App> {
  const { stores, role, log, dataDir } = options;
  const deps: Deps = { db: stores.db, ch: stores.ch, now: Date.now, log, dataDir };
  const staff = openStaffAuth(stores.postgresUrl, options.secret);
  const links = oneTimeLinks(deps.now);
  const spool = openSpool(deps.db);
  const works = role === 'all' || role === 'worker';
  const http = await httpServer(options.logger);
  await addRoutes(http, { deps, staff, links, spool, options });
  await http.ready();
  const drainer = works ? startDrainer(deps) : undefined;
  if (drainer) spool.onCommit(drainer.wake);
  const jobs = works ? await startJobs(stores.db.pool, tasksOf(deps), { alone: stores.alone, concurrency: 2, log }) : undefined;
  const timer = setInterval(() => forget(deps.db, deps.now()).catch((err) => log.warn({ err }, 'housekeeping failed')), 300_000);
  timer.unref();
  return {
    http,
    links,
    drained: () => drainer?.drained() ?? Promise.resolve(),
    async listen(port, host) {
      await http.listen({ port, host });
      return http.server.address() as AddressInfo;
    },
    close: () => closeAll(http, timer, { jobs, drainer, spool, staff }),
  };
}

interface Parts {
  deps: Deps;
  staff: StaffAuth;
  links: OneTimeLinks;
  spool: Spool;
  options: AppOptions;
}

async function addRoutes(http: FastifyInstance, { deps, staff, links, spool, options }: Parts): Promise<void> {
  const { callerOf } = guardRoutes(http, { db: deps.db, staff, localToken: options.localToken, now: deps.now });
  const hasEvents = async (brandId: string) => (await dataVersion(deps.db, brandId)) > 0;
  await http.register(
    async (api) => {
      await api.register(healthRoutes({ stores: options.stores, role: options.role, spool }));
      await api.register(accessRoutes({ db: deps.db, staff, links, callerOf, headersOf, hasEvents }));
      await api.register(eventRoutes({ ...deps, spool }));
    },
    { prefix: '/api/v1' },
  );
  await servePages(http);
}

function tasksOf(_deps: Deps) {
  return {};
}

async function closeAll(
  http: FastifyInstance,
  timer: NodeJS.Timeout,
  parts: { jobs: Jobs | undefined; drainer: Drainer | undefined; spool: Spool; staff: StaffAuth },
): Promise<void> {
  clearInterval(timer);
  await http.close();
  await parts.jobs?.stop();
  await parts.spool.close();
  await parts.drainer?.stop();
  await parts.staff.close();
}
