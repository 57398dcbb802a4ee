import { type ChildProcess, spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { diskFull, freeBytes, makeFolder } from './data-folder.ts';
import { EmbeddedError, reasonOf } from './errors.ts';
import { type LogFile, openLogFile } from './log-file.ts';
import { planMemory } from './memory.ts';
import { isFree, pickFreePort } from './port.ts';
import { commandAs } from './postgres-account.ts';
import {
  clearLeftover,
  configureCluster,
  type PostgresCluster,
  postgresEnv,
  prepareCluster,
  ROLE,
} from './postgres-cluster.ts';
import type { EmbeddedOptions, EmbeddedService } from './service.ts';
import { type ChildPlan, Supervisor, type SupervisorTimes } from './supervisor.ts';

const DATABASE = 'tandem';
const FULL_BELOW_BYTES = 64 * 1024 * 1024;

/**
 * Starts PostgreSQL on `<dataDir>/postgres` and keeps it running. The folder must be claimed by this process.
 * Resolves when the database `tandem` takes connections; URL, port and password stay the same until `stop()`.
 *
 * @throws EmbeddedError
 */
export async function startEmbeddedPostgres(
  options: EmbeddedOptions,
  times: Partial<SupervisorTimes> = {},
): Promise<EmbeddedService> {
  const dataDir = resolve(options.dataDir);
  await makeFolder(dataDir);
  const cluster = await prepareCluster(dataDir);
  await clearLeftover(cluster.dir);
  const port = await pickFreePort();
  await configureCluster(cluster, port, planMemory(options.memoryBytes));
  const logFile = openLogFile(join(dataDir, 'logs', 'postgres.log'));
  const health = new HealthClient(cluster, port);
  const plan = postgresPlan(cluster, port, logFile, health);
  const supervisor = new Supervisor(plan, options.log, times);
  try {
    await supervisor.start();
    await createDatabase(cluster, port);
  } catch (error) {
    await supervisor.stop();
    await health.close();
    const shown = error instanceof EmbeddedError ? error : await plan.startError(reasonOf(error));
    logFile.close();
    throw shown;
  }
  let stopped: Promise<void> | undefined;
  return {
    name: 'postgres',
    url: `postgres://${ROLE}:${cluster.password}@127.0.0.1:${port}/${DATABASE}`,
    status: () => supervisor.status(),
    stop() {
      stopped ??= health
        .close()
        .then(() => supervisor.stop())
        .then(() => logFile.close());
      return stopped;
    },
  };
}

function postgresPlan(cluster: PostgresCluster, port: number, logFile: LogFile, health: HealthClient): ChildPlan {
  const isDiskFull = async () => (await freeBytes(cluster.dir).catch(() => 0)) < FULL_BELOW_BYTES;
  return {
    name: 'postgres',
    startTimeoutMs: 60_000,
    guardSignals: ['INT', 'QUIT', 'KILL'],
    stopSteps: [
      { signal: 'SIGINT', waitMs: 5_000 },
      { signal: 'SIGQUIT', waitMs: 2_000 },
    ],
    async spawn(): Promise<ChildProcess> {
      await clearLeftover(cluster.dir);
      if (!(await isFree(port))) throw new Error(`port ${port} on 127.0.0.1 is taken by another program`);
      const [command, args] = commandAs(cluster.account, cluster.binaries.postgres, ['-D', cluster.dir]);
      return spawn(command, args, {
        cwd: '/',
        detached: true,
        stdio: ['ignore', logFile.fd, logFile.fd],
        env: postgresEnv(cluster.binaries),
      });
    },
    probe: (timeoutMs) => health.check(timeoutMs),
    housekeeping: () => logFile.trim(),
    isDiskFull,
    async startError(reason) {
      if (reason.includes('is taken by')) return new EmbeddedError('port.taken', { port });
      if (await isDiskFull()) return diskFull(cluster.dir, await freeBytes(cluster.dir).catch(() => 0));
      const words = `${reason}; its last words: ${logFile.tail(3)}`;
      return new EmbeddedError('postgres.start_failed', { reason: words, dir: cluster.dir, logFile: logFile.path });
    },
  };
}

/** One connection that is kept for health checks, so that they work when all others are taken. */
class HealthClient {
  readonly #config: pg.ClientConfig;
  #client: pg.Client | undefined;

  constructor(cluster: PostgresCluster, port: number) {
    this.#config = connection(cluster, port, 'postgres');
  }

  async check(timeoutMs: number): Promise<void> {
    try {
      this.#client ??= await this.#connect(timeoutMs);
      await this.#client.query('select 1');
    } catch (error) {
      await this.close();
      // An answer that is an error is still an answer, except while it starts up or shuts down (57P03).
      if (error instanceof pg.DatabaseError && error.code !== '57P03' && error.code !== '57P01') return;
      throw error;
    }
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
  }

  async #connect(timeoutMs: number): Promise<pg.Client> {
    const client = new pg.Client({
      ...this.#config,
      connectionTimeoutMillis: timeoutMs,
      query_timeout: timeoutMs,
    });
    client.on('error', () => {
      if (this.#client === client) this.#client = undefined;
    });
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
  }
}

async function createDatabase(cluster: PostgresCluster, port: number): Promise<void> {
  const client = new pg.Client(connection(cluster, port, 'postgres'));
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}

function connection(cluster: PostgresCluster, port: number, database: string): pg.ClientConfig {
  return {
    host: '127.0.0.1',
    port,
    user: ROLE,
    password: cluster.password,
    database,
    application_name: 'tandem-health',
  };
}
