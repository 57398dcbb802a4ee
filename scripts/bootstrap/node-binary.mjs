import { accessSync, chmodSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import { modulesDir } from './paths.mjs';
import { Stop } from './say.mjs';

export const majorNeeded = 24;

/** The Node that runs Tandem: the pinned npm package of this platform, else the running Node if it is new enough. */
export function findNode() {
  const platform = `${process.platform}-${process.arch}`;
  const pinned = [`node-${platform}`, `node-bin-${platform}`]
    .map((name) => join(modulesDir, name, 'bin', 'node'))
    .find((path) => existsSync(path));
  if (pinned !== undefined && libc() !== 'musl') return executable(pinned);
  if (Number(process.versions.node.split('.')[0]) >= majorNeeded) return process.execPath;
  throw new Stop(
    `Tandem runs on Node ${majorNeeded}, and npm has none for ${platform}${libc() === 'musl' ? ' without glibc' : ''}; ` +
      `this is Node ${process.versions.node}. Install Node ${majorNeeded} or later, then start again.`,
  );
}

/** The C library of this Linux, told by the loader that programs linked against glibc name; undefined elsewhere. */
export function libc() {
  if (process.platform !== 'linux') return undefined;
  const loader = process.arch === 'arm64' ? '/lib/ld-linux-aarch64.so.1' : '/lib64/ld-linux-x86-64.so.2';
  return existsSync(loader) ? 'glibc' : 'musl';
}

function executable(path) {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    try {
      chmodSync(path, 0o755);
    } catch {
      throw new Stop(`${path} may not be run by this user: give the checkout to the user who starts Tandem`);
    }
  }
  return path;
}
