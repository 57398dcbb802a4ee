import type { GmvFactors } from '@tandem/server/schema/metrics';
import { describe, expect, it } from 'vitest';
import { effectShares, factorRows, strongest } from './factors.ts';

const side = {
  views: 1000,
  clicks: 100,
  orders: 10,
  gmvMinor: '50000',
  clickRate: 0.1,
  clickToOrderRate: 0.1,
  orderValue: 50,
};
const factors: GmvFactors = {
  current: side,
  previous: { ...side, views: 900, gmvMinor: '60000', orderValue: 66 },
  factors: [
    { factor: 'views', contributionMinor: '6000' },
    { factor: 'click_rate', contributionMinor: '0' },
    { factor: 'click_to_order_rate', contributionMinor: '-2000' },
    { factor: 'order_value', contributionMinor: '-14000' },
  ],
  changeMinor: '-10000',
  omitted: [],
};

describe('factors of live GMV', () => {
  it('stand in the order of the formula, with their effect', () => {
    const rows = factorRows(factors);
    expect(rows.map((row) => row.factor)).toEqual(['views', 'click_rate', 'click_to_order_rate', 'order_value']);
    expect(rows.reduce((sum, row) => sum + (row.effectMinor ?? 0n), 0n)).toBe(-10000n);
  });
  it('name the one that moved GMV most, whichever way', () => {
    expect(strongest(factorRows(factors))?.factor).toBe('order_value');
    expect(effectShares(factorRows(factors))).toEqual([6 / 14, 0, -2 / 14, -1]);
  });
  it('have no effect without a period to compare', () => {
    const rows = factorRows({ ...factors, previous: null, changeMinor: null });
    expect(rows.every((row) => row.effectMinor === null && row.previous === null)).toBe(true);
    expect(strongest(rows)).toBeNull();
  });
});
