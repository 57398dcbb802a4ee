import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aux, codes, dimension, elements, macro, series, start } from './model.fixture.ts';

const dimensions =
  dimension('DimA', 'A1', 'A2', 'A3') +
  dimension('DimB', 'B1', 'B2') +
  dimension('SubA', 'A2', 'A3') +
  dimension('Year', 4);
const a = elements('aux', 'a[DimA]', { A1: 1, A2: 2, A3: 3 });
const b = elements('aux', 'b[DimA, DimB]', {
  'A1, B1': 11,
  'A1, B2': 12,
  'A2, B1': 21,
  'A2, B2': 22,
  'A3, B1': 31,
  'A3, B2': 32,
});
const rows = elements('aux', 'm[DimA, DimA]', {
  'A1, A1': 1,
  'A1, A2': 2,
  'A1, A3': 3,
  'A2, A1': 4,
  'A2, A2': 5,
  'A2, A3': 6,
  'A3, A1': 7,
  'A3, A2': 8,
  'A3, A3': 9,
});
const point = (y: string) => `<gf><xscale min="0" max="2"/><ypts>${y}</ypts></gf>`;
const table =
  '<gf name="tab"><dimensions><dim name="DimA"/></dimensions>' +
  ['0,1,2', '0,10,20', '0,100,200'].map((y, at) => `<element subscript="A${at + 1}">${point(y)}</element>`).join('') +
  '</gf>';
const given = a + b + rows + table + aux('growth[Year]', '1 + Year / 10');

const x = (head: string, equation: string) => start({ dimensions, variables: given + aux(head, equation) }, 'x');
const told = (head: string, equation: string) => codes({ dimensions, variables: given + aux(head, equation) });

describe('a number of an array', () => {
  it.each([
    ['SUM(b[*, B2])', 66],
    ['SUM(a[*] * b[*, B1])', 11 + 42 + 93],
    ['SUM(a * b)', 23 + 86 + 189],
    ['SUM(b[A1:A2, *])', 66],
    ['SUM(a[A1:A2] * a[A2:A3])', 2 + 6],
    ['MEAN(a * 2 + 1)', 5],
    ['MEAN(b[A2, *])', 21.5],
    ['STDDEV(a * 2)', Math.sqrt(8 / 3)],
    ['STDDEV(b[A1, *])', 0.5],
    ['PROD(a)', 6],
    ['PROD(a[A2:A3] + 1)', 12],
    ['MIN(a * 2)', 2],
    ['MIN(a, b)', 1],
    ['MAX(b[*, B1])', 31],
    ['MAX(a, 2.5)', 3],
    ['MAX(SUM(a), SUM(b))', 129],
    ['SIZE(b[A1, *])', 2],
    ['SIZE(b)', 6],
    ['SIZE(DimA)', 3],
    ['ELMCOUNT(SubA)', 2],
    ['RANK(b, 3)', 3],
    ['RANK(-a, 1)', 3],
    ['RANK(b[*, B1], 2)', 2],
    ['SUM(IF a > 1 THEN a ELSE 0)', 5],
    ['SUM(a / SUM(a))', 1],
    ['SUM(a * 0 + SUM(b[*, B1]))', 189],
    ['SUM(m)', 45],
    ['SUM(m[*, *])', 45],
    ['SUM(a[*] * m[*, *])', 6 + 30 + 72],
  ])('%s is %d', (equation, expected) => expect(x('x', equation)['']).toBeCloseTo(expected, 12));

  it('is of the whole in an equation for elements, unless the name of a dimension says otherwise', () => {
    expect(Object.values(x('x[DimA]', 'a / SUM(a)'))).toEqual([1 / 6, 1 / 3, 1 / 2]);
    expect(Object.values(x('x[DimA]', 'b[DimA, B1] / SUM(b[DimA, *])'))).toEqual([11 / 23, 21 / 43, 31 / 63]);
    expect(Object.values(x('x[DimB]', 'SUM(a * b[*, DimB])'))).toEqual([146, 152]);
    expect(Object.values(x('x[DimA]', 'RANK(b[DimA, *], 2)'))).toEqual([2, 2, 2]);
    expect(Object.values(x('x[DimA]', 'SIZE(DimA)'))).toEqual([3, 3, 3]);
  });

  it('is that of matrices and vectors', () => {
    expect(Object.values(x('x[DimA]', 'SUM(m[DimA, *] * a[*])'))).toEqual([14, 32, 50]);
    expect(Object.values(x('x[DimA]', 'SUM(m[*, DimA] * a[*])'))).toEqual([30, 36, 42]);
    expect(Object.values(x('x[DimA, DimA]', 'SUM(m[@1, *] * m[*, @2])'))).toEqual([
      30, 36, 42, 66, 81, 96, 102, 126, 150,
    ]);
  });

  it('takes ranges up to the element of the equation', () => {
    const values = Object.values(x('x[Year]', 'PROD(growth[1:Year])'));
    [1.1, 1.32, 1.716, 2.4024].forEach((expected, at) => void expect(values[at]).toBeCloseTo(expected, 12));
    expect(Object.values(x('x[Year]', 'SUM(growth[Year:4]) - 1.4'))[3]).toBeCloseTo(0, 12);
    expect(told('x[Year]', 'SUM(growth[1:Year - 1])')).toEqual(['array.range']);
  });

  it('takes the larger of two element by element where both are arrays of the equation', () => {
    expect(Object.values(x('x[DimA]', 'MAX(a, 2)'))).toEqual([2, 2, 3]);
    expect(Object.values(x('x[DimA]', 'MIN(a[DimA], b[DimA, B1] - 19)'))).toEqual([-8, 2, 3]);
    expect(Object.values(x('x[DimA]', 'MAX(b[DimA, *], 22)'))).toEqual([22, 22, 32]);
  });
});

