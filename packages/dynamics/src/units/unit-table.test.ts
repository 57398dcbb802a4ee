import { describe, expect, it } from 'vitest';
import { type PlainUnit, sourceUnits } from './model.fixture.ts';
import { sameUnit } from './unit.ts';
import { UnitTable } from './unit-table.ts';

function isSame(one: string, other: string, units: readonly PlainUnit[] = []): boolean {
  const table = new UnitTable(sourceUnits(units));
  const [left, right] = [table.read(one), table.read(other)];
  if (typeof left === 'string' || typeof right === 'string') throw new Error(`${one}: ${left}, ${other}: ${right}`);
  return sameUnit(left, right);
}

describe('UnitTable', () => {
  it.each([
    ['years', 'Yr'],
    ['1/year', 'per_Years'],
    ['1', 'Dmnl'],
    ['Dimensionless', 'unitless'],
    ['People', 'person'],
    ['$/mo', 'Dollars per month'],
    ['m^2', 'm*m'],
    ['a/b/b', 'a/b^2'],
    ['a*b/b', 'a'],
    ['square miles', 'Square_Miles'],
    ['Dmnl/day', '1/days'],
    ['%', '%'],
  ])('%s is %s', (one, other) => {
    expect(isSame(one, other)).toBe(true);
  });

  it.each([
    ['widget', 'widgets'],
    ['%', '1'],
    ['fraction', '1'],
    ['hours', 'minutes'],
    ['a/b', 'b/a'],
    ['人', '年'],
  ])('%s is not %s', (one, other) => {
    expect(isSame(one, other)).toBe(false);
  });

  it('follows the definitions and aliases of the file', () => {
    const units = [
      { name: 'Person', aliases: ['Folk', 'People'] },
      { name: 'Folk', aliases: ['Folks'] },
      { name: 'Square Miles', equation: 'Miles^2', aliases: ['sqmi'] },
      { name: 'density', equation: 'folks/sqmi' },
      { name: 'head', equation: 'Person' },
      { name: 'kn', equation: 'Miles/hr', aliases: ['knots', 'miles per h'] },
      { name: 'ratio', equation: '1' },
      { name: '人', aliases: ['名'] },
    ];
    expect(isSame('density', 'persons/(miles*Miles)', units)).toBe(true);
    expect(isSame('head*knots', 'people*miles/hour', units)).toBe(true);
    expect(isSame('miles per h', 'knots', units)).toBe(true);
    expect(isSame('ratio', 'Dmnl', units)).toBe(true);
    expect(isSame('人/年', '名/年', units)).toBe(true);
  });

  it('lets the file decide over short forms and disabled units', () => {
    expect(isSame('s', 'seconds', [{ name: 'subscribers', aliases: ['s'] }])).toBe(false);
    expect(isSame('s', 'subscribers', [{ name: 'subscribers', aliases: ['s'] }])).toBe(true);
    expect(isSame('annum', 'yr', [{ name: 'Annum', aliases: ['Years'] }])).toBe(true);
    expect(isSame('unit', 'units', [{ name: 'Unit', disabled: true }])).toBe(false);
    expect(isSame('Dollar', '$', [{ name: 'Dollar', equation: '$', aliases: ['Dollars', '$s'] }])).toBe(true);
  });

  it('tells of circular and unreadable definitions, and knows nothing of what needs them', () => {
    const table = new UnitTable(
      sourceUnits([
        { name: 'a', equation: 'b*c' },
        { name: 'b', equation: 'a/d' },
        { name: 'e', equation: 'e^2' },
        { name: 'f', equation: '1000*kg' },
        { name: 'twin', equation: 'other' },
        { name: 'other', equation: 'twin' },
        { name: 'self', aliases: ['self'] },
      ]),
    );
    expect(table.findings.map(({ code, place }) => [code, place?.line])).toEqual([
      ['units.circular', 1],
      ['units.circular', 3],
      ['units.unreadable', 4],
    ]);
    expect(['a', 'b/x', 'e', 'f*g'].map((text) => table.read(text))).toEqual(Array(4).fill('unknown'));
    expect(table.read('twin*self')).toHaveProperty('size', 2);
    expect(table.read('what ever/?')).toBe('unreadable');
  });

  it('stays within bounds', () => {
    const doubling = Array.from({ length: 40 }, (_, at) => ({ name: `u${at}`, equation: `u${at + 1}*u${at + 1}` }));
    expect(new UnitTable(sourceUnits(doubling)).read('u0')).toBe('unknown');
    const chain = Array.from({ length: 20_000 }, (_, at) => ({ name: `u${at}`, equation: `u${at + 1}*v` }));
    expect(new UnitTable(sourceUnits(chain)).read('u0')).toBe('unknown');
    const aliases = Array.from({ length: 20_000 }, (_, at) => ({ name: `u${at}`, equation: `u${at + 1}` }));
    const table = new UnitTable(sourceUnits(aliases));
    expect(table.read('u0')).toEqual(table.read('u20000'));
    const wide = Array.from({ length: 150 }, (_, at) => `base${at}`).join('*');
    expect(new UnitTable([]).read(wide)).toBe('unreadable');
    expect(new UnitTable([]).read('a^101')).toBe('unreadable');
  });

  it('writes units as the file spells them', () => {
    const table = new UnitTable(sourceUnits([{ name: 'Widget', aliases: ['Widgets'] }]));
    const written = (text: string) => {
      const unit = table.read(text);
      return typeof unit === 'string' ? unit : table.format(unit);
    };
    expect(written('Widgets*km^2/Month/人^3')).toBe('Widgets*km^2/Month/人^3');
    expect(written('1/Month')).toBe('1/Month');
    expect(written('Month/months')).toBe('Dmnl');
    expect(written('widget')).toBe('Widgets');
  });
});
