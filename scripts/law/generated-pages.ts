import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { dynamicsPages } from './dynamics-pages.ts';
import { errorPage, type RefusalRow } from './error-page.ts';

/** A page under docs/ that is made from the code. */
interface GeneratedPage {
  file: string;
  make: (root: string) => Promise<string>;
}

export const generatedPages: GeneratedPage[] = [
  { file: 'docs/errors.md', make: async (root) => errorPage(await refusalTable(root)) },
  { file: 'docs/openapi.json', make: async (root) => `${JSON.stringify(sortKeys(await openApi(root)), null, 2)}\n` },
  ...dynamicsPages,
];

/** Says what is wrong with a generated page, or nothing; with `write` it is put right first. */
export async function checkPage(root: string, page: GeneratedPage, write: boolean): Promise<string | undefined> {
  const wanted = await page.make(root);
  const path = join(root, page.file);
  if (write) writeFileSync(path, wanted);
  const found = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  if (found === wanted) return undefined;
  const where = found === undefined ? 'is missing' : `differs from the code ${firstDifference(found, wanted)}`;
  return `${page.file} ${where}; run "npm run check -- --write"`;
}

async function refusalTable(root: string): Promise<Record<string, RefusalRow>> {
  const { refusals } = await load(root, 'apps/server/src/errors.ts');
  if (typeof refusals !== 'object' || refusals === null)
    throw new Error('apps/server/src/errors.ts exports no refusals');
  return refusals as Record<string, RefusalRow>;
}

async function openApi(root: string): Promise<unknown> {
  const { openApiDocument } = await load(root, 'apps/server/src/app.ts');
  if (typeof openApiDocument !== 'function') throw new Error('apps/server/src/app.ts exports no openApiDocument()');
  return openApiDocument();
}

async function load(root: string, file: string): Promise<Record<string, unknown>> {
  return import(pathToFileURL(join(root, file)).href);
}

/** The order in which plugins register routes is no part of the contract. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}

function firstDifference(found: string, wanted: string): string {
  const [a, b] = [found.split('\n'), wanted.split('\n')];
  const at = b.findIndex((line, index) => line !== a[index]);
  const line = at < 0 ? b.length : at;
  return `from line ${line + 1}: "${(a[line] ?? '').trim()}" should be "${(b[line] ?? '').trim()}"`;
}
