/**
 * Present value, future value and payment of an annuity whose payments come at the end of each period:
 * pv (1 + rate)^n + pmt ((1 + rate)^n - 1) / rate + fv = 0, for rate 0 its limit pv + pmt n + fv = 0. Money received is
 * positive, money paid negative (isee systems, Stella reference, "Financial builtins").
 */
export function presentValue(rate: number, periods: number, payment: number, futureValue: number): number {
  return -(payment * annuity(rate, periods) + futureValue) / growth(rate, periods);
}

export function futureValue(rate: number, periods: number, payment: number, presentValue: number): number {
  return -(presentValue * growth(rate, periods) + payment * annuity(rate, periods));
}

export function payment(rate: number, periods: number, presentValue: number, futureValue: number): number {
  return -(presentValue * growth(rate, periods) + futureValue) / annuity(rate, periods);
}

function growth(rate: number, periods: number): number {
  return Math.exp(periods * Math.log1p(rate));
}

/** Future value of payments of 1. */
function annuity(rate: number, periods: number): number {
  return rate === 0 ? periods : Math.expm1(periods * Math.log1p(rate)) / rate;
}
