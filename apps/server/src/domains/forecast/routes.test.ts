import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKey } from '#domains/access/index.ts';
import { addDays } from '#lib/time.ts';
import { type TestStores, testLog, testStores } from '../../../test/harness.ts';
import { type App, createApp } from '../../app.ts';
import { endOf, insertShop, shopHistory, tinyModel, tinySetup } from './forecast-fixture.ts';
import type {
  Adoption,
  Fit,
  FitSchedules,
  Forecast,
  Model,
  ModelDiff,
  ModelList,
  ModelMapping,
  PlanOfRecord,
  Run,
  RunList,
  Scenario,
  ScenarioList,
} from './schema.ts';

const from = '2025-01-06';
const days = 120;

let t: TestStores;
let app: App;
let mine: { key: string };
let other: { key: string };

beforeAll(async () => {
  t = await testStores();
  app = await createApp({
    stores: t.stores,
    dataDir: t.dataDir,
    role: 'all',
    secret: 'a secret of the test only',
    localToken: 'local',
    log: testLog,
  });
  const [a, b] = [await t.newBrand({ zone: 'Europe/London' }), await t.newBrand()];
  // Three weeks without any order in the middle: days that were not recorded.
  const without = Array.from({ length: 21 }, (_, i) => 50 + i);
  await insertShop(t.ch, a, shopHistory(from, days, without));
  const keyOf = async (brand: { id: string }) => ({
    key: (await t.db.brand(brand.id, (tx) => createApiKey(tx, brand.id, { name: 'k', role: 'owner' }, 'test'))).key,
  });
  mine = await keyOf(a);
  other = await keyOf(b);
});
afterAll(async () => {
  await app.close();
  await t.close();
});

async function call<Reply>(
  method: string,
  url: string,
  body?: unknown,
  who = mine,
): Promise<{ status: number; body: Reply }> {
  const reply = await app.http.inject({
    method: method as 'GET',
    url: `/api/v1${url}`,
    headers: { authorization: `Bearer ${who.key}` },
    ...(body !== undefined && { payload: body as object }),
  });
  return { status: reply.statusCode, body: reply.body === '' ? undefined : JSON.parse(reply.body) };
}

