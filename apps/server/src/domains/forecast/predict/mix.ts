import type { BacktestResult, BacktestSeries, Method, Quantiles } from '../task.ts';
import { averageQuantiles, spreadQuantiles } from './quantiles.ts';

/** What is used for one week ahead of one KPI. */
export interface Mixed {
  method: Method;
  quantiles: Quantiles;
}

/** What each method says of one week. */
export type Offers = Partial<Record<Method, Quantiles>>;

/** The record of a KPI, where there is a backtest. */
export function recordOf(backtest: BacktestResult | null, kpi: string): BacktestSeries | undefined {
  return backtest?.series.find((one) => one.kpi === kpi);
}

/**
 * The forecast for `weekAhead` (1 is the first): by the method that won in the backtest at this distance, with the width
 * that past forecasts asked for; by the model where there is no record. Beyond the last horizon that was tested its record
 * goes on.
 */
export function mixWeek(offers: Offers, record: BacktestSeries | undefined, weekAhead: number): Mixed | undefined {
  const model = offers.model;
  if (record === undefined) return model === undefined ? undefined : { method: 'model', quantiles: model };
  const winner = atHorizon(record.winners, weekAhead)?.method ?? 'model';
  if (winner === 'combination') {
    const weights = atHorizon(record.weights, weekAhead)?.weights ?? {};
    const parts = Object.entries(weights).flatMap(([method, weight]) => {
      const quantiles = spreadOffer(offers, record, method as Method, weekAhead);
      return quantiles === undefined ? [] : [{ quantiles, weight }];
    });
    const quantiles = averageQuantiles(parts);
    if (quantiles !== undefined) {
      return {
        method: 'combination',
        quantiles: spreadQuantiles(quantiles, spreadFactor(record, 'combination', weekAhead)),
      };
    }
  }
  const chosen = spreadOffer(offers, record, winner, weekAhead);
  if (chosen !== undefined) return { method: winner, quantiles: chosen };
  const fallback = spreadOffer(offers, record, 'model', weekAhead);
  return fallback === undefined ? undefined : { method: 'model', quantiles: fallback };
}

function spreadOffer(offers: Offers, record: BacktestSeries, method: Method, weekAhead: number): Quantiles | undefined {
  const quantiles = offers[method];
  return quantiles === undefined ? undefined : spreadQuantiles(quantiles, spreadFactor(record, method, weekAhead));
}

/** The factor on widths that the backtest asks for; 1 where it says nothing. */
export function spreadFactor(record: BacktestSeries, method: Method, weekAhead: number): number {
  const own = record.spread.filter((one) => one.method === method);
  const factor = atHorizon(own, weekAhead)?.factor ?? 1;
  return Number.isFinite(factor) && factor > 0 ? factor : 1;
}

/** The entry whose horizon holds a week, else the last that begins before it, else the first. */
function atHorizon<T extends { horizon: { from: number; to: number } }>(
  entries: readonly T[],
  week: number,
): T | undefined {
  const sorted = [...entries].sort((a, b) => a.horizon.from - b.horizon.from);
  const within = sorted.find(({ horizon }) => horizon.from <= week && week <= horizon.to);
  return within ?? sorted.filter(({ horizon }) => horizon.from <= week).at(-1) ?? sorted[0];
}

const keys = ['p10', 'p25', 'p50', 'p75', 'p90', 'mean'] as const;

/**
 * A forecast moved by what a plan changes: each quantile times the ratio that the model sees between the plan and things
 * going on as they are, to the power of `response`, the share of such effects that past plans bore out. So a plan shows its effect also where a baseline forecasts better than the model.
 */
export function movedBy(forecast: Quantiles, plan: Quantiles, asIs: Quantiles, response = 1): Quantiles {
  const moved: Quantiles = { ...forecast };
  for (const key of keys) {
    const ratio = plan[key] / asIs[key];
    moved[key] =
      asIs[key] > 0 && ratio >= 0 && Number.isFinite(ratio)
        ? forecast[key] * ratio ** response
        : forecast[key] + response * (plan[key] - asIs[key]);
  }
  // Ratios differ from quantile to quantile, so that their order could be lost.
  const ordered = [moved.p10, moved.p25, moved.p50, moved.p75, moved.p90].sort((a, b) => a - b);
  return { p10: ordered[0]!, p25: ordered[1]!, p50: ordered[2]!, p75: ordered[3]!, p90: ordered[4]!, mean: moved.mean };
}
