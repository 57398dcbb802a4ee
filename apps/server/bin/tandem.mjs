#!/usr/bin/env node
import { run } from '../../../scripts/bootstrap/run.mjs';

await run(['apps/server/src/cli.ts', ...process.argv.slice(2)]);
