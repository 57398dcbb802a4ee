/** A stretch of SQL: plain code, or a literal, quoted name or comment that must not be looked into. */
interface Stretch {
  readonly kind: 'code' | 'quoted' | 'comment';
  readonly start: number;
  readonly end: number;
}

/** Which lane a statement belongs to. */
export type StatementKind = 'read' | 'insert' | 'change' | 'kill' | 'session';

const READS = new Set(['select', 'with', 'show', 'describe', 'desc', 'exists', 'explain', 'values', 'check']);
const SESSION = new Set(['set', 'use']);

export interface Statement {
  readonly kind: StatementKind;
  /** The format named at the end of the statement, as written; `undefined` when there is none. */
  readonly format: string | undefined;
  /** The text without trailing semicolons. */
  readonly text: string;
  /** An INSERT whose rows come from a SELECT rather than from the request. */
  readonly isInsertSelect: boolean;
  /** `SELECT 1` in any spelling: a health check. */
  readonly isTrivial: boolean;
}

/** Looks at a statement as far as is needed to route it; the engine does the real parsing. */
export function inspectStatement(sql: string): Statement {
  const stretches = split(sql);
  const bare = blank(sql, stretches);
  const words = bare.toLowerCase().match(/[a-z_]\w*/g) ?? [];
  const first = words[0] ?? '';
  const text = sql.slice(0, blank(sql, stretches, 'x').replace(/[\s;]+$/, '').length);
  const format = /\bformat\s+(\w+)\s*(?:settings\b[^;]*)?[\s;]*$/i.exec(bare)?.[1];
  const kind = kindOf(first, words);
  const isInsertSelect = kind === 'insert' && /\b(?:select|with)\b/i.test(bare) && !/\b(?:values|format)\b/i.test(bare);
  const isTrivial = /^\s*select\s+1\s*(?:format\s+\w+\s*)?$/i.test(bare);
  return { kind, format, text, isInsertSelect, isTrivial };
}

/** Whether something follows the first semicolon: over HTTP only one statement is allowed. */
export function hasSecondStatement(sql: string): boolean {
  return /;[\s;]*[^\s;]/.test(blank(sql, split(sql), 'x'));
}

/**
 * Writes the values of `{name:Type}` placeholders into the SQL as typed literals. Values come as in the
 * `param_<name>` of ClickHouse's HTTP interface: in the escaped form of tab-separated text. Placeholders without a
 * value are left for the engine to complain about.
 */
export function inlineParameters(sql: string, values: ReadonlyMap<string, string>): string {
  if (values.size === 0) return sql;
  let result = '';
  let position = 0;
  for (const { kind, start, end } of split(sql)) {
    if (kind !== 'code') continue;
    for (const found of sql.slice(start, end).matchAll(/\{\s*([A-Za-z_]\w*)\s*:/g)) {
      const from = start + found.index;
      if (from < position) continue;
      const to = closingBrace(sql, from);
      const value = values.get(found[1] ?? '');
      if (to === undefined || value === undefined) continue;
      const type = sql.slice(from + found[0].length, to).trim();
      result += sql.slice(position, from) + typedLiteral(value, type);
      position = to + 1;
    }
  }
  return result + sql.slice(position);
}

/** One value in its escaped form as a literal of the type. */
export function typedLiteral(escaped: string, type: string): string {
  if (type === 'Identifier') return quoteIdentifier(readEscaped(escaped));
  if (type === 'String') return quoteString(readEscaped(escaped));
  if (escaped === '\\N') return `CAST(NULL AS ${type})`;
  // Text casts to an array of maps, though not to a map.
  if (/^Map\b/.test(type)) return `CAST(${quoteString(`[${escaped}]`)} AS Array(${type}))[1]`;
  if (/^(?:Array|Tuple|Nested|Variant|Dynamic|JSON|Object|Point|Ring|Polygon)\b/.test(type)) {
    return `CAST(${quoteString(escaped)} AS ${type})`;
  }
  return `CAST(${quoteString(readEscaped(escaped))} AS ${type})`;
}

/** A string literal that the engine reads back as exactly this text. */
export function quoteString(text: string): string {
  return `'${text.replace(/[\\'\0]/g, (c) => (c === '\0' ? '\\0' : `\\${c}`))}'`;
}

/** A name that the engine reads back as exactly this text. */
export function quoteIdentifier(name: string): string {
  return `\`${name.replace(/[\\`\0]/g, (c) => (c === '\0' ? '\\0' : `\\${c}`))}\``;
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '0': '\0',
};

/** Reads the escaped form of tab-separated text. */
function readEscaped(text: string): string {
  return text.replace(/\\(x[0-9a-fA-F]{2}|.)/gs, (whole, code: string) => {
    if (code.length === 3) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    if (code === 'N') return whole;
    return ESCAPES[code] ?? code;
  });
}

function kindOf(first: string, words: readonly string[]): StatementKind {
  if (READS.has(first)) return words.includes('outfile') ? 'change' : 'read';
  if (first === 'insert') return 'insert';
  if (first === 'kill') return 'kill';
  if (SESSION.has(first) || (first === 'create' && words.slice(1, 4).includes('temporary'))) return 'session';
  return 'change';
}

/** The SQL with everything that is not code replaced by blanks (or `filler` for literals), at the same length. */
function blank(sql: string, stretches: readonly Stretch[], filler = ' '): string {
  return stretches
    .map(({ kind, start, end }) => {
      if (kind === 'code') return sql.slice(start, end);
      return (kind === 'quoted' ? filler : ' ').repeat(end - start);
    })
    .join('');
}

const OPENING = /'|"|`|--|#!|# |\/\*|\$\w*\$/g;

function split(sql: string): Stretch[] {
  const stretches: Stretch[] = [];
  let position = 0;
  while (position < sql.length) {
    OPENING.lastIndex = position;
    const found = OPENING.exec(sql);
    const start = found?.index ?? sql.length;
    if (start > position) stretches.push({ kind: 'code', start: position, end: start });
    if (found === null) break;
    const opening = found[0];
    const end = closing(sql, start, opening);
    const isComment = /^[-#/]/.test(opening);
    stretches.push({ kind: isComment ? 'comment' : 'quoted', start, end });
    position = end;
  }
  return stretches;
}

/** The position after the literal or comment that starts here. */
function closing(sql: string, start: number, opening: string): number {
  const after = start + opening.length;
  if (opening === '/*') return endOfComment(sql, after);
  if (/^[-#]/.test(opening)) return endOf(sql, '\n', after);
  if (opening.startsWith('$')) return endOf(sql, opening, after);
  for (let i = after; i < sql.length; i += 1) {
    if (sql[i] === '\\') i += 1;
    // A doubled quote stands for itself and is read here as two literals in a row, which comes to the same.
    else if (sql[i] === opening) return i + 1;
  }
  return sql.length;
}

/** Comments nest. */
function endOfComment(sql: string, from: number): number {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = from;
  for (let depth = 1; ; ) {
    const found = marks.exec(sql);
    if (found === null) return sql.length;
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
}

function endOf(sql: string, mark: string, from: number): number {
  const at = sql.indexOf(mark, from);
  return at < 0 ? sql.length : at + mark.length;
}

/** The brace that ends a placeholder; its type may hold quoted names, as in `Enum8('a' = 1)`. */
function closingBrace(sql: string, open: number): number | undefined {
  for (let i = open + 1; i < sql.length; i += 1) {
    const c = sql[i];
    if (c === '}') return i;
    if (c === '{' || c === ';') return undefined;
    if (c === "'") i = closing(sql, i, "'") - 1;
  }
  return undefined;
}
