import { describe, expect, it } from 'vitest';
import { sentenceOf } from '../diagnostic.ts';
import type { SourceVariable } from '../xmile/source.ts';
import { checkUnits } from './check.ts';
import { type PlainUnit, sourceFile, sourceModel, variable } from './model.fixture.ts';

const place = { line: 1, column: 1 };
const table = { kind: 'continuous' as const, name: undefined, x: [0, 1], y: [0, 1], place };

const known: SourceVariable[] = [
  variable('people', '100', 'people'),
  variable('births', '3', 'people/year'),
  variable('area', '4', 'km^2'),
  variable('age', '30', 'years'),
  variable('ratio', '0.5', 'Dmnl'),
  variable('mystery', '7'),
  variable('effect', undefined, 'people', { kind: 'gf', graphicalFunction: table }),
  variable('人口', '5', '人'),
];

/** What is said of an equation, as codes, with the place and the details that matter. */
function check(equation: string, units?: string, more: { timeUnits?: string; units?: PlainUnit[] } = {}): string[] {
  const model = sourceModel([...known, variable('x', equation, units)]);
  return checkUnits(sourceFile([model], { timeUnits: 'year', ...more })).map((found) => {
    expect(found.severity).toBe('warning');
    expect(found.variable).toBe('x');
    for (const sentence of [found.message, sentenceOf(found, 'zh')]) expect(sentence).not.toMatch(/\{\w+\}/);
    return `${found.code.slice(6)} ${found.place?.column}: ${Object.values(found.details).join(' | ')}`;
  });
}

describe('equations in order', () => {
  it.each<[string, string?]>([
    ['births + people/age', 'people/year'],
    ['people + 5', 'people'],
    ['5 - people', 'people'],
    ['MAX(0, people - 10)', 'people'],
    ['people > 5', '1'],
    ['IF TIME > 5 AND people >= 3 THEN births ELSE 0', 'people/yr'],
    ['IF people THEN births ELSE -births', 'people/yr'],
    ['0.04', 'people/person/year'],
    ['-(2*3)^2/4', 'widgets'],
    ['2*people', 'people'],
    ['people/2', 'people'],
    ['1/age', '1/year'],
    ['area^0.5', 'km'],
    ['SQRT(area)*people', 'km*people'],
    ['SQRT(area)^4', 'km^4'],
    ['people^-1', '1/people'],
    ['(people/people)^ratio', 'Dmnl'],
    ['2^(TIME/age)', 'Dmnl'],
    ['people^ratio', 'Dmnl'],
    ['EXP(-TIME/age)*people', 'people'],
    ['EXP(2)', 'widgets'],
    ['ABS(births)', 'people/year'],
    ['TIME MOD 12', 'years'],
    ['TIME - STARTTIME', 'years'],
    ['DT*births', 'people'],
    ['PI*area', 'km^2'],
    ['mystery + people', 'widgets'],
    ['people + births*mystery', 'people'],
    ['mystery*(births + mystery)', 'km'],
    ['effect(TIME)', 'people'],
    ['effect(people/area) + people', 'people'],
    ['unheard_of(people, area) + area', 'widgets'],
    ['people + births'],
    ['people + births +', 'people'],
    ['people[births + area]', 'people'],
    ['SELF', 'anything'],
    ['PREVIOUS(SELF, 0) + people', 'people'],
    ['SIN(angle)', '1'],
    ['人口*2', '人'],
    ['STEP(births, 5) + PULSE(people, 5)', 'people/year'],
    ['std.ABS(births)', 'people/year'],
    ["people'", 'people'],
  ])('%s in %s', (equation, units) => {
    const expected = equation === 'people + births' ? 1 : 0;
    expect(check(equation, units)).toHaveLength(expected);
  });
});

describe('equations out of order', () => {
  it.each<[string, string | undefined, string[]]>([
    ['people + births', 'people', ['mismatch 8: + | people | people | births | people/year']],
    ['births*age - area', undefined, ['mismatch 12: - | births * age | people | area | km^2']],
    ['people < births', undefined, ['mismatch 8: < | people | people | births | people/year']],
    ['people <> area + 1', undefined, ['mismatch 8: <> | people | people | area + 1 | km^2']],
    ['people MOD area', undefined, ['mismatch 8: MOD | people | people | area | km^2']],
    ['IF 1 THEN people ELSE area', 'people', ['branches 1: people | people | area | km^2']],
    ['MAX(people, 3, area)', undefined, ['arguments 16: MAX | people | people | area | km^2']],
    ['EXP(people)', 'Dmnl', ['not_dimensionless 5: EXP | people | people']],
    ['2^age', undefined, ['not_dimensionless 3: ^ | age | year']],
    ['people*age', 'people', ['equation 7: people | people*year']],
    ['ratio*2', 'people', ['equation 6: people | Dmnl']],
    ['TIME', 'days', ['equation 1: days | year']],
    ['effect(people)', 'km', ['equation 1: km | people']],
    ['people/area', 'people/km', ['equation 7: people/km | people/km^2']],
    ['SQRT(people)', 'people', ['equation 1: people | people^(1/2)']],
    ['人口 + people', '人', ['mismatch 4: + | 人口 | 人 | people | people']],
    [
      '(people + area)*(births + age)',
      'widgets',
      ['mismatch 9: + | people | people | area | km^2', 'mismatch 25: + | births | people/year | age | year'],
    ],
  ])('%s in %s', (equation, units, findings) => {
    expect(check(equation, units)).toEqual(findings);
  });

  it('says once what units cannot be read, and is silent about what depends on them', () => {
    expect(check('people', '1000 people')).toEqual(['unreadable 1: 1000 people']);
    const model = sourceModel([
      variable('a', '1', 'a b c ?'),
      variable('b', 'a + c', 'people'),
      variable('c', '1', 'km'),
    ]);
    expect(checkUnits(sourceFile([model])).map(({ code, variable: name }) => [code, name])).toEqual([
      ['units.unreadable', 'a'],
    ]);
  });

  it('shortens long terms', () => {
    const [found] = check(`people + (${Array(30).fill('area').join('+')})`);
    expect(found!.length).toBeLessThan(120);
  });
});

