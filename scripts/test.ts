/**
 * `npm test`: the check, then the tests on real stores, then the run in a browser. Arguments go to vitest and leave the
 * check out: `npm test -- apps/server/src/lib`.
 */
import { join } from 'node:path';
import { runCheck } from './law/check.ts';
import { findChromium } from './law/chromium.ts';
import { runVitest } from './law/vitest-run.ts';

const root = join(import.meta.dirname, '..');
const wanted = process.argv.slice(2);
const startedAt = performance.now();

console.log(wanted.length === 0 ? 'check' : `tests of ${wanted.join(' ')}`);
const checks = wanted.length === 0 ? await runCheck(root, false) : [];

const chromium = findChromium();
const withoutBrowser = chromium === undefined ? ['--project=!browser'] : [];
console.log('\ntests');
const tests = await runVitest(root, [...withoutBrowser, ...wanted], {
  ...process.env,
  ...(chromium === undefined ? {} : { TANDEM_CHROMIUM: chromium }),
});

const failedChecks = checks.filter((check) => !check.ok);
const browserMissing = chromium === undefined && process.env.CI === 'true';
const passed = checks.length - failedChecks.length + tests.passed;
const failed = failedChecks.length + tests.failed + (browserMissing ? 1 : 0);

console.log(`\nsummary after ${Math.round((performance.now() - startedAt) / 1000)} s`);
if (failedChecks.length > 0) console.log(`check failed: ${failedChecks.map((check) => check.name).join(', ')}`);
console.log(`tests: ${tests.passed} passed, ${tests.failed} failed`.replace(', 0 failed', ''));
if (chromium === undefined) {
  const weight = browserMissing ? 'counted as a failure because CI is set' : 'everything else was';
  console.log(`the browser run was not made: no Chromium here (.ci/run installs it); ${weight}`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
