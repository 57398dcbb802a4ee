import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '#adapters/postgres.ts';
import { sqlState } from '#adapters/postgres.ts';
import { newUuid, type Uuid } from '#lib/id.ts';
import { type TestStores, testStores } from '../../../test/harness.ts';
import { describe as keepPortraits, lookup } from './lookup.ts';
import { mergePersons, undoMerge } from './merge.ts';
import { createResolver, type Resolver, seenGrainMs } from './resolver.ts';

let stores: TestStores;
let db: Db;
beforeAll(async () => {
  stores = await testStores();
  db = stores.db;
});
afterAll(() => stores.close());

const t0 = Date.UTC(2026, 0, 1);

function sightings(brandId: Uuid, list: Record<string, string>[], atMs = t0) {
  return list.map((identifiers) => ({ brandId, identifiers, occurredAtMs: atMs }));
}

async function see(resolver: Resolver, brandId: Uuid, list: Record<string, string>[], atMs = t0) {
  const found = await db.system((tx) => resolver.resolve(tx, sightings(brandId, list, atMs)));
  return found.map((one) => one.personId);
}

const survivor = (brandId: Uuid, identifiers: Record<string, string>) =>
  db.brand(brandId, (tx) => lookup(tx, brandId, identifiers));
const query = async (text: string, values: unknown[]) => (await db.pool.query(text, values)).rows;

