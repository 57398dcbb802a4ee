import { describe, expect, it } from 'vitest';
import { aux, dimension, findings, flow, over, run, stock } from './run.fixture.ts';

const size = dimension('size', 'small', 'large');
const color = dimension('color', 'red', 'green', 'blue');
const place = '<dim name="place" size="3"/>';

function elements(name: string, dimensions: string, values: Record<string, string | number>): string {
  const own = Object.entries(values).map(([subscript, value]) => {
    return `<element subscript="${subscript}"><eqn>${value}</eqn></element>`;
  });
  return `<aux name="${name}">${dimensions}${own.join('')}</aux>`;
}

const table = elements('table', over('size', 'color'), {
  'small, red': 1,
  'small, green': 2,
  'small, blue': 3,
  'large, red': 10,
  'large, green': 20,
  'large, blue': 30,
});
const line = elements('line', over('place'), { 1: 5, 2: 6, 3: 7 });

/** The first value of each output whose name begins with `prefix`, without what follows the name. */
function values(variables: string, prefix: string, dimensions = size + color + place): Record<string, number> {
  const all = run({ dimensions, variables });
  const own = Object.entries(all).filter(([name]) => name === prefix || name.startsWith(`${prefix}[`));
  return Object.fromEntries(own.map(([name, [first]]) => [name.slice(prefix.length), first!]));
}

function value(equation: string, variables = table + line): number | undefined {
  return values(variables + aux('x', equation), 'x')[''];
}

describe('elements', () => {
  it('gives each element of an array its name, in row-major order', () => {
    expect(Object.keys(values(table, 'table'))).toEqual([
      '[small, red]',
      '[small, green]',
      '[small, blue]',
      '[large, red]',
      '[large, green]',
      '[large, blue]',
    ]);
  });

  it('mixes an equation for all with equations for some', () => {
    const some = '<element subscript="green"><eqn>7</eqn></element>';
    expect(values(aux('x', '1', over('color') + some), 'x')).toEqual({ '[red]': 1, '[green]': 7, '[blue]': 1 });
  });

  it('tells elements without an equation, twice with one, and those that are not there', () => {
    const broken =
      elements('a', over('size'), { small: 1 }) +
      elements('b', over('size'), { small: 1, tiny: 2, large: 3 }) +
      '<aux name="c"><dimensions><dim name="size"/></dimensions><eqn>1</eqn><element subscript="small"><eqn>1</eqn></element><element subscript="SMALL"><eqn>2</eqn></element></aux>';
    expect(findings({ dimensions: size, variables: broken })).toEqual([
      'a: array.no_equation',
      'b: array.unknown_element',
      'c: array.element_twice',
    ]);
  });

  it('knows the dimensions that there are', () => {
    expect(findings({ variables: aux('x', '1', over('nowhere')) })).toEqual(['x: dimension.unknown']);
  });
});

describe('subscripts', () => {
  it.each([
    ['table[small, blue]', 3],
    ['table[LARGE, Red]', 10],
    ['table[2, 3]', 30],
    ['table[size.large, color.green]', 20],
    ['table[1 + 1, green]', 20],
    ['line[2]', 6],
    ['table[5]', 20],
    ['table[1]', 1],
  ])('%s is %d', (equation, expected) => expect(value(equation)).toBe(expected));

  it('are numbers of the run where they are computed', () => {
    const variables = line + aux('x', 'line[TIME + 1]') + table + aux('y', 'table[TIME + 1, TIME + 2]');
    const all = run({ dimensions: size + color + place, variables });
    expect(all.x).toEqual([5, 6, 7]);
    expect(all.y).toEqual([2, 30, 0]);
  });

  it('outside the dimension give 0 with a warning', () => {
    expect(value('line[4]')).toBe(0);
    expect(value('line[0]')).toBe(0);
    expect(findings({ dimensions: place, variables: line + aux('x', 'line[4]') })).toEqual(['x: array.out_of_range']);
  });

  it.each([
    ['line[1, 2]', 'array.subscript_count'],
    ['table[1, 2, 3]', 'array.subscript_count'],
    ['table[small]', 'array.subscript_count'],
    ['table[red, small]', 'array.wrong_dimension'],
    ['table[tiny, red]', 'array.unknown_element'],
    ['table', 'array.needs_one'],
    ['line[*]', 'array.needs_one'],
    ['line[1:2]', 'array.needs_one'],
    ['table[size, red]', 'array.dimension_elsewhere'],
    ['line[@1]', 'array.position'],
    ['scalar[1]', 'array.scalar_subscripted'],
    ['SUM(line[3:1])', 'array.range'],
    ['SUM(line[1:4])', 'array.range'],
    ['SUM(line[TIME:2])', 'array.range'],
    ['SUM(line[1:2] * line)', 'array.sizes'],
  ])('%s is the error %s', (equation, code) => {
    const variables = table + line + aux('scalar', '1') + aux('x', equation);
    expect(findings({ dimensions: size + color + place, variables })).toEqual([`x: ${code}`]);
  });

  it('prefers elements to variables of the same name, and refuses what could be two things', () => {
    expect(value('table[small, red]', table + aux('red', '3') + aux('small', '2'))).toBe(1);
    const clash = dimension('a', 'b', 'c') + dimension('b', 'd', 'e');
    const variables = aux('y', '1', over('a')) + aux('x', 'y[b]', over('b'));
    expect(findings({ dimensions: clash, variables })).toEqual(['x: array.ambiguous_element']);
  });
});

