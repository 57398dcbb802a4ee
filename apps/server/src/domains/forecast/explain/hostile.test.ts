import { describe, expect, it } from 'vitest';
import { aux, fitOf, flow, level, lever, part, stock, taskOf, total, xmileOf } from './explain.fixture.ts';
import { explainModel } from './explain.ts';

const effort = { growth: 8, loops: 3, threshold: 8, folds: 3, couplings: 8 };
const people = [
  stock('Active members', 40, ['waking'], ['resting']),
  stock('quiet', 60, ['resting'], ['waking']),
  flow('waking', 'quiet * (wake + 0.2 * share^4 / (share^4 + theta^4))'),
  flow('resting', '"Active members" * 0.1'),
  aux('share', '"Active members" / ("Active members" + quiet)'),
  aux('theta', '0.4 + 0 * TIME'),
  aux('wake', 0.02),
];
const threshold = { activity: 'share', theta: 'theta', control: 'wake' };

describe('an explanation of an odd model', () => {
  it('begins today at the levels of stocks that are parameters too', async () => {
    const xmile = xmileOf(stock('members', 100, ['joining']) + flow('joining', 'rate * members') + aux('rate', 0.01));
    const fit = fitOf(
      ['members', 'rate'],
      [
        [100, 0.01],
        [200, 0.01],
        [300, 0.01],
      ],
    );
    const setup = {
      observations: [level('members')],
      couplings: [{ variable: 'rate', from: 'a', to: 'b', label: { en: 'r', zh: 'r' } }],
    };
    const result = await explainModel(taskOf(xmile, setup, fit, { days: 100, samples: 64 }), { threads: 1 }, effort);
    expect(result.ahead).toBe('from_today');
    // All of the output comes from where the median is today: 200 e, and e^0.91 later.
    expect(result.tornado[0]!.base).toBeCloseTo(200 * Math.exp(1.91), 4);
    expect(result.tornado[0]!.bars.map(({ low, high }) => high - low)).toEqual([0, 0]);
    expect(result.couplings).toEqual([]);
    expect(result.sensitivityRefused.map(({ code }) => code)).toEqual(['experiment.zero_variance']);
  });

  it('follows a lever as its control, names between quotes, a threshold that moves', async () => {
    const setup = {
      observations: [level('"Active members"')],
      threshold,
      levers: [{ ...lever('wake', 0, 0.1, 0.02), history: { kpi: 'w', measure: 'daily' as const } }],
    };
    const task = taskOf(xmileOf(people.join('')), setup, fitOf([], []), { days: 42, samples: 64 });
    const series = [{ kpi: 'w', values: Array.from({ length: 42 }, (_, day) => (day < 14 ? 0.02 : 0.03)) }];
    const result = await explainModel({ ...task, snapshot: { ...task.snapshot, series } }, { threads: 1 }, effort);
    expect(result.threshold!.controlNow).toBeCloseTo(0.03, 9);
    expect([result.threshold!.controlLow, result.threshold!.controlHigh]).toEqual([0, 0.1]);
    expect(result.threshold!.branches.length).toBeGreaterThan(0);
    for (const { points } of result.threshold!.branches) {
      for (const { control, activity } of points) {
        const wake = control + (0.2 * activity ** 4) / (activity ** 4 + 0.4 ** 4);
        expect((1 - activity) * wake - activity * 0.1).toBeCloseTo(0, 9);
      }
    }
    expect(result.causes.find(({ variable }) => variable.includes('Active'))!.equation).toContain(
      '∫ (waking − resting) dt',
    );
  });

  it('leaves runs out that do not stay finite', async () => {
    const xmile = xmileOf(
      stock('joined', 0, ['a', 'b']) +
        flow('a', '2 / (rate - 1)') +
        flow('b', '1 + rate * 0') +
        aux('rate', 0.5) +
        people.join(''),
    );
    const fit = fitOf(['rate'], [[0.5], [1], [0.6], [0.7], [0.5], [0.5], [0.5]]);
    const setup = { observations: [total('joined')], parts: [part('a', ['a']), part('b', ['b'])], threshold };
    const result = await explainModel(taskOf(xmile, setup, fit, { days: 40, samples: 64 }), { threads: 1 }, effort);
    for (const { terms } of result.outcomes[0]!.direct) {
      expect(terms.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
      expect(terms.every(({ amount }) => Number.isFinite(amount.p50))).toBe(true);
    }
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  it('refuses what the setup names and the model does not have', async () => {
    const setup = { observations: [total('nobody')] };
    await expect(
      explainModel(taskOf(xmileOf(people.join('')), setup, fitOf([], [])), { threads: 1 }, effort),
    ).rejects.toThrow(/nobody/);
  });

  it('says so where a model cannot go on from today', async () => {
    const late = aux('late', 'DELAY(joining, 5, 0)');
    const xmile = xmileOf(
      stock('joined', 0, ['joining', 'late']) +
        flow('joining', '2 + link') +
        aux('link', 1) +
        late.replaceAll('aux', 'flow') +
        people.join(''),
    );
    const setup = {
      observations: [total('joined')],
      threshold,
      levers: [lever('wake', 0, 0.2, 0.02)],
      couplings: [{ variable: 'link', from: 'a', to: 'b', label: { en: 'r', zh: 'r' } }],
    };
    const result = await explainModel(
      taskOf(xmile, setup, fitOf(['wake'], [[0.02], [0.03]]), { days: 40, samples: 64 }),
      { threads: 1 },
      effort,
    );
    expect(result.ahead).toBe('from_start');
    expect(result.warnings.map(({ code }) => code)).toContain('ahead.from_start');
    expect(result.couplings[0]!.whenCut).toBeCloseTo(-1 / 3, 9);
    expect(result.threshold!.crossings).toHaveLength(1);
  });

  it('reads Chinese names with blanks, arrays, and sixty parameters', async () => {
    const rates = Array.from({ length: 60 }, (_, i) => `rate ${i}`);
    const xmile = xmileOf(
      `${stock('活跃 会员', 40, ['唤醒 人数'], ['沉默 人数'])}${stock('沉默 会员', 60, ['沉默 人数'], ['唤醒 人数'])}
      ${flow('唤醒 人数', '"沉默 会员" * (0.02 + 0.2 * "优惠 力度") * (1 + ("活跃 度" / "临界 值") ^ 4 / 100)')}${flow('沉默 人数', '"活跃 会员" * 0.05')}
      ${aux('活跃 度', '"活跃 会员" / ("活跃 会员" + "沉默 会员")')}${aux('临界 值', 0.4)}${aux('优惠 力度', 0)}
      ${stock('累计', 0, ['日 增'])}${flow('日 增', `SUM(渠道[*]) + 0 * (${rates.map((name) => `"${name}"`).join(' + ')})`)}
      ${rates.map((name, i) => aux(name, 1 + i / 100)).join('')}
      <aux name="渠道"><dimensions><dim name="来源"/></dimensions><element subscript="a"><eqn>"活跃 会员"</eqn></element><element subscript="b"><eqn>"rate 0" * 10</eqn></element></aux>`,
      { dt: 0.0625 },
    ).replace('<model>', '<dimensions><dim name="来源"><elem name="a"/><elem name="b"/></dim></dimensions><model>');
    const steps = (value: number) => [
      { day: 0, value: 0 },
      { day: 1.5, value },
      { day: 1.75, value: 0 },
    ];
    const words = { en: '发券', zh: '发券' };
    const setup = {
      observations: [total('累计'), level('"活跃 会员"')],
      parts: [part('甲', ['渠道[a]']), part('乙', ['渠道[b]'])],
      levers: [{ ...lever('优惠 力度', 0, 9, 0), kind: 'pulse' as const }],
      threshold: { activity: '活跃 度', theta: '临界 值', control: '临界 值' },
      presets: [
        { id: 'drop', label: words, note: words, levers: [{ variable: '优惠 力度', steps: steps(5) }], couplings: [] },
      ],
    };
    const draws = Array.from({ length: 12 }, (_, k) => rates.map((_name, i) => 1 + ((k * (i + 3)) % 12) / 10));
    const task = taskOf(xmile, setup, fitOf(rates, draws), { days: 30, samples: 64 });
    const result = await explainModel(task, { threads: 1 }, effort);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    expect(result.threshold!.drop!.levers[0]!.variable).toBe('优惠 力度');
    expect(result.threshold!.drop!.share).toBe(1);
    expect(result.findings.map(({ code }) => code)).toContain('drop_crosses');
    for (const { terms } of result.outcomes[0]!.direct)
      expect(terms.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
  });
});
