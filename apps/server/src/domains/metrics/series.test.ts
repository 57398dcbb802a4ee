import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid } from '#lib/id.ts';
import { type TestStores, testStores } from '../../../test/harness.ts';
import { kpiDefinitions } from './catalogue.ts';
import { cockpit } from './cockpit.ts';
import { kpiSeries } from './index.ts';
import { insertEvents, testBrand, testDeps } from './metrics-fixture.ts';

let stores: TestStores;
beforeAll(async () => {
  stores = await testStores();
});
afterAll(() => stores?.close());

describe('every KPI of the catalogue', () => {
  it('runs for every grain, split and filter that it allows', async () => {
    const brand = testBrand();
    const deps = testDeps(stores);
    const person = newUuid();
    await insertEvents(stores.ch, brand, [
      { type: 'live.entered', at: '2026-03-02T10:00:00Z', person, session: 's1', room: 'r1', channel: 'douyin' },
      {
        type: 'order.paid',
        at: '2026-03-02T11:00:00Z',
        person,
        order: 'o1',
        amount: 1000,
        quantity: 1,
        session: 's1',
        room: 'r1',
      },
    ]);
    const failures: string[] = [];
    const asks = kpiDefinitions.flatMap((kpi) => [
      ...kpi.grains.map((grain) => ({ id: kpi.id, ask: { grain } })),
      ...kpi.splits.flatMap((by) => [
        { id: kpi.id, ask: { grain: 'total' as const, by } },
        { id: kpi.id, ask: { grain: 'week' as const, by, limit: 1, filter: `${kpi.splits[0]}:x` } },
      ]),
    ]);
    const next = asks.values();
    const worker = async () => {
      for (const { id, ask } of next) {
        try {
          await kpiSeries(deps, brand, id, { from: '2026-03-01', to: '2026-03-20', ...ask });
        } catch (error) {
          failures.push(`${id} ${JSON.stringify(ask)}: ${String(error).slice(0, 600)}`);
        }
      }
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
    expect(failures).toEqual([]);
    await cockpit(deps, brand, { from: '2026-03-01', to: '2026-03-20' });
  }, 120_000);
});
