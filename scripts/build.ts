/** `npm run build`: builds the console, whether or not its sources have changed. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
const { status } = spawnSync(process.execPath, [vite, 'build'], {
  cwd: join(root, 'apps', 'console'),
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
