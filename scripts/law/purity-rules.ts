import type { Fault } from './fault.ts';
import { isNode, nodesOf, type ParsedSource, type SyntaxNode } from './parsed-source.ts';
import { serverSource } from './policy.ts';
import { isTestFile } from './source-tree.ts';

const impureNames = /\/(routes|jobs|store|index)\.ts$/;

/** Members of globals that make a rule give another answer tomorrow. */
const unsteady: Record<string, string[]> = {
  Date: ['now'],
  Math: ['random'],
  process: ['env'],
  crypto: ['randomUUID', 'getRandomValues'],
};

/** Rules of a domain and the engine packages take time, chance and settings as arguments. */
export function checkPurity(file: ParsedSource): Fault[] {
  const isRule = file.path.startsWith(`${serverSource}/domains/`) && !impureNames.test(file.path);
  if ((!isRule && !file.path.startsWith('packages/')) || isTestFile(file.path)) return [];
  const faults: Fault[] = [];
  for (const node of nodesOf(file.program)) {
    const name = unsteadyName(node);
    if (name === undefined) continue;
    const message = `${name} in a rule; take it as an argument (only routes, jobs, store and index may ask for it)`;
    faults.push({ file: file.path, line: file.lineAt(node.start), rule: 'pure', message });
  }
  return faults;
}

function unsteadyName(node: SyntaxNode): string | undefined {
  if (node.type === 'NewExpression' && nameOf(node.callee) === 'Date') {
    return Array.isArray(node.arguments) && node.arguments.length === 0 ? 'new Date()' : undefined;
  }
  if (node.type !== 'MemberExpression') return undefined;
  const object = nameOf(node.object);
  const property = nameOf(node.property) ?? literalOf(node.property);
  if (object === undefined || property === undefined) return undefined;
  return unsteady[object]?.includes(property) ? `${object}.${property}` : undefined;
}

function nameOf(node: unknown): string | undefined {
  return isNode(node) && node.type === 'Identifier' ? String(node.name) : undefined;
}

function literalOf(node: unknown): string | undefined {
  return isNode(node) && node.type === 'Literal' ? String(node.value) : undefined;
}
