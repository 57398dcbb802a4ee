import { describe, expect, it } from 'vitest';
import { weeklyTargets } from '../targets.ts';
import { beyondChart, fanChart, historyWeeks, methodStretches, wholeWeeks } from './fan.ts';

const words = {
  observed: 'Observed',
  baseline: 'Baseline',
  target: 'Target',
  targetBeyond: (value: string) => `Target ${value} beyond`,
  range: 'P10 to P90',
  start: 'Forecast',
};
const style = { unit: 'count', language: 'en' as const };
const week = (t: string, p50: number) => ({ t, p10: p50 - 1, p50, p90: p50 + 1 });

describe('a fan', () => {
  const fan = {
    history: Array.from({ length: 40 }, (_, index) => ({ t: `h${index}`, observed: index })),
    courses: [
      { name: 'A', weeks: [week('2026-01-05', 10), week('2026-01-12', 11)] },
      { name: 'B', weeks: [week('2026-01-05', 12), week('2026-01-12', 13)] },
    ],
    baseline: [{ t: '2026-01-12', p50: 7 }],
    targets: [null, 20],
    style,
    axisName: 'a week',
    words,
  };
  const chart = fanChart(fan);

  it('follows half a year of history with the courses', () => {
    expect(chart.times).toHaveLength(historyWeeks + 2);
    expect(chart.now?.index).toBe(historyWeeks);
    expect(chart.bands[1]?.points.at(-1)).toEqual({ low: 12, mid: 13, high: 14 });
    expect(chart.bands[0]?.points[0]?.mid).toBeNull();
  });
  it('tells scenarios apart by stroke as well as by colour', () => {
    expect(chart.bands.map(({ dash }) => dash)).toEqual(['solid', 'dashed']);
  });
  it('puts baseline and target on their own weeks', () => {
    expect(chart.lines.map(({ name }) => name)).toEqual(['Observed', 'Baseline', 'Target']);
    expect(chart.lines[1]?.values.slice(-2)).toEqual([null, 7]);
    expect(chart.lines[2]?.values.slice(-2)).toEqual([null, 20]);
    expect(fanChart({ ...fan, targets: [null, null], baseline: undefined }).lines).toHaveLength(1);
  });
});

describe('weeks of a chart', () => {
  it('leave out a shorter one at the end, unless there is no other', () => {
    expect(wholeWeeks([{ days: 7 }, { days: 1 }])).toEqual([{ days: 7 }]);
    expect(wholeWeeks([{ days: 3 }])).toEqual([{ days: 3 }]);
  });
});

describe('the method of a forecast', () => {
  it('is told by stretches of weeks', () => {
    const weeks = (['model', 'model', 'ets'] as const).map((method) => ({
      t: '2026-01-05',
      days: 7,
      method,
      p10: 0,
      p25: 0,
      p50: 0,
      p75: 0,
      p90: 0,
      mean: 0,
    }));
    expect(methodStretches(weeks)).toEqual([
      { method: 'model', from: 1, to: 2 },
      { method: 'ets', from: 3, to: 3 },
    ]);
  });
});

describe('targets by week', () => {
  const targets = [{ kpi: 'gmv', quarter: '2026Q1', value: 9000, origin: 'brand' as const }];
  const weeks = [
    { t: '2026-03-23', days: 7 },
    { t: '2026-04-06', days: 7 },
  ];
  it('share the sum of a quarter by days', () => {
    expect(weeklyTargets({ kpi: 'gmv', measure: 'total' }, weeks, targets)).toEqual([700, null]);
  });
  it('hold the level of the end of a quarter, and say nothing of means', () => {
    expect(weeklyTargets({ kpi: 'gmv', measure: 'level' }, weeks, targets)).toEqual([9000, null]);
    expect(weeklyTargets({ kpi: 'gmv', measure: 'mean' }, weeks, targets)).toEqual([null, null]);
    expect(weeklyTargets(undefined, weeks, targets)).toEqual([null, null]);
  });

  it('leaves a target off the chart that would flatten all else, and tells it', () => {
    const course = { name: 'Forecast', weeks: [{ t: '2026-01-05', p10: 8, p50: 10, p90: 12 }] };
    const history = [{ t: '2025-12-29', observed: 9 }];
    expect(beyondChart({ history, courses: [course], targets: [30] })).toBeUndefined();
    expect(beyondChart({ history, courses: [course], targets: [500] })).toEqual({ target: 500, max: 12 * 1.08 });
    expect(beyondChart({ history, courses: [course], targets: [null] })).toBeUndefined();
  });
});
