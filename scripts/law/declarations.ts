import { posix } from 'node:path';
import { parseSync } from 'rolldown/utils';
import { isNode, nodesOf, type SyntaxNode } from './parsed-source.ts';

/** Something that a module of type declarations declares. Overloads are one declaration. */
export interface Declaration {
  module: string;
  name: string;
  isType: boolean;
  /** The text of its doc comment, without the stars. */
  comment: string;
  /** As TypeScript, without `export` and `declare`. */
  text: string;
  /** Types of the same package that it mentions, as keys of `Declarations`. */
  mentions: string[];
}

/** What a package declares: each declaration under `module#name`, and what each module exports. */
export interface Declarations {
  all: Map<string, Declaration>;
  /** For each module the keys of what it exports or hands on, in the order of the text. */
  exported: Map<string, string[]>;
}

/** Reads modules of type declarations, given by their path with their text. Imports must be of these modules. */
export function readDeclarations(modules: ReadonlyMap<string, string>): Declarations {
  const all = new Map<string, Declaration>();
  const exported = new Map<string, string[]>();
  for (const [module, text] of modules) {
    const { program, comments } = parseSync(module, text);
    // The parser's own node types have no index signature; few fields are looked at and each of them is checked.
    const statements = (program as unknown as { body: SyntaxNode[] }).body;
    const origins = originsIn(module, statements);
    const keys: string[] = [];
    for (const statement of statements) {
      keys.push(...handedOn(module, statement));
      const node = isNode(statement.declaration) ? statement.declaration : statement;
      const name = nameOf(node);
      if (name === undefined) continue;
      const comment = comments.findLast(({ end }) => end <= statement.start);
      const isDoc = comment?.value.startsWith('*') && text.slice(comment.end, statement.start).trim() === '';
      const declaration: Declaration = {
        module,
        name,
        isType: /^TS(Interface|TypeAlias)/.test(node.type),
        comment: isDoc ? withoutStars(comment?.value ?? '') : '',
        text: keyUnion(node, statements) ?? text.slice(node.start, node.end).replace(/^declare /, ''),
        mentions: mentionsIn(node, origins).filter((key) => key !== `${module}#${name}`),
      };
      const before = all.get(`${module}#${name}`);
      all.set(`${module}#${name}`, before === undefined ? declaration : joined(before, declaration));
      if (node !== statement && before === undefined) keys.push(`${module}#${name}`);
    }
    exported.set(module, keys);
  }
  return { all, exported };
}

function joined(first: Declaration, second: Declaration): Declaration {
  return {
    ...first,
    comment: first.comment || second.comment,
    text: `${first.text}\n${second.text}`,
    mentions: [...new Set([...first.mentions, ...second.mentions])],
  };
}

/** Where the names of a module come from: its own declarations and its imports. */
function originsIn(module: string, statements: readonly SyntaxNode[]): Map<string, string> {
  const origins = new Map<string, string>();
  for (const statement of statements) {
    const name = nameOf(isNode(statement.declaration) ? statement.declaration : statement);
    if (name !== undefined) origins.set(name, `${module}#${name}`);
    if (statement.type !== 'ImportDeclaration') continue;
    for (const { local, imported } of namesIn(statement, 'local', 'imported')) {
      origins.set(local, `${sourceOf(module, statement)}#${imported}`);
    }
  }
  return origins;
}

function handedOn(module: string, statement: SyntaxNode): string[] {
  if (statement.type !== 'ExportNamedDeclaration' || !isNode(statement.source)) return [];
  return namesIn(statement, 'local', 'exported').map(({ local }) => `${sourceOf(module, statement)}#${local}`);
}

function namesIn<A extends string, B extends string>(statement: SyntaxNode, a: A, b: B): Record<A | B, string>[] {
  const specifiers = Array.isArray(statement.specifiers) ? statement.specifiers.filter(isNode) : [];
  return specifiers.map((node) => ({ [a]: identifier(node[a]), [b]: identifier(node[b]) }) as Record<A | B, string>);
}

function sourceOf(module: string, statement: SyntaxNode): string {
  const source = isNode(statement.source) ? String(statement.source.value) : '';
  return posix.join(posix.dirname(module), source.replace(/\.js$/, '.d.ts'));
}

function nameOf(node: SyntaxNode): string | undefined {
  if (node.type === 'VariableDeclaration' && Array.isArray(node.declarations))
    return identifier(node.declarations[0]?.id);
  const declares = /^(TSInterface|TSTypeAlias|TSDeclareFunction|Class|Function)/.test(node.type);
  return declares ? identifier(node.id) : undefined;
}

function identifier(node: unknown): string {
  return isNode(node) ? String(node.name) : '';
}

function mentionsIn(root: SyntaxNode, origins: ReadonlyMap<string, string>): string[] {
  const found = new Set<string>();
  for (const node of nodesOf(root)) {
    const named = node.type === 'TSTypeReference' ? node.typeName : node.type.endsWith('Heritage') && node.expression;
    const origin = origins.get(identifier(named));
    if (origin !== undefined) found.add(origin);
  }
  return [...found];
}

/** More keys than this are left to be looked up elsewhere. */
const spelledKeysMax = 60;

/** `type A = keyof typeof table` with the keys spelled out, where the table is of the same module. */
function keyUnion(node: SyntaxNode, statements: readonly SyntaxNode[]): string | undefined {
  const operator = node.type === 'TSTypeAliasDeclaration' ? node.typeAnnotation : undefined;
  if (!isNode(operator) || operator.type !== 'TSTypeOperator' || operator.operator !== 'keyof') return undefined;
  const query = isNode(operator.typeAnnotation) ? identifier(operator.typeAnnotation.exprName) : '';
  const declared = statements.map((statement) => (isNode(statement.declaration) ? statement.declaration : statement));
  const table = declared.find((one) => one.type === 'VariableDeclaration' && nameOf(one) === query);
  const literal = table === undefined ? undefined : [...nodesOf(table)].find(({ type }) => type === 'TSTypeLiteral');
  const members = Array.isArray(literal?.members) ? literal.members.filter(isNode) : [];
  const keys = members.map(({ key }) => `'${isNode(key) && 'value' in key ? key.value : identifier(key)}'`);
  if (keys.length === 0 || keys.length > spelledKeysMax) return undefined;
  return `type ${identifier(node.id)} = ${keys.join(' | ')};`;
}

function withoutStars(comment: string): string {
  const lines = comment.slice(1).split('\n');
  return lines
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .trim();
}
