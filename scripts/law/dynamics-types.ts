import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The type declarations of the dynamics package, by their path below its `src`. Checked against what the oldest supported
 * runtimes have, see `tsconfig.build.json`.
 */
export function readTypes(root: string): Map<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-types-'));
  try {
    const tsc = join(root, 'node_modules', '.bin', 'tsc');
    const project = join(root, 'packages', 'dynamics', 'tsconfig.build.json');
    const { status, stdout } = spawnSync(tsc, ['-p', project, '--pretty', 'false', '--outDir', folder], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`the types of packages/dynamics cannot be written:\n${stdout}`);
    const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.d.ts'));
    return new Map(paths.sort().map((path) => [path, withBuiltNames(readFileSync(join(folder, path), 'utf8'))]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Sources import each other as `.ts`; what is built is `.js`. */
function withBuiltNames(declarations: string): string {
  return declarations.replaceAll(/(from '|import\('|import ')(\.[^']*)\.ts'/g, `$1$2.js'`);
}
