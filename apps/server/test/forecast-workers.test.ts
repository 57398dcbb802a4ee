import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileModel, createEnsemble, expectValue, readXmile } from '@tandem/dynamics';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKey } from '#domains/access/index.ts';
import { endOf, insertShop, shopHistory, tinyModel, tinySetup } from '#domains/forecast/forecast-fixture.ts';
import type { ForecastDeps } from '#domains/forecast/index.ts';
import { shareRuns } from '#domains/forecast/parts.ts';
import type { Model, Run } from '#domains/forecast/schema.ts';
import type { ModelSetup } from '#domains/forecast/setup.ts';
import type { SharedRuns } from '#domains/forecast/task.ts';
import { noCache } from '#domains/metrics/index.ts';
import { uuidOf } from '#lib/id.ts';
import { type App, createApp } from '../src/app.ts';
import { type TestStores, testLog, testStores } from './harness.ts';

const mainPath = join(import.meta.dirname, '../src/main.ts');

let t: TestStores;
/** Answers requests and works on nothing itself. */
let web: App;
let brandId: string;
let key: string;
/** Of these tests, in the order in which they were started. */
const workers: Worker[] = [];

interface Worker {
  child: ChildProcess;
  dataDir: string;
  /** What it has logged so far. */
  log: string;
}

beforeAll(async () => {
  t = await testStores();
  web = await createApp({
    stores: t.stores,
    dataDir: t.dataDir,
    role: 'web',
    secret: 'a secret of the test only',
    localToken: 'local',
    log: testLog,
  });
  const brand = await t.newBrand();
  brandId = brand.id;
  key = (await t.db.brand(brand.id, (tx) => createApiKey(tx, brand.id, { name: 'k', role: 'owner' }, 'test'))).key;
  await insertShop(t.ch, brand, shopHistory('2025-01-06', 120));
  // Workers bring the tables of jobs with them.
  await Promise.all([startWorker(), startWorker()]);
});
afterAll(async () => {
  await Promise.all(workers.map(({ child }) => ended(child, 'SIGTERM')));
  for (const { dataDir } of workers) await rm(dataDir, { recursive: true, force: true });
  await web.close();
  await t.close();
});

/** A worker node as it runs on another machine; answers when it works on jobs. */
async function startWorker(): Promise<Worker> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tandem-worker-'));
  const child = spawn(process.execPath, [mainPath, 'serve', '--data', dataDir, '--port', '0', '--role', 'worker'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      TANDEM_POSTGRES_URL: t.stores.postgresUrl,
      TANDEM_CLICKHOUSE_URL: t.stores.clickhouseUrl,
      TANDEM_LOG_LEVEL: 'info',
    },
  });
  const worker: Worker = { child, dataDir, log: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      worker.log += text;
    });
  }
  workers.push(worker);
  // It says so after its lease has been written.
  await until(async () => worker.log.includes('is ready'), 60_000);
  return worker;
}

/** Ends a worker as a failing machine does. */
async function killed({ child }: Worker): Promise<void> {
  await ended(child, 'SIGKILL');
  // Leases of those that live come back with their next beat; nobody waits for that of the dead one to run out.
  await t.db.pool.query('delete from tandem.worker_leases');
}

async function leases(): Promise<string[]> {
  const { rows } = await t.db.pool.query<{ id: string }>('select process_id as id from tandem.worker_leases');
  return rows.map(({ id }) => id);
}

async function ended(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await gone;
  clearTimeout(timer);
}

