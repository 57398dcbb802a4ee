import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Cell, SourceRow } from './cells.ts';
import { columnReader, profileColumn } from './column-reader.ts';
import { type ColumnSpec, cellOf, cellsBeyond, mapColumns } from './columns.ts';
import { findHeader, findPairs, isSummaryRow, repeatsHeader } from './header.ts';
import { readMapping } from './mapping.ts';
import { comparableName, headerUnit } from './names.ts';
import { isReasonCode, REASON_CODES, reasonText } from './reasons.ts';
import { openRejectReport } from './report.ts';
import { timeOptions } from './timestamps.ts';

const time = timeOptions('Asia/Shanghai');
const spec = (field: string, kind: ColumnSpec['kind'], names: string[], required = false): ColumnSpec => ({
  field,
  kind,
  names,
  required,
  labelEn: field,
  labelZh: field,
});
const table = (...rows: Cell[][]): SourceRow[] => rows.map((cells, i) => ({ line: i + 1, cells }));

describe('header', () => {
  const live = [
    spec('title', 'text', ['Livestream'], true),
    spec('startedAt', 'time', ['Start time'], true),
    spec('seconds', 'duration', ['Duration']),
    spec('gross', 'money', ['Gross revenue']),
  ];

  it('finds the header of a TikTok live export below its period', () => {
    const rows: SourceRow[] = [
      { line: 1, cells: ['Date Range: 2024-05-01 ~ 2024-05-31'] },
      { line: 3, cells: ['Livestream', 'Start time', 'Duration (seconds)', 'Gross revenue', 'CTR'] },
      { line: 4, cells: ['Sale', '2024-05-01 20:00', '3600', 'Rp9.467.316', '3.2%'] },
    ];
    const header = findHeader(rows, live, time);
    expect(header).toMatchObject({
      index: 1,
      line: 3,
      dataIndex: 2,
      score: 1,
      explanations: [],
      preamble: ['Date Range: 2024-05-01 ~ 2024-05-31'],
    });
    expect(header?.period?.from.atMs).toBe(Date.UTC(2024, 3, 30, 16));
    expect(header?.matched).toEqual(['title', 'startedAt', 'seconds', 'gross']);
  });

  it('passes over the explanations of TikTok Shop orders and Douyin settlements, and over no data', () => {
    const orders = [
      spec('orderId', 'id', ['Order ID'], true),
      spec('status', 'text', ['Order Status']),
      spec('quantity', 'integer', ['Quantity']),
      spec('createdAt', 'time', ['Created Time']),
    ];
    const rows = table(
      ['Order ID', 'Order Status', 'Quantity', 'Created Time'],
      ['Platform unique order ID.', 'Current order status.', 'SKU sold quantity.', 'Order created time.'],
      ['576461413038785752', 'Completed', '1', '01/05/2024 20:00:00'],
    );
    expect(findHeader(rows, orders, time)).toMatchObject({ index: 0, dataIndex: 2 });
    expect(findHeader(table(rows[0]?.cells as Cell[], rows[2]?.cells as Cell[]), orders, time)).toMatchObject({
      dataIndex: 1,
    });
    const settlement = [spec('id', 'id', ['订单号'], true), spec('amount', 'money', ['结算金额'])];
    const explained = table(
      ['订单号', '结算金额（元）'],
      ['平台生成的唯一订单编号', '=收入-支出，单位为元'],
      ['\t6912345678901234567', '12.30'],
    );
    expect(findHeader(explained, settlement, time)).toMatchObject({ dataIndex: 2 });
    expect(findHeader(table(['订单号', '结算金额'], ['6912345678901234567', '-']), settlement, time)).toMatchObject({
      dataIndex: 1,
    });
  });

  it('does not take a title for the header, and finds none where there is none', () => {
    const rows = table(['Livestream report'], ['', ''], ['Livestream', 'Start time']);
    expect(findHeader(rows, live, time)?.index).toBe(2);
    expect(findHeader(table(['a', 'b'], ['1', '2']), live, time)).toBe(null);
  });

  it('knows totals, repeated headers and pairs', () => {
    expect(isSummaryRow({ line: 1, cells: ['', '合计', 5] })).toBe(true);
    expect(isSummaryRow({ line: 1, cells: ['Total recall', 5] })).toBe(false);
    expect(repeatsHeader({ line: 9, cells: ['Livestream', ' start time'] }, ['Livestream', 'Start time'])).toBe(true);
    const pairs = findPairs(
      table(['Livestream', 'Sale'], ['Start time', 'Gross revenue'], ['2024-05-01 20:00', 12]),
      live,
    );
    expect([...pairs]).toEqual([
      ['title', 'Sale'],
      ['startedAt', '2024-05-01 20:00'],
      ['gross', 12],
    ]);
  });
});

