import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { noCache } from '#domains/metrics/index.ts';
import { newUuid, type Uuid } from '#lib/id.ts';
import { type TestStores, testLog, testStores } from '../../../test/harness.ts';
import type { ForecastDeps, RunHooks, RunThread } from './deps.ts';
import { tinyModel, tinySetup } from './forecast-fixture.ts';
import { countOpenRuns, findRun, insertRun, markCancelling, type NewRun, pruneRuns, runContent } from './run-store.ts';
import type { BacktestResult, Task } from './task.ts';
import { workForecasts } from './work.ts';

let t: TestStores;
let brandId: Uuid;

beforeAll(async () => {
  t = await testStores();
});
beforeEach(async () => {
  brandId = (await t.newBrand()).id;
});
afterAll(() => t.close());

const nothingFound: BacktestResult = { kind: 'backtest', origins: [], horizons: [], series: [], notes: [] };

/** Threads that do what a test says. */
function depsWith(
  startRun: (task: Task, hooks: RunHooks) => RunThread,
  more: Partial<ForecastDeps> = {},
): ForecastDeps {
  return {
    db: t.db,
    ch: t.ch,
    log: { ...testLog, error: () => undefined },
    now: Date.now,
    names: async () => new Map(),
    dataVersion: async () => 0,
    audit: async () => undefined,
    cache: noCache,
    templates: [],
    appVersion: '0',
    brandOf: async () => undefined,
    workers: async () => ['test'],
    processName: 'test',
    threads: 1,
    startRun,
    ...more,
  };
}

async function newRun(more: Partial<NewRun> = {}): Promise<Uuid> {
  const id = newUuid();
  const snapshot = { from: '2025-01-01', to: '2025-01-01', zone: 'UTC', currency: 'CNY', series: [], promotions: [] };
  const input = { kind: 'backtest', model: { xmile: tinyModel, setup: tinySetup }, snapshot, origins: 1, horizons: [] };
  await t.db.brand(brandId, (tx) =>
    insertRun(tx, brandId, {
      id,
      kind: 'backtest',
      modelId: newUuid(),
      modelName: 'Tiny',
      modelNameZh: '小店',
      modelVersion: 1,
      modelHash: 'hash',
      fitId: null,
      backtestId: null,
      repeatsId: null,
      firstDay: '2025-01-01',
      endDay: '2025-01-01',
      snapshotHash: 'hash',
      seed: 1,
      taskHash: 'hash',
      actor: 'test',
      scheduled: false,
      appVersion: '0',
      input: JSON.stringify(input),
      createdAtMs: Date.now(),
      ...more,
    }),
  );
  return id;
}

const stateOf = async (id: Uuid) => (await t.db.brand(brandId, (tx) => findRun(tx, brandId, id)))!;
const never = new AbortController().signal;

/** A thread whose result the test decides. */
function controlled() {
  const results = Promise.withResolvers<BacktestResult>();
  results.promise.catch(() => undefined);
  const told = { cancelled: 0, stopped: 0 };
  const thread: RunThread = {
    result: results.promise,
    cancel: () => void told.cancelled++,
    stop: async () => {
      told.stopped++;
      results.reject(new Error('ended from outside'));
    },
  };
  return { ...results, told, thread };
}

