import { findBuiltin } from '../builtins/index.ts';
import { DynamicsError, type Outcome, type Place } from '../diagnostic.ts';
import type { BinaryOperation } from '../program/operations.ts';
import type { SourceText } from '../xmile/source.ts';
import type { Expression, NameExpression, Subscript } from './expression.ts';
import { refuse, shortened, type Token, tokensOf } from './lexer.ts';

/** Far above what people write, and far below what the call stack of any host holds. */
export const deepestNesting = 500;

/** No name of a builtin has more words. */
const builtinWordsMost = 5;

interface BinaryOperator {
  operation: BinaryOperation;
  /** Higher binds tighter; all are left-associative. `^` and the unary operators bind tighter still. */
  precedence: number;
}

/** XMILE 1.0 §3.3.1. */
export const binaryOperators: ReadonlyMap<string, BinaryOperator> = new Map([
  ['OR', { operation: 'or', precedence: 1 }],
  ['AND', { operation: 'and', precedence: 2 }],
  ['=', { operation: 'eq', precedence: 3 }],
  ['<>', { operation: 'ne', precedence: 3 }],
  ['<', { operation: 'lt', precedence: 4 }],
  ['<=', { operation: 'le', precedence: 4 }],
  ['>', { operation: 'gt', precedence: 4 }],
  ['>=', { operation: 'ge', precedence: 4 }],
  ['+', { operation: 'add', precedence: 5 }],
  ['-', { operation: 'sub', precedence: 5 }],
  ['*', { operation: 'mul', precedence: 6 }],
  ['/', { operation: 'div', precedence: 6 }],
  ['MOD', { operation: 'mod', precedence: 6 }],
]);

const unaryOperators: ReadonlyMap<string, 'neg' | 'plus' | 'not'> = new Map([
  ['-', 'neg'],
  ['+', 'plus'],
  ['NOT', 'not'],
]);

/**
 * Reads the text of one equation (XMILE 1.0 §3). The place of an operation is that of its operator, of anything else
 * where it begins. Text without anything but blanks and comments is the error `equation.empty`; the first thing that
 * cannot be understood is the only error told.
 */