describe('columns', () => {
  const specs = [
    spec('orderId', 'id', ['主订单编号', '订单号'], true),
    spec('amount', 'money', ['订单应付金额'], true),
    spec('minutes', 'duration', ['直播时长']),
    spec('showUsers', 'integer', ['商品曝光人数(人数)']),
    spec('buyer', 'text', ['买家昵称']),
  ];

  it('maps by exact name, normalised name, and name without unit', () => {
    const map = mapColumns(
      ['\ufeff订单号', ' 订单应付金额（元）', '直播时长(min)', '商品曝光人数（人数）', '其他'],
      specs,
    );
    const how = Object.fromEntries([...map.matches].map(([field, match]) => [field, [match.indexes[0], match.how]]));
    expect(how).toEqual({
      orderId: [0, 'exact'],
      amount: [1, 'without_unit'],
      minutes: [2, 'without_unit'],
      showUsers: [3, 'normalised'],
    });
    expect(map.matches.get('minutes')?.unit).toEqual({ kind: 'duration', unit: 'min' });
    expect(map.unknown).toEqual([{ index: 4, column: '其他' }]);
    expect(map.missing).toEqual([]);
  });

  it('uses the filled one of two columns with the same name', () => {
    const rows = table(['', '1'], ['2', '3']).map((row) => ({ ...row, cells: ['', ...row.cells] as Cell[] }));
    const map = mapColumns(['订单号', '订单号', '订单号'], specs, rows);
    const match = map.matches.get('orderId');
    expect(match?.indexes).toEqual([1, 2, 0]);
    expect(map.duplicates).toEqual([{ column: '订单号', indexes: [1, 2, 0] }]);
    expect(match === undefined ? null : rows.map((row) => cellOf(row, match))).toEqual(['1', '2']);
  });

  it('says what is missing and suggests, but does not use, what is like it', () => {
    const map = mapColumns(['订单号', '订单实付金额', '买家的昵称'], specs);
    expect(map.missing).toEqual([
      { field: 'amount', names: ['订单应付金额'], suggestions: [expect.objectContaining({ column: '订单实付金额' })] },
    ]);
    expect(map.suggestions.get('buyer')?.[0]?.column).toBe('买家的昵称');
    const given = mapColumns(['订单号', '订单实付金额'], specs, [], new Map([['amount', '订单实付金额']]));
    expect(given.matches.get('amount')).toMatchObject({ how: 'given', indexes: [1] });
    expect(given.missing).toEqual([]);
  });

  it('counts cells beyond the header', () => {
    expect(cellsBeyond({ line: 2, cells: ['1', '2', '', 'x'] }, 2)).toBe(1);
    expect(cellsBeyond({ line: 2, cells: ['1', '2', ''] }, 2)).toBe(0);
  });

  it('reads names and their units', () => {
    expect(comparableName(' Ｏrder　ID：')).toBe('order id');
    expect(comparableName('直播时长 （min）')).toBe(comparableName('直播时长(MIN)'));
    expect(headerUnit('成交金额（万元）')).toEqual({
      base: '成交金额',
      unit: { kind: 'money', currency: 'CNY', shift: 4 },
    });
    expect(headerUnit('GMV (Rp)').unit).toEqual({ kind: 'money', currency: 'IDR', shift: 0 });
    expect(headerUnit('GMV (USD)').unit).toEqual({ kind: 'money', currency: 'USD', shift: 0 });
    expect(headerUnit('CTOR (SKU orders)')).toEqual({ base: 'CTOR (SKU orders)', unit: null });
    expect(headerUnit('点击率(%)').unit).toEqual({ kind: 'percent' });
    expect(headerUnit('曝光(次数)').unit).toBe(null);
  });

  it('reads a column by its header, its values and what the user says', () => {
    const context = { currency: 'IDR', zone: 'Asia/Jakarta' };
    const money = profileColumn({ kind: 'money' }, ['Rp9.467.316', 'Rp900'], context);
    expect(columnReader({ ...money, kind: 'money' }, context)('Rp1.500')).toMatchObject({ value: { minor: 150_000n } });
    const views = profileColumn({ kind: 'integer' }, ['1.234', '1.234.567'], context);
    expect(columnReader({ ...views, kind: 'integer' }, context)('1.000')).toMatchObject({ value: '1000' });
    const times = profileColumn({ kind: 'time' }, ['01/05/2024 20:00', '31/05/2024 20:00'], context);
    expect(columnReader({ ...times, kind: 'time' }, context)('01/05/2024 20:00')).toMatchObject({
      value: { atMs: Date.UTC(2024, 4, 1, 13) },
    });
    const open = profileColumn({ kind: 'time' }, ['01/05/2024'], context);
    expect(open.doubts).toEqual(['date_order']);
    const told = profileColumn({ kind: 'time' }, ['01/05/2024'], context, undefined, { dateOrder: 'mdy', zone: 'UTC' });
    expect(columnReader({ ...told, kind: 'time' }, context)('01/05/2024')).toMatchObject({
      value: { atMs: Date.UTC(2024, 0, 5) },
    });
    const minutes = profileColumn({ kind: 'duration' }, ['150'], context, { unit: { kind: 'duration', unit: 'min' } });
    expect(columnReader({ ...minutes, kind: 'duration' }, context)('2.5')).toMatchObject({ value: 150 });
    const share = profileColumn({ kind: 'percent' }, ['3.2'], context, { unit: { kind: 'percent' } });
    expect(columnReader({ ...share, kind: 'percent' }, context)('0.5')).toMatchObject({ value: '0.005' });
  });
});

