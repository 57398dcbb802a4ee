import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestStores, testStores } from '../../../test/harness.ts';
import { brandOf, brandsOf, createBrandFor, openStaffAuth, type StaffAuth, setUp } from './index.ts';

describe('brands that commands make', () => {
  let test: TestStores;
  let staff: StaffAuth;
  const made = async (name: string) => {
    await createBrandFor(test.db, brandOf({ name }), { kind: 'local' });
  };
  const setUpAs = (email: string, name: string) =>
    setUp(test.db, staff, { brand: { name }, email, password: 'a long password' }, 'test');
  const seenBy = async (userId: string) =>
    (await test.db.system((tx) => brandsOf(tx, userId))).map((brand) => `${brand.name} ${brand.role}`).sort();

  beforeAll(async () => {
    test = await testStores();
    staff = openStaffAuth(test.stores.postgresUrl, 'a secret that is long enough');
  });
  afterAll(async () => {
    await staff?.close();
    await test?.close();
  });

  it('belong to the first owner, also those from before there was one, and to nobody else', async () => {
    await made('Early');
    const first = await setUpAs('first@example.com', 'First');
    await made('Later');
    const second = await setUpAs('second@example.com', 'Second');
    expect(await seenBy(first.userId)).toEqual(['Early owner', 'First owner', 'Later owner']);
    expect(await seenBy(second.userId)).toEqual(['Second owner']);
  });
});
