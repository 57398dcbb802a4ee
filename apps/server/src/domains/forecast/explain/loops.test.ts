import { describe, expect, it } from 'vitest';
import { aux, fitOf, flow, level, part, spread, stock, subjectFor, xmileOf } from './explain.fixture.ts';
import { explainLoops } from './loops.ts';

/** Growth towards a limit: the growing loop rules until half of the places are taken, then the limiting one. */
const xmile = xmileOf(
  [
    stock('members', 5, ['joining']),
    flow('joining', 'members * fraction'),
    aux('fraction', 'growth * (1 - members / places)'),
    aux('growth', 0.12),
    aux('places', 1000),
    stock('alone', 10, [], ['fading']),
    flow('fading', 'alone * 0.5'),
  ].join(''),
  { dt: 1, method: 'euler' },
);
const setup = {
  observations: [level('members'), level('alone')],
  parts: [part('limit', ['fraction'], 'outside'), part('invitations', ['joining'], 'inside')],
};
const fit = fitOf(
  ['growth'],
  spread(0.11, 0.13, 9).map((value) => [value]),
);

describe('loops by month', () => {
  it('of logistic growth pass from growth to limit at half the places', async () => {
    const subject = subjectFor(xmile, setup, fit, { days: 90 });
    const { loops, complete } = await explainLoops(subject, 9);
    expect(complete).toBe(true);
    expect(loops.map(({ polarity }) => polarity).sort()).toEqual(['balancing', 'reinforcing']);
    const growth = loops.find(({ polarity }) => polarity === 'reinforcing')!;
    const limit = loops.find(({ polarity }) => polarity === 'balancing')!;
    expect(growth.byMonth.map(({ month }) => month)).toEqual(['2026-01-01', '2026-02-01', '2026-03-01']);
    const [january, , march] = limit.byMonth;
    expect(growth.byMonth[0]!.score).toBeGreaterThan(0.9);
    expect(march!.score).toBeLessThan(-0.9);
    for (const [m, { score }] of growth.byMonth.entries()) expect(score - limit.byMonth[m]!.score).toBeCloseTo(1, 9);
    // With one flow the share of the limit is how full the world is: weekly looks in January, mean over the draws.
    const full = spread(0.11, 0.13, 9).map((rate) => {
      let members = 5;
      let sum = 0;
      for (let day = 1; day <= 28; day += 1) {
        members += rate * members * (1 - members / 1000);
        if (day % 7 === 0) sum += members / 1000;
      }
      return sum / 4;
    });
    expect(-january!.score).toBeCloseTo(full.reduce((sum, value) => sum + value, 0) / 9, 9);
    expect(-january!.low).toBeGreaterThan(-january!.high);
  });

  it('are shared out to parts and sectors', async () => {
    const { loopMonths, loops } = await explainLoops(subjectFor(xmile, setup, fit, { days: 90 }), 9);
    const limit = loops.find(({ polarity }) => polarity === 'balancing')!;
    expect(limit.parts).toEqual(['limit', 'invitations']);
    expect(limit.sectors).toEqual(['outside', 'inside']);
    for (const [m, { parts, sectors }] of loopMonths.entries()) {
      expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
      expect(sectors.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
      const own = parts.find(({ part: id }) => id === 'limit')!;
      expect(own.share).toBeCloseTo(Math.abs(limit.byMonth[m]!.score) / 2, 9);
    }
  });

  it('are told to be none where nothing feeds back', async () => {
    const flat = xmileOf(stock('members', 0, ['joining']) + flow('joining', '2') + aux('growth', 1));
    const found = await explainLoops(subjectFor(flat, { ...setup, observations: [level('members')] }, fit), 5);
    expect(found.loops).toEqual([]);
    expect(found.warnings.map(({ code }) => code)).toEqual(['loops.none']);
  });
});
