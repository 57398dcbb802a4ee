import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

export const modulesDir = join(root, 'node_modules');

/** @param {string} path */
export function isInside(path, folder) {
  const way = relative(folder, path);
  return way !== '' && !way.startsWith('..') && resolve(way) !== way;
}

/**
 * The folder from which the user started: npm scripts run in the checkout and leave the user's folder in INIT_CWD, npx
 * and a direct call run where the user is.
 */
export function userFolder(env = process.env, current = process.cwd()) {
  const byScript = env.npm_lifecycle_event !== undefined && env.npm_lifecycle_event !== 'npx';
  return byScript && env.INIT_CWD && resolve(current) === root ? env.INIT_CWD : current;
}
