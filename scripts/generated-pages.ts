import { join } from 'node:path';
import { checkPage, generatedPages } from './law/generated-pages.ts';

const root = join(import.meta.dirname, '..');
const write = process.argv.includes('--write');
const faults: string[] = [];
for (const page of generatedPages) {
  try {
    const fault = await checkPage(root, page, write);
    if (fault !== undefined) faults.push(fault);
  } catch (error) {
    faults.push(`${page.file} cannot be made: ${error instanceof Error ? error.message : String(error)}`);
  }
}
for (const fault of faults) console.error(fault);
if (faults.length === 0) console.log(generatedPages.map((page) => page.file).join(', '), 'agree with the code');
// The server's modules may keep timers; nothing is left to wait for.
process.exit(faults.length === 0 ? 0 : 1);
