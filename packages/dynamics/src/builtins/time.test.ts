import { describe, expect, it } from 'vitest';
import { refusalOf, series, startValue } from './bench.fixture.ts';

describe('time', () => {
  it('is that of the run', () => {
    const bench = { start: 2, stop: 3, dt: 0.5 };
    expect(series('TIME', bench)).toEqual([2, 2.5, 3]);
    expect(series('DT + TIME_STEP', bench)).toEqual([1, 1, 1]);
    expect(series('STARTTIME + INITIAL_TIME', bench)).toEqual([4, 4, 4]);
    expect(series('STOPTIME + FINAL_TIME', bench)).toEqual([6, 6, 6]);
  });
});

describe('values at other times', () => {
  const stocks = { stock: ['5', '1'] } as const;

  it('INIT gives the value of the start', () => {
    expect(series('INIT(stock)', { stocks, stop: 2 })).toEqual([5, 5, 5]);
    expect(series('INITIAL(stock + TIME)', { stocks, start: 3, stop: 4 })).toEqual([8, 8]);
  });

  it('ACTIVE INITIAL counts only for initial values', () => {
    const equations = { x: 'ACTIVE_INITIAL(TIME, 40)' };
    expect(series('x', { equations, stop: 2 })).toEqual([0, 1, 2]);
    expect(series('INIT(x)', { equations, stop: 2 })).toEqual([40, 40, 40]);
    expect(series('INIT(INIT(TIME, 40))', { stop: 1 })).toEqual([40, 40]);
  });

  it.each(['euler', 'rk4'] as const)('PREVIOUS gives the value one dt ago with %s', (method) => {
    expect(series('PREVIOUS(stock, -1)', { stocks, dt: 0.5, stop: 2, method })).toEqual([-1, 5, 5.5, 6, 6.5]);
    expect(series('PREVIOUS(PREVIOUS(TIME, -1), -2)', { stop: 3, method })).toEqual([-2, -1, 0, 1]);
  });

  it('HISTORY looks back to a time and knows nothing outside the run', () => {
    expect(series('HISTORY(stock, TIME - 2)', { stocks, stop: 4 })).toEqual([0, 0, 5, 6, 7]);
    expect(series('HISTORY(stock, 1)', { stocks, stop: 3 })).toEqual([0, 6, 6, 6]);
    expect(series('HISTORY(stock, TIME)', { stocks, stop: 2 })).toEqual([5, 6, 7]);
    expect(startValue('INIT(HISTORY(stock, 0))', { stocks })).toBe(5);
  });

  it('DERIVN takes backward differences and is 0 until there are enough', () => {
    const equations = { cube: 'TIME ^ 3' };
    expect(series('DERIVN(cube, 0)', { equations, stop: 3 })).toEqual([0, 1, 8, 27]);
    expect(series('DERIVN(cube, 1)', { equations, stop: 3 })).toEqual([0, 1, 7, 19]);
    expect(series('DERIVN(cube, 2)', { equations, stop: 4 })).toEqual([0, 0, 6, 12, 18]);
    expect(series('DERIVN(cube, 3)', { equations, stop: 5 })).toEqual([0, 0, 0, 6, 6, 6]);
    expect(series('DERIVN(7 + TIME, 1)', { stop: 2, dt: 0.5 })).toEqual([0, 1, 1, 1, 1]);
    expect(refusalOf('DERIVN(TIME, -1)')).toBe('builtin.not_whole');
    expect(refusalOf('DERIVN(TIME, TIME)')).toBe('builtin.not_constant');
  });

  it('SAMPLE IF TRUE holds what was there when the condition held last', () => {
    expect(series('SAMPLE_IF_TRUE(TIME = 2 OR TIME = 4, TIME * 10, -1)', { stop: 5 })).toEqual([
      -1, -1, 20, 20, 40, 40,
    ]);
    expect(series('SAMPLE_IF_TRUE(TIME < 2, TIME, -1)', { stop: 3 })).toEqual([0, 1, 1, 1]);
  });

  it('GAME is its argument', () => {
    expect(startValue('GAME(4)')).toBe(4);
  });
});
