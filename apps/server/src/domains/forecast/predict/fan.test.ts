import { nodeThread } from '@tandem/dynamics/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeHistory, quickFit } from '../fit/index.ts';
import { shop } from '../fit/shop.fixture.ts';
import { loadModel } from '../model/index.ts';
import type { BacktestResult, FitResult, ForecastResult, ScenarioPlan, Snapshot } from '../task.ts';
import { createFan, type Fan } from './fan.ts';
import { type ForecastTask, forecastModel } from './forecast.ts';
import { leversOutside } from './outside.ts';

const noise = { phi: 0.7, push: 0.04, daily: 0.1 };
const asIs = { levers: [], couplings: [] };
const adverts = (value: number, day = 0) => ({
  levers: [{ variable: 'adverts', steps: [{ day, value }] }],
  couplings: [],
});

let past: Snapshot;
let whole: Snapshot;
let fit: FitResult;
let fan: Fan;
const days = 280;
const horizonDays = 60;

beforeAll(async () => {
  ({ snapshot: whole } = await makeHistory(shop, { from: '2025-01-01', days: days + 56, seed: 21, noise, missing: 0 }));
  const series = whole.series.map(({ kpi, values }) => ({ kpi, values: values.slice(0, days) }));
  past = { ...whole, to: '2025-10-08', series };
  const task = { kind: 'fit' as const, model: shop, snapshot: past, seed: 1, draws: 300 };
  fit = (await quickFit(task, { threads: 1 })).result;
  fan = await createFan({ model: shop, snapshot: past, fit, horizonDays, draws: 300, seed: 4, threads: 1 });
}, 30_000);
afterAll(() => fan.close());

describe('a fan', () => {
  it('has weeks from the first forecast day, the last one shorter', () => {
    expect(fan.boundaries).toEqual([280, 287, 294, 301, 308, 315, 322, 329, 336, 340]);
    expect(fan.kpis).toEqual(['orders', 'customers', 'joined']);
  });

  it('gives the same bits again, in other threads, and after other plans', async () => {
    const first = await fan.run(asIs);
    await fan.run(adverts(400));
    expect(await fan.run(asIs)).toEqual(first);
    const basis = { model: shop, snapshot: past, fit, horizonDays, draws: 300, seed: 4, threads: 2, spawn: nodeThread };
    const other = await createFan(basis);
    expect(await other.run(asIs)).toEqual(first);
    other.close();
    const reseeded = await createFan({ ...basis, seed: 5, threads: 1 });
    expect((await reseeded.run(asIs)).series[0]!.total).not.toEqual(first.series[0]!.total);
  });

  it('holds what came, eight times in ten', async () => {
    const { series } = await fan.run(asIs);
    let [inside, all] = [0, 0];
    for (const { kpi, measure, weeks } of series) {
      const values = whole.series.find((one) => one.kpi === kpi)!.values;
      for (const { day, p10, p90 } of weeks.slice(0, 8)) {
        const week = values.slice(day, day + 7).map((value) => value!);
        const came = measure === 'level' ? week[6]! : week.reduce((sum, value) => sum + value, 0);
        inside += came >= p10 && came <= p90 ? 1 : 0;
        all += 1;
      }
    }
    expect(all).toBe(24);
    expect(inside).toBeGreaterThanOrEqual(14);
  });

  it('adds up by draw, and takes ends of levels', async () => {
    const { series } = await fan.run(asIs);
    const [orders, customers] = series;
    for (const k of [0, 7, 299]) {
      const row = orders!.samples.subarray(k * 9, (k + 1) * 9);
      expect(orders!.totals[k]).toBeCloseTo(
        row.reduce((sum, value) => sum + value, 0),
        6,
      );
      expect(customers!.totals[k]).toBe(customers!.samples[k * 9 + 8]);
    }
    const last = orders!.weeks.at(-1)!;
    expect(last.days).toBe(4);
    expect(last.p50 / orders!.weeks.at(-2)!.p50).toBeCloseTo(4 / 7, 1);
  });

  it('moves only after a lever moves, in the direction that the model says, draw by draw', async () => {
    const [base, more] = [await fan.run(asIs), await fan.run(adverts(2000, 14))];
    const [orders, raised] = [base.series[0]!, more.series[0]!];
    const nothing = await fan.run({ levers: [{ variable: 'discount', steps: [] }], couplings: [] });
    expect(nothing.complete).toBe(true);
    for (let k = 0; k < fan.draws; k += 1) {
      for (const week of [0, 1])
        expect(raised.samples[k * 9 + week]! / orders.samples[k * 9 + week]!).toBeCloseTo(1, 12);
      expect(raised.totals[k]!).toBeGreaterThan(orders.totals[k]!);
    }
  });

  it('cuts couplings', async () => {
    const cut = await fan.run({ levers: [], couplings: [{ variable: 'link', value: 0 }] });
    expect(cut.series[0]!.total.p90).toBe(0);
    expect(cut.series[1]!.total.p50).toBeGreaterThan(0);
  });

  it('forecasts from the priors alone where there is no fit', async () => {
    const bare = { ...past, series: [] };
    const { result } = await quickFit(
      { kind: 'fit', model: shop, snapshot: bare, seed: 1, draws: 100 },
      { threads: 1 },
    );
    const blind = await createFan({
      model: shop,
      snapshot: bare,
      fit: result,
      horizonDays: 28,
      draws: 100,
      seed: 4,
      threads: 1,
    });
    const { series } = await blind.run(asIs);
    expect(series.map(({ kpi }) => kpi)).toEqual(['orders', 'customers', 'joined']);
    const known = (await fan.run(asIs)).series[0]!.weeks[0]!;
    const guessed = series[0]!.weeks[0]!;
    expect(guessed.p90 / guessed.p10).toBeGreaterThan((2 * known.p90) / known.p10);
    blind.close();
  });
});

