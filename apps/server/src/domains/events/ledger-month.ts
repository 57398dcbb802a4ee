/** Months for which the ledger remembers ids that carry their time. */
const monthsKept = 13;

/** The oldest month of the ledger that is kept, as its first day: older partitions are dropped, and none is made again. */
export function oldestLedgerMonth(nowMs: number): string {
  const month = new Date(nowMs);
  month.setUTCMonth(month.getUTCMonth() - monthsKept, 1);
  return month.toISOString().slice(0, 10);
}
