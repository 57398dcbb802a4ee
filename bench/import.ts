import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startProcess, type TandemProcess } from '../apps/server/test/tandem-process.ts';
import type { BenchResult } from './machine.ts';

const root = join(import.meta.dirname, '..');

/** Online Retail (541,909 lines) from the command to a KPI that has them, and the server's memory on the way. */
export async function run(): Promise<BenchResult> {
  const tandem = await startProcess({ port: 18_213, currency: 'GBP', zone: 'Europe/London' });
  try {
    const memory = watchMemory(tandem.child.pid!);
    const first = await timed(tandem);
    const peakMb = memory.stop();
    const gmv = await tandem.api.get<{ points: { exactMinor: string }[] }>('/kpis/gmv', {
      from: '2010-12-01',
      to: '2012-01-01',
      grain: 'total',
    });
    const again = await timed(tandem);
    const exact = gmv.points[0]?.exactMinor === '1066668454';
    return {
      bench: 'import',
      figures: {
        lines: first.counts.read,
        seconds: first.seconds,
        linesPerSecond: Math.round(first.counts.read / first.seconds),
        serverPeakMb: peakMb,
        gmvExact: exact,
        secondImportSeconds: again.seconds,
        secondImportDuplicates: again.counts.duplicate,
      },
      bars: {
        seconds: { bar: '<= 40 from command to queryable KPI', met: first.seconds <= 40 },
        serverPeakMb: { bar: '< 1,024', met: peakMb < 1_024 },
        gmvExact: { bar: 'GBP 10,666,684.54', met: exact },
        secondImportDuplicates: { bar: '541,909', met: again.counts.duplicate === 541_909 },
      },
    };
  } finally {
    await tandem.stop();
  }
}

async function timed(tandem: TandemProcess) {
  const startMs = performance.now();
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      join(root, 'apps/server/src/cli.ts'),
      'import',
      'uci-online-retail',
      join(root, 'samples/online-retail/online_retail.csv.gz'),
      ...['--data', tandem.dataDir, '--brand', tandem.brandId, '--json'],
    ],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  const counts = JSON.parse(stdout) as { read: number; accepted: number; duplicate: number; rejected: number };
  return { counts, seconds: Math.round((performance.now() - startMs) / 100) / 10 };
}

/** Largest resident size of a process, in MB, sampled four times a second. */
function watchMemory(pid: number) {
  let peakMb = 0;
  const timer = setInterval(async () => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    peakMb = Math.max(peakMb, Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024));
  }, 250);
  return {
    stop() {
      clearInterval(timer);
      return peakMb;
    },
  };
}
