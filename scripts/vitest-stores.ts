import type { TestProject } from 'vitest/node';
import { startSharedStores } from '../apps/server/test/harness.ts';

type SharedStores = Awaited<ReturnType<typeof startSharedStores>>;

interface Holder {
  stores: Promise<SharedStores>;
  projects: number;
}

// Every project loads this module anew; they share the stores through the process that runs them all.
const key = Symbol.for('tandem.shared-stores');
const place: typeof globalThis & { [key]?: Holder } = globalThis;

/** Starts PostgreSQL and chDB for the first project that asks and stops them after the last. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  place[key] ??= { stores: startSharedStores(), projects: 0 };
  const holder = place[key];
  holder.projects += 1;
  const { postgresUrl, clickhouseUrl, stop } = await holder.stores;
  project.provide('postgresUrl', postgresUrl);
  project.provide('clickhouseUrl', clickhouseUrl);
  return async () => {
    holder.projects -= 1;
    if (holder.projects > 0) return;
    delete place[key];
    await stop();
  };
}
