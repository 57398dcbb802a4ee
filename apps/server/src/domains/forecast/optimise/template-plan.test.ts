import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { soughtOf } from '../fit/parameters.ts';
import type { ModelInput } from '../task.ts';
import { fitOf, type SmallModel, smallModel, snapshotOf, spreadAround } from './small-models.fixture.ts';
import { type PlanTarget, type TemplatePlanTask, templatePlan } from './template-plan.ts';

const alone = { threads: 1 };
const words = (text: string) => ({ en: text, zh: text });

const model: SmallModel = {
  levers: [
    { name: 'a', low: 0, high: 100, usual: 10 },
    { name: 'b', low: 0, high: 100, usual: 10 },
  ],
  parameters: { k: spreadAround(2, 0.2, 20, 1) },
  earning: 'k * sqrt(a * 100) + k * sqrt(b * 25)',
  spending: 'a + b',
};

function taskOf(targets: PlanTarget[]): TemplatePlanTask {
  return {
    model: smallModel(model),
    snapshot: snapshotOf(),
    fit: fitOf(model.parameters),
    seed: 1,
    months: 3,
    levers: ['a', 'b'],
    targets,
    draws: 20,
  };
}

const earned = (atLeast: number): PlanTarget => ({
  id: 'earned',
  label: words('earned'),
  unit: words('CNY'),
  atLeast,
  of: [{ variable: 'margin', measure: 'increase' }],
});

describe('templatePlan', () => {
  it('finds the least budget that reaches the targets', async () => {
    const target = 91 * 100;
    const plan = await templatePlan(taskOf([earned(target)]), alone, { work: 3e8 });
    const k = spreadAround(2, 0.2, 20, 1).reduce((sum, value) => sum + value, 0) / 20;
    // The least a + b with k (10 √a + 5 √b) = 100 has √a : √b = 2 : 1.
    const root = 100 / (k * 25);
    expect(plan.status).toBe('reached');
    expect(plan.budget.mean / (91 * 5 * root * root)).toBeCloseTo(1, 2);
    const [one] = plan.targets;
    expect(one).toMatchObject({ isReached: true, isBinding: true, alone: null });
    expect(one!.value.mean / target).toBeCloseTo(1, 5);
    // Of the budget B = 5 T² / (25 k)² a unit more of the target costs 2 B / T.
    expect(one!.price! / ((2 * plan.budget.mean) / target)).toBeCloseTo(1, 1);
    expect(plan.reason.en).toContain('CNY over 3 months');
  });

  it('refuses with the target that cannot be reached, and the most that it comes to', async () => {
    const ratio: PlanTarget = {
      id: 'return',
      label: words('return'),
      unit: words('CNY per CNY'),
      atLeast: 2,
      of: [{ variable: 'margin', measure: 'increase' }],
      per: [{ variable: 'spend', measure: 'increase' }],
    };
    const plan = await templatePlan(taskOf([earned(91 * 1000), ratio]), alone, { work: 3e8 });
    expect(plan.status).toBe('refused');
    expect(plan.reason.code).toBe('unreachable');
    const [hard, easy] = plan.targets;
    expect(hard!.isReached).toBe(false);
    expect(hard!.alone! / (91 * 2 * 150)).toBeCloseTo(1, 1);
    expect(easy!.isReached).toBe(true);
    expect(easy!.value.mean).toBeGreaterThanOrEqual(2 - 1e-5);
    expect(plan.reason.en).toContain('earned');
    expect(plan.reason.zh).toContain('目标无法全部达成');
  });
});

describe('the template of the product', () => {
  const folder = new URL('../../../../../../samples/models/', import.meta.url);
  const input: ModelInput = {
    xmile: readFileSync(new URL('live-community.xmile', folder), 'utf8'),
    setup: JSON.parse(readFileSync(new URL('live-community.setup.json', folder), 'utf8')) as ModelInput['setup'],
  };
  const sought = soughtOf(input.setup.parameters, [], []);
  const parameters = Object.fromEntries(
    sought.map(({ name, value }, j) => [name, spreadAround(0, 0.1, 8, j).map((score) => value(score))]),
  );
  const target = (
    id: string,
    variable: string,
    measure: 'increase' | 'end' | 'recent',
    atLeast: number,
  ): PlanTarget => ({
    id,
    label: words(id),
    unit: words(''),
    atLeast,
    of: [{ variable, measure }],
  });
  const task = (targets: PlanTarget[]): TemplatePlanTask => ({
    model: input,
    snapshot: { ...snapshotOf({}, 0) },
    fit: fitOf(parameters, 'prior'),
    seed: 1,
    months: 6,
    levers: ['marketing_budget', 'sessions_per_day', 'invitations_per_member', 'koc_recruiting'],
    targets,
    draws: 6,
  });

  it('refuses its plan by the conversion of viewers, whatever else is done', async () => {
    const plan = await templatePlan(
      task([
        target('members', 'user_behaviour.members', 'end', 500_000),
        target('revenue', 'monetisation.cumulative_revenue', 'increase', 50e6),
        target('retention', 'user_behaviour.retention_30_days', 'recent', 0.7),
        target('conversion', 'monetisation.viewer_conversion', 'recent', 0.2),
        target('customer spend', 'monetisation.spend_per_customer', 'end', 200),
      ]),
      alone,
      { work: 1e9 },
    );
    // Buyers of the people in a session, by persons: rooms sell to a tenth of them at the very best.
    const conversion = plan.targets.find(({ id }) => id === 'conversion')!;
    expect(plan.status).toBe('refused');
    expect(conversion).toMatchObject({ isReached: false, isBinding: true });
    expect(conversion.alone).toBeGreaterThan(0.05);
    expect(conversion.alone).toBeLessThan(0.13);
    const missed = plan.targets.filter(({ isReached }) => !isReached);
    for (const { en } of missed) expect(plan.reason.en).toContain(en);
    expect(plan.reason.en).toContain('the cheapest plan found costs');
  }, 60_000);
});
