import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DiagnosticCode, expectValue, sentenceOf } from '../diagnostic.ts';
import { binaryOperations } from '../program/operations.ts';
import type { Expression } from './expression.ts';
import { longestEquation } from './lexer.ts';
import { deepestNesting, parseExpression } from './parser.ts';
import { printExpression } from './printer.ts';
import { foldExpression } from './walk.ts';

const place = { line: 1, column: 1 };
const read = (text: string) => parseExpression({ text, place });
const parse = (text: string): Expression => expectValue(read(text));

/** The expression with all parentheses written, so that the shape can be seen. */
function shape(text: string): string {
  return foldExpression<string>(parse(text), (inner, children) => {
    switch (inner.kind) {
      case 'number':
        return String(inner.value);
      case 'name':
        return inner.subscripts.length === 0 ? inner.name : `${inner.name}[${children.join(',')}]`;
      case 'call':
        return `${inner.name}(${children.join(',')})`;
      case 'unary':
      case 'binary':
        return `(${inner.operation} ${children.join(' ')})`;
      case 'if':
        return `(if ${children.join(' ')})`;
      case 'transposed':
        return `(transposed ${children.join(' ')})`;
    }
  });
}

function computed(text: string): number {
  return foldExpression<number>(parse(text), (inner, children) => {
    if (inner.kind === 'number') return inner.value;
    if (inner.kind === 'unary')
      return { neg: -children[0]!, plus: children[0]!, not: Number(!children[0]) }[inner.operation];
    if (inner.kind === 'binary') return binaryOperations[inner.operation](children[0]!, children[1]!);
    if (inner.kind === 'if') return children[0] === 0 ? children[2]! : children[1]!;
    throw new Error(inner.kind);
  });
}

function refusal(text: string): { code: DiagnosticCode; line: number; column: number } {
  const outcome = read(text);
  if (outcome.ok) throw new Error(`${text} was accepted`);
  const [found] = outcome.errors;
  expect(sentenceOf(found!, 'zh')).not.toMatch(/\{\w+\}/);
  expect(found!.message).not.toMatch(/\{\w+\}/);
  return { code: found!.code, ...found!.place! };
}

describe('precedence (XMILE 1.0 §3.3.1)', () => {
  it.each([
    ['-2^2', -4],
    ['(-2)^2', 4],
    ['2^-1', 0.5],
    ['2^3^2', 512],
    ['2^-1^2', 0.5],
    ['-2^-2', -0.25],
    ['2*-3', -6],
    ['7 - 3 - 2', 2],
    ['16 / 4 / 2', 2],
    ['7 mod 4 * 2', 6],
    ['-7 MOD 3', 2],
    ['7 MOD -3', -2],
    ['1 + 2 * 3', 7],
    ['NOT 0 + 1', 2],
    ['NOT 1 = 0', 1],
    ['1 < 2 = 2 > 1', 1],
    ['3 > 2 > 1', 0],
    ['1 OR 0 AND 0', 1],
    ['0 = 1 AND 1', 0],
    ['- - 3', 3],
    ['+-+3', -3],
    ['IF 1 > 2 THEN 1 ELSE 2 + 3', 5],
    ['1 + IF 1 THEN 2 ELSE 3 + 4', 3],
    ['(IF 0 THEN 2 ELSE 3) + 4', 7],
    ['if 1 then if 0 then 1 else 2 else 3', 2],
    ['IF (0) THEN (1) ELSE IF (1) THEN 2 ELSE 3', 2],
    ['6E5', 600_000],
    ['+8.123e-10', 8.123e-10],
    ['14.', 14],
    ['.375', 0.375],
    ['1e-999', 0],
  ])('%s is %d', (text, value) => {
    expect(computed(text)).toBe(value);
  });

  it('binds as written', () => {
    expect(shape('(x < 5) and (y >= 3)')).toBe('(and (lt x 5) (ge y 3))');
    expect(shape('a <> b AND NOT c OR d')).toBe('(or (and (ne a b) (not c)) d)');
    expect(shape('a*b { take product } + c {{nested} comment}')).toBe('(add (mul a b) c)');
    expect(shape('MOD(a, b) mod -c')).toBe('(mod MOD(a,b) (neg c))');
    expect(shape('IF a OR b THEN c - d ELSE e')).toBe('(if (or a b) (sub c d) e)');
  });
});

