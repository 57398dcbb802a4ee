import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BrandRow } from '#domains/access/index.ts';
import { audit } from '#domains/access/index.ts';
import { Refusal } from '#errors.ts';
import { newUuid, publicId, type Uuid, uuidOf } from '#lib/id.ts';
import { type TestStores, testLog, testStores } from '../../../test/harness.ts';
import { describe as keepPortraits } from './lookup.ts';
import { createResolver } from './resolver.ts';
import { peopleRoutes } from './routes.ts';
import type { Person, PersonSummary, TimelineEntry } from './schema.ts';

let stores: TestStores;
let brand: BrandRow;
let app: FastifyInstance;
const resolver = createResolver({ now: Date.now });
const t0 = Date.UTC(2026, 4, 1);

beforeAll(async () => {
  stores = await testStores();
  brand = await stores.newBrand({ currency: 'CNY' });
  const { db, ch } = stores;
  app = Fastify().withTypeProvider<TypeBoxTypeProvider>();
  app.decorateRequest('access');
  app.addHook('onRequest', async (request) => {
    const permissions = new Set<never>();
    request.access = { kind: 'local', brand, role: 'owner', actor: 'li@example.cn', userId: undefined, permissions };
  });
  app.setErrorHandler((error, _request, reply) =>
    error instanceof Refusal ? reply.code(error.status).send({ code: error.code }) : reply.send(error),
  );
  await app.register(
    peopleRoutes({
      db,
      ch,
      now: Date.now,
      log: testLog,
      audit,
      figuresChanged: async () => undefined,
      erasers: [],
      names: async (_brandId, split, keys) =>
        new Map(split === 'product' ? keys.map((key) => [key, `name of ${key}`]) : []),
      personalData: [{ name: 'orders', read: async (_tx, _brandId, subject) => subject.orderIds }],
    }),
    { prefix: '/api/v1' },
  );
});
afterAll(async () => {
  await app.close();
  await stores.close();
});

async function see(identifiers: Record<string, string>, atMs = t0): Promise<string> {
  const [one] = await stores.db.system((tx) =>
    resolver.resolve(tx, [{ brandId: brand.id, identifiers, occurredAtMs: atMs }]),
  );
  return publicId('per', one!.personId!);
}

async function call<Reply>(
  method: 'GET' | 'POST',
  url: string,
  payload?: object,
): Promise<{ status: number; body: Reply }> {
  const reply = await app.inject({ method, url: `/api/v1/people${url}`, ...(payload && { payload }) });
  return { status: reply.statusCode, body: reply.body === '' ? (null as Reply) : (reply.json() as Reply) };
}

type PageReply = { people: PersonSummary[]; next: string | null; total: number };

async function storeEvents(personId: string, count: number, more: object = {}): Promise<void> {
  const rows = Array.from({ length: count }, (_, i) => ({
    brand_id: brand.id,
    type: 'order.paid',
    day: '2026-05-01',
    occurred_at: t0 / 1000 + Math.floor(i / 3),
    event_id: newUuid(),
    person_id: uuidOf('per', personId),
    received_at: t0 / 1000,
    batch_id: 1,
    source: 'test',
    strand: 'commerce',
    order_id: `ord_${i % 4}`,
    product_id: 'prd_1',
    quantity: 1,
    amount_minor: 1999,
    currency: 'CNY',
    ...more,
  }));
  await stores.ch.insertNdjson('events', Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n')), newUuid());
}

describe('the list', () => {
  it('pages through everybody once, latest activity first, and finds by identifier and name', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 25; i++)
      ids.push(await see({ phone: `1571234${1000 + i}` }, t0 + Math.floor(i / 2) * 3_600_000));
    const seen: string[] = [];
    let cursor = '';
    for (;;) {
      const { body } = await call<PageReply>('GET', `?limit=10${cursor && `&cursor=${cursor}`}`);
      expect(body.total).toBe(25);
      seen.push(...body.people.map((person) => person.id));
      if (body.next === null) break;
      cursor = body.next;
    }
    expect(seen.toSorted()).toEqual(ids.toSorted());
    expect(seen.slice(0, 1)).toEqual(ids.slice(-1));
    await stores.db.brand(brand.id, (tx) =>
      keepPortraits(tx, brand.id, [{ identifiers: { phone: '15712341007' }, displayName: '王 100%_小明', atMs: t0 }]),
    );
    const find = async (q: string) => (await call<PageReply>('GET', `?q=${encodeURIComponent(q)}`)).body;
    for (const q of ['15712341007', '+86 157 1234 1007', '157-1234-1007', '王', '王 100%_']) {
      expect(
        (await find(q)).people.map((person) => person.id),
        q,
      ).toEqual([ids[7]]);
    }
    expect(await find('157123410')).toMatchObject({ total: 25 });
    expect((await find('1571234101')).people.map((person) => person.id).toSorted()).toEqual(
      ids.slice(10, 20).toSorted(),
    );
    for (const q of ['%', '_', '00%', '+86%', 'zzz']) expect((await find(q)).total, q).toBe(0);
    expect((await call('GET', '?cursor=bm9uc2Vuc2U')).status).toBe(400);
    expect((await call('GET', '?limit=1000')).status).toBe(400);
  });
});

