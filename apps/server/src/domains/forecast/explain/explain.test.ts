import { describe, expect, it } from 'vitest';
import { aux, fitOf, flow, level, lever, part, spread, stock, taskOf, total, xmileOf } from './explain.fixture.ts';
import { explainModel } from './explain.ts';

const words = { en: 'Link', zh: '联系' };
/** A small community: friends bring friends, more so above the threshold; adverts bring the rest; people forget. */
const xmile = xmileOf(
  [
    stock('prospects', 20000, [], ['friends', 'adverts']),
    stock('active', 300, ['friends', 'adverts', 'waking'], ['forgetting']),
    stock('quiet', 700, ['forgetting'], ['waking']),
    stock('joined', 0, ['counting']),
    flow('counting', 'friends + adverts'),
    flow('friends', 'link * acceptance * active * together * prospects / 20000'),
    flow('adverts', 'budget / 50 * prospects / 20000'),
    flow('waking', 'quiet * (wake + 0.05 * (together - 1) + 0.02 * budget / 1000)'),
    flow('forgetting', 'active * 0.1'),
    aux('together', '1 + ratio / (1 + ratio)'),
    aux('ratio', '(activity / theta)^20'),
    aux('activity', 'active / members'),
    aux('members', 'active + quiet'),
    aux('theta', 0.35),
    aux('wake', 0.03),
    aux('acceptance', 0.01),
    aux('budget', 500),
    aux('link', 1),
    stock('takings', 0, ['selling']),
    flow('selling', 'active * 2'),
  ].join(''),
  { dt: 0.25, method: 'rk2' },
);
const setup = {
  observations: [total('takings', 'gmv'), total('joined', 'new_members'), level('members')],
  parts: [
    part('fission', ['friends', 'together'], 'user'),
    part('adverts', ['adverts'], 'traffic'),
    part('shop', ['selling'], 'money'),
  ],
  threshold: { activity: 'activity', theta: 'theta', control: 'wake' },
  levers: [lever('budget', 0, 5000, 500)],
  couplings: [{ variable: 'link', from: 'user', to: 'user', label: words }],
  optimise: { spend: 'takings', margin: 'takings', members: 'members' },
};
const effort = { growth: 31, loops: 4, threshold: 31, folds: 4, couplings: 31 };
const [wakes, accepts] = [spread(0.028, 0.034, 31), spread(0.008, 0.012, 31, 7)];
const fit = fitOf(
  ['wake', 'acceptance', 'scale:gmv'],
  wakes.map((wake, i) => [wake, accepts[i]!, 1]),
);
const task = taskOf(xmile, setup, fit, { days: 120, samples: 64 });

describe('an explanation', () => {
  it('tells of growth, loops, threshold, couplings, sensitivity and causes', async () => {
    const told: number[] = [];
    const result = await explainModel(task, {
      threads: 1,
      onProgress: (share) => told.push(share),
    });
    expect(told.length).toBeGreaterThan(8);
    expect(told.toSorted((a, b) => a - b)).toEqual(told);
    expect(result).toMatchObject({
      kind: 'explain',
      basis: 'data',
      today: '2026-05-01',
      ahead: 'from_today',
      draws: 31,
      warnings: [],
    });
    // Joins come first though sales are named first: they are what members grow by.
    expect(result.growth.map(({ month }) => month)).toEqual(['2026-01-01', '2026-02-01', '2026-03-01', '2026-04-01']);
    expect(result.growth[0]!.shares.map(({ part: id }) => id)).toEqual(['fission', 'adverts']);
    expect(result.outcomes.map(({ kpi, variable }) => kpi ?? variable)).toEqual(['gmv', 'new_members', 'members']);
    expect(result.loops.length).toBeGreaterThan(3);
    expect(result.threshold!.folds.length).toBeGreaterThan(0);
    expect(result.threshold!.crossings.map(({ lever: id }) => id)).toEqual(['budget']);
    expect(result.sobol.map(({ output }) => output).sort()).toEqual(['gmv', 'members', 'new_members']);
    expect(result.couplings.find(({ output }) => output === 'new_members')!.elasticity).toBeGreaterThan(0);
    expect(result.causes.find(({ variable }) => variable === 'friends')!.part).toBe('fission');
    const codes = result.findings.map(({ code }) => code);
    expect(codes.slice(0, 2)).toEqual(['growth_by_part', 'growth_by_part']);
    expect(codes).toEqual(expect.arrayContaining(['loops_by_part', 'distance_to_threshold', 'binding_coupling']));
    for (const { en, zh } of result.findings) expect(en !== '' && /[一-鿿]/.test(zh)).toBe(true);
    const text = JSON.stringify(result);
    expect(JSON.parse(text)).toEqual(result);
    expect(text).not.toContain('null,null');
  });

  it('has the same bits for any number of threads, and without data or parameters', async () => {
    const one = await explainModel(task, { threads: 1 }, effort);
    expect(await explainModel(task, { threads: 2 }, effort)).toEqual(one);
    const prior = await explainModel(taskOf(xmile, setup, fit, { days: 0, samples: 64 }), { threads: 1 }, effort);
    expect(prior.growth.length).toBeGreaterThan(0);
    expect(prior.ahead).toBe('from_start');
    const plain = await explainModel(
      taskOf(xmile, setup, fitOf([], []), { days: 30, samples: 64 }),
      { threads: 1 },
      effort,
    );
    expect(plain.sobol).toEqual([]);
    expect(plain.threshold!.probabilityAbove === 0 || plain.threshold!.probabilityAbove === 1).toBe(true);
  });

  it('works for a model of which the setup says nothing', async () => {
    const bare = await explainModel(taskOf(xmile, {}, fit, { days: 30, samples: 64 }), { threads: 1 }, effort);
    expect(bare).toMatchObject({ growth: [], outcomes: [], threshold: null, sobol: [], couplings: [], findings: [] });
    expect(bare.causes.length).toBeGreaterThan(15);
  });

  it('ends when asked to', async () => {
    const stop = new AbortController();
    const work = explainModel(task, {
      threads: 1,
      signal: stop.signal,
      onProgress: (share) => {
        if (share > 0.3) stop.abort(new Error('stopped'));
      },
    });
    await expect(work).rejects.toThrow('stopped');
    await expect(explainModel(task, { threads: 1, signal: AbortSignal.abort(new Error('at once')) })).rejects.toThrow(
      'at once',
    );
  });
});
