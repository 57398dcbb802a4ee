import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { renderClickhouseConfig } from './clickhouse-config.ts';
import { type ChildOrders, EXIT } from './clickhouse-orders.ts';
import {
  diskFull,
  freeBytes,
  makeFolder,
  makeSecret,
  requireSpace,
  writeFailure,
  writeSecretFile,
} from './data-folder.ts';
import { EmbeddedError, reasonOf } from './errors.ts';
import { type LogFile, openLogFile } from './log-file.ts';
import { planMemory } from './memory.ts';
import { isFree, pickFreePort } from './port.ts';
import { identifyProcess, isAlive, type ProcessIdentity } from './process-identity.ts';
import type { EmbeddedOptions, EmbeddedService } from './service.ts';
import { type ChildPlan, Supervisor, type SupervisorTimes } from './supervisor.ts';

const USER = 'tandem';
const DATABASE = 'tandem';
const FULL_BELOW_BYTES = 64 * 1024 * 1024;
// Statements run on Node's thread pool: too few threads, and files and name look-ups wait behind them.
const THREADS = 32;

interface Place {
  readonly dir: string;
  readonly pidFile: string;
  readonly url: string;
  readonly orders: ChildOrders;
  readonly logFile: LogFile;
}

/**
 * Starts the analytics engine on `<dataDir>/clickhouse` as a child process that speaks ClickHouse's HTTP interface, and
 * keeps it running. The folder must be claimed by this process. Resolves when it answers a query in database `tandem`;
 * URL, port and password stay the same until `stop()`.
 *
 * @throws EmbeddedError
 */
export async function startEmbeddedClickhouse(
  options: EmbeddedOptions,
  times: Partial<SupervisorTimes> = {},
): Promise<EmbeddedService> {
  const dataDir = resolve(options.dataDir);
  requireBindings();
  const place = await preparePlace(dataDir, options.memoryBytes);
  const supervisor = new Supervisor(clickhousePlan(place), options.log, times);
  try {
    await supervisor.start();
  } catch (error) {
    await supervisor.stop();
    place.logFile.close();
    throw error;
  }
  let stopped: Promise<void> | undefined;
  return {
    name: 'clickhouse',
    url: place.url,
    status: () => supervisor.status(),
    stop() {
      stopped ??= supervisor.stop().then(() => place.logFile.close());
      return stopped;
    },
  };
}

async function preparePlace(dataDir: string, memoryBytes: number | undefined): Promise<Place> {
  const dir = join(dataDir, 'clickhouse');
  const runDir = join(dataDir, 'run');
  for (const folder of [dataDir, dir, runDir]) await makeFolder(folder);
  await requireSpace(dataDir);
  const memory = planMemory(memoryBytes);
  const cores = availableParallelism();
  try {
    // The engine looks for this file in its working directory.
    await writeFile(join(dir, 'config.xml'), renderClickhouseConfig(memory, cores), { mode: 0o600 });
  } catch (error) {
    throw writeFailure(dir, error);
  }
  const port = await pickFreePort();
  const password = makeSecret();
  const orders: ChildOrders = {
    dir: join(dir, 'data'),
    port,
    user: USER,
    password,
    database: DATABASE,
    maxBodyBytes: memory.clickhouseBodyBytes,
    readLanes: Math.max(2, Math.min(8, cores + 1)),
    queryMemoryBytes: memory.clickhouseQueryBytes,
    resultBytes: memory.clickhouseResultBytes,
  };
  const logFile = openLogFile(join(dataDir, 'logs', 'clickhouse.log'));
  const url = `http://${USER}:${password}@127.0.0.1:${port}`;
  return { dir, pidFile: join(runDir, 'clickhouse.json'), url, orders, logFile };
}

