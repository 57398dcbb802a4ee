import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  axisFigure,
  changeOf,
  compact,
  duration,
  exactFigure,
  type FigureStyle,
  figure,
  majorOfMinor,
  signed,
} from './number.ts';

const style = (unit: string, language: 'zh-CN' | 'en' = 'en', currency = 'GBP'): FigureStyle => ({
  unit,
  currency,
  language,
});

describe('compact', () => {
  it('shortens with 万 and 亿 in Chinese', () => {
    expect(compact(9_999, 'zh-CN')).toBe('9,999');
    expect(compact(12_345, 'zh-CN')).toBe('1.2万');
    expect(compact(12_345_000, 'zh-CN')).toBe('1,234.5万');
    expect(compact(123_450_000, 'zh-CN')).toBe('1.23亿');
  });
  it('shortens with K and M in English', () => {
    expect(compact(9_999, 'en')).toBe('9,999');
    expect(compact(12_345, 'en')).toBe('12.3K');
    expect(compact(8_911_407, 'en')).toBe('8.91M');
    expect(compact(-8_911_407, 'en')).toBe('-8.91M');
  });
});

describe('figure', () => {
  it('gives every unit its own form', () => {
    expect(figure(480.7623, style('money'))).toBe('£480.76');
    expect(figure(8_911_407.9, style('money', 'zh-CN'))).toBe('£891.1万');
    expect(figure(-1234.5, style('money'))).toBe('-£1,235');
    expect(figure(1500, style('money', 'en', 'JPY'))).toBe('¥1,500');
    expect(figure(0.4172, style('ratio'))).toBe('41.7%');
    expect(figure(143, style('seconds', 'zh-CN'))).toBe('2分23秒');
    expect(figure(3.21, style('days'))).toBe('3.2 d');
    expect(figure(18_532, style('count', 'zh-CN'))).toBe('1.9万');
  });
  it('shows a dash where there is no number, and zero where it is zero', () => {
    expect(figure(null, style('money'))).toBe('–');
    expect(figure(0, style('count'))).toBe('0');
  });
  it('drops empty decimals on axes only', () => {
    expect(axisFigure(0, style('money'))).toBe('£0');
    expect(axisFigure(200, style('money'))).toBe('£200');
    expect(axisFigure(9000, style('money'))).toBe('£9,000');
    expect(axisFigure(0.5, style('money'))).toBe('£0.50');
  });
});

describe('exact figures', () => {
  it('prints money from minor units without a float', () => {
    expect(exactFigure(8_911_407.9, style('money'), '891140790')).toBe('£8,911,407.90');
    expect(exactFigure(0, style('money'), '9007199254740993123')).toBe('£90,071,992,547,409,931.23');
  });
  it('keeps every digit between minor and major', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }),
        fc.integer({ min: 0, max: 4 }),
        (minor, decimals) => {
          expect(BigInt(majorOfMinor(minor.toString(), decimals).replace('.', ''))).toBe(minor);
        },
      ),
    );
  });
});

describe('durations and changes', () => {
  it('counts seconds up to hours', () => {
    expect(duration(59, 'en')).toBe('59 s');
    expect(duration(60, 'en')).toBe('1 m 0 s');
    expect(duration(3_725, 'zh-CN')).toBe('1时2分');
  });
  it('compares rates in points and the rest in shares', () => {
    expect(changeOf(0.42, 0.4, 'ratio')).toEqual({ kind: 'points', value: expect.closeTo(2, 9) });
    expect(changeOf(110, 100, 'money')).toEqual({ kind: 'relative', value: 0.1 });
    expect(changeOf(5, 0, 'count')).toEqual({ kind: 'new' });
    expect(changeOf(5, null, 'count')).toEqual({ kind: 'none' });
    expect(changeOf(-50, -100, 'money')).toEqual({ kind: 'relative', value: 0.5 });
  });
  it('signs what it shows', () => {
    expect(signed(12.34, 'en')).toBe('+12.3');
    expect(signed(-0.5, 'en')).toBe('-0.5');
  });
});
