import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  bucketEnd,
  bucketStart,
  choiceOf,
  comparablePeriod,
  daysIn,
  grainFor,
  isDay,
  periodOf,
  quarterOf,
} from './period.ts';

const day = fc.integer({ min: 0, max: 20_000 }).map((days) => addDays('1990-01-01', days));
const grain = fc.constantFrom('day', 'week', 'month', 'quarter');

describe('periods', () => {
  it('end with the last day of data', () => {
    expect(periodOf('30d', '2011-12-09')).toEqual({ from: '2011-11-10', to: '2011-12-10' });
    expect(periodOf('7d', '2011-03-03')).toEqual({ from: '2011-02-25', to: '2011-03-04' });
    expect(periodOf('month', '2011-12-09')).toEqual({ from: '2011-12-01', to: '2011-12-10' });
    expect(periodOf('quarter', '2011-12-09')).toEqual({ from: '2011-10-01', to: '2011-12-10' });
    expect(periodOf('all', '2011-12-09', '2010-12-01')).toEqual({ from: '2010-12-01', to: '2011-12-10' });
  });
  it('are recognised again', () => {
    expect(choiceOf(periodOf('90d', '2011-12-09'), '2011-12-09')).toBe('90d');
    expect(choiceOf({ from: '2011-01-02', to: '2011-01-05' }, '2011-12-09')).toBe('custom');
  });
  it('compare with whole weeks before, so that weekdays face each other', () => {
    expect(comparablePeriod({ from: '2011-11-10', to: '2011-12-10' })).toEqual({
      from: '2011-10-06',
      to: '2011-11-05',
    });
    fc.assert(
      fc.property(day, fc.integer({ min: 1, max: 800 }), (from, length) => {
        const period = { from, to: addDays(from, length) };
        const before = comparablePeriod(period);
        expect(daysIn(before)).toBe(length);
        expect(before.to <= period.from).toBe(true);
        expect(daysIn({ from: before.from, to: period.from }) % 7).toBe(0);
      }),
    );
  });
  it('choose a grain that gives a readable number of points', () => {
    expect(grainFor({ from: '2011-01-01', to: '2011-02-01' })).toBe('day');
    expect(grainFor({ from: '2011-01-01', to: '2011-12-31' })).toBe('week');
    expect(grainFor({ from: '2010-01-01', to: '2011-12-31' })).toBe('month');
  });
});

describe('buckets', () => {
  it('hold the day they are the bucket of', () => {
    fc.assert(
      fc.property(day, grain, (one, unit) => {
        const start = bucketStart(one, unit);
        expect(start <= one && one < bucketEnd(start, unit)).toBe(true);
        expect(bucketStart(start, unit)).toBe(start);
      }),
    );
  });
  it('start weeks on Monday', () => {
    expect(bucketStart('2026-11-22', 'week')).toBe('2026-11-16');
    expect(bucketStart('2026-11-16', 'week')).toBe('2026-11-16');
  });
  it('name quarters', () => {
    expect(quarterOf('2026-03-31')).toBe('2026Q1');
    expect(quarterOf('2026-10-01')).toBe('2026Q4');
  });
});

describe('days', () => {
  it('are told from other texts', () => {
    expect(isDay('2026-02-28')).toBe(true);
    expect(isDay('2026-13-01')).toBe(false);
    expect(isDay('20260228')).toBe(false);
    expect(isDay(20260228)).toBe(false);
  });
});
