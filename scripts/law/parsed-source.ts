import { parseSync } from 'rolldown/utils';
import type { SourceFile } from './source-tree.ts';

/** One import, re-export, dynamic import or type import of a module. */
export interface ModuleImport {
  specifier: string;
  /** Nothing of it is left when the types are stripped. */
  typeOnly: boolean;
  line: number;
}

/** A node of the syntax tree, as far as the rules look at it. */
export interface SyntaxNode {
  type: string;
  start: number;
  end: number;
  [field: string]: unknown;
}

export interface ParsedSource extends SourceFile {
  imports: ModuleImport[];
  program: SyntaxNode;
  comments: { text: string; line: number }[];
  lineAt: (offset: number) => number;
}

/** Parses TypeScript or JavaScript with a real parser, so that comments and strings cannot pass for code. */
export function parseSource(file: SourceFile): ParsedSource {
  const result = parseSync(file.path, file.text);
  const [error] = result.errors;
  if (error !== undefined) throw new Error(`${file.path} cannot be parsed: ${error.message}`);
  const lineAt = lineCounter(file.text);
  // The parser's own node types have no index signature; the rules look at few fields and check each of them.
  const program = result.program as unknown as SyntaxNode;
  const comments = result.comments.map((comment) => ({ text: comment.value, line: lineAt(comment.start) }));
  return { ...file, program, comments, lineAt, imports: collectImports(program, lineAt) };
}

function collectImports(program: SyntaxNode, lineAt: (offset: number) => number): ModuleImport[] {
  const imports: ModuleImport[] = [];
  for (const node of nodesOf(program)) {
    if (!importingNodes.has(node.type) || !isNode(node.source)) continue;
    const specifier = stringValue(node.source);
    if (specifier !== undefined) imports.push({ specifier, typeOnly: isTypeOnly(node), line: lineAt(node.start) });
  }
  return imports;
}

const importingNodes = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]);

/** `import { type A }` is not: what is left of it still loads the module. */
function isTypeOnly(node: SyntaxNode): boolean {
  return node.type === 'TSImportType' || node.importKind === 'type' || node.exportKind === 'type';
}

/** Every node below and including `root`, outer ones first. */
export function* nodesOf(root: SyntaxNode): Generator<SyntaxNode> {
  const waiting: SyntaxNode[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node;
    for (const value of Object.values(node).reverse()) {
      if (isNode(value)) waiting.push(value);
      else if (Array.isArray(value)) waiting.push(...value.filter(isNode).reverse());
    }
  }
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** The value of a string literal or of a template without holes. */
export function stringValue(node: SyntaxNode): string | undefined {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
  if (node.type !== 'TemplateLiteral') return undefined;
  const text = templateText(node);
  return text?.includes(hole) ? undefined : text;
}

/** Stands for `${…}` in the text of a template. */
export const hole = '\u0000';

export function templateText(node: SyntaxNode): string | undefined {
  if (!Array.isArray(node.quasis)) return undefined;
  return node.quasis.map((quasi) => (isNode(quasi) ? rawText(quasi.value) : '')).join(hole);
}

function rawText(value: unknown): string {
  return typeof value === 'object' && value !== null && 'raw' in value ? String(value.raw) : '';
}

function lineCounter(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}
