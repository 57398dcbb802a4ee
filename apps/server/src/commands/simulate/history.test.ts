import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Kpi, KpiSeries } from '#domains/metrics/schema.ts';
import { publicId } from '#lib/id.ts';
import { type TestStores, testLog, testStores } from '../../../test/harness.ts';
import { type App, createApp } from '../../app.ts';
import { apiClient } from '../../client.ts';
import type { Connection } from '../connect.ts';
import { dailyKpis, simulatedKpis } from './day-kpis.ts';
import { writeHistory } from './history.ts';
import { type SimulateOptions, simulateBrand } from './simulation.ts';
import { openTarget } from './target.ts';
import { readTruth } from './truth-file.ts';

const token = 'local token of this test';
const days = 100;
const end = '2025-06-10';
const wanted = { seed: 5, days, members: 250, start: '2025-03-02' };

let t: TestStores;
let app: App;
let connection: Connection;

beforeAll(async () => {
  t = await testStores();
  app = await createApp({
    ...{ stores: t.stores, dataDir: t.dataDir, role: 'all' },
    secret: 'test',
    localToken: token,
    log: testLog,
  });
  const { port } = await app.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${port}`;
  const api = (brand?: string) => apiClient({ baseUrl: url, token, ...(brand !== undefined && { brand }) });
  connection = { url, api, close: async () => undefined };
});
afterAll(async () => {
  await app?.close();
  await t?.close();
});

const optionsOf = (
  target: { zone: string; currency: string },
  more: Partial<SimulateOptions> = {},
): SimulateOptions => ({
  ...wanted,
  zone: target.zone,
  currency: target.currency,
  ...more,
});
const place = (signal = new AbortController().signal) => ({
  truthFile: join(t.dataDir, 'simulations', 'truth.json'),
  yesterday: '2026-06-30',
  signal,
  tell: () => undefined,
});

describe('simulate brand', () => {
  it('writes a history that the server measures as it was lived, once however often it is sent', async () => {
    const target = await openTarget(connection, undefined);
    const options = optionsOf(target);

    // Stopped after the first days, then sent whole: what was there is not stored again.
    const stop = new AbortController();
    const beginning = writeHistory(target, options, { ...place(stop.signal), tell: () => undefined });
    await expect.poll(async () => (await readTruth(place().truthFile))?.start, { timeout: 20_000 }).toBe(wanted.start);
    stop.abort();
    const stopped = await beginning;
    const again = await openTarget(connection, target.brandId);
    const done = await writeHistory(again, options, place());
    expect(done).toMatchObject({ state: 'done', quarantined: 0, days });
    expect(stopped.stored + done.stored).toBe(done.total);
    expect(stopped.stored).toBe(done.duplicate);

    const lived = dailyKpis(simulateBrand(options), 'CNY');
    const api = connection.api(target.brandId);
    for (const kpi of simulatedKpis) {
      const series = await api.get<KpiSeries>(`/kpis/${kpi}`, { from: wanted.start, to: end, grain: 'day' });
      expect(
        series.points.map(({ value }) => value),
        kpi,
      ).toEqual(lived.series[kpi]);
    }
    expect(done.gmv).toBeCloseTo(
      lived.series.gmv.reduce((sum, value) => sum + value, 0),
      2,
    );

    const { kpis } = await api.get<{ kpis: Kpi[] }>('/kpis');
    const known = new Map<string, number | null>();
    for (const { id } of kpis) {
      const { points } = await api.get<KpiSeries>(`/kpis/${id}`, {
        from: wanted.start,
        to: end,
        grain: 'month',
      });
      known.set(
        id,
        points.reduce<number | null>((sum, { value }) => (value === null ? sum : (sum ?? 0) + value), null),
      );
    }
    expect([...known].filter(([, value]) => value === null)).toEqual([]);
    // Who comes to a room from a group comes on the same day at the median, and in a small brand some things are rare.
    const rare = ['linkage_days', 'commission_share', 'retention_d30', 'k_factor_seed'];
    expect([...known].filter(([id, value]) => value === 0 && !rare.includes(id))).toEqual([]);

    const truth = JSON.parse(await readFile(place().truthFile, 'utf8'));
    expect(truth).toMatchObject({ brandId: target.brandId, complete: true, seed: 5, days });
    expect(truth.states.map((state: { members: number }) => state.members)).toEqual(lived.series.members);
  });

  it('labels its brand as simulated, and goes on only with the history that a brand holds', async () => {
    const target = await openTarget(connection, undefined);
    const { brands } = await connection.api().get<{ brands: { id: string; label: string; name: string }[] }>('/me');
    expect(brands.find(({ id }) => id === target.brandId)).toMatchObject({
      label: 'simulated',
      name: 'Simulated brand',
    });
    await writeHistory(target, optionsOf(target, { days: 3 }), place());
    const held = await openTarget(connection, target.brandId);
    await expect(writeHistory(held, optionsOf(held, { seed: 6, days: 3 }), place())).rejects.toMatchObject({
      code: 'simulation.other_history',
    });
    await expect(writeHistory(held, optionsOf(held, { members: 260 }), place())).rejects.toMatchObject({
      code: 'simulation.other_history',
    });
    const longer = await writeHistory(held, optionsOf(held, { days: 5 }), place());
    expect(longer).toMatchObject({ state: 'done', days: 5 });
    expect(longer.stored).toBeGreaterThan(0);
    expect(longer.duplicate).toBeGreaterThan(0);
  });

  it('refuses a brand with data of its own, in words, and takes an empty one', async () => {
    const real = publicId('brd', (await t.newBrand({ name: 'Real', currency: 'CNY', zone: 'Asia/Shanghai' })).id);
    await connection.api(real).send('POST', '/events', [{ type: 'order.paid', orderId: 'o1', amountMinor: 100 }]);
    await app.drained();
    await expect(openTarget(connection, real)).rejects.toMatchObject({ code: 'brand.label_fixed', status: 409 });
    await expect(connection.api(real).send('PATCH', '/brand', { label: 'simulated' })).rejects.toMatchObject({
      code: 'brand.label_fixed',
      message: expect.stringContaining('nothing was changed'),
    });
    await expect(openTarget(connection, 'brd_00000000000000000000000000000000')).rejects.toMatchObject({
      code: 'brand.not_found',
    });
    const empty = publicId('brd', (await t.newBrand({ name: 'Empty', currency: 'EUR', zone: 'Europe/Berlin' })).id);
    const target = await openTarget(connection, empty);
    expect(target).toMatchObject({ currency: 'EUR', zone: 'Europe/Berlin' });
    const summary = await writeHistory(target, optionsOf(target, { days: 2 }), place());
    expect(summary).toMatchObject({ state: 'done', currency: 'EUR', quarantined: 0 });
  });

  it('does not write the future', async () => {
    const target = await openTarget(connection, undefined);
    const late = optionsOf(target, { start: '2026-06-30', days: 2 });
    await expect(writeHistory(target, late, place())).rejects.toMatchObject({
      code: 'simulation.future',
      message: expect.stringContaining('2026-06-29'),
    });
  });
});
