import { describe, expect, it } from 'vitest';
import { spreadFactor, stretchOf } from './calibration.ts';
import {
  averageGrids,
  gridLevels,
  gridOfSample,
  gridQuantile,
  medianOf,
  normalGrid,
  spreadGrid,
  summaryOf,
} from './grid.ts';
import { crpsOfGrid, crpsOfSample, isInside, maseScale } from './scores.ts';

/** CRPS of a normal distribution in closed form (Gneiting, Raftery 2007, equation 5); erf by its series. */
function crpsOfNormal(mean: number, deviation: number, observed: number): number {
  const z = (observed - mean) / deviation;
  let [term, erf] = [z / Math.SQRT2, 0];
  for (let n = 0; n < 120; n += 1) {
    erf += term / (2 * n + 1);
    term *= (-z * z) / 2 / (n + 1);
  }
  const twiceCdf = 1 + (2 / Math.sqrt(Math.PI)) * erf;
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  return deviation * (z * (twiceCdf - 1) + 2 * density - 1 / Math.sqrt(Math.PI));
}

describe('continuous ranked probability score', () => {
  it('is that of the normal distribution, to the fineness of the grid', () => {
    const grid = normalGrid.map((score) => 50 + 8 * score);
    for (const observed of [30, 44, 50, 53.7, 61, 75]) {
      expect(crpsOfGrid(grid, observed)).toBeCloseTo(crpsOfNormal(50, 8, observed), 1);
      expect(crpsOfGrid(grid, observed) / crpsOfNormal(50, 8, observed)).toBeCloseTo(1, 2);
    }
  });

  it('is exact for a sample: mean distance to the outcome less half the mean distance within', () => {
    const sample = [-3, 0.5, 0.5, 2, 7, 11];
    for (const observed of [-5, 0.5, 1, 7, 20]) {
      const away = sample.reduce((sum, x) => sum + Math.abs(x - observed), 0) / 6;
      const within = sample.flatMap((x) => sample.map((y) => Math.abs(x - y))).reduce((sum, d) => sum + d, 0) / 36;
      expect(crpsOfSample(sample, observed)).toBeCloseTo(away - within / 2, 12);
    }
  });

  it('of one number is the absolute error, and right and sharp is better than right and wide', () => {
    expect(crpsOfSample([4], 9)).toBe(5);
    expect(
      crpsOfGrid(
        normalGrid.map((z) => 10 + z),
        10,
      ),
    ).toBeLessThan(
      crpsOfGrid(
        normalGrid.map((z) => 10 + 3 * z),
        10,
      ),
    );
  });
});

describe('mean absolute scaled error', () => {
  it('is measured by one-week changes of the past, gaps left out', () => {
    expect(maseScale([1, 3, 2, 6])).toBeCloseTo((2 + 1 + 4) / 3, 12);
    expect(maseScale([1, Number.NaN, 2, 6])).toBe(4);
    expect(maseScale([5, 5, 5])).toBeNull();
    expect(maseScale([5])).toBeNull();
  });

  it('is measured by changes over a year where there are two', () => {
    expect(maseScale(Array.from({ length: 104 }, (_, week) => week))).toBe(52);
    expect(maseScale(Array.from({ length: 103 }, (_, week) => week))).toBe(1);
  });
});

describe('grids', () => {
  it('have the quantiles of what they were made of', () => {
    const grid = gridOfSample(Array.from({ length: 1001 }, (_, i) => 1000 - i));
    expect(medianOf(grid)).toBe(500);
    expect(gridQuantile(grid, 0.1)).toBeCloseTo(100, 0);
    expect(summaryOf(grid).mean).toBeCloseTo(500, 6);
    expect(gridOfSample([3, Number.NaN, Number.POSITIVE_INFINITY]).every((value) => value === 3)).toBe(true);
  });

  it('count an outcome on the edge of the 80 % interval as inside', () => {
    const grid = Float64Array.from(gridLevels);
    expect([0.1, 0.5, 0.9].every((value) => isInside(grid, value))).toBe(true);
    expect([0.09, 0.91].some((value) => isInside(grid, value))).toBe(false);
  });

  it('are stretched about their median, on the logarithm where positive', () => {
    const positive = normalGrid.map((z) => Math.exp(z));
    expect(gridQuantile(spreadGrid(positive, 2), 0.9)).toBeCloseTo(gridQuantile(positive, 0.9) ** 2, 1);
    expect(spreadGrid(positive, 3)[0]).toBeGreaterThan(0);
    expect(
      spreadGrid(
        normalGrid.map((z) => z),
        2,
      )[0],
    ).toBeCloseTo(2 * normalGrid[0]!, 12);
  });

  it('are averaged quantile by quantile', () => {
    const [a, b] = [normalGrid.map((z) => 10 + z), normalGrid.map((z) => 20 + 3 * z)];
    const mixed = averageGrids([
      { grid: a, weight: 3 },
      { grid: b, weight: 1 },
    ])!;
    expect(mixed[98]).toBeCloseTo(12.5 + 1.5 * normalGrid[98]!, 12);
    expect(averageGrids([{ grid: a, weight: 0 }])).toBeUndefined();
  });
});

describe('widths', () => {
  const grid = normalGrid.map((z) => Math.exp(3 + 0.2 * z));

  it('are asked to be as much wider as outcomes were farther away', () => {
    const far = normalGrid.map((z) => Math.exp(3 + 0.5 * z));
    const stretches = [...far].map((observed) => ({ stretch: stretchOf(grid, observed), weight: 1 }));
    expect(spreadFactor(stretches)).toBeCloseTo(2.5, 0);
    const near = [...grid].map((observed) => ({ stretch: stretchOf(grid, observed), weight: 1 }));
    expect(spreadFactor(near)).toBeCloseTo(1, 1);
  });

  it('stay as they are without a past, and within bounds with an absurd one', () => {
    expect(spreadFactor([])).toBeCloseTo(1, 1);
    const absurd = Array.from({ length: 50 }, () => ({ stretch: Number.POSITIVE_INFINITY, weight: 1 }));
    expect(spreadFactor(absurd)).toBe(4);
    expect(spreadFactor(Array.from({ length: 50 }, () => ({ stretch: 0, weight: 1 })))).toBe(0.25);
  });
});
