import { parentPort, workerData } from 'node:worker_threads';
import { openClickHouse } from '#adapters/clickhouse.ts';
import { openPostgres } from '#adapters/postgres.ts';
import { startDrainer } from '#domains/events/index.ts';
import type { DrainerOrder, DrainerPlace, DrainerWord } from './drainer-thread.ts';

/** The thread in which the drainer works: its batches take tens of milliseconds, in which no request would be answered. */
const { postgresUrl, clickhouseUrl } = workerData as DrainerPlace;
const port = parentPort;
if (!port) throw new Error('this file runs as a worker thread');
const say = (word: DrainerWord) => port.postMessage(word);
const db = openPostgres(postgresUrl, 4);
const ch = openClickHouse(clickhouseUrl);
const tell = (level: DrainerWord['level']) => (fields: unknown, message?: string) => {
  const reason = fields instanceof Object && 'err' in fields ? String(fields.err) : '';
  say({ level, message: message ?? String(fields), reason });
};
const log = { debug: tell('debug'), info: tell('info'), warn: tell('warn'), error: tell('error') };
const drainer = startDrainer({ db, ch, log, now: Date.now });

port.on('message', async (order: DrainerOrder) => {
  if (order === 'wake') drainer.wake();
  else {
    await drainer.stop();
    await Promise.allSettled([db.close(), ch.close()]);
    port.close();
  }
});