describe('one person', () => {
  it('shows a timeline across merges with names, pages through it once, and totals', async () => {
    const device = await see({ device: 'phone-of-zhao' });
    const zhao = await see({ member_id: 'Z1000' });
    await see({ device: 'phone-of-zhao', member_id: 'Z1000' });
    await storeEvents(zhao, 20);
    await storeEvents(device, 3, {
      type: 'live.entered',
      strand: 'live',
      order_id: '',
      amount_minor: 0,
      quantity: 0,
      currency: '',
    });
    const { body: person } = await call<Person>('GET', `/${device}`);
    expect(person).toMatchObject({
      id: zhao,
      totals: { orders: 4, spend: 399.8, exactMinor: '39980', events: 23 },
      merges: [
        { from: device, into: zhao, rule: 'anonymous_into_known', actor: 'rule', movedIdentifiers: 1, undoneAt: null },
      ],
    });
    const entries: TimelineEntry[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await call<{ entries: TimelineEntry[]; next: string | null }>(
        'GET',
        `/${zhao}/timeline?limit=6${cursor}`,
      );
      entries.push(...body.entries);
      if (body.next === null) break;
      cursor = `&cursor=${body.next}`;
    }
    expect(new Set(entries.map((entry) => entry.id)).size).toBe(23);
    expect(entries.map((entry) => entry.occurredAt)).toEqual(
      entries
        .map((entry) => entry.occurredAt)
        .toSorted()
        .reverse(),
    );
    const paid = entries.find((entry) => entry.type === 'order.paid');
    expect(paid).toMatchObject({
      quantity: 1,
      amount: 19.99,
      currency: 'CNY',
      labels: { product: 'name of prd_1', order: expect.stringMatching(/^ord_/) },
    });
    expect(entries.find((entry) => entry.type === 'live.entered')).toMatchObject({
      quantity: null,
      amount: null,
      currency: null,
    });
    const { body: exported } = await call<Record<string, never[]>>('GET', `/${zhao}/export`);
    expect(exported.events).toHaveLength(23);
    expect(exported.identifiers).toEqual([
      { namespace: 'member_id', value: 'Z1000' },
      { namespace: 'device', value: 'phone-of-zhao' },
    ]);
    expect(exported.data).toEqual({ orders: ['ord_0', 'ord_1', 'ord_2', 'ord_3'] });
  });
  it.each([
    '/per_nothing',
    '/per_00000000000000000000000000000000',
    '/per_00000000000000000000000000000000/timeline',
    '/x/export',
  ])('%s is nobody', async (url) =>
    expect(await call('GET', url)).toMatchObject({ status: 404, body: { code: 'person.not_found' } }),
  );
});

