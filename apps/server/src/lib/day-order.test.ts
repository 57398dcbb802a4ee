import { describe, expect, it } from 'vitest';
import { localTimes } from './day-order.ts';

const row = (raw: string | null, timeMs: number | null) => ({
  raw: () => raw,
  timeMs: () => timeMs,
  note: () => (timeMs === null ? 'unreadable' : undefined),
});

describe('localTimes', () => {
  it('puts the day first, but in the United States the month', () => {
    const ambiguous = row('10/05/2026 22:05:43\t', null);
    expect(localTimes('Asia/Bangkok', 'THB')(ambiguous, 'at')).toBe(Date.parse('2026-05-10T22:05:43+07:00'));
    expect(localTimes('America/New_York', 'USD')(ambiguous, 'at')).toBe(Date.parse('2026-10-05T22:05:43-04:00'));
  });

  it('leaves alone what the column tells, and what is no time', () => {
    expect(localTimes('Asia/Bangkok', 'THB')(row('10/05/2026', 7), 'at')).toBe(7);
    expect(localTimes('Asia/Bangkok', 'THB')(row('tomorrow', null), 'at')).toBeNull();
    expect(localTimes('Asia/Bangkok', 'THB')(row(null, null), 'at')).toBeNull();
  });
});
