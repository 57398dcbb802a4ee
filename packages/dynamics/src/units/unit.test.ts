import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dimensionless, formatUnit, power, product, sameUnit, type Unit } from './unit.ts';
import { UnitTable } from './unit-table.ts';

const units: fc.Arbitrary<Unit> = fc
  .dictionary(fc.constantFrom('widget', 'metre', 'km', '人', 'kg'), fc.integer({ min: -4, max: 4 }))
  .map((bases) => new Map(Object.entries(bases).filter(([, exponent]) => exponent !== 0)));

function value<T>(found: T | undefined): T {
  if (found === undefined) throw new Error('beyond all use');
  return found;
}

describe('unit algebra', () => {
  it('is that of a group, with roots', () => {
    fc.assert(
      fc.property(units, units, fc.constantFrom(2, 3, 0.5, 1 / 3, -1), (a, b, exponent) => {
        const both = value(product(a, b, 1));
        expect(sameUnit(both, value(product(b, a, 1)))).toBe(true);
        expect(sameUnit(value(product(both, b, -1)), a)).toBe(true);
        expect(sameUnit(value(product(a, a, -1)), dimensionless)).toBe(true);
        expect(sameUnit(value(power(value(power(a, exponent)), 1 / exponent)), a)).toBe(true);
      }),
    );
  });

  it('is written so that it can be read again', () => {
    fc.assert(
      fc.property(units, (unit) => {
        const written = formatUnit(unit, (base) => base);
        const read = new UnitTable([]).read(written);
        expect(typeof read === 'object' && sameUnit(read, unit) ? 'same' : written).toBe('same');
      }),
    );
  });

  it('ends where nobody means a unit any more', () => {
    expect(power(new Map([['a', 60]]), 2)).toBeUndefined();
    expect(power(new Map([['a', 1]]), Number.NaN)).toBeUndefined();
    expect(formatUnit(new Map([['a', -1.5]]), (base) => base)).toBe('1/a^(3/2)');
  });
});
