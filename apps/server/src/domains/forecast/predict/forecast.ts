import { nodeThread } from '@tandem/dynamics/node';
import { dayOf, daysOf, loadModel } from '../model/index.ts';
import { type Baselines, baselinesOf } from '../score/baselines.ts';
import { correctedForecast } from '../score/corrected.ts';
import { summaryOf } from '../score/grid.ts';
import type { ForecastResult, ForecastSeries, Method, Quantiles, Task, Workplace } from '../task.ts';
import { firstWeekday, promotionDays } from './days.ts';
import { createFan, type Fan, type FanResult, type FanSeries } from './fan.ts';
import { mixWeek, movedBy, recordOf } from './mix.ts';
import { leversOutside } from './outside.ts';
import { quantilesOf } from './quantiles.ts';

export type ForecastTask = Extract<Task, { kind: 'forecast' }>;

const stages = {
  past: { en: 'Running the past under each draw', zh: '按每组抽样参数运行历史' },
  baselines: { en: 'Forecasting by the baselines', zh: '计算基准预测' },
  scenarios: { en: 'Running the scenarios', zh: '运行各个方案' },
} as const;

/**
 * Forecasts scenarios side by side: the model under each draw of the fit and what keeps data and model apart, by the method
 * and with the widths that the backtest found best at each horizon. Baselines are given beside. Throws a DynamicsError
 * where the model does not compile.
 */
