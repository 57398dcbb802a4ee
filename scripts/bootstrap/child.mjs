import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { modulesDir, root } from './paths.mjs';
import { Stop } from './say.mjs';

const watch = pathToFileURL(join(root, 'scripts', 'bootstrap', 'parent-watch.mjs')).href;
/** Events and rows live for milliseconds: a larger nursery lets them die there, which saves a tenth of an import. */
const nodeOptions = ['--max-semi-space-size=32'];
const orphanPollMs = 500;
/** npm and the terminal may both pass on one Ctrl-C. */
const sameSignalMs = 500;

/**
 * Runs a script and resolves with its exit code. Signals reach it once; it is told to stop when this process or the npm
 * above it is killed, so that no server is left behind without an owner.
 *
 * @param {{ node: string, script: string, args: string[], cwd: string }} options
 * @returns {Promise<number>}
 */
export function runChild({ node, script, args, cwd }) {
  const env = { ...process.env, PATH: withLocalPrograms(node), TANDEM_PARENT_PID: String(process.pid) };
  // Stripped types and compiled code are kept, which spares each start of the server a part of its time.
  env.NODE_COMPILE_CACHE ??= join(modulesDir, '.cache', 'tandem');
  // A script that starts this program again must not take the folder of the first start for its own.
  delete env.INIT_CWD;
  return new Promise((resolve, reject) => {
    const child = spawn(node, [...nodeOptions, '--import', watch, script, ...args], { cwd, env, stdio: 'inherit' });
    const stopForwarding = forwardSignals(child);
    child.on('error', (error) => reject(new Stop(`${node} could not be started: ${error.message}`)));
    child.on('exit', (code, signal) => {
      stopForwarding();
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

function withLocalPrograms(node) {
  const rest = (process.env.PATH ?? '').split(delimiter);
  return [...new Set([join(modulesDir, '.bin'), dirname(node), ...rest])].join(delimiter);
}

/** @param {import('node:child_process').ChildProcess} child */
function forwardSignals(child) {
  const lastAt = new Map();
  const forward = (signal) => {
    // A terminal sends Ctrl-C to every process of the group itself.
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    const now = Date.now();
    if (now - (lastAt.get(signal) ?? 0) < sameSignalMs) return;
    lastAt.set(signal, now);
    child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, forward);
  const orphanWatch = startedByNpm() ? watchParent(() => child.kill('SIGTERM')) : undefined;
  return () => {
    for (const signal of signals) process.off(signal, forward);
    clearInterval(orphanWatch);
  };
}

function startedByNpm() {
  return process.env.npm_lifecycle_event !== undefined;
}

/** Calls `onLost` once when npm, or the shell through which npm runs its scripts, is no longer above this process. */
function watchParent(onLost) {
  const chain = ancestors();
  const timer = setInterval(() => {
    const now = ancestors();
    if (now === undefined || now === chain) return;
    clearInterval(timer);
    onLost();
  }, orphanPollMs);
  timer.unref();
  return timer;
}

/** The parent, and on Linux the parent of a shell in between; undefined when that cannot be told at the moment. */
function ancestors() {
  try {
    const [, name, parent] = /\((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${process.ppid}/stat`, 'utf8')) ?? [];
    return /^(sh|dash|bash|ash)$/.test(name) ? `${process.ppid} ${parent}` : String(process.ppid);
  } catch {
    // Elsewhere the parent alone is watched; here it may just have ended, which the next look will show.
    return process.platform === 'linux' ? undefined : String(process.ppid);
  }
}
