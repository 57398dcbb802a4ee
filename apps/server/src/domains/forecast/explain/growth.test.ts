import { describe, expect, it } from 'vitest';
import { aux, fitOf, flow, part, spread, stock, subjectFor, total, xmileOf } from './explain.fixture.ts';
import { growthByPart } from './growth.ts';

/** Three ways to join, of which one is a product with a price in front, and one that belongs to no part. */
const xmile = xmileOf(
  [
    stock('active', 100, ['friends', 'adverts', 'waking'], ['resting']),
    stock('quiet', 50, ['walk_ins', 'resting'], ['waking', 'leaving']),
    aux('members', 'active + quiet'),
    stock('joined', 0, ['counting']),
    flow('counting', 'joins'),
    aux('joins', 'friends + adverts + walk_ins'),
    flow('friends', 'share * 100'),
    flow('adverts', '(1 - share) * 100'),
    flow('walk_ins', '7'),
    flow('waking', 'quiet * 0.1'),
    flow('resting', 'active * 0.05'),
    flow('leaving', 'quiet * 0.02'),
    stock('takings', 0, ['selling']),
    flow('selling', 'MAX(0, price * orders * (1 - 0.1))'),
    aux('orders', 'impulse + habit'),
    aux('impulse', '3'),
    aux('habit', '1 + TIME * 0'),
    aux('price', 20),
    aux('share', 0.3),
  ].join(''),
);
const setup = {
  parameters: [],
  observations: [total('joined', 'new_members'), total('takings', 'gmv')],
  parts: [
    part('friends', ['friends']),
    part('adverts', ['adverts']),
    part('shop', ['selling', 'orders']),
    part('impulse', ['impulse']),
    part('habit', ['habit']),
  ],
  optimise: { spend: 'takings', margin: 'takings', members: 'members' },
};
const fit = fitOf(
  ['share'],
  spread(0.2, 0.4, 40).map((value) => [value]),
);

describe('growth by part', () => {
  it('adds up to the whole, with the interval of what draws say', async () => {
    const [joined] = await growthByPart(subjectFor(xmile, setup, fit), 40, 91);
    const [january, february, , ahead] = joined!.direct;
    expect([january!.from, january!.to, ahead!.isForecast]).toEqual(['2026-01-01', '2026-02-01', true]);
    expect(january!.amount.p50).toBeCloseTo(31 * 107, 6);
    for (const month of joined!.direct)
      expect(month.terms.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
    const byPart = Object.fromEntries(january!.terms.map((term) => [term.part, term]));
    expect(byPart.friends!.share).toBeCloseTo(30 / 107, 9);
    expect(byPart.friends!.low).toBeCloseTo(22 / 107, 2);
    expect(byPart.friends!.high).toBeCloseTo(38 / 107, 2);
    expect(byPart.null!.amount.mean).toBeCloseTo(31 * 7, 6);
    expect(february!.terms.map(({ variables }) => variables)).toEqual([['friends'], ['adverts'], []]);
  });

  it('opens sums within a part for the source of its flows', async () => {
    const [, takings] = await growthByPart(subjectFor(xmile, setup, fit), 10, 91);
    expect(takings!.direct[0]!.terms.map(({ part: id, share }) => [id, share])).toEqual([['shop', 1]]);
    const sources = takings!.source[0]!.terms;
    expect(sources.map(({ part: id }) => id)).toEqual(['impulse', 'habit']);
    expect(sources.map(({ share }) => share)).toEqual([expect.closeTo(0.75, 9), expect.closeTo(0.25, 9)]);
    expect(sources[0]!.amount.p50).toBeCloseTo(31 * 18 * 3, 6);
  });

  it('of members leaves out who only goes from one stock to another', async () => {
    const members = (await growthByPart(subjectFor(xmile, setup, fit), 10, 91)).find(
      ({ variable }) => variable === 'members',
    );
    const [month] = members!.direct;
    expect(month!.terms.map(({ part: id }) => id).sort()).toEqual(['adverts', 'friends', null]);
    const byPart = Object.fromEntries(month!.terms.map((term) => [term.part, term]));
    expect(byPart.friends!.amount.mean + byPart.adverts!.amount.mean).toBeCloseTo(3100, 6);
    expect(month!.terms.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  it('is nothing where no part acts', async () => {
    expect(await growthByPart(subjectFor(xmile, { ...setup, parts: [] }, fit), 10, 91)).toEqual([]);
    expect(
      await growthByPart(subjectFor(xmile, { ...setup, parts: [part('x', ['price'])] }, fit), 10, 91),
    ).toMatchObject([{ variable: 'takings' }]);
  });
});
