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

describe('live KPIs', () => {
  const report = (session: string, day: string, version: number, figures: Record<string, unknown>): TestEvent => ({
    type: 'session.reported',
    at: at(day),
    session,
    room: 'r1',
    channel: 'douyin',
    props: { version, ...figures },
  });
  const figures = {
    durationSeconds: 3_600,
    exposures: 10_000,
    views: 1_000,
    viewers: 800,
    peakConcurrent: 120,
    averageConcurrent: 50,
    averageWatchSeconds: 90,
    interactionUsers: 80,
    productImpressions: 2_000,
    productClicks: 300,
    orders: 30,
    buyers: 24,
    gmvMinor: 600_000,
  };
  const observed: TestEvent[] = [
    { type: 'live.entered', at: at('03-31', '23:50'), person: anna, session: 's3', room: 'r2' },
    { type: 'live.entered', at: at('03-31', '23:55'), person: bela, session: 's3', room: 'r2' },
    { type: 'live.entered', at: at('04-01', '00:05'), person: anna, session: 's3', room: 'r2' },
    { type: 'danmaku.sent', at: at('04-01', '00:06'), person: anna, session: 's3', room: 'r2' },
    { type: 'product.shown', at: at('04-01', '00:06'), person: anna, session: 's3', product: 'p1' },
    { type: 'product.shown', at: at('04-01', '00:06'), person: bela, session: 's3', product: 'p1' },
    { type: 'product.clicked', at: at('04-01', '00:07'), person: anna, session: 's3', product: 'p1' },
    { type: 'order.paid', at: at('04-01', '00:08'), person: anna, session: 's3', order: 'o1', amount: 20_000 },
    { type: 'live.left', at: at('04-01', '00:10'), person: anna, session: 's3', quantity: 300 },
    { type: 'live.left', at: at('04-01', '00:10'), person: bela, session: 's3', quantity: 900 },
  ];

  it('take the newest report of a session, and what was observed where there is none', async () => {
    const { value, byKey, ask } = await brandWith([
      report('s1', '03-02', 1, { ...figures, views: 1 }),
      report('s1', '03-02', 2, figures),
      report('s2', '03-03', 1, { views: 500, gmvMinor: 100_000 }),
      ...observed,
    ]);
    expect(await value('sessions')).toBe(3);
    // The session that began on 31 March counts in March, with what happened after midnight.
    expect(await value('views')).toBe(1_503);
    expect(await value('viewers')).toBe(802);
    expect(await value('peak_concurrent')).toBe(120);
    expect(await value('peak_concurrent', { filter: 'room:r2' })).toBe(2);
    expect(await value('average_concurrent')).toBeCloseTo((50 * 3_600 + 1_200) / (3_600 + 1_200), 10);
    expect(await value('average_watch_seconds')).toBeCloseTo((90 * 800 + 1_200) / 802, 10);
    expect(await value('engagement_rate')).toBeCloseTo(81 / 802, 10);
    expect(await value('enter_rate')).toBeCloseTo(0.1, 10);
    expect(await value('product_click_rate')).toBeCloseTo(301 / 2_002, 10);
    expect(await value('click_to_order_rate')).toBeCloseTo(31 / 301, 10);
    expect(await value('viewer_conversion')).toBeCloseTo(25 / 802, 10);
    expect(await value('gpm')).toBeCloseTo((7_200 / 1_503) * 1_000, 8);
    expect(await value('revenue_per_viewer')).toBeCloseTo(6_200 / 802, 10);
    expect(await byKey('views', { by: 'session' })).toEqual({ s1: 1_000, s2: 500, s3: 3 });
    expect((await ask('revenue_per_viewer')).omitted).toMatchObject([{ code: 'sessions_without_figures', count: 1 }]);
    expect(await value('views', { from: '2026-04-01', to: '2026-04-08' })).toBe(0);
  });
});

