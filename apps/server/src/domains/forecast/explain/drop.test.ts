import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ModelSetup } from '../setup.ts';
import { dropCrossing, dropPlan } from './drop.ts';
import {
  aux,
  fitOf,
  flow,
  level,
  lever,
  place,
  spread,
  stock,
  subjectFor,
  taskOf,
  xmileOf,
} from './explain.fixture.ts';
import { subjectOf, todayOf } from './subject.ts';
import { explainThreshold } from './threshold.ts';

const words = (text: string) => ({ en: text, zh: text });
/** Activity rises by `push * told * gain` a day and, once it is pushed, hardly falls. */
const pushed = xmileOf(
  [
    stock('activity', 0.1, ['rising'], ['falling']),
    flow('rising', 'push * told * gain'),
    flow('falling', '0.00001 * activity'),
    aux('push', 0),
    aux('told', 0),
    aux('gain', 1),
    aux('theta', 0.3),
  ].join(''),
  { dt: 0.0625 },
);
const steps = (before: number, value: number) => [
  { day: 0, value: before },
  { day: 3.8125, value },
  { day: 3.9375, value: before },
];
const setup: Partial<ModelSetup> = {
  observations: [level('activity')],
  threshold: { activity: 'activity', theta: 'theta', control: 'gain' },
  run: { dt: 1, method: 'rk4' },
  levers: [{ ...lever('push', 0, 4, 0), kind: 'pulse' }, lever('told', 0, 1, 0)],
  presets: [
    {
      id: 'drop',
      label: words('drop'),
      note: words('three hours'),
      levers: [
        { variable: 'told', steps: steps(0, 0.8) },
        { variable: 'push', steps: steps(0, 3) },
      ],
      couplings: [],
    },
  ],
};

describe('a drop of hours', () => {
  it('crosses with what its levers do together', async () => {
    const gains = spread(0.8, 1.2, 40).map((gain) => [gain]);
    const subject = subjectFor(pushed, setup, fitOf(['gain'], gains), { days: 20 });
    const drop = await dropCrossing(subject, await todayOf(subject));
    expect(drop).toMatchObject({ preset: 'drop', hours: 3, shareWithout: 0, share: 1, shareStaying: 1 });
    expect(drop!.levers.map(({ variable, value }) => [variable, value])).toEqual([
      ['push', 3],
      ['told', 0.8],
    ]);
    // 0.1 + push * 0.8 * gain * 0.125 is 0.3 with the median gain of 1.
    expect(drop!.to).toBeCloseTo(2, 1);
    expect(drop!.activity.p50).toBeCloseTo(0.4, 3);
    expect(drop!.distance.p10).toBeCloseTo(0.1 + 0.3 * 0.84 - 0.3, 2);
    expect(drop!.byDay.map(({ day }) => day)).toEqual([0, 7, 14, 28]);
  });

  it('says how far it falls short', async () => {
    const weak = {
      ...setup,
      levers: [{ ...lever('push', 0, 1.5, 0), kind: 'pulse' as const }, lever('told', 0, 1, 0)],
    };
    weak.presets = [
      {
        ...setup.presets![0]!,
        levers: setup.presets![0]!.levers.map((path) => ({
          ...path,
          steps: path.variable === 'push' ? steps(0, 1) : path.steps,
        })),
      },
    ];
    const gains = spread(0.8, 1.2, 40).map((gain) => [gain]);
    const subject = subjectFor(pushed, weak, fitOf(['gain'], gains), { days: 20 });
    const drop = await dropCrossing(subject, await todayOf(subject));
    expect(drop).toMatchObject({ share: 0, to: null, most: 0 });
    expect(drop!.activity.p50).toBeCloseTo(0.2, 3);
    expect(drop!.distance.p50).toBeCloseTo(-0.1, 3);
  });

  it('is not tried where no preset has one, nor in a community that is above', async () => {
    const { presets: _, ...without } = setup;
    const subject = subjectFor(pushed, without, fitOf(['gain'], [[1], [1.1]]), { days: 20 });
    expect(dropPlan(subject.setup)).toBeUndefined();
    expect(await dropCrossing(subject, await todayOf(subject))).toBeNull();
    const above = subjectFor(
      pushed.replace('<eqn>0.3</eqn>', '<eqn>0.05</eqn>'),
      setup,
      fitOf(['gain'], [[1], [1.1]]),
      {
        days: 20,
      },
    );
    const told = await explainThreshold(above, await todayOf(above), { drawsMost: 4, foldDraws: 2 }, () => undefined);
    expect(told!.drop).toBeNull();
  });

  it('carries the template across, though to tell more members of nothing does not', async () => {
    const folder = new URL('../../../../../../samples/models/', import.meta.url);
    const xmile = readFileSync(new URL('live-community.xmile', folder), 'utf8');
    const own = JSON.parse(readFileSync(new URL('live-community.setup.json', folder), 'utf8')) as ModelSetup;
    const theta = [0.297, 0.3, 0.303, 0.306].map((value) => [value]);
    const task = taskOf(xmile, own, fitOf(['user_behaviour.theta'], theta), { days: 30 });
    const subject = subjectOf(task, place);
    const told = await explainThreshold(
      subject,
      await todayOf(subject),
      { drawsMost: 4, foldDraws: 0 },
      () => undefined,
    );
    expect(told!.crossings.find(({ lever: name }) => name === 'coupon_audience')!.to).toBeNull();
    expect(told!.drop!.share).toBeGreaterThan(0.5);
    expect(told!.drop!.shareStaying).toBeGreaterThan(0.5);
    expect(told!.drop!.shareWithout).toBe(0);
    expect(told!.drop!.to).toBeLessThan(0.55);
  });
});
