import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid } from '#lib/id.ts';
import { type TestStores, testStores } from '../../../test/harness.ts';
import { kpiSeries } from './index.ts';
import { insertEvents, type TestEvent, testBrand, testDeps } from './metrics-fixture.ts';
import type { KpiQuery } from './schema.ts';

let stores: TestStores;
beforeAll(async () => {
  stores = await testStores();
});
afterAll(() => stores?.close());

const [anna, bela, cai, dora] = Array.from({ length: 4 }, newUuid) as [string, string, string, string];

/** A brand with the events given, and a way to ask it. */
async function brandWith(events: readonly TestEvent[], today = '2026-12-31') {
  const brand = testBrand();
  await insertEvents(stores.ch, brand, events);
  const deps = testDeps(stores, today);
  const ask = (id: string, query: Partial<KpiQuery> = {}) =>
    kpiSeries(deps, brand, id, { from: '2026-03-01', to: '2026-04-01', grain: 'total', ...query });
  return {
    ask,
    value: async (id: string, query: Partial<KpiQuery> = {}) => (await ask(id, query)).points[0]!.value,
    byKey: async (id: string, query: Partial<KpiQuery>) =>
      Object.fromEntries((await ask(id, query)).points.map((point) => [point.key, point.value])),
  };
}

const at = (day: string, hour = '12:00') => `2026-${day}T${hour}:00+08:00`;