describe('forecastModel', () => {
  const plan = (id: string, more: Partial<ScenarioPlan> = {}): ScenarioPlan => ({ id, name: id, ...asIs, ...more });
  const scenarios = [plan('asIs'), plan('more', adverts(3000)), plan('same')];
  const taskOf = (more: Partial<ForecastTask> = {}): ForecastTask => ({
    kind: 'forecast',
    model: shop,
    snapshot: past,
    seed: 4,
    fit,
    backtest: null,
    scenarios,
    horizonDays: 56,
    draws: 300,
    ...more,
  });
  let result: ForecastResult;

  beforeAll(async () => {
    result = await forecastModel(taskOf(), { threads: 1 });
  }, 30_000);

  it('sets scenarios side by side with common chance', () => {
    expect(result).toMatchObject({ kind: 'forecast', basis: 'data', start: '2025-10-08', horizonDays: 56, draws: 300 });
    expect(result.series).toHaveLength(9);
    expect(result.differences).toHaveLength(9);
    const of = (kpi: string, b: string) =>
      result.differences.find((one) => one.kpi === kpi && one.a === 'asIs' && one.b === b)!;
    expect(of('orders', 'more').probabilityHigher).toBe(1);
    expect(of('orders', 'same')).toMatchObject({ probabilityHigher: 0.5, difference: { p10: 0, p90: 0 } });
    expect(result.outside).toMatchObject([{ scenario: 'more', variable: 'adverts', value: 3000 }]);
  });

  it('has baselines beside, and ordered quantiles everywhere', () => {
    expect(new Set(result.baselines.map(({ kpi }) => kpi))).toEqual(new Set(['orders', 'customers', 'joined']));
    expect(result.baselines.some(({ method }) => method === 'last_value')).toBe(true);
    for (const { weeks, total } of result.series) {
      expect(weeks).toHaveLength(8);
      for (const { p10, p25, p50, p75, p90 } of [...weeks, total]) {
        expect(p10 <= p25 && p25 <= p50 && p50 <= p75 && p75 <= p90).toBe(true);
      }
    }
  });

  it('is the same for any number of threads, and reads as JSON', async () => {
    expect(await forecastModel(taskOf(), { threads: 2 })).toEqual(result);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  it('gives nothing when it is cancelled, rather than a forecast of some of the draws', async () => {
    for (const at of [0, 0.3, 0.7]) {
      const stopped = new AbortController();
      const onProgress = (share: number) => {
        if (share >= at) stopped.abort();
      };
      const { signal } = stopped;
      await expect(forecastModel(taskOf(), { threads: 1, signal, onProgress })).rejects.toThrow('aborted');
    }
  });

  it('uses the winner of the backtest and its widths; plans move it as the model says', async () => {
    const horizon = { from: 1, to: 13 };
    const backtest: BacktestResult = {
      kind: 'backtest',
      origins: [],
      horizons: [horizon],
      notes: [],
      series: fit.series.map(({ kpi }) => ({
        kpi,
        scores: [],
        used: [],
        winners: [{ horizon, method: 'last_value', baseline: 'last_value', skill: 0 }],
        spread: [{ method: 'last_value', horizon, factor: 2 }],
        weights: [],
      })),
    };
    const won = await forecastModel(taskOf({ backtest }), { threads: 1 });
    const of = (id: string) => won.series.find(({ kpi, scenario }) => kpi === 'orders' && scenario === id)!;
    const last = won.baselines.find(({ kpi, method }) => kpi === 'orders' && method === 'last_value')!;
    expect(of('asIs').weeks.map(({ method }) => method)).toEqual(new Array(8).fill('last_value'));
    expect(of('asIs').weeks[3]!.p50).toBeCloseTo(last.weeks[3]!.p50, 9);
    expect(of('asIs').weeks[3]!.p90).toBeGreaterThan(last.weeks[3]!.p90);
    expect(of('more').weeks[7]!.p50).toBeGreaterThan(of('asIs').weeks[7]!.p50);
    expect(of('asIs').total.p50 / (8 * last.weeks[3]!.p50)).toBeGreaterThan(0.8);
    expect(of('asIs').total.p50 / (8 * last.weeks[3]!.p50)).toBeLessThan(1.25);
  });

  it('names levers beyond the data, and none that the data never saw', () => {
    const loaded = loadModel(shop);
    const of = (variable: string, value: number) =>
      leversOutside(loaded, past, plan('x', { levers: [{ variable, steps: [{ day: 0, value }] }] }));
    expect(of('adverts', 100)).toEqual([]);
    expect(of('adverts', 1)).toMatchObject([{ value: 1 }]);
    expect(of('discount', 0)).toEqual([]);
    expect(of('discount', 0.9)).toMatchObject([{ high: 0.2, value: 0.9 }]);
  });
});
