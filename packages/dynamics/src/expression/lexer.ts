import { type Details, type DiagnosticCode, DynamicsError, error, type Place } from '../diagnostic.ts';
import type { SourceText } from '../xmile/source.ts';
import { bareName, isKeyword, plain } from './name.ts';

/** One piece of an equation. `text` is as written; that of a keyword is in upper case. */
export interface Token {
  kind: 'number' | 'name' | 'keyword' | 'symbol' | 'end';
  text: string;
  /** Of a number; otherwise 0. */
  value: number;
  place: Place;
}

/** More than any equation of a person; 20,000 terms of 12 characters still fit. */
export const longestEquation = 250_000;

/** What people write by the habit of other languages, and what XMILE has for it. */
const foreignOperators: ReadonlyMap<string, string> = new Map([
  ['==', '='],
  ['!=', '<>'],
  ['**', '^'],
  ['&&', 'AND'],
  [':AND:', 'AND'],
  ['||', 'OR'],
  [':OR:', 'OR'],
  [':NOT:', 'NOT'],
  ['!', 'NOT'],
  ['%', 'MOD'],
]);

/** The pieces of an equation, comments left out, an `end` as the last. Throws DynamicsError at what is no piece. */
export function tokensOf(source: SourceText): Token[] {
  if (source.text.length > longestEquation) {
    refuse('equation.too_long', { length: source.text.length, limit: longestEquation }, source.place);
  }
  const reader = new Reader(source);
  const tokens: Token[] = [];
  for (;;) {
    const token = reader.next();
    tokens.push(token);
    if (token.kind === 'end') return tokens;
  }
}

/** Ends the reading of an equation; `parseExpression` makes an Outcome of it. */
export function refuse(code: DiagnosticCode, details: Details, place: Place): never {
  throw new DynamicsError([error(code, details, { place })]);
}

class Reader {
  readonly #text: string;
  readonly #place: Place;
  readonly #bare = new RegExp(bareName, 'uy');
  #at = 0;

  constructor(source: SourceText) {
    this.#text = source.text;
    this.#place = { ...source.place };
  }

  next(): Token {
    this.#skipBlanks();
    const place = { ...this.#place };
    if (this.#at >= this.#text.length) return { kind: 'end', text: '', value: 0, place };
    const name = this.#name(place);
    if (name !== undefined) return name;
    const number = this.#take(/(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y);
    if (number !== undefined) return this.#number(number, place);
    // Vensim's mark of a dimension that an array function runs over stands at the end of a subscript.
    const mark = this.#take(/!(?=\s*[,\]])/y);
    if (mark !== undefined) return { kind: 'symbol', text: mark, value: 0, place };
    const foreign = this.#take(/==|!=?|\*\*|&&|\|\||%|:(?:and|or|not):/iy);
    if (foreign !== undefined) {
      const instead = foreignOperators.get(foreign.toUpperCase())!;
      return refuse('equation.operator', { operator: foreign, instead }, place);
    }
    const symbol = this.#take(/<=|>=|<>|@\d+|[-+*/^()[\],:<>=']/y);
    if (symbol !== undefined) return { kind: 'symbol', text: symbol, value: 0, place };
    return this.#refuseCharacter(place);
  }

  #skipBlanks(): void {
    for (;;) {
      this.#take(/[\p{Cc} \u00a0]+/uy);
      const character = this.#text[this.#at];
      if (character === '}') refuse('equation.comment_end', {}, this.#place);
      if (character !== '{') return;
      this.#skipComment();
    }
  }

  /** Comments may hold comments: an opening brace inside one is closed before it ends. */
  #skipComment(): void {
    let depth = 0;
    let end = this.#at;
    do {
      if (end >= this.#text.length) refuse('equation.unclosed_comment', {}, this.#place);
      const character = this.#text[end++];
      if (character === '{') depth++;
      if (character === '}') depth--;
    } while (depth > 0);
    this.#advance(end - this.#at);
  }

  #name(place: Place): Token | undefined {
    const begin = this.#at;
    if (this.#text[begin] === '.' && this.#startsName(begin + 1)) this.#advance(1);
    let segment = this.#segment();
    if (segment === undefined) return undefined;
    while (this.#text[this.#at] === '.' && this.#startsName(this.#at + 1)) {
      this.#advance(1);
      segment = this.#segment();
    }
    const text = this.#text.slice(begin, this.#at);
    if (isKeyword(text)) {
      return { kind: 'keyword', text: text.toUpperCase(), value: 0, place };
    }
    return { kind: 'name', text, value: 0, place };
  }

  #segment(): string | undefined {
    if (this.#text[this.#at] !== '"') return this.#take(this.#bare);
    const place = { ...this.#place };
    const segment = this.#take(/"(?:[^"\\]|\\[\s\S])*"/y);
    if (segment === undefined) return refuse('equation.unclosed_quote', {}, place);
    if (plain(segment) === '') refuse('equation.empty_name', {}, place);
    return segment;
  }

  #startsName(at: number): boolean {
    this.#bare.lastIndex = at;
    return this.#text[at] === '"' || this.#bare.test(this.#text);
  }

  #number(text: string, place: Place): Token {
    const rest = this.#take(/[\w.$"\u0080-\u{10ffff}]*/uy)?.trim();
    if (rest) refuse('equation.number', { text: shortened(text + rest) }, place);
    const value = Number(text);
    if (!Number.isFinite(value)) refuse('equation.number_range', { text: shortened(text) }, place);
    return { kind: 'number', text, value, place };
  }

  #refuseCharacter(place: Place): never {
    const character = String.fromCodePoint(this.#text.codePointAt(this.#at)!);
    const code = `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
    return refuse('equation.character', { character, code }, place);
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) return undefined;
    this.#advance(found.length);
    return found;
  }

  #advance(length: number): void {
    const end = this.#at + length;
    for (; this.#at < end; this.#at++) {
      const character = this.#text[this.#at];
      if (character === '\n' || (character === '\r' && this.#text[this.#at + 1] !== '\n')) {
        this.#place.line++;
        this.#place.column = 1;
      } else this.#place.column++;
    }
  }
}

/** Text for a message: long ones by their beginning. */
export function shortened(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}
