import { describe, expect, it } from 'vitest';
import { expectValue } from '../diagnostic.ts';
import { parseExpression } from './parser.ts';
import { foldExpression, referencesOf, visit } from './walk.ts';

const parse = (text: string) => expectValue(parseExpression({ text, place: { line: 1, column: 1 } }));

describe('visit', () => {
  it('goes through the text in order and leaves out what is asked', () => {
    const seen: string[] = [];
    visit(parse('IF a THEN f(b[i, 1:j]) ELSE -c * d'), (inner) => {
      seen.push(inner.kind === 'name' || inner.kind === 'call' ? inner.name : inner.kind);
      return inner.kind !== 'unary';
    });
    expect(seen).toEqual(['if', 'a', 'f', 'b', 'i', 'number', 'j', 'binary', 'unary', 'd']);
  });

  it('walks a chain of 20,000 terms', () => {
    let names = 0;
    visit(parse(Array(20_000).fill('x').join('+')), (inner) => {
      if (inner.kind === 'name') names++;
    });
    expect(names).toBe(20_000);
  });
});

describe('foldExpression', () => {
  it('computes from the inside out', () => {
    const sum = foldExpression<number>(parse('1+2+(3+4)+x[5]'), (inner, children) =>
      inner.kind === 'number' ? inner.value : children.reduce((total, child) => total + child, 0),
    );
    expect(sum).toBe(15);
  });
});

describe('referencesOf', () => {
  it('finds names, functions, subscripts and parts of dimensions, with places', () => {
    expect(referencesOf(parse("SUM(a[Dim, *:Part]) + gf[i](TIME)\n+ m.x'"))).toEqual([
      { name: 'SUM', called: true, place: { line: 1, column: 1 } },
      { name: 'a', called: false, place: { line: 1, column: 5 } },
      { name: 'Part', called: false, place: { line: 1, column: 12 } },
      { name: 'Dim', called: false, place: { line: 1, column: 7 } },
      { name: 'gf', called: true, place: { line: 1, column: 23 } },
      { name: 'i', called: false, place: { line: 1, column: 26 } },
      { name: 'TIME', called: false, place: { line: 1, column: 29 } },
      { name: 'm.x', called: false, place: { line: 2, column: 3 } },
    ]);
  });
});
