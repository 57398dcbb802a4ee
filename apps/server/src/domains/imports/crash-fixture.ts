import { setTimeout as sleep } from 'node:timers/promises';
import { openPostgres } from '#adapters/postgres.ts';
import { openBench } from './imports-fixture.ts';
import { workImports } from './work.ts';

/**
 * A server that works imports slowly, to be killed in the middle of one: `node crash-fixture.ts <postgres url>`. Its own
 * presets and bounds are those of the tests.
 */
const db = openPostgres(process.argv[2] ?? '');
const bench = await openBench(db);
const pendingEvents = async (): Promise<number> => {
  await sleep(10);
  return 0;
};
await workImports({ ...bench.deps, pendingEvents }, new AbortController().signal);
await bench.close();
await db.close();
