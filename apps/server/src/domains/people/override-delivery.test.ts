import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClickHouse } from '#adapters/clickhouse.ts';
import { newUuid, type Uuid } from '#lib/id.ts';
import { type TestStores, testStores } from '../../../test/harness.ts';
import { mergePersons, undoMerge } from './merge.ts';
import { deliverOverrides } from './override-delivery.ts';
import { createResolver } from './resolver.ts';

let stores: TestStores;
beforeAll(async () => {
  stores = await testStores();
});
afterAll(() => stores.close());

const ruling = { actor: 'a', reason: 'because', atMs: 0 };

describe('telling ClickHouse of merges', () => {
  it('points everybody in a chain at the survivor, twice told or not, and takes it back', async () => {
    const { db, ch } = stores;
    const brandId = newUuid();
    const identifiers = [1, 2, 3].map((n) => ({ brandId, identifiers: { member_id: `m00${n}` }, occurredAtMs: 0 }));
    const [a, b, c] = (await db.system((tx) => createResolver({ now: Date.now }).resolve(tx, identifiers))).map(
      (one) => one.personId!,
    ) as [Uuid, Uuid, Uuid];
    const merge = (from: Uuid, into: Uuid) =>
      db.brand(brandId, (tx) => mergePersons(tx, brandId, { from, into }, ruling));
    const changed: Uuid[] = [];
    const deps = { db, ch, figuresChanged: async (_tx: unknown, brand: Uuid) => void changed.push(brand) };
    const overrides = async () => {
      const rows = await ch.rows<{ person_id: Uuid; into_id: Uuid }>(
        'SELECT person_id, into_id FROM person_override FINAL WHERE brand_id = {brand:UUID} AND deleted = 0',
        { brand: brandId },
      );
      return Object.fromEntries(rows.map((row) => [row.person_id, row.into_id]));
    };
    const first = await merge(a, b);
    const second = await merge(b, c);
    const dying: ClickHouse = {
      ...ch,
      async insertNdjson(...args) {
        await ch.insertNdjson(...args);
        throw new Error('killed before the commit');
      },
    };
    await expect(deliverOverrides({ ...deps, ch: dying })).rejects.toThrow('killed');
    expect(await deliverOverrides(deps)).toBe(3);
    expect(await overrides()).toEqual({ [a]: c, [b]: c });
    expect(await deliverOverrides(deps)).toBe(0);
    expect(changed).toEqual([brandId]);
    await db.brand(brandId, (tx) => undoMerge(tx, brandId, first, ruling));
    await deliverOverrides(deps);
    expect(await overrides()).toEqual({ [b]: c });
    await db.brand(brandId, (tx) => undoMerge(tx, brandId, second, ruling));
    await deliverOverrides(deps);
    expect(await overrides()).toEqual({});
    const again = await merge(c, a);
    await deliverOverrides(deps);
    expect(await overrides()).toEqual({ [c]: a });
    await expect(db.brand(newUuid(), (tx) => undoMerge(tx, brandId, again, ruling))).rejects.toMatchObject({
      code: 'person.merge_not_found',
    });
  });
});
