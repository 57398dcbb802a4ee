import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** A file of the checkout with its text; `path` is relative to the checkout, with forward slashes. */
export interface SourceFile {
  path: string;
  text: string;
}

const skippedFolders = new Set(['node_modules', 'dist', 'data', 'tmp', 'results', '.git', 'coverage']);

/** Reads the files below `folders` whose names end as asked, in the order of their paths. */
export function readSources(root: string, folders: readonly string[], endings: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) => walk(root, folder, endings));
}

function walk(root: string, folder: string, endings: readonly string[]): SourceFile[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : walk(root, path, endings);
    if (!entry.isFile() || !endings.some((ending) => entry.name.endsWith(ending))) return [];
    return [{ path, text: readFileSync(join(root, path), 'utf8') }];
  });
}

/** The subfolders of a folder, empty when it is not there. */
export function foldersIn(root: string, folder: string): string[] {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !skippedFolders.has(entry.name))
      .map((entry) => entry.name)
      .sort();
  } catch {
    return [];
  }
}

/** Tests, and what only tests use: fixtures, support files, everything in a folder named test. */
export function isTestFile(path: string): boolean {
  return /[.-](test|fixture|fuzz|test-support)\.[cm]?tsx?$/.test(path) || path.includes('/test/');
}
