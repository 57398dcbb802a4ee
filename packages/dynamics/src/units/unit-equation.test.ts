import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readUnitEquation } from './unit-equation.ts';

const read = (text: string, names: readonly string[] = []) => {
  const factors = readUnitEquation(text, (name) => names.includes(name));
  return factors?.map(({ name, exponent }) => `${name}^${exponent}`).join(' ');
};

describe('readUnitEquation', () => {
  it.each([
    ['people', 'people^1'],
    ['people/day', 'people^1 day^-1'],
    ['widgets*hours', 'widgets^1 hours^1'],
    ['m^2', 'm^2'],
    ['m^-2', 'm^-2'],
    ['m^(-2)', 'm^-2'],
    ['1/yr', 'yr^-1'],
    ['1', ''],
    ['1/1', ''],
    ['/day', 'day^-1'],
    ['$', '$^1'],
    ['$/Hours', '$^1 Hours^-1'],
    ['US$/Months', 'US$^1 Months^-1'],
    ['%', '%^1'],
    ['% per year', '%^1 year^-1'],
    ['Meters/Second^2', 'Meters^1 Second^-2'],
    ['Meters/Second/Second', 'Meters^1 Second^-1 Second^-1'],
    ['Meters/(Second-Second)', 'Meters^1 Second^-1 Second^-1'],
    ['Meters per Second^2', 'Meters^1 Second^-2'],
    ['a/b*c', 'a^1 b^-1 c^1'],
    ['a/(b/c)', 'a^1 b^-1 c^1'],
    ['(a*b)^2/(c*d)^2', 'a^2 b^2 c^-2 d^-2'],
    ['square miles', 'square miles^1'],
    ['square_miles / metric_ton', 'square miles^1 metric ton^-1'],
    ['Months Per Year', 'Months^1 Year^-1'],
    ['per_second', 'second^-1'],
    ['1 per year', 'year^-1'],
    ['(a*b) per c', 'a^1 b^1 c^-1'],
    ['people per person per year', 'people^1 person^-1 year^-1'],
    ['"miles per hour"/day', 'miles per hour^1 day^-1'],
    ['CO2 eq/m^3', 'CO2 eq^1 m^-3'],
    ['phase 2', 'phase 2^1'],
    ['人/年', '人^1 年^-1'],
    ['万元 * 公里^2', '万元^1 公里^2'],
    ['°C', '°C^1'],
  ])('%s', (text, factors) => {
    expect(read(text)).toBe(factors);
  });

  it('takes a known name with per as a whole', () => {
    expect(read('miles per hour * hour', ['miles per hour'])).toBe('miles per hour^1 hour^1');
  });

  it.each([
    '',
    '*',
    'a*',
    'a//b',
    '(a',
    'a)',
    'a^',
    'a^b',
    '2',
    '1000 people',
    '100*a',
    'per',
    'a per',
    '2nd',
    'a+b',
    'a.b',
    '"',
    '""',
    'a [0,1]',
    'a^(1/2)',
    '-a',
  ])('%j is no unit equation', (text) => {
    expect(read(text)).toBeUndefined();
  });

  it('answers any text, deep or long', () => {
    expect(read(`${'('.repeat(500)}a${')'.repeat(499)}`)).toBeUndefined();
    expect(read(`${'('.repeat(30)}a${')'.repeat(30)}`)).toBeUndefined();
    expect(read(`${'('.repeat(15)}a${')'.repeat(15)}`)).toBe('a^1');
    expect(read('a*'.repeat(400_000))).toBeUndefined();
    const pieces = fc.constantFrom(
      '(',
      ')',
      '*',
      '/',
      '^',
      '-',
      '1',
      '2.',
      ' ',
      '_',
      'a',
      'per',
      '"',
      '%',
      '$',
      '年',
      '\\',
    );
    const soup = fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(soup, fc.string({ unit: 'binary' })), (text) => {
        for (const { name, exponent } of readUnitEquation(text, () => false) ?? []) {
          expect(name).not.toBe('');
          expect(exponent).not.toBeNaN();
        }
      }),
      { numRuns: 5000 },
    );
  });
});
