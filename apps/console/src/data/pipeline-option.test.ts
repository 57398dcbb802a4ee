import { describe, expect, it } from 'vitest';
import { difference, everyHour, pipelineOption } from './pipeline-option.ts';

const hour = { hour: '2026-11-22T08:00:00Z', accepted: 10, stored: 6, duplicate: 2, quarantined: 1, pending: 1 };

describe('pipeline', () => {
  it('finds what is unaccounted for', () => {
    expect(difference(hour)).toBe(0);
    expect(difference({ ...hour, stored: 5 })).toBe(1);
  });
  it('fills the hours in which nothing came', () => {
    const hours = everyHour([hour], 3, Date.parse('2026-11-22T09:30:00Z'));
    expect(hours.map((one) => one.accepted)).toEqual([0, 10, 0]);
    expect(hours[2]?.hour).toBe('2026-11-22T09:00:00.000Z');
  });
  it('stacks the four outcomes by hour of the brand', () => {
    const names = { stored: 's', duplicate: 'd', quarantined: 'q', pending: 'p' };
    const option = pipelineOption([hour], { zone: 'Asia/Shanghai', language: 'en', axisName: 'Events', names });
    expect(option).toMatchObject({
      xAxis: { data: ['11-22 16:00'] },
      series: [{ data: [6], stack: 'all' }, { data: [2] }, { data: [1] }, { data: [1] }],
    });
  });
});
