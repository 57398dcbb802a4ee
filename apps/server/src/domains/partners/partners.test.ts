import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ImportBrand } from '#domains/imports/index.ts';
import { nameUuid, publicId } from '#lib/id.ts';
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

const koc = presets[0]!;
async function imported(text: string) {
  const read = await readWith(koc, text, { brand });
  return { ...(await writeWith(stores.db, brand, koc, read.records)), unread: read.rejected };
}
const header = '昵称,抖音号,手机号,等级,加入时间,退出时间,状态,邀请人';

describe('koc', () => {
  it('records joining once, under the id that orders of the platform use', async () => {
    const file = `${header}\n小美,xm001,13800138000,金牌,2026-01-05,,合作中,店长\n阿强,,139****0000,银牌,2026/1/6,,,\n,,,,2026-01-07,,,\n`;
    const done = await imported(file);
    expect(done).toMatchObject({ accepted: 2, unread: [{ line: 4, code: 'required_missing' }] });
    expect(await imported(file)).toMatchObject({ accepted: 0, duplicate: 2 });
    const facts = await recordedFacts(stores.db, brand.id);
    const partnerId = publicId('par', nameUuid(brand.id, 'partner', 'douyin', 'xm001'));
    expect(facts).toMatchObject([
      {
        type: 'partner.joined',
        partnerId,
        occurredAtMs: Date.parse('2026-01-05T00:00:00+08:00'),
        identifiers: { phone: '+8613800138000' },
        props: { tier: '金牌' },
      },
      { type: 'partner.joined', props: { tier: '银牌' } },
    ]);
    expect(facts[1]?.identifiers).toBeUndefined();
    const labels = await stores.db.brand(brand.id, (tx) => names(tx, brand.id, 'koc', [partnerId]));
    expect([...labels]).toEqual([[partnerId, '小美']]);
  });

  it('records leaving and coming back, not a new tier', async () => {
    const row = (tier: string, joined: string, left: string, status: string) =>
      `${header}\n小美,xm001,,${tier},${joined},${left},${status},\n`;
    await imported(row('银牌', '2026-01-05', '', '合作中'));
    expect(await imported(row('金牌', '2026-01-05', '', '合作中'))).toMatchObject({ accepted: 1 });
    await imported(row('金牌', '2026-01-05', '2026-03-01', '已解约'));
    await imported(row('金牌', '2026-05-01', '', '合作中'));
    await imported(row('银牌', '2026-01-05', '', '合作中'));
    const facts = await recordedFacts(stores.db, brand.id);
    expect(
      facts.map((fact) => [fact.type, new Date(fact.occurredAtMs + 8 * 3_600_000).toISOString().slice(0, 10)]),
    ).toEqual([
      ['partner.joined', '2026-01-05'],
      ['partner.left', '2026-03-01'],
      ['partner.joined', '2026-05-01'],
    ]);
  });
});
