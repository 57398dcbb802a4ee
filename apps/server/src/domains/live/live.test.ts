import ExcelJS from 'exceljs';
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
const at = (text: string, offset = '+08:00') => Date.parse(`${text.replace(' ', 'T')}${offset}`);

const douyinHeader =
  '主播头像,主播昵称,主播抖音号,直播开始时间,直播结束时间,直播时长(分钟),直播间曝光人数,直播间曝光次数,直播间观看人数,直播间观看次数,最高在线人数,平均在线人数,人均观看时长(分钟),评论次数,新加直播团人数,新增粉丝数,直播间商品曝光人数,直播间商品点击人数,直播间商品曝光次数,直播间商品点击次数,直播间成交订单数,直播间成交金额,直播间用户支付金额,直播间成交件数,直播间成交人数,直播间退款金额,预估佣金支出,投放消耗(店铺绑定),投放消耗(店铺被投),净成交金额,消费券补贴金额,1小时退款率';
const douyinRow = (gmv: string, refund = '14603.08') =>
  `https://p11.douyinpic.com/x,弹动旗舰店,79300000514,2026/03/07 08:55:37,2026/03/08 00:55:49,960,182584,28.0万,15093,21254,75,24,1.07,660,2,518,12774,6390,67458,10306,1536,${gmv},59847.17,1547,1513,${refund},0,24052.43,24052.43,50512.9,-,0.1725`;
const douyin = (...rows: string[]) => `\ufeff${[douyinHeader, ...rows].join('\n')}\n`;

describe('douyin-live', () => {
  it('reads a session with all its figures, by their names in events', async () => {
    const read = await readWith(preset('douyin-live'), douyin(douyinRow('"¥61,045.30"')));
    expect(read.rejected).toEqual([]);
    expect(read.warnings).toEqual([]);
    expect(read.records).toEqual([
      {
        platform: 'douyin',
        room: { externalId: '79300000514', name: '弹动旗舰店' },
        externalId: null,
        title: null,
        host: null,
        startedAtMs: at('2026-03-07 08:55:37'),
        endedAtMs: at('2026-03-08 00:55:49'),
        notFinal: [],
        figures: {
          durationSeconds: 57_600,
          exposureUsers: 182_584,
          exposures: 280_000,
          viewers: 15_093,
          views: 21_254,
          peakConcurrent: 75,
          averageConcurrent: 24,
          averageWatchSeconds: 64.2,
          comments: 660,
          newGroupMembers: 2,
          newFollowers: 518,
          productImpressionUsers: 12_774,
          productImpressions: 67_458,
          productClickUsers: 6_390,
          productClicks: 10_306,
          orders: 1536,
          buyers: 1513,
          items: 1547,
          gmvMinor: 6_104_530,
          paidMinor: 5_984_717,
          netGmvMinor: 5_051_290,
          refundMinor: 1_460_308,
          adSpendMinor: 2_405_243,
          commissionMinor: 0,
        },
      },
    ]);
  });

  it('a changed report makes the next version, the same and an older one change nothing', async () => {
    const live = preset('douyin-live');
    const early = (await readWith(live, douyin(douyinRow('60000', '数据将于第二天更新')))).records;
    const late = (await readWith(live, douyin(douyinRow('61045.3')))).records;
    expect(early[0]?.notFinal).toEqual(['refundMinor']);
    expect(await writeWith(stores.db, brand, live, early)).toMatchObject({ accepted: 1 });
    expect(await writeWith(stores.db, brand, live, early)).toMatchObject({ duplicate: 1 });
    expect(await writeWith(stores.db, brand, live, late)).toMatchObject({ accepted: 1 });
    expect(await writeWith(stores.db, brand, live, [...early, ...late])).toMatchObject({ duplicate: 2 });
    const facts = await recordedFacts(stores.db, brand.id);
    expect(
      facts.map(({ type, occurredAtMs, props }) => [
        type,
        occurredAtMs,
        props?.version,
        props?.gmvMinor,
        props?.refundMinor,
        props?.notFinal,
      ]),
    ).toEqual([
      ['session.reported', at('2026-03-07 08:55:37'), 1, 6_000_000, undefined, ['refundMinor']],
      ['session.reported', at('2026-03-07 08:55:37'), 2, 6_104_530, 1_460_308, undefined],
    ]);
    const labels = await stores.db.brand(brand.id, (tx) => names(tx, brand.id, 'session', [facts[0]!.sessionId!]));
    expect([...labels.values()]).toEqual(['2026-03-07 08:55 · 弹动旗舰店']);
    const rooms = await stores.db.brand(brand.id, (tx) => names(tx, brand.id, 'room', [facts[0]!.roomId!]));
    expect([...rooms.values()]).toEqual(['弹动旗舰店']);
  });

  it('reads the workbook of one session and ties it to the room that bears its name', async () => {
    const live = preset('douyin-live');
    await writeWith(stores.db, brand, live, (await readWith(live, douyin(douyinRow('61045.3')))).records);
    const workbook = new ExcelJS.Workbook();
    workbook.addWorksheet('基本信息').addRows([
      ['直播时间', '直播时长', '成交金额', '千次观看成交金额'],
      ['2026-03-07 08-55-37~2026-03-08 00-55-49', '16小时0分钟', '¥61,045.30', '¥2,872.17'],
    ]);
    workbook.addWorksheet('流量&转化-转化漏斗').addRows([
      ['直播间曝光人数', '直播间观看人数', '商品点击人数', '成交人数'],
      ['18.3万', 15_093, 6390, 1513],
    ]);
    workbook.addWorksheet('流量分析-渠道分析').addRows([
      ['渠道名称', '观看次数', '成交金额', '千川消耗'],
      ['整体', 21_254, '¥61,045.30', '¥24,052.43'],
      ['推荐feed', 9000, '¥20,000', '-'],
    ]);
    workbook.addWorksheet('商品').addRows([
      ['商品名称', '商品图片', '商品编号', '成交金额', '成交件数'],
      ['面霜', 'x', '350001', '¥1,000', 10],
    ]);
    const name = '直播间详情页_整场数据下载_2026-03-09_15-40-44(弹动旗舰店_2026-03-08_00-55-49).xlsx';
    const read = await readWith(live, new Uint8Array(await workbook.xlsx.writeBuffer()), { name });
    expect(read.rejected).toEqual([]);
    expect(
      read.records.every(
        (record) => record.room.name === '弹动旗舰店' && record.startedAtMs === at('2026-03-07 08:55:37'),
      ),
    ).toBe(true);
    const merged = Object.assign({}, ...read.records.map((record) => record.figures));
    expect(merged).toMatchObject({
      durationSeconds: 57_600,
      viewers: 15_093,
      gmvMinor: 6_104_530,
      productClickUsers: 6390,
    });
    expect(merged.views).toBeUndefined();
    await writeWith(stores.db, brand, live, read.records);
    const { rows } = await stores.db.pool.query(
      'select count(*)::int as sessions, (select count(*)::int from live.rooms where brand_id = $1) as rooms from live.sessions where brand_id = $1',
      [brand.id],
    );
    expect(rows).toEqual([{ sessions: 1, rooms: 1 }]);
  });
});

