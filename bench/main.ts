import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BenchResult, machine } from './machine.ts';

/** `npm run bench [-- name...]`: runs the benches, prints each result as JSON and keeps it in bench/results. */
const benches: Record<string, () => Promise<BenchResult>> = {
  start: async () => (await import('./start.ts')).run(),
  import: async () => (await import('./import.ts')).run(),
  cockpit: async () => (await import('./cockpit.ts')).run(),
  ingest: async () => (await import('./ingest.ts')).run(),
  dynamics: async () => (await import('./dynamics.ts')).run(),
  backtest: async () => (await import('./backtest.ts')).run(),
  forecast: async () => (await import('./forecast.ts')).run(),
  kill: async () => (await import('./kill.ts')).run(),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  process.stderr.write(`There is no bench ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}.\n`);
  process.exit(2);
}
const resultsDir = join(import.meta.dirname, 'results');
await mkdir(resultsDir, { recursive: true });
for (const name of wanted.length > 0 ? wanted : Object.keys(benches)) {
  const before = machine();
  const result = { ...(await benches[name]!()), at: new Date().toISOString(), machine: before };
  const text = `${JSON.stringify(result, null, 2)}\n`;
  await writeFile(join(resultsDir, `${name}.json`), text);
  process.stdout.write(text);
  if (Object.values(result.bars).some((bar) => !bar.met)) process.exitCode = 1;
}