describe('content, brand and linkage KPIs', () => {
  it('have the values of a calculation by hand', async () => {
    const { value, byKey, ask } = await brandWith([
      ...['community', 'community', 'live', 'short_video'].map((kind, i) => ({
        type: 'content.published',
        at: at('03-02'),
        content: `c${i}`,
        props: { kind },
      })),
      { type: 'content.viewed', at: at('03-02'), person: anna, content: 'c1' },
      { type: 'content.viewed', at: at('03-02'), person: bela, content: 'c1' },
      { type: 'content.viewed', at: at('03-02'), content: 'c1' },
      { type: 'order.paid', at: at('03-09'), person: anna, order: 'o1', amount: 100 },
      { type: 'order.paid', at: at('03-10'), person: bela, order: 'o2', amount: 100 },
      ...[10, 9, 8, 6, 0].map((quantity) => ({
        type: 'survey.answered',
        at: at('03-02'),
        quantity,
        props: { survey: 'nps' },
      })),
      { type: 'survey.answered', at: at('03-02'), quantity: 10, props: { survey: 'other' } },
      ...[100, 300].map((quantity) => ({
        type: 'exposure.recorded',
        at: at('03-02'),
        quantity,
        props: { metric: 'search_index' },
      })),
      { type: 'exposure.recorded', at: at('03-02'), quantity: 5_000, props: { metric: 'media_exposure' } },
      { type: 'exposure.recorded', at: at('03-02'), quantity: 30, props: { metric: 'voice', total: 200 } },
      { type: 'exposure.recorded', at: at('03-03'), quantity: 30, props: { metric: 'voice' } },
    ]);
    expect(await value('pieces')).toBe(4);
    expect(await byKey('content_share', {})).toEqual({ community: 0.5, live: 0.25, short_video: 0.25, offline: 0 });
    expect(await value('content_views')).toBe(3);
    expect((await ask('seeding_conversion')).points[0]).toMatchObject({ numerator: 1, denominator: 2 });
    expect(await value('nps')).toBe(0);
    expect(await value('search_index')).toBe(200);
    expect(await value('media_exposure')).toBe(5_000);
    expect(await value('share_of_voice')).toBe(0.15);
  });

  it('link the strands within seven days, and thirty before a purchase', async () => {
    const enter = (person: string, day: string, hour?: string): TestEvent => ({
      type: 'live.entered',
      at: at(day, hour),
      person,
      session: 's1',
    });
    const { ask, value } = await brandWith([
      // anna: seven days later; bela: eight; cai and dora: the same day, whatever the hour.
      { type: 'message.sent', at: at('03-02'), person: anna },
      enter(anna, '03-09'),
      { type: 'message.sent', at: at('03-02'), person: bela },
      enter(bela, '03-10'),
      { type: 'message.sent', at: at('03-02'), person: cai },
      enter(cai, '03-02', '11:00'),
      { type: 'message.sent', at: at('03-02'), person: dora },
      enter(dora, '03-02', '13:00'),
      { type: 'group.joined', at: at('03-16'), person: anna, group: 'g1' },
      // Both strands exactly 30 days before, and 31.
      { type: 'order.paid', at: at('04-01'), person: dora, order: 'o1', amount: 300 },
      { type: 'order.paid', at: at('04-02'), person: dora, order: 'o2', amount: 100 },
      { type: 'order.paid', at: at('04-02'), order: 'o3', amount: 1_000 },
    ]);
    expect((await ask('community_to_live')).points[0]).toMatchObject({ numerator: 3, denominator: 4 });
    expect((await ask('live_to_community')).points[0]).toMatchObject({ numerator: 1, denominator: 4 });
    expect(await value('linkage_index')).toBeCloseTo(Math.sqrt(0.75 * 0.25), 12);
    // anna 7 days, cai and dora 0.
    expect(await value('linkage_days')).toBe(0);
    expect((await ask('both_strands_gmv_share', { from: '2026-04-01', to: '2026-05-01' })).points[0]).toMatchObject({
      numerator: 3,
      denominator: 4,
      value: 0.75,
    });
  });
});
