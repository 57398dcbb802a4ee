import { describe, expect, it } from 'vitest';
import { crossingsOf } from './crossing.ts';
import { pictureOf } from './equilibria.ts';
import { aux, fitOf, flow, level, lever, spread, stock, subjectFor, xmileOf } from './explain.fixture.ts';
import { foldAhead } from './fold-ahead.ts';
import { todayOf } from './subject.ts';
import { explainThreshold } from './threshold.ts';

const threshold = (control: string) => ({ activity: 'activity', theta: 'theta', control });

/** Granovetter's crowd as a share of members of whom more join every day: no stock of the model ever comes to rest. */
const crowd = xmileOf(
  [
    stock('prospects', 100000, [], ['to_active', 'to_quiet']),
    stock('active', 100, ['to_active', 'rising']),
    stock('quiet', 900, ['to_quiet'], ['rising']),
    flow('to_active', 'joining * activity'),
    flow('to_quiet', 'joining * (1 - activity)'),
    aux('joining', '0.00001 * prospects * (1 + theta)'),
    flow('rising', 'members * (NORMALCDF(-1000, activity, 0.25, sigma) - activity)'),
    aux('members', 'active + quiet'),
    aux('activity', 'active / members'),
    aux('sigma', 0.1),
    aux('theta', 0.25),
    stock('joined', 0, ['counting']),
    flow('counting', 'joining'),
  ].join(''),
);
const crowdSetup = { observations: [level('members'), level('joined')], threshold: threshold('sigma') };

/** The normal form of two folds, moved to where activity is positive. */
const saddle = xmileOf(
  [
    stock('activity', 0.1, ['rising']),
    flow('rising', 'scale * (push + (activity - 1) - (activity - 1)^3)'),
    aux('push', 0.2),
    aux('scale', 1),
    aux('theta', 0.8),
  ].join(''),
);
const saddleSetup = { observations: [level('activity')], threshold: threshold('push') };

describe('equilibria of activity', () => {
  it('fold where a crowd tips, though people flow through', async () => {
    const subject = subjectFor(crowd, crowdSetup, fitOf(['theta'], [[0.25], [0.26]]), { days: 40 });
    const picture = await pictureOf(subject, await todayOf(subject), 40);
    if ('code' in picture) throw new Error(picture.code);
    expect(picture.mixed.toSorted()).toEqual(['active', 'quiet']);
    expect(picture.held.map(({ variable }) => variable).sort()).toEqual(['prospects']);
    const fold = picture.folds.find(({ activity }) => activity < 0.2)!;
    expect(fold.kind).toBe('fold');
    expect(fold.control).toBeCloseTo(0.122220868268, 6);
    expect(fold.activity).toBeCloseTo(0.062003251513, 5);
    // Nothing of the crowd depends on the parameter that the draws differ in.
    expect(fold.share).toBe(1);
    expect(fold.high! - fold.low!).toBeLessThan(1e-6);
    expect(picture.controlNow).toBeCloseTo(0.1, 12);
    expect(picture.method.en).toContain('their sum is held');
    for (const { points } of picture.branches) {
      for (const { activity } of points) expect(activity >= -1e-6 && activity <= 1 + 1e-6).toBe(true);
    }
  });

  it('fold at 2 / (3 √3) of the saddle node, with a band where its place is not known', async () => {
    const subject = subjectFor(saddle, saddleSetup, fitOf(['push'], [[0.2], [0.21]]), { days: 20 });
    const picture = await pictureOf(subject, await todayOf(subject), 40);
    if ('code' in picture) throw new Error(picture.code);
    const [fold] = picture.folds;
    expect(fold!.control).toBeCloseTo(0.38490017946, 7);
    expect(fold!.activity).toBeCloseTo(1 - 1 / Math.sqrt(3), 5);
    expect([picture.moving, picture.mixed]).toEqual([['activity'], []]);
    const shifted = saddle
      .replace('push + (activity', 'push + off + (activity')
      .replace('<aux name="theta">', `${aux('off', 0)}<aux name="theta">`);
    const uncertain = subjectFor(
      shifted,
      saddleSetup,
      fitOf(
        ['off'],
        spread(-0.05, 0.05, 21).map((off) => [off]),
      ),
      { days: 20 },
    );
    const band = await pictureOf(uncertain, await todayOf(uncertain), 40);
    if ('code' in band) throw new Error(band.code);
    expect(band.folds[0]!.share).toBe(1);
    expect(band.folds[0]!.low).toBeCloseTo(0.3849 - 0.0381, 2);
    expect(band.folds[0]!.high).toBeCloseTo(0.3849 + 0.0381, 2);
  });

  it('are refused in words where a model remembers otherwise', async () => {
    const delayed = saddle.replace('<eqn>0.8</eqn>', '<eqn>0.8 + 0 * DELAY(activity, 3)</eqn>');
    const subject = subjectFor(delayed, saddleSetup, fitOf(['push'], [[0.2]]), { days: 20 });
    expect(await pictureOf(subject, await todayOf(subject), 40)).toMatchObject({ code: 'picture.not_continuous' });
    const told = await explainThreshold(
      subject,
      await todayOf(subject),
      { drawsMost: 10, foldDraws: 4 },
      () => undefined,
    );
    expect(told).toMatchObject({
      method: null,
      branches: [],
      pictureMissing: { code: 'picture.not_continuous' },
      controlNow: 0.2,
    });
  });
});

