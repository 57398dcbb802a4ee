import { describe, expect, it } from 'vitest';
import {
  couplingSentence,
  crossingSentence,
  distanceSentence,
  figure,
  foldSentence,
  growthSentence,
  loopSentence,
  percent,
  percentRange,
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
      '本月社群变化的 41% 由经过 KOC 扩散的反馈回路推动（80% 区间 33–48%）。',
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
