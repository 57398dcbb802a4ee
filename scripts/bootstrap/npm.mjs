import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isInside, modulesDir, root } from './paths.mjs';
import { Stop, say } from './say.mjs';

const heartbeatMs = 10_000;

/** Settings of the npm that called us which would bend the install. */
const foreignSettings = new Set(
  'workspace workspaces package call json global location dry_run omit include only production loglevel'
    .split(' ')
    .map((name) => `npm_config_${name}`),
);

const quiet = ['--loglevel=error', '--no-audit', '--no-fund', '--include=dev', '--include=optional'];

/**
 * `npm ci`, or `npm install` where there is no lock file or npm finds it incomplete: lock files written on one platform
 * may lack packages that are for another one only. Warnings are hidden because the one that everybody would get is that
 * packages want a newer Node than the machine's: they run on the Node 24 that is installed with them.
 *
 * @param {{ clean: boolean, onStart: (pid: number) => void }} options
 */
export async function installWithNpm({ clean, onStart }) {
  say('installing the packages, Node 24 among them (about 1.5 GB on disk; this happens once)');
  const startedAt = Date.now();
  const heartbeat = setInterval(() => say(`still installing, ${secondsSince(startedAt)} s`), heartbeatMs);
  try {
    let code = clean ? await runNpm(['ci', ...quiet], onStart) : undefined;
    if (code !== undefined && code !== 0)
      say('"npm ci" refused, see above; trying "npm install" with the same versions');
    if (code !== 0) code = await runNpm(['install', '--no-save', ...quiet], onStart);
    if (code !== 0)
      throw new Stop(`npm ended with code ${code}; its message is above. Start again once that is put right.`);
  } finally {
    clearInterval(heartbeat);
  }
  say(`packages installed in ${secondsSince(startedAt)} s`);
}

function secondsSince(startedAt) {
  return Math.round((Date.now() - startedAt) / 1000);
}

function runNpm(args, onStart) {
  const [program, ...leading] = npmCommand();
  return new Promise((resolve, reject) => {
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !foreignSettings.has(name.toLowerCase()) && name !== 'NODE_ENV'),
    );
    // npm's own words go to standard error like ours.
    const child = spawn(program, [...leading, ...args], {
      cwd: root,
      env,
      stdio: ['ignore', process.stderr, process.stderr],
    });
    const end = (signal) => child.kill(signal);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
    const done = () => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, end);
    };
    child.on('spawn', () => onStart(child.pid));
    child.on('error', (error) => {
      done();
      reject(new Stop(`npm could not be started (${error.message}): install Node with npm, then start again`));
    });
    child.on('exit', (code, signal) => {
      done();
      if (signal === null) resolve(code);
      else reject(new Stop(`the install was stopped by ${signal}; start again to finish it`, 130));
    });
  });
}

/** The npm that called us, on a Node that does not lie in the node_modules which npm is about to replace. */
function npmCommand() {
  const script = process.env.npm_execpath;
  if (script && /npm-cli\.[cm]?js$/.test(script) && existsSync(script)) return [nodeOutside(), script];
  const npm = findOnPath('npm');
  if (npm === undefined) throw new Stop('npm was not found: install Node with npm, then start again');
  return [npm];
}

function nodeOutside() {
  const candidates = [process.execPath, process.env.npm_node_execpath, findOnPath('node')];
  return candidates.find((path) => path && existsSync(path) && !isInside(path, modulesDir)) ?? process.execPath;
}

function findOnPath(name) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder && !isInside(folder, modulesDir));
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
