import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from './fault.ts';
import { isNode, nodesOf, type ParsedSource, parseSource } from './parsed-source.ts';
import { deadFiles } from './reachable-files.ts';
import { foldersIn, isTestFile, readSources, type SourceFile } from './source-tree.ts';

export const linesMax = 400;
const reasonCharactersMin = 10;

/** Sizes, names, dead files, unpaid debts, unexplained suppressions, left-over prints and tests that do not run. */
export function checkTidy(root: string): Fault[] {
  const folders = ['apps', 'packages', 'scripts', 'bench'].filter((folder) => foldersIn(root, '.').includes(folder));
  const texts = [...configurations(root), ...readSources(root, folders, ['.ts', '.tsx', '.mjs', '.css', '.sql'])];
  const debts = readDebts(root);
  const sources = texts.filter((file) => !/\.(css|sql)$/.test(file.path)).map(parseSource);
  return [
    ...texts.flatMap((file) => [...checkSize(file), ...checkName(file)]),
    ...sources.flatMap((file) => [...checkComments(file, debts), ...checkCalls(file)]),
    ...deadFiles(root, sources).map(({ path }) =>
      fault(path, 0, 'dead-file', 'nothing imports this file, and it is no entry and no test'),
    ),
  ];
}

/** Configuration files of tools, which lie beside package.json and name other files. */
function configurations(root: string): SourceFile[] {
  const names = readdirSync(root).filter((name) => name.endsWith('.config.ts'));
  return names.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

function fault(file: string, line: number, rule: string, message: string): Fault {
  return { file, line, rule, message };
}

function readDebts(root: string): string {
  try {
    return readFileSync(join(root, 'docs', 'debt.md'), 'utf8');
  } catch {
    return '';
  }
}

/** Tests, translations and generated files may be as long as their matter is. */
function checkSize({ path, text }: SourceFile): Fault[] {
  if (isTestFile(path) || /\/i18n\//.test(path) || /^\S+ @generated\b/.test(text)) return [];
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  return lines > linesMax
    ? [fault(path, 0, 'file-size', `${lines} lines; split it by its nouns (${linesMax} at most)`)]
    : [];
}

const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;
const locale = /^[a-z]{2}-[A-Z]{2}(\.ts)?$/;

function checkName({ path }: SourceFile): Fault[] {
  const odd = path.split('/').find((name) => !kebab.test(name) && !locale.test(name));
  return odd === undefined ? [] : [fault(path, 0, 'name', `${odd} is not in kebab-case`)];
}

function checkComments(file: ParsedSource, debts: string): Fault[] {
  return file.comments.flatMap(({ text, line }) => {
    const debt = /\b(TODO|FIXME|XXX|HACK)\b/.exec(text)?.[1];
    if (debt !== undefined && !debts.includes(file.path)) {
      return [fault(file.path, line, 'debt', `${debt} without a line in docs/debt.md that names this file`)];
    }
    const reason = suppressionReason(text);
    if (reason === undefined || reason.length >= reasonCharactersMin) return [];
    return [fault(file.path, line, 'suppression', `"${text.trim()}" does not say why`)];
  });
}

/** The reason given with a suppression; undefined when the comment suppresses nothing. */
function suppressionReason(comment: string): string | undefined {
  const text = comment.trim();
  if (/^(@ts-ignore|@ts-nocheck|eslint-)/.test(text)) return '';
  const match = /^biome-ignore(?:-\w+)?\s+[\w/]+\s*:?(.*)$/s.exec(text) ?? /^@ts-expect-error(.*)$/s.exec(text);
  return match?.[1]
    ?.replace('<explanation>', '')
    .replace(/^[\s:-]+/, '')
    .trim();
}

const talkingFiles = /^apps\/server\/src\/((main|cli)\.ts|commands\/)/;

function checkCalls(file: ParsedSource): Fault[] {
  const isQuiet = file.path.startsWith('apps/server/src/') && !talkingFiles.test(file.path) && !isTestFile(file.path);
  const faults: Fault[] = [];
  for (const node of nodesOf(file.program)) {
    if (node.type !== 'MemberExpression' || !isNode(node.property)) continue;
    const object = firstName(node.object);
    const property = String(node.property.name);
    const line = file.lineAt(node.start);
    if (isQuiet && object === 'console') {
      faults.push(fault(file.path, line, 'print', `console.${property} in the server; use the log`));
    }
    if (['it', 'test', 'describe'].includes(object) && ['skip', 'only', 'todo'].includes(property)) {
      faults.push(fault(file.path, line, 'test-left-out', `${object}.${property}: tests run, all of them`));
    }
  }
  return faults;
}

function firstName(node: unknown): string {
  if (!isNode(node)) return '';
  return node.type === 'MemberExpression' ? firstName(node.object) : String(node.name);
}
