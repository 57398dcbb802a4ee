import { join } from 'node:path';
import { checkBoundaries } from './law/boundaries.ts';
import { reportFaults } from './law/fault.ts';

process.exitCode = reportFaults(checkBoundaries(join(import.meta.dirname, '..')), 'boundaries');
