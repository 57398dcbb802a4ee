import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cell } from './cells.ts';
import { guessDateOrder, parseDay, parseInterval, parseTime, timeOptions } from './timestamps.ts';
import { zoneClock } from './zone-clock.ts';

const shanghai = timeOptions('Asia/Shanghai');

function iso(cell: Cell, options = shanghai): string {
  const parsed = parseTime(cell, options);
  if (!parsed.ok) return parsed.code;
  return parsed.note === undefined ? new Date(parsed.value.atMs).toISOString() : parsed.note;
}

describe('times', () => {
  it('reads the forms of platforms on the clock of the zone', () => {
    const noon = '2024-05-01T12:00:00.000Z';
    const midnight = '2024-04-30T16:00:00.000Z';
    const cases: readonly (readonly [Cell, string])[] = [
      ['2024-05-01 20:00:00', noon],
      ['2024/5/1 20:00', noon],
      ['2024年5月1日 20时', noon],
      ['2024年5月1日20点00分', noon],
      ['2024年05月01日 20:00', noon],
      ['2024.05.01 20:00', noon],
      ['20240501', midnight],
      ['20240501200000', noon],
      ['2024-05-01', midnight],
      ['2024-05-01T20:00:00', noon],
      ['2024-05-01T12:00:00Z', noon],
      ['2024-05-01T12:00:00.000+00:00', noon],
      ['2024-05-01 13:00 +0100', noon],
      ['2024-05-01 20:00:00 (UTC+8)', noon],
      ['2024-05-01 08:00 PM', noon],
      ['2024-05-01 下午 8:00', noon],
      ['2024-05-01 20:00 星期三', noon],
      ['2024-05-01 (Wed) 20:00', noon],
      ['1 May 2024 20:00', noon],
      ['May 1, 2024, 8:00 PM', noon],
      ['1-May-24 20:00', noon],
      ['1714564800', noon],
      ['1714564800000', noon],
      ['45413.8333333333', noon],
      [45413.8333333333, noon],
      [{ kind: 'serial', days: 45413.833333333336, shows: 'datetime' }, noon],
      ['="2024-05-01 20:00:00"', noon],
      ['\t2024-05-01 20:00:00', noon],
      ['2024-04-30 24:00:00', midnight],
      ['25/12/2024 20:00', '2024-12-25T12:00:00.000Z'],
      ['12/25/2024 8:00 PM', '2024-12-25T12:00:00.000Z'],
      ['05/05/2024', '2024-05-04T16:00:00.000Z'],
      ['05/01/2024 20:00', 'date_ambiguous'],
      ['2024-02-30', 'date_impossible'],
      ['2024-05-01 25:00', 'date_impossible'],
      ['0000-00-00 00:00:00', 'date_impossible'],
      ['yesterday', 'not_a_time'],
      ['2024-05-01 and more', 'not_a_time'],
      ['12', 'not_a_time'],
      ['-', 'empty'],
      ['统计中', 'not_final'],
    ];
    for (const [cell, expected] of cases) expect([cell, iso(cell)]).toEqual([cell, expected]);
  });

  it('reads days and months in the order of the column', () => {
    const london = 'Europe/London';
    expect(iso('01/12/2010 08:26', timeOptions(london, 'dmy'))).toBe('2010-12-01T08:26:00.000Z');
    expect(iso('01/12/2010 08:26', timeOptions(london, 'mdy'))).toBe('2010-01-12T08:26:00.000Z');
    expect(iso('13/12/2010', timeOptions(london, 'mdy'))).toBe('date_impossible');
    expect(guessDateOrder(['01/05/2024', '13/05/2024', '02/05/2024 10:00'])).toEqual({
      dateOrder: 'dmy',
      proofs: 1,
      contradicting: 0,
      open: 2,
    });
    expect(guessDateOrder(['01/05/2024', '2024-05-01'])).toMatchObject({ dateOrder: null, open: 1 });
    expect(guessDateOrder(['1/13/2024', '1/14/2024', '15/1/2024'])).toMatchObject({
      dateOrder: 'mdy',
      contradicting: 1,
    });
  });

  it('defines what the clocks skip and repeat', () => {
    const newYork = timeOptions('America/New_York');
    expect(parseTime('2024-03-10 02:30:00', newYork)).toMatchObject({
      value: { atMs: Date.UTC(2024, 2, 10, 7, 30) },
      flags: ['dst_gap'],
    });
    expect(parseTime('2024-11-03 01:30:00', newYork)).toMatchObject({
      value: { atMs: Date.UTC(2024, 10, 3, 5, 30) },
      flags: ['dst_overlap'],
    });
    expect(iso('2024-03-10 01:59:59', newYork)).toBe('2024-03-10T06:59:59.000Z');
    expect(iso('2024-03-10 03:00:00', newYork)).toBe('2024-03-10T07:00:00.000Z');
    expect(iso('2024-11-03 02:00:00', newYork)).toBe('2024-11-03T07:00:00.000Z');
  });

  it('agrees with the zone for every instant, both ways', () => {
    const zones = [
      'Asia/Shanghai',
      'Asia/Jakarta',
      'America/New_York',
      'Europe/London',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'America/Sao_Paulo',
    ];
    const clocks = new Map(zones.map((zone) => [zone, zoneClock(zone)]));
    fc.assert(
      fc.property(fc.integer({ min: 946_684_800, max: 1_893_456_000 }), fc.constantFrom(...zones), (second, zone) => {
        const atMs = second * 1000;
        const parts = new Intl.DateTimeFormat('sv-SE', {
          timeZone: zone,
          dateStyle: 'short',
          timeStyle: 'medium',
        }).format(atMs);
        const back = clocks.get(zone)?.(Date.parse(`${parts.replace(' ', 'T')}Z`));
        if (back?.flag === 'dst_overlap') expect([atMs, atMs - 3_600_000, atMs - 1_800_000]).toContain(back.atMs);
        else expect(back).toEqual({ atMs });
      }),
      { numRuns: 1000 },
    );
  });

  it('gives days and intervals', () => {
    expect(parseDay('2024-05-01 23:59', shanghai)).toMatchObject({ value: '2024-05-01' });
    expect(parseDay('2024-05-01T20:00:00Z', shanghai)).toMatchObject({ value: '2024-05-02' });
    const forms = [
      '2024-05-01 20:00:00 ~ 2024-05-01 23:10:00',
      '2024-05-01 20:00:00~2024-05-01 23:10:00',
      '2024-05-01 20:00 至 2024-05-01 23:10',
      '2024-05-01 20:00-23:10',
      '2024/05/01 20:00 - 2024/05/01 23:10',
    ];
    for (const form of forms) {
      const parsed = parseInterval(form, shanghai);
      expect([form, parsed]).toMatchObject([
        form,
        { value: { from: { atMs: Date.UTC(2024, 4, 1, 12) }, to: { atMs: Date.UTC(2024, 4, 1, 15, 10) } } },
      ]);
    }
    expect(parseInterval('2024-05-01 20:00-01:30', shanghai)).toMatchObject({
      value: { to: { atMs: Date.UTC(2024, 4, 1, 17, 30) } },
    });
    expect(parseInterval('2024-05-01-2024-05-31', shanghai)).toMatchObject({ ok: true });
    expect(parseInterval('2024-05-02 ~ 2024-05-01', shanghai)).toMatchObject({ code: 'interval_reversed' });
    expect(parseInterval('2024-05-02', shanghai)).toMatchObject({ code: 'not_an_interval' });
  });
});
