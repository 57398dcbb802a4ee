import type { GmvFactors } from '@tandem/server/schema/metrics';

type Side = GmvFactors['current'];

export interface FactorRow {
  factor: string;
  current: number | null;
  previous: number | null;
  unit: 'count' | 'ratio' | 'money';
  /** What the factor did to GMV, in minor units; null without a period to compare. */
  effectMinor: bigint | null;
}

const units: Record<string, FactorRow['unit']> = {
  views: 'count',
  click_rate: 'ratio',
  click_to_order_rate: 'ratio',
  order_value: 'money',
};

function sideValue(side: Side, factor: string): number | null {
  if (factor === 'views') return side.views;
  if (factor === 'click_rate') return side.clickRate;
  if (factor === 'click_to_order_rate') return side.clickToOrderRate;
  return side.orderValue;
}

/** The four factors of live GMV, in the order of the formula. */
export function factorRows(factors: GmvFactors): FactorRow[] {
  const effects = new Map(factors.factors.map((one) => [one.factor, one.contributionMinor]));
  return Object.entries(units).map(([factor, unit]) => {
    const effect = effects.get(factor);
    return {
      factor,
      unit,
      current: sideValue(factors.current, factor),
      previous: factors.previous ? sideValue(factors.previous, factor) : null,
      effectMinor: effect === undefined || factors.previous === null ? null : BigInt(effect),
    };
  });
}

/** The factor that moved GMV most, whichever way. */
export function strongest(rows: readonly FactorRow[]): FactorRow | null {
  const size = (row: FactorRow) =>
    row.effectMinor === null ? -1n : row.effectMinor < 0n ? -row.effectMinor : row.effectMinor;
  let best: FactorRow | null = null;
  for (const row of rows) {
    if (size(row) > 0n && (best === null || size(row) > size(best))) best = row;
  }
  return best;
}

/** Length of each effect against the longest, -1 to 1. */
export function effectShares(rows: readonly FactorRow[]): number[] {
  const sizes = rows.map((row) => Number(row.effectMinor ?? 0n));
  const longest = Math.max(1, ...sizes.map(Math.abs));
  return sizes.map((size) => size / longest);
}