describe('names and calls', () => {
  it('keeps names as written', () => {
    expect(shape('Cash_Balance + "wom multiplier" + "revenue\\ngap" + 期末_库存')).toBe(
      '(add (add (add Cash_Balance "wom multiplier") "revenue\\ngap") 期末_库存)',
    );
    expect(shape('marketing.expenditures + .cost + "a.b"."c d"')).toBe(
      '(add (add marketing.expenditures .cost) "a.b"."c d")',
    );
    expect(shape('"if" + "MOD" + iffy + order + m.if')).toBe('(add (add (add (add "if" "MOD") iffy) order) m.if)');
    expect(shape('a\\nb + x\u00a0y')).toBe('(add a\\nb x\u00a0y)');
    expect(shape('产量*（税率）')).toBe('(mul 产量 （税率）)');
  });

  it('tells calls with and without arguments from names', () => {
    expect(shape('PI + PI() + TIME')).toBe('(add (add PI PI()) TIME)');
    expect(parse('gf[i](x)')).toMatchObject({ kind: 'call', name: 'gf', subscripts: [{ kind: 'one' }] });
    expect(parse('f (x, (y))')).toMatchObject({ kind: 'call', name: 'f', args: [{ name: 'x' }, { name: 'y' }] });
  });

  it('reads every form of subscript', () => {
    const subscripts = 'a[i, *, 1:3, Dim-1, *:Part, @2, b[j], Location.Boston, x:y]';
    expect(parse(subscripts)).toMatchObject({
      kind: 'name',
      name: 'a',
      subscripts: [
        { kind: 'one', value: { name: 'i' } },
        { kind: 'all' },
        { kind: 'range', low: { value: 1 }, high: { value: 3 } },
        { kind: 'one', value: { kind: 'binary', operation: 'sub' } },
        { kind: 'part', dimension: 'Part' },
        { kind: 'position', dimension: 2 },
        { kind: 'one', value: { name: 'b', subscripts: [{ kind: 'one' }] } },
        { kind: 'one', value: { name: 'Location.Boston' } },
        { kind: 'range' },
      ],
    });
  });

  it('reads transposition, of which two are none', () => {
    expect(shape("A' ^ 2")).toBe('(pow (transposed A) 2)');
    expect(parse("A[M, 1, N]'")).toMatchObject({ kind: 'transposed', operand: { subscripts: { length: 3 } } });
    expect(parse("A''")).toMatchObject({ kind: 'name', name: 'A' });
  });
});

describe('places', () => {
  it('are those in the file', () => {
    const text = 'a {\r\n c}+\n  b(\r  x *"q\nr" - 1)';
    const found: string[] = [];
    foldExpression(expectValue(parseExpression({ text, place: { line: 7, column: 11 } })), (inner) => {
      const label = 'name' in inner ? inner.name : 'operation' in inner ? inner.operation : inner.kind;
      found.push(`${label} ${inner.place.line}:${inner.place.column}`);
    });
    expect(found).toEqual([
      'a 7:11',
      'x 10:3',
      '"q\nr" 10:6',
      'mul 10:5',
      'number 11:6',
      'sub 11:4',
      'b 9:3',
      'add 8:4',
    ]);
  });
});

describe('refusals', () => {
  it.each<[string, DiagnosticCode, number, number]>([
    ['', 'equation.empty', 1, 1],
    [' {Enter equation here} ', 'equation.empty', 1, 24],
    ['a +', 'equation.ended_without_value', 1, 4],
    ['a * / b', 'equation.missing_value', 1, 5],
    ['a MOD MOD b', 'equation.missing_value', 1, 7],
    ['a AND', 'equation.ended_without_value', 1, 6],
    ['birth rate', 'equation.missing_operator', 1, 7],
    ['2 (3)', 'equation.missing_operator', 1, 3],
    ['A[2, 3][1]', 'equation.missing_operator', 1, 8],
    ['(a', 'equation.ended', 1, 3],
    ['(a]', 'equation.unexpected', 1, 3],
    ['a)', 'equation.left_over', 1, 2],
    ['a ELSE b', 'equation.left_over', 1, 3],
    ['a : b', 'equation.left_over', 1, 3],
    ['0.1, 0.3', 'equation.list', 1, 4],
    ['f(a,)', 'equation.missing_value', 1, 5],
    ['f(a b)', 'equation.unexpected', 1, 5],
    ['a[]', 'equation.missing_value', 1, 3],
    ['a[1', 'equation.ended', 1, 4],
    ['a[*:3]', 'equation.missing_value', 1, 5],
    ['@1', 'equation.missing_value', 1, 1],
    ['IF a', 'equation.ended', 1, 5],
    ['IF a THEN b', 'equation.ended', 1, 12],
    ['IF a ELSE b', 'equation.unexpected', 1, 6],
    ['1.5.2', 'equation.number', 1, 1],
    ['2x', 'equation.number', 1, 1],
    ['1e', 'equation.number', 1, 1],
    ['a + 1e999', 'equation.number_range', 1, 5],
    ['"a', 'equation.unclosed_quote', 1, 1],
    ['b.""', 'equation.empty_name', 1, 3],
    ['"  "+1', 'equation.empty_name', 1, 1],
    ['a {b', 'equation.unclosed_comment', 1, 3],
    ['{a {b}', 'equation.unclosed_comment', 1, 1],
    ['a }', 'equation.comment_end', 1, 3],
    ['a == b', 'equation.operator', 1, 3],
    ['a != b', 'equation.operator', 1, 3],
    ['a ** b', 'equation.operator', 1, 3],
    ['a && b', 'equation.operator', 1, 3],
    ['a || b', 'equation.operator', 1, 3],
    ['a :AND: b', 'equation.operator', 1, 3],
    [':NOT: a', 'equation.operator', 1, 1],
    ['!a', 'equation.operator', 1, 1],
    ['a % b', 'equation.operator', 1, 3],
    ['a +\u2003b', 'equation.character', 1, 4],
    ['a; b', 'equation.character', 1, 2],
    ['a . b', 'equation.character', 1, 3],
    ['$a', 'equation.character', 1, 1],
    ["f(a)'", 'equation.left_over', 1, 5],
  ])('%j is %s', (text, code, line, column) => {
    expect(refusal(text)).toEqual({ code, line, column });
  });
});

