import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectValue } from '../diagnostic.ts';
import { expressions, withoutPlaces } from './arbitrary.fixture.ts';
import type { Expression } from './expression.ts';
import { parseExpression } from './parser.ts';
import { printExpression } from './printer.ts';

const place = { line: 1, column: 1 };
const parse = (text: string) => expectValue(parseExpression({ text, place }));

describe('printExpression', () => {
  it('gives text that means the same', () => {
    fc.assert(
      fc.property(expressions, (expression) => {
        expect(withoutPlaces(parse(printExpression(expression)))).toBe(withoutPlaces(expression));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['((a+b))*c', '(a + b) * c'],
    ['a+(b*c)', 'a + b * c'],
    ['a-(b-c)-(d)', 'a - (b - c) - d'],
    ['(-2)^2', '(-2) ^ 2'],
    ['-(2^2)', '-2 ^ 2'],
    ['2^(-1)', '2 ^ -1'],
    ['(2^3)^4', '(2 ^ 3) ^ 4'],
    ['2^(3^4)', '2 ^ 3 ^ 4'],
    ['not(a)and not(b or c)', 'NOT a AND NOT (b OR c)'],
    ['(a<b)=(c>=d)', 'a < b = c >= d'],
    ['a<(b=c)', 'a < (b = c)'],
    ['if a then b else if c then d else e', 'IF a THEN b ELSE IF c THEN d ELSE e'],
    ['(if a then b else c)+1', '(IF a THEN b ELSE c) + 1'],
    ['mod(a , b) mod c', 'MOD(a, b) MOD c'],
    ["f( a[ i , 1:3,*,*:Part, @2 ] , B' )", "f(a[i, 1:3, *, *:Part, @2], B')"],
    ['1e300*1E-7', '1e+300 * 1e-7'],
    ['{of } "a.b" . 5'.replace(' . 5', '.c'), '"a.b".c'],
  ])('%s becomes %s', (text, printed) => {
    expect(printExpression(parse(text))).toBe(printed);
  });

  it('puts names into quotes that need them, and refuses what no text can say', () => {
    const name: Expression = { kind: 'name', name: 'net flow-2', subscripts: [], place };
    expect(printExpression(name)).toBe('"net flow-2"');
    expect(printExpression({ kind: 'number', value: -3, place })).toBe('-3');
    expect(() => printExpression({ kind: 'number', value: Number.NaN, place })).toThrow('NaN');
  });

  it('needs no call stack for a long chain', () => {
    const text = Array.from({ length: 20_000 }, (_, at) => `a${at}`).join(' + ');
    expect(printExpression(parse(text))).toBe(text);
  });
});
