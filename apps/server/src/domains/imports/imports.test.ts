import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BrandRow } from '#domains/access/index.ts';
import { type TestStores, testStores } from '../../../test/harness.ts';
import { type Bench, openBench, prepareDatabase, salesCsv, workAndShow } from './imports-fixture.ts';
import { cancelImport, startImport, writeReport } from './start.ts';
import { shownImport } from './view.ts';

let test: TestStores;
let bench: Bench;
let brand: BrandRow;

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

async function run(paths: string[], more: { dryRun?: boolean; mapping?: Record<string, string> } = {}) {
  const files = paths.map((path) => ({ path }));
  return workAndShow(bench, await startImport(bench.deps, brand, { preset: 'test-sales', files, actor: 'test', ...more }));
}

async function stored(): Promise<{ count: number; total: number }> {
  const { rows } = await test.db.brand(brand.id, (tx) =>
    sql<{ count: number; total: number }>`
      select count(*) as count, coalesce(sum(amount_minor), 0)::bigint as total
      from sales_test.sales where brand_id = ${brand.id}`.execute(tx),
  );
  return rows[0]!;
}

describe('an import', () => {
  it('reads, writes and counts', async () => {
    const done = await run([await bench.file('sales.csv', salesCsv(1_234))]);
    expect(done).toMatchObject({ state: 'done', read: 1_234, accepted: 1_234, duplicate: 0, rejected: 0, progress: 1 });
    expect(done).toMatchObject({ report: null, error: null, notes: [], actor: 'test' });
    const total = Array.from({ length: 1_234 }, (_, i) => i * 100 + 50).reduce((a, b) => a + b, 0);
    expect(await stored()).toEqual({ count: 1_234, total });
    expect(bench.audited.map((note) => note.action)).toEqual(['import.started', 'import.done']);
  });
});