describe('bounds', () => {
  const nested = (open: string, close: string, depth: number) => open.repeat(depth) + 1 + close.repeat(depth);

  it('reads deep nesting up to a bound, and no deeper', () => {
    expect(read(nested('(', ')', deepestNesting)).ok).toBe(true);
    expect(read(nested('a OR a AND a=a<a+a*g[', ']', deepestNesting)).ok).toBe(true);
    expect(read(nested('a OR a AND a=a<a+a*IF 1 THEN 2 ELSE ', '', deepestNesting)).ok).toBe(true);
    for (const [open, close] of [
      ['(', ')'],
      ['-', ''],
      ['NOT ', ''],
      ['2^', ''],
      ['f(', ')'],
      ['a[', ']'],
      ['IF 1 THEN 2 ELSE ', ''],
      ['IF ', ' THEN 1 ELSE 2'],
      ['a+(b*-(', '))'],
    ] as const) {
      expect(refusal(nested(open, close, Math.floor(200_000 / (open + close).length))).code).toBe('equation.too_deep');
    }
  });

  it('reads long chains, names, numbers and comments', () => {
    expect(read(Array(20_000).fill('variable').join(' - ')).ok).toBe(true);
    expect(read(Array(20_000).fill('a^-b').join(' OR ')).ok).toBe(true);
    expect(read(`"${'x\\"'.repeat(80_000)}"`).ok).toBe(true);
    expect(read('名'.repeat(longestEquation)).ok).toBe(true);
    expect(read(`0.${'1'.repeat(200_000)}`).ok).toBe(true);
    expect(refusal('1'.repeat(200_000)).code).toBe('equation.number_range');
    expect(read(`1${'{'.repeat(100_000)}${'}'.repeat(100_000)}`).ok).toBe(true);
    expect(refusal(`"${'x'.repeat(200_000)}`).code).toBe('equation.unclosed_quote');
    expect(refusal(`a${'\u00a0'.repeat(100_000)}"`).code).toBe('equation.unclosed_quote');
    expect(refusal(`a${'\\n'.repeat(100_000)}`).code).toBe('equation.character');
    expect(refusal('a'.repeat(longestEquation + 1)).code).toBe('equation.too_long');
  });

  it('answers any text', () => {
    const pieces = ['(', ')', '[', ']', '{', '}', '"', '\\', ',', ':', '*', '-', '^', '<', '=', '>', '.', "'", '@1'];
    const words = [
      'a',
      'IF ',
      ' THEN ',
      ' ELSE ',
      ' mod ',
      'NOT ',
      '1',
      '2e',
      ' ',
      '\n',
      '库',
      '😀',
      '\ud800',
      '\u00a0',
    ];
    const soup = fc.array(fc.constantFrom(...pieces, ...words), { maxLength: 40 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(soup, fc.string({ unit: 'binary', maxLength: 60 })), (text) => {
        const outcome = read(text);
        if (outcome.ok) return;
        expect(outcome.errors).toHaveLength(1);
        expect(outcome.errors[0]!.code).toMatch(/^equation\./);
        expect(outcome.errors[0]!.place).toBeDefined();
      }),
      { numRuns: 20_000 },
    );
  });

  it('takes the names of builtins with the blanks that other tools write', () => {
    const text = (source: string) => printExpression(expectValue(parseExpression({ text: source, place })));
    expect(text('DELAY FIXED(a, 2, 0) + 1')).toBe('DELAY_FIXED(a, 2, 0) + 1');
    expect(text('2 * initial time')).toBe('2 * initial_time');
    expect(text('IF THEN ELSE(a > 1, 2, 3)')).toBe('IF_THEN_ELSE(a > 1, 2, 3)');
    for (const wrong of ['a b', 'a b(1)', 'DELAY FIXED', '"DELAY" FIXED(1)', 'IF THEN 1 ELSE 2']) {
      expect(parseExpression({ text: wrong, place }).ok, wrong).toBe(false);
    }
  });
});
