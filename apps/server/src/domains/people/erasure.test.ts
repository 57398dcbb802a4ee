import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClickHouse } from '#adapters/clickhouse.ts';
import { newUuid, nilUuid, publicId, type Uuid } from '#lib/id.ts';
import { type TestStores, testLog, testStores } from '../../../test/harness.ts';
import { type Eraser, type ErasureDeps, erasePerson, runErasures } from './erasure.ts';
import { deliverOverrides } from './override-delivery.ts';
import { createResolver } from './resolver.ts';

let stores: TestStores;
beforeAll(async () => {
  stores = await testStores();
});
afterAll(() => stores.close());

const minuteMs = 60_000;
const quietLog = { ...testLog, warn: () => undefined };

/** A brand with two persons: Li has a device merged into her phone; Wang was invited by her. */
async function scene() {
  const { db, ch } = stores;
  const brandId = newUuid();
  const resolver = createResolver({ now: Date.now });
  const see = async (identifiers: Record<string, string>) =>
    (await db.system((tx) => resolver.resolve(tx, [{ brandId, identifiers, occurredAtMs: 1_760_000_000_000 }])))[0]!;
  const device = (await see({ device: 'dev-li' })).personId!;
  const li = (await see({ phone: '13612340001' })).personId!;
  await see({ phone: '13612340001', device: 'dev-li' });
  const wang = (await see({ phone: '13612340002' })).personId!;
  await deliverOverrides({ db, ch, figuresChanged: async () => undefined });
  const row = (personId: Uuid, type: string, day: string, more: object = {}) => ({
    brand_id: brandId,
    type,
    day,
    occurred_at: Date.parse(`${day}T08:00:00Z`) / 1000,
    event_id: newUuid(),
    person_id: personId,
    received_at: 1_760_000_000,
    batch_id: 7,
    source: 'test',
    strand: type.startsWith('order') ? 'commerce' : 'community',
    ...more,
  });
  const props = (value: object) => ({ props: JSON.stringify(value) });
  const rows = [
    row(li, 'order.paid', '2026-01-05', {
      order_id: 'ord_1',
      quantity: 2,
      amount_minor: 12345,
      currency: 'GBP',
      h3: '8a2a1072b59ffff',
      ...props({ costMinor: 5000, address: 'Long Street 5' }),
    }),
    row(li, 'order.adjusted', '2026-01-05', { order_id: 'ord_1', quantity: -1, amount_minor: -345, currency: 'GBP' }),
    row(device, 'live.entered', '2026-01-09', { session_id: 'ses_1', strand: 'live' }),
    row(li, 'message.sent', '2026-02-01', {
      group_id: 'grp_1',
      ...props({ text: 'my number is 13612340001', reason: 'free text' }),
    }),
    row(wang, 'order.paid', '2026-01-05', {
      order_id: 'ord_2',
      quantity: 1,
      amount_minor: 700,
      currency: 'GBP',
      ...props({ costMinor: 1, note: 'his own' }),
    }),
    row(wang, 'invite.accepted', '2026-01-04', { ...props({ inviterPersonId: li, seed: true }) }),
    row(nilUuid, 'order.paid', '2026-01-05', { order_id: 'ord_3', quantity: 1, amount_minor: 50, currency: 'GBP' }),
  ];
  await ch.insertNdjson('events', Buffer.from(rows.map((one) => JSON.stringify(one)).join('\n')), newUuid());
  return { brandId, li, device, wang, see, rows };
}

function depsOf(more: Partial<ErasureDeps> = {}): ErasureDeps {
  const { db, ch } = stores;
  return {
    db,
    ch,
    now: Date.now,
    log: testLog,
    audit: async () => undefined,
    figuresChanged: async () => undefined,
    erasers: [],
    ...more,
  };
}

/** Every sum that a figure can be made of, by dimension, but for who counts as a known customer. */
async function sums(brandId: Uuid) {
  const [kpi, raw, batches] = await Promise.all([
    stores.ch.rows(
      `SELECT dim, type, day, dim_value, sum(events) AS e, sum(quantity) AS q, sum(amount_minor) AS a FROM kpi_day
       WHERE brand_id = {brand:UUID} AND dim != 'customer' GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`,
      { brand: brandId },
    ),
    stores.ch.rows(
      `SELECT type, day, count() AS e, sum(quantity) AS q, sum(amount_minor) AS a, uniqExact(order_id) AS o, sum(JSONExtractInt(props, 'costMinor')) AS cost
       FROM events WHERE brand_id = {brand:UUID} GROUP BY 1, 2 ORDER BY 1, 2`,
      { brand: brandId },
    ),
    stores.ch.rows('SELECT batch_id, count() AS n FROM events WHERE brand_id = {brand:UUID} GROUP BY 1', {
      brand: brandId,
    }),
  ]);
  return { kpi, raw, batches };
}

