import { describe, expect, it } from 'vitest';
import { optimiseModel } from './optimise.ts';
import { type SmallModel, spreadAround, taskOf } from './small-models.fixture.ts';

const model: SmallModel = {
  levers: [
    { name: 'paid', low: 0, high: 100, usual: 50 },
    { name: 'useless', low: 0, high: 100, usual: 50 },
    { name: 'free', low: 1, high: 3, usual: 2 },
  ],
  parameters: { k: spreadAround(2, 0.2, 20, 1) },
  earning: 'k * sqrt(paid) + free',
  spending: 'paid + useless',
};

describe('what a reader is told', () => {
  it('is that today breaks a limit, what the budget does not hold back, and no price of doing less than nothing', async () => {
    const task = taskOf(model, { limits: { budget: 91 * 60, fatigueMost: null, sessionsPerDayMost: null } });
    const result = await optimiseModel(task, { threads: 1 }, { work: 3e8 });
    const byCode = new Map(result.notes!.map((note) => [note.code, note]));
    expect(byCode.get('today_breaks_limits')!.en).toContain('budget over the whole time');
    expect(byCode.get('not_in_budget')!.en).toMatch(/: free\.$/);
    expect(byCode.get('not_in_budget')!.zh).toContain('free');
    expect(result.levers.find(({ variable }) => variable === 'useless')!.atBound).toBe('low');
    expect(result.constraints.map(({ name }) => name).sort()).toEqual(['budget', 'free.high']);
    expect(result.levers.find(({ variable }) => variable === 'free')!.perCurrency).toBeNull();
    expect(result.levers.find(({ variable }) => variable === 'paid')!.perCurrency!.value).toBeGreaterThan(0);
  });

  it('is nothing of the kind where nothing is limited', async () => {
    const result = await optimiseModel(taskOf(model), { threads: 1 }, { work: 1e8 });
    const codes = result.notes!.map(({ code }) => code);
    expect(codes).not.toContain('today_breaks_limits');
    expect(codes).not.toContain('not_in_budget');
  });

  it('is that months after the last gate mean nothing, and intervals hold their values', async () => {
    const gates = [{ kpi: 'gmv', day: '2025-03-15', value: 300 }];
    const gated = taskOf(model, { objective: { goal: 'gates', gates, risk: { kind: 'mean' } } });
    const result = await optimiseModel(gated, { threads: 1 }, { work: 1e8 });
    expect(result.notes!.find(({ code }) => code === 'after_gates')!.en).toContain('the last 2 months');
    const careful = taskOf(model, { objective: { goal: 'margin', risk: { kind: 'cvar', alpha: 0.95 } } });
    const { levers } = await optimiseModel(careful, { threads: 1 }, { work: 1e8 });
    for (const { marginalReturn, marginalLow, marginalHigh } of levers)
      expect(marginalLow <= marginalReturn && marginalReturn <= marginalHigh).toBe(true);
  });
});