describe('equations for all elements', () => {
  it('take the element of the same name from other arrays, named or not', () => {
    const variables = table + aux('x', 'table * 2 + table[size, color]', over('size', 'color'));
    expect(values(variables, 'x')['[large, green]']).toBe(60);
  });

  it('match dimensions by name, whatever their order', () => {
    expect(values(table + aux('x', 'table', over('color', 'size')), 'x')['[green, large]']).toBe(20);
  });

  it('take slices', () => {
    expect(values(table + aux('x', 'table[large, *] + table[small, color]', over('color')), 'x')).toEqual({
      '[red]': 11,
      '[green]': 22,
      '[blue]': 33,
    });
  });

  it('know the number of the element by the name of the dimension', () => {
    const variables = line + aux('x', 'IF place > 1 THEN line[place - 1] * 10 + place ELSE -1', over('place'));
    expect(values(variables, 'x')).toEqual({ '[1]': -1, '[2]': 52, '[3]': 63 });
    expect(findings({ dimensions: place, variables })).toEqual([]);
    expect(values(aux('x', 'IF size < size.large THEN 1 ELSE 2', over('size')), 'x')).toEqual({
      '[small]': 1,
      '[large]': 2,
    });
  });

  it('can run through the array', () => {
    const variables = line + aux('x', 'IF place = 1 THEN line[1] ELSE x[place - 1] + line', over('place'));
    expect(values(variables, 'x')).toEqual({ '[1]': 5, '[2]': 11, '[3]': 18 });
  });

  it('let a dimension stand for a part of another by name, and for one of the same size by place', () => {
    const dimensions = color + dimension('warm', 'blue', 'red') + dimension('letter', 'a', 'b', 'c');
    const source = elements('y', over('color'), { red: 1, green: 2, blue: 3 });
    expect(values(source + aux('x', 'y[warm]', over('warm')), 'x', dimensions)).toEqual({ '[blue]': 3, '[red]': 1 });
    expect(values(source + aux('x', 'y[letter]', over('letter')), 'x', dimensions)).toEqual({
      '[a]': 1,
      '[b]': 2,
      '[c]': 3,
    });
    expect(findings({ dimensions, variables: source + aux('x', 'y', over('letter')) })).toEqual(['x: array.needs_one']);
    const other = dimensions + size;
    expect(findings({ dimensions: other, variables: source + aux('x', 'y[size]', over('size')) })).toEqual([
      'x: array.dimension_mismatch',
    ]);
  });

  it('match numbered dimensions of one size by place', () => {
    const dimensions = `${place}<dim name="month" size="3"/>`;
    expect(values(line + aux('x', 'line', over('month')), 'x', dimensions)).toEqual({ '[1]': 5, '[2]': 6, '[3]': 7 });
  });

  it('know the position operator and transposition', () => {
    const dimensions = dimension('row', 'a', 'b');
    const unequal = elements('u', over('row', 'row'), { 'a, a': 1, 'a, b': 2, 'b, a': 3, 'b, b': 4 });
    expect(values(`${unequal}${aux('x', "u'", over('row', 'row'))}`, 'x', dimensions)).toEqual({
      '[a, a]': 1,
      '[a, b]': 3,
      '[b, a]': 2,
      '[b, b]': 4,
    });
    expect(values(`${unequal}${aux('x', 'u[@2, @1]', over('row', 'row'))}`, 'x', dimensions)['[a, b]']).toBe(3);
    expect(values(`${unequal}${aux('x', 'u', over('row', 'row'))}`, 'x', dimensions)['[a, b]']).toBe(2);
    for (const equation of ['u[row, row]', 'row']) {
      const variables = unequal + aux('x', equation, over('row', 'row'));
      expect(findings({ dimensions, variables })).toEqual(['x: array.repeated_dimension']);
    }
  });
});

