import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeWorkerUtils } from 'graphile-worker';
import { sql } from 'kysely';
import type { Db, Tx } from '#adapters/postgres.ts';
import type { Uuid } from '#lib/id.ts';
import type { AuditNote, ImportDeps, ImportLimits } from './deps.ts';
import type { ImportRow, Preset, RowOutcome, WriteOutcome } from './preset.ts';
import { importOf, type startImport } from './start.ts';
import { shownImport } from './view.ts';
import { workImports } from './work.ts';

/** What the preset of these tests keeps of a row. */
export interface Sale {
  orderNo: string;
  line: number;
  occurrence: number;
  soldAtMs: number;
  amountMinor: bigint;
  buyer: string | null;
  note: string | null;
}

/** Database of the tests: the table of the test preset, and graphile-worker's own tables. */
export async function prepareDatabase(db: Db, postgresUrl: string): Promise<void> {
  const worker = await makeWorkerUtils({ connectionString: postgresUrl });
  await worker.migrate();
  await worker.release();
  await db.pool.query(`
    create schema if not exists sales_test;
    create table if not exists sales_test.sales (
      brand_id uuid, order_no text, occurrence integer, sold_at timestamptz, amount_minor bigint check (amount_minor < 1e12),
      buyer text, note text, primary key (brand_id, order_no, occurrence));
    grant usage on schema sales_test to tandem_app, tandem_system;
    grant select, insert on sales_test.sales to tandem_app, tandem_system;`);
}

/** A small preset as a domain would write it: one line of an order a row, lines that look alike are still lines. */
export const salesPreset: Preset<Sale> = {
  id: 'test-sales',
  nameEn: 'Sales of the tests',
  nameZh: '测试销售',
  columns: [
    {
      field: 'orderNo',
      names: ['Order No', '订单号'],
      kind: 'id',
      required: true,
      labelEn: 'Order',
      labelZh: '订单号',
    },
    { field: 'soldAt', names: ['Sold at', '支付时间'], kind: 'time', required: true, labelEn: 'Time', labelZh: '时间' },
    { field: 'amount', names: ['Amount', '金额'], kind: 'money', required: true, labelEn: 'Amount', labelZh: '金额' },
    { field: 'quantity', names: ['Quantity', '数量'], kind: 'integer', labelEn: 'Quantity', labelZh: '数量' },
    { field: 'buyer', names: ['Buyer', '买家'], kind: 'text', labelEn: 'Buyer', labelZh: '买家' },
  ],
  reader() {
    const seen = new Map<string, number>();
    return (row) => readSale(row, seen);
  },
  write: (tx, context, sales) => writeSales(tx, context.brand.id, sales),
};

function readSale(row: ImportRow, seen: Map<string, number>): RowOutcome<Sale> {
  const orderNo = row.text('orderNo');
  if (orderNo === 'SKIP') return { kind: 'skipped', code: 'explanation_row' };
  if (orderNo === 'BUG') throw new Error('a bug of the preset');
  const soldAtMs = row.timeMs('soldAt');
  const amountMinor = row.moneyMinor('amount');
  row.integer('quantity');
  if (orderNo === null || soldAtMs === null || amountMinor === null) {
    const empty = ['orderNo', 'soldAt', 'amount'].filter((field) => row.note(field) !== undefined);
    return { kind: 'rejected', problems: empty.map((field) => ({ field, code: 'required_missing' })) };
  }
  const occurrence = seen.get(orderNo) ?? 0;
  seen.set(orderNo, occurrence + 1);
  const buyer = row.text('buyer');
  return {
    kind: 'records',
    records: [{ orderNo, line: row.line, occurrence, soldAtMs, amountMinor, buyer, note: null }],
  };
}

async function writeSales(tx: Tx, brandId: Uuid, sales: readonly Sale[]): Promise<WriteOutcome[]> {
  const { rows } = await sql<{ key: string }>`
    insert into sales_test.sales (brand_id, order_no, occurrence, sold_at, amount_minor, buyer)
    select ${brandId}, o, n, to_timestamp(at / 1000.0), a, b from unnest(
      ${sales.map((one) => one.orderNo)}::text[], ${sales.map((one) => one.occurrence)}::integer[],
      ${sales.map((one) => one.soldAtMs)}::bigint[], ${sales.map((one) => one.amountMinor.toString())}::bigint[],
      ${sales.map((one) => one.buyer)}::text[]) as t (o, n, at, a, b)
    on conflict do nothing returning order_no || '/' || occurrence as key`.execute(tx);
  const written = new Set(rows.map((row) => row.key));
  return sales.map((one) => (written.delete(`${one.orderNo}/${one.occurrence}`) ? 'accepted' : 'duplicate'));
}

export interface Bench {
  deps: ImportDeps;
  audited: AuditNote[];
  folder: string;
  file(name: string, content: string | Buffer): Promise<string>;
  close(): Promise<void>;
}

/** Everything an import needs, on the given database. */
export async function openBench(db: Db, limits: Partial<ImportLimits> = {}, presets: Preset[] = []): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-imports-'));
  const audited: AuditNote[] = [];
  const deps: ImportDeps = {
    db,
    now: Date.now,
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    dataDir: folder,
    presets: [salesPreset as Preset, ...presets],
    pendingEvents: async () => 0,
    audit: async (_tx, _brandId, note) => {
      audited.push(note);
    },
    limits: { chunkRows: 100, ...limits },
  };
  return {
    deps,
    audited,
    folder,
    async file(name, content) {
      const path = join(folder, name);
      await writeFile(path, content);
      return path;
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Works all open imports and gives one of them as the API shows it. */
export async function workAndShow(bench: Bench, started: Awaited<ReturnType<typeof startImport>>) {
  await workImports(bench.deps, new AbortController().signal);
  return shownImport(await importOf(bench.deps, started.brandId, shownImport(started).id));
}

/** Rows of a file for the test preset. */
export function salesCsv(count: number, from = 0): string {
  const lines = ['Order No,Sold at,Amount,Quantity,Buyer'];
  for (let i = from; i < from + count; i++) {
    lines.push(
      `A${Math.floor(i / 2)},2024-05-${String(1 + (i % 28)).padStart(2, '0')} 10:00:00,${i}.50,${i % 7},buyer ${i % 11}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** What the test preset has stored of a brand. */
export async function storedSales(db: Db, brandId: Uuid): Promise<{ count: number; total: number }> {
  const { rows } = await db.brand(brandId, (tx) =>
    sql<{ count: number; total: number }>`
      select count(*) as count, coalesce(sum(amount_minor), 0)::bigint as total
      from sales_test.sales where brand_id = ${brandId}`.execute(tx),
  );
  return rows[0]!;
}
