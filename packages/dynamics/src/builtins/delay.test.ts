import { describe, expect, it } from 'vitest';
import { refusalOf, series } from './bench.fixture.ts';

const fine = { dt: 1 / 64, stop: 10, method: 'rk4' } as const;
/** A step from 0 to 1 just before the start, so that the input is smooth from there on. */
const step = { equations: { input: '1' } };

function at(values: readonly number[], time: number): number {
  return values[time * 64]!;
}

/** Distribution function of an Erlang variate: the answer of n equal stages to a step. */
function erlang(order: number, time: number, delay: number): number {
  const x = (order * time) / delay;
  let term = 1;
  let sum = 0;
  for (let n = 0; n < order; n += 1) {
    sum += term;
    term *= x / (n + 1);
  }
  return 1 - Math.exp(-x) * sum;
}

describe('material delays', () => {
  it('answer a step as their equations do', () => {
    const values = series('DELAY3(input, 5, 0)', { ...fine, ...step });
    expect(at(values, 1)).toBeCloseTo(0.023115287753, 7);
    expect(at(values, 3)).toBeCloseTo(0.269378914061, 7);
    expect(at(values, 5)).toBeCloseTo(0.576809918873, 7);
    expect(at(values, 10)).toBeCloseTo(0.938031195583, 7);
  });

  it.each([
    ['DELAY1(input, 5, 0)', 1],
    ['DELAY1I(input, 5, 0)', 1],
    ['DELAYN(input, 5, 4, 0)', 4],
    ['DELAY_N(input, 5, 0, 4)', 4],
    ['SMTH1(input, 5, 0)', 1],
    ['SMOOTHI(input, 5, 0)', 1],
    ['SMTH3(input, 5, 0)', 3],
    ['SMOOTH3I(input, 5, 0)', 3],
    ['SMTHN(input, 5, 7, 0)', 7],
    ['SMOOTH_N(input, 5, 0, 7)', 7],
  ])('%s follows the Erlang distribution of order %i', (equation, order) => {
    const values = series(equation, { ...fine, ...step });
    for (const time of [0, 1, 5, 10]) expect(at(values, time)).toBeCloseTo(erlang(order, time, 5), 7);
  });

  it('begin in balance with their input where no initial value is given', () => {
    for (const equation of ['DELAY1(7, 5)', 'DELAY3(7, 5)', 'DELAYN(7, 5, 2)', 'SMTH1(7, 5)', 'SMTHN(7, 5, 2)']) {
      for (const value of series(equation)) expect(value).toBeCloseTo(7, 12);
    }
  });

  it('conserve material where the delay changes; smooths do not', () => {
    const bench = { equations: { tau: '5 + STEP(5, 3)' }, stop: 200, dt: 0.25 };
    const total = (equation: string) => series(equation, bench).reduce((sum, value) => sum + value * 0.25, 0);
    // A pulse of 1 through an empty delay comes out as 1.
    expect(total('DELAY3(PULSE(1, 1), tau, 0)')).toBeCloseTo(1, 9);
    expect(total('SMTH3(PULSE(1, 1), tau, 0)')).toBeGreaterThan(1.05);
  });

  it('never oscillate where the delay is shorter than dt', () => {
    for (const equation of [
      'DELAY3(input, 0.1, 5)',
      'DELAYN(input, 0, 3, 5)',
      'SMTH3(input, 0.1, 5)',
      'SMTH1(input, 0, 5)',
    ]) {
      const values = series(equation, { ...step, stop: 4 });
      for (const value of values) expect(value).toBeGreaterThanOrEqual(1);
      expect(values[4]).toBeCloseTo(1, 12);
      expect(values.every((value, place) => place === 0 || value <= values[place - 1]! + 1e-12)).toBe(true);
    }
  });

  it('are a pipeline of one dt a stage where the delay is shorter than order times dt', () => {
    expect(series('DELAY3(input, 2, 0)', { ...step, stop: 4 })).toEqual([0, 0, 0, 1, 1]);
    expect(series('DELAYN(TIME, 0.5, 4, 0)', { stop: 6 })).toEqual([0, 0, 0, 0, 0, 1, 2]);
  });

  it('may be slowed by what they give', () => {
    const values = series('x', { equations: { x: 'SMTH1(10, 2, 5)' } });
    expect(values.at(-1)).toBeCloseTo(10, 1);
  });

  it('refuse delays and orders that there are not', () => {
    expect(refusalOf('DELAY3(1, -5)')).toBe('builtin.negative');
    expect(refusalOf('SMTH1(1, -5)')).toBe('builtin.negative');
    expect(refusalOf('TREND(1, -5)')).toBe('builtin.negative');
    expect(refusalOf('DELAY(1, -5)')).toBe('builtin.negative');
    expect(refusalOf('DELAYN(1, 5, 0)')).toBe('builtin.not_whole');
    expect(refusalOf('DELAYN(1, 5, 2.5)')).toBe('builtin.not_whole');
    expect(refusalOf('SMTHN(1, 5, 1e9)')).toBe('builtin.not_whole');
    expect(refusalOf('SMTHN(1, 5, TIME)')).toBe('builtin.not_constant');
    expect(refusalOf('SMTHN(1, 5)')).toBe('builtin.arguments');
  });
});

