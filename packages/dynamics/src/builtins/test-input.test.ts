import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusalOf, series } from './bench.fixture.ts';

const methods = ['euler', 'rk2', 'rk4', 'rk45'] as const;

describe('PULSE', () => {
  it('is magnitude / dt at the first time and then at each interval', () => {
    const values = series('PULSE(20, 12, 5)', { stop: 25, dt: 0.5 });
    const times = values.flatMap((value, step) => (value === 0 ? [] : [[step / 2, value]]));
    expect(times).toEqual([
      [12, 40],
      [17, 40],
      [22, 40],
    ]);
  });

  it('comes once without an interval and with interval 0', () => {
    for (const equation of ['PULSE(3, 2)', 'PULSE(3, 2, 0)'])
      expect(series(equation, { stop: 5 })).toEqual([0, 0, 3, 0, 0, 0]);
    expect(series('PULSE(3, 0)', { stop: 2 })).toEqual([3, 0, 0]);
    expect(series('PULSE(3)', { stop: 2, dt: 0.5 })).toEqual([6, 6, 6, 6, 6]);
  });

  it('begins with the first step at or after the first time', () => {
    expect(series('PULSE(3, 1.2)', { stop: 3 })).toEqual([0, 0, 3, 0]);
    expect(series('PULSE(3, -1)', { stop: 2 })).toEqual([0, 0, 0]);
    expect(series('PULSE(3, -1, 2)', { stop: 3 })).toEqual([0, 3, 0, 3]);
  });

  it.each(methods)('adds its magnitude to a stock with %s', (method) => {
    const bench = { dt: 0.25, stop: 4, method, stocks: { stock: ['0', 'PULSE(7, 1)'] } } as const;
    const values = series('stock', bench);
    expect(values[4]).toBe(0);
    expect(values[5]).toBeCloseTo(7, 12);
    expect(values.at(-1)).toBeCloseTo(7, 12);
  });

  it('is never lost and never doubled by rounding', () => {
    const grids = fc.record({
      start: fc.integer({ min: -1000, max: 3000 }),
      perUnit: fc.integer({ min: 1, max: 200 }),
      first: fc.integer({ min: 0, max: 60 }),
      interval: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(grids, ({ start, perUnit, first, interval }) => {
        const dt = 1 / perUnit;
        const at = start + first * dt;
        const steps = first + 5 * interval;
        const values = series(`PULSE(1, ${at}, ${interval * dt})`, { start, stop: start + steps * dt, dt });
        const times = values.flatMap((value, step) => (value === 0 ? [] : [step]));
        expect(times).toEqual(Array.from({ length: 6 }, (_, count) => first + count * interval));
      }),
      { numRuns: 60 },
    );
  });
});

describe('RAMP and STEP', () => {
  it('begin at their time', () => {
    expect(series('RAMP(2, 5)', { stop: 8 })).toEqual([0, 0, 0, 0, 0, 0, 2, 4, 6]);
    expect(series('RAMP(2, 5, 7)', { stop: 9 })).toEqual([0, 0, 0, 0, 0, 0, 2, 4, 4, 4]);
    expect(series('RAMP(2, 5, 1)', { stop: 9 })).toEqual(new Array(10).fill(0));
    expect(series('RAMP(2)', { start: 3, stop: 5 })).toEqual([0, 2, 4]);
    expect(series('STEP(6, 3)', { stop: 5 })).toEqual([0, 0, 0, 6, 6, 6]);
  });

  it('meet their time in spite of rounding', () => {
    const values = series('STEP(6, 0.3)', { stop: 1, dt: 0.1 });
    expect(values.indexOf(6)).toBe(3);
    // 1 / 3 of a step is no double: the third step begins a hair before or after 1.
    expect(series('STEP(1, 1)', { stop: 2, dt: 1 / 3 }).indexOf(1)).toBe(3);
  });

  it('are followed within the step by Runge-Kutta', () => {
    const ramp = series('stock', { stop: 4, method: 'rk4', stocks: { stock: ['0', 'RAMP(2, 1)'] } });
    for (const [time, value] of ramp.entries()) expect(value).toBeCloseTo(Math.max(0, time - 1) ** 2, 12);
  });
});

describe("Vensim's pulses", () => {
  it('are 1 for their width, one step at least', () => {
    expect(series('vensim.PULSE(2, 3)', { stop: 6 })).toEqual([0, 0, 1, 1, 1, 0, 0]);
    expect(series('vensim.PULSE(2, 0)', { stop: 4 })).toEqual([0, 0, 1, 0, 0]);
    expect(series('PULSE_TRAIN(1, 2, 4, 9)', { stop: 12 })).toEqual([0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0]);
    expect(series('PULSE_TRAIN(1, 5, 3, 4)', { stop: 6 })).toEqual([0, 1, 1, 1, 1, 0, 0]);
  });
});

describe('waves and counters', () => {
  it('turn once in a period', () => {
    const values = series('SINWAVE(-2, 4)', { stop: 4 });
    for (const [time, value] of values.entries()) expect(value).toBeCloseTo(2 * Math.sin((Math.PI * time) / 2), 12);
    expect(series('COSWAVE(2, 4)', { stop: 2 })).toEqual([2, expect.closeTo(0, 12), -2]);
  });

  it('count from the start and begin anew', () => {
    expect(series('COUNTER(2, 5)', { start: 10, stop: 17 })).toEqual([2, 3, 4, 2, 3, 4, 2, 3]);
    const thirds = series('COUNTER(0, 1)', { stop: 3, dt: 1 / 3 });
    for (const [step, value] of thirds.entries()) expect(value).toBeCloseTo((step % 3) / 3, 9);
  });
});

it('refuse times that there are not', () => {
  expect(refusalOf('PULSE(1, 2, -3)')).toBe('builtin.negative');
  expect(refusalOf('PULSE_TRAIN(1, 2, 0, 9)')).toBe('builtin.not_positive');
  expect(refusalOf('SINWAVE(1, 0)')).toBe('builtin.not_positive');
  expect(refusalOf('STEP(1)')).toBe('builtin.arguments');
});
