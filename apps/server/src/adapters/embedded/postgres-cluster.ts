import { execFile } from 'node:child_process';
import { chown, mkdir, readdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freeBytes, makeSecret, requireSpace, writeFailure, writeSecretFile } from './data-folder.ts';
import { EmbeddedError, reasonOf, systemErrorCode } from './errors.ts';
import type { MemoryPlan } from './memory.ts';
import { type Account, commandAs, findAccount, handOver } from './postgres-account.ts';
import { locatePostgres, type PostgresBinaries } from './postgres-binaries.ts';
import { renderPostgresAccess, renderPostgresConfig } from './postgres-config.ts';
import { identifyProcess, worksIn } from './process-identity.ts';

const run = promisify(execFile);

/** The role that owns everything in the embedded cluster. */
export const ROLE = 'tandem';
const MAJOR = '18';

/** A cluster on disk, ready to be started. */
export interface PostgresCluster {
  readonly dir: string;
  readonly password: string;
  readonly account: Account;
  readonly binaries: PostgresBinaries;
}

/**
 * Makes sure that `<dataDir>/postgres` holds a cluster of our version and that its password is known.
 *
 * @throws EmbeddedError
 */
export async function prepareCluster(dataDir: string): Promise<PostgresCluster> {
  await requireSpace(dataDir);
  const dir = join(dataDir, 'postgres');
  const binaries = await locatePostgres(join(dataDir, 'postgres-lib'));
  const account = await findAccount(dir, binaries.postgres);
  const found = await clusterVersion(dir);
  if (found !== undefined && found !== MAJOR) {
    throw new EmbeddedError('data.other_version', { dir, found, expected: MAJOR });
  }
  const secretFile = join(dataDir, 'postgres.secret');
  const known = await readFile(secretFile, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
  const password = known ?? makeSecret();
  try {
    if (known === undefined) await writeSecretFile(secretFile, `${password}\n`);
    if (found === undefined) await createCluster({ dataDir, dir, password, account, binaries });
    else await handOver(account, dataDir, dir, binaries.postgres);
  } catch (error) {
    throw writeFailure(dataDir, error);
  }
  const cluster = { dir, password, account, binaries };
  if (known === undefined && found !== undefined) await resetPassword(cluster);
  return cluster;
}

/** Writes the configuration for this run. */
export async function configureCluster(cluster: PostgresCluster, port: number, memory: MemoryPlan): Promise<void> {
  const config = renderPostgresConfig({
    port,
    memory,
    hasLz4: await speaksLz4(cluster),
    freeDiskBytes: await freeBytes(cluster.dir),
    sharedMemoryBytes: await statfs('/dev/shm').then(
      (found) => found.blocks * found.bsize,
      () => (process.platform === 'darwin' ? Number.POSITIVE_INFINITY : 0),
    ),
  });
  await writeClusterFile(cluster, 'postgresql.conf', config);
  await writeClusterFile(cluster, 'pg_hba.conf', renderPostgresAccess());
}

/**
 * Stops a postmaster that an earlier run left on this cluster, and removes a `postmaster.pid` whose process is gone or
 * whose pid now belongs to another program. Call it only while the data folder is claimed: then it is nobody else's.
 *
 * @throws EmbeddedError `postgres.folder_held`
 */
export async function clearLeftover(dir: string): Promise<void> {
  const file = join(dir, 'postmaster.pid');
  const lines = await readFile(file, 'utf8').then(
    (text) => text.split('\n'),
    () => undefined,
  );
  if (lines === undefined) return;
  const pid = Number(lines[0]);
  const isPostmaster = async () => (await identifyProcess(pid)) !== undefined && (await worksIn(pid, dir)) !== false;
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!(await isPostmaster())) break;
    try {
      process.kill(pid, signal);
    } catch {
      break;
    }
    for (let waited = 0; waited < 2_000 && (await isPostmaster()); waited += 25) await sleep(25);
  }
  if (await isPostmaster()) {
    throw new EmbeddedError('postgres.folder_held', { dir, pid, port: Number(lines[3]) });
  }
  await rm(file, { force: true });
}

async function clusterVersion(dir: string): Promise<string | undefined> {
  try {
    return (await readFile(join(dir, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw writeFailure(dir, error);
  }
}

interface NewCluster extends PostgresCluster {
  readonly dataDir: string;
}

/** Runs initdb in a folder beside the final one, so that a crash in the middle leaves nothing half made. */
async function createCluster(target: NewCluster): Promise<void> {
  const { dataDir, dir, account, binaries } = target;
  await removeDrafts(dataDir);
  const draft = join(dataDir, `postgres.new-${process.pid}`);
  const passwordFile = join(draft, 'password');
  const draftCluster = join(draft, 'cluster');
  await mkdir(draftCluster, { recursive: true, mode: 0o700 });
  await writeFile(passwordFile, target.password, { mode: 0o600 });
  await handOver(account, dataDir, draft, binaries.initdb);
  const [command, args] = commandAs(account, binaries.initdb, [
    `--pgdata=${draftCluster}`,
    `--username=${ROLE}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
  ]);
  try {
    await run(command, args, { env: postgresEnv(binaries), cwd: '/', timeout: 120_000 });
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    await requireSpace(dataDir);
    const reason = `initdb failed: ${reasonOf(error).trim().split('\n').slice(-3).join(' | ')}`;
    throw new EmbeddedError('postgres.start_failed', { reason, dir, logFile: 'this message' }, error);
  }
  await rename(draftCluster, dir);
  await rm(draft, { recursive: true, force: true });
}

async function removeDrafts(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (name.startsWith('postgres.new-')) await rm(join(dataDir, name), { recursive: true, force: true });
  }
}

/** Sets a new password on a cluster whose secret file was lost, without starting a server. */
async function resetPassword(cluster: PostgresCluster): Promise<void> {
  await clearLeftover(cluster.dir);
  const [command, args] = commandAs(cluster.account, cluster.binaries.postgres, [
    '--single',
    '-D',
    cluster.dir,
    'postgres',
  ]);
  const child = run(command, args, { env: postgresEnv(cluster.binaries), cwd: '/', timeout: 60_000 });
  child.child.stdin?.end(`ALTER ROLE ${ROLE} PASSWORD '${cluster.password}'\n`);
  try {
    await child;
  } catch (error) {
    const reason = `its password could not be set anew: ${reasonOf(error).trim().split('\n').slice(-1)[0]}`;
    throw new EmbeddedError('postgres.start_failed', { reason, dir: cluster.dir, logFile: 'this message' }, error);
  }
}

async function speaksLz4(cluster: PostgresCluster): Promise<boolean> {
  const [command, args] = commandAs(cluster.account, cluster.binaries.postgres, [
    '-c',
    'wal_compression=lz4',
    '-C',
    'wal_compression',
    '-D',
    cluster.dir,
  ]);
  return run(command, args, { env: postgresEnv(cluster.binaries), cwd: '/', timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}

async function writeClusterFile(cluster: PostgresCluster, name: string, content: string): Promise<void> {
  const path = join(cluster.dir, name);
  try {
    await writeSecretFile(path, content);
    if (cluster.account.kind === 'switch') await chown(path, cluster.account.uid, cluster.account.gid);
  } catch (error) {
    throw writeFailure(cluster.dir, error);
  }
}

/** An environment without the PG* variables of whoever starts Tandem. */
export function postgresEnv(binaries: PostgresBinaries): Record<string, string> {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', ...binaries.env };
}
