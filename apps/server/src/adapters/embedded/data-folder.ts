import { randomBytes, randomUUID } from 'node:crypto';
import { access, chmod, constants, mkdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EmbeddedError, reasonOf, systemErrorCode } from './errors.ts';
import { identifyProcess, isAlive, type ProcessIdentity } from './process-identity.ts';

/** Free space below which nothing is started. */
export const MIN_FREE_BYTES = 200 * 1024 * 1024;

/** What a running server tells about itself to commands on the same machine. Anything else may be added. */
export interface ServerInfo {
  readonly port: number;
  /** Bearer token by which a local command proves that it may read this folder. */
  readonly token: string;
  readonly [key: string]: unknown;
}

export interface RunningServer extends ServerInfo {
  readonly pid: number;
}

export interface DataFolder {
  /** Absolute path. */
  readonly dir: string;
  /** Writes `run/server.json` (mode 0600), by which `readRunningServer` finds this process. */
  publish(info: ServerInfo): Promise<void>;
  /** Gives the folder back. May be called more than once. */
  release(): Promise<void>;
}

/**
 * Creates the folder (mode 0700) when it is missing and claims it for this process alone. The claim ends with the
 * process, however it ends.
 *
 * @throws EmbeddedError `data.in_use`, `data.not_writable`, `disk.full`
 */
export async function claimDataFolder(dataDir: string): Promise<DataFolder> {
  const dir = resolve(dataDir);
  const runDir = join(dir, 'run');
  await makeFolder(dir);
  await makeFolder(runDir);
  await requireSpace(dir);
  // SQLite's file lock is the one that Node offers: taken atomically, freed by the kernel when the process dies.
  const lock = await takeLock(dir, join(runDir, 'claim.sqlite'));
  const serverFile = join(runDir, 'server.json');
  const self = await identifyProcess(process.pid);
  let released = false;
  try {
    await writeSecretFile(serverFile, JSON.stringify({ ...self }));
  } catch (error) {
    lock.close();
    throw writeFailure(dir, error);
  }
  return {
    dir,
    publish: (info) => writeSecretFile(serverFile, JSON.stringify({ ...info, ...self })),
    async release() {
      if (released) return;
      released = true;
      await rm(serverFile, { force: true });
      lock.close();
    },
  };
}

/** The server that works on this folder now, or `undefined`. Never throws for a damaged or stale file. */
export async function readRunningServer(dataDir: string): Promise<RunningServer | undefined> {
  const info = await readServerFile(resolve(dataDir));
  if (info === undefined || typeof info.port !== 'number' || typeof info.token !== 'string') return undefined;
  if (!(await isAlive(info))) return undefined;
  const { startedAs: _, ...server } = info;
  return { ...server, port: info.port, token: info.token };
}

/** Refuses to start on a disk that is nearly full. @throws EmbeddedError `disk.full` */
export async function requireSpace(dir: string, neededBytes: number = MIN_FREE_BYTES): Promise<void> {
  const free = await freeBytes(dir);
  if (free < neededBytes) throw diskFull(dir, free, neededBytes);
}

/** The sentence for a disk that is too full. */
export function diskFull(
  dir: string,
  free: number,
  neededBytes: number = MIN_FREE_BYTES,
  cause?: unknown,
): EmbeddedError {
  const freeMegabytes = Math.floor(free / 1024 / 1024);
  const neededMegabytes = Math.ceil(neededBytes / 1024 / 1024);
  return new EmbeddedError('disk.full', { dir, freeMegabytes, neededMegabytes }, cause);
}

/** Bytes that this user may still write on the disk of this folder. */
export async function freeBytes(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  return bavail * bsize;
}

/** Creates a folder that only its owner may enter. @throws EmbeddedError `data.not_writable`, `disk.full` */
export async function makeFolder(dir: string): Promise<void> {
  try {
    const created = await mkdir(dir, { recursive: true, mode: 0o700 });
    if (created !== undefined) await chmod(dir, 0o700);
    await access(dir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw writeFailure(dir, error);
  }
}

/** Writes a file of mode 0600 so that a reader sees the old or the new content, never a part. */
export async function writeSecretFile(path: string, content: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, content, { mode: 0o600, flush: true });
  await rename(draft, path);
}

/** A password that needs no escaping in a URL. */
export function makeSecret(): string {
  return randomBytes(24).toString('base64url');
}

/** The sentence for a write that failed. */
export function writeFailure(dir: string, error: unknown): EmbeddedError {
  if (error instanceof EmbeddedError) return error;
  if (systemErrorCode(error) === 'ENOSPC') return diskFull(dir, 0, MIN_FREE_BYTES, error);
  return new EmbeddedError('data.not_writable', { dir, reason: reasonOf(error) }, error);
}

type ServerFile = ProcessIdentity & { readonly [key: string]: unknown };

async function readServerFile(dir: string): Promise<ServerFile | undefined> {
  try {
    const parsed: unknown = JSON.parse(await readFile(join(dir, 'run', 'server.json'), 'utf8'));
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    const { pid, startedAs, ...rest } = { pid: undefined, startedAs: undefined, ...parsed };
    if (typeof pid !== 'number' || typeof startedAs !== 'string') return undefined;
    return { ...rest, pid, startedAs };
  } catch {
    return undefined;
  }
}

async function takeLock(dir: string, path: string): Promise<DatabaseSync> {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(path);
    await chmod(path, 0o600);
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    if (!reasonOf(error).includes('locked')) throw writeFailure(dir, error);
    const holder = await readServerFile(dir);
    const pid = holder?.pid ?? 'unknown';
    const port = typeof holder?.port === 'number' ? holder.port : 'not open yet';
    throw new EmbeddedError('data.in_use', { dir, pid, port }, error);
  }
}
