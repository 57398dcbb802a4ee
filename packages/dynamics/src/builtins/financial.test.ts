import { describe, expect, it } from 'vitest';
import { series, startValue } from './bench.fixture.ts';

describe('financial builtins', () => {
  it('give the loan of the Stella reference', () => {
    expect(startValue('PMT(0.01, 36, 10000, 0)')).toBeCloseTo(-332.14, 2);
    expect(startValue('PV(0.01, 36, PMT(0.01, 36, 10000, 0), 0)')).toBeCloseTo(10_000, 8);
    expect(startValue('FV(0.05, 10, 0, -100)')).toBeCloseTo(100 * 1.05 ** 10, 10);
  });

  it('NPV adds what each later step is worth to the initial value', () => {
    const values = series('NPV(100, 0.1, 0)', { stop: 10 });
    for (const [year, value] of values.entries()) expect(value).toBeCloseTo((100 * (1 - 1.1 ** -year)) / 0.1, 9);
    expect(series('NPV(TIME, 0, 5)', { stop: 3 })).toEqual([5, 6, 8, 11]);
    expect(series('NPV(7, 0)', { stop: 2, dt: 0.5 })).toEqual([7, 10.5, 14, 17.5, 21]);
  });

  it("NPV with a factor is Vensim's, which counts the present step", () => {
    const values = series('NPV(100, 0.1, 0, 2)', { stop: 5 });
    for (const [year, value] of values.entries()) {
      const sum = Array.from({ length: year + 1 }, (_, at) => 100 / 1.1 ** at).reduce((a, b) => a + b);
      expect(value).toBeCloseTo(2 * sum, 9);
    }
  });

  it('IRR is the rate at which the stream so far is worth nothing', () => {
    const values = series('IRR(IF TIME = 0 THEN -100 ELSE 30)', { stop: 5 });
    expect(values[0]).toBe(0);
    for (const [years, rate] of values.entries()) {
      if (years === 0) continue;
      let worth = -100;
      for (let k = 1; k <= years; k++) worth += 30 / (1 + rate) ** k;
      expect(worth).toBeCloseTo(0, 8);
    }
    // Half-yearly payments, a rate for the year; the stream has one sign until the third of them.
    const halves = series('IRR(STEP(-60, 0) + STEP(180, 1), 0.25)', { stop: 1, dt: 0.5 });
    expect(halves.slice(0, 2)).toEqual([0.25, 0.25]);
    // -60 - 60 v + 120 v² = 0 at v = 1.
    expect(halves[2]).toBeCloseTo(0, 9);
  });
});
