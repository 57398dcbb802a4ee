import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What tells one process from a later one that was given the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque: equal for the same process, different for any other one with this pid, also after a reboot. */
  readonly startedAs: string;
}

/** The identity of a live process, or `undefined` when there is none with this pid (zombies count as gone). */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  const startedAs = process.platform === 'linux' ? await linuxStart(pid) : await psStart(pid);
  return startedAs === undefined ? undefined : { pid, startedAs };
}

/** Whether that very process still lives. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const now = await identifyProcess(identity.pid);
  return now !== undefined && now.startedAs === identity.startedAs;
}

/** Whether the live process works in this folder or was told it as an argument; `undefined` where nothing tells. */
export async function worksIn(pid: number, dir: string): Promise<boolean | undefined> {
  if (process.platform === 'linux') {
    try {
      return (await readlink(`/proc/${pid}/cwd`)) === dir;
    } catch {
      // The folder of another user's process is hidden; its command line is not.
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
      return command?.split('\0').includes(dir);
    }
  }
  const command = await ps(pid, 'command=');
  return command?.includes(dir);
}

async function linuxStart(pid: number): Promise<string | undefined> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    ]);
    // The command name may hold spaces and parentheses, so fields are counted after the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, ticks] = [fields[0], fields[19]];
    if (ticks === undefined || state === 'Z' || state === 'X') return undefined;
    return `${boot.trim()}:${ticks}`;
  } catch {
    return undefined;
  }
}

async function psStart(pid: number): Promise<string | undefined> {
  const started = await ps(pid, 'lstart=');
  return started === undefined || started === '' ? undefined : started;
}

async function ps(pid: number, column: string): Promise<string | undefined> {
  try {
    const { stdout } = await run('ps', ['-o', column, '-p', String(pid)], { env: { ...process.env, LC_ALL: 'C' } });
    return stdout.trim();
  } catch {
    return undefined;
  }
}
