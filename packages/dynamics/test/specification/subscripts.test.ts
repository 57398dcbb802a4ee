import { describe, expect, it } from 'vitest';
import { aux, codes, dimension, elements, found, series, start, xmile } from './model.fixture.ts';

const dimensions =
  dimension('DimA', 'A1', 'A2', 'A3') +
  dimension('DimB', 'B1', 'B2') +
  dimension('DimC', 'C1', 'C2', 'C3') +
  dimension('SubA', 'A2', 'A3');
const a = elements('aux', 'a[DimA]', { A1: 1, A2: 2, A3: 3 });
const b = elements('aux', 'b[DimA, DimB]', {
  'A1, B1': 11,
  'A1, B2': 12,
  'A2, B1': 21,
  'A2, B2': 22,
  'A3, B1': 31,
  'A3, B2': 32,
});
const m = elements('aux', 'm[DimA, DimA]', {
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
/** 111 to 323: the places of an element as its digits. */
const c = aux('c[DimA, DimB, DimC]', '100 * DimA + 10 * DimB + DimC');

const x = (head: string, equation: string) =>
  start({ dimensions, variables: a + b + m + c + aux(head, equation) }, 'x');
const scalar = (equation: string) => x('x', equation)[''];
const told = (head: string, equation: string) => codes({ dimensions, variables: a + b + m + c + aux(head, equation) });

describe('an equation for all elements', () => {
  it.each([
    ['x[DimB, DimA]', 'b', 31],
    ['x[DimB, DimA]', 'b[DimA, DimB]', 31],
    ['x[DimB, DimA]', "b'", 31],
  ])('%s = %s turns an array round', (head, equation, corner) => {
    const values = x(head, equation);
    expect(Object.keys(values)).toEqual(['[B1, A1]', '[B1, A2]', '[B1, A3]', '[B2, A1]', '[B2, A2]', '[B2, A3]']);
    expect(Object.values(values)).toEqual([11, 21, 31, 12, 22, 32]);
    expect(values['[B1, A3]']).toBe(corner);
  });

  it('takes every order of three dimensions by name', () => {
    expect(x('x[DimC, DimA, DimB]', 'c')['[C3, A1, B2]']).toBe(123);
    expect(x('x[DimC, DimB, DimA]', "c'")['[C3, B1, A2]']).toBe(213);
    expect(x('x[DimC, DimA]', 'c[DimA, 2, DimC]')['[C1, A3]']).toBe(321);
    expect(x('x[DimB, DimA]', 'c[DimA, DimB, C2]')['[B2, A1]']).toBe(122);
  });

  it('spreads arrays of fewer dimensions and scalars over the others', () => {
    const k = elements('aux', 'k[DimB]', { B1: 100, B2: 200 });
    const variables = `${a + b + k + aux('one', '1')}${aux('x[DimA, DimB]', 'a + k + one')}`;
    expect(Object.values(start({ dimensions, variables }, 'x'))).toEqual([102, 202, 103, 203, 104, 204]);
  });

  it('takes the diagonal of a square, and its columns', () => {
    expect(Object.values(x('x[DimA]', 'm[DimA, DimA]'))).toEqual([1, 5, 9]);
    expect(Object.values(x('x[DimA]', 'SUM(m[*, DimA])'))).toEqual([12, 15, 18]);
    expect(Object.values(x('x[DimA, DimA]', 'm[@2, @1]'))).toEqual([1, 4, 7, 2, 5, 8, 3, 6, 9]);
  });

  it('cannot say which of two equal dimensions an array of one has, with its name or without', () => {
    expect(told('x[DimA, DimA]', 'a[DimA]')).toEqual(['array.repeated_dimension']);
    expect(told('x[DimA, DimA]', 'a')).toEqual(['array.repeated_dimension']);
    expect(told('x[DimA, DimA]', 'a[@1]')).toEqual([]);
  });

  it('takes the neighbours of an element by its number', () => {
    expect(Object.values(x('x[DimA]', 'a[(DimA MOD 3) + 1]'))).toEqual([2, 3, 1]);
    expect(Object.values(x('x[DimA]', 'IF DimA = SIZE(a) THEN 0 ELSE a[DimA + 1]'))).toEqual([2, 3, 0]);
  });

  it('compares its dimension with an element, with the name of the dimension or as Vensim does', () => {
    expect(Object.values(x('x[DimA]', 'IF DimA = DimA.A2 THEN 1 ELSE 0'))).toEqual([0, 1, 0]);
    expect(Object.values(x('x[DimA]', 'IF DimA = A2 THEN 1 ELSE 0'))).toEqual([0, 1, 0]);
    expect(Object.values(x('x[SubA]', 'IF SubA = A3 THEN 1 ELSE 0'))).toEqual([0, 1]);
    expect(told('x[DimB]', 'IF DimB = A2 THEN 1 ELSE 0')).toEqual(['model.unknown_name']);
    expect(told('x[DimA, SubA]', 'IF DimA = A2 THEN 1 ELSE 0')).toContain('model.unknown_name');
  });

  it('switches between arrays and between elements', () => {
    const variables =
      a +
      elements('aux', 'other[DimA]', { A1: 10, A2: 20, A3: 30 }) +
      aux('switch', '1 + TIME MOD 2') +
      aux('x[DimA]', 'IF switch = 1 THEN a[DimA] ELSE other[DimA]') +
      aux('y', 'other[switch]');
    const all = series({ dimensions, variables });
    expect(all['x[A2]']).toEqual([2, 20, 2]);
    expect(all.y).toEqual([10, 20, 10]);
  });
});

describe('elements with equations of their own', () => {
  it('may name a dimension, or a part of one, for which the equation is', () => {
    const own = elements('aux', 'x[DimA, DimB]', { 'DimA, B1': 'a[DimA] * 2', 'DimA, B2': 'a * 3' });
    expect(Object.values(start({ dimensions, variables: a + own }, 'x'))).toEqual([2, 3, 4, 6, 6, 9]);
    const some = elements('aux', 'x[DimA]', { A1: 1, SubA: 'DimA * 5' });
    expect(Object.values(start({ dimensions, variables: some }, 'x'))).toEqual([1, 10, 15]);
    const twice = elements('aux', 'x[DimA]', { A1: 1, A2: 2, SubA: 5 });
    expect(codes({ dimensions, variables: twice })).toEqual(['array.element_twice']);
    const strange = elements('aux', 'x[DimA]', { A1: 1, DimB: 5, A2: 2, A3: 3 });
    expect(codes({ dimensions, variables: strange })).toEqual(['array.unknown_element']);
  });

  it('may have dimensions, delays and functions in them, each by itself', () => {
    const own = elements('aux', 'x[DimA]', { A1: 'a[DimA] * 2', A2: 'SMTH1(TIME, 2)', A3: 'DELAY(TIME, 2)' });
    const all = series({ dimensions, variables: a + own, specs: '<start>0</start><stop>4</stop><dt>1</dt>' });
    expect(all['x[A1]']).toEqual([2, 2, 2, 2, 2]);
    expect(all['x[A2]']).toEqual([0, 0, 0.5, 1.25, 2.125]);
    expect(all['x[A3]']).toEqual([0, 0, 0, 1, 2]);
  });

  it('are named as the file names them, however the subscripts are spelled', () => {
    const names = dimension('D', 'x, y', 'Z z', '1st');
    const own =
      `<aux name="q"><dimensions><dim name="D"/></dimensions><element subscript='"x, y"'><eqn>1</eqn></element>` +
      '<element subscript="z_Z"><eqn>2</eqn></element><element subscript=" 1st "><eqn>3</eqn></element></aux>';
    const variables = own + aux('x', 'q["x, y"] + 10 * q[Z_z] + 100 * q["1st"]');
    expect(start({ dimensions: names, variables }, 'x')).toEqual({ '': 321 });
  });

  it('come before variables and builtins of their names', () => {
    const names = dimension('D', 'time', 'pi', 'north');
    const own = elements('aux', 'q[D]', { time: 1, pi: 2, north: 3 });
    const variables = own + aux('north', '2') + aux('x', 'q[time] + q[pi] * 10 + q[north] * 100');
    expect(start({ dimensions: names, variables }, 'x')).toEqual({ '': 321 });
  });
});

describe('elements whose names are numbers', () => {
  const years = dimension('Year', '2010', '2011', '2012');
  const y = elements('aux', 'y[Year]', { 2010: 1, 2011: 2, 2012: 3 });

  it('are chosen by name where the number counts none', () => {
    const value = (equation: string) => start({ dimensions: years, variables: y + aux('x', equation) }, 'x')[''];
    expect(value('y[2011]')).toBe(2);
    expect(value('y["2011"]')).toBe(2);
    expect(value('y[3]')).toBe(3);
    expect(value('SUM(y[2011:2012])')).toBe(5);
  });

  it('are refused where the number counts another', () => {
    const reversed = dimension('Rank', '3', '2', '1');
    const values = elements('aux', 'y[Rank]', { 3: 30, 2: 20, 1: 10 });
    const file = (equation: string) => ({ dimensions: reversed, variables: values + aux('x', equation) });
    expect(codes(file('y[3]'))).toEqual(['array.ambiguous_number']);
    expect(start(file('y[2]'), 'x')['']).toBe(20);
    expect(start(file('y["3"]'), 'x')['']).toBe(30);
  });
});

describe('flat indices', () => {
  it('count the last dimension fastest, in parentheses as in brackets', () => {
    const sizes = dimension('I', 2) + dimension('J', 3) + dimension('K', 4);
    const variables =
      aux('A[I, J, K]', '100 * I + 10 * J + K') +
      aux('x', 'A(10)') +
      aux('y', 'A(RANK(A, 24))') +
      aux('z', 'A(TIME * 12 + 1)') +
      aux('w', 'SUM(A[1, 1, *] * A(1))');
    const all = series({ dimensions: sizes, variables });
    expect([all.x![0], all.y![0], all.w![0]]).toEqual([132, 234, (111 + 112 + 113 + 114) * 111]);
    expect(all.z).toEqual([111, 211, 0]);
    expect(codes({ dimensions: sizes, variables: `${aux('A[I]', 'I')}${aux('x', 'A(1, 2)')}` })).toEqual([
      'array.flat_arguments',
    ]);
  });
});

describe('parts of a dimension', () => {
  it('are taken by the names of their elements, with their name or without', () => {
    expect(x('x[SubA]', 'a[SubA] * 10')).toEqual({ '[A2]': 20, '[A3]': 30 });
    expect(x('x[SubA]', 'a * 10')).toEqual({ '[A2]': 20, '[A3]': 30 });
    expect(x('x[SubA, DimB]', 'b')['[A3, B1]']).toBe(31);
    expect(x('x[SubA]', 'SUM(b[SubA, *])')).toEqual({ '[A2]': 43, '[A3]': 63 });
    const alias = dimensions + dimension('Alias', 'A3', 'A2', 'A1');
    expect(start({ dimensions: alias, variables: a + aux('x[Alias]', 'a') }, 'x')).toEqual({
      '[A3]': 3,
      '[A2]': 2,
      '[A1]': 1,
    });
  });

  it('do not stand for the whole', () => {
    const part = aux('s[SubA]', '1');
    expect(codes({ dimensions, variables: part + aux('x[DimA]', 's[DimA]') })).toEqual(['array.dimension_mismatch']);
    expect(codes({ dimensions, variables: part + aux('x[DimA]', 's') })).toEqual(['array.needs_one']);
    expect(told('x[DimA]', 'SUM(a[SubA])')).toEqual(['array.dimension_mismatch']);
  });

  it('are summed in an equation for the whole where that is said', () => {
    expect(Object.values(x('x[DimA]', 'SUM(a[*:SubA])'))).toEqual([5, 5, 5]);
    expect(Object.values(x('x[DimA]', 'SUM(a[SubA!])'))).toEqual([5, 5, 5]);
    expect(scalar('SUM(a[SubA])')).toBe(5);
  });

  it('that share some names only are not matched by their places', () => {
    const shifted = dimensions + dimension('Shifted', 'A2', 'A3', 'A4');
    const file = { dimensions: shifted, variables: a + aux('x[Shifted]', 'a[Shifted]') };
    expect(codes(file)).toEqual(['array.dimension_mismatch']);
  });

  it('may be named alike in two dimensions', () => {
    const names = dimension('From', 'N', 'S') + dimension('To', 'N', 'S');
    const trips = elements('aux', 'd[From, To]', { 'N, N': 0, 'N, S': 5, 'S, N': 7, 'S, S': 0 });
    const variables =
      trips +
      aux('out[From]', 'SUM(d[From, *])') +
      aux('in[To]', 'SUM(d[*, To])') +
      aux('net[From]', 'out[From] - in[From]') +
      aux('back[From, To]', 'd[To, From]') +
      aux('both[From, To]', 'out * in');
    const all = series({ dimensions: names, variables });
    const first = (name: string) => all[name]![0];
    expect([first('out[N]'), first('out[S]'), first('in[N]'), first('in[S]')]).toEqual([5, 7, 7, 5]);
    expect([first('net[N]'), first('net[S]')]).toEqual([-2, 2]);
    expect([first('back[N, S]'), first('back[S, N]')]).toEqual([7, 5]);
    expect([first('both[N, N]'), first('both[N, S]'), first('both[S, N]')]).toEqual([35, 25, 49]);
  });
});

describe('mapped dimensions', () => {
  const simlin = 'xmlns:simlin="https://simlin.com/XMILE/v1.0"';
  const mapping = (target: string, pairs: Record<string, string>) => {
    const own = Object.entries(pairs).map(([from, to]) => `<simlin:elem from="${from}" to="${to}"/>`);
    return `<simlin:mapping ${simlin} target="${target}">${own.join('')}</simlin:mapping>`;
  };
  const mapped = (name: string, names: string[], marks: string) =>
    `<dim name="${name}">${names.map((element) => `<elem name="${element}"/>`).join('')}${marks}</dim>`;

  it('stand for each other element by element', () => {
    const dims =
      dimension('DimA', 'A1', 'A2', 'A3') + mapped('DimD', ['D1', 'D2', 'D3'], '<isee:maps_to>DimA</isee:maps_to>');
    const variables =
      a + aux('x[DimD]', 'a[DimA] * 2') + aux('y[DimD]', 'a * 2') + aux('z[DimD]', 'a[DimD] * 2') + aux('w[DimA]', 'x');
    for (const name of ['x', 'y', 'z', 'w']) {
      expect(Object.values(start({ dimensions: dims, variables }, name))).toEqual([2, 4, 6]);
    }
  });

  it('stand for the elements that the mapping names', () => {
    const marks = mapping('DimA', { D1: 'A3', D2: 'A2', D3: 'A1' });
    const dims = dimension('DimA', 'A1', 'A2', 'A3') + mapped('DimD', ['D1', 'D2', 'D3'], marks);
    const variables =
      a + aux('x[DimD]', 'a[DimA] * 2') + aux('y[DimD]', 'a * 2') + aux('z[DimD]', 'a[DimD] * 2') + aux('w[DimA]', 'x');
    for (const name of ['x', 'y', 'z']) {
      expect(start({ dimensions: dims, variables }, name)).toEqual({ '[D1]': 6, '[D2]': 4, '[D3]': 2 });
    }
    expect(start({ dimensions: dims, variables }, 'w')).toEqual({ '[A1]': 2, '[A2]': 4, '[A3]': 6 });
    expect(codes({ dimensions: dims, variables })).toEqual([]);
  });

  it('may stand for several elements, in the direction that leaves no choice', () => {
    const countries = dimension('Country', 'C1', 'C2', 'C3') + dimension('Islands', 'C2', 'C3');
    const dims = countries + mapped('Region', ['R1', 'R2'], mapping('Country', { R1: 'C1', R2: 'Islands' }));
    const rate = elements('aux', 'rate[Region]', { R1: 10, R2: 20 });
    const file = (equation: string) => ({ dimensions: dims, variables: rate + aux('x[Country]', equation) });
    expect(Object.values(start(file('rate[Region] + Country'), 'x'))).toEqual([11, 22, 23]);
    expect(Object.values(start(file('rate'), 'x'))).toEqual([10, 20, 20]);
    const back = aux('size[Country]', 'Country') + aux('x[Region]', 'size[Country]');
    expect(codes({ dimensions: dims, variables: back })).toEqual(['array.dimension_elsewhere']);
  });

  it('are told where they cannot be', () => {
    const file = (marks: string) => ({
      dimensions: dimension('DimA', 'A1', 'A2') + mapped('DimD', ['D1', 'D2', 'D3'], marks),
      variables: aux('x', '1'),
    });
    expect(codes(file('<isee:maps_to>Nowhere</isee:maps_to>'))).toEqual(['dimension.unknown']);
    expect(codes(file('<isee:maps_to>DimA</isee:maps_to>'))).toEqual(['array.dimension_mismatch']);
    expect(codes(file(mapping('DimA', { D1: 'A7' })))).toEqual(['array.unknown_element']);
    expect(codes(file(mapping('DimA', { D7: 'A1' })))).toEqual(['array.unknown_element']);
  });

  it('match by place without any mapping, where they have the same size and no name in common', () => {
    expect(Object.values(x('x[DimC]', 'a[DimC]'))).toEqual([1, 2, 3]);
    expect(told('x[DimC]', 'a[DimA]')).toEqual(['array.dimension_elsewhere']);
    expect(told('x[DimC]', 'a')).toEqual(['array.needs_one']);
  });
});

describe('findings', () => {
  it('tell a variable that has the name of a dimension, where it could be either', () => {
    const names = dimension('Age', 3);
    const file = (equation: string) => ({ dimensions: names, variables: aux('age', '7') + aux('x[Age]', equation) });
    expect(codes(file('Age * 2'))).toEqual(['array.variable_or_dimension']);
    expect(Object.values(start({ dimensions: names, variables: aux('age', '7') + aux('y', 'age') }, 'y'))).toEqual([7]);
  });

  it('name the variable and the line', () => {
    const [one] = found(xmile({ dimensions, variables: `${a}\n${aux('x', 'a[B1]')}` }));
    expect(one).toMatchObject({ code: 'array.wrong_dimension', variable: 'x', place: { line: 7 } });
  });
});
