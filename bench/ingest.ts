import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startProcess, type TandemProcess } from '../apps/server/test/tandem-process.ts';
import type { LoadOptions, LoadResult } from './ingest-load.ts';
import { type BenchResult, quantile } from './machine.ts';

/**
 * Events over HTTP in batches of 200, acknowledged after a durable commit and drained to ClickHouse, with the load
 * generator on the same cores. First as fast as the server takes them for a short while, which shows the ceiling; then at
 * 25,000 a second for five minutes, which shows what lasts. How soon an event can be queried is probed beside the load.
 */
export async function run(options = { seconds: 300, rate: 25_000 }): Promise<BenchResult> {
  const tandem = await startProcess({ port: 18_211 });
  try {
    const common = { url: tandem.url, apiKey: tandem.apiKey, batch: 200, connections: 16, persons: 50_000 };
    await generate({ ...common, seconds: 5, rate: 10_000 });
    await drained(tandem);
    const before = await cpuSeconds(tandem);
    const probe = probeFreshness(tandem);
    const startMs = Date.now();
    const steady = await generate({ ...common, seconds: options.seconds, rate: options.rate });
    const fresh = await probe.stop();
    const lateMs = await drained(tandem);
    const spent = await cpuSeconds(tandem);
    const wallSeconds = (Date.now() - startMs) / 1000;
    const status = await tandem.api.get<{
      accepted: number;
      stored: number;
      duplicate: number;
      pending: number;
      reconciles: boolean;
    }>('/pipeline');
    const perEvent = (after: number, was: number) => Math.round(((after - was) / steady.accepted) * 1e8) / 100;
    const rate = Math.round(steady.accepted / steady.seconds);
    const ackP99 = Math.round(quantile(steady.ackMs, 0.99));
    const freshP99 = Math.round(quantile(fresh, 0.99));
    return {
      bench: 'ingest',
      figures: {
        seconds: Math.round(steady.seconds),
        acceptedPerSecond: rate,
        refused: steady.refused,
        failed: steady.failed,
        ackP50Ms: Math.round(quantile(steady.ackMs, 0.5)),
        ackP99Ms: ackP99,
        queryableP50Ms: Math.round(quantile(fresh, 0.5)),
        queryableP99Ms: freshP99,
        drainAfterLoadMs: lateMs,
        storedPerSecond: Math.round(steady.accepted / wallSeconds),
        serverUsPerEvent: perEvent(spent.server, before.server),
        postgresUsPerEvent: perEvent(spent.postgres, before.postgres),
        clickhouseUsPerEvent: perEvent(spent.clickhouse, before.clickhouse),
        accepted: status.accepted,
        stored: status.stored,
        reconciles: status.reconciles,
      },
      bars: {
        acceptedPerSecond: { bar: '>= 25,000 for 5 minutes', met: rate >= 0.995 * options.rate && steady.failed === 0 },
        ackP99Ms: { bar: '<= 150', met: ackP99 <= 150 },
        queryableP99Ms: { bar: '<= 3,000', met: freshP99 <= 3_000 },
        reconciles: {
          bar: 'accepted = stored + duplicate + quarantined + pending',
          met: status.reconciles && status.pending === 0,
        },
      },
    };
  } finally {
    await tandem.stop();
  }
}

async function generate(options: LoadOptions): Promise<LoadResult> {
  const script = join(import.meta.dirname, 'ingest-load.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(options)], {
    maxBuffer: 256 * 1024 * 1024,
  });
  return JSON.parse(stdout) as LoadResult;
}

/** Milliseconds until nothing waits any more. */
export async function drained(tandem: TandemProcess): Promise<number> {
  const startMs = Date.now();
  while ((await tandem.api.get<{ pending: number }>('/pipeline')).pending > 0)
    await new Promise((done) => setTimeout(done, 50));
  return Date.now() - startMs;
}

/** Sends a marked event now and then, and measures how long until a KPI query can see it. */
function probeFreshness(tandem: TandemProcess) {
  const seenMs: number[] = [];
  let stopping = false;
  const day = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
  const next = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
  const running = (async () => {
    let sent = 0;
    while (!stopping) {
      const startMs = performance.now();
      sent++;
      await tandem.api.send('POST', '/events', [{ type: 'spend.recorded', amountMinor: 100, channel: 'probe' }]);
      const seen = async () => {
        const { points } = await tandem.api.get<{ points: { exactMinor?: string }[] }>('/kpis/ad_spend', {
          from: day,
          to: next,
          grain: 'total',
        });
        return Number(points[0]?.exactMinor ?? 0) >= sent * 100;
      };
      while (!(await seen())) await new Promise((done) => setTimeout(done, 20));
      seenMs.push(performance.now() - startMs);
      await new Promise((done) => setTimeout(done, 250));
    }
  })();
  return {
    async stop() {
      stopping = true;
      await running;
      return seenMs;
    },
  };
}

/** Processor seconds that the three parts have used so far. */
async function cpuSeconds(tandem: TandemProcess): Promise<{ server: number; postgres: number; clickhouse: number }> {
  const { postgres, clickhouse } = await tandem.storePids();
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid,ppid,cputimes']);
  const rows = stdout
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/).map(Number));
  const of = (pid: number, children: boolean) =>
    rows
      .filter(([id, parent]) => id === pid || (children && parent === pid))
      .reduce((sum, row) => sum + (row[2] ?? 0), 0);
  return { server: of(tandem.child.pid!, false), postgres: of(postgres, true), clickhouse: of(clickhouse, false) };
}
