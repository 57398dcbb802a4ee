import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runHeldBackScripts } from './held-back.mjs';
import { withLock } from './lock.mjs';
import { libc } from './node-binary.mjs';
import { installWithNpm } from './npm.mjs';
import { modulesDir, root } from './paths.mjs';
import { say } from './say.mjs';

const stampFile = join(modulesDir, '.tandem-stamp');
const lockFile = join(root, 'scripts', '.install.lock');

/** Makes node_modules agree with package-lock.json; takes milliseconds when it already does. */
export async function ensurePackages() {
  if (isFresh()) return;
  await withLock(lockFile, {
    onWait: () => say('another start is installing the packages; waiting for it'),
    work: async (lock) => {
      if (isFresh()) return;
      // What a developer or a CI image installed with npm itself need not be installed again.
      if (!agreesWithLock()) {
        rmSync(stampFile, { force: true });
        await installWithNpm({ clean: existsSync(join(root, 'package-lock.json')), onStart: lock.alsoHeldBy });
      }
      await runHeldBackScripts(modulesDir);
      writeStamp();
    },
  });
}

function isFresh() {
  try {
    return readFileSync(stampFile, 'utf8') === wantedStamp();
  } catch {
    return false;
  }
}

function writeStamp() {
  writeFileSync(stampFile, wantedStamp());
}

/** Platform and processor are in it for checkouts on a shared disk. */
function wantedStamp() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  const lock = join(root, 'package-lock.json');
  const files = existsSync(lock)
    ? [lock]
    : ['.', 'apps/server', 'apps/console'].map((dir) => join(root, dir, 'package.json'));
  for (const file of files) hash.update(readFileSync(file));
  return `${hash.digest('hex')}\n`;
}

/** Compares what npm says it installed with what the lock file asks for on this machine. */
function agreesWithLock() {
  let wanted;
  let there;
  try {
    wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
    there = JSON.parse(readFileSync(join(modulesDir, '.package-lock.json'), 'utf8')).packages;
  } catch {
    return false;
  }
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/') || !isForThisMachine(entry)) return true;
    const found = there[path];
    if (found === undefined) return entry.optional === true && !isBinaryPackage(entry);
    return found.version === entry.version && found.integrity === entry.integrity && existsSync(join(root, path));
  });
}

/** A package for one platform: optional for npm, but needed on the platform that it is for. */
function isBinaryPackage(entry) {
  return entry.os !== undefined || entry.cpu !== undefined;
}

function isForThisMachine(entry) {
  return allows(entry.os, process.platform) && allows(entry.cpu, process.arch) && allows(entry.libc, libc());
}

function allows(list, value) {
  if (list === undefined || value === undefined) return true;
  const names = [list].flat();
  return names.some((name) => name.startsWith('!')) ? !names.includes(`!${value}`) : names.includes(value);
}
