import { execFile } from 'node:child_process';
import { chmod, chown, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedError, reasonOf } from './errors.ts';

const run = promisify(execFile);

/**
 * The account under which PostgreSQL runs, because it refuses root and because initdb needs a user with a name.
 * `namespace` keeps files with the caller and only pretends another uid; `switch` is really another uid.
 */
export type Account =
  | { readonly kind: 'same' }
  | { readonly kind: 'namespace'; readonly uid: number; readonly gid: number }
  | { readonly kind: 'switch'; readonly uid: number; readonly gid: number };

export interface NamedUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

export interface AccountFacts {
  readonly uid: number;
  readonly users: readonly NamedUser[];
  /** The owner of an existing cluster, if there is one. */
  readonly ownerUid: number | undefined;
  readonly canMapUser: boolean;
  readonly canSwitchUser: boolean;
}

/** Chooses the account from facts alone; `undefined` when there is no way. */
export function chooseAccount(facts: AccountFacts): Account | undefined {
  const owner = facts.users.find((user) => user.uid === facts.ownerUid);
  const ordinary = facts.users.find((user) => user.name === 'nobody') ?? facts.users.find((user) => user.uid !== 0);
  if (facts.uid !== 0) {
    if (facts.users.length === 0 || facts.users.some((user) => user.uid === facts.uid)) return { kind: 'same' };
    if (facts.canMapUser && ordinary !== undefined) return mapped(ordinary);
    return { kind: 'same' };
  }
  // A cluster that another user made stays that user's: inside a namespace root could not even read it.
  if (facts.ownerUid !== undefined && facts.ownerUid !== 0) {
    if (!facts.canSwitchUser) return undefined;
    return { kind: 'switch', uid: facts.ownerUid, gid: owner?.gid ?? facts.ownerUid };
  }
  if (ordinary === undefined) return undefined;
  if (facts.canMapUser) return mapped(ordinary);
  const service = facts.users.find((user) => user.name === 'postgres') ?? ordinary;
  return facts.canSwitchUser ? { kind: 'switch', uid: service.uid, gid: service.gid } : undefined;
}

function mapped(user: NamedUser): Account {
  return { kind: 'namespace', uid: user.uid, gid: user.gid };
}

/** The command line that runs a program under the account. The pid stays that of the program. */
export function commandAs(account: Account, program: string, args: readonly string[]): [string, string[]] {
  switch (account.kind) {
    case 'same':
      return [program, [...args]];
    case 'namespace': {
      const map = [`--map-user=${account.uid}`, `--map-group=${account.gid}`];
      return ['unshare', ['--user', ...map, '--', program, ...args]];
    }
    case 'switch': {
      const ids = [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'];
      return ['setpriv', [...ids, '--', program, ...args]];
    }
  }
}

/**
 * Finds out how PostgreSQL can run here for a cluster in `clusterDir` (which need not exist yet).
 *
 * @throws EmbeddedError `postgres.root_refused`
 */
export async function findAccount(clusterDir: string, program: string): Promise<Account> {
  const uid = process.getuid?.() ?? 1;
  const users = await namedUsers();
  const ownerUid = await stat(clusterDir).then(
    (found) => found.uid,
    () => undefined,
  );
  const isKnown = users.length === 0 || users.some((user) => user.uid === uid);
  if (uid !== 0 && isKnown) return { kind: 'same' };
  const mapUser = users.find((user) => user.uid !== 0) ?? { name: 'nobody', uid: 65_534, gid: 65_534 };
  const [mapRefusal, switchRefusal] = await Promise.all([
    refusal(commandAs(mapped(mapUser), program, ['--version'])),
    uid === 0 ? refusal(['setpriv', ['--version']]) : 'only root may switch users',
  ]);
  const canMapUser = mapRefusal === undefined;
  const canSwitchUser = switchRefusal === undefined;
  const account = chooseAccount({ uid, users, ownerUid, canMapUser, canSwitchUser });
  if (account === undefined) {
    throw new EmbeddedError('postgres.root_refused', { reason: `${mapRefusal ?? ''}; ${switchRefusal ?? ''}` });
  }
  return account;
}

/**
 * Hands a folder over to the account when that is really another uid, and checks that it can reach folder and program.
 *
 * @throws EmbeddedError `postgres.root_refused`
 */
export async function handOver(account: Account, dataDir: string, clusterDir: string, program: string): Promise<void> {
  if (account.kind !== 'switch') return;
  // Others may pass through the data folder to the cluster, but still cannot list or read anything in it.
  await chmod(dataDir, 0o711);
  await chownTree(clusterDir, account.uid, account.gid);
  for (const path of [clusterDir, program]) {
    const reason = await refusal(commandAs(account, 'test', ['-x', path]));
    if (reason === undefined) continue;
    throw new EmbeddedError('postgres.root_refused', {
      reason: `user ${account.uid}, under which it would run instead, cannot enter ${path}`,
    });
  }
}

async function chownTree(path: string, uid: number, gid: number): Promise<void> {
  const found = await stat(path);
  if (found.uid === uid && found.gid === gid) return;
  if (found.isDirectory()) {
    for (const name of await readdir(path)) await chownTree(join(path, name), uid, gid);
  }
  await chown(path, uid, gid);
}

async function refusal([command, args]: [string, string[]]): Promise<string | undefined> {
  try {
    await run(command, args, { timeout: 10_000, cwd: '/' });
    return undefined;
  } catch (error) {
    return reasonOf(error).trim().split('\n').slice(-1)[0] ?? 'refused';
  }
}

async function namedUsers(): Promise<NamedUser[]> {
  // macOS keeps its users elsewhere; an empty list means "cannot tell".
  if (process.platform !== 'linux') return [];
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}
