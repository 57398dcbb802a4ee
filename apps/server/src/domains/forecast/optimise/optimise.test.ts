import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OptimiseResult } from '../task.ts';
import { optimiseModel } from './optimise.ts';
import { fitOf, type SmallModel, smallModel, snapshotOf, spreadAround, taskOf } from './small-models.fixture.ts';

const alone = { threads: 1 };
const work = { work: 3e8 };
const noLimits = { budget: null, fatigueMost: null, sessionsPerDayMost: null };
const days = 91;

/** Returns that fall with the root: the best split is where the last yuan brings the same everywhere. */
const roots: SmallModel = {
  levers: [
    { name: 'a', low: 0, high: 500, usual: 50 },
    { name: 'b', low: 0, high: 500, usual: 50 },
    { name: 'c', low: 0, high: 500, usual: 50 },
  ],
  parameters: {
    ka: spreadAround(60, 10, 80, 1),
    kb: spreadAround(40, 10, 80, 2),
    kc: spreadAround(20, 5, 80, 3),
  },
  earning: 'ka * sqrt(a + 1) + kb * sqrt(b + 1) + kc * sqrt(c + 1)',
  spending: 'a + b + c',
};

function lever(result: OptimiseResult, variable: string) {
  return result.levers.find((one) => one.variable === variable)!;
}

function constraint(result: OptimiseResult, name: string) {
  return result.constraints.find((one) => one.name === name)!;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a concave allocation', () => {
  const budget = 300 * days;
  const used = Array.from({ length: 40 }, (_, k) => 2 * k + 1);
  const means = ['ka', 'kb', 'kc'].map((name) => mean(used.map((i) => roots.parameters[name]![i]!)));
  const share = (300 + 3) / means.reduce((sum, k) => sum + k * k, 0);
  const exact = means.map((k) => k * k * share - 1);
  const price = 1 / (2 * Math.sqrt(share));

  it('puts the last yuan where it brings the same, in every month, to 1 %', async () => {
    const result = await optimiseModel(taskOf(roots, { limits: { ...noLimits, budget } }), alone, work);
    expect(result.status).toBe('optimal');
    for (const [i, name] of ['a', 'b', 'c'].entries()) {
      for (const value of lever(result, name).byMonth) expect(value / exact[i]!).toBeCloseTo(1, 2);
      const { perCurrency, marginalReturn } = lever(result, name);
      expect(perCurrency!.value / price).toBeCloseTo(1, 2);
      expect(perCurrency!.low).toBeLessThan(perCurrency!.value);
      expect(marginalReturn / (price * days)).toBeCloseTo(1, 2);
    }
    const kept = constraint(result, 'budget');
    expect(kept.value / budget).toBeCloseTo(1, 5);
    expect(kept.isBinding).toBe(true);
    expect(kept.worth! / price).toBeCloseTo(1, 2);
    expect(result.gain.probabilityBetterThanToday).toBe(1);
    expect(result.gain.overRule.mean).toBeGreaterThan(0);
    expect(result.rule.en).toContain('2.00');
    expect(result.fresh!.draws).toBe(40);
  });

  it('says what a yuan more of the budget is worth as solving again does', async () => {
    const solve = (more: number) =>
      optimiseModel(taskOf(roots, { limits: { ...noLimits, budget: budget + more } }), alone, work);
    const [one, two] = [await solve(0), await solve(500)];
    const found = (two.objective.mean - one.objective.mean) / 500;
    expect(constraint(one, 'budget').worth! / found).toBeCloseTo(1, 1);
  });

  it('gives marginal returns as the formula does where nothing limits', async () => {
    const model = { ...roots, earning: `${roots.earning} - a - b - c` };
    const result = await optimiseModel(taskOf(model), alone, work);
    for (const [i, name] of ['a', 'b', 'c'].entries()) {
      const best = Math.min(500, (means[i]! / 2) ** 2 - 1);
      for (const value of lever(result, name).byMonth) expect(Math.abs(value - best)).toBeLessThan(0.01 * best + 0.5);
    }
    const slopes = used.map((i) => (roots.parameters.ka![i]! / (2 * Math.sqrt(501)) - 1) * days).sort((a, b) => a - b);
    expect(lever(result, 'a').marginalReturn / mean(slopes)).toBeCloseTo(1, 2);
    expect(lever(result, 'a').marginalLow).toBeCloseTo(slopes[3]! + 0.9 * (slopes[4]! - slopes[3]!), 0);
    expect(lever(result, 'a').atBound).toBe('high');
    expect(constraint(result, 'a.high').worth! / mean(slopes)).toBeCloseTo(1, 1);
  });

  it('never loses by a larger budget', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 40, max: 400 }), fc.integer({ min: 5, max: 200 }), async (daily, more) => {
        const solve = (perDay: number) =>
          optimiseModel(
            taskOf(roots, { months: 2, limits: { ...noLimits, budget: perDay * 61 }, draws: 10 }),
            alone,
            work,
          );
        const [one, two] = [await solve(daily), await solve(daily + more)];
        expect(two.objective.mean).toBeGreaterThanOrEqual(one.objective.mean * (1 - 1e-4));
      }),
      { numRuns: 4 },
    );
  });
});

