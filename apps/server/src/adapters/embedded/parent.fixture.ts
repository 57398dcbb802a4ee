// A parent process for the tests: claims the folder, starts both services, tells their pids, and waits to be killed.
import { claimDataFolder, startEmbeddedClickhouse, startEmbeddedPostgres } from './index.ts';

const [dataDir = ''] = process.argv.slice(2);
const log = () => undefined;

const startedAt = performance.now();
const folder = await claimDataFolder(dataDir);
const times: Record<string, number> = {};
const timed = async <T extends { readonly name: string }>(starting: Promise<T>): Promise<T> => {
  const service = await starting;
  times[service.name] = Math.round(performance.now() - startedAt);
  return service;
};
const [postgres, clickhouse] = await Promise.all([
  timed(startEmbeddedPostgres({ dataDir: folder.dir, log })),
  timed(startEmbeddedClickhouse({ dataDir: folder.dir, log })),
]);
await folder.publish({ port: 12_345, token: 'local' });
const facts = {
  pid: process.pid,
  uid: process.getuid?.(),
  postgres: { url: postgres.url, ...postgres.status() },
  clickhouse: { url: clickhouse.url, ...clickhouse.status() },
  readyMs: times,
};
process.stdout.write(`${JSON.stringify(facts)}\n`);
process.once('SIGTERM', async () => {
  await Promise.all([clickhouse.stop(), postgres.stop()]);
  await folder.release();
  process.exit(0);
});
