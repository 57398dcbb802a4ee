import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildPackage, readmeBlocks, runOrThrow, strangersFolder } from './built-package.ts';

const folder = strangersFolder();

beforeAll(() => {
  const installed = join(folder, 'node_modules', '@tandem', 'dynamics');
  mkdirSync(installed, { recursive: true });
  buildPackage(installed);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('says what its blocks print', { timeout: 60_000 }, () => {
  const here = readmeBlocks().filter(({ note }) => note === '');
  const code = here.filter(({ language }) => language === 'js').map((block) => block.code);
  const output = here.filter(({ language }) => language === 'text').map((block) => block.code);
  expect(code.length).toBe(output.length);
  writeFileSync(join(folder, 'readme.mjs'), code.join('\n'));
  expect(runOrThrow(process.execPath, ['readme.mjs'], folder)).toBe(output.join(''));
});

it('has no blocks that nothing runs', () => {
  const kinds = new Set(readmeBlocks().map(({ language, note }) => `${language} ${note}`.trim()));
  // The page's blocks are run by test/browser, the commands by package.test.ts.
  expect([...kinds].sort()).toEqual(['html', 'js', 'js page.js', 'sh', 'text', 'text page']);
});
