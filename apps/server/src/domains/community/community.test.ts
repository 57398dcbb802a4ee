import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ImportBrand } from '#domains/imports/index.ts';
import { type TestStores, testStores } from '../../../test/harness.ts';
import { readWith } from '../../../test/preset-reading.ts';
import { recordedFacts, writeWith } from '../../../test/recorded-facts.ts';
import { names } from './index.ts';
import { presets } from './presets.ts';

let stores: TestStores;
let brand: ImportBrand;

beforeAll(async () => {
  stores = await testStores();
});
afterAll(() => stores.close());
beforeEach(async () => {
  const { id } = await stores.newBrand({ currency: 'CNY', zone: 'Asia/Shanghai' });
  brand = { id, currency: 'CNY', zone: 'Asia/Shanghai' };
});

const members = presets[0]!;
async function imported(text: string) {
  const read = await readWith(members, text, { brand });
  return { ...(await writeWith(stores.db, brand, members, read.records)), unread: read.rejected };
}
const at = (text: string) => Date.parse(`${text.replace(' ', 'T')}+08:00`);
const header = '昵称,手机号,会员号,unionid,入会时间,群名称,群ID,社群,入群时间,退群时间,入群方式,邀请人,标签';

describe('members', () => {
  it('records members and group members once, names people, groups and communities', async () => {
    const file = `${header}\n小花,13800138000,M1,u1,2026-01-01 08:00:00,福利 1 群,wr1,福利社群,2026-01-02 09:00:00,,扫码,,"高客单,复购"\n小花,13800138000,M1,u1,2026-01-01 08:00:00,福利 2 群,wr2,福利社群,2026-01-03 09:00:00,2026-02-01 10:00:00,邀请,阿强,\n无名,,,,2026-01-01,,,,,,,,\n`;
    expect(await imported(file)).toMatchObject({ accepted: 2, unread: [{ line: 4, code: 'required_missing' }] });
    expect(await imported(file)).toMatchObject({ accepted: 0, duplicate: 2 });
    const facts = await recordedFacts(stores.db, brand.id);
    expect(facts.map((fact) => [fact.type, fact.occurredAtMs, fact.props?.scene])).toEqual([
      ['member.joined', at('2026-01-01 08:00:00'), '扫码'],
      ['group.joined', at('2026-01-02 09:00:00'), '扫码'],
      ['group.joined', at('2026-01-03 09:00:00'), '邀请'],
      ['group.left', at('2026-02-01 10:00:00'), '邀请'],
    ]);
    expect(facts[0]?.identifiers).toEqual({ member_id: 'M1', phone: '+8613800138000', unionid: 'u1' });
    const [groups, communities] = await stores.db.brand(brand.id, async (tx) => [
      await names(tx, brand.id, 'group', [facts[1]!.groupId!]),
      await names(tx, brand.id, 'community', [facts[1]!.communityId!]),
    ]);
    expect([...groups.values(), ...communities.values()]).toEqual(['福利 1 群', '福利社群']);
    const { rows } = await stores.db.pool.query(
      'select distinct display_name as name from people.person where brand_id = $1 and display_name is not null',
      [brand.id],
    );
    expect(rows).toEqual([{ name: '小花' }]);
  });

  it('records leaving and coming back from a later file', async () => {
    const row = (joined: string, left: string) => `会员号,入会时间,退会时间\nM9,${joined},${left}\n`;
    await imported(row('2026-01-01', ''));
    await imported(row('2026-01-01', '2026-02-01'));
    await imported(row('2026-03-01', ''));
    await imported(row('2026-01-01', ''));
    expect((await recordedFacts(stores.db, brand.id)).map((fact) => [fact.type, fact.occurredAtMs])).toEqual([
      ['member.joined', at('2026-01-01 00:00:00')],
      ['member.left', at('2026-02-01 00:00:00')],
      ['member.joined', at('2026-03-01 00:00:00')],
    ]);
  });
});
