import { killLoop } from '../apps/server/test/kill-loop.ts';
import { type BenchResult, quantile } from './machine.ts';

/** 100 x kill -9 of the server, Postgres and the ClickHouse child in turn, under load. */
export async function run(kills = 100): Promise<BenchResult> {
  const { backMs, ...report } = await killLoop(kills, 18_212);
  const all = Object.values(backMs).flat();
  const slowest = Object.fromEntries(
    Object.entries(backMs).map(([victim, ms]) => [`${victim}BackMaxMs`, Math.max(...ms)]),
  );
  return {
    bench: 'kill',
    figures: { ...report, backP50Ms: quantile(all, 0.5), backMaxMs: Math.max(...all), ...slowest },
    bars: {
      lost: { bar: '0', met: report.lost === 0 },
      doubled: { bar: '0', met: report.doubled === 0 },
      rollupsExact: { bar: 'sums of the rollups = sums of the events', met: report.rollupsExact },
      backMaxMs: { bar: '<= 3,000 each time', met: Math.max(...all) <= 3_000 },
    },
  };
}
