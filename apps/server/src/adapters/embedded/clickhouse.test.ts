import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmbeddedClickhouse } from './clickhouse.ts';
import type { EmbeddedService } from './service.ts';

let dataDir: string;
let service: EmbeddedService;
let client: ClickHouseClient;

const open = (options: object = {}) =>
  createClient({ url: service.url, database: 'tandem', log: { level: 127 }, ...options });

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tandem-clickhouse-'));
  service = await startEmbeddedClickhouse({ dataDir, log: () => undefined, memoryBytes: 4 * 2 ** 30 });
  client = open();
}, 30_000);

afterAll(async () => {
  await client.close();
  await service.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function rows<T>(query: string, options: object = {}): Promise<T[]> {
  return (await client.query({ query, format: 'JSONEachRow', ...options })).json<T>();
}

/** A request without the client, for what it does not let one do. */
function post(
  parameters: Record<string, string>,
  body?: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
) {
  const url = new URL(service.url);
  const { username, password } = url;
  const search = new URLSearchParams({ database: 'tandem', ...parameters });
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const init = { method: 'POST', headers: { authorization, ...headers }, ...(body === undefined ? {} : { body }) };
  return fetch(`${url.origin}/?${search}`, init);
}

describe('@clickhouse/client against the embedded engine', () => {
  it('pings both ways', async () => {
    expect(await client.ping()).toEqual({ success: true });
    expect(await client.ping({ select: true })).toEqual({ success: true });
    const { origin } = new URL(service.url);
    expect(await (await fetch(`${origin}/ping`)).text()).toBe('Ok.\n');
  });

  it('queries in every format', async () => {
    const query = "select number as id, concat('a', toString(number)) as name from numbers(2)";
    const text = async (format: 'CSV' | 'TabSeparated' | 'CSVWithNames') =>
      (await client.query({ query, format })).text();
    expect(await rows(query)).toEqual([
      { id: '0', name: 'a0' },
      { id: '1', name: 'a1' },
    ]);
    const whole = await (await client.query({ query, format: 'JSON' })).json<{ id: string }>();
    expect(whole).toMatchObject({ rows: 2, data: [{ id: '0' }, { id: '1' }], meta: [{ type: 'UInt64' }, {}] });
    const compact = await (await client.query({ query, format: 'JSONCompact' })).json();
    expect(compact).toMatchObject({
      data: [
        ['0', 'a0'],
        ['1', 'a1'],
      ],
    });
    expect(await text('CSV')).toBe('0,"a0"\n1,"a1"\n');
    expect(await text('CSVWithNames')).toBe('"id","name"\n0,"a0"\n1,"a1"\n');
    expect(await text('TabSeparated')).toBe('0\ta0\n1\ta1\n');
    const binary = await client.exec({ query: `${query} FORMAT RowBinary` });
    const bytes = Buffer.concat(await binary.stream.toArray());
    expect(bytes).toEqual(Buffer.from('0000000000000000026130' + '0100000000000000026131', 'hex'));
  });

  it('keeps 64-bit integers and decimals exact', async () => {
    const query = `select 18446744073709551615 as a, toDecimal64('0.10', 2) as b, toInt64(-9007199254740993) as c`;
    const settings = { clickhouse_settings: { output_format_json_quote_decimals: 1 as const } };
    expect(await rows(query, settings)).toEqual([{ a: '18446744073709551615', b: '0.1', c: '-9007199254740993' }]);
  });

  it('inserts objects, streams, raw bytes and columns, and tells how many', async () => {
    await client.command({
      query: `create table t (id UInt64, name String default 'none') engine = MergeTree order by id`,
    });
    const inserted = await client.insert({ table: 't', values: [{ id: 1, name: 'a' }], format: 'JSONEachRow' });
    expect(inserted).toMatchObject({ executed: true, summary: { written_rows: '1' } });
    const objects = Readable.from([
      { id: 2, name: 'b' },
      { id: 3, name: "c'\\\n" },
    ]);
    await client.insert({ table: 't', values: objects, format: 'JSONEachRow' });
    const bytes = Readable.from([Buffer.from('4,"d\ne"\n5,f\n')], { objectMode: false });
    await client.insert({ table: 't', values: bytes, format: 'CSV' });
    await client.insert({ table: 't', values: [[6]], columns: ['id'], format: 'JSONCompactEachRow' });
    await client.command({ query: "insert into t values (7, 'g;')" });
    await client.command({
      query: 'insert into t select id + 100, name from t where id = {id:UInt64}',
      query_params: { id: 7 },
    });
    const binary = Buffer.from('080000000000000002006f', 'hex');
    expect((await post({ query: 'INSERT INTO t FORMAT RowBinary' }, binary)).status).toBe(200);
    expect(await rows('select * from t order by id')).toEqual([
      { id: '1', name: 'a' },
      { id: '2', name: 'b' },
      { id: '3', name: "c'\\\n" },
      { id: '4', name: 'd\ne' },
      { id: '5', name: 'f' },
      { id: '6', name: 'none' },
      { id: '7', name: 'g;' },
      { id: '8', name: '\0o' },
      { id: '107', name: 'g;' },
    ]);
  });

  it('packs and unpacks', async () => {
    const packed = open({ compression: { request: true, response: true } });
    await packed.insert({ table: 't', values: [{ id: 20, name: 'gzip' }], format: 'JSONEachRow' });
    const reply = await packed.query({ query: 'select name from t where id = 20', format: 'JSONEachRow' });
    expect(reply.response_headers['content-encoding']).toBe('gzip');
    expect(await reply.json()).toEqual([{ name: 'gzip' }]);
    await packed.close();
    const query = 'INSERT INTO t FORMAT JSONEachRow';
    for (const [name, body] of Object.entries({
      zstd: zstdCompressSync('{"id":21,"name":"zstd"}'),
      gzip: gzipSync('{"id":22,"name":"gz"}'),
    })) {
      expect((await post({ query }, new Uint8Array(body), { 'content-encoding': name })).status).toBe(200);
    }
    expect(await rows('select name from t where id in (21, 22) order by id')).toEqual([
      { name: 'zstd' },
      { name: 'gz' },
    ]);
    const broken = await post({ query }, new Uint8Array([1, 2, 3]), { 'content-encoding': 'zstd' });
    expect(broken.headers.get('x-clickhouse-exception-code')).toBe('354');
  });

  it('answers errors with code, type and status', async () => {
    const failing: [string, string, string, number][] = [
      ['select nope', '47', 'UNKNOWN_IDENTIFIER', 404],
      ['selec 1', '62', 'SYNTAX_ERROR', 400],
      ['select * from missing', '60', 'UNKNOWN_TABLE', 404],
      ["select toUInt8('x')", '6', 'CANNOT_PARSE_TEXT', 400],
      ["select throwIf(1, 'stop')", '395', 'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO', 500],
    ];
    for (const [query, code, type, status] of failing) {
      await expect(client.query({ query })).rejects.toMatchObject({ code, type });
      const reply = await post({}, query);
      expect([reply.headers.get('x-clickhouse-exception-code'), reply.status]).toEqual([code, status]);
    }
    const values = [{ id: 'x' }];
    await expect(client.insert({ table: 't', values, format: 'JSONEachRow' })).rejects.toMatchObject({
      type: /CANNOT_PARSE/,
    });
    await expect(open({ database: 'nowhere' }).query({ query: 'select 1' })).rejects.toMatchObject({ code: '81' });
  });

  it('does not mix what a failed statement had put out into the next reply', async () => {
    for (let round = 0; round < 6; round += 1) {
      const failing = `select throwIf(number = 400000) as x from numbers(500000)`;
      await expect(rows(failing)).rejects.toMatchObject({ code: '395' });
      expect(await rows(`select ${round} as n, 'next' as x`)).toEqual([{ n: round, x: 'next' }]);
    }
  });

  it('lets in only who knows the password', async () => {
    const stranger = open({ url: service.url.replace(/:[^:@]*@/, ':wrong@') });
    await expect(stranger.query({ query: 'select 1' })).rejects.toMatchObject({ code: '516' });
    await stranger.close();
    const { origin, username, password } = new URL(service.url);
    expect((await fetch(`${origin}/?query=select+1`)).status).toBe(403);
    const headers = { 'x-clickhouse-user': username, 'x-clickhouse-key': password };
    expect(await (await fetch(`${origin}/?query=select+1`, { headers })).text()).toBe('1\n');
    const drop = await fetch(`${origin}/?query=drop+table+t`, { headers });
    expect(drop.headers.get('x-clickhouse-exception-code')).toBe('164');
  });

  it('keeps settings, databases and temporary tables of one request out of the next', async () => {
    const read = () => rows<{ n: string }>("select getSetting('max_threads') as n");
    const before = await read();
    await Promise.all(
      Array.from({ length: 8 }, () => rows('select 1', { clickhouse_settings: { max_threads: 1, readonly: '1' } })),
    );
    await client.command({ query: 'set max_threads = 1' });
    await client.command({ query: 'use system' });
    expect(await read()).toEqual(before);
    expect(await rows('select currentDatabase() as d')).toEqual([{ d: 'tandem' }]);
    await expect(rows('select 1', { clickhouse_settings: { nope: 1 } })).rejects.toMatchObject({ code: '115' });
    const [defaults] = await rows(`select getSetting('async_insert') as a, getSetting('max_memory_usage') as m`);
    expect(defaults).toMatchObject({ a: false, m: Math.floor(2 ** 30 * 0.8) });
  });

  it('takes long parameters', async () => {
    const ids = Array.from({ length: 20_000 }, (_, i) => i);
    const query_params = { ids };
    expect(await rows('select length({ids:Array(UInt32)}) as n', { query_params })).toEqual([{ n: '20000' }]);
  });
});

describe('limits', () => {
  const endless = 'select sum(cityHash64(number)) as s from numbers(100000000000)';
  const running = () =>
    rows("select query from system.processes where query like '%cityHash64(number)%' and query not like '%processes%'");

  it('stops a statement at max_execution_time, and when its client goes away', { timeout: 15_000 }, async () => {
    const settings = { clickhouse_settings: { max_execution_time: 1 } };
    await expect(rows(endless, settings)).rejects.toMatchObject({ type: 'TIMEOUT_EXCEEDED' });
    const abort = new AbortController();
    const waiting = rows(endless, { abort_signal: abort.signal });
    while ((await running()).length === 0) await sleep(10);
    abort.abort();
    await expect(waiting).rejects.toThrow();
    const deadline = performance.now() + 3_000;
    while ((await running()).length > 0 && performance.now() < deadline) await sleep(20);
    expect(await running()).toEqual([]);
  });

  it('answers health checks and inserts while every read lane is busy', { timeout: 15_000 }, async () => {
    const abort = new AbortController();
    const other = open({ max_open_connections: 12 });
    const asked = { query: endless, abort_signal: abort.signal };
    const busy = Array.from({ length: 12 }, () => other.query(asked).catch(() => undefined));
    await sleep(200);
    const startedAt = performance.now();
    await client.insert({ table: 't', values: [{ id: 30 }], format: 'JSONEachRow' });
    expect(await rows('select 1')).toEqual([{ '1': 1 }]);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    abort.abort();
    await Promise.all(busy);
    await other.close();
    await expect.poll(async () => (await running()).length, { timeout: 5_000 }).toBe(0);
  });

  it('refuses more than its queue holds, in words, and goes on', { timeout: 20_000 }, async () => {
    const wide = open({ max_open_connections: 400 });
    const abort = new AbortController();
    const asked = Array.from({ length: 320 }, () =>
      wide.query({ query: endless, abort_signal: abort.signal }).then(
        () => '',
        (error: { code?: string; message: string }) => `${error.code} ${error.message}`,
      ),
    );
    await Promise.race(asked);
    abort.abort();
    const refused = (await Promise.all(asked)).filter((text) => text.startsWith('202 '));
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]).toContain('send it again later');
    await wide.close();
    await expect.poll(async () => (await running()).length, { timeout: 5_000 }).toBe(0);
  });

  it('fails a statement that wants too much memory, and lives', { timeout: 20_000 }, async () => {
    const { pid } = service.status();
    const greedy = 'select length(groupArray(cityHash64(number))) from numbers(400000000)';
    await expect(rows(greedy)).rejects.toMatchObject({ type: 'MEMORY_LIMIT_EXCEEDED' });
    expect(service.status()).toMatchObject({ state: 'ready', pid, restarts: 0 });
  });

  it('streams a result that is too large to hold, and cuts the connection when it breaks', {
    timeout: 20_000,
  }, async () => {
    const wide = "select number as id, concat(toString(number), repeat('x', 100)) as fill from numbers(1000000)";
    const reply = await client.query({ query: wide, format: 'JSONEachRow' });
    let count = 0;
    for await (const part of reply.stream()) count += part.length;
    expect(count).toBe(1_000_000);
    const broken = await client.query({
      query:
        "select throwIf(number = 2900000) as id, concat(toString(number), repeat('x', 100)) as fill from numbers(3000000)",
      format: 'JSONEachRow',
    });
    await expect(broken.text()).rejects.toThrow();
    await expect(client.query({ query: wide, format: 'JSON' })).rejects.toMatchObject({ code: '396' });
  });
});