it('fills the best lever first where returns are straight lines', async () => {
  const model: SmallModel = {
    levers: [
      { name: 'a', low: 0, high: 100, usual: 10 },
      { name: 'b', low: 0, high: 100, usual: 10 },
      { name: 'c', low: 0, high: 100, usual: 10 },
    ],
    parameters: { k: spreadAround(1, 0.1, 20, 1) },
    earning: 'k * (3 * a + 2 * b + c)',
    spending: 'a + b + c',
  };
  const limits = { ...noLimits, budget: 150 * days };
  const result = await optimiseModel(taskOf(model, { limits, draws: 20 }), alone, work);
  expect(mean(lever(result, 'a').byMonth)).toBeCloseTo(100, 1);
  // Months of 31, 30 and 30 days.
  const spentOnB = lever(result, 'b').byMonth.reduce((sum, value, month) => sum + value * (month === 0 ? 31 : 30), 0);
  expect(spentOnB / days).toBeCloseTo(50, 1);
  expect(mean(lever(result, 'c').byMonth)).toBeCloseTo(0, 1);
  expect(lever(result, 'a').atBound).toBe('high');
  expect(constraint(result, 'budget').worth! / 2).toBeCloseTo(1, 1);
});

it('takes less risk for the mean of the worst draws than for the mean of all', async () => {
  const model: SmallModel = {
    levers: [
      { name: 'safe', low: 0, high: 100, usual: 50 },
      { name: 'risky', low: 0, high: 100, usual: 50 },
    ],
    parameters: { luck: spreadAround(1.5, 1.5, 60, 5) },
    earning: 'safe + luck * risky',
    spending: 'safe + risky',
  };
  const limits = { ...noLimits, budget: 100 * days };
  const ask = (risk: { kind: 'mean' } | { kind: 'cvar'; alpha: number }) =>
    optimiseModel(taskOf(model, { limits, draws: 60, objective: { goal: 'margin', risk } }), alone, work);
  const [plain, careful] = [await ask({ kind: 'mean' }), await ask({ kind: 'cvar', alpha: 0.8 })];
  expect(mean(lever(plain, 'risky').byMonth)).toBeGreaterThan(95);
  expect(mean(lever(careful, 'risky').byMonth)).toBeLessThan(5);
  expect(careful.objective.p10).toBeGreaterThan(plain.objective.p10);
  expect(careful.objective.mean).toBeLessThan(plain.objective.mean);
});