function clickhousePlan(place: Place): ChildPlan {
  const { dir, orders, logFile } = place;
  const isDiskFull = async () => (await freeBytes(dir).catch(() => 0)) < FULL_BELOW_BYTES;
  return {
    name: 'clickhouse',
    startTimeoutMs: 60_000,
    guardSignals: ['KILL'],
    stopSteps: [{ signal: 'SIGTERM', waitMs: 4_000 }],
    async spawn() {
      await endLeftover(place.pidFile);
      if (!(await isFree(orders.port))) throw new Error(`port ${orders.port} on 127.0.0.1 is taken by another program`);
      const child = spawnChild(place);
      const identity = child.pid === undefined ? undefined : await identifyProcess(child.pid);
      // Without this note a later run could not tell its leftover; with a full disk it must do without.
      const note = JSON.stringify({ ...identity, url: place.url });
      await writeSecretFile(place.pidFile, note).catch(() => undefined);
      return child;
    },
    probe: (timeoutMs) => probe(place.url, orders, timeoutMs),
    housekeeping: () => logFile.trim(),
    isDiskFull,
    async startError(reason) {
      if (reason.includes('is taken by') || reason.endsWith(`exit code ${EXIT.port}`)) {
        return new EmbeddedError('port.taken', { port: orders.port });
      }
      if (await isDiskFull()) return diskFull(dir, await freeBytes(dir).catch(() => 0));
      const words = `${reason}; its last words: ${logFile.tail(3)}`;
      return new EmbeddedError('clickhouse.start_failed', { reason: words, dir, logFile: logFile.path });
    },
  };
}

function spawnChild({ dir, orders, logFile }: Place): ChildProcess {
  const script = fileURLToPath(new URL('./clickhouse-child.ts', import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
    cwd: dir,
    detached: true,
    stdio: ['pipe', logFile.fd, logFile.fd],
    env: { PATH: process.env.PATH ?? '', TZ: 'UTC', LC_ALL: 'C', UV_THREADPOOL_SIZE: String(THREADS) },
  });
  child.stdin?.on('error', () => undefined);
  child.stdin?.write(`${JSON.stringify(orders)}\n`);
  return child;
}

async function probe(url: string, orders: ChildOrders, timeoutMs: number): Promise<void> {
  const { origin } = new URL(url);
  const response = await fetch(`${origin}/?query=SELECT+1`, {
    headers: { 'x-clickhouse-user': orders.user, 'x-clickhouse-key': orders.password, connection: 'close' },
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await response.text();
  // A full queue is a sign of life, and so is an engine that has run out of memory or disk.
  if (response.headers.has('x-clickhouse-exception-code') && response.status >= 500) return;
  if (text !== '1\n') throw new Error(`unexpected answer ${response.status}: ${text.slice(0, 200)}`);
}

/** Ends the child that a killed parent left behind, if it is still that very process. */
async function endLeftover(pidFile: string): Promise<void> {
  const left = await readFile(pidFile, 'utf8').then(
    (text): Partial<ProcessIdentity> => JSON.parse(text),
    (): Partial<ProcessIdentity> => ({}),
  );
  const { pid, startedAs } = left;
  if (typeof pid !== 'number' || typeof startedAs !== 'string') return;
  if (!(await isAlive({ pid, startedAs }))) return;
  process.kill(pid, 'SIGKILL');
  for (let waited = 0; waited < 3_000 && (await isAlive({ pid, startedAs })); waited += 20) await sleep(20);
}

function requireBindings(): void {
  try {
    createRequire(import.meta.url).resolve('chdb');
    createRequire(createRequire(import.meta.url).resolve('chdb')).resolve(bindingPackage());
  } catch (error) {
    const platform = `${process.platform}-${process.arch}`;
    throw new EmbeddedError('clickhouse.binaries_missing', { platform, reason: reasonOf(error).split('\n')[0] ?? '' });
  }
}

function bindingPackage(): string {
  const libc = process.platform === 'linux' ? '-gnu' : '';
  return `@chdb/lib-${process.platform}-${process.arch}${libc}`;
}