describe('array functions', () => {
  it.each([
    ['SUM(line)', 18],
    ['SUM(line[*])', 18],
    ['SUM(line[2:3])', 13],
    ['SUM(table[large, *])', 60],
    ['SUM(table[*, red])', 11],
    ['SUM(table[*, green:blue])', 55],
    ['SUM(table)', 66],
    ['MEAN(line)', 6],
    ['MIN(line)', 5],
    ['MAX(line[*], 6.5)', 7],
    ['SIZE(table)', 6],
    ['SIZE(table[*, red])', 2],
    ['PROD(line)', 210],
    ['SUM(line * line)', 110],
    ['SUM(line[*] * line[*] + 1)', 113],
    ['SUM(line[1:2] * line[2:3])', 72],
    ['SUM(ABS(-line))', 18],
    ['SUM(line / SUM(line))', 1],
    ['SUM(IF line > 5 THEN line ELSE 0)', 13],
    ['SUM(table[*, *] * table[*, *])', 1414],
    ['RANK(line, 1)', 1],
    ['SUM(MAX(line, 6))', 19],
  ])('%s is %d', (equation, expected) => expect(value(equation)).toBeCloseTo(expected, 12));

  it('spread over the dimensions that the equation lacks, with the element for those that it has', () => {
    const variables = table + aux('x', 'SUM(table[size, *])', over('size'));
    expect(values(variables, 'x')).toEqual({ '[small]': 6, '[large]': 60 });
    expect(values(table + aux('x', 'table / SUM(table[size, *])', over('size', 'color')), 'x')['[large, blue]']).toBe(
      0.5,
    );
    expect(values(table + aux('x', 'SUM(table[size, color])', over('size')), 'x')).toEqual({
      '[small]': 6,
      '[large]': 60,
    });
  });

  it('combine different dimensions', () => {
    const sizes = elements('s', over('size'), { small: 1, large: 2 });
    const colors = elements('c', over('color'), { red: 10, green: 20, blue: 30 });
    expect(value('SUM(s[*] + c[*])', sizes + colors)).toBe(3 * 3 + 2 * 60);
  });

  it('refuse numbered dimensions of one size that could be meant together', () => {
    const dimensions = `${place}<dim name="month" size="3"/>`;
    const variables = line + aux('m', '1', over('month')) + aux('g', '1', over('month', 'place'));
    expect(findings({ dimensions, variables: variables + aux('x', 'SUM(line * m)') })).toEqual([
      'x: array.ambiguous_axes',
    ]);
    expect(findings({ dimensions, variables: variables + aux('x', 'SUM(g)') })).toEqual([]);
  });

  it('know SELF, and parts of a dimension', () => {
    const variables =
      aux('x', 'SIZE(SELF)', over('size', 'color')) + aux('y', 'SIZE(SELF[*, red])', over('size', 'color'));
    expect(values(variables, 'x')['[small, red]']).toBe(6);
    expect(values(variables, 'y')['[small, red]']).toBe(2);
    const part = color + size + place + dimension('warm', 'red', 'blue');
    expect(values(table + aux('x', 'SUM(table[small, *:warm])'), 'x', part)['']).toBe(4);
  });

  it('of two arguments take one element of an array of the equation, as the largest of it and 0', () => {
    expect(values(line + aux('x', 'MAX(line, 6)', over('place')), 'x')).toEqual({ '[1]': 6, '[2]': 6, '[3]': 7 });
    expect(values(line + aux('x', 'MAX(line[*], 6)', over('place')), 'x')['[1]']).toBe(7);
  });
});

describe('stocks and flows of arrays', () => {
  it('go element by element', () => {
    const variables =
      `<stock name="s">${over('place')}<eqn>line</eqn><inflow>f</inflow></stock>` +
      flow('f', 'place * 10', over('place')) +
      line;
    const all = run({ dimensions: place, variables });
    expect(all['s[1]']).toEqual([5, 15, 25]);
    expect(all['s[3]']).toEqual([7, 37, 67]);
  });

  it('keep a delay of its own for each element', () => {
    const variables = line + aux('x', 'PREVIOUS(line * TIME, -place)', over('place'));
    const all = run({ dimensions: place, variables });
    expect(all['x[1]']).toEqual([-1, 0, 5]);
    expect(all['x[3]']).toEqual([-3, 0, 7]);
  });

  it('tell flows of other dimensions', () => {
    const variables = stock('s', '1', `${over('size')}<inflow>f</inflow>`) + flow('f', '1', over('color'));
    expect(findings({ dimensions: size + color, variables })).toEqual([
      's[small]: array.needs_one',
      's[large]: array.needs_one',
    ]);
  });
});

describe('graphical functions of arrays', () => {
  const gf = (...y: number[]) => `<gf><xscale min="0" max="1"/><ypts>${y.join()}</ypts></gf>`;

  it('are one for each element, or one for all', () => {
    const own =
      `<aux name="g">${over('size')}<element subscript="small"><eqn>0.5</eqn>${gf(0, 10)}</element>` +
      `<element subscript="large"><eqn>0.5</eqn>${gf(0, 100)}</element></aux>`;
    const all = `<aux name="h">${over('size')}<eqn>size / 4</eqn>${gf(0, 8)}</aux>`;
    const variables = `${own}${all}${aux('x', 'g(0.25)', over('size'))}${aux('y', 'g[large](0.1) + LOOKUP(g[small], 1)')}`;
    expect(values(variables, 'g')).toEqual({ '[small]': 5, '[large]': 50 });
    expect(values(variables, 'h')).toEqual({ '[small]': 2, '[large]': 4 });
    expect(values(variables, 'x')).toEqual({ '[small]': 2.5, '[large]': 25 });
    expect(values(variables, 'y')['']).toBe(20);
  });
});
