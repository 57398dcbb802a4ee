#!/usr/bin/env node
/**
 * Runs a script of this checkout on Node 24, whatever Node the machine has: `node scripts/run.mjs <script> [args]`.
 * Plain JavaScript without dependencies: it has to work before anything is installed, on Node 18 and later.
 */
import { run } from './bootstrap/run.mjs';

await run(process.argv.slice(2));
