import { describe, expect, it } from 'vitest';
import { baselinesOf } from './baselines.ts';
import { exponentialSmoothing, levelSmoothing } from './exponential.ts';
import { gapsFilled } from './gaps.ts';
import { gridQuantile, medianOf } from './grid.ts';
import type { SeriesInput } from './history.ts';
import { deviationsAhead, walkDeviations } from './spread.ts';

/** Uniform in [-0.5, 0.5), the same for the same seed (Park, Miller 1988). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647 - 0.5;
  };
}

function input(values: (number | null)[], more: Partial<SeriesInput> = {}): SeriesInput {
  return { kpi: 'gmv', measure: 'total', values, weekday0: 0, promotions: new Uint8Array(values.length + 91), ...more };
}

/** Days of weeks that add up to the values given. */
function weeks(totals: readonly number[]): number[] {
  return totals.flatMap((total) => new Array<number>(7).fill(total / 7));
}

const noisy = (days: number, seed = 7) => {
  const next = chance(seed);
  return Array.from({ length: days }, (_, day) => Math.round(1000 * Math.exp(0.002 * day + 0.4 * next())));
};

function pathOf(of: SeriesInput, origin: number, method: string, ahead = 13) {
  const found = baselinesOf(of)
    .at(origin, ahead)
    .find((one) => one.method === method)!;
  return found.grids?.map(medianOf);
}

describe('last value', () => {
  it('goes on as the last week was, wider with the square root of time at first', () => {
    const totals = [100, 110, 90, 105];
    const path = pathOf(input(weeks(totals)), 28, 'last_value')!;
    for (const value of path) expect(value).toBeCloseTo(105, 8);
    const logs = Float64Array.from(totals, Math.log);
    const step = Math.sqrt((Math.log(1.1) ** 2 + Math.log(90 / 110) ** 2 + Math.log(105 / 90) ** 2) / 3);
    expect(walkDeviations(logs, 4)[3]).toBeCloseTo(2 * step, 12);
    // Too little past for errors of its own: a random walk's width.
    const [grid] = baselinesOf(input(weeks(totals))).at(28, 4)[0]!.grids!;
    expect(Math.log(gridQuantile(grid!, 0.9) / 105)).toBeCloseTo(1.2816 * step, 1);
  });
});

describe('seasonal naive', () => {
  it('repeats the same week of last year where there are two years', () => {
    const next = chance(3);
    const totals = Array.from({ length: 106 }, () => 1000 + 500 * next());
    const path = pathOf(input(weeks(totals)), 742, 'seasonal_naive', 60)!;
    for (const [h, value] of path.entries()) expect(value).toBeCloseTo(totals[54 + (h % 52)]!, 6);
  });

  it('is a mean of the last weeks before that: of four, unless others served better', () => {
    const totals = [100, 200, 400, 800, 100, 200];
    const path = pathOf(input(weeks(totals)), 42, 'seasonal_naive')!;
    expect(path[0]).toBeCloseTo((400 * 800 * 100 * 200) ** 0.25, 6);
    const next = chance(5);
    const growing = Array.from({ length: 30 }, (_, week) => 100 * 1.08 ** (week + 0.1 * next()));
    expect(pathOf(input(weeks(growing)), 210, 'seasonal_naive')![0]).toBeCloseTo(growing[29]!, 6);
  });
});

describe('smoothing', () => {
  it('finds a growth rate, and leaves a level without trend alone', () => {
    const path = exponentialSmoothing(
      Float64Array.from({ length: 60 }, (_, week) => 3 + 0.02 * week),
      10,
    )!;
    expect(path.points[9]).toBeCloseTo(3 + 0.02 * 69, 2);
    const flat = levelSmoothing(Float64Array.from([5, 5, 5, 5, 5, 5, 5]), 3);
    expect([...flat.points]).toEqual([5, 5, 5]);
    expect([...flat.deviations!]).toEqual([0, 0, 0]);
  });

  it('has MSTL add up days of the week that it knows, closed ones left out', () => {
    const shape = [1, 2, 1, 1, 3, 0, 4];
    const values = Array.from({ length: 140 }, (_, day) => 100 * shape[day % 7]!);
    const path = pathOf(input(values), 140, 'mstl')!;
    for (const value of path) expect(value / 1200).toBeCloseTo(1, 2);
  });

  it('says which methods there are none of', () => {
    const found = baselinesOf(input(weeks([5, 6, 7]))).at(21, 4);
    expect(found.map(({ method, grids }) => [method, grids !== undefined])).toEqual([
      ['last_value', true],
      ['seasonal_naive', true],
      ['ets', false],
      ['mstl', false],
    ]);
    expect(found[2]).toMatchObject({ reason: 'too_short' });
    expect(
      baselinesOf(input([]))
        .at(0, 4)
        .every(({ grids }) => grids === undefined),
    ).toBe(true);
  });
});