describe('business KPIs', () => {
  const sales: TestEvent[] = [
    {
      type: 'order.paid',
      at: at('03-02'),
      person: anna,
      order: 'o1',
      amount: 10_000,
      quantity: 2,
      channel: 'douyin',
      product: 'p1',
      props: { lineId: 'l1', costMinor: 4_000 },
    },
    {
      type: 'order.paid',
      at: at('03-02'),
      person: anna,
      order: 'o1',
      amount: 5_000,
      quantity: 1,
      channel: 'douyin',
      product: 'p2',
      props: { lineId: 'l2' },
    },
    {
      type: 'order.paid',
      at: at('03-10'),
      person: anna,
      order: 'o2',
      amount: 3_000,
      quantity: 1,
      channel: 'weixin',
      product: 'p1',
      props: { lineId: 'l3', costMinor: 1_000 },
    },
    {
      type: 'order.paid',
      at: at('03-11'),
      person: bela,
      order: 'o3',
      amount: 2_000,
      quantity: 1,
      channel: 'weixin',
      product: 'p3',
      props: { lineId: 'l4' },
    },
    {
      type: 'order.paid',
      at: at('03-12'),
      order: 'o4',
      amount: 7_000,
      quantity: 1,
      product: 'p3',
      props: { lineId: 'l5', notFinal: ['paidMinor'] },
    },
    {
      type: 'order.adjusted',
      at: at('03-02'),
      person: anna,
      order: 'o1',
      amount: -1_000,
      quantity: -1,
      channel: 'douyin',
      product: 'p1',
      props: { lineId: 'l1', costMinor: -400 },
    },
    {
      type: 'order.excluded',
      at: at('03-02'),
      order: 'o5',
      amount: 9_900,
      quantity: -1,
      props: { reason: 'quantity_not_positive' },
    },
    {
      type: 'refund.succeeded',
      at: at('03-20'),
      person: anna,
      order: 'o1',
      amount: 2_000,
      quantity: 1,
      channel: 'douyin',
      props: { lineId: 'l1' },
    },
    { type: 'refund.succeeded', at: at('04-01', '00:30'), order: 'o3', amount: 500, props: { lineId: 'l4' } },
    { type: 'spend.recorded', at: at('03-05'), amount: 8_000, channel: 'douyin', props: { purpose: 'ad' } },
    { type: 'spend.recorded', at: at('03-05'), amount: 1_000, channel: 'weixin' },
    { type: 'spend.recorded', at: at('03-05'), amount: 50_000, props: { purpose: 'sample' } },
    { type: 'commission.accrued', at: at('03-06'), amount: 1_500, partner: 'k1', order: 'o1' },
    { type: 'commission.reversed', at: at('03-21'), amount: 200, partner: 'k1', order: 'o1' },
  ];

  it('have the values of a calculation by hand', async () => {
    const { value } = await brandWith(sales);
    const ids = [
      'gmv',
      'net_gmv',
      'refund_rate',
      'orders',
      'buyers',
      'average_order_value',
      'average_customer_spend',
      'repurchase_rate',
      'roi_gross',
      'roi_net',
      'commission_share',
      'ad_spend',
      'content_spend',
      'gross_margin',
    ];
    const values = Object.fromEntries(await Promise.all(ids.map(async (id) => [id, await value(id)] as const)));
    expect(values).toEqual({
      gmv: 260,
      net_gmv: 240,
      refund_rate: 20 / 260,
      orders: 4,
      buyers: 2,
      average_order_value: 65,
      average_customer_spend: 95,
      repurchase_rate: 0.5,
      roi_gross: 260 / 90,
      roi_net: 240 / 90,
      commission_share: 13 / 260,
      ad_spend: 90,
      content_spend: 500,
      // Lines l1 and l3: 90 + 30 less refund 20, cost 36 + 10.
      gross_margin: (100 - 46) / 100,
    });
  });

  it('say what they leave out', async () => {
    const { ask } = await brandWith(sales);
    const gmv = await ask('gmv');
    expect(gmv.points[0]).toEqual({ t: '2026-03-01', key: null, value: 260, exactMinor: '26000' });
    expect(gmv.omitted.map(({ code, count, exactMinor }) => [code, count, exactMinor])).toEqual([
      ['lines_not_sales', 1, '9900'],
      ['values_not_final', 1, undefined],
    ]);
    const buyers = await ask('buyers');
    expect(buyers.omitted).toEqual([
      {
        code: 'orders_without_customer',
        count: 1,
        amount: 70,
        exactMinor: '7000',
        text: '1 orders have no known customer; they are in GMV, but not in figures that need a person.',
        textZh: '有 1 笔订单没有已识别的客户；它们计入成交金额，但不计入需要识别到人的指标。',
      },
    ]);
    expect((await ask('gross_margin')).omitted.map(({ code, count }) => [code, count])).toEqual([
      ['sales_without_cost', 3],
    ]);
  });

  it('split into parts that add up, with what has no key under an empty one', async () => {
    const { byKey, ask } = await brandWith(sales);
    expect(await byKey('gmv', { by: 'channel' })).toEqual({ douyin: 140, weixin: 50, '': 70 });
    expect(await byKey('gmv', { by: 'customer' })).toEqual({ known: 190, unknown: 70 });
    expect(await byKey('gmv', { by: 'product', filter: 'channel:weixin' })).toEqual({ p1: 30, p3: 20 });
    expect(await byKey('gmv', { by: 'product', limit: 1 })).toEqual({ p1: 120, other: 140 });
    expect(await byKey('gmv', { by: 'product', filter: ['channel:weixin', 'channel:douyin'], limit: 1 })).toEqual({
      p1: 120,
      other: 70,
    });
    expect(await byKey('orders', { by: 'channel' })).toEqual({ weixin: 2, douyin: 1, '': 1 });
    expect(await byKey('buyers', { by: 'product', limit: 1 })).toEqual({ p1: 1, other: 2 });
    const weekly = await ask('gmv', { by: 'channel', grain: 'week', from: '2026-03-02', to: '2026-03-16' });
    expect(weekly.points.map(({ t, key, value }) => [t, key, value])).toEqual([
      ['2026-03-02', 'douyin', 140],
      ['2026-03-02', 'weixin', 0],
      ['2026-03-02', '', 0],
      ['2026-03-09', 'douyin', 0],
      ['2026-03-09', 'weixin', 50],
      ['2026-03-09', '', 70],
    ]);
  });

  it('fill days without sales: zero for sums, nothing for ratios', async () => {
    const { ask } = await brandWith(sales);
    const range = { from: '2026-03-09', to: '2026-03-12', grain: 'day' } as const;
    expect((await ask('gmv', range)).points.map((point) => point.value)).toEqual([0, 30, 20]);
    expect((await ask('average_order_value', range)).points.map((point) => point.value)).toEqual([null, 30, 20]);
    expect((await ask('refund_rate', { from: '2026-04-01', to: '2026-04-02' })).points[0]).toMatchObject({
      value: null,
      numerator: 5,
      denominator: 0,
    });
  });

  it('keep money exact beyond what a float can hold', async () => {
    const { ask } = await brandWith(
      Array.from({ length: 3 }, (_, i) => ({
        type: 'order.paid',
        at: at('03-02'),
        order: `o${i}`,
        amount: 9_007_199_254_740_991,
      })),
    );
    expect((await ask('gmv')).points[0]!.exactMinor).toBe('27021597764222973');
  });
});