describe('dimensions named in an array function', () => {
  it.each([
    ['SUM(a[DimA!])', 6],
    ['SUM(a[DimA])', 6],
    ['VMAX(a[SubA!])', 3],
    ['SUM(b[DimA!, DimB!])', 129],
    ['SUM(MAX(a[DimA!], 2))', 7],
    ['SUM(MAX(a[DimA], 2))', 7],
    ['SUM(MAX(a, 2))', 7],
    ['SUM(MAX(a[*], 2))', 3],
    ['SUM(m[DimA, DimA])', 15],
    ['SUM(m[DimA!, DimA!])', 15],
    ['SUM(a[DimA] * m[DimA, *])', 6 + 30 + 72],
    ['SUM(a[DimA] * SUM(b[DimA, *]))', 23 + 86 + 189],
    ['SUM(a[DimA] * SUM(m[DimA, *]))', 6 + 30 + 72],
  ])('run over its elements: %s is %d', (equation, expected) => expect(x('x', equation)['']).toBe(expected));

  it('run over those that the mark of Vensim says', () => {
    expect(Object.values(x('x[DimA]', 'SUM(b[DimA, DimB!])'))).toEqual([23, 43, 63]);
    expect(told('x', 'MAX(a[DimA!], 2)')).toEqual(['array.each_outside']);
    expect(told('x', 'a[DimA!]')).toEqual(['array.needs_one']);
    expect(told('x', 'NOT a[A1]! = 2')).toEqual(['equation.operator']);
  });

  it('are refused where a wildcard could be the same or another', () => {
    expect(told('x', 'SUM(m[*, DimA])')).toEqual(['array.repeated_dimension']);
    expect(told('x', 'SUM(a[DimA] * SUM(m[DimA, *] * a[*]))')).toEqual(['array.repeated_dimension']);
  });
});

describe('functions with state inside array functions', () => {
  it('have it for each element', () => {
    const all = series({
      dimensions,
      variables: `${given}${aux('x', 'SUM(SMTH1(a[DimA!] * TIME, 1))')}${aux('y', 'SUM(DELAY1(a[*] * TIME, a[*]))')}`,
      specs: '<start>0</start><stop>3</stop><dt>1</dt>',
    });
    expect(all.x).toEqual([0, 0, 6, 12]);
    // Each stage holds the input · time; one of 1 gives the input of the last step, those of 2 and 3 a share of it.
    const content = [0, 0, 0];
    const expected = [0, 1, 2, 3].map((time) => {
      const flows = content.map((level, at) => level / (at + 1));
      content.forEach((level, at) => {
        content[at] = level + (at + 1) * time - flows[at]!;
      });
      return flows.reduce((sum, flow) => sum + flow, 0);
    });
    all.y!.forEach((value, at) => void expect(value).toBeCloseTo(expected[at]!, 12));
  });
});

describe('graphical functions', () => {
  it('of an array are summed like any array', () => {
    for (const equation of [
      'SUM(LOOKUP(tab[*], TIME))',
      'SUM(tab[*](TIME))',
      'SUM(tab(TIME))',
      'SUM(LOOKUP(tab, TIME))',
    ]) {
      expect(series({ dimensions, variables: given + aux('x', equation) }).x).toEqual([0, 111, 222]);
    }
    const weighted = aux('x', 'SUM(tab[DimA!](TIME) * a[DimA!])');
    expect(series({ dimensions, variables: given + weighted }).x).toEqual([0, 321, 642]);
  });

  it('that are no array are lists of their y values', () => {
    const curve = `<gf name="rising"><xscale min="0" max="2"/><ypts>0,5,20</ypts></gf>`;
    const held = `<aux name="held"><eqn>TIME</eqn>${point('3,5,20')}</aux>`;
    const variables =
      curve +
      held +
      aux('second', 'rising[2]') +
      aux('size', 'SIZE(rising)') +
      aux('largest', 'MAX(held)') +
      aux('above', 'MAX(held, 4)') +
      aux('moving', 'rising[TIME + 2]');
    const all = series({ variables });
    expect([all.second![0], all.size![0], all.largest![0]]).toEqual([5, 3, 20]);
    expect(all.above).toEqual([4, 5, 20]);
    expect(all.moving).toEqual([5, 20, 0]);
  });

  it('may have another name than the variable that holds them', () => {
    const variables =
      `<aux name="holder"><eqn>TIME</eqn><gf name="rising"><xscale min="0" max="2"/><ypts>0,5,20</ypts></gf></aux>` +
      aux('x', 'rising(0.5) + LOOKUP(rising, 1.5)') +
      '<aux name="z"><eqn>1.5</eqn><gf name="rising"/></aux>';
    const all = series({ variables });
    expect(all.x![0]).toBe(15);
    expect(all.z![0]).toBe(12.5);
  });

  it('of the elements share one equation (the example of XMILE 1.0 §4.5.3)', () => {
    const own = ['<yscale min="0" max="50"/><ypts>0,50,25</ypts>', '<yscale min="0" max="100"/><ypts>90,10,50</ypts>'];
    const tables = own.map((inner, at) => {
      return `<element subscript="${at + 1}"><gf><xscale min="1" max="9"/>${inner}</gf></element>`;
    });
    const over = '<dimensions><dim name="X"/></dimensions>';
    const g = `<aux name="g">${over}${tables.join('')}<eqn>TIME</eqn><units>buildings</units></aux>`;
    const variables = g + aux('called', 'g[2](5) + g[1](3)');
    const all = series({ dimensions: dimension('X', 2), variables });
    expect(all['g[1]']).toEqual([0, 0, 12.5]);
    expect(all['g[2]']).toEqual([90, 90, 70]);
    expect(all.called![0]).toBe(35);
  });
});

