import iconv from 'iconv-lite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BrandRow } from '#domains/access/index.ts';
import { type TestStores, testStores } from '../../../test/harness.ts';
import { type Bench, openBench, salesCsv, salesPreset } from './imports-fixture.ts';
import type { Preset } from './preset.ts';
import { previewFile } from './preview.ts';

let test: TestStores;
let bench: Bench;
let brand: BrandRow;

/** Another preset that could read the same orders, but knows fewer of their columns. */
const ledger = {
  ...salesPreset,
  id: 'test-ledger',
  columns: [
    { field: 'day', names: ['Sold at', 'Booked on'], kind: 'time', required: true, labelEn: 'Day', labelZh: '日期' },
    { field: 'sum', names: ['Amount'], kind: 'money', required: true, labelEn: 'Sum', labelZh: '合计' },
  ],
} as Preset;

beforeAll(async () => {
  test = await testStores();
  bench = await openBench(test.db, {}, [ledger]);
  brand = await test.newBrand();
});
afterAll(async () => {
  await bench.close();
  await test.close();
});

describe('a preview', () => {
  it('guesses the preset and the mapping and shows rows', async () => {
    const preview = await previewFile(bench.deps, brand, { path: await bench.file('sales.csv', salesCsv(50)) });
    expect(preview).toMatchObject({
      preset: 'test-sales',
      format: 'csv',
      encoding: 'utf-8',
      headerLine: 1,
      missing: [],
    });
    expect(preview.presetScores.map((one) => one.preset)).toEqual(['test-sales', 'test-ledger']);
    expect(preview.presetScores[0]!.score).toBe(1);
    expect(preview.mapping.find((one) => one.field === 'amount')).toMatchObject({
      column: 'Amount',
      confidence: 1,
      required: true,
    });
    expect(preview.sample).toHaveLength(10);
    expect(preview.sample[0]).toMatchObject({ 'Order No': 'A0', Amount: '0.50' });
    expect(preview.problems).toEqual([]);
  });

  it('shows what stands above the header and the first problems', async () => {
    const text = '2024年5月销售\n\n订单号,支付时间,金额(元),备注\n1,2024-05-01,12.50,a\n2,不详,3,b\n';
    const path = await bench.file('gbk.csv', iconv.encode(text, 'gbk'));
    const yuan = { ...brand, currency: 'CNY', zone: 'Asia/Shanghai' };
    const preview = await previewFile(bench.deps, yuan, { path });
    expect(preview).toMatchObject({
      preset: 'test-sales',
      encoding: 'gb18030',
      headerLine: 3,
      preamble: ['2024年5月销售'],
    });
    expect(preview.unusedColumns).toEqual(['备注']);
    expect(preview.mapping.find((one) => one.field === 'amount')).toMatchObject({
      column: '金额(元)',
      confidence: 0.9,
    });
    expect(preview.problems).toMatchObject([{ line: 5, column: '支付时间', value: '不详' }]);
    expect(preview.problems[0]!.reasonZh).toContain('不是日期或时间');
  });

  it('names what a chosen preset lacks and suggests columns', async () => {
    const path = await bench.file('near.csv', 'Order Number,Sold at date,Amount\n1,2024-05-01,3\n');
    const preview = await previewFile(bench.deps, brand, { path, preset: 'test-sales' });
    expect(preview.missing).toContain('orderNo');
    expect(preview.mapping.find((one) => one.field === 'orderNo')).toMatchObject({ column: null, confidence: 0 });
    const mapping = { orderNo: 'Order Number', soldAt: 'Sold at date' };
    const mapped = await previewFile(bench.deps, brand, { path, preset: 'test-sales', mapping });
    expect(mapped).toMatchObject({ missing: [], unusedColumns: [], problems: [] });
  });

  it('has no guess for a file of another kind', async () => {
    const path = await bench.file('other.csv', 'Name,Colour,Size\nBall,red,3\nBat,blue,5\n');
    const preview = await previewFile(bench.deps, brand, { path });
    expect(preview).toMatchObject({ preset: null, columns: ['Name', 'Colour', 'Size'], headerLine: 1, mapping: [] });
    expect(preview.sample[1]).toEqual({ Name: 'Bat', Colour: 'blue', Size: '5' });
  });

  it('says of a file that is no table why', async () => {
    const path = await bench.file('x.pdf', '%PDF-1.7 …');
    await expect(previewFile(bench.deps, brand, { path })).rejects.toMatchObject({
      code: 'import.file_unreadable',
      messageZh: expect.stringContaining('不是表格文件'),
    });
  });
});
