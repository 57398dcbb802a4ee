import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BrandRow } from '#domains/access/index.ts';
import { nameUuid, newUuid } from '#lib/id.ts';
import { type TestStores, testLog, testStores } from '../../../test/harness.ts';
import { type Drainer, type Fact, openSpool, pipelineOf, record, type Spool, startDrainer } from './index.ts';
import { sortEvents } from './intake.ts';
import { readEvents } from './read-body.ts';
import { replayQuarantine } from './replay.ts';
import { spoolEntry } from './spool.ts';
import { insertSpool, quarantineOf, sealedBatches } from './store.ts';

let t: TestStores;
let spool: Spool;
let drainer: Drainer;
const now = Date.now;

beforeAll(async () => {
  t = await testStores();
  spool = openSpool(t.db);
  drainer = startDrainer({ db: t.db, ch: t.ch, log: testLog, now });
  spool.onCommit(drainer.wake);
});
afterAll(async () => {
  await spool.close();
  await drainer.stop();
  await t.close();
});

async function send(brand: BrandRow, events: unknown[]) {
  const { intake, reply } = sortEvents(
    events.map((json) => ({ json })),
    { brandId: brand.id, source: 'api' },
    { currency: brand.currency, nowMs: now() },
  );
  await spool.take(intake);
  return reply;
}

async function sums(brand: BrandRow, table: string, where = '1') {
  const count = table === 'events' ? 'count()' : 'sum(events)';
  const [row] = await t.ch.rows<{ n: string; amount: string }>(
    `SELECT ${count} AS n, sum(amount_minor) AS amount FROM ${table} WHERE brand_id = {brand:UUID} AND ${where}`,
    { brand: brand.id },
  );
  return { n: Number(row!.n), amount: Number(row!.amount) };
}

const paid = (id: string, amountMinor = 100) => ({
  id,
  type: 'order.paid',
  orderId: `ord_${id}`,
  amountMinor,
  identifiers: { member_id: 'm-1' },
});

