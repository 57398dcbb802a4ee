/**
 * Units as what they are made of: a base, such as `people`, to its exponent; exponents of 0 are left out. Exponents are
 * whole, but for what roots leave.
 */
export type Unit = ReadonlyMap<string, number>;

export const dimensionless: Unit = new Map();

/** Beyond these nobody means a unit any more, and hostile products would grow without end. */
const mostBases = 100;
const largestExponent = 100;

/** left * right ^ exponent; undefined when that is beyond all use. */
export function product(left: Unit, right: Unit, exponent: number): Unit | undefined {
  const result = new Map(left);
  for (const [base, own] of right) {
    const sum = settled((result.get(base) ?? 0) + own * exponent);
    if (!(Math.abs(sum) <= largestExponent)) return undefined;
    if (sum === 0) result.delete(base);
    else result.set(base, sum);
  }
  return result.size <= mostBases ? result : undefined;
}

/** unit ^ exponent; undefined when that is beyond all use. */
export function power(unit: Unit, exponent: number): Unit | undefined {
  return product(dimensionless, unit, exponent);
}

export function sameUnit(left: Unit, right: Unit): boolean {
  return left.size === right.size && [...left].every(([base, exponent]) => right.get(base) === exponent);
}

/** Exponents are fractions with a small denominator: what rounding leaves of one is made that fraction again. */
function settled(exponent: number): number {
  const near = Math.round(exponent * 60) / 60;
  return Math.abs(exponent - near) < 1e-9 ? near + 0 : exponent;
}

/** Units as text, `people*km^2/year`; `nameOf` gives the name of a base. Without bases: `Dmnl`. */
export function formatUnit(unit: Unit, nameOf: (base: string) => string): string {
  const part = ([base, exponent]: readonly [string, number]) => {
    const magnitude = Math.abs(exponent);
    return magnitude === 1 ? nameOf(base) : `${nameOf(base)}^${formatExponent(magnitude)}`;
  };
  const above = [...unit].filter(([, exponent]) => exponent > 0).map(part);
  const below = [...unit].filter(([, exponent]) => exponent < 0).map(part);
  if (above.length === 0 && below.length === 0) return 'Dmnl';
  return [above.join('*') || '1', ...below].join('/');
}

function formatExponent(exponent: number): string {
  for (const denominator of [1, 2, 3, 4, 5, 6]) {
    const numerator = exponent * denominator;
    if (Math.abs(numerator - Math.round(numerator)) > 1e-9) continue;
    return denominator === 1 ? String(Math.round(numerator)) : `(${Math.round(numerator)}/${denominator})`;
  }
  return String(exponent);
}
