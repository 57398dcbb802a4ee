import { draw } from '@tandem/dynamics';
import { describe, expect, it } from 'vitest';
import { patternOf } from './pattern.ts';

const factors = [0.8, 0.9, 1, 1, 1.1, 0, 2.2];
const days = 182;
const weekday0 = 2;
const boundaries = Array.from({ length: 27 }, (_, week) => 7 * week);
const promotions = Uint8Array.from({ length: days }, (_, day) => (day % 40 >= 37 ? 1 : 0));
const noise = (day: number) => Math.exp(0.2 * (draw(1, 0, 0, day) - 0.5));
const made = Array.from({ length: days }, (_, day) => {
  const gain = promotions[day] === 1 ? 1.6 : 1;
  return 100 * Math.exp(day / 100) * factors[(weekday0 + day) % 7]! * gain * noise(day);
});
const base = { values: made, measure: 'total' as const, model: undefined, weekday0, promotions, boundaries };

describe('patternOf', () => {
  it('finds weekday factors, closed days among them, and the factor of promotions, under growth', () => {
    const { weekday, promotion } = patternOf(base);
    // Growth within a week is taken for a part of the pattern where no model explains it.
    for (const [day, factor] of factors.entries()) expect(Math.abs(weekday![day]! - factor)).toBeLessThan(0.08);
    expect(weekday![5]).toBe(0);
    expect(Math.abs(promotion! - 1.6)).toBeLessThan(0.16);
    expect(weekday!.reduce((sum, factor) => sum + factor, 0)).toBeCloseTo(7, 9);
  });

  it('is hardly moved by outliers, gaps and negative days', () => {
    const harmed = made.map((value, day) => {
      if (day === 50) return value * 50;
      if (day === 71) return -3 * value;
      return day % 11 === 0 ? null : value;
    });
    const { weekday } = patternOf({ ...base, values: harmed });
    for (const [day, factor] of factors.entries()) expect(Math.abs(weekday![day]! - factor)).toBeLessThan(0.1);
  });

  it('leaves to the model what the model explains', () => {
    const model = made.map((_, day) => Math.exp(day / 100) * (promotions[day] === 1 ? 1.6 : 1));
    expect(patternOf({ ...base, model }).promotion).toBeNull();
  });

  it('says nothing where there is too little, and of levels', () => {
    const short = { ...base, values: made.slice(0, 20), boundaries: [0, 7, 14] };
    expect(patternOf(short)).toEqual({ weekday: null, promotion: null });
    expect(patternOf({ ...base, measure: 'level' })).toEqual({ weekday: null, promotion: null });
    expect(patternOf({ ...base, values: made.map(() => null) })).toEqual({ weekday: null, promotion: null });
    expect(patternOf({ ...base, values: made.map(() => 0) })).toEqual({ weekday: null, promotion: null });
  });
});