describe('runs at work', () => {
  it('keep their result to the letter, and tell how far they are', async () => {
    const id = await newRun();
    const run = controlled();
    const deps = depsWith((task, { onProgress }) => {
      expect(task).toMatchObject({ kind: 'backtest', seed: 1, origins: 1 });
      onProgress(0.4, { en: 'half way', zh: '进行中' });
      return run.thread;
    });
    const working = workForecasts(deps, never);
    await expect
      .poll(() => stateOf(id), { timeout: 5_000 })
      .toMatchObject({ state: 'running', progress: 0.4, stageZh: '进行中' });
    run.resolve({ ...nothingFound, notes: [{ kpi: 'gmv', code: 'c', en: '-0.0 \u2028', zh: '中文' }] });
    await working;
    const { result } = (await t.db.brand(brandId, (tx) => runContent(tx, brandId, id)))!;
    expect(result).toBe(
      '{"kind":"backtest","origins":[],"horizons":[],"series":[],"notes":[{"kpi":"gmv","code":"c","en":"-0.0 \u2028","zh":"中文"}]}',
    );
    expect(await stateOf(id)).toMatchObject({ state: 'done', progress: 1, errorCode: null });
  });

  it('fail in words', async () => {
    const id = await newRun();
    const run = controlled();
    run.reject(Object.assign(new Error('heap'), { code: 'ERR_WORKER_OUT_OF_MEMORY' }));
    await workForecasts(
      depsWith(() => run.thread),
      never,
    );
    expect(await stateOf(id)).toMatchObject({ state: 'failed', errorCode: 'forecast.memory' });
  });

  it('count as cancelled soon after a cancel, and keep what comes in time', async () => {
    const id = await newRun();
    const run = controlled();
    const working = workForecasts(
      depsWith(() => run.thread, { limits: { cancelMs: 100 } }),
      never,
    );
    await expect.poll(() => stateOf(id), { timeout: 5_000 }).toMatchObject({ state: 'running' });
    await t.db.brand(brandId, (tx) => markCancelling(tx, brandId, id, Date.now()));
    await expect.poll(() => stateOf(id), { timeout: 2_000 }).toMatchObject({ state: 'cancelled', cancelling: true });
    expect(run.told).toEqual({ cancelled: 1, stopped: 0 });
    run.resolve(nothingFound);
    await working;
    expect(await stateOf(id)).toMatchObject({ state: 'cancelled', cancelling: false, errorCode: null });
    expect((await stateOf(id)).resultHash).not.toBeNull();
  });

  it('are ended from outside when they do not hear', async () => {
    const id = await newRun();
    const run = controlled();
    const deps = depsWith(() => run.thread, { limits: { cancelMs: 50, handOverMs: 50 } });
    const working = workForecasts(deps, never);
    await expect.poll(() => stateOf(id), { timeout: 5_000 }).toMatchObject({ state: 'running' });
    await t.db.brand(brandId, (tx) => markCancelling(tx, brandId, id, Date.now()));
    await working;
    expect(await stateOf(id)).toMatchObject({ state: 'cancelled', cancelling: false, resultHash: null });
    expect(run.told.stopped).toBeGreaterThan(0);
  });

  it('end at once when they are cancelled while they wait', async () => {
    const id = await newRun();
    await t.db.brand(brandId, (tx) => markCancelling(tx, brandId, id, Date.now()));
    expect(await stateOf(id)).toMatchObject({ state: 'cancelled', cancelling: false });
  });

  it('are left as they are when the process stops, and begun again', async () => {
    const id = await newRun();
    const run = controlled();
    const stopping = new AbortController();
    const working = workForecasts(
      depsWith(() => run.thread),
      stopping.signal,
    );
    await expect.poll(() => stateOf(id), { timeout: 5_000 }).toMatchObject({ state: 'running' });
    stopping.abort();
    await working;
    expect(run.told.stopped).toBeGreaterThan(0);
    expect(await stateOf(id)).toMatchObject({ state: 'running' });
    const next = controlled();
    next.resolve(nothingFound);
    await workForecasts(
      depsWith(() => next.thread),
      never,
    );
    expect(await stateOf(id)).toMatchObject({ state: 'done' });
  });

  it('are given up when they take their process with them again and again', async () => {
    const id = await newRun();
    await t.db.pool.query(`update forecast.runs set state = 'running', attempts = 3 where id = $1`, [id]);
    await workForecasts(
      depsWith(() => {
        throw new Error('must not be begun');
      }),
      never,
    );
    expect(await stateOf(id)).toMatchObject({ state: 'failed', errorCode: 'forecast.run_died' });
  });

  it('are worked once by several processes', async () => {
    const ids = [await newRun(), await newRun(), await newRun()];
    let started = 0;
    const deps = depsWith(() => {
      started++;
      const run = controlled();
      void sleep(20).then(() => run.resolve(nothingFound));
      return run.thread;
    });
    await Promise.all([workForecasts(deps, never), workForecasts(deps, never), workForecasts(deps, never)]);
    expect(started).toBe(3);
    for (const id of ids) expect((await stateOf(id)).state).toBe('done');
  });

  it('belong to the process that took them last, when one has lost its hold on the store', async () => {
    const id = await newRun();
    const [lost, next] = [controlled(), controlled()];
    const first = workForecasts(
      depsWith(() => lost.thread),
      never,
    );
    await expect.poll(() => stateOf(id), { timeout: 5_000 }).toMatchObject({ state: 'running' });
    // The connection that holds the locks is gone; the process and its thread are not.
    await t.db.pool.query(
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid()
         and database = (select oid from pg_database where datname = current_database())`,
    );
    const second = workForecasts(
      depsWith(() => next.thread),
      never,
    );
    const attempts = async () =>
      (await t.db.pool.query('select attempts from forecast.runs where id = $1', [id])).rows[0].attempts;
    await expect.poll(attempts, { timeout: 5_000 }).toBe(2);
    lost.reject(new Error('its parts are gone'));
    await first.catch(() => undefined);
    expect(await stateOf(id)).toMatchObject({ state: 'running', errorCode: null });
    next.resolve(nothingFound);
    await second;
    expect(await stateOf(id)).toMatchObject({ state: 'done', errorCode: null });
  });

  it('that were cancelled while their process was dead end as soon as somebody looks', async () => {
    const [asked, handing] = [await newRun(), await newRun()];
    await t.db.pool.query(`update forecast.runs set state = 'running', cancelling = true, attempts = 1 where id = $1`, [
      asked,
    ]);
    await t.db.pool.query(
      `update forecast.runs set state = 'cancelled', cancelling = true, ended_at = now() - interval '1 hour' where id = $1`,
      [handing],
    );
    await t.db.pool.query(
      `insert into forecast.batches (brand_id, id, run_id, task) values ($1, gen_random_uuid(), $2, '')`,
      [brandId, handing],
    );
    await workForecasts(
      depsWith(() => {
        throw new Error('must not be begun');
      }),
      never,
    );
    for (const id of [asked, handing])
      expect(await stateOf(id)).toMatchObject({ state: 'cancelled', cancelling: false });
    const { rows } = await t.db.pool.query('select id from forecast.batches where run_id = $1', [handing]);
    expect(rows).toEqual([]);
  });

  it('take no negative time when the clock is set back, and no more room than there is', async () => {
    const id = await newRun();
    const run = controlled();
    run.resolve({ ...nothingFound, notes: [{ kpi: 'gmv', code: 'c', en: 'x'.repeat(2_000), zh: '' }] });
    let nowMs = Date.now();
    const now = () => {
      nowMs -= 3_600_000;
      return nowMs;
    };
    await workForecasts(
      depsWith(() => run.thread, { now, limits: { resultBytes: 1_000 } }),
      never,
    );
    expect(await stateOf(id)).toMatchObject({ state: 'failed', errorCode: 'forecast.result_too_large', seconds: 0 });
  });

  it('go when they take too much room, oldest first', async () => {
    const ids = [await newRun(), await newRun(), await newRun()];
    const digits = Array.from({ length: 4_000 }, (_, i) => Math.sin(i)).join('');
    await t.db.pool.query(`update forecast.runs set state = 'done', result = to_json($2::text) where brand_id = $1`, [
      brandId,
      digits,
    ]);
    const { rows } = await t.db.pool.query(
      `select sum(pg_column_size(input) + pg_column_size(result))::int as bytes from forecast.runs where brand_id = $1`,
      [brandId],
    );
    const prune = (bytes: number) => t.db.brand(brandId, (tx) => pruneRuns(tx, brandId, { runs: 100, bytes }));
    expect(await prune(rows[0].bytes)).toEqual([]);
    expect(await prune(rows[0].bytes - 1)).toEqual([ids[0]]);
    expect((await prune(0)).sort()).toEqual([ids[1]!, ids[2]!].sort());
  });

  it('go when there are too many, but never those that others build on', async () => {
    const base = await newRun();
    const ids = [await newRun(), await newRun({ backtestId: base }), await newRun()];
    await t.db.pool.query(`update forecast.runs set state = 'done' where brand_id = $1`, [brandId]);
    const open = await newRun();
    const gone = await t.db.brand(brandId, (tx) => pruneRuns(tx, brandId, { runs: 3, bytes: 1e9 }));
    expect(gone.sort()).toEqual([ids[0]!, ids[1]!].sort());
    expect(await t.db.brand(brandId, (tx) => countOpenRuns(tx, brandId))).toBe(1);
    expect((await stateOf(base)).state).toBe('done');
    expect((await stateOf(open)).state).toBe('waiting');
    await t.db.brand(brandId, (tx) => markCancelling(tx, brandId, open, Date.now()));
  });
});
