import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import ExcelJS from 'exceljs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cell, SourceRow } from './cells.ts';
import { cellText } from './cells.ts';
import { parseId } from './identifiers.ts';
import { TabularError } from './reasons.ts';
import { describeSource, type ReadOptions, readTable } from './table.ts';
import { parseTime, timeOptions } from './timestamps.ts';
import { formatKind } from './workbook.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'workbook-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function rowsOf(path: string, options?: ReadOptions): Promise<SourceRow[]> {
  const all: SourceRow[] = [];
  for await (const batch of readTable({ path }, options)) all.push(...batch);
  return all;
}

async function written(fill: (workbook: ExcelJS.Workbook) => void, name: string): Promise<string> {
  const workbook = new ExcelJS.Workbook();
  fill(workbook);
  const path = join(folder, name);
  await workbook.xlsx.writeFile(path);
  return path;
}

/** A workbook made by hand, as other programs write them; every part is stored in a plain zip. */
async function zipped(parts: Record<string, string>, name: string, change?: (zip: Buffer) => void): Promise<string> {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [file, text] of Object.entries(parts)) {
    const data = Buffer.from(text);
    const packed = deflateRawSync(data);
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(8, 4);
    head.writeUInt32LE(crc32(data), 10);
    head.writeUInt32LE(packed.length, 14);
    head.writeUInt32LE(data.length, 18);
    head.writeUInt16LE(Buffer.byteLength(file), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), head, Buffer.from(file), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), head, rest, Buffer.from(file)]));
    files.push(local);
    offset += local.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(offset, 16);
  const zip = Buffer.concat([...files, listing, end]);
  change?.(zip);
  const path = join(folder, name);
  await writeFile(path, zip);
  return path;
}

const REL = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const foreign = (sheet: string, more: Record<string, string> = {}) => ({
  '_rels/.rels': `<Relationships><Relationship Id="r1" Type="${REL}/officeDocument" Target="/xl/workbook.xml"/></Relationships>`,
  'xl/workbook.xml':
    '<x:workbook xmlns:x="m" xmlns:r="r"><x:sheets><x:sheet name="数据" sheetId="1" r:id="rId1"/></x:sheets></x:workbook>',
  'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="rId1" Type="${REL}/worksheet" Target="/xl/worksheets/sheet1.xml"/></Relationships>`,
  'XL\\worksheets\\Sheet1.xml': sheet,
  ...more,
});