describe('taobao-live', () => {
  it('reads sessions of 生意参谋', async () => {
    const read = await readWith(
      preset('taobao-live'),
      '直播标题,场次id,开播时间,直播间观看次数,直播间观看人数,新增粉丝数,转粉率,商品点击人数,商品点击次数,商品点击率,商品加购人数,商品加购件数,成交转化率,成交人数,成交件数,成交笔数,成交金额\n' +
        '38 大促,4001234,2026-03-08 19:00:00,"12,345","6,789",120,1.77%,3210,5432,44%,300,420,3.2%,210,260,230,"12.3万"\n',
    );
    expect(read.rejected).toEqual([]);
    expect(read.records).toMatchObject([
      {
        externalId: '4001234',
        title: '38 大促',
        room: { externalId: null, name: '淘宝直播' },
        startedAtMs: at('2026-03-08 19:00:00'),
        figures: {
          views: 12_345,
          viewers: 6789,
          productClickUsers: 3210,
          productClicks: 5432,
          cartUsers: 300,
          orders: 230,
          items: 260,
          buyers: 210,
          gmvMinor: 12_300_000,
        },
      },
    ]);
  });
});

describe('tiktok-live', () => {
  const header =
    'Livestream,Start time,Duration (seconds),Gross revenue,Direct GMV,Items sold,Customers,Avg. price,Orders paid for,GMV/1K shows,GMV/1K views,Views,Viewers,Peak viewers,New followers,Avg. view duration,Likes,Comments,Shares,Product impressions,Product clicks,CTR,CTOR (SKU orders)';
  const file = `Date Range: 2024-05-01 ~ 2024-05-31,,\n\n${header}\nFlash 6.6,2024-05-13 19:00,7200,Rp9.467.316,Rp8.000.000,120,95,Rp78.894,101,Rp50.000,Rp300.000,26000,18000,410,220,65,9000,1200,77,150000,6000,4%,1.5%\n`;

  it('reads the file with its period line, dots as thousands and local times', async () => {
    const indonesian = { ...brand, currency: 'IDR', zone: 'Asia/Jakarta' };
    const read = await readWith(preset('tiktok-live'), file, { brand: indonesian });
    expect(read.rejected).toEqual([]);
    expect(read.records).toMatchObject([
      {
        title: 'Flash 6.6',
        startedAtMs: at('2024-05-13 19:00:00', '+07:00'),
        endedAtMs: at('2024-05-13 21:00:00', '+07:00'),
        figures: {
          durationSeconds: 7200,
          gmvMinor: 800_000_000,
          grossRevenueMinor: 946_731_600,
          items: 120,
          buyers: 95,
          orders: 101,
          views: 26_000,
          viewers: 18_000,
          peakConcurrent: 410,
          averageWatchSeconds: 65,
          productImpressions: 150_000,
          productClicks: 6000,
        },
      },
    ]);
  });

  it('refuses the rows when the money is not the brand’s', async () => {
    const read = await readWith(preset('tiktok-live'), file);
    expect(read.records).toEqual([]);
    expect(read.rejected.map((one) => [one.line, one.code])).toContainEqual([4, 'currency_mismatch']);
  });
});
