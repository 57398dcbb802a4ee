import { describe, expect, it } from 'vitest';
import { addDays } from '#lib/time.ts';
import { loadModel } from '../model/index.ts';
import { optimiseModel } from './optimise.ts';
import { canPulse, pulseHabit } from './pulses.ts';
import { type SmallModel, smallModel, snapshotOf, spreadAround, taskOf } from './small-models.fixture.ts';

const model: SmallModel = {
  levers: [{ name: 'coupon', low: 0, high: 9, usual: 0, kind: 'pulse' }],
  parameters: { k: spreadAround(2, 0.2, 20, 1) },
  earning: 'k * sqrt(coupon) - 0.5 * coupon',
  spending: '0',
};

describe('a pulse', () => {
  it('is planned on some days of each month and off on all others', async () => {
    const task = taskOf(model);
    const result = await optimiseModel(task, { threads: 1 }, { work: 2e8 });
    const k = spreadAround(2, 0.2, 20, 1).reduce((sum, value) => sum + value, 0) / 20;
    // k √c - c / 2 is most, k² / 2, with c = k², on three days of three months.
    expect(result.levers[0]!.byMonth[1]! / k ** 2).toBeCloseTo(1, 1);
    expect(result.objective.mean / (9 * (k ** 2 / 2))).toBeCloseTo(1, 3);
    expect(result.today.mean).toBe(0);
    expect(result.notes!.map(({ code }) => code)).toContain('pulse_days');
  });

  it('begins as often and as strong as promotions were', async () => {
    const base = taskOf(model);
    const setup = { ...base.model.setup, levers: base.model.setup.levers.map((one) => ({ ...one, promotions: true })) };
    const from = '2025-01-01';
    const snapshot = {
      ...snapshotOf({}, 91),
      promotions: [
        { name: 'a', from, to: addDays(from, 5), depth: 1 },
        { name: 'b', from: addDays(from, 3), to: addDays(from, 10), depth: 4 },
        { name: 'to come', from: addDays(from, 95), to: addDays(from, 120), depth: 9 },
      ],
    };
    // Ten days in three months, seven of them at 4.
    expect(pulseHabit(setup.levers[0]!, snapshot)).toEqual({ days: 3, strength: 3.1 });
    const task = { ...base, model: { ...base.model, setup }, snapshot };
    const result = await optimiseModel(task, { threads: 1 }, { work: 5e7 });
    const k = spreadAround(2, 0.2, 20, 1).reduce((sum, value) => sum + value, 0) / 20;
    expect(result.levers[0]!.today).toBe(3.1);
    expect(result.today.mean / (9 * (k * Math.sqrt(3.1) - 1.55))).toBeCloseTo(1, 6);
  });

  it('may have blanks and Chinese in its name', async () => {
    const plain = taskOf(model);
    const renamed = (text: string) =>
      text.replaceAll('"coupon"', '"优惠 力度"').replaceAll(/\bcoupon\b(?=[ )<])/g, '"优惠 力度"');
    const input = {
      xmile: renamed(plain.model.xmile),
      setup: {
        ...plain.model.setup,
        levers: plain.model.setup.levers.map((one) => ({ ...one, variable: '优惠_力度' })),
      },
    };
    expect(input.xmile).toContain('<aux name="优惠 力度">');
    const task = { ...plain, model: input, levers: ['优惠_力度'] };
    const one = await optimiseModel(task, { threads: 1 }, { work: 5e7 });
    const other = await optimiseModel(plain, { threads: 1 }, { work: 5e7 });
    expect(one.objective).toEqual(other.objective);
  });

  it('stays a level where it is no variable of its own', () => {
    const loaded = loadModel(smallModel(model));
    expect(canPulse(loaded, 'coupon')).toBe(true);
    expect(canPulse(loaded, 'Coupon')).toBe(true);
    expect(canPulse(loaded, 'coupon[a]')).toBe(false);
    expect(canPulse(loaded, 'nowhere.coupon')).toBe(false);
  });
});