describe('workbooks', () => {
  it('gives typed cells, never shifted by the zone of the machine', async () => {
    const path = await written((workbook) => {
      const sheet = workbook.addWorksheet('订单');
      sheet.addRow(['订单编号', '时间', '富文本', '占比', '公式', '是', '链接', '错误', '长号']);
      sheet.addRow([
        '6912345678901234567',
        new Date(Date.UTC(2024, 4, 1, 20, 0, 0)),
        { richText: [{ text: '连衣' }, { text: '裙' }] },
        0.032,
        { formula: '1+1', result: 2 },
        true,
        { text: '看', hyperlink: 'https://example.com' },
        { error: '#N/A' },
        Number('691234567890123456'),
      ]);
      sheet.getCell('B2').numFmt = 'yyyy"年"m"月"d"日" hh:mm';
      sheet.getCell('D2').numFmt = '0.00%';
      workbook.addWorksheet('隐藏', { state: 'hidden' }).addRow(['x']);
    }, 'typed.xlsx');
    expect(await describeSource(path)).toMatchObject({
      format: 'xlsx',
      sheets: [
        { name: '订单', hidden: false, rowsHint: 2 },
        { name: '隐藏', hidden: true },
      ],
    });
    const [, row] = await rowsOf(path);
    const [id, time, rich, share, formula, yes, link, error, long] = row?.cells ?? [];
    expect(id).toBe('6912345678901234567');
    expect(parseTime(time, timeOptions('Asia/Shanghai'))).toMatchObject({ value: { atMs: Date.UTC(2024, 4, 1, 12) } });
    expect(cellText(time)).toBe('2024-05-01 20:00:00');
    expect([rich, share, formula, yes, link]).toEqual(['连衣裙', { kind: 'percent', ratio: 0.032 }, 2, true, '看']);
    expect(error).toEqual({ kind: 'error', text: '#N/A' });
    expect(parseId(long)).toMatchObject({ ok: false, code: 'id_damaged' });
    expect(await rowsOf(path, { sheets: ['隐藏'] })).toEqual([{ line: 1, sheet: '隐藏', cells: ['x'] }]);
    await expect(rowsOf(path, { sheets: ['没有'] })).rejects.toMatchObject({ code: 'sheet_unknown' });
  });

  it('tells merged and hidden rows, and passes over empty ones', async () => {
    const path = await written((workbook) => {
      const sheet = workbook.addWorksheet('s');
      sheet.getCell('A1').value = '报表';
      sheet.mergeCells('A1:C1');
      sheet.getCell('A3').value = 'order-1';
      sheet.mergeCells('A3:A5');
      for (const line of [3, 4, 5]) sheet.getCell(`B${line}`).value = line;
      sheet.getRow(5).hidden = true;
    }, 'merged.xlsx');
    const above = [{ index: 0, value: 'order-1', topLine: 3 }];
    expect(await rowsOf(path)).toEqual([
      { line: 1, sheet: 's', cells: ['报表', ...([] as Cell[])] },
      { line: 3, sheet: 's', cells: ['order-1', 3] },
      { line: 4, sheet: 's', cells: [null, 4], merged: above },
      { line: 5, sheet: 's', cells: [null, 5], merged: above, notes: ['hidden'] },
    ]);
  });

  it('counts days of the 1904 system from 1904', async () => {
    const path = await written((workbook) => {
      workbook.properties.date1904 = true;
      const sheet = workbook.addWorksheet('s');
      sheet.getCell('A1').value = new Date(Date.UTC(2024, 4, 1));
      sheet.getCell('A1').numFmt = 'yyyy-mm-dd';
    }, 'mac.xlsx');
    expect((await rowsOf(path)).map((row) => cellText(row.cells[0]))).toEqual(['2024-05-01']);
  });

  it('reads what other programs write: prefixes, backslashes, absolute targets, cells without references', async () => {
    const sheet =
      '<x:worksheet xmlns:x="m"><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>名称</x:t><x:rPh><x:t>noise</x:t></x:rPh></x:is></x:c><x:c><x:v>1.5</x:v></x:c></x:row>' +
      '<x:row r="9"><x:c r="C9" t="str"><x:v>a_x000A_b &amp; c</x:v></x:c><x:c t="d"><x:v>2024-05-01T20:00:00</x:v></x:c></x:row></x:sheetData></x:worksheet>';
    const path = await zipped(foreign(sheet), 'foreign.xlsx');
    expect(await rowsOf(path)).toEqual([
      { line: 1, sheet: '数据', cells: ['名称', 1.5] },
      { line: 9, sheet: '数据', cells: [null, null, 'a\nb & c', '2024-05-01 20:00:00'] },
    ]);
  });

  it('refuses bombs, damage, locked files and archives without a workbook', async () => {
    const bomb = `<worksheet><sheetData><row><c t="str"><v>${'0'.repeat(90 * 1024 ** 2)}</v></c></row></sheetData></worksheet>`;
    await expect(rowsOf(await zipped(foreign(bomb), 'bomb.xlsx'))).rejects.toMatchObject({ code: 'inflates_too_much' });
    await expect(rowsOf(await zipped({ 'a.csv': '1,2' }, 'plain.zip'))).rejects.toMatchObject({ code: 'zip_refused' });
    const cut = '<worksheet><sheetData><row><c><v>1</v></c></row>';
    await expect(rowsOf(await zipped(foreign(cut), 'cut.xlsx'))).rejects.toMatchObject({ code: 'xlsx_damaged' });
    const locked = await zipped(foreign('<worksheet/>'), 'locked.xlsx', (zip) => {
      const at = zip.indexOf(Buffer.from('PK\x01\x02', 'latin1'));
      zip.writeUInt16LE(1, at + 8);
    });
    await expect(rowsOf(locked)).rejects.toMatchObject({ code: 'xls_refused' });
    const laughs =
      '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet><sheetData><row><c t="str"><v>&a;</v></c></row></sheetData></worksheet>';
    await expect(rowsOf(await zipped(foreign(laughs), 'dtd.xlsx'))).rejects.toBeInstanceOf(TabularError);
  });

  it('knows what a number format shows', () => {
    const formats: readonly (readonly [number, string | undefined, string])[] = [
      [14, undefined, 'date'],
      [22, undefined, 'datetime'],
      [46, undefined, 'elapsed'],
      [10, undefined, 'percent'],
      [57, undefined, 'date'],
      [0, undefined, 'plain'],
      [164, 'yyyy-mm-dd hh:mm:ss', 'datetime'],
      [165, '[h]:mm:ss', 'elapsed'],
      [166, 'mm:ss', 'time'],
      [167, '#,##0.00"元"', 'plain'],
      [168, '[$¥-804]#,##0.00', 'plain'],
      [169, '[Red]0.0%', 'percent'],
      [170, 'General', 'plain'],
      [171, 'm/d', 'date'],
      [172, '"day" 0', 'plain'],
      [173, 'h:mm AM/PM', 'time'],
    ];
    for (const [id, code, kind] of formats) expect([id, code, formatKind(id, code)]).toEqual([id, code, kind]);
  });
});
