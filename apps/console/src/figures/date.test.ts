import { describe, expect, it } from 'vitest';
import { bucketLabel, dayLabel, dayOf, delayText, moment } from './date.ts';

describe('moments in the zone of the brand', () => {
  it('turns an instant into local wall time', () => {
    expect(moment('2011-12-09T12:50:03Z', 'Asia/Shanghai')).toBe('2011-12-09 20:50:03');
    expect(moment('2011-06-09T23:50:03Z', 'Europe/London', false)).toBe('2011-06-10 00:50');
  });
  it('shows midnight as 00, not 24', () => {
    expect(moment('2011-12-08T16:00:00Z', 'Asia/Shanghai')).toBe('2011-12-09 00:00:00');
  });
  it('leaves alone what is no date', () => {
    expect(moment('soon', 'UTC')).toBe('soon');
  });
  it('knows on which day of the brand an instant falls', () => {
    expect(dayOf(Date.parse('2026-11-21T16:30:00Z'), 'Asia/Shanghai')).toBe('2026-11-22');
  });
});

describe('labels', () => {
  it('names buckets', () => {
    expect(bucketLabel('2011-10-01', 'quarter', 'en')).toBe('Q4 2011');
    expect(bucketLabel('2011-10-01', 'quarter', 'zh-CN')).toBe('2011年4季度');
    expect(bucketLabel('2011-10-01', 'month', 'zh-CN')).toBe('2011年10月');
    expect(bucketLabel('2011-10-01', 'month', 'en')).toBe('Oct 2011');
    expect(bucketLabel('2011-10-03', 'week', 'en')).toBe('week of 3 Oct 2011');
    expect(dayLabel('2011-12-09', 'zh-CN')).toBe('12月9日');
  });
  it('words delays', () => {
    expect(delayText(240, 'en')).toBe('240 ms');
    expect(delayText(1_240, 'zh-CN')).toBe('1.2 秒');
    expect(delayText(180_000, 'en')).toBe('3 min');
    expect(delayText(7_200_000, 'zh-CN')).toBe('2.0 小时');
  });
});
