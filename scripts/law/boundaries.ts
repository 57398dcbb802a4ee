import { checkBrowserSafety } from './browser-rules.ts';
import type { Fault } from './fault.ts';
import { checkImports } from './import-rules.ts';
import { parseSource } from './parsed-source.ts';
import { checkPolicy, readPolicy, serverSource } from './policy.ts';
import { checkPurity } from './purity-rules.ts';
import { foldersIn, readSources } from './source-tree.ts';
import { checkMigration, checkTables } from './table-rules.ts';

/** Holds the sources of a checkout against `scripts/domain-policy.json` and the layers of `docs/architecture.md`. */
export function checkBoundaries(root: string): Fault[] {
  const policy = readPolicy(root);
  const folders = [
    ...foldersIn(root, 'apps').map((app) => `apps/${app}`),
    ...foldersIn(root, 'packages').map((one) => `packages/${one}`),
  ];
  const files = readSources(root, folders, ['.ts', '.tsx']).map(parseSource);
  const migrations = readSources(root, folders, ['.sql']).filter((file) =>
    file.path.startsWith(`${serverSource}/domains/`),
  );
  return [
    ...checkPolicy(root, policy),
    ...files.flatMap((file) => [...checkImports(file, policy), ...checkPurity(file), ...checkTables(file, policy)]),
    ...migrations.flatMap((file) => checkMigration(file, policy)),
    ...checkBrowserSafety(files),
  ];
}