async function uploaded(name = 'Tiny'): Promise<Model> {
  const { status, body } = await call<Model>('POST', '/models', { name, xmile: tinyModel, setup: tinySetup });
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

async function ended(run: Run): Promise<Run> {
  const path = run.kind === 'fit' ? 'fits' : 'forecasts';
  return endOf(async () => (await call<Run>('GET', `/${path}/${run.id}`)).body);
}

describe('models', () => {
  it('gives every brand the templates, with the coupled model first', async () => {
    const { models } = (await call<ModelList>('GET', '/models', undefined, other)).body;
    expect(models[0]).toMatchObject({ origin: 'template', latest: { number: 1 } });
    const first = await call<Model>('GET', `/models/${models[0]!.id}`, undefined, other);
    expect(first.body.variables.length).toBeGreaterThan(50);
    expect(first.body.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('keeps an upload with its findings, versions and differences', async () => {
    const model = await uploaded();
    expect(model.variables.find(({ name }) => name === 'joining')).toMatchObject({
      kind: 'flow',
      units: 'person/day',
      elements: [{ equation: 'growth * customers * (1 - customers / places)' }],
    });
    const second = tinyModel.replace('<eqn>400</eqn>', '<eqn>500</eqn>');
    const added = await call<Model>('POST', `/models/${model.id}/versions`, { xmile: second, note: 'More places' });
    expect(added.body.versions.map(({ number }) => number)).toEqual([2, 1]);
    const setup = { ...tinySetup, parameters: tinySetup.parameters.slice(0, 2) };
    await call('PUT', `/models/${model.id}/setup`, { setup });
    const diff = await call<ModelDiff>('GET', `/models/${model.id}/diff?from=1&to=3`);
    expect(diff.body.changed).toEqual([{ variable: 'places', what: 'equation', before: '400', after: '500' }]);
    expect(diff.body.setup).toMatchObject([{ path: 'parameters.value', after: null }]);
    const raw = await app.http.inject({
      url: `/api/v1/models/${model.id}/xmile?version=2`,
      headers: { authorization: `Bearer ${mine.key}` },
    });
    expect(raw.body).toBe(second);
  });

  it('refuses what cannot run, and names it with its place in both languages', async () => {
    const broken = tinyModel.replace('customers * rate', 'custommers * rate');
    const refused = await call<{ code: string; message: string; messageZh: string }>('POST', '/models', {
      name: 'Broken',
      xmile: broken,
    });
    expect(refused.body).toMatchObject({ code: 'forecast.model_invalid' });
    expect(refused.body.message).toContain('custommers');
    expect(refused.body.message).toMatch(/\d+:\d+/);
    expect(refused.body.messageZh).toContain('custommers');
    const setup = {
      ...tinySetup,
      observations: [...tinySetup.observations, { ...tinySetup.observations[0]!, kpi: 'nothing', variable: 'nowhere' }],
    };
    const wrong = await call<{ code: string; message: string }>('POST', '/models', {
      name: 'W',
      xmile: tinyModel,
      setup,
    });
    expect(wrong.body.code).toBe('forecast.setup_invalid');
    expect(wrong.body.message).toMatch(/nowhere.*nothing/s);
    expect((await call('POST', '/models', { name: 'Not XML', xmile: '<xmile' })).status).toBe(422);
  });

  it('lets a brand change the setup of a template for itself alone', async () => {
    const template = (await call<ModelList>('GET', '/models')).body.models[0]!;
    const { setup } = (await call<Model>('GET', `/models/${template.id}`)).body;
    const changed = await call<Model>('PUT', `/models/${template.id}/setup`, { setup: { ...setup, shown: [] } });
    expect(changed.body.latest.number).toBe(2);
    expect((await call<Model>('GET', `/models/${template.id}`, undefined, other)).body.latest.number).toBe(1);
    expect((await call('DELETE', `/models/${template.id}`)).body).toMatchObject({ code: 'forecast.template_fixed' });
  });
});

describe('mapping', () => {
  it('says what the brand has of each KPI, with gaps, and what it lacks', async () => {
    const model = await uploaded();
    const { body } = await call<ModelMapping>('GET', `/models/${model.id}/mapping`);
    const byKpi = Object.fromEntries(body.series.map((one) => [one.kpi, one]));
    expect(byKpi.orders).toMatchObject({
      firstDay: from,
      lastDay: addDays(from, days - 1),
      days: days - 21,
      gaps: [{ from: addDays(from, 50), to: addDays(from, 71), days: 21 }],
      usable: true,
      problem: null,
    });
    expect(byKpi.members).toMatchObject({ usable: false, problem: 'no_data', days: 0 });
    expect(byKpi.members!.text!.zh).toContain('没有');
    expect(body).toMatchObject({ from, to: addDays(from, days) });
  });
});

describe('promotions', () => {
  it('keeps a calendar and refuses days that are none', async () => {
    const promotions = [{ name: 'Spring', from: addDays(from, 30), to: addDays(from, 33), depth: 0.3 }];
    expect((await call('PUT', '/promotions', { promotions })).body).toEqual({ promotions });
    const bad = { promotions: [{ name: 'Bad', from: '2025-02-30', to: '2025-03-02', depth: 0.1 }] };
    expect((await call('PUT', '/promotions', bad)).body).toMatchObject({ code: 'forecast.promotion_invalid' });
    expect((await call('GET', '/promotions')).body).toEqual({ promotions });
    expect((await call('GET', '/promotions', undefined, other)).body).toEqual({ promotions: [] });
  });
});

describe('fits', () => {
  it('fits, keeps everything that a browser needs, and gives the same bits again', async () => {
    const model = await uploaded();
    const started = await call<Run>('POST', '/fits', { modelId: model.id, seed: 7, draws: 200 });
    expect(started.status, JSON.stringify(started.body)).toBe(202);
    const run = await ended(started.body);
    expect(run.error).toBeNull();
    expect(run).toMatchObject({ state: 'done', progress: 1, seed: 7, cancelling: false });
    const fit = (await call<Fit>('GET', `/fits/${run.id}`)).body;
    expect(fit.input.model.xmile).toBe(tinyModel);
    expect(fit.input.snapshot).toMatchObject({ from, to: addDays(from, days), currency: 'GBP' });
    const gmv = fit.input.snapshot.series.find(({ kpi }) => kpi === 'gmv')!.values;
    expect(gmv[0]).toBeGreaterThan(50);
    expect(gmv[0]).toBeLessThan(200);
    expect(gmv[55]).toBeNull();
    expect(fit.result?.draws.count).toBeGreaterThanOrEqual(200);
    const again = await ended((await call<Run>('POST', `/fits/${run.id}/repeat`)).body);
    expect(again.reproduces).toEqual({ of: run.id, equal: true });
    expect(again.resultHash).toBe(run.resultHash);
    const drift = await call<{ fits: unknown[]; parameters: { drifted: boolean }[] }>(
      'GET',
      `/fits/drift?model=${model.id}`,
    );
    expect(drift.body.fits).toHaveLength(1);
    expect(drift.body.parameters.every(({ drifted }) => !drifted)).toBe(true);
  });

  it('shows nothing to another brand', async () => {
    const model = await uploaded();
    const run = (await call<Run>('POST', '/fits', { modelId: model.id, draws: 50 })).body;
    for (const [method, url] of [
      ['GET', `/fits/${run.id}`],
      ['POST', `/fits/${run.id}/cancel`],
      ['POST', `/fits/${run.id}/repeat`],
      ['DELETE', `/fits/${run.id}`],
      ['GET', `/models/${model.id}`],
      ['GET', `/models/${model.id}/mapping`],
      ['GET', `/scenarios?model=${model.id}`],
    ] as const) {
      expect((await call(method, url, undefined, other)).status, `${method} ${url}`).toBe(404);
    }
    expect((await call('GET', '/fits', undefined, other)).body).toEqual({ runs: [] });
    await ended(run);
  });

  it('refuses what cannot be fitted, in words', async () => {
    const model = await uploaded();
    const refused = (body: object) => call<{ code: string }>('POST', '/fits', body);
    expect((await refused({ modelId: model.id, version: 9 })).body.code).toBe('forecast.model_not_found');
    expect((await refused({ modelId: model.id, parameters: ['nothing'] })).body.code).toBe('forecast.request_invalid');
    expect((await refused({ modelId: model.id, from: '2025-05-01', to: '2025-04-01' })).body.code).toBe(
      'forecast.range_invalid',
    );
    expect((await refused({ modelId: model.id, colour: 1 })).body.code).toBe('request.unknown_field');
  });
});

async function fitted(): Promise<{ model: Model; fit: Run }> {
  const model = await uploaded();
  const fit = await ended((await call<Run>('POST', '/fits', { modelId: model.id, seed: 3, draws: 100 })).body);
  expect(fit.error).toBeNull();
  return { model, fit };
}

describe('scenarios and the plan', () => {
  it('come with the model, are kept, and are refused where they make no sense', async () => {
    const model = await uploaded();
    const presets = (await call<ScenarioList>('GET', `/scenarios?model=${model.id}`)).body.scenarios;
    expect(presets.map(({ id }) => id)).toEqual(['preset:as_it_is', 'preset:surge']);
    const wanted = {
      name: 'Sale',
      modelId: model.id,
      levers: [
        {
          variable: 'depth',
          steps: [
            { day: 3, value: 0.3 },
            { day: 5.5, value: 0 },
          ],
        },
      ],
      couplings: [],
    };
    const made = await call<Scenario>('POST', '/scenarios', wanted);
    expect(made.status).toBe(201);
    const changed = await call<Scenario>('PUT', `/scenarios/${made.body.id}`, { ...wanted, name: 'Big sale' });
    expect(changed.body).toMatchObject({ id: made.body.id, name: 'Big sale' });
    const refused = async (levers: object[]) =>
      (await call<{ code: string }>('POST', '/scenarios', { ...wanted, levers })).body.code;
    expect(await refused([{ variable: 'nothing', steps: [] }])).toBe('scenario.invalid');
    expect(await refused([{ variable: 'depth', steps: [{ day: 1, value: 0.95 }] }])).toBe('scenario.invalid');
    expect((await call('GET', `/scenarios/${made.body.id}`, undefined, other)).status).toBe(404);
    expect((await call('DELETE', '/scenarios/preset:surge')).body).toMatchObject({ code: 'scenario.preset_fixed' });
    expect((await call('DELETE', `/scenarios/${made.body.id}`)).status).toBe(200);
    expect((await call('GET', `/scenarios/${made.body.id}`)).status).toBe(404);
  });

  it('sends the medians of a forecast to the targets, after a look that changes nothing', async () => {
    const { model, fit } = await fitted();
    const started = await call<Run>('POST', '/forecasts', {
      kind: 'forecast',
      fitId: fit.id,
      scenarios: ['preset:as_it_is', 'preset:surge'],
      horizonDays: 250,
      draws: 60,
    });
    expect(started.status, JSON.stringify(started.body)).toBe(202);
    const run = await ended(started.body);
    expect(run.error).toBeNull();
    const { result } = (await call<Forecast>('GET', `/forecasts/${run.id}`)).body;
    if (result?.kind !== 'forecast') throw new Error('no forecast');
    expect(result.start).toBe(addDays(from, days));
    const request = { forecastId: run.id, kpis: ['gmv', 'orders', 'members', 'buyers'] };
    const look = await call<Adoption>('POST', '/scenarios/preset:surge/adopt', { ...request, dryRun: true });
    expect(look.status, JSON.stringify(look.body)).toBe(200);
    expect(look.body.plan).toBeNull();
    // The data end on 5 May, and the first day of the quarter lies in the data.
    expect(look.body.targets.map(({ kpi, quarter }) => `${kpi} ${quarter}`)).toEqual([
      'gmv 2025Q2',
      'gmv 2025Q3',
      'gmv 2025Q4',
      'orders 2025Q2',
      'orders 2025Q3',
      'orders 2025Q4',
    ]);
    expect(look.body.left.map(({ kpi, code }) => `${kpi} ${code}`)).toContain('buyers not_forecast');
    const targetsNow = async () =>
      (await call<{ targets: { origin: string }[] }>('GET', '/targets?year=2025')).body.targets.filter(
        ({ origin }) => origin === 'brand',
      );
    expect(await targetsNow()).toEqual([]);
    expect((await call('GET', '/forecast-plan')).body).toEqual({ plan: null, earlier: [] });
    const adopted = await call<Adoption>('POST', '/scenarios/preset:surge/adopt', { ...request, dryRun: false });
    expect(adopted.body.targets).toEqual(look.body.targets);
    expect(await targetsNow()).toHaveLength(6);
    const { plan } = (await call<PlanOfRecord>('GET', '/forecast-plan')).body;
    expect(plan).toMatchObject({ forecastId: run.id, fitId: fit.id, modelId: model.id, start: result.start });
    expect(plan!.scenario.levers[0]!.variable).toBe('depth');
    expect((await call('DELETE', `/forecasts/${run.id}`)).body).toMatchObject({ code: 'forecast.run_in_use' });
    expect((await call('DELETE', `/fits/${fit.id}`)).body).toMatchObject({ code: 'forecast.run_in_use' });
    const missing = { forecastId: run.id, kpis: ['gmv'], dryRun: true };
    expect((await call('POST', '/scenarios/preset:template_plan/adopt', missing)).body).toMatchObject({
      code: 'scenario.not_in_forecast',
    });
    const trail = (await call<{ entries: { action: string }[] }>('GET', '/audit')).body;
    expect(JSON.stringify(trail)).toContain('plan.adopted');
  });
});

describe('runs', () => {
  it('end within two seconds of a cancel', async () => {
    const model = await uploaded();
    const run = (await call<Run>('POST', '/fits', { modelId: model.id, draws: 20_000 })).body;
    for (let state = run.state; state === 'waiting'; ) {
      state = (await call<Run>('GET', `/fits/${run.id}`)).body.state;
    }
    const startMs = Date.now();
    const asked = (await call<Run>('POST', `/fits/${run.id}/cancel`)).body;
    expect(asked.cancelling).toBe(true);
    const stopped = await ended(run);
    expect(Date.now() - startMs).toBeLessThan(2_000);
    expect(stopped).toMatchObject({ state: 'cancelled', error: null });
    const handedOver = async () => (await call<Fit>('GET', `/fits/${run.id}`)).body;
    for (let tries = 0; tries < 300 && (await handedOver()).cancelling; tries++) {
      await new Promise((done) => setTimeout(done, 50));
    }
    const partial = await handedOver();
    expect(partial.cancelling).toBe(false);
    if (partial.result !== null) expect(partial.result.complete).toBe(false);
    const again = await call('POST', `/fits/${run.id}/cancel`);
    expect(again.body).toMatchObject({ code: 'forecast.run_not_cancellable' });
    expect((await call('DELETE', `/fits/${run.id}`)).status).toBe(200);
  });

  it('say which fields their kind takes', async () => {
    const refused = await call<{ code: string; message: string }>('POST', '/forecasts', { kind: 'explain', months: 3 });
    expect(refused.body).toMatchObject({ code: 'forecast.request_invalid' });
    expect(refused.body.message).toContain('months');
  });

  it('are made every week where that is wanted', async () => {
    const model = await uploaded();
    const set = await call<FitSchedules>('PUT', '/fits/schedule', { modelId: model.id, every: 'week' });
    expect(set.body.schedules).toMatchObject([{ modelId: model.id, every: 'week' }]);
    await t.db.pool.query(`update forecast.schedules set next_at = now() - interval '15 days'`);
    await t.db.pool.query(`select graphile_worker.add_job('forecast:schedule')`);
    const due = async () =>
      (await call<RunList>('GET', `/fits?model=${model.id}`)).body.runs.find(({ scheduled }) => scheduled);
    for (let tries = 0; tries < 100 && !(await due()); tries++) await new Promise((done) => setTimeout(done, 50));
    expect(await ended((await due())!)).toMatchObject({ actor: 'Tandem', state: 'done' });
    const [next] = (await call<FitSchedules>('GET', '/fits/schedule')).body.schedules;
    expect(Date.parse(next!.nextAt!)).toBeGreaterThan(Date.now());
    const off = await call<FitSchedules>('PUT', '/fits/schedule', { modelId: model.id, every: 'off' });
    expect(off.body.schedules).toEqual([]);
  });
});
