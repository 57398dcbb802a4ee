import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKey } from '#domains/access/index.ts';
import { uuidOf } from '#lib/id.ts';
import { addDays } from '#lib/time.ts';
import { type TestStores, testLog, testStores } from '../../../test/harness.ts';
import { type App, createApp } from '../../app.ts';
import { insertShop, shopHistory, tinyModel, tinySetup } from './forecast-fixture.ts';
import type { Adoption, Model, PlanOfRecord, Run, RunList, Scenario } from './schema.ts';
import type { ForecastResult } from './task.ts';

const from = '2025-01-06';
const days = 120;

let t: TestStores;
/** Nothing is worked on here: runs stay as a test leaves them. */
let app: App;
let mine: string;
let other: string;

beforeAll(async () => {
  t = await testStores();
  const { stores, dataDir } = t;
  // There has never been a worker: what is asked for is kept all the same.
  const log = { ...testLog, warn: () => undefined };
  app = await createApp({
    stores,
    dataDir,
    role: 'web',
    secret: 'a secret of the test only',
    localToken: 'local',
    log,
  });
  const [a, b] = [await t.newBrand(), await t.newBrand()];
  await insertShop(t.ch, a, shopHistory(from, days));
  const keyOf = async ({ id }: { id: string }) =>
    (await t.db.brand(id, (tx) => createApiKey(tx, id, { name: 'k', role: 'owner' }, 'test'))).key;
  [mine, other] = [await keyOf(a), await keyOf(b)];
});
afterAll(async () => {
  await app.close();
  await t.close();
});

interface Reply<Body> {
  status: number;
  body: Body;
  text: string;
}

