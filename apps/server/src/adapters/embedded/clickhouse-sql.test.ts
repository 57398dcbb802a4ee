import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouseClient, createClient, TupleParam } from '@clickhouse/client';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmbeddedClickhouse } from './clickhouse.ts';
import { hasSecondStatement, inlineParameters, inspectStatement, quoteString, typedLiteral } from './clickhouse-sql.ts';
import type { EmbeddedService } from './service.ts';

describe('inspectStatement', () => {
  it.each([
    ['select 1', 'read'],
    ['-- note\n/* a /* b */ insert */ WITH x AS (SELECT 1) SELECT * FROM x', 'read'],
    ['(select 1) union all (select 2)', 'read'],
    ['INSERT INTO t FORMAT JSONEachRow', 'insert'],
    ['ALTER TABLE t DELETE WHERE 1', 'change'],
    ['create table t (a Int8) engine = Memory', 'change'],
    ['CREATE TEMPORARY TABLE t (a Int8)', 'session'],
    ['SET max_threads = 1', 'session'],
    ["KILL QUERY WHERE query_id = 'x'", 'kill'],
    ["select 1 into outfile '/tmp/x'", 'change'],
  ])('%s', (sql, kind) => {
    expect(inspectStatement(sql).kind).toBe(kind);
  });

  it('finds the format at the end only, and cuts trailing semicolons', () => {
    expect(inspectStatement("select 'format CSV' FORMAT JSON;\n;").format).toBe('JSON');
    expect(inspectStatement('select 1 format CSV settings max_threads = 1').format).toBe('CSV');
    expect(inspectStatement("select 'format CSV'").format).toBeUndefined();
    expect(inspectStatement("select ';' ; -- end").text).toBe("select ';'");
    expect(inspectStatement("select 'a'").text).toBe("select 'a'");
  });

  it('tells rows in the request from rows of a query', () => {
    expect(inspectStatement('insert into t select * from u').isInsertSelect).toBe(true);
    expect(inspectStatement("insert into t values ('select')").isInsertSelect).toBe(false);
    expect(inspectStatement('insert into t format CSV').isInsertSelect).toBe(false);
  });

  it('sees a second statement, and none in literals or comments', () => {
    expect(hasSecondStatement('select 1; drop table t')).toBe(true);
    expect(hasSecondStatement("select 1;'x'")).toBe(true);
    expect(hasSecondStatement("select '; drop' -- ; drop\n;")).toBe(false);
    expect(hasSecondStatement('select `a;b`, $x$ ; $x$ /* ; */;')).toBe(false);
  });
});

describe('inlineParameters', () => {
  const values = new Map([['x', "it's"]]);

  it('replaces only real placeholders that have a value', () => {
    expect(inlineParameters('select {x:String}', values)).toBe("select 'it\\'s'");
    expect(inlineParameters("select '{x:String}', `{x:String}` -- {x:String}", values)).toBe(
      "select '{x:String}', `{x:String}` -- {x:String}",
    );
    expect(inlineParameters('select {y:String}, { x : String }', values)).toBe("select {y:String}, 'it\\'s'");
    expect(inlineParameters("select {x:Enum8('}' = 1)}", values)).toBe("select CAST('it\\'s' AS Enum8('}' = 1))");
  });

  it('keeps null apart from text, and names apart from strings', () => {
    expect(typedLiteral('\\N', 'Nullable(String)')).toBe('CAST(NULL AS Nullable(String))');
    expect(typedLiteral('a`b', 'Identifier')).toBe('`a\\`b`');
    expect(quoteString('\\')).toBe("'\\\\'");
  });
});

