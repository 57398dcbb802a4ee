import { describe, expect, it } from 'vitest';
import { explainCauses } from './causes.ts';
import { explainCouplings } from './couplings.ts';
import { aux, fitOf, flow, level, spread, stock, subjectFor, total, xmileOf } from './explain.fixture.ts';
import { explainSensitivity } from './sensitivity.ts';
import { todayOf } from './subject.ts';

/** Joins are 3 a + 2 b + c a day, so that the variances of the parts are as 9 to 4 to 1; sales do not vary. */
const linear = xmileOf(
  [
    stock('joined', 0, ['joining']),
    flow('joining', '3 * a + 2 * b + c'),
    stock('sold', 0, ['selling']),
    flow('selling', '5'),
    aux('a', 1),
    aux('b', 1),
    aux('c', 1),
  ].join(''),
);
const setup = { observations: [total('joined', 'new_members'), total('sold', 'orders')] };
const count = 101;
const draws = spread(0, 2, count).map((a, i) => [a, spread(0, 2, count, 7)[i]!, spread(0, 2, count, 31)[i]!]);
const ahead = { horizonDays: 91, samples: 2048 };

describe('sensitivity', () => {
  it('of a linear model is known', async () => {
    const subject = subjectFor(linear, setup, fitOf(['a', 'b', 'c'], draws));
    const { sobol, tornado, sensitivityRefused } = await explainSensitivity(
      subject,
      await todayOf(subject),
      ahead,
      () => undefined,
    );
    expect(sobol.map(({ output }) => output)).toEqual(['new_members']);
    const [joins] = sobol;
    expect(joins!.factors.map(({ variable }) => variable)).toEqual(['a', 'b', 'c']);
    for (const [i, size] of [9, 4, 1].entries()) {
      const factor = joins!.factors[i]!;
      expect(factor.first).toBeCloseTo(size / 14, 2);
      expect(factor.total).toBeCloseTo(size / 14, 2);
      expect(factor.firstLow <= size / 14 + 0.01 && factor.firstHigh >= size / 14 - 0.01).toBe(true);
    }
    expect(joins!.converged).toBe(true);
    expect(joins!.count).toBe(2048 * 5);
    expect(sensitivityRefused).toMatchObject([{ output: 'orders', code: 'experiment.zero_variance' }]);
    expect(sensitivityRefused[0]!.zh).not.toBe('');
    const [bars] = tornado;
    expect(bars!.base).toBeCloseTo(91 * 6, 6);
    expect(bars!.bars.map(({ variable }) => variable)).toEqual(['a', 'b', 'c']);
    expect(bars!.bars[0]!.high - bars!.bars[0]!.low).toBeCloseTo(91 * 3 * 0.8 * 2 * (100 / 101), 6);
  });

  it('is screened first where there are more parameters than it is worked out for', async () => {
    const names = Array.from({ length: 24 }, (_, i) => `p${i}`);
    const file = xmileOf(
      stock('joined', 0, ['joining']) +
        flow('joining', names.map((name, i) => `${i < 22 ? i + 1 : 0} * ${name}`).join(' + ')) +
        names.map((name) => aux(name, 1)).join(''),
    );
    const values = Array.from({ length: 50 }, (_, k) => names.map((_name, i) => ((k * (2 * i + 1)) % 50) / 50));
    const subject = subjectFor(file, { observations: [total('joined')] }, fitOf(names, values));
    const { screened, sobol } = await explainSensitivity(
      subject,
      await todayOf(subject),
      { ...ahead, samples: 256 },
      () => undefined,
    );
    expect(screened).toHaveLength(24);
    expect(screened.filter(({ kept }) => kept)).toHaveLength(20);
    expect(
      screened
        .filter(({ kept }) => !kept)
        .map(({ variable }) => variable)
        .sort(),
    ).toEqual(['p0', 'p1', 'p22', 'p23']);
    expect(sobol[0]!.factors).toHaveLength(20);
  });
});

