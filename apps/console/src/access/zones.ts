/** Currencies offered in forms; the server takes any ISO 4217 code. */
export const currencies = [
  'CNY',
  'USD',
  'EUR',
  'GBP',
  'HKD',
  'TWD',
  'JPY',
  'KRW',
  'SGD',
  'MYR',
  'IDR',
  'THB',
  'VND',
  'PHP',
  'AUD',
];

/** Time zones that this browser knows. */
export function zones(): string[] {
  return Intl.supportedValuesOf('timeZone');
}

/** A currency with its name: `CNY · 人民币`. */
export function currencyName(code: string, language: string): string {
  const name = new Intl.DisplayNames([language], { type: 'currency' }).of(code);
  return name && name !== code ? `${code} · ${name}` : code;
}
