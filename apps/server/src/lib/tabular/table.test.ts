import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SourceRow } from './cells.ts';
import { TabularError } from './reasons.ts';
import { describeSource, type ReadOptions, readTable } from './table.ts';

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tabular-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(content: string | Buffer, name = 'table.csv'): Promise<string> {
  const path = join(folder, `${count++}-${name}`);
  await writeFile(path, content);
  return path;
}

async function rowsOf(content: string | Buffer, options?: ReadOptions): Promise<SourceRow[]> {
  const all: SourceRow[] = [];
  for await (const batch of readTable({ path: await file(content) }, options)) all.push(...batch);
  return all;
}

const cells = (rows: readonly SourceRow[]) => rows.map((row) => row.cells);
const lines = (rows: readonly SourceRow[]) => rows.map((row) => row.line);

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TabularError)) throw new Error(`expected a refusal, got ${String(error)}`);
  expect(error.say('zh')).not.toBe('');
  return error.code;
}

const TEXT = '订单编号,商品\n1001,连衣裙\n1002,"T恤, 白"\n';
const EXPECTED = [
  ['订单编号', '商品'],
  ['1001', '连衣裙'],
  ['1002', 'T恤, 白'],
];

describe('encodings', () => {
  it.each([
    ['utf-8', Buffer.from(TEXT)],
    ['utf-8', Buffer.from(`\ufeff${TEXT}`)],
    ['gb18030', iconv.encode(TEXT, 'gbk')],
    ['gb18030', iconv.encode(TEXT, 'gb18030')],
    ['utf-16le', iconv.encode(TEXT, 'utf-16le', { addBOM: true })],
    ['utf-16be', iconv.encode(TEXT, 'utf-16be', { addBOM: true })],
    ['utf-16le', iconv.encode(TEXT, 'utf-16le')],
  ])('%s is found and read', async (encoding, bytes) => {
    const description = await describeSource(await file(bytes));
    expect(description).toMatchObject({ format: 'csv', encoding, delimiter: ',', damagedCharacters: 0 });
    expect(cells(await rowsOf(bytes))).toEqual(EXPECTED);
  });

  it('finds GBK although its first Chinese character stands far beyond any sample', async () => {
    const head = `id,name\n${'1,plain ascii text\n'.repeat(60_000)}`;
    const rows = await rowsOf(Buffer.concat([Buffer.from(head), iconv.encode('2,连衣裙\n', 'gbk')]));
    expect(rows.at(-1)?.cells).toEqual(['2', '连衣裙']);
  });

  it('keeps UTF-8 when a platform cut a character, and marks only that row', async () => {
    const good = '1,连衣裙夏季新款\n'.repeat(50);
    const cut = Buffer.concat([
      Buffer.from(`id,商品\n${good}2,`),
      Buffer.from('裙').subarray(0, 2),
      Buffer.from(`\n${good}`),
    ]);
    const rows = await rowsOf(cut);
    expect(rows.filter((row) => row.notes?.includes('bad_encoding')).map((row) => row.line)).toEqual([52]);
    expect(rows.at(-1)?.cells).toEqual(['1', '连衣裙夏季新款']);
  });

  it('reads Western text of an old spreadsheet', async () => {
    expect(cells(await rowsOf(Buffer.from('name,price\nCafé Zoë,3\n', 'latin1')))[1]).toEqual(['Café Zoë', '3']);
  });

  it('takes the encoding that it is told, and refuses one that it does not know', async () => {
    expect(cells(await rowsOf(iconv.encode(TEXT, 'big5'), { encoding: 'big5' }))[0]?.[1]).toBe('商品');
    expect(await codeOf(rowsOf(TEXT, { encoding: 'klingon' }))).toBe('encoding_unknown');
  });

  it('drops NUL bytes', async () => {
    expect(cells(await rowsOf(`a,b\n1\0,2\n${'3,4\n'.repeat(50)}`))[1]).toEqual(['1', '2']);
  });
});