describe('values bound by the real client, against what the engine read', () => {
  let dataDir: string;
  let service: EmbeddedService;
  let client: ClickHouseClient;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'tandem-sql-'));
    service = await startEmbeddedClickhouse({ dataDir, log: () => undefined });
    client = createClient({ url: service.url, database: 'tandem', log: { level: 127 } });
  }, 30_000);

  afterAll(async () => {
    await client.close();
    await service.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  /** Asks for an expression of each value in one query; `?` stands for the value. */
  async function ask(values: readonly unknown[], type: string, expression: string): Promise<unknown[]> {
    const columns = values.map((_, i) => `${expression.replaceAll('?', `{p${i}:${type}}`)} as r${i}`);
    const query_params = Object.fromEntries(values.map((value, i) => [`p${i}`, value]));
    const query = `select ${columns.join(', ')}`;
    const reply = await client.query({ query, query_params, format: 'JSONCompactEachRow' });
    return (await reply.json<unknown[]>())[0] ?? [];
  }

  const nasty = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          "'",
          '\\',
          '\0',
          '\n',
          '\t',
          '\r',
          '\b',
          '`',
          '"',
          '{',
          '}',
          ';',
          '--',
          '/*',
          "\\'",
          '\\N',
          '{x:Int8}',
          '\\x41',
        ),
        fc.string({ unit: 'grapheme', maxLength: 5 }),
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join(''));
  const runs = { numRuns: 25 };
  const many = <T>(value: fc.Arbitrary<T>) => fc.array(value, { minLength: 1, maxLength: 20 });
  const hex = (text: string) => Buffer.from(text, 'utf8').toString('hex').toUpperCase();

  it('reads every string as the same bytes', { timeout: 30_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(many(nasty), async (texts) => {
        expect(await ask(texts, 'String', 'hex(?)')).toEqual(texts.map(hex));
      }),
      runs,
    );
  });

  it('reads arrays, nullables and maps of strings', { timeout: 30_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(many(fc.array(nasty, { maxLength: 4 })), async (lists) => {
        expect(await ask(lists, 'Array(String)', 'arrayMap(x -> hex(x), ?)')).toEqual(lists.map((l) => l.map(hex)));
      }),
      runs,
    );
    await fc.assert(
      fc.asyncProperty(many(fc.option(nasty)), async (texts) => {
        const expected = texts.map((text) => (text === null ? null : hex(text)));
        expect(await ask(texts, 'Nullable(String)', 'hex(?)')).toEqual(expected);
        const [list] = await ask([texts], 'Array(Nullable(String))', 'arrayMap(x -> hex(x), ?)');
        expect(list).toEqual(expected);
      }),
      runs,
    );
    await fc.assert(
      fc.asyncProperty(many(fc.tuple(nasty, nasty)), async (pairs) => {
        const map = new Map(pairs);
        const [read] = await ask(
          [map],
          'Map(String, String)',
          'arrayMap((k, v) -> [hex(k), hex(v)], mapKeys(?), mapValues(?))',
        );
        expect(read).toEqual([...map].map(([k, v]) => [hex(k), hex(v)]));
      }),
      runs,
    );
  });

  it('reads tuples and maps within maps', async () => {
    const tuple = new TupleParam(["it's", 5, null]);
    expect(await ask([tuple], 'Tuple(String, Int8, Nullable(String))', '?')).toEqual([["it's", 5, null]]);
    const nested = new Map([['a', new Map([['}', ["'"]]])]]);
    expect(await ask([nested], 'Map(String, Map(String, Array(String)))', "?['a']['}']")).toEqual([["'"]]);
    expect(await ask([new Map()], 'Map(String, Int8)', 'length(?)')).toEqual(['0']);
  });

  it('reads numbers of every size and sign', { timeout: 30_000 }, async () => {
    const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    await fc.assert(
      fc.asyncProperty(
        many(int64),
        many(uint64),
        many(fc.double({ noNaN: true, noDefaultInfinity: true })),
        async (a, b, c) => {
          expect(await ask(a, 'Int64', '?')).toEqual(a.map(String));
          expect(await ask(b, 'UInt64', 'tuple(toTypeName(?), ?)')).toEqual(b.map((n) => ['UInt64', String(n)]));
          expect((await ask(c, 'Float64', '?')).map(Number)).toEqual(c.map((n) => (n === 0 ? 0 : n)));
          expect(await ask([a], 'Array(Int64)', '?')).toEqual([a.map(String)]);
        },
      ),
      runs,
    );
    expect(await ask([-5], 'Int8', '3 - ?')).toEqual([8]);
    expect(await ask(['-12.3400'], 'Decimal(18, 4)', 'toString(?)')).toEqual(['-12.34']);
    expect(await ask([true, false], 'Bool', '?')).toEqual([true, false]);
  });

  it('reads dates, moments, ids and names', { timeout: 30_000 }, async () => {
    const moment = fc.date({ min: new Date(0), max: new Date('2286-01-01'), noInvalidDate: true });
    await fc.assert(
      fc.asyncProperty(many(moment), many(fc.uuid()), async (moments, ids) => {
        const read = await ask(moments, 'DateTime64(3)', 'toUnixTimestamp64Milli(?)');
        expect(read.map(Number)).toEqual(moments.map(Number));
        const texts = moments.map((m) => m.toISOString().replace('T', ' ').replace('Z', ''));
        const same = await ask(texts, "DateTime64(3, 'UTC')", 'toUnixTimestamp64Milli(?)');
        expect(same.map(Number)).toEqual(moments.map(Number));
        expect(await ask(ids, 'UUID', '?')).toEqual(ids);
      }),
      runs,
    );
    expect(await ask(['2024-02-29', '1970-01-01'], 'Date', '?')).toEqual(['2024-02-29', '1970-01-01']);
    expect(await ask([new Date('2024-02-29T01:02:03Z')], 'DateTime', 'toUnixTimestamp(?)')).toEqual([1_709_168_523]);
    const name = "odd `name' \\ ;";
    await client.command({ query: 'create table {t:Identifier} (a Int8) engine = Memory', query_params: { t: name } });
    const tables = await client.query({ query: 'show tables', format: 'JSONCompactEachRow' });
    expect(await tables.json()).toContainEqual([name]);
  });

  it('says which placeholder has no value, and does not read a value as SQL', async () => {
    await expect(client.query({ query: 'select {missing:String}' })).rejects.toMatchObject({ code: '456' });
    const injection = "'; drop table t; select '";
    expect(await ask([injection], 'String', '?')).toEqual([injection]);
    await expect(ask(['1) from system.numbers --'], 'UInt8', '?')).rejects.toMatchObject({ type: /PARSE/ });
    await expect(client.query({ query: 'select 1; select 2' })).rejects.toMatchObject({ code: '62' });
  });

  it('binds in LIMIT, IN and intervals', async () => {
    const query = `select number from numbers({n:UInt64}) where number in {ids:Array(UInt64)}
      and now() > now() - interval {d:Int32} day order by number desc limit {k:UInt32}`;
    const query_params = { n: 10, ids: [1, 2, 3], d: 2, k: 2 };
    const reply = await client.query({ query, query_params, format: 'JSONCompactEachRow' });
    expect(await reply.json()).toEqual([['3'], ['2']]);
  });
});