/** Joins are two couplings' work, one of them squared. */
const coupled = xmileOf(
  [
    stock('joined', 0, ['joining']),
    flow('joining', 'friends * pull + 10 * adverts^2'),
    aux('pull', 30),
    aux('friends', 1),
    aux('adverts', 1),
    aux('idle', 1),
  ].join(''),
);
const words = { en: 'x', zh: 'x' };
const links = ['friends', 'adverts', 'idle'].map((variable) => ({ variable, from: 'a', to: 'b', label: words }));

describe('couplings', () => {
  it('have the elasticity and the loss when cut that their equations say', async () => {
    const pulls = spread(20, 40, 41).map((pull) => [pull]);
    const subject = subjectFor(coupled, { observations: [total('joined')], couplings: links }, fitOf(['pull'], pulls));
    const { couplings } = await explainCouplings(subject, await todayOf(subject), { horizonDays: 91, drawsMost: 41 });
    const [friends, adverts, idle] = couplings;
    expect(friends!.elasticity).toBeCloseTo(0.75, 6);
    expect(friends!.whenCut).toBeCloseTo(-0.75, 6);
    expect(friends!.low).toBeCloseTo(22 / 32, 2);
    expect(friends!.high).toBeCloseTo(38 / 48, 2);
    expect(adverts!.elasticity).toBeCloseTo(0.5, 6);
    expect(adverts!.whenCut).toBeCloseTo(-0.25, 6);
    expect(idle).toMatchObject({ elasticity: 0, whenCut: 0 });
  });

  it('are cut from today on, not in the past', async () => {
    const lasting = xmileOf(
      stock('members', 100, ['joining']) + flow('joining', 'friends * 1') + aux('friends', 1) + aux('pull', 1),
    );
    const subject = subjectFor(
      lasting,
      { observations: [level('members')], couplings: links.slice(0, 1) },
      fitOf(['pull'], [[1]]),
      { days: 100 },
    );
    const { couplings } = await explainCouplings(subject, await todayOf(subject), { horizonDays: 91, drawsMost: 10 });
    expect(couplings[0]!.whenCut).toBeCloseTo(200 / 291 - 1, 9);
  });
});

describe('causes', () => {
  it('have shares of the last weeks, elasticities today, and can be walked both ways', () => {
    const file = xmileOf(
      [
        stock('members', 100, ['joining'], ['leaving']),
        flow('joining', 'rate * members + TIME * 0'),
        flow('leaving', '0.01 * members'),
        aux('rate', 0.05),
        aux('double', 'members * 2 - other'),
        aux('other', 'members'),
      ].join(''),
    );
    const causes = explainCauses(
      subjectFor(file, { observations: [level('members')] }, fitOf(['rate'], [[0.03]]), { days: 50 }),
    );
    const of = (name: string) => causes.find(({ variable }) => variable === name)!;
    expect(of('joining')).toMatchObject({ kind: 'flow', equation: 'rate * members + TIME * 0', effects: ['members'] });
    expect(of('joining').causes.find(({ variable }) => variable === 'members')).toMatchObject({ influence: 1 });
    expect(of('joining').causes.find(({ variable }) => variable === 'rate')!.influence).toBe(0);
    expect(of('joining').causes.find(({ variable }) => variable === 'rate')!.elasticity).toBeCloseTo(1, 6);
    expect(of('members').kind).toBe('stock');
    expect(of('members').equation).toBe('∫ (joining − leaving) dt; 100 at the start');
    const flows = of('members').causes;
    expect(flows.map(({ variable }) => variable).sort()).toEqual(['joining', 'leaving']);
    expect(flows.find(({ variable }) => variable === 'joining')!.influence).toBeCloseTo(0.75, 6);
    expect(flows.find(({ variable }) => variable === 'leaving')!.influence).toBeCloseTo(-0.25, 6);
    expect(
      of('double')
        .causes.map(({ variable, influence }) => [variable, influence])
        .sort(),
    ).toEqual([
      ['members', expect.closeTo(2 / 3, 6)],
      ['other', expect.closeTo(-1 / 3, 6)],
    ]);
    expect(of('members').effects.sort()).toEqual(['double', 'joining', 'leaving', 'other']);
    expect(of('members').value).toBeCloseTo(100 * Math.exp(0.02 * 50), 4);
  });
});
