import { describe, expect, it } from 'vitest';
import type { DropCrossing } from './result.ts';
import {
  couplingSentence,
  crossingSentence,
  distanceSentence,
  dropSentence,
  figure,
  foldSentence,
  growthSentence,
  loopSentence,
  percent,
  percentRange,
  rareFoldSentence,
} from './sentences.ts';

const koc = { en: 'KOC diffusion', zh: 'KOC 扩散' };
const members = { en: 'New members', zh: '新增会员' };
const share = { share: 0.412, low: 0.33, high: 0.479 };

describe('sentences', () => {
  it('say what drives growth, in both languages', () => {
    expect(growthSentence(koc, members, share, { month: '2026-03-01', isLatest: true })).toEqual({
      code: 'growth_by_part',
      en: 'KOC diffusion drives 41 % of growth in new members this month (33–48 %, 80 % interval).',
      zh: '本月新增会员的增长有 41% 来自 KOC 扩散（80% 区间 33–48%）。',
    });
    const earlier = growthSentence({ en: 'Social fission', zh: '社交裂变' }, { en: 'GMV', zh: 'GMV' }, share, {
      month: '2025-11-01',
      isLatest: false,
    });
    expect(earlier.en).toBe('Social fission drives 41 % of growth in GMV in November 2025 (33–48 %, 80 % interval).');
    expect(earlier.zh).toBe('2025 年 11 月 GMV 的增长有 41% 来自社交裂变（80% 区间 33–48%）。');
  });

  it('say what loops, distance, levers and couplings do', () => {
    expect(loopSentence(koc, share, { month: '2026-03-01', isLatest: true }).zh).toBe(
      '本月模型变动的 41% 由经过 KOC 扩散的反馈回路推动（80% 区间 33–48%）。',
    );
    expect(distanceSentence({ activity: 0.2412, theta: 0.3, probabilityAbove: 0.07 })).toMatchObject({
      en: 'Activity is 24.1 % and the threshold 30 %: the community is below it with 93 % probability.',
      zh: '当前活跃率 24.1%，临界阈值 30%：社群处于阈值之下的概率为 93%。',
    });
    const fold = { now: 0.01083, at: 0.01134, low: 0.0074, high: 0.0188, unit: '1/day', up: true };
    expect(foldSentence({ en: 'Spontaneous waking', zh: '自发唤醒率' }, fold)).toEqual({
      code: 'tips_up',
      en: 'The community tips up by itself where spontaneous waking passes 0.0113 1/day (0.0074 to 0.0188, 80 % interval); today it is 0.0108.',
      zh: '自发唤醒率升到 0.0113（80% 区间 0.0074 至 0.0188）时，社群会自行跃升；今天为 0.0108。',
    });
    const change = { from: 1, to: 2.5, unit: { en: 'sessions per day', zh: '场/天' }, heldDays: 28, up: true };
    expect(crossingSentence({ en: 'Live sessions', zh: '直播场次' }, change)).toMatchObject({
      en: 'Live sessions from 1 to 2.5 sessions per day for 28 days would carry the community above its threshold in more than half of the draws.',
      zh: '把直播场次从 1 调到 2.5 场/天并保持 28 天，过半数的模拟会越过临界阈值。',
    });
    const binding = couplingSentence({ en: 'Traffic → user', zh: '流量 → 用户' }, members, {
      elasticity: 0.6,
      low: 0.4,
      high: 0.81,
    });
    expect(binding.en).toBe(
      'Traffic → user binds new members most: one per cent more of it changes them by 0.6 % over the coming quarter (0.4 to 0.81 %, 80 % interval).',
    );
  });

  it('say that an outcome shrank, and that a fold is not sure', () => {
    const shrinking = growthSentence(koc, members, share, { month: '2026-03-01', isLatest: true }, true);
    expect(shrinking.en).toBe(
      'KOC diffusion drives 41 % of what was added to new members this month (33–48 %, 80 % interval); more was lost.',
    );
    expect(shrinking.zh).toContain('但流失更多');
    expect(rareFoldSentence(0.275).en).toContain('28 % of the draws have such a point');
  });

  it('say what a drop does, or how near it comes', () => {
    const quantiles = { p10: 0.29, p25: 0.3, p50: 0.31, p75: 0.32, p90: 0.33, mean: 0.31 };
    const drop: DropCrossing = {
      preset: 'surge',
      label: { en: 'Drop', zh: '发券' },
      hours: 3,
      levers: [
        { variable: 'depth', label: { en: 'Depth', zh: '深度' }, unit: { en: '', zh: '' }, value: 0.5, before: 0 },
      ],
      share: 0.1,
      shareStaying: 0.05,
      shareWithout: 0,
      activity: quantiles,
      distance: { ...quantiles, p50: -0.052 },
      byDay: [
        { day: 0, share: 0.1, shareStaying: 0.05, shareWithout: 0 },
        { day: 14, share: 0.4, shareStaying: 0.3, shareWithout: 0 },
      ],
      to: null,
      most: 0.3,
      draws: 60,
    };
    expect(dropSentence(drop)).toEqual({
      code: 'drop_falls_short',
      en: 'A drop of 3 hours (depth 0.5) would lift activity to 31 % (29 % to 33 %, 80 % interval), 5.2 points below the threshold: 10 % of the draws (0 % without it) cross; no depth within its bounds carries more than 30 % across. In 14 days it would be 40 %: when it comes counts.',
      zh: '3 小时的集中投放（深度 0.5）会把活跃率提升到 31%（80% 区间 29% 至 33%），低于临界阈值 5.2 个百分点：10% 的模拟（不投放为 0%）越过；在允许范围内，任何深度最多使 30% 的模拟越过。若在 14 天后进行则为 40%，时机很重要。',
    });
    const crossing = dropSentence({ ...drop, share: 0.8, shareStaying: 0.7, to: 0.41 });
    expect(crossing.en).toBe(
      'A drop of 3 hours (depth 0.5) would carry the community above its threshold in 80 % of the draws (0 % without it), and 70 % are still above it two weeks later; from a depth of 0.41 on more than half do.',
    );
    expect(crossing.zh).toContain('深度达到 0.41 起过半数会越过');
  });

  it('write numbers as people read them', () => {
    expect([percent(0.412), percent(0.004), percent(0), percent(-0.2)]).toEqual(['41 %', '< 1 %', '0 %', '−20 %']);
    expect(percentRange(-0.104, 0.2)).toBe('−10–20 %');
    expect([0, 1234567, 12.345, 0.012345, -3, 1e-7].map(figure)).toEqual([
      '0',
      '1,234,567',
      '12.3',
      '0.0123',
      '−3',
      '0.0000001',
    ]);
  });
});
