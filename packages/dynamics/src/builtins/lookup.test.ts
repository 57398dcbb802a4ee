import { describe, expect, it } from 'vitest';
import type { Table } from '../numerics/table.ts';
import { refusalOf, startValue } from './bench.fixture.ts';

const rising: Table = { kind: 'continuous', x: [0, 1, 3], y: [2, 4, 10] };
const tables: Record<string, Table> = {
  rising,
  falling: { kind: 'continuous', x: [0, 1, 3], y: [9, 5, 1] },
  steps: { kind: 'discrete', x: [0, 1, 3], y: [2, 4, 10] },
  line: { kind: 'extrapolate', x: [0, 1, 3], y: [2, 4, 10] },
  hill: { kind: 'continuous', x: [0, 1, 2], y: [0, 1, 0] },
};

describe('graphical functions', () => {
  it.each([
    ['LOOKUP(rising, 2)', 7],
    ['LOOKUP(steps, 2)', 4],
    ['LOOKUP(line, 4)', 13],
    ['LOOKUP(rising, 4)', 10],
    ['WITH_LOOKUP(2, rising)', 7],
    ['LOOKUP_EXTRAPOLATE(rising, 4)', 13],
    ['LOOKUP_EXTRAPOLATE(rising, -1)', 0],
    ['LOOKUP_BACKWARD(rising, 2)', 4],
    ['LOOKUP_BACKWARD(rising, 1)', 4],
    ['LOOKUP_BACKWARD(rising, -1)', 2],
    ['LOOKUP_FORWARD(rising, 2)', 10],
    ['LOOKUP_FORWARD(rising, 1)', 4],
    ['LOOKUP_FORWARD(rising, -1)', 2],
    ['LOOKUP_FORWARD(rising, 9)', 10],
    ['LOOKUPINV(rising, 7)', 2],
    ['LOOKUPINV(rising, 99)', 3],
    ['LOOKUPINV(line, 13)', 4],
    ['LOOKUPINV(falling, 3)', 2],
    ['LOOKUP_INVERT(falling, 10)', 0],
    ['LOOKUPAREA(rising)', 17],
    ['LOOKUPAREA(rising, 2)', 8.5],
    ['LOOKUPAREA(rising, 2, 1)', 5.5],
    ['LOOKUPAREA(rising, 1, 2)', 5.5],
    ['LOOKUPAREA(rising, 100, -100)', 17],
    ['LOOKUPAREA(steps)', 10],
    ['LOOKUPAREA(line, 4, -1)', 17 + 11.5 + 1],
    ['LOOKUP_AREA(rising, 1, 2)', 5.5],
    ['LOOKUP_AREA(rising, 2, 1)', -5.5],
  ])('%s is %d', (equation, expected) => {
    expect(startValue(equation, { tables })).toBeCloseTo(expected, 12);
  });

  it('must be there, and rise or fall to be inverted', () => {
    expect(refusalOf('LOOKUP(TIME, 2)', { tables })).toBe('builtin.not_table');
    expect(refusalOf('LOOKUPINV(hill, 2)', { tables })).toBe('builtin.not_monotonic');
    expect(refusalOf('LOOKUPINV(steps, 2)', { tables })).toBe('builtin.not_monotonic');
    expect(refusalOf('LOOKUPAREA(rising, TIME)', { tables })).toBe('builtin.not_constant');
  });
});
