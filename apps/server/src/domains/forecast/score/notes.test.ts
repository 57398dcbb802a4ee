import { describe, expect, it } from 'vitest';
import { addDays } from '#lib/time.ts';
import { shop, snapshotOf } from '../fit/shop.fixture.ts';
import type { DailySeries, Snapshot } from '../task.ts';
import { peakOf, shiftOf } from './breaks.ts';
import { notesOf } from './notes.ts';
import { inputsOf } from './record.ts';
import { seasonOf } from './seasons.ts';

/** Some scatter without chance. */
const wobble = (day: number) => 1 + 0.1 * Math.sin(day * 2.7) + 0.05 * Math.cos(day * 1.3);

function notesFor(orders: DailySeries['values'], more: Partial<Snapshot> = {}) {
  const snapshot = { ...snapshotOf([{ kpi: 'orders', values: orders }]), ...more };
  const task = {
    kind: 'backtest' as const,
    model: shop,
    snapshot,
    seed: 1,
    origins: 4,
    horizons: [{ from: 1, to: 4 }],
  };
  const series = inputsOf(shop.setup, snapshot, 28).map((input) => ({
    kpi: input.kpi,
    input,
    folds: [{ origin: 70, grids: {}, observed: new Float64Array(4), maseScale: null }],
    missing: [],
  }));
  return notesOf(task, series);
}

describe('notes', () => {
  it('name the season that one year of data holds once, by the calendar of the place', () => {
    const from = '2025-01-01';
    const doubled = (first: string, last: string) =>
      Array.from({ length: 365 }, (_, day) => {
        const date = addDays(from, day);
        return Math.round(100 * wobble(day) * (date >= first && date < last ? 2 : 1));
      });
    const values = doubled('2025-11-01', '2025-12-20');
    const [note, ...others] = notesFor(values, { zone: 'Europe/London' });
    expect(others).toEqual([]);
    expect(note).toMatchObject({ kpi: 'orders', code: 'season_once' });
    expect(note!.en).toMatch(
      /from 2025-1\d-\d\d to 2025-12-\d\d .* (1\.9|2\.0) times .*: the Christmas season\. .*no method can learn it/,
    );
    expect(note!.zh).toMatch(/圣诞季.*任何方法都无法/);
    expect(notesFor(doubled('2025-10-20', '2025-11-15'))[0]!.en).toContain('11.11');
  });

  it('say from when on the level is another', () => {
    const [note] = notesFor(
      Array.from({ length: 400 }, (_, day) => Math.round(1000 * wobble(day) * (day < 230 ? 1 : 0.5))),
    );
    expect(note).toMatchObject({ code: 'level_shift' });
    expect(note!.en).toMatch(/from about 2025-08-\d\d on the level is 0\.[45]\d times/);
  });

  it('say what is closed, missing or not there any more', () => {
    const values = Array.from({ length: 300 }, (_, day) => {
      if (day % 7 === 3) return day >= 296 ? null : 0;
      if (day >= 100 && day < 115) return 0;
      if (day >= 160 && day < 190) return null;
      return day >= 296 ? null : Math.round(100 * wobble(day));
    });
    const notes = notesFor(values);
    expect(notes.map(({ code }) => code)).toEqual(['closed_weekdays', 'closed_days', 'gaps', 'partial_end']);
    expect(notes[0]!.en).toContain('Saturdays');
    expect(notes[0]!.zh).toContain('星期六');
    expect(notes[1]!.en).toContain('2025-06-10 to 2025-07-09');
    expect(notes[3]!.en).toContain('last 4 days');
  });

  it('have nothing to say of steady growth, of noise, or of nothing', () => {
    expect(notesFor(Array.from({ length: 400 }, (_, day) => Math.round(100 * 1.003 ** day * wobble(day))))).toEqual([]);
    expect(notesFor(new Array<number>(200).fill(5))).toEqual([]);
  });
});

describe('peaks and shifts', () => {
  it('are not seen in short, empty or zero series', () => {
    for (const weeks of [
      new Float64Array(0),
      new Float64Array(60),
      new Float64Array(60).fill(Number.NaN),
      new Float64Array(5).fill(3),
    ]) {
      expect(peakOf(weeks)).toBeUndefined();
      expect(shiftOf(weeks, undefined)).toBeUndefined();
    }
  });
});

describe('seasons', () => {
  it('are those of the zone', () => {
    expect(seasonOf('2026-12-01', 'Europe/London')?.name.en).toBe('the Christmas season');
    expect(seasonOf('2026-11-10', 'Asia/Shanghai')?.name.zh).toBe('“双11”大促');
    expect(seasonOf('2026-12-01', 'Asia/Shanghai')).toBeUndefined();
    expect(seasonOf('2026-07-20', 'Europe/London')).toBeUndefined();
  });
});