describe('limits', () => {
  it('names the limit that cannot be kept, and by how much', async () => {
    const model = { ...roots, levers: roots.levers.map((one) => ({ ...one, low: 20 })) };
    const result = await optimiseModel(taskOf(model, { limits: { ...noLimits, budget: 40 * days } }), alone, work);
    expect(result.status).toBe('infeasible');
    expect(result.reason!.code).toBe('infeasible');
    expect(result.reason!.en).toContain('comes to 5,460 CNY at least, 1,820 above the limit of 3,640');
    expect(result.reason!.zh).toContain('1,820');
  });

  it('says that limits contradict each other', async () => {
    const model: SmallModel = {
      ...roots,
      levers: [
        { name: 'a', low: 0, high: 100, usual: 50 },
        { name: 'b', low: 0, high: 100, usual: 50 },
      ],
      parameters: { ka: roots.parameters.ka! },
      earning: 'ka * sqrt(a + 1)',
      spending: 'a + b',
      others: { tired: '1 - 0.005 * (a + b)' },
      fatigue: 'tired',
    };
    const limits = { ...noLimits, budget: 50 * days, fatigueMost: 0.5 };
    const result = await optimiseModel(taskOf(model, { limits }), alone, work);
    expect(result.status).toBe('infeasible');
    expect(result.reason!.en).toContain('together with the others');
  });

  it('keeps fatigue in every month', async () => {
    const model: SmallModel = {
      ...roots,
      parameters: { ka: roots.parameters.ka! },
      earning: 'ka * sqrt(a + 1)',
      spending: 'a',
      levers: [{ name: 'a', low: 0, high: 100, usual: 50 }],
      others: { tired: '0.01 * a' },
      fatigue: 'tired',
    };
    const limits = { ...noLimits, fatigueMost: 0.4 };
    const result = await optimiseModel(taskOf(model, { limits }), alone, work);
    for (const value of lever(result, 'a').byMonth) expect(value).toBeCloseTo(40, 3);
    const fatigue = constraint(result, 'fatigue');
    expect(fatigue.isBinding).toBe(true);
    const slope = (mean(model.parameters.ka!.filter((_, i) => i % 2 === 1)) / (2 * Math.sqrt(41))) * 100 * days;
    expect(fatigue.worth! / slope).toBeCloseTo(1, 1);
  });

  it('keeps shares at a sum of 1 in every month', async () => {
    const model: SmallModel = {
      levers: [
        { name: 'money', low: 0, high: 200, usual: 100 },
        { name: 'one', low: 0, high: 1, usual: 0.4, kind: 'share' },
        { name: 'two', low: 0, high: 1, usual: 0.3, kind: 'share' },
        { name: 'three', low: 0, high: 1, usual: 0.3, kind: 'share' },
      ],
      parameters: { k: spreadAround(30, 3, 20, 1) },
      earning: 'k * (2 * sqrt(1 + money * one) + sqrt(1 + money * two) + 0 * three)',
      spending: 'money',
    };
    const limits = { ...noLimits, budget: 100 * days };
    const result = await optimiseModel(taskOf(model, { limits, draws: 20 }), alone, work);
    for (let month = 0; month < 3; month += 1) {
      const at = (name: string) => lever(result, name).byMonth[month]!;
      expect(at('one') + at('two') + at('three')).toBeCloseTo(1, 9);
      // Roots of 4 : 1, with one yuan that counts from the start.
      expect(at('one')).toBeCloseTo(0.8 + 0.006, 2);
      expect(at('three')).toBeCloseTo(0, 3);
    }
    expect(result.rule.en).toContain('one 40 %');
  });
});

describe('the range of the data', () => {
  const series = { a_spend: Array.from({ length: 56 }, (_, day) => (day < 28 ? 40 : 60)) };
  const model: SmallModel = {
    ...roots,
    levers: roots.levers.map((one) => ({ ...one, ...(one.name === 'a' && { kpi: 'a_spend' }) })),
  };

  it('is left by no more than the margin, and unseen levers stay', async () => {
    const result = await optimiseModel(taskOf(model, { snapshot: snapshotOf(series), force: false }), alone, work);
    expect(result.levers.map(({ variable }) => variable)).toEqual(['a']);
    for (const value of lever(result, 'a').byMonth) expect(value).toBeCloseTo(66, 6);
    expect(result.outside).toEqual([{ variable: 'a', low: 40, high: 60, value: expect.closeTo(66, 6) as number }]);
    expect(result.notes!.map(({ code }) => code)).toContain('levers_held');
  });

  it('is left only when forced, and then by name', async () => {
    const result = await optimiseModel(taskOf(model, { snapshot: snapshotOf(series), levers: ['a'] }), alone, work);
    expect(lever(result, 'a').byMonth[0]).toBeCloseTo(500, 3);
    expect(result.outside.map(({ variable }) => variable)).toEqual(['a']);
    expect(result.notes!.find(({ code }) => code === 'outside_data')!.en).toContain('a');
  });

  it('is needed: without it, and for beliefs alone, there is a refusal', async () => {
    const unseen = await optimiseModel(taskOf(roots, { force: false }), alone, work);
    expect([unseen.status, unseen.reason!.code]).toEqual(['refused', 'levers_not_seen']);
    const prior = await optimiseModel(
      taskOf(roots, { force: false, fit: fitOf(roots.parameters, 'prior') }),
      alone,
      work,
    );
    expect([prior.status, prior.reason!.code]).toEqual(['refused', 'prior_only']);
    expect(JSON.parse(JSON.stringify(prior))).toEqual(prior);
  });

  it.each([
    ['bad_task', { months: 0 }],
    ['bad_task', { months: 2.5 }],
    ['bad_task', { objective: { goal: 'margin' as const, risk: { kind: 'cvar' as const, alpha: 1 } } }],
    ['unknown_lever', { levers: ['nobody'] }],
    ['no_levers', { levers: [] }],
    ['unknown_limit', { limits: { ...noLimits, fatigueMost: 0.5 } }],
    ['no_gates', { objective: { goal: 'gates' as const, risk: { kind: 'mean' as const } } }],
    [
      'unknown_kpi',
      {
        objective: {
          goal: 'gates' as const,
          risk: { kind: 'mean' as const },
          gates: [{ kpi: 'x', day: '2025-03-01', value: 1 }],
        },
      },
    ],
    [
      'bad_gate',
      {
        objective: {
          goal: 'gates' as const,
          risk: { kind: 'mean' as const },
          gates: [{ kpi: 'gmv', day: '2029-03-01', value: 1 }],
        },
      },
    ],
  ])('refuses with %s', async (code, options) => {
    const { status, reason } = await optimiseModel(taskOf(roots, options), alone, work);
    expect([status, reason!.code]).toEqual(['refused', code]);
    expect(reason!.zh).not.toBe('');
  });
});

