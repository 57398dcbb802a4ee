import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type ClickHouse, openClickHouse } from '../apps/server/src/adapters/clickhouse.ts';
import { startEmbeddedClickhouse, startEmbeddedPostgres } from '../apps/server/src/adapters/embedded/index.ts';
import { migrate } from '../apps/server/src/adapters/migrate.ts';
import { openPostgres } from '../apps/server/src/adapters/postgres.ts';
import {
  cockpit,
  kpiSeries,
  type MetricsBrand,
  type MetricsDeps,
  noCache,
  readableSql,
} from '../apps/server/src/domains/metrics/index.ts';
import { newUuid } from '../apps/server/src/lib/id.ts';
import { addDays } from '../apps/server/src/lib/time.ts';
import { fill } from './cockpit-data.ts';
import { type BenchResult, machine, quantile } from './machine.ts';

const firstDay = '2026-05-01';
const days = 180;
const lastDay = addDays(firstDay, days);

/** One screen or KPI: how it is asked for, run by run, so that no two runs in a row read the same days. */
const questions = {
  cockpit: (deps: MetricsDeps, brand: MetricsBrand, run: number) => {
    const to = addDays(lastDay, -(run % 7));
    return cockpit(deps, brand, { from: addDays(to, -28), to });
  },
  ...Object.fromEntries(
    ['gmv', 'orders', 'buyers', 'active_members', 'views'].map((id) => [
      id,
      (deps: MetricsDeps, brand: MetricsBrand, run: number) => {
        const to = addDays(lastDay, -(run % 7));
        return kpiSeries(deps, brand, id, { from: addDays(to, -90), to, grain: 'day' });
      },
    ]),
  ),
} as const;

/**
 * The cockpit's whole first screen and single KPIs by day over 90 days at 20 million events, with the result cache off; and
 * the same statements straight in chDB, without the HTTP child, in the same number of lanes.
 */
export async function run(options = { events: 20_000_000, runs: 40 }): Promise<BenchResult> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tandem-bench-cockpit-'));
  const started = { dataDir, log: () => undefined };
  const [postgres, clickhouse] = await Promise.all([startEmbeddedPostgres(started), startEmbeddedClickhouse(started)]);
  const db = openPostgres(postgres.url);
  const ch = openClickHouse(clickhouse.url);
  const brand: MetricsBrand = { id: newUuid(), currency: 'CNY', zone: 'Asia/Shanghai' };
  try {
    await migrate(db.pool, ch, ['events', 'metrics']);
    const beganMs = performance.now();
    await fill(ch, brand.id, { events: options.events, persons: 1_000_000, days, from: firstDay }, (done) =>
      process.stderr.write(`filled ${done}\n`),
    );
    const fillSeconds = Math.round((performance.now() - beganMs) / 1000);
    await mergesSettled(ch);
    const deps = {
      db,
      now: () => Date.parse(`${lastDay}T12:00:00Z`),
      names: async () => new Map(),
      dataVersion: async () => 0,
      audit: async () => undefined,
      cache: noCache,
    };
    const served = await serve({ ...deps, ch }, brand, options.runs);
    await ch.close();
    await clickhouse.stop();
    const straight = await straightly(dataDir, served.statements);
    return report(served.times, straight, fillSeconds, options.events);
  } finally {
    await ch.close();
    await db.close();
    await Promise.all([postgres.stop(), clickhouse.stop()]);
    await rm(dataDir, { recursive: true, force: true });
  }
}

type Times = Record<string, number[]>;

/** Background merges of a fill that no real brand has would otherwise be measured instead of the queries. */
async function mergesSettled(ch: Pick<ClickHouse, 'rows'>): Promise<void> {
  for (let waitedMs = 0; waitedMs < 120_000; waitedMs += 1_000) {
    const [row] = await ch.rows<{ running: string }>('SELECT count() AS running FROM system.merges');
    if (row?.running === '0') return;
    await new Promise((done) => setTimeout(done, 1_000));
  }
}

async function serve(
  deps: MetricsDeps,
  brand: MetricsBrand,
  runs: number,
): Promise<{ times: Times; statements: Record<string, string[][]> }> {
  const times: Times = {};
  const statements: Record<string, string[][]> = {};
  for (const [name, ask] of Object.entries(questions)) {
    times[name] = [];
    statements[name] = [];
    // The first run of an engine reads its index files; it is not measured, here and straight.
    for (let i = -1; i < runs; i++) {
      const seen: string[] = [];
      const watched: MetricsDeps = {
        ...deps,
        ch: {
          rows(sql, params) {
            seen.push(readableSql({ name: '', sql, params: params ?? {} }));
            return deps.ch.rows(sql, params);
          },
        },
      };
      const startMs = performance.now();
      JSON.stringify(await ask(watched, brand, i + 7));
      if (i >= 0) times[name].push(performance.now() - startMs);
      statements[name].push(seen);
    }
  }
  return { times, statements };
}

/** Runs the same statements in a process that has the engine as a library and nothing else. */
async function straightly(dataDir: string, statements: Record<string, string[][]>): Promise<Times> {
  const file = join(dataDir, 'statements.json');
  await writeFile(file, JSON.stringify(statements));
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'cockpit-straight.ts'), join(dataDir, 'clickhouse/data'), file],
    { cwd: join(dataDir, 'clickhouse'), stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const stdout = await text(child.stdout);
  return JSON.parse(stdout) as Times;
}

function report(served: Times, straight: Times, fillSeconds: number, events: number): BenchResult {
  const figures: BenchResult['figures'] = {
    events,
    fillSeconds,
    runs: served.cockpit?.length ?? 0,
    load: machine().load,
  };
  for (const name of Object.keys(questions)) {
    const at = (times: Times, q: number) => Math.round(quantile(times[name] ?? [], q));
    figures[`${name}P50Ms`] = at(served, 0.5);
    figures[`${name}P95Ms`] = at(served, 0.95);
    figures[`${name}StraightP50Ms`] = at(straight, 0.5);
    figures[`${name}StraightP95Ms`] = at(straight, 0.95);
    figures[`${name}Ratio`] = Math.round((at(served, 0.5) / at(straight, 0.5)) * 100) / 100;
  }
  const number = (name: string) => Number(figures[name]);
  return {
    bench: 'cockpit',
    figures,
    bars: {
      cockpitP95Ms: { bar: '<= 1,000', met: number('cockpitP95Ms') <= 1_000 },
      gmvP95Ms: { bar: '<= 150', met: number('gmvP95Ms') <= 150 },
      activeMembersP95Ms: { bar: '<= 150', met: number('active_membersP95Ms') <= 150 },
      cockpitRatio: { bar: '<= 1.3', met: number('cockpitRatio') <= 1.3 },
    },
  };
}

if (import.meta.main) {
  const events = Number(process.argv[2] ?? 20_000_000);
  process.stdout.write(
    `${JSON.stringify({ machine: machine(), ...(await run({ events, runs: Number(process.argv[3] ?? 40) })) }, null, 2)}\n`,
  );
}