/** Sizes 2, 3 and 2; an array has its places as the digits of its values. */
const sizes: Record<string, number> = { I: 2, J: 3, K: 2 };
const orders = fc.shuffledSubarray(['I', 'J', 'K'], { minLength: 1 });
type Written = { kind: 'name' } | { kind: 'number'; number: number } | { kind: 'all' };

describe('any reference', () => {
  const reference = fc.record({
    order: orders,
    written: fc.array(
      fc.oneof(
        fc.constant<Written>({ kind: 'name' }),
        fc.integer({ min: 1, max: 2 }).map((number): Written => ({ kind: 'number', number })),
        fc.constant<Written>({ kind: 'all' }),
      ),
      { minLength: 3, maxLength: 3 },
    ),
  });

  it('has the value that its subscripts say', () => {
    fc.assert(
      fc.property(orders, fc.array(reference, { minLength: 1, maxLength: 3 }), (own, references) => {
        const names = references.map((_, at) => `y${at}`);
        const sourceOf = (order: string[]) => order.map((dim, at) => `${dim} * ${10 ** at}`).join(' + ');
        const terms = references.map(({ order, written }, at) => {
          const subscripts = order.map((dim, place) => {
            const one = written[place]!;
            if (one.kind === 'number') return String(one.number);
            return one.kind === 'name' && own.includes(dim) ? dim : '*';
          });
          return `${at + 1} * SUM(${names[at]}[${subscripts.join(', ')}])`;
        });
        const variables =
          references.map(({ order }, at) => aux(`${names[at]}[${order.join()}]`, sourceOf(order))).join('') +
          aux(`x[${own.join()}]`, terms.join(' + '));
        const dims = Object.entries(sizes).map(([name, size]) => dimension(name, size));
        const got = start(
          { dimensions: dims.join(''), variables, specs: '<start>0</start><stop>0</stop><dt>1</dt>' },
          'x',
        );
        for (const places of allPlaces(own)) {
          const expected = references.reduce((sum, { order, written }, at) => {
            const ranges = order.map((dim, place) => {
              const one = written[place]!;
              if (one.kind === 'number') return [one.number];
              const here = places[dim];
              return one.kind === 'name' && here !== undefined ? [here] : upTo(sizes[dim]!);
            });
            return sum + (at + 1) * summed(ranges);
          }, 0);
          expect(got[`[${own.map((dim) => places[dim]).join(', ')}]`]).toBe(expected);
        }
      }),
      { numRuns: 150 },
    );
  });
});

function upTo(size: number): number[] {
  return Array.from({ length: size }, (_, at) => at + 1);
}

function allPlaces(order: readonly string[]): Record<string, number>[] {
  return order.reduce<Record<string, number>[]>(
    (all, dim) => all.flatMap((places) => upTo(sizes[dim]!).map((place) => ({ ...places, [dim]: place }))),
    [{}],
  );
}

/** The sum over all combinations of the digits. */
function summed(ranges: readonly number[][]): number {
  const all = ranges.reduce<number[][]>(
    (lists, range) => lists.flatMap((list) => range.map((one) => [...list, one])),
    [[]],
  );
  return all.reduce((sum, digits) => sum + digits.reduce((value, digit, at) => value + digit * 10 ** at, 0), 0);
}

describe('arrays that a macro is given', () => {
  it('are summed there', () => {
    const more = macro('TOTAL', ['all'], 'SUM(all) + SUM(all[*]) + SIZE(all) + SUM(all[1:2])');
    const variables = given + aux('x', 'TOTAL(b[A2, *])');
    expect(start({ dimensions, variables, more }, 'x')).toEqual({ '': 43 + 43 + 2 + 43 });
  });
});
