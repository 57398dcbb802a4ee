import { expect, it } from 'vitest';
import { laggedProducts } from './fourier.ts';
import { draw } from './random.ts';

it.each([
  [1, 1],
  [2, 5],
  [3, 64],
  [5, 77],
])('lagged products of %i rows of %i values are those of the definition', (rows, length) => {
  const all = Array.from({ length: rows }, (_, r) => Float64Array.from({ length }, (__, i) => draw(1, 0, r, i) - 0.3));
  const found = laggedProducts(all);
  expect(found).toHaveLength(length);
  for (let lag = 0; lag < length; lag += 1) {
    let sum = 0;
    for (const row of all) for (let i = lag; i < length; i += 1) sum += row[i]! * row[i - lag]!;
    expect(found[lag]).toBeCloseTo(sum, 10);
  }
});

it('of nothing are nothing', () => {
  expect(laggedProducts([])).toHaveLength(0);
});