async function until(condition: () => Promise<boolean>, msMax: number): Promise<void> {
  const untilMs = Date.now() + msMax;
  while (!(await condition())) {
    if (Date.now() > untilMs) throw new Error(`it did not come true within ${msMax} ms`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

async function call<Reply>(method: string, url: string, body?: unknown): Promise<Reply> {
  const reply = await web.http.inject({
    method: method as 'GET',
    url: `/api/v1${url}`,
    headers: { authorization: `Bearer ${key}` },
    ...(body !== undefined && { payload: body as object }),
  });
  expect(reply.statusCode, reply.body).toBeLessThan(300);
  return reply.json();
}

/** Steps so small that a few hundred runs of some years are a big ensemble. */
const manySteps: ModelSetup = { ...tinySetup, run: { dt: 1 / 128, method: 'rk4' } };

async function startedFit(draws: number, setup = tinySetup): Promise<Run> {
  const name = setup === tinySetup ? 'Tiny' : 'Slow';
  const { models } = await call<{ models: Model[] }>('GET', '/models');
  const known = models.find((one) => one.name === name);
  const model = known ?? (await call<Model>('POST', '/models', { name, xmile: tinyModel, setup }));
  return call<Run>('POST', '/fits', { modelId: model.id, seed: 5, draws });
}

/** An ensemble of a thousand parts' worth of work, and what it gives in this process alone. */
async function ensemble(count: number) {
  const program = expectValue(
    compileModel(expectValue(readXmile(tinyModel)), {
      inputs: ['growth', 'rate'],
      outputs: ['cumulative_orders', 'customers'],
      time: { stop: 720, dt: 1 / 8 },
    }),
  );
  const runs: SharedRuns = {
    program,
    columns: [
      { output: 'cumulative_orders', reduce: { kind: 'final' } },
      { output: 'customers', reduce: { kind: 'mean' } },
    ],
    seed: 11,
  };
  const points = Float64Array.from({ length: 2 * count }, (_, i) =>
    i % 2 === 0 ? 0.005 + (i % 97) / 5_000 : 0.1 + i / 1e6,
  );
  const own = createEnsemble(program, { columns: runs.columns });
  const { values } = await own.run(points, { seed: 11 });
  own.close();
  return { runs, points, values };
}

/** What the process of a run has, with parts so small that there are many. */
function coordinator(): ForecastDeps {
  return {
    db: t.db,
    ch: t.ch,
    log: testLog,
    now: Date.now,
    names: async () => new Map(),
    dataVersion: async () => 0,
    audit: async () => undefined,
    cache: noCache,
    templates: [],
    appVersion: '0',
    brandOf: async () => undefined,
    workers: leases,
    processName: 'coordinator',
    threads: 1,
    startRun: () => {
      throw new Error('not here');
    },
    limits: { partSeconds: 0.02 },
  };
}

const signal = new AbortController().signal;

describe('several processes', () => {
  it('make an ensemble together, with the bits of one', async () => {
    const { runs, points, values } = await ensemble(6_000);
    const run = await anyRun();
    const shared = await shareRuns(coordinator(), { brandId, id: uuidOf('fit', run.id)! }, runs, points, signal);
    expect(Buffer.from(shared.values.buffer).equals(Buffer.from(values.buffer))).toBe(true);
    const makers = new Set(shared.makers);
    expect(makers.has('coordinator')).toBe(true);
    expect(makers.size).toBe(3);
    expect((await t.db.pool.query('select from forecast.batches')).rowCount).toBe(0);
  });

  it('make a forecast together; one that is alone gives the same bits', async () => {
    const fit = await doneOf(await startedFit(600, manySteps));
    const asked = { kind: 'forecast', fitId: fit.id, horizonDays: 1_100, draws: 600 };
    const together = await doneOf(await call<Run>('POST', '/forecasts', asked));
    expect(processesOf(together)).toBe(2);
    await killed(workers[1]!);
    const alone = await doneOf(await call<Run>('POST', `/forecasts/${together.id}/repeat`));
    expect(alone.reproduces).toEqual({ of: together.id, equal: true });
    expect(processesOf(alone)).toBeLessThan(2);
  });

  it('end an ensemble with the same bits when one of them is killed in the middle', async () => {
    const { runs, points, values } = await ensemble(6_000);
    const victim = await startWorker();
    const run = await anyRun();
    const shared = shareRuns(coordinator(), { brandId, id: uuidOf('fit', run.id)! }, runs, points, signal);
    const madeByOthers = async () => {
      const { rows } = await t.db.pool.query<{ n: number }>(`select count(distinct made_by) as n from forecast.parts`);
      return rows[0]!.n > 1;
    };
    await until(madeByOthers, 20_000);
    await killed(victim);
    const { values: made } = await shared;
    expect(Buffer.from(made.buffer).equals(Buffer.from(values.buffer))).toBe(true);
  });
});

describe('a run', () => {
  it('is taken up by another process when its own is killed, and gives the same bits', async () => {
    const run = await startedFit(1_000);
    const now = () => call<Run>('GET', `/fits/${run.id}`);
    await until(async () => (await now()).state === 'running', 20_000);
    await killed(workers[0]!);
    expect((await now()).state).toBe('running');
    await startWorker();
    const done = await endOf(now);
    expect(done).toMatchObject({ state: 'done', error: null });
    const { rows } = await t.db.pool.query('select attempts from forecast.runs where id = $1', [uuidOf('fit', run.id)]);
    expect(rows).toEqual([{ attempts: 2 }]);
    const repeated = await doneOf(await call<Run>('POST', `/fits/${run.id}/repeat`));
    expect(repeated.reproduces).toEqual({ of: run.id, equal: true });
  });
});

async function doneOf({ kind, id }: Run): Promise<Run> {
  const run = await endOf(() => call<Run>('GET', `/${kind === 'fit' ? 'fits' : 'forecasts'}/${id}`), 120_000);
  expect(run).toMatchObject({ state: 'done', error: null });
  return run;
}

/** How many processes took part in the ensembles of a run, as the workers have logged; 0 where none was shared. */
function processesOf({ id }: Run): number {
  const lines = workers.flatMap(({ log }) => log.split('\n').filter((line) => line.includes('big ensemble')));
  const made = lines.map((line) => JSON.parse(line) as { run: string; processes: number });
  return Math.max(0, ...made.filter(({ run }) => run === id).map(({ processes }) => processes));
}

/** A run to make ensembles for: one that was cancelled as soon as it was asked for, and counts as still handing over. */
async function anyRun(): Promise<Run> {
  const run = await startedFit(50);
  await web.http.inject({
    method: 'POST',
    url: `/api/v1/fits/${run.id}/cancel`,
    headers: { authorization: `Bearer ${key}` },
  });
  const now = () => call<Run>('GET', `/fits/${run.id}`);
  await until(async () => {
    const { state, cancelling } = await now();
    return state === 'cancelled' && !cancelling;
  }, 30_000);
  await t.db.pool.query('update forecast.runs set cancelling = true, ended_at = now() where id = $1', [
    uuidOf('fit', run.id),
  ]);
  return run;
}
