import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BrandRow } from '#domains/access/index.ts';
import { type TestStores, testStores } from '../../../test/harness.ts';
import type { ImportDeps } from './deps.ts';
import { type Bench, openBench, prepareDatabase, salesCsv, storedSales, workAndShow } from './imports-fixture.ts';
import { cancelImport, importOf, startImport } from './start.ts';
import { shownImport } from './view.ts';
import { workImports } from './work.ts';

let test: TestStores;
let bench: Bench;
let brand: BrandRow;
const never = new AbortController().signal;

beforeAll(async () => {
  test = await testStores();
  await prepareDatabase(test.db, test.stores.postgresUrl);
  bench = await openBench(test.db);
});
afterAll(async () => {
  await bench.close();
  await test.close();
});
beforeEach(async () => {
  brand = await test.newBrand();
});

async function start(paths: string[], more: { dryRun?: boolean } = {}) {
  const files = paths.map((path) => ({ path }));
  return startImport(bench.deps, brand, { preset: 'test-sales', files, actor: 'test', ...more });
}

async function shown(id: string) {
  return shownImport(await importOf(bench.deps, brand.id, id));
}

/** Every tenth row is bad, every seventh repeats an order that another import has brought. */
function mixedCsv(count: number): string {
  const rows = salesCsv(count).trimEnd().split('\n');
  return `${rows.map((row, i) => (i > 0 && i % 10 === 0 ? row.replace(/2024-05-\d\d/, 'never') : row)).join('\n')}\n`;
}

/** Lets the pipeline answer for the first chunks, then does something else. */
function after(chunks: number, act: () => Promise<number>): ImportDeps {
  let asked = 0;
  return { ...bench.deps, pendingEvents: () => (++asked > chunks ? act() : Promise.resolve(0)) };
}

describe('an import that loses its store', () => {
  it('goes on at the last committed row with exact counts', async () => {
    const paths = [await bench.file('first.csv', mixedCsv(550)), await bench.file('second.csv', salesCsv(400, 1_000))];
    const started = await start(paths);
    const lost = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    await expect(
      workImports(
        after(2, () => Promise.reject(lost)),
        never,
      ),
    ).rejects.toThrow('ECONNRESET');
    const id = shownImport(started).id;
    expect(await shown(id)).toMatchObject({ state: 'running', read: 200, accepted: 180, rejected: 20 });
    await expect(
      workImports(
        after(5, () => Promise.reject(lost)),
        never,
      ),
    ).rejects.toThrow('ECONNRESET');
    expect(await shown(id)).toMatchObject({ state: 'running', read: 650 });
    const done = await workAndShow(bench, started);
    expect(done).toMatchObject({ state: 'done', read: 950, accepted: 895, duplicate: 0, rejected: 55 });
    expect((await storedSales(test.db, brand.id)).count).toBe(895);
    const record = await importOf(bench.deps, brand.id, id);
    expect(record.progress.problems).toBe(55);
  });

  it('stops in words when its file has changed meanwhile', async () => {
    const path = await bench.file('changing.csv', salesCsv(300));
    const started = await start([path]);
    const lost = Object.assign(new Error('terminated'), { code: '57P01' });
    await expect(
      workImports(
        after(1, () => Promise.reject(lost)),
        never,
      ),
    ).rejects.toThrow();
    await appendFile(path, 'A999,2024-05-01,1.00,1,x\n');
    const done = await workAndShow(bench, started);
    expect(done).toMatchObject({ state: 'failed', read: 100, error: { code: 'import.file_changed' } });
  });

  it('begins a dry run anew', async () => {
    const path = await bench.file('dry.csv', mixedCsv(4_000));
    const id = shownImport(await start([path], { dryRun: true })).id;
    const stop = new AbortController();
    const work = workImports(bench.deps, stop.signal);
    while ((await shown(id)).read < 100) await sleep(1);
    stop.abort();
    await work;
    const left = await shown(id);
    await workImports(bench.deps, never);
    expect(left).toMatchObject({ state: 'running', rejected: left.read / 10 });
    expect(await shown(id)).toMatchObject({ state: 'done', read: 4_000, accepted: 3_600, rejected: 400 });
    expect((await storedSales(test.db, brand.id)).count).toBe(0);
  });
});

describe('a server killed with -9', () => {
  it('loses and doubles nothing, whenever it dies', async () => {
    const path = await bench.file('killed.csv', mixedCsv(6_000));
    const started = await start([path]);
    const id = shownImport(started).id;
    const seen: number[] = [];
    for (const readAtDeath of [300, 1_500, 3_000]) {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'crash-fixture.ts'), test.stores.postgresUrl], {
        stdio: 'ignore',
        // What it leaves behind goes with the folder of the test.
        env: { ...process.env, TMPDIR: bench.folder },
      });
      seen.push(await killedAt(child, id, readAtDeath));
    }
    expect(seen[0]).toBeLessThan(6_000);
    expect((await shown(id)).state).toBe('running');
    await untilUnlocked(id);
    const done = await workAndShow(bench, started);
    expect(done).toMatchObject({ state: 'done', read: 6_000, accepted: 5_400, duplicate: 0, rejected: 600 });
    expect((await storedSales(test.db, brand.id)).count).toBe(5_400);
    expect((await importOf(bench.deps, brand.id, id)).progress.problems).toBe(600);
  });
});

