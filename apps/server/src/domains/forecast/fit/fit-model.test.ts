import { beforeAll, describe, expect, it } from 'vitest';
import { decodeDraws } from '../predict/draws.ts';
import type { FitResult, Snapshot } from '../task.ts';
import { fitModel, type MadeHistory, makeHistory, quickFit } from './index.ts';
import type { FitTask } from './problem.ts';
import { shop, snapshotOf } from './shop.fixture.ts';

const noise = { phi: 0.7, push: 0.04, daily: 0.1 };
const alone = { threads: 1 };
const taskOf = (snapshot: Snapshot, more: Partial<FitTask> = {}): FitTask => ({
  kind: 'fit',
  model: shop,
  snapshot,
  seed: 5,
  draws: 400,
  ...more,
});

let made: MadeHistory;
let full: FitResult;
const told: number[] = [];

beforeAll(async () => {
  made = await makeHistory(shop, { from: '2025-01-01', days: 300, seed: 11, noise, missing: 0.05 });
  full = await fitModel(taskOf(made.snapshot), { ...alone, onProgress: (share) => told.push(share) });
}, 60_000);

function changed(kpi: string, change: (value: number | null, day: number) => number | null): Snapshot {
  const { snapshot } = made;
  return {
    ...snapshot,
    series: snapshot.series.map((one) => (one.kpi === kpi ? { kpi, values: one.values.map(change) } : one)),
  };
}

const quick = async (snapshot: Snapshot) => (await quickFit(taskOf(snapshot), alone)).result;
const codes = ({ warnings }: FitResult) => warnings.map(({ code }) => code);

describe('fitModel', () => {
  it('finds what made a history, with honest intervals, and says what data can not tell', () => {
    expect(full).toMatchObject({ kind: 'fit', basis: 'data', reason: null, converged: true, complete: true });
    expect(full.rhat).toBeLessThan(1.02);
    expect(full.effectiveDraws).toBeGreaterThan(2000);
    const missed = full.parameters.filter(({ variable, low, high }) => {
      const { value } = made.truth.find(({ name }) => name === variable)!;
      return value < low || value > high;
    });
    expect(missed.length).toBeLessThanOrEqual(3);
    const verdicts = new Map(full.parameters.map(({ variable, verdict }) => [variable, verdict]));
    expect(verdicts.get('frequency')).toBe('identified');
    expect(verdicts.get('unseen')).toBe('unidentified');
    const unseen = full.parameters.find(({ variable }) => variable === 'unseen')!;
    expect(unseen.learned).toBeLessThan(0.15);
    expect(unseen.low / unseen.prior.low).toBeCloseTo(1, 0);
  });

  it('reads noise, pattern and weeks of every series', () => {
    expect(full.series.map(({ kpi }) => kpi)).toEqual(['orders', 'customers', 'joined']);
    const orders = full.series[0]!;
    const weekdays = [0.86, 0.88, 0.93, 0.98, 1.1, 1.2, 1.05];
    for (const [day, factor] of weekdays.entries()) expect(Math.abs(orders.weekday![day]! - factor)).toBeLessThan(0.05);
    expect(orders.discrepancy.phi).toBeGreaterThan(0.3);
    expect(orders.discrepancy.push).toBeGreaterThan(0.01);
    expect(orders.discrepancy.push).toBeLessThan(0.1);
    expect(orders.relativeError).toBeLessThan(0.12);
    expect(orders.weeks).toHaveLength(42);
    expect(orders.weeks.at(-1)!.t).toBe('2025-10-21');
    for (const { low, median, high } of orders.weeks) expect(low < median && median < high).toBe(true);
  });

  it('gives draws by name, and tells how far it is', () => {
    const draws = decodeDraws(full.draws);
    expect(draws.names.at(-1)).toBe('scale:joined');
    expect([draws.count, draws.modelNames]).toEqual([400, 7]);
    expect(draws.values.every((value) => value > 0)).toBe(true);
    expect(told.every((share, i) => share >= (told[i - 1] ?? 0) && share <= 1)).toBe(true);
    expect(JSON.parse(JSON.stringify(full))).toEqual(full);
  });

  it('gives the same bits for any number of threads, and others for another seed', { timeout: 60_000 }, async () => {
    expect(await fitModel(taskOf(made.snapshot), { threads: 2 })).toEqual(full);
    const other = await quickFit(taskOf(made.snapshot, { seed: 6 }), alone);
    const same = await quickFit(taskOf(made.snapshot, { seed: 6 }), { threads: 2 });
    expect(same).toEqual(other);
    expect(other.result.draws.values).not.toEqual((await quick(made.snapshot)).draws.values);
  });

  it('is stopped at any moment with what is known until then', { timeout: 60_000 }, async () => {
    for (const share of [0.001, 0.1, 0.4]) {
      const stop = new AbortController();
      const onProgress = (done: number) => {
        if (done >= share) stop.abort();
      };
      const result = await fitModel(taskOf(made.snapshot), { ...alone, signal: stop.signal, onProgress });
      expect(result.complete).toBe(false);
      expect(decodeDraws(result.draws).values.every(Number.isFinite)).toBe(true);
      if (share === 0.001) expect(result).toMatchObject({ basis: 'prior', reason: { code: 'stopped' } });
      if (share === 0.4) expect(result.basis).toBe('data');
    }
    const stopped = AbortSignal.abort();
    expect(await fitModel(taskOf(made.snapshot), { ...alone, signal: stopped })).toMatchObject({ complete: false });
  });

  it('fits only the parameters that are named', async () => {
    const { result } = await quickFit(taskOf(made.snapshot, { parameters: ['frequency', 'pull'] }), alone);
    expect(result.draws.names).toEqual(['pull', 'frequency', 'scale:joined']);
  });
});

