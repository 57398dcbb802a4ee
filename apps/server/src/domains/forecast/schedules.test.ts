import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { noCache } from '#domains/metrics/index.ts';
import { publicId } from '#lib/id.ts';
import { type TestStores, testLog, testStores } from '../../../test/harness.ts';
import type { ForecastBrand, ForecastDeps } from './deps.ts';
import { insertShop, shopHistory, tinyModel, tinySetup } from './forecast-fixture.ts';
import { addModel } from './models.ts';
import { changeSchedule, scheduleList, startDue } from './schedules.ts';

const hourMs = 3_600_000;
const weekMs = 7 * 24 * hourMs;
/** The clocks of London are set forward in the week that follows. */
const beginMs = Date.parse('2025-03-26T01:30:00Z');

let t: TestStores;
let brands: ForecastBrand[];
let modelIds: string[];
let nowMs: number;

beforeAll(async () => {
  t = await testStores();
});
beforeEach(async () => {
  nowMs = beginMs;
  brands = [await t.newBrand(), await t.newBrand()];
  modelIds = [];
  for (const brand of brands) {
    await insertShop(t.ch, brand, shopHistory('2025-01-06', 60));
    const model = await addModel(deps(), brand, { name: 'Tiny', xmile: tinyModel, setup: tinySetup }, 'test');
    modelIds.push(model.id);
    await changeSchedule(deps(), brand, { modelId: model.id, every: 'week' }, 'test');
  }
});
afterAll(() => t.close());

function deps(more: Partial<ForecastDeps> = {}): ForecastDeps {
  return {
    db: t.db,
    ch: t.ch,
    log: { ...testLog, warn: () => undefined },
    now: () => nowMs,
    names: async () => new Map(),
    dataVersion: async () => 1,
    audit: async () => undefined,
    cache: noCache,
    templates: [],
    appVersion: '0',
    brandOf: async (id) => brands.find((brand) => brand.id === id),
    workers: async () => [],
    processName: 'test',
    threads: 1,
    startRun: () => {
      throw new Error('not here');
    },
    ...more,
  };
}

/** Scheduled fits of each brand. */
async function started(): Promise<number[]> {
  const { rows } = await t.db.pool.query<{ id: string; n: number }>(
    `select brand_id as id, count(*)::int as n from forecast.runs where scheduled and kind = 'fit' group by 1`,
  );
  return brands.map(({ id }) => rows.find((row) => row.id === id)?.n ?? 0);
}

const nextOf = async (brand: ForecastBrand) => Date.parse((await scheduleList(deps(), brand.id)).schedules[0]!.nextAt!);

describe('a weekly fit', () => {
  it('is started once when its week is over, however many look, and again a week later', async () => {
    nowMs = beginMs + weekMs - 1;
    await startDue(deps());
    expect(await started()).toEqual([0, 0]);
    nowMs = beginMs + weekMs;
    await Promise.all([startDue(deps()), startDue(deps()), startDue(deps())]);
    expect(await started()).toEqual([1, 1]);
    expect(await nextOf(brands[0]!)).toBe(beginMs + 2 * weekMs);
    // Nobody was there for a month: one fit makes up for it, and the next falls on the same hour of the week.
    nowMs = beginMs + 6 * weekMs + 5 * hourMs;
    await startDue(deps());
    await startDue(deps());
    expect(await started()).toEqual([2, 2]);
    expect(await nextOf(brands[0]!)).toBe(beginMs + 7 * weekMs);
    // A clock that is set back starts nothing twice.
    nowMs = beginMs + weekMs;
    await startDue(deps());
    expect(await started()).toEqual([2, 2]);
  });

  it('is tried again in an hour when it came at a bad time, and keeps no other from being started', async () => {
    nowMs = beginMs + weekMs;
    let fails = 0;
    const brandOf = async (id: string) => {
      if (id !== brands[0]!.id) return brands.find((brand) => brand.id === id);
      fails++;
      throw new Error('the store is away');
    };
    await startDue(deps({ brandOf }));
    expect(fails).toBe(1);
    expect(await started()).toEqual([0, 1]);
    expect(await nextOf(brands[0]!)).toBe(nowMs + hourMs);
    nowMs += hourMs;
    await startDue(deps({ limits: { openPerBrand: 0 } }));
    expect(await started()).toEqual([0, 1]);
    nowMs += hourMs;
    await startDue(deps());
    expect(await started()).toEqual([1, 1]);
    expect(await nextOf(brands[0]!)).toBe(nowMs + weekMs);
  });

  it('can be ended for a model that is gone', async () => {
    const [brand] = brands as [ForecastBrand];
    await t.db.pool.query('update forecast.models set removed_at = now() where brand_id = $1', [brand.id]);
    const off = { modelId: modelIds[0]!, every: 'off' as const };
    expect((await changeSchedule(deps(), brand, off, 'test')).schedules).toEqual([]);
    await expect(changeSchedule(deps(), brand, off, 'test')).rejects.toThrow('no such model');
    const unknown = { modelId: publicId('mdl', brand.id), every: 'week' as const };
    await expect(changeSchedule(deps(), brand, unknown, 'test')).rejects.toThrow('no such model');
  });
});
