import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createClient } from '@clickhouse/client';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRunningServer } from './data-folder.ts';

const FIXTURE = fileURLToPath(new URL('./parent.fixture.ts', import.meta.url));
const ORDINARY_UID = 1000;
const isRoot = process.getuid?.() === 0;

interface Facts {
  readonly pid: number;
  readonly uid: number;
  readonly postgres: { readonly url: string; readonly pid: number };
  readonly clickhouse: { readonly url: string; readonly pid: number };
  readonly readyMs: { readonly postgres: number; readonly clickhouse: number };
}

let base: string;
let parents: ChildProcess[];

beforeEach(async () => {
  parents = [];
  base = await mkdtemp(join(tmpdir(), 'tandem-tree-'));
});

afterEach(async () => {
  for (const parent of parents) if (parent.exitCode === null) parent.kill('SIGTERM');
  await Promise.all(parents.map((p) => p.exitCode === null && p.signalCode === null && once(p, 'exit')));
  await rm(base, { recursive: true, force: true });
});

describe('the process tree of a server', () => {
  it('leaves nothing behind when its parent is killed, and starts again on the same folder', { timeout: 40_000 }, () =>
    killAndStartAgain([], join(base, 'data')),
  );

  it('does the same as an ordinary user', { timeout: 40_000 }, async () => {
    const dir = join(base, 'home');
    await mkdir(dir, { mode: 0o700 });
    const uid = await killAndStartAgain(await asOrdinaryUser(dir), join(dir, 'data'));
    expect(uid).not.toBe(0);
  });

  it('works in a folder that only its owner may enter', { timeout: 40_000 }, async () => {
    const home = join(base, 'closed');
    await mkdir(home);
    await chmod(home, 0o700);
    const facts = await startParent([], join(home, 'a', 'b'));
    expect(await rowsOf(facts)).toEqual({ postgres: 0, clickhouse: 0 });
  });
});

async function killAndStartAgain(prefix: readonly string[], dataDir: string): Promise<number> {
  const first = await startParent(prefix, dataDir);
  await writeRows(first);
  expect(await readRunningServer(dataDir)).toMatchObject({ pid: first.pid, port: 12_345, token: 'local' });
  expect(livingIn(dataDir).length).toBeGreaterThan(5);
  process.kill(first.pid, 'SIGKILL');
  const killedAt = performance.now();
  while (livingIn(dataDir).length > 0 && performance.now() - killedAt < 5_000) await sleep(20);
  expect(performance.now() - killedAt).toBeLessThan(2_000);
  expect(await readRunningServer(dataDir)).toBeUndefined();

  const second = await startParent(prefix, dataDir);
  expect(await rowsOf(second)).toEqual({ postgres: 1, clickhouse: 1 });
  process.kill(second.pid, 'SIGTERM');
  const stoppedAt = performance.now();
  while (livingIn(dataDir).length > 0 && performance.now() - stoppedAt < 10_000) await sleep(20);
  expect(performance.now() - stoppedAt).toBeLessThan(5_000);
  return second.uid;
}

/** Really another uid where that one can reach the checkout, else a namespace in which the uid is an ordinary one. */
async function asOrdinaryUser(dir: string): Promise<string[]> {
  if (!isRoot) return [];
  const switched = ['setpriv', `--reuid=${ORDINARY_UID}`, `--regid=${ORDINARY_UID}`, '--clear-groups', '--'];
  await chmod(base, 0o755);
  const [command = '', ...args] = switched;
  if (spawnSync(command, [...args, 'test', '-r', FIXTURE]).status === 0) {
    await chown(dir, ORDINARY_UID, ORDINARY_UID);
    return switched;
  }
  return ['unshare', '--user', `--map-user=${ORDINARY_UID}`, `--map-group=${ORDINARY_UID}`, '--'];
}

async function startParent(prefix: readonly string[], dataDir: string): Promise<Facts> {
  const [command = process.execPath, ...args] = [...prefix, process.execPath, FIXTURE, dataDir];
  const parent = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  parents.push(parent);
  const lines = createInterface({ input: parent.stdout });
  const line = await Promise.race([once(lines, 'line'), once(parent, 'exit').then(() => ['{}'])]);
  const facts: Facts = JSON.parse(line[0]);
  expect(facts.pid).toBe(parent.pid);
  return facts;
}

async function writeRows(facts: Facts): Promise<void> {
  const client = new pg.Client(facts.postgres.url);
  await client.connect();
  await client.query('create table kept (id int)');
  await client.query('insert into kept values (1)');
  // The server takes this connection down, which must not end the test.
  client.on('error', () => undefined);
  const clickhouse = createClient({ url: facts.clickhouse.url, database: 'tandem' });
  await clickhouse.command({ query: 'create table kept (id UInt8) engine = MergeTree order by id' });
  await clickhouse.insert({ table: 'kept', values: [{ id: 1 }], format: 'JSONEachRow' });
  await clickhouse.close();
}

async function rowsOf(facts: Facts): Promise<{ postgres: number; clickhouse: number }> {
  const client = new pg.Client(facts.postgres.url);
  await client.connect();
  const there = await client.query(`select to_regclass('kept') is not null as there`);
  const kept = there.rows[0].there ? (await client.query('select id from kept')).rowCount : 0;
  await client.end();
  const clickhouse = createClient({ url: facts.clickhouse.url, database: 'tandem' });
  const tables = await clickhouse.query({ query: 'exists table kept', format: 'JSONEachRow' });
  const exists = (await tables.json<{ result: number }>())[0]?.result === 1;
  const count = exists
    ? await (await clickhouse.query({ query: 'select id from kept', format: 'JSONEachRow' })).json()
    : [];
  await clickhouse.close();
  return { postgres: kept ?? 0, clickhouse: count.length };
}

/** Pids of all processes that work inside the folder or were told it on their command line; zombies do not count. */
function livingIn(dataDir: string): number[] {
  if (process.platform !== 'linux') {
    const found = spawnSync('pgrep', ['-f', dataDir], { encoding: 'utf8' }).stdout;
    return found.split('\n').filter(Boolean).map(Number);
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.[0];
        if (state === 'Z' || pid === process.pid) return false;
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return command.includes(dataDir) || readlinkSync(`/proc/${pid}/cwd`).startsWith(dataDir);
      } catch {
        return false;
      }
    });
}
