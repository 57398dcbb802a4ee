import { describe, expect, it } from 'vitest';
import { type FunctionName, functions } from './functions.ts';
import { erfc } from './normal.ts';
import { draw } from './random.ts';

function call(name: FunctionName, ...args: number[]): number {
  return (functions[name] as (...args: number[]) => number)(...args);
}

/** Relative error, absolute near 0. */
function expectClose(found: number, expected: number, tolerance = 1e-12): void {
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(tolerance * Math.max(1e-300, Math.abs(expected)));
}

describe('special functions', () => {
  it('agree with tables to 12 digits', () => {
    expectClose(call('logGamma', 0.5), 0.5723649429247001);
    expectClose(call('logGamma', 10.3), 13.482036786138359);
    expectClose(call('logGamma', 100), 359.1342053695754);
    expectClose(call('logGamma', -1.5), 0.860047015376481);
    expectClose(call('erf', 0.5), 0.5204998778130465);
    expectClose(call('erf', 2), 0.9953222650189527);
    expectClose(call('erf', -3), -0.9999779095030014);
    expectClose(erfc(1), 0.15729920705028513);
    expectClose(erfc(5), 1.5374597944280349e-12);
    expectClose(erfc(10), 2.088487583762545e-45);
    expectClose(call('gammaCdf', 90, 100, 1), 0.15822098918643007);
    expectClose(call('gammaCdf', 1e6, 1e6, 1), 0.5001329807608725);
    expectClose(call('betaCdf', 0.4, 2, 3), 0.5248);
    expectClose(call('betaCdf', 0.33, 1000, 2000), 0.3506326761341843);
  });

  it('are infinite at the poles of gamma and undefined below the domain of the others', () => {
    expect(call('logGamma', 0)).toBe(Number.POSITIVE_INFINITY);
    expect(call('logGamma', -3)).toBe(Number.POSITIVE_INFINITY);
    expect(call('factorial', -1)).toBeNaN();
    expect(call('combinations', 5, 1.5)).toBeNaN();
    expect(call('permutations', -1, 0)).toBeNaN();
  });

  it('count', () => {
    expect(call('factorial', 0)).toBe(1);
    expect(call('factorial', 20)).toBe(2432902008176640000);
    expect(call('factorial', 171)).toBe(Number.POSITIVE_INFINITY);
    expectClose(call('factorial', 0.5), Math.sqrt(Math.PI) / 2);
    expect(call('combinations', 5, 3)).toBe(10);
    expect(call('combinations', 50, 25)).toBe(126410606437752);
    expect(call('combinations', 3, 5)).toBe(0);
    expect(call('combinations', 10_000, 5000)).toBe(Number.POSITIVE_INFINITY);
    expectClose(call('combinations', 1e6, 3), (1e6 * 999_999 * 999_998) / 6);
    expect(call('permutations', 10, 3)).toBe(720);
    expect(call('permutations', 1e9, 1e9)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('quantiles', () => {
  it('agree with tables to 12 digits', () => {
    expectClose(call('normalQuantile', 0.975, 0, 1), 1.959963984540054);
    expectClose(call('normalQuantile', 1e-20, 0, 1), -9.26234008979841);
    expectClose(call('gammaQuantile', 0.01, 0.3, 2), 3.0044453104720814e-7);
    expectClose(call('betaQuantile', 0.3, 0.5, 0.5), 0.2061073738537634);
    expectClose(call('betaQuantile', 0.99, 300, 20), 0.9648177459471458);
    expect(call('poissonQuantile', 0.999, 1000)).toBe(1099);
    expect(call('binomialQuantile', 0.001, 1000, 0.3)).toBe(256);
    expect(call('geometricQuantile', 0.5, 0.1)).toBe(7);
  });

  const continuous: [FunctionName, FunctionName, number[]][] = [
    ['normalQuantile', 'normalCdf', [3, 2]],
    ['exponentialQuantile', 'exponentialCdf', [4]],
    ['logNormalQuantile', 'logNormalCdf', [10, 3]],
    ['logisticQuantile', 'logisticCdf', [1, 2]],
    ['weibullQuantile', 'weibullCdf', [1.7, 2]],
    ['paretoQuantile', 'paretoCdf', [3, 2]],
    ['triangularQuantile', 'triangularCdf', [0, 1, 5]],
    ['gammaQuantile', 'gammaCdf', [0.3, 2]],
    ['gammaQuantile', 'gammaCdf', [50, 2]],
    ['betaQuantile', 'betaCdf', [2, 5]],
    ['betaQuantile', 'betaCdf', [300, 20]],
  ];

  it.each(continuous)('%s undoes %s of %j', (quantile, cdf, parameters) => {
    for (const p of [1e-9, 1e-4, 0.01, 0.3, 0.5, 0.7, 0.99, 0.9999]) {
      const found = call(cdf, call(quantile, p, ...parameters), ...parameters);
      expect(Math.abs(found - p)).toBeLessThan(1e-12 * p + 1e-15);
    }
  });

  const counts: [FunctionName, FunctionName, number[]][] = [
    ['poissonQuantile', 'poissonCdf', [3]],
    ['poissonQuantile', 'poissonCdf', [1e5]],
    ['binomialQuantile', 'binomialCdf', [40, 0.2]],
    ['geometricQuantile', 'geometricCdf', [0.15]],
  ];

  it.each(counts)('%s is the smallest count at which %s of %j reaches p', (quantile, cdf, parameters) => {
    for (const p of [1e-12, 1e-4, 0.01, 0.3, 0.5, 0.7, 0.99, 0.9999999]) {
      const count = call(quantile, p, ...parameters);
      expect(call(cdf, count, ...parameters)).toBeGreaterThanOrEqual(p);
      expect(call(cdf, count - 1, ...parameters)).toBeLessThan(p);
    }
  });

  it('hold at the ends of their parameters', () => {
    expect(call('poissonQuantile', 0.7, 0)).toBe(0);
    expect(call('binomialQuantile', 0.7, 9, 0)).toBe(0);
    expect(call('binomialQuantile', 0.7, 9, 1)).toBe(9);
    expect(call('geometricQuantile', 0.7, 1)).toBe(1);
    expect(call('triangularQuantile', 0.7, 2, 2, 2)).toBe(2);
    expect(call('logNormalQuantile', 0.7, 5, 0)).toBe(5);
    expect(call('normalQuantile', 0.7, 5, 0)).toBe(5);
  });

  it('are undefined where no such distribution exists, and come to an end', () => {
    const undefinedOnes: [FunctionName, number[]][] = [
      ['gammaQuantile', [-1, 1]],
      ['gammaQuantile', [1, 0]],
      ['betaQuantile', [0, 1]],
      ['poissonQuantile', [-1]],
      ['poissonQuantile', [Number.NaN]],
      ['poissonQuantile', [1e300]],
      ['binomialQuantile', [3.5, 0.5]],
      ['binomialQuantile', [3, 1.5]],
      ['geometricQuantile', [0]],
      ['triangularQuantile', [3, 2, 1]],
      ['weibullQuantile', [0, 1]],
      ['paretoQuantile', [1, -1]],
      ['logNormalQuantile', [0, 1]],
      ['exponentialQuantile', [-1]],
    ];
    for (const [name, parameters] of undefinedOnes)
      expect([name, call(name, 0.4, ...parameters)]).toEqual([name, Number.NaN]);
  });
});

describe('variates by inversion', () => {
  const moments: [FunctionName, number[], number, number][] = [
    ['normalQuantile', [3, 2], 3, 2],
    ['exponentialQuantile', [4], 4, 4],
    ['logNormalQuantile', [10, 3], 10, 3],
    ['logisticQuantile', [1, 2], 1, (2 * Math.PI) / Math.sqrt(3)],
    ['weibullQuantile', [2, 1], Math.sqrt(Math.PI) / 2, Math.sqrt(1 - Math.PI / 4)],
    ['paretoQuantile', [6, 5], 6, Math.sqrt(1.5)],
    ['triangularQuantile', [0, 1, 5], 2, Math.sqrt(21 / 18)],
    ['gammaQuantile', [2.5, 2], 5, Math.sqrt(10)],
    ['betaQuantile', [2, 3], 0.4, 0.2],
    ['poissonQuantile', [3], 3, Math.sqrt(3)],
    ['binomialQuantile', [20, 0.3], 6, Math.sqrt(4.2)],
    ['geometricQuantile', [0.25], 4, Math.sqrt(12)],
  ];

  it.each(moments)('%s of %j has mean %d and deviation %d', (name, parameters, mean, deviation) => {
    const count = 20_000;
    let sum = 0;
    let squares = 0;
    for (let at = 0; at < count; at += 1) {
      const value = call(name, draw(7, 0, 1, at), ...parameters);
      sum += value;
      squares += (value - mean) ** 2;
    }
    expect(Math.abs(sum / count - mean)).toBeLessThan((4 * deviation) / Math.sqrt(count));
    expect(Math.sqrt(squares / count) / deviation).toBeGreaterThan(0.94);
    expect(Math.sqrt(squares / count) / deviation).toBeLessThan(1.06);
  });
});

describe('annuities', () => {
  it('give the payment of the example of the Stella reference', () => {
    expect(call('payment', 0.01, 36, 10_000, 0)).toBeCloseTo(-332.14, 2);
  });

  it('fulfil their equation, also without interest and with hardly any', () => {
    for (const rate of [0, 1e-12, 0.01, -0.02, 0.5]) {
      const payment = call('payment', rate, 10, 1000, -200);
      expectClose(call('presentValue', rate, 10, payment, -200), 1000, 1e-11);
      expectClose(call('futureValue', rate, 10, payment, 1000), -200, 1e-10);
    }
    expect(call('payment', 0, 10, 1000, 0)).toBe(-100);
  });
});
