import { startProcess } from '../apps/server/test/tandem-process.ts';
import { type BenchResult, quantile } from './machine.ts';

/** From starting the server on an existing data folder to a health check that answers 200. */
export async function run(rounds = 7): Promise<BenchResult> {
  const tandem = await startProcess({ port: 18_214 });
  try {
    const firstMs = tandem.readyMs;
    const readyMs: number[] = [];
    for (let round = 0; round < rounds; round++) {
      await tandem.restart();
      readyMs.push(tandem.readyMs);
    }
    const p50 = quantile(readyMs, 0.5);
    return {
      bench: 'start',
      figures: { firstStartMs: firstMs, coldStartP50Ms: p50, coldStartMaxMs: Math.max(...readyMs) },
      bars: { coldStartMaxMs: { bar: '<= 4,000', met: Math.max(...readyMs) <= 4_000 } },
    };
  } finally {
    await tandem.stop();
  }
}