describe('variables of every kind', () => {
  const codes = (variables: SourceVariable[], timeUnits?: string) =>
    checkUnits(sourceFile([sourceModel([...known, ...variables])], timeUnits === undefined ? {} : { timeUnits })).map(
      ({ code, variable: name, details }) => `${code} ${name} ${Object.values(details).join(' | ')}`,
    );

  it('compares a stock with its flows over time', () => {
    const model = (flowUnits: string | undefined, stockUnits: string | undefined) => [
      variable('stock', '100', stockUnits, { kind: 'stock', inflows: ['In_Flow'], outflows: ['out'] }),
      variable('in flow', '1', flowUnits, { kind: 'flow' }),
      variable('out', '1', undefined, { kind: 'flow' }),
    ];
    expect(codes(model('people/yr', 'people'), 'Year')).toEqual([]);
    expect(codes(model('people/month', 'people'), 'Year')).toEqual([
      'units.flow stock in flow | people/month | stock | people | people/Year',
    ]);
    expect(codes(model('people', 'people'), 'Year')).toHaveLength(1);
    expect(codes(model('people/month', 'people'))).toEqual([]);
    expect(codes(model('people/month', undefined), 'Year')).toEqual([]);
    expect(codes(model(undefined, 'people'), 'Year')).toEqual([]);
  });

  it('checks the initial value, and each element of an array', () => {
    const element = (text: string) => ({
      subscripts: ['1'],
      equation: { text, place },
      graphicalFunction: undefined,
      initialEquation: undefined,
      nonNegative: undefined,
      place,
    });
    expect(codes([variable('stock', 'area', 'people', { kind: 'stock' })])).toHaveLength(1);
    expect(codes([variable('x', '1', 'people', { initialEquation: { text: 'area', place } })])).toHaveLength(1);
    const elements = [element('people'), element('area'), element('5'), element('area*2')];
    expect(codes([variable('x', undefined, 'people', { elements })])).toHaveLength(2);
  });

  it('leaves the input of a graphical function its own units', () => {
    expect(codes([variable('x', 'area', 'people', { graphicalFunction: table })])).toEqual([]);
    expect(codes([variable('x', 'area + people', 'people', { graphicalFunction: table })])).toHaveLength(1);
  });

  it('uses a macro only where its value declares units of its own', () => {
    const macro = (units: string | undefined) => ({
      name: 'GROWTH',
      parameters: [{ name: 'input', default: undefined }],
      equation: { text: 'result', place },
      variables: [variable('result', 'input', units)],
      timeSpecs: undefined,
      documentation: undefined,
      place,
    });
    const found = (units: string | undefined) =>
      checkUnits(sourceFile([sourceModel([variable('x', 'growth(5)', 'people')])], { macros: [macro(units)] })).length;
    expect(found('km')).toBe(1);
    expect(found('people')).toBe(0);
    expect(found(undefined)).toBe(0);
    expect(found('input/km')).toBe(0);
  });
});

describe('modules', () => {
  const modules = (from: string, to: string, inputUnits: string) => {
    const module = {
      name: 'Market',
      model: 'Market',
      connections: [{ to, from, place: { line: 5, column: 2 } }],
      place,
    };
    const whole = sourceModel([...known, variable('x', 'market.demand + people', 'people')], '', [module]);
    const inner = sourceModel([variable('input', '0', inputUnits), variable('demand', 'input', 'km')], 'Market');
    return checkUnits(sourceFile([whole, inner])).map(({ code, variable: name }) => `${code} ${name}`);
  };

  it('compares both ends of a connection, and reads through modules', () => {
    expect(modules('area', 'input', 'people')).toEqual([
      'units.mismatch x',
      'units.connection Market.input',
      'units.equation Market.demand',
    ]);
    expect(modules('.people', 'input', 'km')).toEqual(['units.mismatch x', 'units.connection Market.input']);
    expect(modules('market.demand', 'input', 'km')).toEqual(['units.mismatch x']);
    expect(modules('nowhere.at.all', 'none', 'km')).toEqual(['units.mismatch x']);
  });
});

describe('bounds', () => {
  it('takes long and wild equations in its stride', () => {
    const long = Array.from({ length: 20_000 }, (_, at) => (at % 2 === 0 ? 'people' : 'births')).join(' + ');
    expect(check(long, 'people')).toHaveLength(1);
    expect(check(Array(5000).fill('people').join('*'), 'people')).toEqual([]);
    expect(check('people^1e300*people^-1e300', 'people')).toEqual([]);
    const many = Array.from({ length: 2000 }, (_, at) => variable(`v${at}`, '1', `unit${at}`));
    const product = variable('x', many.map(({ name }) => name).join('*'), 'people');
    expect(checkUnits(sourceFile([sourceModel([...many, product])]))).toEqual([]);
  });
});
