import { describe, expect, it } from 'vitest';
import { coverageOf, doneOf, recordedOf } from './brand-series.ts';

const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);
const sales = (count: number): number[] => Array.from({ length: count }, (_, day) => 5 + (day % 3));

describe('a daily KPI as it is known', () => {
  it('begins with its first value and ends when it is not recorded any more', () => {
    expect(recordedOf([0, 0, 3, 4])).toEqual([null, null, 3, 4]);
    expect(recordedOf([...sales(40), ...zeros(28)]).slice(40)).toEqual(zeros(28));
    expect(recordedOf([...sales(40), ...zeros(29)]).slice(40)).toEqual(Array(29).fill(null));
    expect(recordedOf(zeros(5))).toEqual(Array(5).fill(null));
    expect(recordedOf([])).toEqual([]);
  });

  it('takes days off as zeros, and two weeks of nothing in a busy shop as not recorded', () => {
    const open = (day: number) => (day % 7 === 5 ? 0 : 9);
    const closedSaturdays = Array.from({ length: 70 }, (_, day) => open(day));
    expect(recordedOf(closedSaturdays)).toEqual(closedSaturdays);
    expect(recordedOf([...sales(60), ...zeros(13), ...sales(60)])).not.toContain(null);
    expect(recordedOf([...sales(60), ...zeros(14), ...sales(60)]).filter((value) => value === null)).toHaveLength(14);
  });

  it('leaves a KPI alone that is mostly zero, and what is no number out', () => {
    const rare = Array.from({ length: 100 }, (_, day) => (day % 20 === 0 ? 1 : 0));
    expect(recordedOf(rare)).toEqual(rare);
    expect(recordedOf([1, Number.NaN, null, 2])).toEqual([1, null, null, 2]);
  });

  it('tells first and last day, days, and gaps', () => {
    expect(coverageOf([null, 1, null, null, 1, null])).toEqual({
      first: 1,
      last: 4,
      days: 2,
      gaps: [{ from: 2, to: 4 }],
      constant: true,
    });
    expect(coverageOf([null])).toMatchObject({ first: undefined, days: 0, constant: false });
    expect(doneOf([0, 0])).toEqual([null, null]);
    expect(doneOf([0, 2, 0])).toEqual([0, 2, 0]);
  });
});