describe('every baseline', () => {
  const cases: [string, SeriesInput, number][] = [
    ['a noisy series', input(noisy(400)), 400],
    ['a constant series', input(new Array<number>(200).fill(7)), 200],
    ['zeros', input(new Array<number>(200).fill(0)), 200],
    ['mostly zeros', input(noisy(200).map((value, day) => (day % 9 === 0 ? value : 0))), 200],
    ['negative values', input(noisy(200).map((value) => value - 1100)), 200],
    ['gaps', input(noisy(180).map((value, day) => (day % 50 > 30 ? null : value))), 180],
    ['nothing at the end', input(noisy(180).map((value, day) => (day > 165 ? null : value))), 180],
    [
      'a level',
      input(
        Array.from({ length: 300 }, (_, day) => 100 + day),
        { measure: 'level' },
      ),
      300,
    ],
    ['a mean', input(noisy(180), { measure: 'mean' }), 180],
    ['one outlier', input(noisy(180).map((value, day) => (day === 150 ? 1e9 : value))), 180],
    ['tiny values', input(noisy(180).map((value) => value * 1e-12)), 180],
  ];

  it.each(cases)('gives finite, ascending quantiles for %s', (_, of, origin) => {
    for (const { grids } of baselinesOf(of).at(origin, 26)) {
      for (const grid of grids ?? []) {
        expect(grid.every(Number.isFinite)).toBe(true);
        expect(grid.every((value, i) => i === 0 || value >= grid[i - 1]!)).toBe(true);
        if (of.values.every((value) => value === null || value >= 0)) expect(grid[0]).toBeGreaterThanOrEqual(0);
      }
    }
  });

  it('sees nothing of what comes after the origin', () => {
    const honest = noisy(400);
    const nonsense = honest.map((value, day) => (day < 301 ? value : day % 3 === 0 ? null : -1e6 * day));
    const [a, b] = [honest, nonsense].map((values) => baselinesOf(input(values)).at(301, 13));
    expect(a).toEqual(b);
  });

  it('gives the same bits whatever was asked before', () => {
    const one = baselinesOf(input(noisy(400)));
    for (const origin of [200, 214, 301, 329]) one.at(origin, 13);
    expect(one.at(350, 13)).toEqual(baselinesOf(input(noisy(400))).at(350, 13));
  });

  it('knows promotions that are planned', () => {
    const promotions = new Uint8Array(500);
    for (let day = 10; day < 500; day += 28) promotions.fill(1, day, day + 3);
    const values = noisy(392).map((value, day) => (promotions[day] === 1 ? 4 * value : value));
    const path = pathOf(input(values, { promotions }), 392, 'last_value')!;
    expect(path[1]! / path[0]!).toBeGreaterThan(1.7);
    expect(path[5]! / path[4]!).toBeGreaterThan(1.7);
  });

  it('has 80 % intervals that hold about 80 % of a random walk with noise', () => {
    let [inside, all] = [0, 0];
    for (let seed = 1; seed <= 6; seed += 1) {
      const next = chance(seed * 7919);
      let level = 8;
      const totals = Array.from({ length: 65 }, () => {
        level += 0.12 * (next() + next() + next());
        return Math.exp(level + 0.1 * (next() + next() + next()));
      });
      for (const { grids } of baselinesOf(input(weeks(totals))).at(52 * 7, 13)) {
        for (const [h, grid] of (grids ?? []).entries()) {
          all += 1;
          if (totals[52 + h]! >= gridQuantile(grid, 0.1) && totals[52 + h]! <= gridQuantile(grid, 0.9)) inside += 1;
        }
      }
    }
    expect(inside / all).toBeGreaterThan(0.68);
    expect(inside / all).toBeLessThan(0.92);
  });
});

describe('deviations ahead', () => {
  it('follow errors that grow, and the method itself where there are none', () => {
    const errors = Array.from({ length: 200 }, (_, i) => ({
      origin: i,
      ahead: 1 + (i % 10),
      error: (i % 2 === 0 ? 1 : -1) * 0.1 * (1 + (i % 10)) * Math.sqrt(2 / Math.PI),
    }));
    const grown = deviationsAhead(errors, new Float64Array(13).fill(0.1), 13);
    expect(grown[9]! / grown[0]!).toBeGreaterThan(5);
    expect(
      deviationsAhead(
        [],
        Float64Array.from({ length: 13 }, (_, h) => 0.2 * Math.sqrt(h + 1)),
        13,
      )[8],
    ).toBeCloseTo(0.6, 2);
    expect(deviationsAhead([], new Float64Array(13), 13).every((value) => value > 0 && value < 1e-6)).toBe(true);
  });
});

describe('gaps', () => {
  it('lie on the straight line; at the end the last value stays', () => {
    const { NaN: gap } = Number;
    expect([...gapsFilled(Float64Array.from([gap, 2, gap, gap, 8, gap]))]).toEqual([2, 4, 6, 8, 8]);
    expect(gapsFilled(Float64Array.from([gap])).length).toBe(0);
  });
});
