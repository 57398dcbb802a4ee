import { describe, expect, it } from 'vitest';
import { addDays } from '#lib/time.ts';
import { type AdoptionInput, quarterDays, quarterOf, quarterTargets } from './adoption.ts';

const quantiles = (p50: number) => ({ p10: p50 / 2, p25: p50 * 0.8, p50, p75: p50 * 1.2, p90: p50 * 2, mean: p50 });

/** A forecast of `weeks` weeks from `start` on, with the same value every week unless told otherwise. */
function input(
  start: string,
  weeks: number,
  values: { kpi?: (number | null)[]; at?: (week: number) => number } = {},
  more: Partial<AdoptionInput> = {},
): AdoptionInput {
  const { at = () => 7 } = values;
  const history = values.kpi ?? [];
  return {
    observation: { kpi: 'gmv', measure: 'total' },
    rule: 'sum',
    series: {
      kpi: 'gmv',
      scenario: 's',
      total: quantiles(0),
      weeks: Array.from({ length: weeks }, (_, week) => ({
        t: addDays(start, week * 7),
        days: 7,
        method: 'model' as const,
        ...quantiles(at(week)),
      })),
    },
    snapshot: { from: addDays(start, -history.length), to: start, series: [{ kpi: 'gmv', values: history }] },
    ...more,
  };
}

describe('targets from a forecast', () => {
  it('knows quarters', () => {
    expect(['2025-01-01', '2025-03-31', '2025-04-01', '2025-12-31'].map(quarterOf)).toEqual([
      '2025Q1',
      '2025Q1',
      '2025Q2',
      '2025Q4',
    ]);
    expect(quarterDays('2025Q4')).toEqual(['2025-10-01', '2026-01-01']);
  });

  it('shares a week between two quarters by its days', () => {
    // One a day from 1 April on, and two a day from 10 June on: the weeks of 7 lie across the end of June.
    const { targets } = quarterTargets(input('2025-04-01', 27, { at: (week) => (week < 10 ? 7 : 14) }));
    expect(targets.map(({ quarter, after, daysForecast }) => [quarter, after, daysForecast])).toEqual([
      ['2025Q2', 70 + 21 * 2, 91],
      ['2025Q3', 92 * 2, 92],
    ]);
    expect(targets[0]).toMatchObject({ low: 56, high: 224, daysKnown: 0, rule: 'sum' });
  });

  it('adds what the quarter has had, and leaves out quarters that it cannot know', () => {
    const known = quarterTargets(input('2025-04-11', 30, { kpi: Array.from({ length: 10 }, () => 5) }));
    expect(known.targets[0]).toMatchObject({ quarter: '2025Q2', after: 50 + 81, daysKnown: 10, daysForecast: 81 });
    expect(known.left).toMatchObject([{ quarter: '2025Q4', code: 'quarter_not_reached' }]);
    const gap = quarterTargets(input('2025-04-11', 30, { kpi: [5, null, 5, 5, 5, 5, 5, 5, 5, 5] }));
    expect(gap.left[0]).toMatchObject({ quarter: '2025Q2', code: 'quarter_begun_unknown' });
    expect(gap.targets.map(({ quarter }) => quarter)).toEqual(['2025Q3']);
    const late = quarterTargets(input('2025-04-11', 30, { kpi: [5, 5] }));
    expect(late.left[0]).toMatchObject({ code: 'quarter_begun_unknown' });
  });

  it('takes levels at the last day of the quarter, on the way from week to week', () => {
    const observation = { kpi: 'members', measure: 'level' as const };
    const { targets } = quarterTargets(
      input('2025-04-01', 27, { at: (week) => 100 * (week + 1) }, { observation, rule: 'end' }),
    );
    // 30 June is day 91 of the forecast: the end of week 13.
    expect(targets.map(({ after }) => after)).toEqual([1_300, expect.closeTo(2_600 + (100 * 1) / 7, 6)]);
  });

  it('counts the days of quarters over the end of a year and in leap years', () => {
    const { targets, left } = quarterTargets(input('2027-10-01', 40, { at: () => 7 }));
    expect(targets.map(({ quarter, after, daysForecast }) => [quarter, after, daysForecast])).toEqual([
      ['2027Q4', 92, 92],
      ['2028Q1', 91, 91],
      ['2028Q2', expect.closeTo(91, 9), 91],
    ]);
    expect(left).toMatchObject([{ quarter: '2028Q3', code: 'quarter_not_reached' }]);
  });

  it('knows a quarter that begins or ends with the forecast to the day', () => {
    // 13 weeks from 1 April on are 91 days, all of the quarter: one day less leaves it out.
    expect(quarterTargets(input('2025-04-01', 13)).targets).toMatchObject([{ quarter: '2025Q2', daysKnown: 0 }]);
    const short = input('2025-04-01', 13);
    short.series.weeks[12]!.days = 6;
    expect(quarterTargets(short).left).toMatchObject([{ quarter: '2025Q2', code: 'quarter_not_reached' }]);
    // The last day of a quarter alone is forecast, and all days before are known; some of them are zero.
    const kpi = Array.from({ length: 90 }, (_, day) => day % 2);
    const last = input('2025-06-30', 1, { kpi });
    expect(quarterTargets(last).targets).toMatchObject([
      { quarter: '2025Q2', after: 45 + 1, daysKnown: 90, daysForecast: 1 },
    ]);
    // The data begin on the second day of the quarter.
    expect(quarterTargets(input('2025-06-30', 1, { kpi: kpi.slice(1) })).left[0]).toMatchObject({
      code: 'quarter_begun_unknown',
    });
  });

  it('does not share days unevenly where clocks change', () => {
    const before = process.env.TZ;
    try {
      const zones = ['UTC', 'Europe/London', 'America/New_York', 'Pacific/Apia'].map((zone) => {
        process.env.TZ = zone;
        return JSON.stringify(quarterTargets(input('2025-03-20', 40, { kpi: Array.from({ length: 78 }, () => 1) })));
      });
      expect(new Set(zones).size).toBe(1);
    } finally {
      if (before === undefined) delete process.env.TZ;
      else process.env.TZ = before;
    }
  });

  it('sets no target below zero and none that is not finite', () => {
    const stored: AdoptionInput = JSON.parse(JSON.stringify(input('2025-04-01', 13, { at: () => Number.NaN })));
    for (const measure of ['total', 'level', 'mean'] as const) {
      const { left } = quarterTargets({ ...stored, observation: { kpi: 'gmv', measure } });
      expect(left).toMatchObject([{ code: 'not_finite' }]);
    }
    expect(quarterTargets(input('2025-04-01', 13, { at: () => -3 })).targets[0]).toMatchObject({ after: 0 });
    expect(quarterTargets(input('2025-04-01', 13, { at: () => Number.NaN })).left[0]).toMatchObject({
      code: 'not_finite',
    });
  });
});
