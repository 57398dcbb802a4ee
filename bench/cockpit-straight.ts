import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import type { Session as ChdbSession } from 'chdb';

/** Runs lists of statements straight in chDB, each list in as many lanes as the server has, and prints the times. */
const [dataDir, file] = process.argv.slice(2);
const { Session } = createRequire(new URL('../apps/server/package.json', import.meta.url))('chdb') as {
  Session: new (path: string) => ChdbSession;
};
const lanes = Array.from({ length: Math.max(2, Math.min(8, availableParallelism() + 1)) }, () => new Session(dataDir!));
for (const lane of lanes) await lane.queryAsync('USE tandem');
const questions = JSON.parse(await readFile(file!, 'utf8')) as Record<string, string[][]>;
const times: Record<string, number[]> = {};
for (const [name, runs] of Object.entries(questions)) {
  times[name] = [];
  for (const [i, statements] of runs.entries()) {
    const startMs = performance.now();
    const waiting = statements.values();
    await Promise.all(
      lanes.map(async (lane) => {
        for (const statement of waiting) (await lane.queryAsync(statement, { format: 'JSONEachRow' })).text();
      }),
    );
    if (i > 0) times[name].push(performance.now() - startMs);
  }
}
process.stdout.write(JSON.stringify(times));
process.exit(0);