describe('DELAY', () => {
  it('gives the input as it was, and before that the initial value', () => {
    expect(series('DELAY(TIME, 3)', { start: 1, stop: 7 })).toEqual([1, 1, 1, 1, 2, 3, 4]);
    expect(series('DELAY(TIME, 3, -20)', { start: 1, stop: 7 })).toEqual([-20, -20, -20, 1, 2, 3, 4]);
    expect(series('DELAY_FIXED(TIME, 2, 9)', { stop: 4 })).toEqual([9, 9, 0, 1, 2]);
  });

  it('holds the delay of the start and rounds it to steps, one at least', () => {
    expect(series('DELAY(TIME, 2 + TIME, 0)', { stop: 4 })).toEqual([0, 0, 0, 1, 2]);
    expect(series('DELAY(TIME, 0, -1)', { stop: 2 })).toEqual([-1, 0, 1]);
    expect(series('DELAY(TIME, 0.6, -1)', { stop: 2, dt: 0.5 })).toEqual([-1, 0, 0.5, 1, 1.5]);
  });

  it('takes a delay beyond the end and one without end', () => {
    expect(series('DELAY(TIME, 1e12, 5)', { stop: 3 })).toEqual([5, 5, 5, 5]);
    expect(series('DELAY(TIME, INF, 5)', { stop: 3 })).toEqual([5, 5, 5, 5]);
  });
});

describe('TREND and FORCST', () => {
  const growing = { ...fine, equations: { input: 'EXP(0.1 * TIME)' } };

  it('settle at the trend of a growing input', () => {
    // In balance the average lags so that (input - average) / (average · T) is the growth rate itself.
    const values = series('TREND(input, 2, 0.1)', growing);
    for (const time of [0, 3, 10]) expect(at(values, time)).toBeCloseTo(0.1, 7);
  });

  it('start from no trend', () => {
    const values = series('TREND(input, 2)', growing);
    expect(values[0]).toBe(0);
    // average' = (input - average) / 2 from 1: average = (5/6) e^(t/10) + (1/6) e^(-t/2).
    const average = (time: number) => (5 / 6) * Math.exp(time / 10) + Math.exp(-time / 2) / 6;
    for (const time of [1, 5, 10]) {
      expect(at(values, time)).toBeCloseTo((Math.exp(time / 10) / average(time) - 1) / 2, 6);
    }
  });

  it('extrapolate along the trend', () => {
    const values = series('FORCST(input, 2, 10, 0.1)', growing);
    for (const time of [0, 5, 10]) expect(at(values, time)).toBeCloseTo(2 * Math.exp(time / 10), 6);
    expect(series('FORECAST(7, 2, 10)')).toEqual(new Array(11).fill(7));
  });

  it('are without trend where the average is 0, and fall for a falling negative input', () => {
    expect(series('TREND(0, 5)')).toEqual(new Array(11).fill(0));
    expect(series('TREND(-10 - TIME, 5)')[5]).toBeLessThan(0);
  });
});
