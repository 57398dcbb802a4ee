/** `npm run check`: every rule that a machine can judge. `--write` regenerates the pages made from the code. */
import { join } from 'node:path';
import { runCheck } from './law/check.ts';

const results = await runCheck(join(import.meta.dirname, '..'), process.argv.includes('--write'));
const failed = results.filter((result) => !result.ok);
console.log(
  failed.length === 0 ? 'check: all good' : `check: ${failed.map((result) => result.name).join(', ')} failed`,
);
console.log(`${results.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;