describe('merging by a human', () => {
  it('merges a candidate, tells ClickHouse, undoes it, and leaves a trail', async () => {
    const a = await see({ member_id: 'A7000' });
    const b = await see({ phone: '15812340001' });
    await see({ member_id: 'A7000', phone: '15812340001' });
    const open = async () =>
      (await call<{ candidates: { id: string; a: PersonSummary; b: PersonSummary }[] }>('GET', '/merge-candidates'))
        .body.candidates;
    expect(await open()).toMatchObject([
      {
        a: { id: a },
        b: { id: b },
        evidence: [
          { namespace: 'member_id', value: 'A7000' },
          { namespace: 'phone', value: '+8615812340001' },
        ],
      },
    ]);
    const merged = await call<{ id: string }>('POST', '/merges', { from: a, into: b, reason: 'same address' });
    expect(merged.status).toBe(200);
    expect(await open()).toEqual([]);
    expect((await call<Person>('GET', `/${a}`)).body.id).toBe(b);
    expect(await overrides()).toContainEqual([uuidOf('per', a), uuidOf('per', b)]);
    expect(await call('POST', '/merges', { from: a, into: b, reason: 'again' })).toMatchObject({ status: 409 });
    expect(await call('POST', '/merges', { from: b, into: b, reason: 'self' })).toMatchObject({ status: 409 });
    expect(await call('POST', '/merges', { from: b, into: publicId('per', newUuid()), reason: 'who' })).toMatchObject({
      status: 404,
    });
    const undone = await call('POST', `/merges/${merged.body.id}/undo`);
    expect(undone).toEqual({ status: 200, body: { from: a, into: b } });
    expect((await call<Person>('GET', `/${a}`)).body.id).toBe(a);
    expect(await overrides()).not.toContainEqual([uuidOf('per', a), uuidOf('per', b)]);
    expect(await call('POST', `/merges/${merged.body.id}/undo`)).toMatchObject({ status: 404 });
    const { rows } = await stores.db.pool.query(
      "select action, actor from access.audit where brand_id = $1 and action like 'person.merge%' order by id",
      [brand.id],
    );
    expect(rows).toEqual([
      { action: 'person.merged', actor: 'li@example.cn' },
      { action: 'person.merge_undone', actor: 'li@example.cn' },
    ]);
  });
  it('dismisses a candidate for good', async () => {
    await see({ member_id: 'A8000' });
    await see({ phone: '15812340002' });
    await see({ member_id: 'A8000', phone: '15812340002' });
    const open = async () => (await call<{ candidates: { id: string }[] }>('GET', '/merge-candidates')).body.candidates;
    const [candidate] = await open();
    expect((await call('POST', `/merge-candidates/${candidate!.id}/dismiss`)).status).toBe(204);
    await see({ member_id: 'A8000', phone: '15812340002' });
    expect(await open()).toEqual([]);
    expect((await call('POST', `/merge-candidates/${candidate!.id}/dismiss`)).status).toBe(404);
  });
});

describe('erasing', () => {
  it('answers what was removed, and the person is gone', async () => {
    const person = await see({ email: 'zhang@qq.com' });
    await storeEvents(person, 5);
    expect(await call('POST', `/${person}/erase`, { reason: 'x' })).toMatchObject({ status: 400 });
    expect(await call('POST', `/${person}/erase`, { reason: 'asked by mail' })).toEqual({
      status: 200,
      body: { identifiers: 1, events: 5 },
    });
    for (const url of ['', '/timeline', '/export']) expect((await call('GET', `/${person}${url}`)).status).toBe(404);
    expect((await call<PageReply>('GET', '?q=zhang')).body.total).toBe(0);
  });
});

async function overrides(): Promise<[Uuid, Uuid][]> {
  const rows = await stores.ch.rows<{ person_id: Uuid; into_id: Uuid }>(
    `SELECT person_id, argMax(into_id, version) AS into_id FROM person_override WHERE brand_id = {brand:UUID}
     GROUP BY person_id HAVING argMax(deleted, version) = 0`,
    { brand: brand.id },
  );
  return rows.map((row) => [row.person_id, row.into_id]);
}