/** Activity follows a lever with a delay: x(28) = u + (x(0) - u) e^(-28/20). */
const following = xmileOf(
  [
    stock('activity', 0.1, ['moving']),
    flow('moving', '(effort * gain - activity) / 20'),
    aux('effort', 0.1),
    aux('idle', 0),
    aux('gain', 1),
    aux('theta', 0.3),
  ].join(''),
);
const followingSetup = {
  observations: [level('activity')],
  threshold: threshold('gain'),
  levers: [lever('effort', 0, 1, 0.1), lever('idle', 0, 1, 0)],
};
const gains = spread(0.8, 1.2, 40).map((gain) => [gain]);

describe('what would cross the threshold', () => {
  it('is the smallest value of a lever in the median, and in four of five draws', async () => {
    const subject = subjectFor(following, followingSetup, fitOf(['gain'], gains), { days: 200 });
    const [effort, idle] = await crossingsOf(subject, await todayOf(subject), { drawsMost: 40, direction: 'up' });
    // Settled at 0.1 gain; with u it crosses within 28 days when u gain + (0.1 - u) gain e^(-1.4) is 0.3.
    const needed = (gain: number) => (0.3 / gain - 0.1 * Math.exp(-1.4)) / (1 - Math.exp(-1.4));
    expect(effort).toMatchObject({ from: 0.1, direction: 'up', heldDays: 28, watchedDays: 28, reason: null });
    expect(effort!.to).toBeCloseTo(needed(0.995), 2);
    expect(effort!.share).toBeGreaterThan(0.5);
    expect(effort!.sureTo).toBeCloseTo(needed(0.885), 2);
    expect(effort!.sureShare).toBeGreaterThanOrEqual(0.8);
    expect(idle).toMatchObject({ to: null, sureTo: null, share: 0, reason: { code: 'no_effect' } });
  });

  it('is said to lie beyond the bounds where it does', async () => {
    const levers = [lever('effort', 0, 0.3, 0.1)];
    const subject = subjectFor(following, { ...followingSetup, levers }, fitOf(['gain'], gains), { days: 200 });
    const [effort] = await crossingsOf(subject, await todayOf(subject), { drawsMost: 40, direction: 'up' });
    expect(effort).toMatchObject({ to: null, reason: { code: 'not_within_bounds' } });
  });

  it('for a community above is what would let it fall below', async () => {
    const levers = [lever('effort', 0, 1, 0.5)];
    const subject = subjectFor(following, { ...followingSetup, levers }, fitOf(['gain'], gains), { days: 200 });
    const told = await explainThreshold(
      subject,
      await todayOf(subject),
      { drawsMost: 40, foldDraws: 4 },
      () => undefined,
    );
    expect(told!.probabilityAbove).toBe(1);
    const needed = (0.3 - 0.5 * Math.exp(-1.4)) / (1 - Math.exp(-1.4));
    expect(told!.crossings[0]).toMatchObject({ direction: 'down', from: 0.5 });
    expect(told!.crossings[0]!.to).toBeCloseTo(needed, 1);
    expect(told!.distance.p50).toBeCloseTo(0.2, 2);
    expect(told!.distance.p10).toBeCloseTo(0.84 * 0.5 - 0.3, 2);
    expect(told!.activityOverTime.at(-1)!.median).toBeCloseTo(0.5, 2);
    expect(told!.activityOverTime.at(-1)!.t).toBe('2026-07-20');
  });
});

describe('the fold ahead', () => {
  // Equilibria of r = x^3 - x with activity 2 + x: three of them between the folds.
  const points = Array.from({ length: 161 }, (_, i) => {
    const x = -1.6 + i / 50;
    return { control: x ** 3 - x, activity: 2 + x, stable: 3 * x * x > 1 };
  });
  const at = 1 / Math.sqrt(3);
  const fold = (x: number) => ({ control: x ** 3 - x, activity: 2 + x, kind: 'fold', low: null, high: null, share: 1 });
  const [upper, lower] = [fold(at), fold(-at)];
  const picture = { branches: [{ points }], folds: [upper, lower], controlLow: -1, controlHigh: 1 };

  it('ends the equilibrium that the community is at, even where another lies nearer', () => {
    const high = { ...picture, controlNow: 0.5 };
    // Above both folds: on the way down the first one ends an equilibrium that the community is not at.
    expect(lower.control).toBeGreaterThan(upper.control);
    expect(foldAhead(high, { activity: 3.19, up: false })).toBe(upper);
    expect(foldAhead(high, { activity: 3.19, up: true })).toBeUndefined();
    const low = { ...picture, controlNow: 0 };
    expect(foldAhead(low, { activity: 1, up: true })).toBe(lower);
    expect(foldAhead(low, { activity: 1, up: false })).toBeUndefined();
    expect(foldAhead(low, { activity: 3, up: false })).toBe(upper);
  });

  it('is none for a community on its way', () => {
    expect(foldAhead({ ...picture, controlNow: 0 }, { activity: 1.5, up: true })).toBeUndefined();
  });
});
