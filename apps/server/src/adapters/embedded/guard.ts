import { type ChildProcess, spawn } from 'node:child_process';

// Reads pids from the pipe of its parent. When the parent is gone, by whatever signal, the pipe ends, and the last
// pid that was named is stopped: politely, then at once. An empty line means that there is nothing to stop.
const SCRIPT = `
pid=
while IFS= read -r line; do pid=$line; done
[ -n "$pid" ] || exit 0
for signal in "$@"; do
  kill -"$signal" "$pid" 2>/dev/null || exit 0
  tries=0
  while [ "$tries" -lt 8 ]; do
    kill -0 "$pid" 2>/dev/null || exit 0
    sleep 0.1
    tries=$((tries + 1))
  done
done
`;

const RESTART_DELAY_MS = 200;

/** A tiny process that outlives this one just long enough to take a child down. */
export interface Guard {
  /** The pid of the guard itself. */
  readonly pid: number | undefined;
  /** Names the child to take down; `undefined` when it is gone. */
  watch(pid: number | undefined): void;
  close(): void;
}

/** Starts a guard that sends these signals in turn, 0.8 s apart, to the watched child once this process is dead. */
export function startGuard(signals: readonly string[]): Guard {
  let watched: number | undefined;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let shell = open();

  function open(): ChildProcess {
    // Its own session, so that Ctrl+C in the terminal or a kill of the whole group does not reach it.
    const child = spawn('/bin/sh', ['-c', SCRIPT, 'tandem-guard', ...signals], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      cwd: '/',
      env: { PATH: '/usr/bin:/bin' },
    });
    child.unref();
    child.on('error', () => undefined);
    child.stdin?.on('error', () => undefined);
    child.once('exit', () => {
      if (closed) return;
      timer = setTimeout(() => {
        shell = open();
      }, RESTART_DELAY_MS).unref();
    });
    tell(child);
    return child;
  }

  function tell(child: ChildProcess): void {
    child.stdin?.write(`${watched ?? ''}\n`);
  }

  return {
    get pid() {
      return shell.pid;
    },
    watch(pid) {
      watched = pid;
      tell(shell);
    },
    close() {
      closed = true;
      clearTimeout(timer);
      watched = undefined;
      tell(shell);
      shell.stdin?.end();
    },
  };
}
