import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestStores, testStores } from '../../../test/harness.ts';
import { importLimits } from './deps.ts';
import { type Bench, openBench, prepareDatabase, salesCsv, storedSales, workAndShow } from './imports-fixture.ts';
import { startImport } from './start.ts';

const rows = 200_000;

let test: TestStores;
let bench: Bench;

beforeAll(async () => {
  test = await testStores();
  await prepareDatabase(test.db, test.stores.postgresUrl);
  bench = await openBench(test.db, { chunkRows: importLimits.chunkRows });
});
afterAll(async () => {
  await bench.close();
  await test.close();
});

it(`imports ${rows} rows with little memory and without holding others up`, async () => {
  const brand = await test.newBrand();
  const files = [{ path: await bench.file('large.csv', salesCsv(rows)) }];
  const rssBefore = process.memoryUsage.rss();
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const startedMs = performance.now();
  const started = await startImport(bench.deps, brand, { preset: 'test-sales', files, actor: 'test' });
  const done = await workAndShow(bench, started);
  const tookMs = performance.now() - startedMs;
  delay.disable();
  const grownMiB = (process.memoryUsage.rss() - rssBefore) / 1024 ** 2;
  expect(done).toMatchObject({ state: 'done', read: rows, accepted: rows });
  expect((await storedSales(test.db, brand.id)).count).toBe(rows);
  console.info(
    `${rows} rows in ${Math.round(tookMs)} ms, ${Math.round(grownMiB)} MiB more, event loop p99 ${Math.round(delay.percentile(99) / 1e6)} ms`,
  );
  expect(tookMs).toBeLessThan(50_000);
  expect(grownMiB).toBeLessThan(600);
  expect(delay.percentile(99) / 1e6).toBeLessThan(500);
});
