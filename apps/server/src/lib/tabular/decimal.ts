/** Exact decimal numbers as text: an optional minus, digits, and a fraction without trailing zeros. No binary float. */

/** The shortest text of the same number: no leading zeros, no trailing zeros of a fraction, no minus on zero. */
export function canonical(negative: boolean, whole: string, fraction: string): string {
  const int = whole.replace(/^0+(?=\d)/, '') || '0';
  const frac = fraction.replace(/0+$/, '');
  const body = frac === '' ? int : `${int}.${frac}`;
  return negative && body !== '0' ? `-${body}` : body;
}

/** A decimal times a power of ten. */
export function shiftDecimal(value: string, places: number): string {
  if (places === 0) return value;
  const { negative, whole, fraction } = split(value);
  if (places > 0) {
    const digits = fraction.padEnd(places, '0');
    return canonical(negative, whole + digits.slice(0, places), digits.slice(places));
  }
  const digits = whole.padStart(1 - places, '0');
  return canonical(negative, digits.slice(0, places), digits.slice(places) + fraction);
}

/** A decimal as a whole number, halves away from zero; `rounded` tells that something was cut. */
export function toInteger(value: string): { integer: bigint; rounded: boolean } {
  const { negative, whole, fraction } = split(value);
  const up = fraction !== '' && fraction.charCodeAt(0) >= 53 ? 1n : 0n;
  const magnitude = BigInt(whole) + up;
  return { integer: negative ? -magnitude : magnitude, rounded: fraction !== '' };
}

/** A text such as `6.9e+17` written out. */
export function expandExponent(text: string): string | null {
  const parts = /^(-?)(\d*)(?:\.(\d*))?[eE]([+-]?\d{1,3})$/.exec(text);
  if (parts === null) return null;
  const [, minus, whole = '', fraction = '', exponent] = parts;
  if (whole === '' && fraction === '') return null;
  const places = Number(exponent);
  if (Math.abs(places) > 40) return null;
  return shiftDecimal(canonical(minus === '-', whole, fraction), places);
}

/** True when a value has no fraction. */
export function isWhole(value: string): boolean {
  return !value.includes('.');
}

function split(value: string): { negative: boolean; whole: string; fraction: string } {
  const negative = value.startsWith('-');
  const point = value.indexOf('.');
  const end = point < 0 ? value.length : point;
  return { negative, whole: value.slice(negative ? 1 : 0, end), fraction: point < 0 ? '' : value.slice(point + 1) };
}