describe('gates', () => {
  it('are passed with the highest probability where nothing else counts', async () => {
    const model: SmallModel = {
      levers: [
        { name: 'a', low: 0, high: 100, usual: 10 },
        { name: 'b', low: 0, high: 100, usual: 10 },
      ],
      parameters: { k: spreadAround(1, 0.3, 40, 3) },
      earning: 'k * a + 0.2 * b',
      spending: 'a + b',
    };
    const gates = [{ kpi: 'gmv', day: '2025-04-20', value: 50 * 53 }];
    const objective = { goal: 'gates' as const, risk: { kind: 'mean' as const }, gates };
    const limits = { ...noLimits, budget: 60 * days };
    const result = await optimiseModel(taskOf(model, { objective, limits, draws: 40 }), alone, work);
    expect(result.today.mean).toBeLessThan(0.01);
    // All of the first month, and in the second what the budget leaves, on what earns most.
    const most = 31 * 100 + (22 * (60 * days - 31 * 100)) / 30;
    const passing = model.parameters.k!.filter((k) => k * most >= 50 * 53).length / 40;
    expect(passing).toBeGreaterThan(0.8);
    expect(result.objective.mean).toBeGreaterThan(passing - 0.02);
    const gate = result.kpis.find(({ target }) => target !== null)!;
    expect(gate.probability).toBeCloseTo(result.objective.mean, 1);
    expect(gate.day).toBe('2025-04-20');
  });
});

describe('a run', () => {
  const limits = { ...noLimits, budget: 300 * days };

  it('gives the same bits for any number of threads', async () => {
    const task = taskOf(roots, { limits, months: 2 });
    const [one, two] = [await optimiseModel(task, alone, work), await optimiseModel(task, { threads: 2 }, work)];
    expect(two).toEqual(one);
  });

  it('gives the best so far when stopped', async () => {
    const stop = new AbortController();
    const stages: string[] = [];
    const result = await optimiseModel(
      taskOf(roots, { limits }),
      {
        threads: 1,
        signal: stop.signal,
        onProgress: (share, stage) => {
          stages.push(stage.en);
          if (share > 0.2) stop.abort();
        },
      },
      work,
    );
    expect(result.complete).toBe(false);
    expect(result.status).toBe('improved');
    expect(result.reason!.code).toBe('stopped');
    expect(result.objective.mean).toBeGreaterThanOrEqual(result.rule.mean);
    expect(new Set(stages).size).toBeGreaterThan(2);
  });

  it('goes on from the past, or runs through it where the model remembers otherwise', async () => {
    const growing: SmallModel = {
      ...roots,
      earning: `${roots.earning} + 0.01 * margin`,
      levers: roots.levers.slice(0, 1),
    };
    growing.earning = 'ka * sqrt(a + 1) + 0.001 * margin + 0 * kb + 0 * kc';
    growing.spending = 'a';
    const remembering = { ...growing, others: { late: 'DELAY(a, 5)' }, earning: `${growing.earning} + 0 * late` };
    const one = await optimiseModel(taskOf(growing, { limits }), alone, work);
    const two = await optimiseModel(taskOf(remembering, { limits }), alone, work);
    expect(two.today.mean / one.today.mean).toBeCloseTo(1, 9);
    expect(two.objective.mean / one.objective.mean).toBeCloseTo(1, 4);
  });

  it('refuses a model whose draws cannot be run', async () => {
    const broken = { ...roots, earning: 'ka / 0' };
    const { reason } = await optimiseModel({ ...taskOf(roots), model: smallModel(broken) }, alone, work);
    expect(reason!.code).toBe('runs_fail');
  });
});
