import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid } from '#lib/id.ts';
import { type TestStores, testStores } from '../../../test/harness.ts';
import { resultCache } from './cache.ts';
import { retentionOf } from './cohorts.ts';
import type { MetricsDeps } from './deps.ts';
import { dimensionValues } from './dimension-values.ts';
import { explainKpi } from './explain.ts';
import { cockpit, kpiSeries } from './index.ts';
import { gmvFactors, liveFunnel } from './live-panel.ts';
import { insertEvents, type TestEvent, testBrand, testDeps } from './metrics-fixture.ts';
import { qualityOf } from './quality.ts';
import { kpiRows } from './rows.ts';
import { changeTarget, targetsOf } from './targets.ts';

let stores: TestStores;
beforeAll(async () => {
  stores = await testStores();
});
afterAll(() => stores?.close());

const [anna, bela] = [newUuid(), newUuid()];
const range = { from: '2026-03-01', to: '2026-04-01' };
const report = (session: string, at: string, props: Record<string, unknown>): TestEvent => ({
  type: 'session.reported',
  at,
  session,
  room: 'r1',
  props: { version: 1, ...props },
});

describe('screens', () => {
  it('show cohorts by first order, with what is not over yet as unknown', async () => {
    const brand = testBrand();
    const deps = testDeps(stores, '2026-05-10');
    await insertEvents(
      stores.ch,
      brand,
      [
        ['2026-01-05T04:00:00Z', anna],
        ['2026-01-31T15:59:00Z', bela],
        ['2026-03-10T04:00:00Z', anna],
        ['2026-03-10T04:00:00Z', newUuid()],
        ['2026-05-01T04:00:00Z', bela],
      ].map(([at, person], i) => ({ type: 'order.paid', at: at!, person: person!, order: `o${i}`, amount: 100 })),
    );
    const { grain, cohorts } = await retentionOf(deps, brand, { from: '2026-01-01', to: '2026-05-01' });
    expect(grain).toBe('month');
    expect(cohorts).toEqual([
      { start: '2026-01-01', size: 2, rates: [1, 0, 0.5, 0, null] },
      { start: '2026-02-01', size: 0, rates: [null, null, null, null] },
      { start: '2026-03-01', size: 1, rates: [1, 0, null] },
      { start: '2026-04-01', size: 0, rates: [null, null] },
    ]);
  });

  it('show the live funnel and what moved GMV, per period and per session', async () => {
    const brand = testBrand();
    const deps = testDeps(stores);
    await insertEvents(stores.ch, brand, [
      report('s1', '2026-03-03T12:00:00Z', {
        views: 1_000,
        viewers: 700,
        productImpressions: 4_000,
        productClicks: 200,
        orders: 20,
        buyers: 18,
        gmvMinor: 200_000,
      }),
      report('s2', '2026-03-10T12:00:00Z', {
        exposures: 9_000,
        views: 2_000,
        productImpressions: 5_000,
        productClicks: 500,
        orders: 25,
        gmvMinor: 260_000,
      }),
      report('s3', '2026-03-11T12:00:00Z', { views: 10 }),
    ]);
    const funnel = await liveFunnel(deps, brand, range);
    expect(funnel.steps).toEqual([
      { step: 'exposures', value: 9_000, rate: null },
      { step: 'views', value: 3_010, rate: 2_000 / 9_000 },
      { step: 'product_impressions', value: 9_000, rate: 3 },
      { step: 'product_clicks', value: 700, rate: 700 / 9_000 },
      { step: 'orders', value: 45, rate: 45 / 700 },
      { step: 'viewers', value: 700, rate: null },
      { step: 'buyers', value: 18, rate: 18 / 700 },
    ]);
    expect(funnel.omitted).toMatchObject([{ code: 'sessions_without_figures', count: 2 }]);
    const weeks = { from: '2026-03-09', to: '2026-03-16', compareFrom: '2026-03-02', compareTo: '2026-03-09' };
    const factors = await gmvFactors(deps, brand, weeks);
    expect(factors.current).toEqual({
      views: 2_000,
      clicks: 500,
      orders: 25,
      gmvMinor: '260000',
      clickRate: 0.25,
      clickToOrderRate: 0.05,
      orderValue: 104,
    });
    expect(factors.changeMinor).toBe('60000');
    expect(factors.factors.reduce((sum, { contributionMinor }) => sum + BigInt(contributionMinor), 0n)).toBe(60_000n);
    expect(
      factors.factors.map(({ factor, contributionMinor }) => [factor, Math.sign(Number(contributionMinor))]),
    ).toEqual([
      ['views', 1],
      ['click_rate', 1],
      ['click_to_order_rate', -1],
      ['order_value', 1],
    ]);
    const bySession = await gmvFactors(deps, brand, { ...range, session: 's2', compareSession: 's1' });
    expect(bySession.factors).toEqual(factors.factors);
    expect((await gmvFactors(deps, brand, { ...range, session: 's2' })).previous).toBeNull();
  });

  it('list the rows behind a number, page by page, none twice and none left out', async () => {
    const brand = testBrand();
    const deps = testDeps(stores);
    const events = Array.from({ length: 250 }, (_, i) => ({
      type: 'order.paid',
      at: new Date(Date.parse('2026-03-05T00:00:00Z') + Math.floor(i / 7) * 1_000).toISOString(),
      order: `o${i}`,
      amount: 100 + i,
      channel: i % 5 === 0 ? 'weixin' : 'douyin',
    }));
    await insertEvents(stores.ch, brand, events);
    const orders: unknown[] = [];
    let cursor: string | undefined;
    do {
      const page = await kpiRows(deps, brand, 'gmv', {
        ...range,
        filter: 'channel:douyin',
        ...(cursor !== undefined && { cursor }),
      });
      orders.push(...page.rows.map((row) => row[page.columns.findIndex(({ id }) => id === 'order')]));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(orders.length).toBe(200);
    expect(new Set(orders).size).toBe(200);
    await expect(kpiRows(deps, brand, 'gmv', { ...range, cursor: 'bm90IGEgY3Vyc29y' })).rejects.toMatchObject({
      code: 'kpi.query_invalid',
    });
    expect((await kpiRows(deps, brand, 'views', range)).rows).toEqual([]);
  });

  it('explain a number with SQL that gives it when it is run as it stands', async () => {
    const brand = testBrand();
    const deps = testDeps(stores);
    await insertEvents(stores.ch, brand, [
      { type: 'order.paid', at: '2026-03-05T00:00:00Z', order: 'o1', amount: 1_234, channel: "d'ou\\yin" },
    ]);
    const { kpi, sql } = await explainKpi(deps, brand, 'gmv', {
      ...range,
      grain: 'total',
      filter: "channel:d'ou\\yin",
    });
    expect(kpi.id).toBe('gmv');
    const [first] = await stores.ch.rows<{ n: string }>(sql.find(({ name }) => name === 'gmv')!.sql);
    expect(first!.n).toBe('1234');
  });

  it('name the keys of a split and find them by key or name', async () => {
    const brand = testBrand();
    const names = new Map([['p1', 'Green tea']]);
    const deps: MetricsDeps = { ...testDeps(stores), names: async () => names };
    await insertEvents(stores.ch, brand, [
      ...['p1', 'p1', 'p2'].map((product) => ({ type: 'product.clicked', at: '2026-03-05T00:00:00Z', product })),
    ]);
    expect(await dimensionValues(deps, brand, { split: 'product' })).toEqual({
      values: [
        { key: 'p1', label: 'Green tea' },
        { key: 'p2', label: 'p2' },
      ],
    });
    expect(await dimensionValues(deps, brand, { split: 'product', q: 'TEA' })).toEqual({
      values: [{ key: 'p1', label: 'Green tea' }],
    });
  });

  it('say what is doubtful in the data', async () => {
    const brand = testBrand();
    const deps = testDeps(stores, '2026-03-05');
    await insertEvents(stores.ch, brand, [
      { type: 'order.paid', at: '2026-03-01T04:00:00Z', order: 'o1', amount: 100 },
      {
        type: 'order.paid',
        at: '2026-03-01T04:00:00Z',
        order: 'o2',
        amount: 100,
        person: anna,
        props: { costMinor: 10 },
      },
      { type: 'refund.succeeded', at: '2026-03-02T04:00:00Z', amount: 100 },
      { type: 'live.entered', at: '2026-04-02T04:00:00Z', session: 's1' },
    ]);
    const { checks } = await qualityOf(deps, brand, range);
    const found = Object.fromEntries(checks.map(({ code, severity, count, of }) => [code, [severity, count, of]]));
    expect(found).toMatchObject({
      orders_without_customer: ['act', 1, 2],
      lines_not_sales: ['ok', 0, 2],
      sales_without_cost: ['act', 1, 2],
      refunds_without_order: ['act', 1, 1],
      days_without_events: ['act', 2, 4],
      events_in_the_future: ['act', 1, 4],
    });
  });

  it('keep targets: those of the template until the brand sets its own, every change in the audit trail', async () => {
    const brand = await stores.newBrand({ currency: 'CNY', zone: 'Asia/Shanghai' });
    const trail: unknown[] = [];
    const deps: MetricsDeps = {
      ...testDeps(stores, '2026-03-05'),
      audit: async (_tx, _brand, fact) => void trail.push(fact),
    };
    const of = async (kpi: string) =>
      (await targetsOf(deps, brand, 2026)).targets.filter((target) => target.kpi === kpi);
    expect((await of('members')).map(({ quarter, value, origin }) => [quarter, value, origin])).toEqual([
      ['2026Q1', 100_000, 'template'],
      ['2026Q2', 220_000, 'template'],
      ['2026Q3', 360_000, 'template'],
      ['2026Q4', 500_000, 'template'],
    ]);
    const gmv = await of('gmv');
    expect(gmv.reduce((sum, { value }) => sum + value, 0)).toBe(50_000_000);
    expect((await targetsOf(deps, brand, 2026)).gates.map(({ nameEn }) => nameEn)).toEqual([
      'Communities built',
      'First conversions',
      'Break-even',
      'Standard process',
    ]);
    await changeTarget(deps, brand, { kpi: 'members', quarter: '2026Q1', value: 7 }, 'ops@example.com');
    expect((await of('members'))[0]).toEqual({ kpi: 'members', quarter: '2026Q1', value: 7, origin: 'brand' });
    const other = await stores.newBrand({ currency: 'GBP', zone: 'Europe/London' });
    const theirs = await targetsOf(deps, other, 2026);
    expect(theirs.targets.find(({ kpi }) => kpi === 'members')?.value).toBe(100_000);
    expect(theirs.targets.some(({ kpi }) => kpi === 'gmv')).toBe(false);
    const card = (await cockpit(deps, brand, { from: '2026-01-01', to: '2026-04-01' })).cards.find(
      ({ id }) => id === 'gmv',
    );
    expect(card).toMatchObject({ target: 2_000_000, quarterTarget: 2_000_000, targetQuarter: '2026Q1' });
    await changeTarget(deps, brand, { kpi: 'members', quarter: '2026Q1', value: null }, 'ops@example.com');
    expect((await of('members'))[0]?.value).toBe(100_000);
    expect(trail).toEqual([
      { actor: 'ops@example.com', action: 'target.set', subject: 'members 2026Q1', detail: { before: null, after: 7 } },
      {
        actor: 'ops@example.com',
        action: 'target.removed',
        subject: 'members 2026Q1',
        detail: { before: 7, after: null },
      },
    ]);
    await expect(
      changeTarget(deps, brand, { kpi: 'activity_rate', quarter: '2026Q1', value: 30 }, 'x'),
    ).rejects.toMatchObject({ code: 'target.invalid' });
  });

  it('answer from the cache until the data of the brand change', async () => {
    const brand = testBrand();
    let version = 1;
    const deps: MetricsDeps = { ...testDeps(stores), cache: resultCache(), dataVersion: async () => version };
    const gmv = async () => (await kpiSeries(deps, brand, 'gmv', { ...range, grain: 'total' })).points[0]!.value;
    const sale = (order: string): TestEvent => ({ type: 'order.paid', at: '2026-03-05T00:00:00Z', order, amount: 100 });
    await insertEvents(stores.ch, brand, [sale('o1')]);
    expect(await gmv()).toBe(1);
    await insertEvents(stores.ch, brand, [sale('o2')]);
    expect(await gmv()).toBe(1);
    version++;
    expect(await gmv()).toBe(2);
  });
});
