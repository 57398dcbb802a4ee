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

const preset = (id: string) => presets.find((one) => one.id === id)!;
async function imported(id: string, text: string) {
  const read = await readWith(preset(id), text, { brand });
  return { ...(await writeWith(stores.db, brand, preset(id), read.records)), unread: read.rejected };
}
const day = (text: string) => Date.parse(`${text}T00:00:00+08:00`);

describe('ad-spend', () => {
  it('records spend once, keeps lines that look alike, and books a correction as the difference', async () => {
    const file = (amount: string) =>
      `日期,投放消耗(元),渠道,计划,场次\n2026-03-01,${amount},巨量千川,拉新,7001\n2026-03-01,50,巨量千川,拉新,7002\n2026-03-01,50,巨量千川,拉新,7002\n合计,1100,,,\n`;
    expect(await imported('ad-spend', file('1000.50'))).toMatchObject({ accepted: 3, duplicate: 0, unread: [] });
    expect(await imported('ad-spend', file('1000.50'))).toMatchObject({ accepted: 0, duplicate: 3 });
    expect(await imported('ad-spend', file('1000.00'))).toMatchObject({ accepted: 1, duplicate: 2 });
    expect(await imported('ad-spend', file('1000.50'))).toMatchObject({ accepted: 0, duplicate: 3 });
    const facts = await recordedFacts(stores.db, brand.id);
    expect(facts.map((fact) => [fact.type, fact.amountMinor, fact.occurredAtMs, fact.channel])).toEqual([
      ['spend.recorded', 100_050, day('2026-03-01'), '巨量千川'],
      ['spend.recorded', 5000, day('2026-03-01'), '巨量千川'],
      ['spend.recorded', 5000, day('2026-03-01'), '巨量千川'],
      ['spend.recorded', -50, day('2026-03-01'), '巨量千川'],
    ]);
    expect(facts[0]?.sessionId).toMatch(/^ses_[0-9a-f]{32}$/);
    expect(new Set(facts.map((fact) => fact.sessionId)).size).toBe(2);
  });

  it('knows the purpose, names content, and refuses bad rows alone', async () => {
    const done = await imported(
      'ad-spend',
      'Date,Cost,Channel,Purpose,Content\n2026-03-01,10,抖音,样品,新品开箱\nyesterday,10,抖音,,\n2026-03-02,-,抖音,,\n',
    );
    expect(done.accepted).toBe(1);
    expect(done.unread.map((one) => one.line)).toEqual([3, 4]);
    const [fact] = await recordedFacts(stores.db, brand.id);
    expect(fact?.props).toMatchObject({ purpose: 'sample' });
    const labels = await stores.db.brand(brand.id, (tx) => names(tx, brand.id, 'content', [fact!.contentId!]));
    expect([...labels.values()]).toEqual(['新品开箱']);
  });
});

describe('exposure', () => {
  it('reads one metric a row and one metric a column', async () => {
    await imported(
      'exposure',
      '日期,指标,数值,媒体,总量\n2026-03-01,媒体曝光,12.5万,微博,\n2026-03-01,声量,300,微博,1200\n',
    );
    await imported('exposure', '日期,搜索指数,曝光量\n2026-03-02,880,"1,000"\n');
    const facts = await recordedFacts(stores.db, brand.id);
    expect(facts.map((fact) => [fact.quantity, fact.props?.metric, fact.props?.total, fact.channel])).toEqual([
      [125_000, 'media_exposure', undefined, '微博'],
      [300, 'voice', 1200, '微博'],
      [1000, 'media_exposure', undefined, undefined],
      [880, 'search_index', undefined, undefined],
    ]);
  });

  it('refuses a metric that it does not know', async () => {
    const done = await imported('exposure', '日期,指标,数值\n2026-03-01,心情,5\n');
    expect(done.unread).toMatchObject([{ line: 2, code: 'metric_unknown' }]);
  });
});

describe('content-pieces', () => {
  it('records each piece once, by kind', async () => {
    const file =
      '发布时间,标题,内容类型,平台\n2026-03-01 10:00,新品开箱,短视频,抖音\n2026-03-01 12:00,早安,社群,企微\n';
    expect(await imported('content-pieces', file)).toMatchObject({ accepted: 2 });
    expect(await imported('content-pieces', file)).toMatchObject({ duplicate: 2 });
    const facts = await recordedFacts(stores.db, brand.id);
    expect(facts.map((fact) => [fact.type, fact.props?.kind])).toEqual([
      ['content.published', 'short_video'],
      ['content.published', 'community'],
    ]);
  });
});
