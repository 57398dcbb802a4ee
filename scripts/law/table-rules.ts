import type { Fault } from './fault.ts';
import { domainOf } from './import-rules.ts';
import {
  hole,
  isNode,
  nodesOf,
  type ParsedSource,
  type SyntaxNode,
  stringValue,
  templateText,
} from './parsed-source.ts';
import { type DomainPolicy, serverSource } from './policy.ts';
import { isTestFile, type SourceFile } from './source-tree.ts';

/** Methods of the query builder whose first argument is a table. */
const tableMethods = new Set(
  'selectFrom insertInto updateTable deleteFrom mergeInto replaceInto from using table innerJoin leftJoin rightJoin fullJoin crossJoin withSchema'.split(
    ' ',
  ),
);

/** Finds tables of other domains in the queries that a domain's code sends. */
export function checkTables(file: ParsedSource, policy: DomainPolicy): Fault[] {
  const own = ownDomain(file);
  if (own === undefined || isTestFile(file.path)) return [];
  return [...nodesOf(file.program)].flatMap((node) => {
    const foreign = foreignInNode(node, own, Object.keys(policy.domains));
    return foreign === undefined ? [] : [tableFault(file.path, file.lineAt(node.start), own, foreign)];
  });
}

/** The same for migrations; there a foreign key may follow an arrow. */
export function checkMigration(file: SourceFile, policy: DomainPolicy): Fault[] {
  const own = ownDomain(file);
  if (own === undefined || !file.path.endsWith('.pg.sql')) return [];
  const arrows = policy.domains[own] ?? [];
  const text = file.text.replace(/--.*$|\/\*[\s\S]*?\*\//gm, (comment) => comment.replace(/[^\n]/g, ' '));
  return tableNames(text)
    .filter(({ schema, key }) => schema !== own && schema in policy.domains && !(key && arrows.includes(schema)))
    .map(({ schema, at }) => tableFault(file.path, text.slice(0, at).split('\n').length, own, schema));
}

function ownDomain({ path }: SourceFile): string | undefined {
  return path.startsWith(`${serverSource}/`) ? domainOf(path.slice(serverSource.length + 1)) : undefined;
}

function tableFault(file: string, line: number, own: string, schema: string): Fault {
  return {
    file,
    line,
    rule: 'table',
    message: `${own} names a table of ${schema} in a query; ask domains/${schema}/index.ts`,
  };
}

function foreignInNode(node: SyntaxNode, own: string, domains: readonly string[]): string | undefined {
  const isForeign = (schema: string) => schema !== own && domains.includes(schema);
  if (node.type === 'CallExpression') {
    const schema = tableArgument(node);
    return schema !== undefined && isForeign(schema) ? schema : undefined;
  }
  const text =
    node.type === 'TemplateLiteral' ? templateText(node) : node.type === 'Literal' ? stringValue(node) : undefined;
  return text === undefined ? undefined : tableNames(text).find(({ schema }) => isForeign(schema))?.schema;
}

function tableArgument(node: SyntaxNode): string | undefined {
  const { callee } = node;
  const [first] = Array.isArray(node.arguments) ? node.arguments : [];
  if (!isNode(callee) || callee.type !== 'MemberExpression' || !isNode(callee.property) || !isNode(first))
    return undefined;
  if (!tableMethods.has(String(callee.property.name))) return undefined;
  const name = stringValue(first);
  if (callee.property.name === 'withSchema') return name;
  return name === undefined ? undefined : /^([a-z_]+)\./.exec(name)?.[1];
}

interface TableName {
  schema: string;
  at: number;
  /** Named by a foreign key. */
  key: boolean;
}

const afterKeyword =
  /\b(from|join|into|update|only|using|table|truncate|references|view|on)\s+(?:if\s+(?:not\s+)?exists\s+)?(?:only\s+)?"?([a-z_]+)"?\s*\.\s*"?[a-z_]/gi;
const fromClause = /\bfrom\s+([^;()]*?)(?=\b(?:where|group|order|limit|union|returning|having|set)\b|[;()]|$)/gi;

/** Names of the form schema.table where SQL expects a table. */
function tableNames(sql: string): TableName[] {
  const text = sql.replaceAll(hole, ' ? ');
  const direct = [...text.matchAll(afterKeyword)]
    // "on a.x = b.x" is the condition of a join; "on schema.table" stands in grants, indexes, policies and triggers.
    .filter(
      (match) =>
        match[1]?.toLowerCase() !== 'on' ||
        /\b(index|grant|revoke|policy|trigger)\b[^;]*$/i.test(text.slice(0, match.index)),
    )
    .map((match) => ({
      schema: match[2]?.toLowerCase() ?? '',
      at: match.index,
      key: match[1]?.toLowerCase() === 'references',
    }));
  const listed = [...text.matchAll(fromClause)].flatMap((match) =>
    (match[1] ?? '')
      .split(',')
      .slice(1)
      .map((item) => ({
        schema: /^\s*"?([a-z_]+)"?\s*\./i.exec(item)?.[1]?.toLowerCase() ?? '',
        at: match.index,
        key: false,
      })),
  );
  return [...direct, ...listed];
}