async function call<Body = { code: string; message: string }>(
  method: string,
  url: string,
  body?: unknown,
  key = mine,
): Promise<Reply<Body>> {
  const reply = await app.http.inject({
    method: method as 'GET',
    url: `/api/v1${url}`,
    headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const isJson = String(reply.headers['content-type']).includes('json');
  return { status: reply.statusCode, body: (isJson ? reply.json() : undefined) as Body, text: reply.body };
}

async function uploaded(more: object = {}): Promise<Model> {
  const { status, body, text } = await call<Model>('POST', '/models', {
    name: 'Tiny',
    xmile: tinyModel,
    setup: tinySetup,
    ...more,
  });
  expect(status, text).toBe(201);
  return body;
}

const withEquation = (equation: string) => tinyModel.replace('<eqn>0.02</eqn>', `<eqn>${equation}</eqn>`);
const withVariables = (variables: string, before = '') =>
  `<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0"><header><vendor>T</vendor><product version="1">T</product></header>` +
  `<sim_specs><start>0</start><stop>10</stop><dt>1</dt></sim_specs>${before}<model><variables>${variables}</variables></model></xmile>`;
const many = (count: number, one: (i: number) => string) => Array.from({ length: count }, (_, i) => one(i)).join('');

/** A run that counts as done, without anybody having made it. */
async function endedRun(run: Run, result: object): Promise<void> {
  const id = uuidOf(run.kind === 'fit' ? 'fit' : 'fct', run.id);
  await t.db.pool.query(
    `update forecast.runs set state = 'done', result = $2, result_hash = 'hash', ended_at = now() where id = $1`,
    [id, JSON.stringify(result)],
  );
}

async function fitted(model: Model): Promise<Run> {
  const { body, text } = await call<Run>('POST', '/fits', { modelId: model.id });
  expect(body.state, text).toBe('waiting');
  await endedRun(body, { kind: 'fit', parameters: [], series: [], draws: { names: [], count: 0, values: '' } });
  return body;
}

const quantiles = (p50: number) => ({ p10: p50 / 2, p25: p50 * 0.8, p50, p75: p50 * 1.2, p90: p50 * 2, mean: p50 });

async function forecastOf(fit: Run, more: object = {}): Promise<Run> {
  const asked = { kind: 'forecast', fitId: fit.id, scenarios: ['preset:as_it_is', 'preset:surge'], ...more };
  const { body, text } = await call<Run>('POST', '/forecasts', asked);
  expect(body.state, text).toBe('waiting');
  const start = addDays(from, days);
  const result: ForecastResult = {
    kind: 'forecast',
    basis: 'data',
    start,
    horizonDays: 280,
    draws: 1,
    series: ['orders', 'gmv'].map((kpi, k) => ({
      kpi,
      scenario: 'preset:surge',
      total: quantiles(1),
      weeks: Array.from({ length: 40 }, (_, week) => ({
        t: addDays(start, 7 * week),
        days: 7,
        method: 'model',
        ...quantiles(7 * (k + 1)),
      })),
    })),
    baselines: [],
    differences: [],
    outside: [],
  };
  await endedRun(body, result);
  return body;
}

describe('a hostile upload', () => {
  const sized = (xmile: string, setup: object = tinySetup) => ({ name: 'Bad', xmile, setup });
  const parameter = tinySetup.parameters[0]!;
  const lever = tinySetup.levers[0]!;
  const preset = (levers: object[]) => {
    const words = { en: 'x', zh: 'x' };
    return { ...tinySetup, presets: [{ id: 'bad', label: words, note: words, levers, couplings: [] }] };
  };

  it.each<[string, number, string | object]>([
    ['entities', 422, sized('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><xmile>&b;</xmile>')],
    ['a file of the server', 422, sized('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xmile>&a;</xmile>')],
    ['a tower of elements', 422, sized('<xmile>'.repeat(200_000))],
    ['a step of nothing', 422, sized(tinyModel.replace('<dt>0.25</dt>', '<dt>1e-9</dt>'))],
    ['a setup with a step of nothing', 422, sized(tinyModel, { ...tinySetup, run: { dt: 1e-12, method: 'rk4' } })],
    ['an end of the world', 422, sized(tinyModel.replace('<stop>90</stop>', '<stop>1e15</stop>'))],
    ['parentheses', 422, sized(withEquation('('.repeat(100_000)))],
    ['many variables', 422, sized(withVariables(many(20_000, (i) => `<aux name="v${i}"><eqn>1</eqn></aux>`)))],
    [
      'long equations of an array',
      422,
      sized(
        withVariables(
          many(
            20,
            (i) =>
              `<aux name="a${i}"><dimensions><dim name="d"/></dimensions><eqn>${'TIME+'.repeat(9_000)}1</eqn></aux>`,
          ),
          '<dimensions><dim name="d" size="400"/></dimensions>',
        ),
      ),
    ],
    [
      'a large array',
      422,
      sized(
        withVariables(
          many(30, (i) => `<aux name="a${i}"><dimensions><dim name="d"/></dimensions><eqn>${i}</eqn></aux>`),
          '<dimensions><dim name="d" size="100000"/></dimensions>',
        ),
      ),
    ],
    ['an infinite prior', 400, JSON.stringify(sized(tinyModel)).replace('"median":0.02', '"median":1e999')],
    ['a prior that is no number', 400, JSON.stringify(sized(tinyModel)).replace('"median":0.02', '"median":NaN')],
    ['a prior in quotes', 400, JSON.stringify(sized(tinyModel)).replace('"median":0.02', '"median":"0.02"')],
    [
      'a variable of every object',
      422,
      sized(tinyModel, { ...tinySetup, parameters: [{ ...parameter, variable: '__proto__' }] }),
    ],
    [
      'one parameter in two spellings',
      422,
      sized(tinyModel, { ...tinySetup, parameters: [parameter, { ...parameter, variable: 'GROWTH' }] }),
    ],
    [
      'a lever that is a parameter',
      422,
      sized(tinyModel, { ...tinySetup, levers: [{ ...lever, variable: 'growth' }] }),
    ],
    [
      'a preset of what is no lever',
      422,
      sized(tinyModel, preset([{ variable: 'growth', steps: [{ day: 0, value: 0 }] }])),
    ],
    [
      'a preset before the first day',
      422,
      sized(tinyModel, preset([{ variable: 'depth', steps: [{ day: -5, value: 0 }] }])),
    ],
    [
      'a preset outside the bounds',
      422,
      sized(tinyModel, preset([{ variable: 'depth', steps: [{ day: 1, value: 7 }] }])),
    ],
    ['a name of nothing', 400, { ...sized(tinyModel), name: '  ' }],
    ['a name that no store can keep', 400, { ...sized(tinyModel), name: 'a\u0000b' }],
    ['a note that no store can keep', 400, { ...sized(tinyModel), note: '\u0000' }],
    ['a label that no store can keep', 400, JSON.stringify(sized(tinyModel)).replace('"Growth"', '"\\u0000"')],
    ['more than a request holds', 413, { ...sized(tinyModel), note: 'x'.repeat(9_000_000) }],
  ])('with %s is refused in a moment and in words', async (_, status, body) => {
    const startMs = performance.now();
    const refused = await call('POST', '/models', body);
    expect(refused.status, refused.text.slice(0, 500)).toBe(status);
    expect(refused.body.code).not.toBe('internal');
    expect(refused.text.length).toBeLessThan(20_000);
    expect(performance.now() - startMs).toBeLessThan(3_000);
  });

  it('takes names with markup as they are, and a model without stocks', async () => {
    const name = `<img src=x onerror=alert(1)> "'); drop table x; -- 你好`;
    const { id } = await uploaded({ name, xmile: withVariables('<aux name="a"><eqn>1</eqn></aux>'), setup: undefined });
    expect((await call<Model>('GET', `/models/${id}`)).body).toMatchObject({ name, variables: [{ name: 'a' }] });
  });

  it('is described in a reply of a bounded size, however often an array repeats an equation', async () => {
    const points = many(20_000, (i) => `${i},`);
    const arrays = (last: string) =>
      withVariables(
        `<aux name="a"><dimensions><dim name="d"/></dimensions><eqn>TIME</eqn><gf><xscale min="0" max="9"/><ypts>${points}${last}</ypts></gf></aux>`,
        '<dimensions><dim name="d" size="400"/></dimensions>',
      );
    const { id } = await uploaded({ xmile: arrays('1'), setup: undefined });
    expect((await call('GET', `/models/${id}`)).text.length).toBeLessThan(8_000_000);
    await call('POST', `/models/${id}/versions`, { xmile: arrays('2') });
    // What was cut off is compared all the same.
    const diff = await call<{ changed: object[] }>('GET', `/models/${id}/diff?from=1&to=2`);
    expect(diff.body.changed).toHaveLength(1);
    expect(diff.text.length).toBeLessThan(8_000_000);
  });
});

describe('a hostile request', () => {
  it.each<[string, string | object]>([
    ['steps that are not finite', '{"day":1e999,"value":0}'],
    ['values that are not finite', '{"day":1,"value":-1e999}'],
  ])('with %s is refused', async (_, step) => {
    const model = await uploaded();
    const body = `{"name":"s","modelId":"${model.id}","levers":[{"variable":"depth","steps":[${step}]}],"couplings":[]}`;
    expect((await call('POST', '/scenarios', body)).body.code).toBe('request.invalid');
  });

  it('for a version that no store can count is refused', async () => {
    const { id } = await uploaded();
    for (const version of ['0', '-1', '99999999999', '1e999', 'x']) {
      expect((await call('GET', `/models/${id}?version=${version}`)).body.code, version).toBe('request.invalid');
      expect((await call('GET', `/models/${id}/diff?from=1&to=${version}`)).body.code, version).toBe('request.invalid');
    }
    expect((await call('GET', `/models/${id}?version=2147483647`)).status).toBe(404);
    expect((await call('POST', '/fits', { modelId: id, version: 1e12 })).status).toBe(400);
  });

  it('names fields of other kinds, gates of unknown KPIs and days that are none, and what is too much', async () => {
    const model = await uploaded();
    const fit = await fitted(model);
    const refused = async (body: object) => {
      const reply = await call('POST', '/forecasts', { fitId: fit.id, ...body });
      expect(reply.body.code, reply.text).toBe('forecast.request_invalid');
      return reply.body.message;
    };
    expect(await refused({ kind: 'forecast', samples: 64 })).toContain('samples');
    expect(await refused({ kind: 'optimise', horizonDays: 30 })).toContain('horizonDays');
    expect(await refused({ kind: 'backtest', modelId: model.id })).toContain('fitId');
    expect(await refused({ kind: 'optimise' })).toContain('lever');
    const optimise = { kind: 'optimise', levers: ['depth'] };
    const gates = (kpi: string, day: string) => ({
      goal: 'gates',
      risk: { kind: 'mean' },
      gates: [{ kpi, day, value: 1 }],
    });
    expect(await refused({ ...optimise, objective: gates('nothing', '2025-09-01') })).toContain('nothing');
    expect(await refused({ ...optimise, objective: gates('gmv', '2025-02-30') })).toContain('2025-02-30');
    expect(await refused({ ...optimise, objective: gates('gmv', '2025-01-30') })).toContain('is over');
    expect(
      await refused({
        kind: 'forecast',
        horizonDays: 1_100,
        draws: 20_000,
        scenarios: ['preset:as_it_is', 'preset:surge', { id: 'x', name: 'x', levers: [], couplings: [] }],
      }),
    ).toContain('draws');
    const elsewhere = await uploaded({ name: 'Elsewhere' });
    const wanted = { name: 'Sale', modelId: elsewhere.id, levers: [], couplings: [] };
    const scenario = (await call<Scenario>('POST', '/scenarios', wanted)).body;
    const strange = await call('POST', '/forecasts', { kind: 'forecast', fitId: fit.id, scenarios: [scenario.id] });
    expect(strange.body).toMatchObject({ code: 'scenario.invalid' });
  });
});

describe('another brand', () => {
  it('sees and changes nothing through any route, whatever ids it knows', async () => {
    const model = await uploaded();
    const fit = await fitted(model);
    const forecast = await forecastOf(fit);
    const plan = { name: 'Sale', modelId: model.id, levers: [], couplings: [] };
    const scenario = (await call<Scenario>('POST', '/scenarios', plan)).body;
    await call('PUT', '/promotions', {
      promotions: [{ name: 'Secret', from: '2025-03-01', to: '2025-03-02', depth: 0.1 }],
    });
    await call('PUT', '/fits/schedule', { modelId: model.id, every: 'week' });
    await call('POST', '/scenarios/preset:surge/adopt', { forecastId: forecast.id, kpis: ['gmv'], dryRun: false });
    const waiting = (await call<Run>('POST', '/fits', { modelId: model.id })).body;
    const seen = () =>
      Promise.all(
        [
          '/models',
          `/models/${model.id}`,
          '/fits',
          '/forecasts',
          `/scenarios?model=${model.id}`,
          '/promotions',
          '/fits/schedule',
          '/forecast-plan',
          '/targets?year=2025',
        ].map(async (url) => (await call('GET', url)).text),
      );
    const before = await seen();
    const bodies: Record<string, object[]> = {
      'POST /models/:id/versions': [{ xmile: tinyModel }],
      'PUT /models/:id/setup': [{ setup: tinySetup }],
      'POST /fits': [{ modelId: model.id }],
      'PUT /fits/schedule': [
        { modelId: model.id, every: 'week' },
        { modelId: model.id, every: 'off' },
      ],
      'POST /forecasts': [
        { kind: 'forecast', fitId: fit.id },
        { kind: 'explain', fitId: fit.id },
        { kind: 'optimise', fitId: fit.id },
        { kind: 'backtest', modelId: model.id },
      ],
      'POST /scenarios': [plan],
      'PUT /scenarios/:id': [plan],
      'POST /scenarios/:id/adopt': [{ forecastId: forecast.id, kpis: ['gmv'], dryRun: false }],
    };
    const queries: Record<string, string> = {
      'GET /models/:id/diff': '?from=1&to=1',
      'GET /fits/drift': `?model=${model.id}`,
      'GET /scenarios': `?model=${model.id}`,
      'GET /fits': `?model=${model.id}`,
      'GET /forecasts': `?fit=${fit.id}`,
    };
    const ownOnly = [
      'GET /models',
      'POST /models',
      'POST /models/check',
      'PUT /promotions',
      'GET /promotions',
      'GET /fits',
      'GET /forecasts',
      'GET /fits/schedule',
      'GET /forecast-plan',
    ];
    const own = /^\/api\/v1(\/(models|fits|forecasts|scenarios|promotions|forecast-plan)\b.*)$/;
    const routes = app.routes.flatMap(({ method, url }) => {
      const path = own.exec(url)?.[1];
      return path === undefined || method === 'HEAD' ? [] : [{ method, path, name: `${method} ${path}` }];
    });
    expect(routes.length).toBeGreaterThan(30);
    for (const { method, path, name } of routes) {
      if (['POST /models', 'POST /models/check', 'PUT /promotions'].includes(name)) continue;
      for (const id of [model.id, fit.id, forecast.id, scenario.id, waiting.id, 'preset:surge']) {
        for (const body of bodies[name] ?? [undefined]) {
          const reply = await call(method, path.replace(':id', id) + (queries[name] ?? ''), body, other);
          if (ownOnly.includes(name)) expect(reply.status).toBe(200);
          else if (id !== 'preset:surge') expect(reply.status, `${name} ${id}: ${reply.text}`).toBe(404);
          else expect(reply.status, name).toBeGreaterThanOrEqual(400);
          for (const secret of [model.id, fit.id, forecast.id, scenario.id, 'Secret', 'Tiny']) {
            expect(reply.text.includes(secret), `${name} tells ${secret}: ${reply.text}`).toBe(false);
          }
        }
      }
    }
    const theirs = (await call<Model>('POST', '/models', { name: 'Theirs', xmile: tinyModel, setup: tinySetup }, other))
      .body;
    const borrowed = await call(
      'POST',
      '/forecasts',
      { kind: 'forecast', fitId: fit.id, backtestId: forecast.id },
      other,
    );
    expect(borrowed.status).toBe(404);
    expect((await call('POST', '/scenarios', { ...plan, modelId: theirs.id }, other)).status).toBe(201);
    expect(await seen()).toEqual(before);
    await call('PUT', '/fits/schedule', { modelId: model.id, every: 'off' });
    await call('POST', `/fits/${waiting.id}/cancel`);
  });
});

describe('two people at once', () => {
  it('lose neither a file nor a setup, and a double click makes one version', async () => {
    const model = await uploaded();
    const second = tinyModel.replace('<eqn>400</eqn>', '<eqn>500</eqn>');
    const setup = { ...tinySetup, shown: [] };
    const made = await Promise.all([
      call<Model>('POST', `/models/${model.id}/versions`, { xmile: second }),
      call<Model>('PUT', `/models/${model.id}/setup`, { setup }),
      call<Model>('POST', `/models/${model.id}/versions`, { xmile: second }),
      call<Model>('PUT', `/models/${model.id}/setup`, { setup }),
    ]);
    expect(made.map(({ status }) => status)).toEqual([201, 200, 201, 200]);
    const now = (await call<Model>('GET', `/models/${model.id}`)).body;
    expect(now.versions.map(({ number }) => number)).toEqual([3, 2, 1]);
    expect(now.setup.shown).toEqual([]);
    expect((await call('GET', `/models/${model.id}/xmile`)).text).toBe(second);
  });

  it('adopt one after the other: what a plan says of the targets before it is so', async () => {
    const fit = await fitted(await uploaded());
    const [a, b] = [await forecastOf(fit), await forecastOf(fit)];
    await t.db.pool.query('delete from forecast.plans');
    await t.db.pool.query('delete from metrics.targets');
    const adopt = (run: Run, kpis: string[], dryRun = false) =>
      call<Adoption>('POST', '/scenarios/preset:surge/adopt', { forecastId: run.id, kpis, dryRun });
    const look = (await adopt(a, ['gmv', 'orders'], true)).body;
    const clicks = await Promise.all([
      adopt(a, ['gmv', 'orders']),
      adopt(b, ['orders', 'gmv']),
      adopt(a, ['gmv', 'orders']),
      adopt(b, ['orders', 'gmv']),
    ]);
    expect(clicks.map(({ status, text }) => (status === 200 ? '' : text))).toEqual(['', '', '', '']);
    const { plan, earlier } = (await call<PlanOfRecord>('GET', '/forecast-plan')).body;
    const plans = [plan!, ...earlier].reverse();
    expect(plans[0]!.targets.map(({ before }) => before)).toEqual(
      plans[0]!.targets.map(
        ({ kpi, quarter }) => look.targets.find((one) => one.kpi === kpi && one.quarter === quarter)!.before,
      ),
    );
    for (const { targets } of plans.slice(1)) {
      expect(targets.every(({ before, after, beforeOrigin }) => before === after && beforeOrigin === 'brand')).toBe(
        true,
      );
    }
    const again = await adopt(
      plan!.forecastId === a.id ? a : b,
      plan!.targets[0]!.kpi === 'gmv' ? ['gmv', 'orders'] : ['orders', 'gmv'],
    );
    expect(again.body.plan!.id).toBe(plan!.id);
    const trail = (await call<{ entries: { action: string; subject: string }[] }>('GET', '/audit')).body.entries;
    const adopted = trail.filter(({ action }) => action === 'plan.adopted').map(({ subject }) => subject);
    expect(adopted.slice(0, plans.length)).toEqual(plans.map(({ id }) => id).reverse());
  });

  it('start on a fit that goes, and drop what is at work, without a broken reply', async () => {
    const model = await uploaded();
    const fit = await fitted(model);
    const replies = await Promise.all([
      call('POST', '/forecasts', { kind: 'explain', fitId: fit.id }),
      call('DELETE', `/fits/${fit.id}`),
      call('POST', '/forecasts', { kind: 'explain', fitId: fit.id }),
    ]);
    for (const { status, text } of replies) expect([200, 202, 404, 409], text).toContain(status);
    const waiting = (await call<Run>('POST', '/fits', { modelId: model.id })).body;
    expect((await call('DELETE', `/fits/${waiting.id}`)).body.code).toBe('forecast.run_open');
    expect((await call('POST', `/fits/${waiting.id}/repeat`)).body.code).toBe('forecast.run_unfinished');
    const cancels = await Promise.all([1, 2].map(() => call<Run>('POST', `/fits/${waiting.id}/cancel`)));
    expect(cancels.map(({ status }) => status).sort()).toEqual([200, 409]);
    const drops = await Promise.all([1, 2].map(() => call('DELETE', `/fits/${waiting.id}`)));
    expect(drops.map(({ status }) => status).sort()).toEqual([200, 404]);
    const runs = (await call<RunList>('GET', '/forecasts?state=waiting')).body.runs;
    await Promise.all(runs.map(({ id }) => call('POST', `/forecasts/${id}/cancel`)));
  });
});

describe('what is kept', () => {
  it('of removed models has a bound, and their scenarios do not count', async () => {
    const model = await uploaded();
    await call('PUT', '/fits/schedule', { modelId: model.id, every: 'week' });
    await call('POST', '/scenarios', { name: 'Sale', modelId: model.id, levers: [], couplings: [] });
    await call('DELETE', `/models/${model.id}`);
    expect((await call<{ schedules: object[] }>('GET', '/fits/schedule')).body.schedules).toEqual([]);
    expect((await call('POST', `/models/${model.id}/versions`, { xmile: tinyModel })).status).toBe(404);
    await t.db.pool.query(`
      insert into forecast.models (brand_id, id, name, actor, created_at, removed_at)
      select brand_id, gen_random_uuid(), 'old', 'test', now(), now() from forecast.models, generate_series(1, 60)
      where id = '${uuidOf('mdl', model.id)}'`);
    await uploaded();
    const kept = async (table: string) =>
      (await t.db.pool.query(`select count(*)::int as n from forecast.${table}`)).rows[0].n as number;
    expect(await t.db.pool.query('select from forecast.models where removed_at is not null')).toHaveProperty(
      'rowCount',
      50,
    );
    expect(await kept('scenarios')).toBeLessThan(10);
  });

  it('is listed in a moment, also when results are large', async () => {
    const model = await uploaded();
    const run = await fitted(model);
    await t.db.pool.query(
      `insert into forecast.runs (brand_id, id, kind, state, model_id, model_name, model_name_zh, model_version, model_hash,
         first_day, end_day, snapshot_hash, seed, input, task_hash, result, result_hash, actor, created_at, app_version)
       select brand_id, gen_random_uuid(), kind, 'done', model_id, model_name, model_name_zh, model_version, model_hash,
         first_day, end_day, snapshot_hash, seed, input, task_hash,
         ('{"kind":"fit","parameters":[{"variable":"growth","median":1,"low":0,"high":2}],"draws":"' || repeat('0123456789abcdef', 65536) || '"}')::json,
         'h', actor, now(), app_version
       from forecast.runs, generate_series(1, 199) where id = $1`,
      [uuidOf('fit', run.id)],
    );
    for (const [url, msMax] of [
      [`/fits?limit=200&model=${model.id}`, 500],
      [`/fits/drift?model=${model.id}`, 3_000],
    ] as const) {
      const startMs = performance.now();
      const reply = await call('GET', url);
      expect(reply.status).toBe(200);
      expect(performance.now() - startMs, url).toBeLessThan(msMax);
      expect(reply.text.length, url).toBeLessThan(500_000);
    }
  });
});