describe('a quick fit', () => {
  it('comes near the full one, and goes on from an earlier optimum', { timeout: 30_000 }, async () => {
    const first = await quickFit(taskOf(made.snapshot), alone);
    const again = await quickFit(taskOf(made.snapshot), alone, { warmStart: first.optimum! });
    expect(again.result.evaluations).toBeLessThan(first.result.evaluations);
    for (const [d, { prior, low, high }] of full.parameters.entries()) {
      for (const { result } of [first, again]) {
        const other = result.parameters[d]!;
        const width = Math.log(prior.high / prior.low);
        expect(Math.abs(Math.log(other.low / low))).toBeLessThan(0.15 * width);
        expect(Math.abs(Math.log(other.high / high))).toBeLessThan(0.15 * width);
      }
    }
  });
});

describe('odd data', () => {
  it('prior alone where there is nothing, too little, or nothing to look for', async () => {
    const reasonOf = async (snapshot: Snapshot) => {
      const result = await fitModel(taskOf(snapshot), alone);
      expect(result).toMatchObject({ basis: 'prior', series: [], rhat: null });
      expect(result.reason!.zh).not.toBe(result.reason!.en);
      expect(decodeDraws(result.draws).count).toBe(400);
      return [result.reason!.code, ...result.missing.map(({ code }) => code)];
    };
    const days = (count: number) => Array.from({ length: count }, (_, day) => 50 + (day % 3));
    expect(await reasonOf(snapshotOf([], 100))).toEqual(['no_data', 'no_data', 'no_data', 'no_data']);
    expect(await reasonOf(snapshotOf([], 0))).toEqual(['no_data', 'no_data', 'no_data', 'no_data']);
    const short = await reasonOf(snapshotOf([{ kpi: 'orders', values: days(41) }]));
    expect(short).toEqual(['too_short', 'too_short', 'no_data', 'no_data']);
    const constant = [
      { kpi: 'orders', values: days(100).map(() => 7) },
      { kpi: 'other', values: days(100) },
    ];
    expect(await reasonOf(snapshotOf(constant))).toEqual(['no_data', 'constant', 'no_data', 'no_data', 'not_mapped']);
  });

  it('reads nothing into other KPI, and stands their lack', { timeout: 30_000 }, async () => {
    const only = { ...made.snapshot, series: made.snapshot.series.filter(({ kpi }) => kpi === 'orders') };
    const result = await quick(only);
    expect(result).toMatchObject({ basis: 'data', converged: true });
    expect(result.missing).toEqual([
      { kpi: 'customers', code: 'no_data' },
      { kpi: 'joined', code: 'no_data' },
    ]);
    expect(result.parameters.find(({ variable }) => variable === 'loss')!.verdict).not.toBe('identified');
  });

  it('spikes count for little', { timeout: 30_000 }, async () => {
    const result = await quick(
      changed('orders', (value, day) => (day === 120 && value !== null ? value * 200 : value)),
    );
    const plain = await quick(made.snapshot);
    expect(codes(result)).toContain('outliers');
    const frequency = (of: FitResult) => of.parameters.find(({ variable }) => variable === 'frequency')!;
    const { low, high } = frequency(plain);
    expect(frequency(result).median).toBeGreaterThan(low * 0.97);
    expect(frequency(result).median).toBeLessThan(high * 1.03);
  });

  it('closed days, weeks of nothing, negative weeks, a late beginning and a hole are gaps or patterns, and said', {
    timeout: 60_000,
  }, async () => {
    const closed = await quick(changed('orders', (value, day) => ((day + 2) % 7 === 5 ? 0 : value)));
    expect(closed.series[0]!.weekday![5]).toBe(0);
    const odd = await quick(
      changed('orders', (value, day) => {
        if (day < 90) return null;
        if (day < 104) return 0;
        if (day >= 140 && day < 154) return -5;
        return day >= 200 && day < 235 ? null : value;
      }),
    );
    expect(odd.basis).toBe('data');
    expect(codes(odd)).toEqual(expect.arrayContaining(['weeks_not_positive', 'begins_late']));
    const weeks = odd.series[0]!.weeks.map(({ observed }) => observed);
    expect(weeks.filter((value) => value === null).length).toBeGreaterThan(18);
    for (const { low, high } of odd.parameters) expect(low < high).toBe(true);
  });

  it('never gives what is not finite, however wild the data', { timeout: 60_000 }, async () => {
    const wild: ((value: number | null, day: number) => number | null)[] = [
      (value) => (value === null ? null : value * 1e9),
      (value) => (value === null ? null : value * 1e-9),
      (value, day) => (day % 2 === 0 ? value : null),
      (value, day) => (value === null ? null : value * 10 ** (((day * 7919) % 13) - 6)),
      (_, day) => (day === 250 ? 1 : 0),
      (value, day) => (day < 150 ? value : (value ?? 1) * 20),
    ];
    for (const change of wild) {
      const result = await quick(changed('orders', change));
      expect(decodeDraws(result.draws).values.every(Number.isFinite)).toBe(true);
      expect(result.parameters.every(({ low, high, median }) => [low, high, median].every(Number.isFinite))).toBe(true);
      for (const { weeks } of result.series) {
        expect(weeks.every(({ low, median, high }) => [low, median, high].every(Number.isFinite))).toBe(true);
      }
    }
  });

  it('a model that does not compile is refused', async () => {
    const broken = { ...shop, xmile: shop.xmile.replace('customers*loss', 'customers*lost') };
    await expect(fitModel(taskOf(made.snapshot, { model: broken }), alone)).rejects.toThrow('lost');
  });
});
