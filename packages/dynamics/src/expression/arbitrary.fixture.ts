import fc from 'fast-check';
import type { Expression, NameExpression, Subscript } from './expression.ts';
import { binaryOperators } from './parser.ts';

const place = { line: 1, column: 1 };

const names = fc.constantFrom(
  'a',
  'Birth_Rate',
  '"net flow"',
  'm.x',
  '.x',
  '"a.b".c',
  '库存',
  '"if"',
  'TIME',
  '"q\\"\\n"',
);
const numbers = fc.oneof(
  fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map(Math.abs),
  fc.nat().map((value) => value / 4),
);

const at = fc.constant(place);

const { expression } = fc.letrec<{ expression: Expression; subscripts: Subscript[]; name: NameExpression }>((tie) => {
  const inner = tie('expression');
  const subscript = fc.oneof<fc.Arbitrary<Subscript>[]>(
    fc.constant({ kind: 'all', place }),
    fc.record({ kind: fc.constantFrom('part' as const, 'each' as const), dimension: names, place: at }),
    fc.record({ kind: fc.constant('position' as const), dimension: fc.integer({ min: 1, max: 9 }), place: at }),
    fc.record({ kind: fc.constant('range' as const), low: inner, high: inner, place: at }),
    fc.record({ kind: fc.constant('one' as const), value: inner, place: at }),
  );
  const name = fc.record({ kind: fc.constant('name' as const), name: names, subscripts: tie('subscripts'), place: at });
  const args = fc.array(inner, { maxLength: 3 });
  const unary = fc.constantFrom<('neg' | 'plus' | 'not')[]>('neg', 'plus', 'not');
  const binary = fc.constantFrom('pow', ...[...binaryOperators.values()].map(({ operation }) => operation));
  const choice = fc
    .tuple(inner, inner, inner)
    .map(([condition, then, otherwise]): Expression => ({ kind: 'if', condition, then, otherwise, place }));
  return {
    subscripts: fc.oneof(
      { weight: 3, arbitrary: fc.constant<Subscript[]>([]) },
      { weight: 1, arbitrary: fc.array(subscript, { minLength: 1, maxLength: 3 }) },
    ),
    name,
    expression: fc.oneof(
      { maxDepth: 7, depthSize: 'small' as const, withCrossShrink: true },
      fc.record({ kind: fc.constant('number' as const), value: numbers, place: at }),
      tie('name'),
      fc.record({ kind: fc.constant('transposed' as const), operand: tie('name'), place: at }),
      fc.record({ kind: fc.constant('call' as const), name: names, subscripts: tie('subscripts'), args, place: at }),
      args.map((some): Expression => ({ kind: 'call', name: 'MOD', subscripts: [], args: some, place })),
      fc.record({ kind: fc.constant('unary' as const), operation: unary, operand: inner, place: at }),
      fc.record({ kind: fc.constant('binary' as const), operation: binary, left: inner, right: inner, place: at }),
      choice,
    ),
  };
});

/** Expressions as the parser makes them, all places the same. */
export const expressions: fc.Arbitrary<Expression> = expression;

/** The expression as text that leaves out the places, so that two can be compared. */
export function withoutPlaces(expression: Expression): string {
  return JSON.stringify(expression, (key, value: unknown) => (key === 'place' ? undefined : value));
}
