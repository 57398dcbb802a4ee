import { join } from 'node:path';
import { reportFaults } from './law/fault.ts';
import { checkTidy } from './law/tidy.ts';

process.exitCode = reportFaults(checkTidy(join(import.meta.dirname, '..')), 'tidy');