describe('resolve', () => {
  it('finds the same person for every way of writing an identifier, cold and warm', async () => {
    const brandId = newUuid();
    const resolver = createResolver({ now: Date.now });
    const ways = [{ phone: '136 1234 9876' }, { phone: '+8613612349876' }, { phone: '0086-136-1234-9876' }];
    const first = await see(resolver, brandId, ways);
    expect(new Set(first).size).toBe(1);
    for (let round = 0; round < 3; round++) expect(await see(resolver, brandId, ways)).toEqual(first);
    expect(await see(createResolver({ now: Date.now }), brandId, ways)).toEqual(first);
    expect(await query('select namespace, value from people.identifier where brand_id = $1', [brandId])).toEqual([
      { namespace: 'phone', value: '+8613612349876' },
    ]);
  });
  it('knows nobody from junk, and junk beside a real identifier does no harm', async () => {
    const brandId = newUuid();
    const resolver = createResolver({ now: Date.now });
    const [none, a, b, empty] = await see(resolver, brandId, [
      { device: '00000000-0000-0000-0000-000000000000', phone: '138****0000' },
      { phone: '13612340001', device: 'null' },
      { phone: '13612340002', device: 'null' },
      {},
    ]);
    expect([none, empty]).toEqual([undefined, undefined]);
    expect(a).not.toBe(b);
    expect(await query('select count(*)::int as n from people.merge_candidate where brand_id = $1', [brandId])).toEqual(
      [{ n: 0 }],
    );
  });
  it('keeps brands apart in one batch', async () => {
    const [one, two] = [newUuid(), newUuid()];
    const resolver = createResolver({ now: Date.now });
    const batch = [...sightings(one, [{ phone: '13612340003' }]), ...sightings(two, [{ phone: '13612340003' }])];
    for (let round = 0; round < 2; round++) {
      const found = await db.system((tx) => resolver.resolve(tx, batch));
      expect(found[0]!.personId).toBeDefined();
      expect(found[0]!.personId).not.toBe(found[1]!.personId);
    }
    expect(await db.brand(two, async (tx) => lookup(tx, one, { phone: '13612340003' }))).toBeUndefined();
  });
  it('merges by rule once, keeps stamping the person first met, and answers the survivor to a look-up', async () => {
    const brandId = newUuid();
    const resolver = createResolver({ now: Date.now });
    const [device] = await see(resolver, brandId, [{ device: 'dev-1' }]);
    const [phone] = await see(resolver, brandId, [{ phone: '13612340004' }]);
    for (let round = 0; round < 3; round++) {
      expect(await see(resolver, brandId, [{ device: 'dev-1', phone: '13612340004' }, { device: 'dev-1' }])).toEqual([
        phone,
        device,
      ]);
    }
    expect(await survivor(brandId, { device: 'dev-1' })).toBe(phone);
    const merges = await query('select from_id, into_id, rule, moved from people.merge where brand_id = $1', [brandId]);
    expect(merges).toEqual([{ from_id: device, into_id: phone, rule: 'anonymous_into_known', moved: [device] }]);
  });
  it('does not merge again what a human took apart', async () => {
    const brandId = newUuid();
    const resolver = createResolver({ now: Date.now });
    await see(resolver, brandId, [{ device: 'dev-2' }]);
    const tie = { device: 'dev-2', phone: '13612340005' };
    await see(resolver, brandId, [{ phone: '13612340005' }, tie]);
    const [merge] = await query('select id from people.merge where brand_id = $1', [brandId]);
    await db.brand(brandId, (tx) =>
      undoMerge(tx, brandId, merge.id, { actor: 'a', reason: 'shared tablet', atMs: t0 }),
    );
    for (let round = 0; round < 3; round++) await see(resolver, brandId, [tie]);
    expect(await survivor(brandId, { device: 'dev-2' })).not.toBe(await survivor(brandId, { phone: '13612340005' }));
    expect(await query('select id from people.merge where brand_id = $1', [brandId])).toHaveLength(1);
  });
  it('looks again at a pair that a ruling has changed, however often it was seen before', async () => {
    const brandId = newUuid();
    const resolver = createResolver({ now: Date.now });
    const [device, one, two] = await see(resolver, brandId, [
      { device: 'dev-9' },
      { phone: '13612340051' },
      { phone: '13612340052' },
    ]);
    const by = { actor: 'a', reason: 'a guess', atMs: t0 };
    const merge = await db.brand(brandId, (tx) => mergePersons(tx, brandId, { from: device!, into: one! }, by));
    const tie = { device: 'dev-9', phone: '13612340052' };
    for (let round = 0; round < 3; round++) await see(resolver, brandId, [tie]);
    expect(await survivor(brandId, { device: 'dev-9' })).toBe(one);
    await db.brand(brandId, (tx) => undoMerge(tx, brandId, merge, by));
    await see(resolver, brandId, [tie]);
    expect(await survivor(brandId, { device: 'dev-9' })).toBe(two);
  });
  it('remembers nothing of a transaction that was rolled back', async () => {
    const brandId = newUuid();
    const resolver = createResolver({ now: Date.now });
    const [known] = await see(resolver, brandId, [{ phone: '13612340006' }]);
    await see(resolver, brandId, [{ device: 'dev-3' }]);
    const tie = [{ device: 'dev-3', phone: '13612340006' }, { phone: '13612340007' }];
    const rolledBack = db.system(async (tx) => {
      await resolver.resolve(tx, sightings(brandId, tie, t0 + 10 * seenGrainMs));
      await resolver.resolve(tx, sightings(brandId, tie, t0 + 10 * seenGrainMs));
      throw new Error('the batch could not be sealed');
    });
    await expect(rolledBack).rejects.toThrow('sealed');
    const [again, other] = await see(resolver, brandId, tie, t0 + 10 * seenGrainMs);
    expect(again).toBe(known);
    expect(
      await query('select count(*)::int as n from people.person where brand_id = $1 and id = $2', [brandId, other]),
    ).toEqual([{ n: 1 }]);
    expect(await survivor(brandId, { device: 'dev-3' })).toBe(known);
    const [row] = await query('select last_seen_at from people.person where brand_id = $1 and id = $2', [
      brandId,
      known,
    ]);
    expect(row.last_seen_at.getTime()).toBe(t0 + 10 * seenGrainMs);
  });
  it('keeps first and last seen, late events included', async () => {
    const brandId = newUuid();
    const resolver = createResolver({ now: Date.now });
    const at = async (atMs: number) => see(resolver, brandId, [{ phone: '13612340008' }], atMs);
    await at(t0);
    await at(t0 + 86_400_000);
    await at(t0 - 86_400_000);
    await at(t0 + 1000);
    const [row] = await query('select first_seen_at, last_seen_at, active_at from people.person where brand_id = $1', [
      brandId,
    ]);
    expect(row.first_seen_at.getTime()).toBe(t0 - 86_400_000);
    expect(row.last_seen_at.getTime()).toBe(t0 + 86_400_000);
    expect(row.active_at.getTime()).toBe(t0 + 86_400_000);
  });
  it('bounds the pairs that one shared device can bring up', async () => {
    const brandId = newUuid();
    const resolver = createResolver({ now: Date.now });
    for (let i = 0; i < 60; i += 5) {
      await see(
        resolver,
        brandId,
        Array.from({ length: 5 }, (_, j) => ({ device: 'kiosk', member_id: `m${100 + i + j}` })),
      );
    }
    const [{ n }] = await query('select count(*)::int as n from people.merge_candidate where brand_id = $1', [brandId]);
    expect(n).toBe(20);
    expect(await query('select id from people.person where brand_id = $1', [brandId])).toHaveLength(60);
  });
});