export async function forecastModel(task: ForecastTask, workplace: Workplace): Promise<ForecastResult> {
  const { model, snapshot, fit, horizonDays, scenarios, seed } = task;
  const tell = workplace.onProgress;
  tell?.(0, stages.past);
  const { signal } = workplace;
  const fan = await createFan({
    model,
    snapshot,
    fit,
    horizonDays,
    draws: Math.min(task.draws, Math.max(1, fit.draws.count)),
    seed,
    spawn: nodeThread,
    threads: workplace.threads,
    ...(workplace.share && { share: workplace.share }),
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    // A forecast of some of the draws alone would look like one of all.
    signal?.throwIfAborted();
    tell?.(0.3, stages.baselines);
    const baselines = baselineWeeks(task, fan);
    tell?.(0.4, stages.scenarios);
    const asIs = await fan.run({ levers: [], couplings: [] }, signal);
    const corrected = asIs.series.map((one) =>
      correctedForecast(
        one,
        fit.series.find(({ kpi }) => kpi === one.kpi),
        snapshot,
      ).map(summaryOf),
    );
    const results: FanResult[] = [];
    for (const [k, scenario] of scenarios.entries()) {
      const isAsIs = scenario.levers.length === 0 && scenario.couplings.every(({ value }) => value === 1);
      results.push(isAsIs ? asIs : await fan.run(scenario, signal));
      tell?.(0.4 + (0.6 * (k + 1)) / scenarios.length, stages.scenarios);
    }
    signal?.throwIfAborted();
    const loaded = loadModel(model);
    return {
      kind: 'forecast',
      basis: fit.basis,
      start: snapshot.to,
      horizonDays,
      draws: fan.draws,
      series: scenarios.flatMap(({ id }, k) =>
        results[k]!.series.map((one, s) =>
          seriesOf(task, id, { planned: one, asIs: asIs.series[s]!, corrected: corrected[s]! }, baselines),
        ),
      ),
      baselines,
      differences: differencesOf(
        scenarios.map(({ id }) => id),
        results,
      ),
      outside: scenarios.flatMap((scenario) => leversOutside(loaded, snapshot, scenario)),
    };
  } finally {
    fan.close();
  }
}

/** What the baselines say of each KPI that has data, by week; the last week, if it is shorter, as its share of a week. */
function baselineWeeks({ snapshot, model, horizonDays }: ForecastTask, fan: Fan): ForecastResult['baselines'] {
  const days = daysOf(snapshot);
  const weeks = fan.boundaries.length - 1;
  const promotions = promotionDays(snapshot, days + horizonDays + 7);
  return fan.kpis.flatMap((kpi) => {
    const values = snapshot.series.find((one) => one.kpi === kpi)?.values.slice(0, days);
    const measure = model.setup.observations.find((one) => one.kpi === kpi)?.measure;
    if (values === undefined || measure === undefined) return [];
    const input = { kpi, measure, values, weekday0: firstWeekday(snapshot), promotions };
    const found: ReturnType<Baselines['at']> = baselinesOf(input).at(days, weeks);
    return found.flatMap(({ method, grids }) => {
      if (grids === undefined) return [];
      return [
        {
          kpi,
          method,
          weeks: grids.map((grid, week) => {
            const [from, to] = [fan.boundaries[week]!, fan.boundaries[week + 1]!];
            const share = measure === 'total' ? (to - from) / 7 : 1;
            return { t: dayOf(snapshot, from), ...scaled(summaryOf(grid), share) };
          }),
        },
      ];
    });
  });
}

function scaled(quantiles: Quantiles, factor: number): Quantiles {
  const { p10, p25, p50, p75, p90, mean } = quantiles;
  return {
    p10: p10 * factor,
    p25: p25 * factor,
    p50: p50 * factor,
    p75: p75 * factor,
    p90: p90 * factor,
    mean: mean * factor,
  };
}

/** What the model says of a KPI: under a plan, with things going on as they are, and the latter corrected by the past. */
interface ModelSays {
  planned: FanSeries;
  asIs: FanSeries;
  corrected: readonly Quantiles[];
}

function seriesOf(
  { backtest, snapshot }: ForecastTask,
  scenario: string,
  { planned, asIs, corrected }: ModelSays,
  baselines: ForecastResult['baselines'],
): ForecastSeries {
  const { kpi } = planned;
  const record = recordOf(backtest, kpi);
  const own = baselines.filter((one) => one.kpi === kpi);
  const isPlan = planned !== asIs;
  const weeks = planned.weeks.map(({ day, days, ...quantiles }, week) => {
    const offers: Partial<Record<Method, Quantiles>> = { model: corrected[week]! };
    for (const { method, weeks: theirs } of own) offers[method] = theirs[week]!;
    const mixed = mixWeek(offers, record, week + 1) ?? { method: 'model' as const, quantiles: offers.model! };
    const used = isPlan ? movedBy(mixed.quantiles, quantiles, asIs.weeks[week]!, record?.response) : mixed.quantiles;
    return { t: dayOf(snapshot, day), days, method: mixed.method, ...plain(used) };
  });
  const response = record?.response;
  return { kpi, scenario, weeks, ...(response === undefined ? {} : { response }), total: totalOf(planned, weeks) };
}

function plain({ p10, p25, p50, p75, p90, mean }: Quantiles): Quantiles {
  return { p10, p25, p50, p75, p90, mean };
}

/**
 * The total over the horizon under what is used for each week. Weeks of one draw go together, which quantiles by week do
 * not tell: the model's draws are moved and stretched week by week to have the quantiles that are used.
 */
function totalOf(planned: FanSeries, weeks: readonly (Quantiles & { days: number })[]): Quantiles {
  const count = planned.totals.length;
  const length = weeks.length;
  const whole = weeks.reduce((sum, { days }) => sum + days, 0);
  const totals = new Float64Array(count);
  for (let week = 0; week < length; week += 1) {
    if (planned.measure === 'level' && week < length - 1) continue;
    const share = planned.measure === 'mean' ? weeks[week]!.days / whole : 1;
    const [model, used] = [planned.weeks[week]!, weeks[week]!];
    for (let k = 0; k < count; k += 1) {
      totals[k] = totals[k]! + share * mapped(planned.samples[k * length + week]!, model, used);
    }
  }
  return quantilesOf(totals);
}

const knots = ['p10', 'p25', 'p50', 'p75', 'p90'] as const;

/** A value moved from where it lies among some quantiles to the same place among others. */
function mapped(value: number, from: Quantiles, to: Quantiles): number {
  if (!Number.isFinite(value)) return value;
  const [low, high] = value < from.p50 ? [from.p10, from.p50] : [from.p50, from.p90];
  for (let i = 0; i + 1 < knots.length; i += 1) {
    const [a, b] = [knots[i]!, knots[i + 1]!];
    if (value < from[a] || value > from[b]) continue;
    const width = from[b] - from[a];
    return width > 0 ? to[a] + ((value - from[a]) / width) * (to[b] - to[a]) : to[a];
  }
  // Beyond the outermost quantiles by the stretch of the half that it lies in, never below zero where nothing was.
  const [toLow, toHigh] = value < from.p50 ? [to.p10, to.p50] : [to.p50, to.p90];
  const stretch = high > low ? (toHigh - toLow) / (high - low) : 1;
  const moved = value < from.p50 ? to.p10 + stretch * (value - from.p10) : to.p90 + stretch * (value - from.p90);
  return value >= 0 && to.p10 >= 0 ? Math.max(0, moved) : moved;
}

/** Every pair of scenarios, draw by draw, as the model sees them. */
function differencesOf(ids: readonly string[], results: readonly FanResult[]): ForecastResult['differences'] {
  return ids.flatMap((a, i) =>
    ids.slice(i + 1).flatMap((b, step) => {
      const j = i + 1 + step;
      return results[i]!.series.map((one, s) => {
        const other = results[j]!.series[s]!.totals;
        const differences = one.totals.map((value, k) => other[k]! - value);
        const known = differences.filter(Number.isFinite);
        const higher = known.reduce((sum, value) => sum + (value > 0 ? 1 : value === 0 ? 0.5 : 0), 0);
        return { kpi: one.kpi, a, b, difference: quantilesOf(differences), probabilityHigher: higher / known.length };
      });
    }),
  );
}
