import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import exceljs from 'exceljs';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BrandRow } from '#domains/access/index.ts';
import { type TestStores, testStores } from '../../../test/harness.ts';
import { eraseFromReports } from './erasure.ts';
import { type Bench, openBench, prepareDatabase, salesCsv, storedSales, workAndShow } from './imports-fixture.ts';
import type { Mapping } from './schema.ts';
import { startImport, writeReport } from './start.ts';

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

async function run(paths: string[], more: { dryRun?: boolean; mapping?: Mapping } = {}) {
  const files = paths.map((path) => ({ path }));
  return workAndShow(
    bench,
    await startImport(bench.deps, brand, { preset: 'test-sales', files, actor: 'test', ...more }),
  );
}

const stored = () => storedSales(test.db, brand.id);

describe('an import', () => {
  it('reads, writes and counts', async () => {
    bench.audited.length = 0;
    const done = await run([await bench.file('sales.csv', salesCsv(1_234))]);
    expect(done).toMatchObject({ state: 'done', read: 1_234, accepted: 1_234, duplicate: 0, rejected: 0, progress: 1 });
    expect(done).toMatchObject({ report: null, error: null, notes: [], actor: 'test', files: ['sales.csv'] });
    const total = Array.from({ length: 1_234 }, (_, i) => i * 100 + 50).reduce((a, b) => a + b, 0);
    expect(await stored()).toEqual({ count: 1_234, total });
    expect(bench.audited.map((note) => note.action)).toEqual(['import.started', 'import.done']);
  });

  it('changes nothing when a file comes twice', async () => {
    const path = await bench.file('twice.csv', salesCsv(350));
    await run([path]);
    const before = await stored();
    expect(await run([path])).toMatchObject({ state: 'done', read: 350, accepted: 0, duplicate: 350, rejected: 0 });
    expect(await stored()).toEqual(before);
    const both = await run([path, await bench.file('more.csv', salesCsv(20, 350))]);
    expect(both).toMatchObject({ read: 370, accepted: 20, duplicate: 350, files: ['twice.csv', 'more.csv'] });
  });

  it('reads packed, GBK and workbook files alike', async () => {
    brand = await test.newBrand({ currency: 'CNY', zone: 'Asia/Shanghai' });
    const packed = await bench.file('sales.csv.gz', gzipSync(salesCsv(120)));
    const chinese =
      '订单号,支付时间,金额,买家\n\t200001,2024/5/1 8:00,"￥1,234.50",张三\n\t200002,2024年5月2日,12.3万,李四\n';
    const gbk = await bench.file('gbk.csv', iconv.encode(chinese, 'gbk'));
    const done = await run([packed, gbk, await workbook()]);
    expect(done).toMatchObject({ state: 'done', read: 124, accepted: 124, rejected: 0 });
    const notes = Object.fromEntries(done.notes.map((note) => [note.code, note.count]));
    expect(notes).toEqual({ sheet_skipped: 1, summary_row: 1 });
    const plain = Array.from({ length: 120 }, (_, i) => i * 100 + 50).reduce((a, b) => a + b, 0);
    expect(await stored()).toEqual({ count: 124, total: plain + 123_450 + 12_300_000 + 500 + 725 });
  });

  it('writes nothing in a dry run and says what would happen', async () => {
    const path = await bench.file('dry.csv', `${salesCsv(250)}A1,2024-05-01,n/a?,1,x\n`);
    const dry = await run([path], { dryRun: true });
    expect(dry).toMatchObject({ state: 'done', dryRun: true, read: 251, accepted: 250, rejected: 1 });
    expect(dry.report).not.toBeNull();
    expect(await stored()).toEqual({ count: 0, total: 0 });
    await run([await bench.file('part.csv', salesCsv(100))]);
    expect(await run([path], { dryRun: true })).toMatchObject({ accepted: 150, duplicate: 100, rejected: 1 });
    expect((await stored()).count).toBe(100);
  });

  it('does long dry runs in parts and says so', async () => {
    const parts = { ...bench, deps: { ...bench.deps, limits: { chunkRows: 100, dryRunRows: 200 } } };
    const files = [{ path: await bench.file('parts.csv', salesCsv(450)) }];
    const started = await startImport(parts.deps, brand, { preset: 'test-sales', files, actor: 'test', dryRun: true });
    const dry = await workAndShow(parts, started);
    expect(dry).toMatchObject({ state: 'done', read: 450, accepted: 450 });
    expect(dry.notes).toMatchObject([{ code: 'dry_run_parts', count: 2 }]);
    expect((await stored()).count).toBe(0);
  });
});

async function workbook(): Promise<string> {
  const book = new exceljs.Workbook();
  const notes = book.addWorksheet('Notes');
  notes.addRow(['Exported by hand']);
  notes.addRow(['see the other sheet']);
  const sheet = book.addWorksheet('Sales');
  sheet.addRow(['Sales of May']);
  sheet.addRow(['Order No', 'Sold at', 'Amount']);
  sheet.addRow(['X1', new Date('2024-05-03T10:00:00Z'), 5]);
  sheet.addRow(['X2', new Date('2024-05-03T11:00:00Z'), 7.25]);
  sheet.addRow(['Total', null, 12.25]);
  const path = join(bench.folder, 'book.xlsx');
  await book.xlsx.writeFile(path);
  return path;
}

