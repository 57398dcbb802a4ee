import { readFileSync } from 'node:fs';
import { createEvaluator, type Program } from '@tandem/dynamics';
import { describe, expect, it } from 'vitest';
import { driveModel, loadModel } from './model/index.ts';
import { type Drop, surgeOf, thresholdCurve } from './model/template-checks.ts';

const folder = new URL('../../../../../samples/models/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');
const model = loadModel({
  xmile: read('live-community.xmile'),
  setup: JSON.parse(read('live-community.setup.json')),
});
const views = 'traffic_allocation.cumulative_views';
/** Three hours from half past seven in the evening of day 30 on: half the price, told to nine in ten members. */
const drop: Drop = {
  from: 30.8125,
  to: 30.9375,
  levers: [
    { variable: 'coupon_depth', value: 0.5, before: 0 },
    { variable: 'coupon_audience', value: 0.9, before: 0.05 },
  ],
};
const below = { 'user_behaviour.spontaneous_waking': 0.005, 'user_behaviour.initial_activity': 0.16 };

describe('a coupon drop of three hours', () => {
  it('that carries the community across its threshold brings 6.7 times the people', async () => {
    const { ratio, activityBefore, activityAfter, theta } = await surgeOf(model, views, drop);
    expect(activityBefore).toBeGreaterThan(0.25);
    expect(activityBefore).toBeLessThan(0.27);
    expect(activityAfter).toBeGreaterThan(theta);
    expect(ratio).toBeGreaterThan(6.7 * 0.98);
    expect(ratio).toBeLessThan(6.7 * 1.02);
  });

  it('says the same at a finer step', async () => {
    const coarse = await surgeOf(model, views, drop);
    const fine = await surgeOf(model, views, drop, {}, 1 / 256);
    expect(Math.abs(coarse.ratio / fine.ratio - 1)).toBeLessThan(0.002);
  });

  it('that stays below it brings less than twice the people', async () => {
    const { ratio, activityAfter, theta } = await surgeOf(model, views, drop, below);
    expect(activityAfter).toBeLessThan(theta);
    expect(ratio).toBeLessThan(2);
  });

  it('brings what the coupon itself draws, where users do not act on traffic', async () => {
    const { ratio } = await surgeOf(model, views, drop, { 'coupling[user, traffic]': 0 });
    expect(ratio).toBeGreaterThan(1.1);
    expect(ratio).toBeLessThan(1.5);
  });

  it('brings little where the community is well above it already', async () => {
    const { ratio, activityBefore, theta } = await surgeOf(model, views, drop, {
      'user_behaviour.initial_activity': 0.4,
    });
    expect(activityBefore).toBeGreaterThan(theta * 1.15);
    expect(ratio).toBeLessThan(1.5);
  });

  it('lasts: the community stays above its threshold, and the same drop without the crossing is forgotten', () => {
    const activityAfterQuarter = (set: Record<string, number>) => {
      const paths = drop.levers.map(({ variable, value, before }) => ({
        variable,
        steps: [
          { day: 0, value: before },
          { day: drop.from, value },
          { day: drop.to, value: before },
        ],
      }));
      const { program } = driveModel(model, {
        stop: 120,
        paths,
        inputs: Object.keys(set),
        outputs: ['user_behaviour.activity'],
        dt: 1 / 16,
        method: 'rk4',
      });
      return endOf(program, Object.values(set));
    };
    expect(activityAfterQuarter({ 'coupling[user, user]': 1 })).toBeGreaterThan(0.33);
    expect(activityAfterQuarter(below)).toBeLessThan(0.25);
  });
});

describe('the threshold of the community', () => {
  it('is two folds with an unstable branch between them', async () => {
    const { branches, folds, complete } = await thresholdCurve(model, { low: 0.004, high: 0.02 });
    expect(complete).toBe(true);
    expect(folds).toHaveLength(2);
    const [first, second] = folds.toSorted((a, b) => a.activity - b.activity);
    // The lower state ends at a stronger waking than the upper one: between them both are there.
    expect(first!.control).toBeGreaterThan(second!.control);
    expect(first!.activity).toBeGreaterThan(0.25);
    expect(first!.activity).toBeLessThan(0.3);
    expect(second!.activity).toBeGreaterThan(0.3);
    const unstable = branches.flat().filter(({ stable }) => !stable);
    expect(unstable.length).toBeGreaterThan(3);
    for (const { control, activity } of unstable) {
      expect(control).toBeGreaterThan(second!.control * 0.999);
      expect(control).toBeLessThan(first!.control * 1.001);
      expect(activity).toBeGreaterThan(first!.activity * 0.999);
      expect(activity).toBeLessThan(second!.activity * 1.001);
    }
    // Today's waking is in the range in which both states are there.
    expect(first!.control).toBeGreaterThan(0.0108);
    expect(second!.control).toBeLessThan(0.0108);
  });
});

function endOf(program: Program, inputs: number[]): number {
  const run = createEvaluator(program);
  run.begin(inputs);
  while (run.advance());
  return run.values[program.outputs[0]!.node]!;
}