describe('user KPIs', () => {
  it('count members, retention, churn and win-back as defined', async () => {
    const { value, ask } = await brandWith(
      [
        { type: 'member.joined', at: at('02-01'), person: anna },
        { type: 'member.joined', at: at('03-02'), person: bela },
        { type: 'member.joined', at: at('03-03'), person: bela },
        { type: 'member.joined', at: at('03-04'), person: cai },
        { type: 'member.left', at: at('03-20'), person: cai },
        { type: 'member.joined', at: at('03-05') },
        { type: 'message.sent', at: at('03-09'), person: bela },
        { type: 'message.sent', at: at('03-11'), person: cai },
        { type: 'message.sent', at: at('04-01'), person: bela },
        { type: 'product.shown', at: at('03-11'), person: dora },
        { type: 'message.sent', at: at('03-31'), person: dora },
        // Data go on until the day before the clock's.
        { type: 'spend.recorded', at: at('04-04'), amount: 1 },
      ],
      '2026-04-05',
    );
    expect(await value('members')).toBe(2);
    expect(
      (await ask('members', { grain: 'week', from: '2026-03-02', to: '2026-03-23' })).points.map(
        (point) => point.value,
      ),
    ).toEqual([3, 3, 2]);
    expect(await value('new_members')).toBe(2);
    // bela, cai, dora; not anna, who did nothing in March.
    expect(await value('active_members')).toBe(3);
    expect(await value('activity_rate')).toBe(1.5);
    // Newcomers of March: bela (2nd), cai (4th), dora (31st). Day 1: bela; day 7: bela, cai; day 30: bela only is due, 2 + 30 = 1 April.
    expect((await ask('retention_d1')).points[0]).toMatchObject({ numerator: 1, denominator: 3 });
    expect((await ask('retention_d7')).points[0]).toMatchObject({ numerator: 2, denominator: 2 });
    expect((await ask('retention_d30')).points[0]).toMatchObject({ numerator: 1, denominator: 2 });
    expect((await ask('retention_d30')).omitted.find(({ code }) => code === 'retention_not_due')?.count).toBe(1);
    // Active in the 31 days before: anna, and not in March.
    expect((await ask('churn_rate')).points[0]).toMatchObject({ numerator: 1, denominator: 1 });
    expect((await ask('win_back_rate', { from: '2026-03-16', to: '2026-04-01' })).points[0]).toMatchObject({
      numerator: 0,
      denominator: 1,
    });
    // Dormant before April 1st's week (a week earlier nobody but dora acted): anna, bela, cai; bela came back.
    expect((await ask('win_back_rate', { from: '2026-04-01', to: '2026-04-05' })).points[0]).toMatchObject({
      numerator: 1,
      denominator: 3,
    });
    expect((await ask('new_members')).omitted).toMatchObject([{ code: 'joinings_without_person', count: 1 }]);
  });

  it('follow each joining of a group for 30 days', async () => {
    const { ask } = await brandWith(
      [
        { type: 'group.joined', at: at('03-01'), person: anna, group: 'g1', community: 'c1' },
        { type: 'group.left', at: at('03-31', '23:30'), person: anna, group: 'g1', community: 'c1' },
        { type: 'group.joined', at: at('03-01'), person: bela, group: 'g1', community: 'c1' },
        { type: 'group.left', at: at('04-01', '00:30'), person: bela, group: 'g1', community: 'c1' },
        { type: 'group.joined', at: at('03-02'), person: cai, group: 'g2', community: 'c1' },
        { type: 'group.left', at: at('03-03'), person: cai, group: 'g2', community: 'c1' },
        { type: 'group.joined', at: at('03-05'), person: cai, group: 'g2', community: 'c1' },
        { type: 'group.joined', at: at('03-20'), person: dora, group: 'g2', community: 'c1' },
        { type: 'spend.recorded', at: at('04-05'), amount: 1 },
      ],
      '2026-04-06',
    );
    expect((await ask('community_retention_d30')).points[0]).toMatchObject({ numerator: 3, denominator: 4 });
    const byGroup = await ask('community_retention_d30', { by: 'group' });
    expect(byGroup.points.map(({ key, numerator, denominator }) => [key, numerator, denominator])).toEqual([
      ['g1', 1, 2],
      ['g2', 2, 2],
    ]);
  });

  it('give K with an interval, seeds apart from members', async () => {
    const invites: TestEvent[] = [anna, bela].map((person) => ({
      type: 'invite.sent',
      at: at('03-02'),
      person,
      quantity: 5,
      props: { seed: true },
    }));
    const accepted: TestEvent[] = [cai, dora, newUuid()].map((person) => ({
      type: 'invite.accepted',
      at: at('03-03'),
      person,
      props: { seed: true, inviterPersonId: anna },
    }));
    const { ask, value } = await brandWith([
      ...invites,
      ...accepted,
      { type: 'invite.sent', at: at('03-04'), person: cai },
    ]);
    const [point] = (await ask('k_factor_seed')).points;
    expect(point).toMatchObject({ value: 1.5, numerator: 3, denominator: 2 });
    expect(point!.low).toBeLessThan(0.3);
    expect(point!.high).toBeGreaterThan(4);
    expect(await value('k_factor_member')).toBe(0);
  });

  it('count KOC who work with the brand and those who brought something', async () => {
    const { value } = await brandWith([
      { type: 'partner.joined', at: at('02-01'), partner: 'k1' },
      { type: 'partner.joined', at: at('03-01'), partner: 'k2' },
      { type: 'partner.left', at: at('03-15'), partner: 'k1' },
      { type: 'order.paid', at: at('03-03'), order: 'o1', amount: 100, partner: 'k1' },
      { type: 'commission.accrued', at: at('03-03'), order: 'o1', amount: 10, partner: 'k1' },
    ]);
    expect(await value('koc')).toBe(1);
    expect(await value('active_koc')).toBe(1);
  });
});

describe('questions that cannot be answered', () => {
  it('are refused with what is wrong', async () => {
    const { ask } = await brandWith([]);
    const refused = [
      ['gmv', { from: '2026-02-30' }, 'not a day'],
      ['gmv', { from: '2026-04-01', to: '2026-04-01' }, 'empty'],
      ['members', { by: 'channel' }, 'cannot be split'],
      ['gmv', { filter: 'colour:red' }, 'split:value'],
      ['churn_rate', { grain: 'day' }, 'no grain'],
      ['gmv', { from: '1990-01-01', to: '2026-01-01' }, 'spans more than'],
    ] as const;
    for (const [id, query, words] of refused)
      await expect(ask(id, query)).rejects.toMatchObject({
        code: 'kpi.query_invalid',
        message: expect.stringContaining(words),
      });
    await expect(ask('nonsense')).rejects.toMatchObject({ code: 'kpi.unknown' });
  });
});
