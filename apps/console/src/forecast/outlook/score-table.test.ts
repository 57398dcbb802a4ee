import { describe, expect, it } from 'vitest';
import { methods, scoreRows } from './score-table.ts';

describe('the honest forecast table', () => {
  const near = { from: 1, to: 4 };
  const far = { from: 5, to: 13 };
  const rows = scoreRows(
    {
      kpi: 'gmv',
      scores: [
        { method: 'model', horizon: near, count: 12, mase: 0.8, crps: 10, coverage: 0.81 },
        { method: 'ets', horizon: near, count: 12, mase: 0.9, crps: 12, coverage: 0.7 },
      ],
      winners: [{ horizon: near, method: 'model', baseline: 'ets', skill: 0.17 }],
      spread: [],
      used: [],
      weights: [],
    },
    [near, far],
  );
  it('has every method at every horizon, with what is not known as such', () => {
    expect(rows.map(({ cells }) => cells.map(({ method }) => method))).toEqual([methods, methods]);
    expect(rows[1]?.cells.every(({ mase, count }) => mase === null && count === 0)).toBe(true);
    expect(rows[1]?.winner).toBeNull();
  });
  it('marks who wins and is used', () => {
    expect(rows[0]?.cells.filter(({ wins }) => wins).map(({ method }) => method)).toEqual(['model']);
    expect(rows[0]).toMatchObject({ winner: 'model', baseline: 'ets', skill: 0.17 });
  });
});
