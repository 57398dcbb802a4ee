import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import type { Db } from '#adapters/postgres.ts';
import type { Uuid } from '#lib/id.ts';

/** A piece of work that is kept in Postgres until it is done. */
export interface OpenWork {
  id: Uuid;
  brandId: Uuid;
  state: string;
}

export interface OpenWorkOptions<Work extends OpenWork> {
  /** Names the locks: `imports`, `forecast`. */
  name: string;
  /** Pieces that are worked on at the same time, in the whole installation. */
  places: number;
  /** What is not done yet, in the order in which it is taken. */
  list: () => Promise<Work[]>;
  work: (one: Work) => Promise<void>;
  signal: AbortSignal;
}

/**
 * Works what is open, one after the other, while one of the installation's few places is free. Places and pieces are held by
 * advisory locks of one connection, so that they are free again when the process dies.
 */
export async function workOpen<Work extends OpenWork>(
  db: Pick<Db, 'connect'>,
  options: OpenWorkOptions<Work>,
): Promise<void> {
  const client = await db.connect();
  client.on('error', () => undefined);
  try {
    do {
      const place = await takePlace(client, options);
      if (place === undefined) return;
      await workAll(client, options);
      await unlock(client, place);
      // A start that found all places taken counts on whoever held them to look once more.
    } while (!options.signal.aborted && (await anyWaiting(options)));
  } finally {
    client.release(true);
  }
}

async function workAll<Work extends OpenWork>(client: PoolClient, options: OpenWorkOptions<Work>): Promise<void> {
  const { name, list, work, signal } = options;
  const done = new Set<Uuid>();
  while (!signal.aborted) {
    let worked = false;
    for (const one of await list()) {
      const lock = `tandem.${name}.${one.id}`;
      if (done.has(one.id) || !(await tryLock(client, lock))) continue;
      done.add(one.id);
      worked = true;
      await work(one);
      await unlock(client, lock);
      break;
    }
    if (!worked) return;
  }
}

async function anyWaiting<Work extends OpenWork>({ list }: OpenWorkOptions<Work>): Promise<boolean> {
  await sleep(50);
  return (await list()).some(({ state }) => state === 'waiting');
}

async function takePlace<Work extends OpenWork>(
  client: PoolClient,
  { name, places }: OpenWorkOptions<Work>,
): Promise<string | undefined> {
  for (let place = 1; place <= places; place++) {
    const lock = `tandem.${name}.place.${place}`;
    if (await tryLock(client, lock)) return lock;
  }
  return undefined;
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
