/** `npm run build`: builds the console, whether or not its sources have changed, and the dynamics package. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildDynamicsPackage } from './dynamics-package.ts';

const root = join(import.meta.dirname, '..');
const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
const { status } = spawnSync(process.execPath, [vite, 'build'], {
  cwd: join(root, 'apps', 'console'),
  stdio: 'inherit',
});
const folder = join(root, 'packages', 'dynamics', 'dist');
await buildDynamicsPackage(root, folder);
console.log(`dynamics: ${folder}`);
process.exitCode = status ?? 1;