describe('the path of an event', () => {
  it('counts an event once, however often and in whatever request it is sent', async () => {
    const brand = await t.newBrand();
    const ids = Array.from({ length: 50 }, newUuid);
    const events = ids.map((id) => paid(id));
    expect(await send(brand, [...events, events[0]])).toMatchObject({ accepted: 50, duplicate: 1 });
    await Promise.all([send(brand, events), send(brand, events.slice(0, 10)), send(brand, events.slice(5))]);
    await drainer.drained();
    for (const [table, where] of [
      ['events', '1'],
      ['kpi_day', "dim = 'all'"],
      ['person_day', '1'],
    ] as const) {
      expect(await sums(brand, table, where), table).toEqual({ n: 50, amount: 5_000 });
    }
    const status = await pipelineOf({ db: t.db, ch: t.ch, now }, brand.id, 24);
    expect(status).toMatchObject({
      accepted: 156,
      stored: 50,
      duplicate: 106,
      quarantined: 0,
      pending: 0,
      reconciles: true,
      lagMs: 0,
    });
  });

  it('knows an id again whose time is years ago, or ahead', async () => {
    const brand = await t.newBrand();
    const events = [newUuid(Date.UTC(2019, 5, 1)), newUuid(Date.UTC(2090, 0, 1))].map((id) => paid(id));
    await send(brand, events);
    await send(brand, events);
    await drainer.drained();
    expect(await sums(brand, 'events')).toEqual({ n: 2, amount: 200 });
  });

  it('keeps bad events aside with their reason, and the good ones beside them', async () => {
    const brand = await t.newBrand();
    const reply = await send(brand, [
      paid(newUuid()),
      { type: 'nope.happened' },
      { ...paid(newUuid()), currency: 'USD' },
    ]);
    expect(reply).toMatchObject({ accepted: 1, quarantined: 2 });
    expect(reply.errors.map(({ index, code }) => [index, code])).toEqual([
      [1, 'event.type_unknown'],
      [2, 'event.currency_mismatch'],
    ]);
    await drainer.drained();
    const status = await pipelineOf({ db: t.db, ch: t.ch, now }, brand.id, 24);
    expect(status).toMatchObject({ accepted: 3, stored: 1, quarantined: 2, reconciles: true });
  });

  it('takes quarantined events in again once they are good, and only those', async () => {
    const brand = await t.newBrand({ currency: 'GBP' });
    await send(brand, [{ ...paid(newUuid(), 700), currency: 'EUR' }, { type: 'nope.happened' }]);
    const reply = await t.db.brand(brand.id, (tx) =>
      replayQuarantine(tx, { id: brand.id, currency: 'EUR' }, {}, now()),
    );
    expect(reply).toEqual({ replayed: 1, stillQuarantined: 1 });
    await drainer.drained();
    expect(await sums(brand, 'events')).toEqual({ n: 1, amount: 700 });
    expect(await pipelineOf({ db: t.db, ch: t.ch, now }, brand.id, 24)).toMatchObject({
      accepted: 2,
      stored: 1,
      quarantined: 1,
      reconciles: true,
    });
  });

  it('records facts of a transaction if and only if it commits', async () => {
    const brand = await t.newBrand();
    const fact: Fact = {
      id: nameUuid(brand.id, 'a'),
      type: 'order.paid',
      orderId: 'ord_a',
      occurredAtMs: now(),
      amountMinor: 5,
    };
    await expect(
      t.db.brand(brand.id, async (tx) => {
        await record(tx, brand.id, 'test', [fact]);
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    await drainer.drained();
    expect((await sums(brand, 'events')).n).toBe(0);
    await t.db.brand(brand.id, (tx) => record(tx, brand.id, 'test', [fact]));
    await drainer.drained();
    expect((await sums(brand, 'events')).n).toBe(1);
  });

  it('keeps the good events of a batch that the engine refuses', async () => {
    const brand = await t.newBrand();
    const facts = Array.from(
      { length: 9 },
      (_, i): Fact => ({ id: newUuid(), type: 'order.paid', orderId: `o${i}`, occurredAtMs: now(), amountMinor: 1 }),
    );
    // Past every check of ours, a quantity that does not fit the column.
    facts[4] = { ...facts[4]!, quantity: 1e30 };
    await t.db.system(async (tx) => insertSpool(tx, [spoolEntry(brand.id, 'test', now(), facts)]));
    await drainer.drained();
    expect((await sums(brand, 'events')).n).toBe(8);
    const aside = await t.db.brand(brand.id, (tx) => quarantineOf(tx, brand.id, { limit: 10 }));
    expect(aside.map((row) => row.code)).toEqual(['event.store_refused']);
    expect(await pipelineOf({ db: t.db, ch: t.ch, now }, brand.id, 24)).toMatchObject({
      accepted: 9,
      stored: 8,
      quarantined: 1,
      reconciles: true,
    });
    expect(await t.db.system((tx) => sealedBatches(tx))).toEqual([]);
  });

  it('puts events into the day of the brand, not of the server', async () => {
    const brand = await t.newBrand({ zone: 'Asia/Shanghai', currency: 'CNY' });
    await send(brand, [
      { ...paid(newUuid()), occurredAt: '2026-03-31T16:00:00Z' },
      { ...paid(newUuid()), occurredAt: '2026-03-31T15:59:59.999Z' },
    ]);
    await drainer.drained();
    const rows = await t.ch.rows<{ day: string; at: string }>(
      'SELECT day, toString(occurred_at) AS at FROM events WHERE brand_id = {b:UUID} ORDER BY day',
      { b: brand.id },
    );
    expect(rows).toEqual([
      { day: '2026-03-31', at: '2026-03-31 15:59:59.999' },
      { day: '2026-04-01', at: '2026-03-31 16:00:00.000' },
    ]);
  });

  it('does not show or take one brand the events of another', async () => {
    const [mine, other] = [await t.newBrand(), await t.newBrand()];
    await send(mine, [{ type: 'nope.happened' }]);
    expect(await t.db.brand(other.id, (tx) => quarantineOf(tx, mine.id, { limit: 10 }))).toEqual([]);
    const fact: Fact = { id: newUuid(), type: 'order.paid', orderId: 'o', occurredAtMs: now(), amountMinor: 1 };
    await expect(t.db.brand(other.id, (tx) => record(tx, mine.id, 'test', [fact]))).rejects.toThrow(
      'row-level security',
    );
  });
});

describe('reading a request', () => {
  const headers = { contentType: 'application/x-ndjson', contentEncoding: '' };

  it('reads an array, lines, and both compressed', async () => {
    const array = Buffer.from('[{"a":1},{"a":2}]');
    const lines = Buffer.from('{"a":1}\n\n{"a":2}\n');
    const expected = [{ json: { a: 1 } }, { json: { a: 2 } }];
    expect(await readEvents(array, headers)).toEqual(expected);
    expect(await readEvents(lines, headers)).toEqual(expected);
    expect(await readEvents(gzipSync(lines), { ...headers, contentEncoding: 'gzip' })).toEqual(expected);
  });

  it('loses only the line that is not JSON', async () => {
    const sent = await readEvents(Buffer.from('{"a":1}\n{"a":\n{"a":3}'), headers);
    expect(sent.map((one) => 'json' in one)).toEqual([true, false, true]);
  });

  it.each([
    ['an array that is not JSON', Buffer.from('[{"a":1},'), '', 'request.body_unreadable'],
    ['gzip that is none', Buffer.from('not gzip'), 'gzip', 'request.body_unreadable'],
    [
      'a small file that unpacks to more than 8 MiB',
      gzipSync(Buffer.alloc(20_000_000, 32)),
      'gzip',
      'request.too_large',
    ],
    ['more than 5,000 events', Buffer.from('{}\n'.repeat(5_001)), '', 'events.too_many'],
  ])('refuses %s', async (_, body, contentEncoding, code) => {
    await expect(readEvents(body, { ...headers, contentEncoding })).rejects.toMatchObject({ code });
  });
});
