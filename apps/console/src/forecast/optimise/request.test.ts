import type { ModelSetup } from '@tandem/server/schema/forecast';
import { describe, expect, it } from 'vitest';
import { faultOf, firstForm, gatesOf, monthDays, pathsOf, requestOf } from './request.ts';

const words = { en: '', zh: '' };
const lever = (variable: string, kind: 'level' | 'pulse' | 'share') => ({
  variable,
  kind,
  label: words,
  unit: words,
  low: 0,
  high: 1,
  step: 0.1,
  usual: 0,
});
const setup: ModelSetup = {
  parameters: [],
  observations: [],
  levers: [...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => lever(name, 'level')), lever('coupon', 'pulse')],
  couplings: [],
  sectors: [],
  parts: [],
  shown: [],
};

describe('what is asked of the optimiser', () => {
  it('begins with six steady levers, and with targets where the model knows no money', () => {
    expect(firstForm(setup)).toMatchObject({ goal: 'gates', levers: ['a', 'b', 'c', 'd', 'e', 'f'] });
    expect(faultOf(firstForm(setup))).toBe('gates');
    expect(faultOf({ ...firstForm(setup), levers: [] })).toBe('levers');
  });
  it('is a request of the server', () => {
    const form = { ...firstForm(setup), goal: 'margin' as const, risk: 'cvar' as const, budget: 1e6 };
    expect(requestOf(form, 'fit_1', true)).toEqual({
      kind: 'optimise',
      fitId: 'fit_1',
      months: 12,
      levers: form.levers,
      objective: { goal: 'margin', risk: { kind: 'cvar', alpha: 0.2 } },
      limits: { budget: 1e6, fatigueMost: null, sessionsPerDayMost: null },
      force: true,
    });
  });
});

describe('the answer as a scenario', () => {
  const result = {
    start: '2026-01-31',
    months: 3,
    monthStarts: ['2026-01-31', '2026-02-28', '2026-03-31'],
    levers: [
      {
        variable: 'a',
        byMonth: [1, 1, 2],
        pulseDays: null,
        today: 0,
        low: 0,
        high: 3,
        marginalReturn: 0,
        marginalLow: 0,
        marginalHigh: 0,
        atBound: null,
      },
    ],
  };
  it('has a step where a month changes something', () => {
    expect(monthDays(result)).toEqual([0, 28, 59]);
    expect(pathsOf(result)).toEqual([
      {
        variable: 'a',
        steps: [
          { day: 0, value: 1 },
          { day: 59, value: 2 },
        ],
      },
    ]);
    const pulse = { ...result.levers[0]!, byMonth: [0.2, 0, 0.3], pulseDays: 3 };
    expect(pathsOf({ ...result, levers: [pulse] })[0]!.steps).toEqual([
      { day: 0, value: 0.2 },
      { day: 3, value: 0 },
      { day: 59, value: 0.3 },
      { day: 62, value: 0 },
    ]);
    const { monthStarts, ...rest } = result;
    expect(monthStarts).toHaveLength(3);
    expect(monthDays(rest)).toEqual([0, 30, 60]);
  });
});

describe('targets as gates', () => {
  const target = (quarter: string, value: number) => ({ kpi: 'gmv', quarter, value, origin: 'brand' as const });
  it('ask of a sum what the quarters ask of the days of the plan', () => {
    const gates = gatesOf(
      [target('2026Q1', 900), target('2026Q2', 91)],
      [{ kpi: 'gmv', measure: 'total' }],
      '2026-03-22',
      '2026-07-01',
    );
    expect(gates).toEqual([
      { kpi: 'gmv', quarter: '2026Q1', day: '2026-04-01', value: 100 },
      { kpi: 'gmv', quarter: '2026Q2', day: '2026-07-01', value: 191 },
    ]);
  });
  it('ask of a level its target, and nothing of means or of quarters that end later', () => {
    const targets = [target('2026Q1', 900)];
    expect(gatesOf(targets, [{ kpi: 'gmv', measure: 'level' }], '2026-03-22', '2026-06-01')[0]?.value).toBe(900);
    expect(gatesOf(targets, [{ kpi: 'gmv', measure: 'mean' }], '2026-03-22', '2026-06-01')).toEqual([]);
    expect(gatesOf(targets, [{ kpi: 'gmv', measure: 'level' }], '2026-03-22', '2026-03-30')).toEqual([]);
  });
});