describe('bad rows', () => {
  const bad = [
    'Order No,Sold at,Amount,Quantity,Buyer',
    'B1,2024-05-01 10:00:00,10.00,1,good',
    'B2,2024-05-01 10:00:00,abc,1,"=HYPERLINK(""http://x"")"',
    'B3,not a time,10.00,1,x',
    ',2024-05-01 10:00:00,10.00,1,x',
    'B5,2024-05-01 10:00:00,10.00,many,kept without quantity',
    'B6,2024-05-01 10:00:00,10.00,1,x,moved,values',
    'BUG,2024-05-01 10:00:00,10.00,1,x',
    'B8,2024-05-01 10:00:00,20000000000.00,1,too much for the store',
    'B9,2024-05-01 10:00:00,€10.00,1,another currency',
    'SKIP,words,words,words,words',
    'Order No,Sold at,Amount,Quantity,Buyer',
    'Total,,60.00,,',
    'B12,2024-05-01 10:00:00,10.00,1,good',
  ].join('\n');

  it('are reported and never stop the rest', async () => {
    const done = await run([await bench.file('bad.csv', bad)]);
    expect(done).toMatchObject({ state: 'done', read: 10, accepted: 3, duplicate: 0, rejected: 7 });
    expect(Object.fromEntries(done.notes.map((note) => [note.code, note.count]))).toEqual({
      explanation_row: 1,
      header_row: 1,
      summary_row: 1,
      value_left_out: 1,
    });
    const path = join(bench.folder, 'report.csv');
    expect(await writeReport(bench.deps, brand.id, done.id, path)).toBe(true);
    const lines = (await readFile(path, 'utf8'))
      .replace(/^\ufeff/, '')
      .trim()
      .split('\r\n');
    const told = lines.slice(1).map((line) => line.split(','));
    expect(told.map(([file, line, , column, , what, code]) => [file, line, column, what, code])).toEqual([
      ['bad.csv', '3', 'Amount', 'row rejected', 'not_a_number'],
      ['bad.csv', '4', 'Sold at', 'row rejected', 'not_a_time'],
      ['bad.csv', '5', 'Order No', 'row rejected', 'required_missing'],
      ['bad.csv', '6', 'Quantity', 'value left out', 'not_a_number'],
      ['bad.csv', '7', '', 'row rejected', 'row_too_long'],
      ['bad.csv', '8', '', 'row rejected', 'preset_failed'],
      ['bad.csv', '9', '', 'row rejected', 'write_refused'],
      ['bad.csv', '10', 'Amount', 'row rejected', 'currency_mismatch'],
    ]);
    expect(lines[3]).toContain('The required column ""Order No"" is empty.');
    expect(lines[3]).toContain('必填列“Order No”为空。');
  });

  it('are those whose column is in another currency by its name', async () => {
    const path = await bench.file('yuan.csv', 'Order No,Sold at,Amount(元)\nY1,2024-05-01,12.50\n');
    expect(await run([path])).toMatchObject({ read: 1, rejected: 1 });
    brand = await test.newBrand({ currency: 'CNY' });
    expect(await run([path])).toMatchObject({ read: 1, accepted: 1 });
    expect(await stored()).toEqual({ count: 1, total: 1_250 });
  });

  it('cannot run a formula from the report', async () => {
    const done = await run([await bench.file('formula.csv', 'Order No,Sold at,Amount\nF1,2024-05-01,=1+1\n')]);
    expect(done).toMatchObject({ read: 1, rejected: 1 });
    const path = join(bench.folder, 'formula-report.csv');
    await writeReport(bench.deps, brand.id, done.id, path);
    expect(await readFile(path, 'utf8')).toMatch(/,'=1\+1,|,"'=1\+1",/);
  });

  it('fill a report of bounded length', async () => {
    const few = { ...bench, deps: { ...bench.deps, limits: { chunkRows: 100, reportRows: 40 } } };
    const rows = Array.from({ length: 300 }, (_, i) => `C${i},2024-05-01,${i % 3 === 0 ? 'bad' : '1.00'},x,b`);
    const files = [
      { path: await bench.file('many.csv', `Order No,Sold at,Amount,Quantity,Buyer\n${rows.join('\n')}\n`) },
    ];
    const started = await startImport(few.deps, brand, { preset: 'test-sales', files, actor: 'test' });
    const done = await workAndShow(few, started);
    expect(done).toMatchObject({ read: 300, accepted: 200, rejected: 100 });
    const notes = Object.fromEntries(done.notes.map((note) => [note.code, note.count]));
    expect(notes).toEqual({ value_left_out: 200, report_cut: 300 - 50 });
    const path = join(bench.folder, 'many-report.csv');
    await writeReport(bench.deps, brand.id, done.id, path);
    expect((await readFile(path, 'utf8')).trim().split('\r\n')).toHaveLength(1 + 40 + 10);
  });

  it('forget a person who is erased', async () => {
    const rows = ['P1,138 bad 13812345678,1.00', 'P2,never,2.00'];
    const done = await run([await bench.file('erase.csv', `Order No,Sold at,Amount\n${rows.join('\n')}\n`)]);
    const identifiers = [{ value: '+8613812345678' }, { value: '7' }];
    const changed = await test.db.system((tx) => eraseFromReports(tx, brand.id, brand.id, identifiers));
    expect(changed).toBe(1);
    const path = join(bench.folder, 'erased.csv');
    await writeReport(bench.deps, brand.id, done.id, path);
    const report = await readFile(path, 'utf8');
    expect(report).not.toContain('12345678');
    expect(report).toContain('(erased)');
    expect(report).toContain('never');
  });

  it('leave no report behind when there are none', async () => {
    const done = await run([await bench.file('good.csv', salesCsv(3))]);
    const path = join(bench.folder, 'none.csv');
    expect(await writeReport(bench.deps, brand.id, done.id, path)).toBe(false);
    await expect(access(path)).rejects.toThrow();
  });
});

describe('a mapping', () => {
  const other = 'Ref;When;Sum\n1;03/04/2024;1.234,50\n2;05/04/2024;2,00\n';

  it('reads a file of any other make', async () => {
    const path = await bench.file('other.csv', other);
    const fields = {
      orderNo: 'Ref',
      soldAt: { column: 'When', dateOrder: 'dmy' as const },
      amount: 'Sum',
      buyer: { constant: 'all' },
    };
    expect(await run([path], { mapping: fields })).toMatchObject({ state: 'done', read: 2, accepted: 2 });
    expect(await stored()).toEqual({ count: 2, total: 123_450 + 200 });
    expect(await run([path], { mapping: { fields, zone: 'Asia/Shanghai' } })).toMatchObject({ duplicate: 2 });
  });

  it.each<[unknown, RegExp]>([
    [{ orderNr: 'Ref' }, /orderNr/],
    [{ orderNo: 'Ref', soldAt: 'When', amount: 'Total' }, /"Total".*amount/],
    [{ orderNo: { column: 'Ref', decimal: ';' } }, /orderNo\.decimal/],
    [{ orderNo: { column: 'Ref', constant: 'x' } }, /orderNo/],
    [{ orderNo: 7 }, /orderNo/],
    [{ fields: { orderNo: 'Ref' }, zone: 'Mars' }, /zone/],
  ])('that is wrong is refused with the field: %j', async (mapping, message) => {
    const files = [{ path: await bench.file('other.csv', other) }];
    const wanted = { preset: 'test-sales', files, actor: 'test', mapping: mapping as Mapping };
    await expect(startImport(bench.deps, brand, wanted)).rejects.toMatchObject({
      code: 'import.mapping_invalid',
      message: expect.stringMatching(message),
    });
  });
});

describe('a file that is not for the preset', () => {
  const start = async (name: string, content: string | Buffer) =>
    startImport(bench.deps, brand, {
      preset: 'test-sales',
      files: [{ path: await bench.file(name, content) }],
      actor: 'test',
    });

  it('is refused with the columns it lacks and those it has', async () => {
    await expect(start('lacking.csv', 'Order No,Sold at,Colour\n1,2024-05-01,red\n')).rejects.toMatchObject({
      code: 'import.columns_missing',
      message: expect.stringMatching(/amount \(Amount \/ 金额\).*Order No, Sold at, Colour/),
    });
  });

  it('is refused when it is no table', async () => {
    await expect(start('page.csv', '<html><body>no</body></html>')).rejects.toMatchObject({
      code: 'import.file_unreadable',
      message: expect.stringContaining('page.csv'),
    });
    await expect(start('empty.csv', '')).rejects.toMatchObject({ code: 'import.file_unreadable' });
    const missing = { preset: 'test-sales', files: [{ path: '/nowhere/x.csv' }], actor: 'test' };
    await expect(startImport(bench.deps, brand, missing)).rejects.toMatchObject({ code: 'import.file_unreadable' });
    const unknown = { preset: 'nope', files: [], actor: 'test' };
    await expect(startImport(bench.deps, brand, unknown)).rejects.toMatchObject({ code: 'import.preset_unknown' });
  });

  it('keeps what was read before the damage', async () => {
    const whole = gzipSync(salesCsv(8_000));
    const damaged = await bench.file('cut.csv.gz', whole.subarray(0, Math.floor(whole.length * 0.7)));
    const done = await run([damaged]);
    expect(done).toMatchObject({ state: 'failed', error: { code: 'import.interrupted' }, rejected: 0 });
    expect(done.read).toBeGreaterThan(2_000);
    expect(done.error?.message).toContain(`${done.read} rows`);
    expect((await stored()).count).toBe(done.read);
  });
});
