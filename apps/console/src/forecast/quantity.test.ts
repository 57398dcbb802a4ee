import { describe, expect, it } from 'vitest';
import { interval, percent, plain, quantity, unitIn } from './quantity.ts';

const people = { en: 'people per day', zh: '人/天' };

describe('quantities of a model', () => {
  it('have three figures and their unit', () => {
    expect(plain(0.12345, 'en')).toBe('0.123');
    expect(plain(12.345, 'en')).toBe('12.3');
    expect(plain(1234.5, 'en')).toBe('1,235');
    expect(plain(0.00004, 'en')).toBe('4.0e-5');
    expect(plain(0, 'en')).toBe('0');
    expect(plain(Number.NaN, 'en')).toBe('–');
    expect(quantity(123_456, people, 'zh-CN')).toBe('12.3万 人/天');
    expect(interval(1, 2, people, 'en')).toBe('1 – 2 people per day');
  });
  it('read shares in per cent and pure numbers without a unit, in either language', () => {
    expect(quantity(0.301, { en: 'share', zh: '占比' }, 'zh-CN')).toBe('30.1%');
    expect(quantity(0.5, { en: 'share of the price', zh: '价格占比' }, 'en')).toBe('50.0%');
    expect(quantity(0.5, { en: '0 to 1', zh: '0–1' }, 'zh-CN')).toBe('0.5');
    expect(interval(0.1, 0.2, { en: 'share', zh: '占比' }, 'en')).toBe('10.0% – 20.0%');
    expect(percent(Number.NaN, 'en')).toBe('–');
    expect(percent(-0.001, 'en', 0)).toBe('0%');
    expect(percent(-0.02, 'en', 0)).toBe('-2%');
  });
  it('name the currency of the brand', () => {
    const unit = { en: 'currency per day', zh: '货币/天' };
    expect(unitIn(unit, 'CNY')).toEqual({ en: 'CNY per day', zh: '元/天' });
    expect(unitIn(unit, 'GBP')).toEqual({ en: 'GBP per day', zh: '£/天' });
  });
});
