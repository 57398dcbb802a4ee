import { describe, expect, it } from 'vitest';
import { stretches } from './branch-option.ts';
import { placeOn, scaleOf } from './interval-bar.tsx';
import { mainShares } from './share-option.ts';

const one = (id: string, share: number) => ({ id, name: id, shares: [{ share, low: share / 2, high: share * 2 }] });

describe('shares of a whole', () => {
  it('keeps five and gathers the rest, which still add up', () => {
    const all = [0.3, 0.05, 0.2, 0.15, 0.1, 0.1, 0.06, 0.04].map((share, index) => one(`p${index}`, share));
    const main = mainShares(all, 'Other');
    expect(main.map(({ id }) => id)).toEqual(['p0', 'p2', 'p3', 'p4', 'p5', 'other']);
    expect(main.reduce((sum, { shares }) => sum + (shares[0]?.share ?? 0), 0)).toBeCloseTo(1);
    expect(main.at(-1)?.shares[0]?.low).toBeNaN();
  });
  it('leaves six alone', () => {
    expect(
      mainShares(
        [0.5, 0.5].map((share, index) => one(`p${index}`, share)),
        'Other',
      ),
    ).toHaveLength(2);
  });
});

describe('branches', () => {
  it('are cut where stability changes, with lines that meet', () => {
    const points = [true, true, false, false, true].map((stable, index) => ({
      control: index,
      activity: index,
      stable,
    }));
    const cut = stretches(points);
    expect(cut.map(({ stable, points: part }) => [stable, part.length])).toEqual([
      [true, 2],
      [false, 3],
      [true, 2],
    ]);
    expect(stretches([])).toEqual([]);
  });
});

describe('intervals on a scale', () => {
  it('stay inside, whatever they are', () => {
    expect(placeOn(0, 10, 5)).toBe(50);
    expect(placeOn(0, 10, 50)).toBe(100);
    expect(placeOn(3, 3, 3)).toBe(50);
    expect(scaleOf([Number.NaN])).toEqual({ from: 0, to: 1 });
    const { from, to } = scaleOf([1, 2]);
    expect(from).toBeLessThan(1);
    expect(to).toBeGreaterThan(2);
  });
});
