import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { resolveLocal } from './import-rules.ts';
import { nodesOf, type ParsedSource, stringValue } from './parsed-source.ts';
import { foldersIn, isTestFile } from './source-tree.ts';

/** The files to which no way of imports leads from an entry or a test. */
export function deadFiles(root: string, files: readonly ParsedSource[]): ParsedSource[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const isEntry = entryTest(root);
  const waiting = files.filter((file) => isEntry(file.path));
  const reached = new Set(waiting.map((file) => file.path));
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    for (const path of pathsNamedIn(file)) {
      const next = byPath.get(path);
      if (next === undefined || reached.has(path)) continue;
      reached.add(path);
      waiting.push(next);
    }
  }
  return files.filter((file) => !reached.has(file.path));
}

/** Imports, and literals that name a file beside this one or in the checkout: workers and child processes start so. */
function pathsNamedIn(file: ParsedSource): string[] {
  const imported = file.imports.flatMap(({ specifier }) => resolveLocal(file.path, specifier) ?? []);
  const literals = [...nodesOf(file.program)].flatMap((node) => {
    const text = node.type === 'Literal' || node.type === 'TemplateLiteral' ? stringValue(node) : undefined;
    return text !== undefined && /\.[cm]?[jt]sx?$/.test(text) ? [text] : [];
  });
  return [
    ...imported,
    ...literals.flatMap((text) => [posix.normalize(text), posix.join(posix.dirname(file.path), text)]),
  ];
}

/** Entries are what the package files name (scripts, bin, exports), the scripts of web pages, configurations and tests. */
function entryTest(root: string): (path: string) => boolean {
  const packages = [
    '.',
    ...foldersIn(root, 'apps').map((name) => `apps/${name}`),
    ...foldersIn(root, 'packages').map((name) => `packages/${name}`),
  ];
  const named = packages.flatMap((folder) => [...filesInPackage(root, folder), ...filesInPage(root, folder)]);
  const patterns = named.map(
    (path) => new RegExp(`^${path.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]+')}$`),
  );
  return (path) => isTestFile(path) || /\.config\.ts$/.test(path) || patterns.some((pattern) => pattern.test(path));
}

const scriptName = /[\w./*@-]+\.[cm]?[jt]sx?\b/g;

function filesInPackage(root: string, folder: string): string[] {
  const text = readIfThere(posix.join(root, folder, 'package.json'));
  if (text === '') return [];
  const { scripts, bin, exports } = JSON.parse(text);
  return (
    JSON.stringify([scripts, bin, exports])
      .match(scriptName)
      ?.map((path) => posix.join(folder, path)) ?? []
  );
}

function filesInPage(root: string, folder: string): string[] {
  const sources = readIfThere(posix.join(root, folder, 'index.html')).matchAll(/<script[^>]*\bsrc="\/?([^"]+)"/g);
  return [...sources].map((match) => posix.join(folder, match[1] ?? ''));
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
