import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daysOfWeek, dayWeights, promotionLift } from '../predict/days.ts';
import { weeklyBlocks, weekValue } from './blocks.ts';

const positive = fc.double({ min: 0.01, max: 1e6, noNaN: true });
const weekdays = fc.array(fc.double({ min: 0.2, max: 3, noNaN: true }), { minLength: 7, maxLength: 7 });
const bounds = (weeks: number, first: number) => Array.from({ length: weeks + 1 }, (_, week) => first + 7 * week);

describe('weeklyBlocks', () => {
  it('adds up whole weeks exactly, wherever they begin, and takes means of means', () => {
    fc.assert(
      fc.property(
        fc.array(positive, { minLength: 14, maxLength: 80 }),
        fc.integer({ min: 0, max: 6 }),
        (values, first) => {
          const weeks = Math.floor((values.length - first) / 7);
          const { values: totals } = weeklyBlocks(values, bounds(weeks, first), 'total', []);
          const { values: means } = weeklyBlocks(values, bounds(weeks, first), 'mean', []);
          for (let week = 0; week < weeks; week += 1) {
            const days = values.slice(first + 7 * week, first + 7 * week + 7);
            expect(totals[week]).toBe(days.reduce((sum, value) => sum + value, 0));
            expect(means[week]).toBeCloseTo(totals[week]! / 7, 6);
          }
        },
      ),
    );
  });

  it('gives a week its own total back, whatever days are missing, where days follow the weights', () => {
    fc.assert(
      fc.property(
        positive,
        weekdays,
        fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
        (size, weights, missing) => {
          const values = weights.map((weight, day) => (missing[day]! ? null : size * weight));
          const whole = weights.reduce((sum, weight) => sum + weight, 0);
          const seen = weights.reduce((sum, weight, day) => sum + (missing[day]! ? 0 : weight), 0);
          const total = weekValue(values, { from: 0, to: 7 }, 'total', weights);
          if (seen < 0.499 * whole) expect(total).toBeUndefined();
          else if (seen > 0.501 * whole) expect(total! / (size * whole)).toBeCloseTo(1, 9);
        },
      ),
    );
  });

  it('tells gaps, weeks of nothing and weeks of too little apart', () => {
    const none = Array.from({ length: 7 }, () => null);
    const values = [
      ...none,
      ...Array.from({ length: 7 }, () => 0),
      1,
      1,
      ...none.slice(2),
      2,
      2,
      2,
      2,
      null,
      null,
      null,
      3,
      -9,
      1,
      1,
      1,
      1,
      1,
    ];
    const blocks = weeklyBlocks(values, bounds(5, 0), 'total', []);
    expect([...blocks.values]).toEqual([Number.NaN, Number.NaN, Number.NaN, 14, Number.NaN]);
    expect(blocks).toMatchObject({ notPositive: 2, thin: 1, days: 7 + 2 + 4 + 7 });
  });

  it('takes a level from the end of a week, a little earlier at most', () => {
    const at = (values: (number | null)[]) => weekValue(values, { from: 0, to: 7 }, 'level', []);
    expect(at([1, 2, 3, 4, 5, 6, 7])).toBe(7);
    expect(at([1, 2, 3, 4, 5, null, null])).toBe(5);
    expect(at([1, 2, 3, 4, null, null, null])).toBeUndefined();
  });
});

describe('days of a week', () => {
  it('add up to the week again', () => {
    fc.assert(
      fc.property(positive, weekdays, fc.integer({ min: 0, max: 6 }), (total, factors, weekday0) => {
        const mean = factors.reduce((sum, factor) => sum + factor, 0) / 7;
        const pattern = { weekday: factors.map((factor) => factor / mean), promotion: 2 };
        const weights = dayWeights(
          pattern,
          weekday0,
          Uint8Array.from({ length: 14 }, (_, day) => (day === 9 ? 1 : 0)),
        );
        for (const from of [0, 7]) {
          const days = daysOfWeek(total, 'total', weights, from, from + 7);
          expect(days.reduce((sum, value) => sum + value, 0) / total).toBeCloseTo(1, 9);
          const means = daysOfWeek(total, 'mean', weights, from, from + 7);
          expect(means.reduce((sum, value) => sum + value, 0) / 7 / total).toBeCloseTo(1, 9);
        }
        expect([...daysOfWeek(total, 'level', weights, 0, 3)]).toEqual([total, total, total]);
      }),
    );
  });

  it('are lifted by promotions by their share of the week', () => {
    const promotions = Uint8Array.from({ length: 14 }, (_, day) => (day === 8 || day === 9 ? 1 : 0));
    const lift = promotionLift({ weekday: null, promotion: 1.7 }, 0, promotions, [0, 7, 14]);
    expect(lift[0]).toBe(1);
    expect(lift[1]).toBeCloseTo((5 + 2 * 1.7) / 7, 12);
    expect([...promotionLift({ weekday: null, promotion: null }, 0, promotions, [0, 7, 14])]).toEqual([1, 1]);
  });
});
