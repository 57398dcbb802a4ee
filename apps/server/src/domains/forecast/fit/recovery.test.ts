import { expect, it } from 'vitest';
import { recoveryStudy } from './index.ts';
import { shop } from './shop.fixture.ts';

it('nine in ten intervals hold the truth', { timeout: 60_000 }, async () => {
  const told: string[] = [];
  const study = await recoveryStudy({
    model: shop,
    replications: 12,
    seed: 300,
    method: 'quick',
    days: 210,
    workplace: { threads: 1, onProgress: (_, { en }) => told.push(en) },
  });
  expect(study).toMatchObject({ method: 'quick', replications: 12, failed: 0, complete: true });
  // Of 96 intervals, with several of one history going together: a broken width leaves this band, chance does not.
  expect(study.coverage).toBeGreaterThan(0.78);
  expect(study.unidentified).toEqual(['unseen']);
  expect(study.parameters).toHaveLength(8);
  expect(told.at(-1)).toBe('12 of 12 histories fitted');
});