describe('two drainers at once', () => {
  it('never make two persons of one identifier, nor lose a merge', async () => {
    const brandId = newUuid();
    const resolvers = [createResolver({ maxCached: 50, now: Date.now }), createResolver({ now: Date.now })];
    const persons = 40;
    const batch = (seed: number) =>
      Array.from({ length: 30 }, (_, i) => {
        const draw = Math.imul(seed * 30 + i + 1, 0x9e37_79b1) >>> 0;
        const p = (draw >>> 8) % persons;
        const one = { phone: `1361234${1000 + p}` };
        const kinds = [
          one,
          { device: `dev-${p}` },
          { ...one, device: `dev-${p}` },
          { ...one, 'openid:app': `o${p}xyz` },
        ];
        return kinds[draw >>> 30]!;
      });
    let retries = 0;
    const drain = async (resolver: Resolver, seed: number): Promise<void> => {
      try {
        await see(resolver, brandId, batch(seed), t0 + seed * 2 * seenGrainMs);
      } catch (error) {
        if (sqlState(error) !== '40P01') throw error;
        retries++;
        await drain(resolver, seed);
      }
    };
    await Promise.all(
      resolvers.map(async (resolver, n) => {
        for (let i = 0; i < 40; i++) await drain(resolver, i * 2 + n);
      }),
    );
    expect(retries).toBe(0);
    for (let p = 0; p < persons; p++) {
      const phone = await survivor(brandId, { phone: `1361234${1000 + p}` });
      expect(phone).toBeDefined();
      expect(await survivor(brandId, { device: `dev-${p}` })).toBe(phone);
      expect(await survivor(brandId, { 'openid:app': `o${p}xyz` })).toBe(phone);
    }
    const [orphans] = await query(
      `select count(*)::int as n from people.person p where brand_id = $1
         and not exists (select from people.identifier i where i.brand_id = p.brand_id and i.person_id = p.id)`,
      [brandId],
    );
    expect(orphans.n).toBe(0);
  });
});

describe('names and traits', () => {
  it('are kept within bounds, with the person made where it is new', async () => {
    const brandId = newUuid();
    const portraits = [
      {
        identifiers: { member_id: 'M100' },
        displayName: '李娜\u0000',
        traits: { level: 'gold', points: 12 },
        atMs: t0,
      },
      { identifiers: { member_id: 'M100' }, traits: { level: 'black', note: 'x'.repeat(900) }, atMs: t0 },
      { identifiers: { phone: '138****1111' }, displayName: 'nobody', atMs: t0 },
    ];
    const [person, same, nobody] = await db.brand(brandId, (tx) => keepPortraits(tx, brandId, portraits));
    expect([same, nobody]).toEqual([person, undefined]);
    const [row] = await query('select display_name, traits from people.person where brand_id = $1', [brandId]);
    expect(row).toEqual({ display_name: '李娜', traits: { level: 'black', points: 12, note: 'x'.repeat(500) } });
    const huge = Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`t${i}`, newUuid().repeat(13)]));
    await db.brand(brandId, (tx) =>
      keepPortraits(tx, brandId, [{ identifiers: { member_id: 'M100' }, traits: huge, atMs: t0 }]),
    );
    expect((await query('select traits from people.person where brand_id = $1', [brandId]))[0].traits.level).toBe(
      'black',
    );
  });
});
