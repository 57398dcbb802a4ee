import { beforeAll, describe, expect, it } from 'vitest';
import { makeHistory } from '../fit/made-history.ts';
import { shop } from '../fit/shop.fixture.ts';
import type { BacktestResult, Snapshot } from '../task.ts';
import { backtestModel } from './backtest.ts';
import { leversAfter, recordFolds, snapshotBefore } from './record.ts';
import { backtestStudy } from './study.ts';

const workplace = { threads: 1 };
const horizons = [
  { from: 1, to: 3 },
  { from: 4, to: 6 },
];
let snapshot: Snapshot;
let result: BacktestResult;
const taskOf = (data: Snapshot, origins = 4) => ({
  kind: 'backtest' as const,
  model: shop,
  snapshot: data,
  seed: 3,
  origins,
  horizons,
});

beforeAll(async () => {
  const noise = { phi: 0.7, push: 0.05, daily: 0.1 };
  const made = await makeHistory(shop, { from: '2025-01-01', days: 255, seed: 5, noise, missing: 0.02 });
  snapshot = made.snapshot;
  result = await backtestModel(taskOf(snapshot), workplace);
}, 60_000);

describe('backtest', () => {
  it('scores every method of every series at every horizon, and what was used', () => {
    expect(result.origins).toHaveLength(4);
    expect(result.series.map(({ kpi }) => kpi)).toEqual(['orders', 'customers', 'joined']);
    for (const { scores, used, winners, weights, spread } of result.series) {
      expect(scores).toHaveLength(12);
      for (const { crps, mase, coverage, count } of [...scores, ...used]) {
        expect(crps).toBeGreaterThan(0);
        expect(mase).toBeGreaterThan(0);
        expect(coverage).toBeGreaterThanOrEqual(0);
        expect(coverage).toBeLessThanOrEqual(1);
        expect(count).toBeGreaterThan(9);
      }
      expect(used).toHaveLength(2);
      expect(winners.every(({ skill }) => skill !== null && skill < 1)).toBe(true);
      for (const { weights: own } of weights) {
        expect(Object.values(own).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
      }
      expect(spread.every(({ factor }) => factor >= 0.25 && factor <= 4)).toBe(true);
    }
  });

  it('gives the same bits again, whatever the number of threads', { timeout: 60_000 }, async () => {
    const [one, two] = [1, 2].map((threads) => backtestModel(taskOf(snapshot, 2), { threads }));
    expect(await two).toEqual(await one);
  });

  it('forecasts nothing with what came after an origin', async () => {
    const origin = (await recordFolds(taskOf(snapshot, 1), workplace, 'held')).origins[0]!;
    const nonsense: Snapshot = {
      ...snapshot,
      series: snapshot.series.map(({ kpi, values }) => ({
        kpi,
        values: values.map((value, day) => (day < origin ? value : day % 2 === 0 ? null : 1e7 * day)),
      })),
    };
    const [honest, other] = [
      await recordFolds(taskOf(snapshot, 1), workplace, 'held'),
      await recordFolds(taskOf(nonsense, 1), workplace, 'held'),
    ];
    for (const [s, { folds }] of honest.series.entries()) {
      expect(Object.keys(folds[0]!.grids).sort()).toEqual(['ets', 'last_value', 'model', 'mstl', 'seasonal_naive']);
      expect(other.series[s]!.folds[0]!.grids).toEqual(folds[0]!.grids);
      expect(other.series[s]!.folds[0]!.observed).not.toEqual(folds[0]!.observed);
    }
  });

  it('tells the model of planned levers what was done with them, and of nothing that it is to forecast', () => {
    const origin = 101;
    const spend = Array.from({ length: 255 }, (_, day) => (day < 150 ? 100 : 300));
    const data = {
      ...snapshot,
      series: [...snapshot.series.filter(({ kpi }) => kpi !== 'ad_spend'), { kpi: 'ad_spend', values: spend }],
    };
    const [adverts, ...others] = leversAfter(shop.setup, data, origin);
    expect(others).toEqual([]);
    expect(adverts!.variable).toBe('adverts');
    expect(adverts!.steps[0]).toEqual({ day: 0, value: 100 });
    expect(adverts!.steps.at(-1)!.value).toBe(300);
    const outcome = {
      ...shop.setup,
      levers: shop.setup.levers.map((lever) => ({ ...lever, history: { kpi: 'orders', measure: 'daily' as const } })),
    };
    expect(leversAfter(outcome, data, origin)).toEqual([]);
    expect(snapshotBefore(data, origin).series.every(({ values }) => values.length === origin)).toBe(true);
  });

  it('has nothing to score in a few weeks, and says so', async () => {
    const short = snapshotBefore(snapshot, 60);
    const { origins, series, notes } = await backtestModel(taskOf(short), workplace);
    expect(origins).toEqual([]);
    expect(series.every(({ scores, used }) => scores.length === 0 && used.length === 0)).toBe(true);
    expect(new Set(notes.map(({ code }) => code))).toContain('too_short');
  });

  it('ends early when it is told to, with the folds that it has', async () => {
    const stop = new AbortController();
    let told = 0;
    const onProgress = () => {
      told += 1;
      if (told === 2) stop.abort();
    };
    const { series } = await backtestModel(taskOf(snapshot), { threads: 1, signal: stop.signal, onProgress });
    expect(series[0]!.used[0]!.count).toBeLessThan(12);
  });

  it('is studied over brands', async () => {
    const brands = [snapshotBefore(snapshot, 250), snapshot];
    const study = await backtestStudy({ model: shop, brands, origins: 3, levers: 'held', workplace });
    expect(study.brands).toBe(2);
    expect(study.horizons.map(({ series }) => series)).toEqual([6, 6, 6, 6, 6]);
    for (const { betterThan, relative, coverage } of study.horizons) {
      expect(betterThan.hindsight).toBeLessThanOrEqual(betterThan.each.ets);
      expect(relative.ets).toBeGreaterThanOrEqual(1);
      expect(coverage.used).toBeGreaterThan(0.3);
    }
    expect(study.byKpi.map(({ kpi }) => kpi)).toEqual(['orders', 'customers', 'joined']);
  });
});
