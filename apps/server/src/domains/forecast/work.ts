import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import type { Uuid } from '#lib/id.ts';
import { type ForecastDeps, limitsOf } from './deps.ts';
import { closeCancelled, listOpenRuns } from './run-store.ts';
import { workRun } from './run-work.ts';

/**
 * Works open runs one after the other, while one of the installation's places is free. Places and runs are held by
 * advisory locks of one connection, so that they are free again when the process dies.
 */
export async function workForecasts(deps: ForecastDeps, signal: AbortSignal): Promise<void> {
  const client = await deps.db.connect();
  client.on('error', () => undefined);
  try {
    await deps.db.system((tx) => closeCancelled(tx, deps.now() - 4 * limitsOf(deps).handOverMs));
    do {
      const place = await takePlace(deps, client);
      if (place === undefined) return;
      await workAll(deps, client, signal);
      await unlock(client, place);
      // A start that found all places taken counts on whoever held them to look once more.
    } while (!signal.aborted && (await anyWaiting(deps)));
  } finally {
    client.release(true);
  }
}

async function workAll(deps: ForecastDeps, client: PoolClient, signal: AbortSignal): Promise<void> {
  const done = new Set<Uuid>();
  while (!signal.aborted) {
    const open = await deps.db.system((tx) => listOpenRuns(tx));
    let worked = false;
    for (const { brandId, id } of open) {
      if (done.has(id) || !(await tryLock(client, lockName(id)))) continue;
      done.add(id);
      worked = true;
      await workRun(deps, brandId, id, signal);
      await unlock(client, lockName(id));
      break;
    }
    if (!worked) return;
  }
}

async function anyWaiting(deps: ForecastDeps): Promise<boolean> {
  await sleep(50);
  const open = await deps.db.system((tx) => listOpenRuns(tx));
  return open.some(({ state }) => state === 'waiting');
}

/** One of the installation's places. */
async function takePlace(deps: ForecastDeps, client: PoolClient): Promise<string | undefined> {
  for (let place = 1; place <= limitsOf(deps).running; place++) {
    const name = `tandem.forecast.place.${place}`;
    if (await tryLock(client, name)) return name;
  }
  return undefined;
}

function lockName(id: Uuid): string {
  return `tandem.forecast.${id}`;
}

async function tryLock(client: PoolClient, name: string): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(
    'select pg_try_advisory_lock(hashtextextended($1, 0)) as taken',
    [name],
  );
  return rows[0]?.taken === true;
}

async function unlock(client: PoolClient, name: string): Promise<void> {
  await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [name]);
}