const customers = (brandId: Uuid) =>
  stores.ch.rows(
    `SELECT type, dim_value, sum(events) AS e, sum(amount_minor) AS a FROM kpi_day
     WHERE brand_id = {brand:UUID} AND dim = 'customer' AND type LIKE 'order%' GROUP BY 1, 2 HAVING e != 0 ORDER BY 1, 2`,
    { brand: brandId },
  );

async function tracesOf(brandId: Uuid, persons: Uuid[]): Promise<Record<string, string>> {
  const tables = ['events', 'person_day', 'person_first', 'person_override'];
  const counts = await Promise.all(
    tables.map(async (table) => {
      const merged = table === 'person_override' ? 'OR into_id IN {p:Array(UUID)}' : '';
      const [row] = await stores.ch.rows<{ n: string }>(
        `SELECT count() AS n FROM ${table} WHERE brand_id = {brand:UUID} AND (person_id IN {p:Array(UUID)} ${merged})`,
        { brand: brandId, p: persons },
      );
      return [table, row!.n] as const;
    }),
  );
  return Object.fromEntries(counts);
}

const nothing = { events: '0', person_day: '0', person_first: '0', person_override: '0' };

describe('erasing a person', () => {
  it('removes the person everywhere and keeps every sum to the last minor unit', async () => {
    const { brandId, li, device, wang, see } = await scene();
    const before = await sums(brandId);
    expect((await tracesOf(brandId, [li, device])).person_override).toBe('1');
    const reply = await erasePerson(depsOf(), brandId, device, { actor: 'a', reason: 'asked by mail' });
    expect(reply).toEqual({ identifiers: 2, events: 4 });
    expect(await tracesOf(brandId, [li, device])).toEqual(nothing);
    expect(await sums(brandId)).toEqual(before);
    expect(await customers(brandId)).toEqual([
      { type: 'order.adjusted', dim_value: 'unknown', e: '1', a: '-345' },
      { type: 'order.paid', dim_value: 'known', e: '1', a: '700' },
      { type: 'order.paid', dim_value: 'unknown', e: '2', a: '12395' },
    ]);
    await stores.ch.command('OPTIMIZE TABLE kpi_day FINAL');
    expect(await sums(brandId)).toEqual(before);
    const left = await stores.ch.rows<{ props: string; h3: string }>(
      `SELECT props, h3 FROM events WHERE brand_id = {brand:UUID} AND person_id = toUUID('${nilUuid}') ORDER BY type, order_id`,
      { brand: brandId },
    );
    expect(left.map((row) => row.props)).toEqual(['', '{}', '', '{"costMinor":5000}', '']);
    expect(left.every((row) => row.h3 === '')).toBe(true);
    const [mention] = await stores.ch.rows<{ props: string }>(
      "SELECT props FROM events WHERE brand_id = {brand:UUID} AND type = 'invite.accepted'",
      { brand: brandId },
    );
    expect(JSON.parse(mention!.props)).toEqual({ inviterPersonId: nilUuid, seed: true });
    for (const table of ['person', 'identifier', 'merge', 'merge_candidate', 'override_outbox']) {
      const { rows } = await stores.db.pool.query(`select * from people.${table} where brand_id = $1`, [brandId]);
      expect(JSON.stringify(rows)).not.toMatch(new RegExp(`${li}|${device}|13612340001|dev-li`));
    }
    expect((await see({ phone: '13612340002' })).personId).toBe(wang);
  });

  it('never knows the person again, from memory or from a replay', async () => {
    const { brandId, li, see } = await scene();
    await see({ phone: '13612340001', device: 'dev-li' });
    await erasePerson(depsOf(), brandId, li, { actor: 'a', reason: 'asked by mail' });
    expect(await see({ phone: '136-1234-0001' })).toEqual({ personId: undefined, erased: true });
    expect(await see({ device: 'dev-li', phone: '13612340001' })).toEqual({ personId: undefined, erased: true });
    const mixed = await see({ device: 'dev-li', phone: '13612340009' });
    expect(mixed).toEqual({ personId: expect.any(String), erased: true });
    const { rows } = await stores.db.pool.query(
      'select namespace, value from people.identifier where brand_id = $1 order by value',
      [brandId],
    );
    expect(rows.map((row) => row.value)).toEqual(['+8613612340002', '+8613612340009']);
    const kept = await stores.db.pool.query('select digest from people.tombstone where brand_id = $1', [brandId]);
    expect(kept.rows.map((row) => row.digest.length)).toEqual([32, 32]);
  });

  it('is carried on after a crash at any step, without doubling or losing a sum', async () => {
    const steps = ['INSERT INTO', 'ATTACH PARTITION', 'insertNdjson', 'ALTER TABLE events DELETE'];
    for (const step of steps) {
      const { brandId, li, device } = await scene();
      const before = await sums(brandId);
      let clock = Date.now();
      const deps = depsOf({ now: () => clock, ch: failingAfter(stores.ch, step), log: quietLog });
      expect(await erasePerson(deps, brandId, li, { actor: 'a', reason: 'asked by mail' })).toEqual({
        identifiers: 2,
        events: 4,
      });
      expect(await tracesOf(brandId, [li, device]), step).not.toEqual(nothing);
      clock += minuteMs;
      expect(await runErasures(depsOf({ now: () => clock }))).toBe(1);
      expect(await tracesOf(brandId, [li, device]), step).toEqual(nothing);
      expect(await sums(brandId), step).toEqual(before);
      expect(await customers(brandId), step).toHaveLength(3);
      // Nothing of the work is left lying about.
      expect(
        await stores.ch.rows(
          "SELECT name FROM system.tables WHERE database = currentDatabase() AND name LIKE 'events\\_%'",
        ),
      ).toEqual([]);
      await stores.db.pool.query('delete from people.erasure');
    }
  });

  it('sweeps again for what was on its way, then forgets the ids', async () => {
    const { brandId, li, device, rows } = await scene();
    let clock = Date.now();
    const deps = depsOf({ now: () => clock });
    await erasePerson(deps, brandId, li, { actor: 'a', reason: 'asked by mail' });
    const late = { ...rows[0]!, event_id: newUuid(), person_id: device, order_id: 'ord_9' };
    await stores.ch.insertNdjson('events', Buffer.from(JSON.stringify(late)), newUuid());
    const before = await sums(brandId);
    expect(await runErasures(deps)).toBe(0);
    for (const delayMs of [4, 16]) {
      clock += delayMs * minuteMs;
      expect(await runErasures(deps)).toBe(1);
    }
    expect(await tracesOf(brandId, [li, device])).toEqual(nothing);
    expect(await sums(brandId)).toEqual(before);
    clock += 60 * minuteMs;
    expect(await runErasures(deps)).toBe(0);
    const { rows: left } = await stores.db.pool.query(
      'select person_ids, events, finished_at from people.erasure where brand_id = $1',
      [brandId],
    );
    expect(left).toEqual([{ person_ids: [], events: 5, finished_at: expect.any(Date) }]);
  });

  it('asks every registered eraser for each of the merged persons, and changes nothing when one fails', async () => {
    const { brandId, li, device } = await scene();
    const asked: unknown[] = [];
    const eraser: Eraser = async (_tx, brand, personId, identifiers, orderIds) => {
      asked.push([brand, personId, identifiers, orderIds]);
      return 1;
    };
    const failing: Eraser = async () => {
      throw new Error('no');
    };
    await expect(
      erasePerson(depsOf({ erasers: [eraser, failing] }), brandId, li, { actor: 'a', reason: 'r' }),
    ).rejects.toThrow('no');
    expect((await tracesOf(brandId, [li])).events).toBe('3');
    asked.length = 0;
    const trail: unknown[] = [];
    const deps = depsOf({ erasers: [eraser], audit: async (_tx, _brand, fact) => void trail.push(fact) });
    await erasePerson(deps, brandId, li, { actor: 'owner@x', reason: 'asked by mail' });
    const orders = ['ord_1'];
    expect(asked).toEqual([
      [brandId, device, [{ namespace: 'device', value: 'dev-li' }], orders],
      [brandId, li, [{ namespace: 'phone', value: '+8613612340001' }], orders],
    ]);
    expect(trail).toEqual([
      {
        actor: 'owner@x',
        action: 'person.erased',
        subject: publicId('per', li),
        detail: { reason: 'asked by mail', identifiers: 2, elsewhere: 2, events: 4 },
      },
    ]);
    await expect(erasePerson(deps, brandId, li, { actor: 'a', reason: 'again' })).rejects.toMatchObject({
      code: 'person.not_found',
    });
  });
});

beforeEach(async () => {
  await stores.db.pool.query('delete from people.erasure');
});

/** The engine, but the first statement of a kind goes through and then fails as if the process had died there. */
function failingAfter(ch: ClickHouse, step: string): ClickHouse {
  let armed = true;
  const die = () => {
    armed = false;
    throw new Error(`died after ${step}`);
  };
  return {
    ...ch,
    async command(sql, params) {
      // After the death nothing of the same run reaches the engine any more.
      if (!armed) throw new Error('dead');
      await ch.command(sql, params);
      if (sql.includes(step)) die();
    },
    async insertNdjson(table, ndjson, token) {
      if (!armed) throw new Error('dead');
      await ch.insertNdjson(table, ndjson, token);
      if (step === 'insertNdjson') die();
    },
  };
}
