import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { withLock } from './lock.mjs';
import { modulesDir, root } from './paths.mjs';
import { Stop, say } from './say.mjs';

const app = join(root, 'apps', 'console');
const stampFile = join(app, 'dist', '.stamp');
const lockFile = join(root, 'scripts', '.console.lock');

/** What the console is made of: its own files, all that it may load of the server and of the engine, the package versions. */
const sources = [
  join(app, 'src'),
  join(app, 'public'),
  join(app, 'index.html'),
  join(app, 'vite.config.ts'),
  join(app, 'package.json'),
  join(root, 'apps', 'server', 'src', 'client.ts'),
  join(root, 'apps', 'server', 'src', 'domains'),
  join(root, 'apps', 'server', 'src', 'lib'),
  join(root, 'packages', 'dynamics', 'src'),
  join(root, 'package-lock.json'),
];

/**
 * Builds the console unless the last build was of the same sources.
 *
 * @param {string} node the Node that runs the build
 */
export async function ensureConsole(node) {
  if (!existsSync(join(app, 'index.html')) || isFresh()) return;
  await withLock(lockFile, {
    onWait: () => say('another start is building the console; waiting for it'),
    work: async (lock) => {
      if (isFresh()) return;
      const stamp = wantedStamp();
      const startedAt = Date.now();
      say('building the console (once, and again when its sources change)');
      await build(node, lock.alsoHeldBy);
      writeFileSync(stampFile, stamp);
      say(`console built in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
    },
  });
}

function isFresh() {
  try {
    return existsSync(join(app, 'dist', 'index.html')) && readFileSync(stampFile, 'utf8') === wantedStamp();
  } catch {
    return false;
  }
}

function wantedStamp() {
  const hash = createHash('sha256');
  for (const file of sources.flatMap(filesUnder)) {
    hash.update(`${relative(root, file)}\0`).update(readFileSync(file));
  }
  return `${hash.digest('hex')}\n`;
}

function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path)
    .sort()
    .filter((name) => !/\.test\.tsx?$/.test(name))
    .flatMap((name) => filesUnder(join(path, name)));
}

function build(node, onStart) {
  return new Promise((resolve, reject) => {
    const vite = join(modulesDir, 'vite', 'bin', 'vite.js');
    const child = spawn(node, [vite, 'build', '--logLevel', 'warn'], {
      cwd: app,
      stdio: ['ignore', process.stderr, process.stderr],
    });
    child.on('spawn', () => onStart(child.pid));
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Stop('the console could not be built; the reason is above')),
    );
  });
}
