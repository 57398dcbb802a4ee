import { describe, expect, it } from 'vitest';
import { meanOf, movedStep, onGrid, outline, stepsMax, valueAt, withoutStep, withStep } from './steps.ts';

const range = { low: 0, high: 10, step: 0.1, days: 100 };
const steps = [
  { day: 0, value: 1 },
  { day: 30, value: 5 },
  { day: 60, value: 2 },
];

describe('steps of a path', () => {
  it('holds values on the grid and inside the range', () => {
    expect(onGrid(0.31, range)).toBe(0.3);
    expect(onGrid(99, range)).toBe(10);
    expect(onGrid(-3, { ...range, low: -1 })).toBe(-1);
    expect(onGrid(9.99, { low: 0, high: 9.5, step: 2, days: 10 })).toBe(9.5);
  });
  it('adds a step in order, and changes the one of the same day', () => {
    expect(withStep(steps, 45.2, 7.04, range).map((one) => one.day)).toEqual([0, 30, 45, 60]);
    expect(withStep(steps, 30, 9, range)[1]).toEqual({ day: 30, value: 9 });
    expect(withStep(steps, 400, 9, range).at(-1)).toEqual({ day: 99, value: 9 });
  });
  it('keeps a step between its neighbours and the first at the start', () => {
    expect(movedStep(steps, 1, 90, 4, range)[1]).toEqual({ day: 59, value: 4 });
    expect(movedStep(steps, 1, -5, 4, range)[1]?.day).toBe(1);
    expect(movedStep(steps, 0, 12, 4, range)[0]).toEqual({ day: 0, value: 4 });
  });
  it('never takes the first away, and has a bound', () => {
    expect(withoutStep(steps, 0)).toEqual(steps);
    expect(withoutStep(steps, 1)).toHaveLength(2);
    const full = Array.from({ length: stepsMax }, (_, day) => ({ day, value: 1 }));
    expect(withStep(full, 80, 2, range)).toEqual(full);
  });
  it('tells what holds on a day, and the mean', () => {
    expect(valueAt(steps, 29.9)).toBe(1);
    expect(valueAt(steps, 60)).toBe(2);
    expect(valueAt([], 3)).toBeUndefined();
    expect(meanOf(steps, 100)).toBeCloseTo((30 * 1 + 30 * 5 + 40 * 2) / 100);
  });
  it('draws right angles', () => {
    const same = (value: number) => value;
    expect(outline(steps, same, same, 100)).toBe('M0 1H30V5H60V2H100');
    expect(outline([], same, same, 100)).toBe('');
  });
});