export function parseExpression(source: SourceText): Outcome<Expression> {
  try {
    return { ok: true, value: new Parser(tokensOf(source)).equation(), warnings: [] };
  } catch (failure) {
    if (!(failure instanceof DynamicsError)) throw failure;
    return { ok: false, errors: [...failure.diagnostics], warnings: [] };
  }
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  equation(): Expression {
    if (this.#current.kind === 'end') refuse('equation.empty', {}, this.#current.place);
    const expression = this.#expression();
    const rest = this.#current;
    if (rest.kind === 'end') return expression;
    if (rest.text === ',') return refuse('equation.list', {}, rest.place);
    const startsValue = rest.kind === 'number' || rest.kind === 'name' || rest.text === '(' || rest.text === '[';
    const code = startsValue ? 'equation.missing_operator' : 'equation.left_over';
    return refuse(code, { found: shortened(rest.text) }, rest.place);
  }

  get #current(): Token {
    return this.#tokens[this.#at]!;
  }

  /** A chain of operands by the precedence of what joins them; waiting operators bind less tightly than those after. */
  #expression(): Expression {
    const operands = [this.#unary()];
    const waiting: { operator: BinaryOperator; place: Place }[] = [];
    const join = (lowest: number) => {
      for (let last = waiting.at(-1); last !== undefined; last = waiting.at(-1)) {
        if (last.operator.precedence < lowest) return;
        waiting.pop();
        const right = operands.pop()!;
        const left = operands.pop()!;
        operands.push({ kind: 'binary', operation: last.operator.operation, left, right, place: last.place });
      }
    };
    for (;;) {
      const { kind, text, place } = this.#current;
      const operator = kind === 'name' ? undefined : binaryOperators.get(text);
      join(operator?.precedence ?? 0);
      if (operator === undefined) return operands[0]!;
      this.#at++;
      waiting.push({ operator, place });
      operands.push(this.#unary());
    }
  }

  #unary(): Expression {
    const token = this.#current;
    const operation = token.kind === 'name' ? undefined : unaryOperators.get(token.text);
    if (operation === undefined) return this.#power();
    this.#at++;
    this.#enter(token.place);
    const operand = this.#unary();
    this.#depth--;
    return { kind: 'unary', operation, operand, place: token.place };
  }

  #power(): Expression {
    const left = this.#value();
    const token = this.#current;
    if (!this.#takes('^')) return left;
    this.#enter(token.place);
    const right = this.#unary();
    this.#depth--;
    return { kind: 'binary', operation: 'pow', left, right, place: token.place };
  }

  #value(): Expression {
    const token = this.#current;
    const { place } = token;
    if (token.kind === 'number') {
      this.#at++;
      return { kind: 'number', value: token.value, place };
    }
    if (token.kind === 'name') return this.#named();
    if (this.#takes('(')) {
      const inner = this.#inner(place);
      this.#expect(')');
      return inner;
    }
    if (this.#follow('IF', 'THEN', 'ELSE', '(')) {
      this.#at += 4;
      return { kind: 'call', name: 'IF_THEN_ELSE', subscripts: [], args: this.#args(place), place };
    }
    if (this.#takes('IF')) return this.#choice(place);
    if (token.text === 'MOD' && this.#tokens[this.#at + 1]!.text === '(') {
      this.#at += 2;
      return { kind: 'call', name: 'MOD', subscripts: [], args: this.#args(place), place };
    }
    if (token.kind === 'end') return refuse('equation.ended_without_value', {}, place);
    return refuse('equation.missing_value', { found: token.text }, place);
  }

  #choice(place: Place): Expression {
    const condition = this.#inner(place);
    this.#expect('THEN');
    const then = this.#inner(place);
    this.#expect('ELSE');
    return { kind: 'if', condition, then, otherwise: this.#inner(place), place };
  }

  #named(): Expression {
    const { place } = this.#current;
    const name = this.#builtinOfSeveralWords() ?? this.#current.text;
    this.#at++;
    const subscripts = this.#takes('[') ? this.#subscripts() : [];
    if (this.#takes('(')) return { kind: 'call', name, subscripts, args: this.#args(place), place };
    const operand: NameExpression = { kind: 'name', name, subscripts, place };
    let transposed = false;
    while (this.#takes("'")) transposed = !transposed;
    return transposed ? { kind: 'transposed', operand, place } : operand;
  }

  /**
   * A builtin whose name other tools write with blanks, such as DELAY FIXED or INITIAL TIME; in XMILE two names beside
   * each other are nothing else. Stands at the last word of it then.
   */
  #builtinOfSeveralWords(): string | undefined {
    let name = this.#current.text;
    for (let words = 1; words < builtinWordsMost; words++) {
      const next = this.#tokens[this.#at + words];
      // SAMPLE IF TRUE has a word of the language in it.
      if ((next?.kind !== 'name' && next?.kind !== 'keyword') || next.text.startsWith('"')) return undefined;
      name += `_${next.text}`;
      const builtin = findBuiltin(name);
      const isCalled = this.#tokens[this.#at + words + 1]?.text === '(';
      if (builtin === undefined || (!isCalled && builtin.arity[1] > 0)) continue;
      this.#at += words;
      return name;
    }
    return undefined;
  }

  /** What stands between the parentheses of a call, after the opening one. */
  #args(place: Place): Expression[] {
    if (this.#takes(')')) return [];
    const args: Expression[] = [];
    do args.push(this.#inner(place));
    while (this.#takes(','));
    this.#expect(')');
    return args;
  }

  /** What stands between brackets, after the opening one. */
  #subscripts(): Subscript[] {
    const subscripts: Subscript[] = [];
    do subscripts.push(this.#subscript());
    while (this.#takes(','));
    this.#expect(']');
    return subscripts;
  }

  #subscript(): Subscript {
    const { place } = this.#current;
    if (this.#takes('*')) return this.#takes(':') ? this.#part(place) : { kind: 'all', place };
    const position = /^@\d+$/.exec(this.#current.text);
    if (position !== null && this.#takes(this.#current.text)) {
      return { kind: 'position', dimension: Number(position[0].slice(1)), place };
    }
    const low = this.#inner(place);
    if (low.kind === 'name' && low.subscripts.length === 0 && this.#takes('!')) {
      return { kind: 'each', dimension: low.name, place };
    }
    if (!this.#takes(':')) return { kind: 'one', value: low, place };
    return { kind: 'range', low, high: this.#inner(place), place };
  }

  #part(place: Place): Subscript {
    const token = this.#current;
    if (token.kind !== 'name') return refuse('equation.missing_value', { found: shortened(token.text) }, token.place);
    this.#at++;
    return { kind: 'part', dimension: token.text, place };
  }

  /** An expression inside another. */
  #inner(place: Place): Expression {
    this.#enter(place);
    const expression = this.#expression();
    this.#depth--;
    return expression;
  }

  #enter(place: Place): void {
    if (this.#depth >= deepestNesting) refuse('equation.too_deep', { limit: deepestNesting }, place);
    this.#depth++;
  }

  /** Whether the token is this symbol or keyword, which is then behind. */
  #takes(text: string): boolean {
    const { kind, text: found } = this.#current;
    if (kind === 'name' || found !== text) return false;
    this.#at++;
    return true;
  }

  /** Whether these symbols and keywords come next. */
  #follow(...texts: string[]): boolean {
    return texts.every((text, i) => {
      const token = this.#tokens[this.#at + i];
      return token !== undefined && token.kind !== 'name' && token.text === text;
    });
  }

  #expect(expected: string): void {
    const token = this.#current;
    if (this.#takes(expected)) return;
    if (token.kind === 'end') refuse('equation.ended', { expected }, token.place);
    refuse('equation.unexpected', { found: shortened(token.text), expected }, token.place);
  }
}
