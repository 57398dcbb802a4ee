import type { BacktestSeries, Horizon, Method } from '@tandem/server/schema/forecast';

export const methods: readonly Method[] = ['model', 'combination', 'last_value', 'seasonal_naive', 'ets', 'mstl'];

export interface ScoreCell {
  method: Method;
  mase: number | null;
  crps: number | null;
  coverage: number | null;
  count: number;
  /** Used at this horizon from now on. */
  wins: boolean;
}

export interface ScoreRow {
  horizon: Horizon;
  cells: ScoreCell[];
  winner: Method | null;
  baseline: Method | null;
  /** Share of the best baseline's CRPS that the winner saves. */
  skill: number | null;
}

const same = (a: Horizon, b: Horizon) => a.from === b.from && a.to === b.to;

/** The scores of one KPI as rows of horizons and columns of methods. */
export function scoreRows(series: BacktestSeries, horizons: readonly Horizon[]): ScoreRow[] {
  return horizons.map((horizon) => {
    const win = series.winners.find((one) => same(one.horizon, horizon));
    const cells = methods.map((method) => {
      const score = series.scores.find((one) => one.method === method && same(one.horizon, horizon));
      return {
        method,
        mase: score?.mase ?? null,
        crps: score?.crps ?? null,
        coverage: score?.coverage ?? null,
        count: score?.count ?? 0,
        wins: win?.method === method,
      };
    });
    return {
      horizon,
      cells,
      winner: win?.method ?? null,
      baseline: win?.baseline ?? null,
      skill: win?.skill ?? null,
    };
  });
}
