/** Number of decimal places of a currency's minor unit (ISO 4217): 2 for CNY, 0 for JPY, 3 for KWD. */
export function currencyExponent(currency: string): number {
  return isoExceptions[currency] ?? 2;
}

/** ISO 4217 currencies whose minor unit is not a hundredth. */
const isoExceptions: Record<string, number> = {
  ...Object.fromEntries(
    'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ),
  ...Object.fromEntries('BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3])),
};

/** Whether a text has the form of an ISO 4217 currency code that this runtime knows. */
export function isCurrency(currency: string): boolean {
  return /^[A-Z]{3}$/.test(currency) && Intl.supportedValuesOf('currency').includes(currency);
}

/** Minor units as a number of major units, for display and for JSON beside the exact value. */
export function majorOf(minor: bigint | number, currency: string): number {
  return Number(minorToDecimal(BigInt(minor), currency));
}

/** Minor units as an exact decimal text of major units: (8911407n, 'GBP') gives '89114.07'. */
export function minorToDecimal(minor: bigint, currency: string): string {
  const exponent = currencyExponent(currency);
  const sign = minor < 0n ? '-' : '';
  const digits = (minor < 0n ? -minor : minor).toString().padStart(exponent + 1, '0');
  return exponent === 0 ? sign + digits : `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}