describe('delimited text', () => {
  it.each([
    ['a;b;c\n1,5;2,5;x\n3,5;4,5;y\n', ';'],
    ['a\tb\n1,2\t3\n', '\t'],
    ['a|b\n1|2\n', '|'],
    ['sep=;\na;b\n1;2\n', ';'],
    ['a,b\n"x;y;z",2\n', ','],
    ['报表标题\n\n日期,金额\n2024-05-01,"1,234"\n2024-05-02,"2,345"\n', ','],
  ])('%j is parted by %j', async (text, delimiter) => {
    expect(await describeSource(await file(text))).toMatchObject({ delimiter });
  });

  it('counts physical lines in spite of line breaks in cells and empty lines, in every line ending', async () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const text = ['a,b', '"x', 'y', 'z",1', '', '2,3', '"p', 'q",4', '5,6'].join(end);
      expect(lines(await rowsOf(text))).toEqual([1, 2, 6, 7, 9]);
    }
  });

  it('gives ragged rows as they are', async () => {
    expect(cells(await rowsOf('a,b,c\n1\n1,2,3,4\n1,2,3\n'))).toEqual([
      ['a', 'b', 'c'],
      ['1'],
      ['1', '2', '3', '4'],
      ['1', '2', '3'],
    ]);
  });

  it('keeps stray quotes as characters', async () => {
    const rows = await rowsOf('a,b\n5" screen,1\n"爆款"连衣裙,2\n"say ""hi""",3\n');
    expect(cells(rows).slice(1)).toEqual([
      ['5" screen', '1'],
      ['"爆款"连衣裙', '2'],
      ['say "hi"', '3'],
    ]);
  });

  it('loses nothing to a quote that is never closed', async () => {
    const many = Array.from({ length: 3000 }, (_, i) => `${i},plain`).join('\n');
    const rows = await rowsOf(`id,name\n1,"open\n${many}\n`);
    expect(rows).toHaveLength(3002);
    expect(rows[1]).toEqual({ line: 2, cells: ['1', '"open'], notes: ['unclosed_quote'] });
    expect(rows.at(-1)).toEqual({ line: 3002, cells: ['2999', 'plain'] });
  });

  it('does not let an unclosed quote swallow the rows up to the next quote', async () => {
    const rows = await rowsOf('id,name\n"1,open\n2,x\n3,"y, z"\n4,"p\nq"\n');
    expect(lines(rows)).toEqual([1, 2, 3, 4, 5]);
    expect(cells(rows).slice(2)).toEqual([
      ['2', 'x'],
      ['3', 'y, z'],
      ['4', 'p\nq'],
    ]);
  });

  it('reads back whatever a CSV writer wrote, with its lines', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '裙', '"', ',', ';', '\n', ' ', "'", '1'), maxLength: 8 });
    const table = fc.array(fc.tuple(fc.constantFrom('k1', 'k2'), cell, cell), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(table, async (data) => {
        const text = data.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')).join('\n');
        // A cell that begins with a quote and holds a line break reads like a stray quote unless its quotes are doubled at the edge.
        const rows = await rowsOf(`${text}\n`, { delimiter: ',' });
        expect(cells(rows)).toEqual(data);
        let line = 1;
        for (const [i, row] of data.entries()) {
          expect(rows[i]?.line).toBe(line);
          line += 1 + row.join('').split('\n').length - 1;
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('sources', () => {
  it('reads gzip by content, streams by spooling, and leaves nothing behind', async () => {
    const before = (await readdir(tmpdir())).filter((name) => name.startsWith('tandem-table-')).length;
    expect(cells(await rowsOf(gzipSync(TEXT)))).toEqual(EXPECTED);
    const batches: SourceRow[][] = [];
    for await (const batch of readTable(
      { stream: Readable.from([Buffer.from(TEXT)]), name: 'x.csv' },
      { batchRows: 2 },
    ))
      batches.push(batch);
    expect(batches.map((batch) => batch.length)).toEqual([2, 1]);
    expect((await readdir(tmpdir())).filter((name) => name.startsWith('tandem-table-')).length).toBe(before);
  });

  it('gives what a cut-off gzip holds and then says so', async () => {
    const text = `a,b\n${Array.from({ length: 40_000 }, (_, i) => `${i},${(i * 7919) % 10_007}`).join('\n')}\n`;
    const packed = gzipSync(text);
    const seen: SourceRow[] = [];
    const path = await file(packed.subarray(0, packed.length - 20));
    const code = await codeOf(
      (async () => {
        for await (const batch of readTable({ path })) seen.push(...batch);
      })(),
    );
    expect(code).toBe('gzip_damaged');
    expect(seen.length).toBeGreaterThan(10_000);
  });

  it('refuses in words what is no table', async () => {
    expect(await codeOf(rowsOf(''))).toBe('file_empty');
    expect(await codeOf(rowsOf(Buffer.from('d0cf11e0a1b11ae100000000', 'hex')))).toBe('xls_refused');
    expect(await codeOf(rowsOf('<html><table><tr><td>1</td></tr></table>'))).toBe('html_refused');
    expect(await codeOf(rowsOf('%PDF-1.7 ...'))).toBe('binary_refused');
    expect(await codeOf(describeSource(join(folder, 'absent.csv')))).toBe('file_not_found');
    expect(await codeOf(rowsOf('PK\x03\x04 and no more'))).toBe('xlsx_damaged');
    expect(await codeOf(rowsOf(TEXT, { limits: { maxBytes: 10 } }))).toBe('file_too_large');
    expect(await codeOf(rowsOf(gzipSync(Buffer.alloc(100 * 1024 ** 2, 0x61))))).toBe('inflates_too_much');
  });

  it('tells progress and stops when asked', async () => {
    const text = `a,b\n${'1,2\n'.repeat(200_000)}`;
    const fractions: number[] = [];
    await rowsOf(text, { onProgress: (fraction) => fractions.push(fraction) });
    expect(fractions.at(-1)).toBe(1);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    const stop = new AbortController();
    const path = await file(text);
    const reading = (async () => {
      for await (const _ of readTable({ path }, { signal: stop.signal })) stop.abort(new Error('cancelled'));
    })();
    await expect(reading).rejects.toThrow('cancelled');
  });

  it('streams 200,000 rows in constant memory', async () => {
    const path = join(folder, 'big.csv');
    const row = (i: number) =>
      `${6_912_345_678_900_000 + i},"商品 ${i}, 白色",2024-05-01 20:00:00,¥${i}.50,${'x'.repeat(40)}`;
    await writeFile(
      path,
      `id,name,time,amount,note\n${Array.from({ length: 200_000 }, (_, i) => row(i)).join('\n')}\n`,
    );
    let rows = 0;
    let peak = 0;
    const start = process.memoryUsage().heapUsed;
    for await (const batch of readTable({ path })) {
      rows += batch.length;
      peak = Math.max(peak, process.memoryUsage().heapUsed - start);
    }
    expect(rows).toBe(200_001);
    expect(peak).toBeLessThan(96 * 1024 ** 2);
    process.stdout.write(`heap growth while streaming 200,000 rows: ${Math.round(peak / 1024 ** 2)} MiB\n`);
  });
});