describe('mapping files', () => {
  it('takes names, columns with options, and constants', () => {
    const mapping = readMapping({
      fields: {
        orderId: 'Order No.',
        amount: { column: 'Total', currency: 'USD', decimal: ',' },
        shop: { constant: 'main' },
      },
      zone: 'Asia/Shanghai',
      headerLine: 3,
    });
    expect(mapping.fields.get('orderId')).toEqual({ column: 'Order No.' });
    expect(mapping.fields.get('amount')).toEqual({ column: 'Total', currency: 'USD', decimal: ',' });
    expect(mapping).toMatchObject({ headerLine: 3, defaults: { zone: 'Asia/Shanghai' } });
  });

  it.each([
    [{}, 'fields'],
    [[], '(root)'],
    [{ fields: {} }, 'fields'],
    [{ fields: { a: 'x' }, colour: 1 }, 'colour'],
    [{ fields: { a: { column: 'x', zone: 'Mars' } } }, 'fields.a.zone'],
    [{ fields: { a: { column: 'x', constant: 'y' } } }, 'fields.a'],
    [{ fields: { a: {} } }, 'fields.a'],
    [{ fields: { a: { column: 'x', constructor: 1 } } }, 'fields.a.constructor'],
    [{ fields: { b: 'x' } }, 'fields.b'],
    [{ fields: { a: '' } }, 'fields.a'],
  ])('refuses %j at %s', (input, path) => {
    expect(() => readMapping(input, ['a'])).toThrow(
      expect.objectContaining({ code: 'mapping_invalid', detail: expect.objectContaining({ path }) }),
    );
  });
});

describe('reasons and report', () => {
  it('has every sentence in both languages with the same blanks', () => {
    const blanks = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
    for (const code of REASON_CODES) {
      expect([code, blanks(reasonText(code, 'zh'))]).toEqual([code, blanks(reasonText(code, 'en'))]);
      expect(reasonText(code, 'zh')).toMatch(/[\u4e00-\u9fff]/);
    }
    expect([isReasonCode('id_damaged'), isReasonCode('toString')]).toEqual([true, false]);
  });

  it('writes a bounded report that no spreadsheet runs', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'report-test-'));
    try {
      const report = openRejectReport(join(folder, 'rejected.csv'), { maxRows: 3 });
      for (const value of ['=HYPERLINK("x")', '-1+1', '一,二', 'beyond']) {
        await report.add({
          line: 7,
          sheet: '订单',
          column: '金额',
          value,
          code: 'not_a_number',
          reasonEn: 'no',
          reasonZh: '否',
        });
      }
      expect(await report.close()).toMatchObject({ written: 3, dropped: 1 });
      const text = await readFile(join(folder, 'rejected.csv'), 'utf8');
      expect(text.startsWith('\ufefffile,sheet,line,column,value,code,reason,原因\r\n')).toBe(true);
      expect(text).toContain(`"'=HYPERLINK(""x"")"`);
      expect(text).toContain(`'-1+1`);
      expect(text).toContain('"一,二"');
      expect(text).toContain('report_full');
      expect(text).not.toContain('beyond');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