describe('a batch sent twice under one token', () => {
  it('is stored once, also in the tables fed by materialized views, and after kill -9', {
    timeout: 30_000,
  }, async () => {
    const engine = 'MergeTree order by id settings non_replicated_deduplication_window = 1000';
    await client.command({ query: `create table events (id UInt64, amount Int64) engine = ${engine}` });
    await client.command({ query: `create table totals (id UInt64, amount Int64) engine = Summing${engine}` });
    await client.command({
      query:
        'create materialized view totals_view to totals as select id % 3 as id, sum(amount) as amount from events group by id',
    });
    const send = (token: string, from: number) =>
      client.insert({
        table: 'events',
        values: Array.from({ length: 1_000 }, (_, i) => ({ id: from + i, amount: 1 })),
        format: 'JSONEachRow',
        clickhouse_settings: {
          insert_deduplication_token: token,
          deduplicate_blocks_in_dependent_materialized_views: 1,
        },
      });
    const sums = () => rows('select (select count() from events) as rows, (select sum(amount) from totals) as amount');
    await send('b1', 0);
    await send('b1', 0);
    await send('b2', 1_000);
    expect(await sums()).toEqual([{ rows: '2000', amount: '2000' }]);
    const killedAt = performance.now();
    process.kill(service.status().pid ?? 0, 'SIGKILL');
    while (service.status().restarts === 0 || service.status().state !== 'ready') await sleep(5);
    expect(performance.now() - killedAt).toBeLessThan(3_000);
    await send('b2', 1_000);
    await send('b1', 0);
    await send('b3', 2_000);
    expect(await sums()).toEqual([{ rows: '3000', amount: '3000' }]);
  });

  it('hands the bytes over untouched and at speed', { timeout: 30_000 }, async () => {
    await client.command({ query: 'create table raw (id UInt64, body String) engine = MergeTree order by id' });
    const body = Array.from({ length: 10_000 }, (_, i) => JSON.stringify({ id: i, body: `b${i}`.padEnd(150) })).join(
      '\n',
    );
    const startedAt = performance.now();
    for (let i = 0; i < 5; i += 1) {
      expect((await post({ query: 'INSERT INTO raw FORMAT JSONEachRow' }, body)).status).toBe(200);
    }
    const rowsPerSecond = 50_000 / ((performance.now() - startedAt) / 1000);
    expect(rowsPerSecond).toBeGreaterThan(30_000);
    const [read] = await rows<{ digest: string }>(
      'select hex(MD5(arrayStringConcat(groupArray(body)))) as digest from (select distinct id, body from raw order by id)',
    );
    const expected = Array.from({ length: 10_000 }, (_, i) => `b${i}`.padEnd(150)).join('');
    expect(read?.digest).toBe(createHash('md5').update(expected).digest('hex').toUpperCase());
  });
});
