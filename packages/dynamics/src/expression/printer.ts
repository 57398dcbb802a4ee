import type { BinaryOperation } from '../program/operations.ts';
import type { Expression, Subscript } from './expression.ts';
import { isBareName, isQuoted, quoteName, segmentsOf } from './name.ts';
import { binaryOperators } from './parser.ts';
import { foldExpression } from './walk.ts';

/** How tightly a text holds together: those of the binary operators are 1 to 6, as in the parser. */
const binding = { choice: 0, unary: 7, power: 8, value: 9 } as const;

const symbolOf: ReadonlyMap<BinaryOperation, string> = new Map(
  [...binaryOperators].map(([symbol, { operation }]) => [operation, symbol] as const),
);

interface Printed {
  text: string;
  binding: number;
}

/**
 * The text of an equation, with the parentheses that its meaning needs and no others but those around an inner IF.
 * `parseExpression` makes the same expression of it, places aside. `min` and `max`, which have no operator, are calls.
 */
export function printExpression(expression: Expression): string {
  return foldExpression(expression, print).text;
}

function print(expression: Expression, children: Printed[]): Printed {
  switch (expression.kind) {
    case 'number':
      return printNumber(expression.value);
    case 'name':
      return value(printName(expression.name) + printSubscripts(expression.subscripts, children));
    case 'call': {
      const args = children.splice(children.length - expression.args.length).map((arg) => arg.text);
      const name = expression.name === 'MOD' ? 'MOD' : printName(expression.name);
      return value(`${name}${printSubscripts(expression.subscripts, children)}(${args.join(', ')})`);
    }
    case 'unary': {
      const sign = { neg: '-', plus: '+', not: 'NOT ' }[expression.operation];
      return { text: sign + within(children[0]!, binding.unary), binding: binding.unary };
    }
    case 'binary':
      return printBinary(expression.operation, children[0]!, children[1]!);
    case 'if': {
      const [condition, then, otherwise] = children as [Printed, Printed, Printed];
      const text = `IF ${within(condition, 1)} THEN ${within(then, 1)} ELSE ${otherwise.text}`;
      return { text, binding: binding.choice };
    }
    case 'transposed':
      return value(`${children[0]!.text}'`);
  }
}

function printBinary(operation: BinaryOperation, left: Printed, right: Printed): Printed {
  if (operation === 'min' || operation === 'max')
    return value(`${operation.toUpperCase()}(${left.text}, ${right.text})`);
  if (operation === 'pow') {
    return { text: `${within(left, binding.value)} ^ ${within(right, binding.unary)}`, binding: binding.power };
  }
  const symbol = symbolOf.get(operation)!;
  const { precedence } = binaryOperators.get(symbol)!;
  return { text: `${within(left, precedence)} ${symbol} ${within(right, precedence + 1)}`, binding: precedence };
}

function printNumber(number: number): Printed {
  if (!Number.isFinite(number)) throw new Error(`an equation cannot hold the number ${number}`);
  const text = Object.is(number, -0) ? '-0' : String(number);
  return { text, binding: text.startsWith('-') ? binding.unary : binding.value };
}

function printName(name: string): string {
  const segments = segmentsOf(name);
  return segments
    .map((segment, at) => {
      const fromWhole = segment === '' && at === 0 && segments.length > 1;
      return fromWhole || isQuoted(segment) || isBareName(segment) ? segment : quoteName(segment);
    })
    .join('.');
}

function printSubscripts(subscripts: readonly Subscript[], printed: readonly Printed[]): string {
  if (subscripts.length === 0) return '';
  const inside = printed.map(({ text }) => text).values();
  const next = () => inside.next().value!;
  return `[${subscripts.map((subscript) => printSubscript(subscript, next)).join(', ')}]`;
}

function printSubscript(subscript: Subscript, next: () => string): string {
  switch (subscript.kind) {
    case 'all':
      return '*';
    case 'each':
      return `${printName(subscript.dimension)}!`;
    case 'part':
      return `*:${printName(subscript.dimension)}`;
    case 'position':
      return `@${subscript.dimension}`;
    case 'range':
      return `${next()}:${next()}`;
    case 'one':
      return next();
  }
}

function value(text: string): Printed {
  return { text, binding: binding.value };
}

function within(printed: Printed, lowest: number): string {
  return printed.binding < lowest ? `(${printed.text})` : printed.text;
}
