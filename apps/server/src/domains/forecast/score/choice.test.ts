import { describe, expect, it } from 'vitest';
import { chooseThrough } from './choice.ts';
import { type Fold, originWeeks, pairsWithin } from './folds.ts';
import { gridQuantile, normalGrid } from './grid.ts';
import { bestWeights, priorWeights } from './weights.ts';

const horizons = [
  { from: 1, to: 2 },
  { from: 3, to: 4 },
];

/** Folds two weeks apart; outcomes lie around 100, and the forecasts are off by so much. */
function foldsWith(bias: Partial<Record<'model' | 'ets' | 'last_value', number>>, count = 14, width = 5): Fold[] {
  return Array.from({ length: count }, (_, fold) => ({
    origin: 70 + 14 * fold,
    grids: Object.fromEntries(
      Object.entries(bias).map(([method, by]) => [
        method,
        Array.from({ length: 4 }, () => normalGrid.map((z) => 100 + by + width * z)),
      ]),
    ),
    observed: Float64Array.from({ length: 4 }, (_, week) => 100 + 6 * Math.sin(5 * fold + 3 * week)),
    maseScale: 5,
  }));
}

describe('origins', () => {
  it('are evenly spread, leave enough before and weeks to score after', () => {
    expect(originWeeks(78, 12, 13)).toEqual([26, 30, 33, 37, 40, 44, 47, 51, 54, 58, 61, 65]);
    expect(originWeeks(53, 4, 13).at(-1)).toBe(45);
    expect(originWeeks(11, 8, 13)).toEqual([10]);
    expect(originWeeks(9, 8, 13)).toEqual([]);
    expect(new Set(originWeeks(30, 60, 13)).size).toBe(originWeeks(30, 60, 13).length);
  });
});

describe('choosing through folds', () => {
  it('learns only from weeks that had been seen at an origin', () => {
    const honest = foldsWith({ model: 3, ets: 8, last_value: 1 });
    const at = 8;
    const changed = honest.map((fold) => ({
      ...fold,
      observed: fold.observed.map((value, week) => (fold.origin + 7 * (week + 1) > honest[at]!.origin ? 1e6 : value)),
    }));
    const [a, b] = [honest, changed].map((folds) => chooseThrough([folds, folds], horizons));
    for (const s of [0, 1]) {
      expect(a!.corrected[s]!.slice(0, at + 1).map(({ grids, used }) => ({ grids, used }))).toEqual(
        b!.corrected[s]!.slice(0, at + 1).map(({ grids, used }) => ({ grids, used })),
      );
      expect(a!.corrected[s]![at + 1]!.grids).not.toEqual(b!.corrected[s]![at + 1]!.grids);
    }
  });

  it('comes to use and to weigh most what forecasts well', () => {
    const { lessons, corrected } = chooseThrough([foldsWith({ model: 40, ets: 0, last_value: 45 }, 30)], horizons);
    expect(lessons[0]![0]!.weights.ets).toBeGreaterThan(0.5);
    expect(lessons[0]![0]!.method).toBe('ets');
    expect(corrected[0]!.at(-1)!.used[0]).toBe('ets');
    expect(corrected[0]![0]!.used[0]).toBe('combination');
  });

  it('never settles on what was worse than the best baseline by more than 2 %', () => {
    for (const bias of [
      { model: 2, ets: 1 },
      { model: -9, ets: 4, last_value: 8 },
      { model: 6, ets: 5 },
    ]) {
      const folds = foldsWith(bias, 20);
      const { lessons, corrected } = chooseThrough([folds], horizons);
      for (const [b, horizon] of horizons.entries()) {
        const mean = (method: 'ets' | 'model') => {
          const scores = pairsWithin(folds, horizon).map(({ fold, week }) => corrected[0]![fold]!.crps[method]![week]!);
          return scores.reduce((sum, score) => sum + score, 0) / scores.length;
        };
        expect(mean(lessons[0]![b]!.method as 'ets')).toBeLessThanOrEqual(1.02 * mean('ets') + 1e-9);
      }
    }
  });

  it('widens intervals that were too narrow and narrows those that were too wide', () => {
    for (const [width, least, most] of [
      [1, 1.5, 4],
      [20, 0.2, 0.6],
    ] as const) {
      const { lessons, corrected } = chooseThrough([foldsWith({ ets: 0 }, 30, width)], horizons);
      expect(lessons[0]![0]!.factors.ets).toBeGreaterThan(least);
      expect(lessons[0]![0]!.factors.ets).toBeLessThanOrEqual(most);
      const last = corrected[0]!.at(-1)!.grids.ets![0]!;
      expect(gridQuantile(last, 0.9) - 100).toBeCloseTo(5.5, -1);
    }
  });

  it('believes plans as far as they were borne out, and moves what it uses by that', () => {
    const borneOut = (share: number) =>
      foldsWith({ ets: 0, model: 0 }, 24).map((fold, i) => {
        const move = new Float64Array(4).fill(i % 3 === 0 ? 0.5 : i % 3 === 1 ? -0.4 : 0);
        return { ...fold, move, observed: fold.observed.map((value, week) => value * Math.exp(share * move[week]!)) };
      });
    for (const share of [0, 0.5, 1]) {
      const { lessons, corrected } = chooseThrough([borneOut(share)], horizons);
      const { response } = lessons[0]![0]!;
      expect(Math.abs(response - share)).toBeLessThan(0.2);
      const fold = 21;
      const [used, ets] = [corrected[0]![fold]!.usedGrids[0]!, corrected[0]![fold]!.grids.ets![0]!];
      expect(Math.log(gridQuantile(used, 0.5) / 100) / 0.5).toBeCloseTo(share, 0);
      expect(gridQuantile(ets, 0.5)).toBeCloseTo(100, 9);
    }
    expect(chooseThrough([foldsWith({ ets: 0 })], horizons).lessons[0]![0]!.response).toBe(0.5);
  });

  it('bears a series that nothing is known of, no series, and a method that is there at times', () => {
    const unknown = foldsWith({ ets: 0 }).map((fold) => ({ ...fold, observed: fold.observed.fill(Number.NaN) }));
    expect(chooseThrough([unknown], horizons).lessons[0]![0]!.method).toBe('combination');
    expect(chooseThrough([], horizons)).toEqual({ corrected: [], lessons: [] });
    const partly = foldsWith({ ets: 0, model: 1 }).map((fold, i) =>
      i % 2 === 0 ? { ...fold, grids: { ets: fold.grids.ets! } } : fold,
    );
    const { corrected } = chooseThrough([partly], horizons);
    expect(corrected[0]!.every(({ grids }) => grids.combination!.every((grid) => grid?.every(Number.isFinite)))).toBe(
      true,
    );
  });
});

describe('weights', () => {
  it('are the belief without a past, and what scores best with a long one', () => {
    const able = ['model', 'ets'] as const;
    const prior = priorWeights(able);
    expect(bestWeights([], able, prior)).toEqual(prior);
    const past = (observed: number) => ({
      grids: { model: normalGrid.map((z) => z - 10), ets: normalGrid.map((z) => z + 10) },
      observed,
      weight: 1,
    });
    const half = bestWeights(
      Array.from({ length: 300 }, () => past(0)),
      able,
      prior,
    );
    expect(half.model).toBeCloseTo(0.5, 1);
    expect(half.model! + half.ets!).toBeCloseTo(1, 12);
  });
});
