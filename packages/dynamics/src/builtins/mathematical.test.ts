import { describe, expect, it } from 'vitest';
import { refusalOf, series, startValue } from './bench.fixture.ts';

describe('mathematical builtins', () => {
  it.each([
    ['ABS(-3)', 3],
    ['ARCCOS(0)', Math.PI / 2],
    ['ARCSIN(1)', Math.PI / 2],
    ['ARCTAN(1)', Math.PI / 4],
    ['COS(PI)', -1],
    ['COSH(1)', Math.cosh(1)],
    ['EXP(1)', Math.E],
    ['INT(-1.5)', -2],
    ['INT(1.5)', 1],
    ['LN(EXP(2))', 2],
    ['LOGN(EXP(2))', 2],
    ['LOG10(1000)', 3],
    ['LOG(8, 2)', 3],
    ['SIN(PI / 2)', 1],
    ['SINH(1)', Math.sinh(1)],
    ['SQRT(9)', 3],
    ['TAN(PI / 4)', 1],
    ['TANH(1)', Math.tanh(1)],
    ['POWER(2, 10)', 1024],
    ['PERCENT(0.25)', 25],
    ['ROOTN(8, 3)', 2],
    ['ROOTN(-8, 3)', -2],
    ['ROUND(2.5)', 3],
    ['ROUND(-2.5)', -2],
    ['ROUND(-2.6)', -3],
    ['SIGN(-4)', -1],
    ['SIGN(0)', 0],
    ['SIGN(4)', 1],
    ['INTEGER(-1.5)', -1],
    ['INTEGER(1.5)', 1],
    ['QUANTUM(1.9, 1)', 1],
    ['QUANTUM(-112, 10)', -110],
    ['QUANTUM(423, 63)', 378],
    ['QUANTUM(10, -10)', 10],
    ['MODULO(-112, 10)', -2],
    ['MODULO(9, 5)', 4],
    ['SAFEDIV(6, 3)', 2],
    ['SAFEDIV(6, 0)', 0],
    ['SAFEDIV(6, 0, 4)', 4],
    ['SAFEDIV(1, 1e-9, 4) / 1e9', 1],
    ['ZIDZ(6, 0)', 0],
    ['ZIDZ(6, 3)', 2],
    ['XIDZ(6, 0, 4)', 4],
    ['XIDZ(6, 1e-9, 4)', 4],
    ['IF_THEN_ELSE(1 > 2, 3, 4)', 4],
  ])('%s is %d', (equation, expected) => {
    expect(startValue(equation)).toBeCloseTo(expected, 12);
  });

  it('know infinity and undefined numbers', () => {
    expect(startValue('INF')).toBe(Number.POSITIVE_INFINITY);
    expect(startValue('NAN')).toBeNaN();
    expect(startValue('ROOTN(-8, 2)')).toBeNaN();
  });

  it('refuse roots of no order', () => {
    expect(refusalOf('ROOTN(8, 0)')).toBe('builtin.not_positive');
    expect(refusalOf('ROOTN(8, 2.5)')).toBe('builtin.not_whole');
    expect(refusalOf('ABS(1, 2)')).toBe('builtin.arguments');
  });

  it('find names whatever their case and blanks, and with a namespace', () => {
    expect(startValue('if_then_else(0, 3, 4)')).toBe(4);
    expect(startValue('std.abs(-3)')).toBe(3);
    expect(startValue('isee.percent(1)')).toBe(100);
  });

  it('choose anew at every step', () => {
    expect(series('SAFEDIV(1, TIME - 1, -1)', { stop: 2 })).toEqual([-1, -1, 1]);
  });
});
