import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const checkout = join(import.meta.dirname, '..', '..', '..');

/** Where the package's tools are, which a stranger does not have. */
export const tools = join(checkout, 'node_modules', '.bin');

/** A fresh folder outside the checkout, for the caller to remove. */
export function strangersFolder(): string {
  return mkdtempSync(join(tmpdir(), 'tandem-dynamics-'));
}

/** Builds the package into `folder`, as `npm run build` does it. */
export function buildPackage(folder: string): void {
  runOrThrow(process.execPath, [join(checkout, 'scripts', 'dynamics-package.ts'), folder], checkout);
}

/** Standard output of a program; throws with all it said when it fails. */
export function runOrThrow(program: string, args: string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8', timeout: 60_000 });
  if (status === 0) return stdout;
  throw new Error(`${program} ${args.join(' ')} failed: ${error?.message ?? ''}\n${stdout}\n${stderr}`);
}

export interface CodeBlock {
  language: string;
  /** What stands behind the language. */
  note: string;
  code: string;
}

/** The fenced blocks of the README. */
export function readmeBlocks(): CodeBlock[] {
  const text = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');
  return [...text.matchAll(/^```(\w+) ?(.*)\n([\s\S]*?)^```$/gm)].map(([, language = '', note = '', code = '']) => ({
    language,
    note,
    code,
  }));
}

/** The one block with this language and note. */
export function readmeBlock(language: string, note = ''): string {
  const found = readmeBlocks().filter((block) => block.language === language && block.note === note);
  if (found.length !== 1) throw new Error(`the README has ${found.length} blocks of ${language} ${note}`);
  return found[0]!.code;
}