async function killedAt(child: ChildProcess, id: string, read: number): Promise<number> {
  const exited = once(child, 'exit');
  for (let tries = 0; tries < 2_000 && child.exitCode === null; tries++) {
    if ((await shown(id)).read >= read) break;
    await sleep(10);
  }
  child.kill('SIGKILL');
  await exited;
  return (await shown(id)).read;
}

/** Postgres lets go of a dead process's locks as soon as it notices that the connection is closed. */
async function untilUnlocked(id: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const { rows } = await test.db.pool.query(
      "select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())",
    );
    if (rows.length === 0) return;
    await sleep(20);
  }
  throw new Error(`${id} is still locked`);
}

describe('cancelling', () => {
  it('ends an import that waits', async () => {
    const started = await start([await bench.file('waiting.csv', salesCsv(10))]);
    const cancelled = await cancelImport(bench.deps, brand.id, shownImport(started).id, 'someone');
    expect(shownImport(cancelled)).toMatchObject({ state: 'cancelled', read: 0, notes: [] });
    expect(await workAndShow(bench, started)).toMatchObject({ state: 'cancelled', read: 0 });
    await expect(cancelImport(bench.deps, brand.id, shownImport(started).id, 'x')).rejects.toMatchObject({
      code: 'import.not_cancellable',
    });
  });

  it.each([false, true])('stops a running one between chunks and says what stays (dry run: %s)', async (dryRun) => {
    const started = await start([await bench.file('long.csv', salesCsv(5_000))], { dryRun });
    const id = shownImport(started).id;
    const cancelNow = async () => {
      await cancelImport(bench.deps, brand.id, id, 'someone');
      return 0;
    };
    if (dryRun) void cancelWhenRead(id, 100);
    await workImports(dryRun ? bench.deps : after(3, cancelNow), never);
    const ended = await shown(id);
    expect(ended.state).toBe('cancelled');
    expect(ended.read).toBeLessThan(5_000);
    expect((await storedSales(test.db, brand.id)).count).toBe(dryRun ? 0 : 400);
    if (!dryRun) expect(ended.notes).toMatchObject([{ code: 'cancelled_after', count: 400 }]);
  });

  async function cancelWhenRead(id: string, read: number): Promise<void> {
    while ((await shown(id)).read < read) await sleep(1);
    await cancelImport(bench.deps, brand.id, id, 'someone');
  }
});

describe('bounds', () => {
  it('refuses more imports than may wait', async () => {
    const deps = { ...bench.deps, limits: { chunkRows: 100, openPerBrand: 2 } };
    const files = [{ path: await bench.file('queue.csv', salesCsv(5)) }];
    const wanted = { preset: 'test-sales', files, actor: 'test' };
    await startImport(deps, brand, wanted);
    await startImport(deps, brand, wanted);
    await expect(startImport(deps, brand, wanted)).rejects.toMatchObject({
      code: 'import.busy',
      params: { running: 2 },
    });
    await workImports(deps, never);
    await startImport(deps, brand, wanted);
    await workImports(deps, never);
  });

  it('runs as many at a time as there are places, and forgets none', async () => {
    const path = await bench.file('places.csv', salesCsv(300));
    const all = await Promise.all(Array.from({ length: 6 }, () => start([path])));
    let atWork = 0;
    let most = 0;
    const pendingEvents = async (): Promise<number> => {
      most = Math.max(most, ++atWork);
      await sleep(20);
      atWork--;
      return 0;
    };
    await Promise.all(Array.from({ length: 6 }, () => workImports({ ...bench.deps, pendingEvents }, never)));
    expect(most).toBe(2);
    const ended = await Promise.all(all.map((one) => shown(shownImport(one).id)));
    expect(ended.map((one) => one.state)).toEqual(Array.from({ length: 6 }, () => 'done'));
    expect(ended.reduce((sum, one) => sum + one.accepted, 0)).toBe(300);
  });

  it('waits while the pipeline is full', async () => {
    const started = await start([await bench.file('full.csv', salesCsv(200))]);
    let pending = 300_000;
    let asked = 0;
    const pendingEvents = async () => {
      asked++;
      return pending;
    };
    const work = workImports({ ...bench.deps, pendingEvents }, never);
    await sleep(500);
    expect(await shown(shownImport(started).id)).toMatchObject({ state: 'running', read: 0 });
    pending = 0;
    await work;
    expect(await shown(shownImport(started).id)).toMatchObject({ state: 'done', read: 200 });
    expect(asked).toBeGreaterThan(2);
  });
});
