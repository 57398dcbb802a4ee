import type { Cockpit, Kpi } from '@tandem/server/schema/metrics';
import { describe, expect, it } from 'vitest';
import { cardGroups } from './cockpit-data.ts';

const kpi = (id: string, dimension: string) => ({ id, dimension }) as Kpi;
const card = (id: string, value: number | null, previous: number | null = null, target: number | null = null) =>
  ({ id, value, previous, target, omitted: [], spark: [] }) as unknown as Cockpit['cards'][number];
const catalogue = [
  kpi('gmv', 'business'),
  kpi('ad_spend', 'business'),
  kpi('roi', 'business'),
  kpi('views', 'live'),
  kpi('nps', 'brand'),
];

describe('cards by dimension', () => {
  const groups = cardGroups(
    { cards: [card('gmv', 5), card('ad_spend', 0, 0, 9), card('roi', 0), card('views', 0), card('nps', null)] },
    catalogue,
  );

  it('come in the order business, user, brand, live, content, linkage', () => {
    expect(groups.map((group) => group.dimension)).toEqual(['business', 'brand', 'live']);
  });
  it('keep a zero that has a target and gather the others', () => {
    expect(groups[0]?.shown.map((one) => one.kpi.id)).toEqual(['gmv', 'ad_spend']);
    expect(groups[0]?.silent.map((one) => one.id)).toEqual(['roi']);
  });
  it('take a whole row of zeros as no data', () => {
    expect(groups[2]).toMatchObject({ shown: [], silent: [{ id: 'views' }] });
  });
  it('show a figure that was something before and is nothing now', () => {
    const [group] = cardGroups({ cards: [card('gmv', 0, 7)] }, catalogue);
    expect(group?.shown).toHaveLength(1);
  });
});
