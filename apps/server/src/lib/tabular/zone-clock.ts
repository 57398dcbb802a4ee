import { zoneOffsetMs } from '#lib/time.ts';
import type { ValueFlag } from './outcome.ts';

const DAY_MS = 86_400_000;
const MAX_DAYS_KEPT = 20_000;

export interface Instant {
  readonly atMs: number;
  readonly flag?: Extract<ValueFlag, 'dst_gap' | 'dst_overlap'>;
}

/**
 * A function that turns a wall clock in a zone (given as if it were UTC milliseconds) into UTC milliseconds. A wall clock
 * that the zone skips in spring moves forward by what is skipped; one that comes twice in autumn is the first of the two
 * (as Temporal's `compatible`); both are flagged. Days without a change of offset cost one look-up.
 */
export function zoneClock(zone: string): (wallMs: number) => Instant {
  const steady = new Map<number, number | null>();
  return (wallMs) => {
    const day = Math.floor(wallMs / DAY_MS);
    let offset = steady.get(day);
    if (offset === undefined) {
      if (steady.size >= MAX_DAYS_KEPT) steady.clear();
      const before = zoneOffsetMs(zone, (day - 1) * DAY_MS);
      offset = before === zoneOffsetMs(zone, (day + 2) * DAY_MS) ? before : null;
      steady.set(day, offset);
    }
    return offset === null ? acrossChange(zone, wallMs) : { atMs: wallMs - offset };
  };
}

function acrossChange(zone: string, wallMs: number): Instant {
  const before = zoneOffsetMs(zone, wallMs - DAY_MS);
  const after = zoneOffsetMs(zone, wallMs + DAY_MS);
  const first = wallMs - before;
  const second = wallMs - after;
  const firstFits = zoneOffsetMs(zone, first) === before;
  const secondFits = zoneOffsetMs(zone, second) === after;
  if (firstFits && secondFits && first !== second) return { atMs: Math.min(first, second), flag: 'dst_overlap' };
  if (firstFits) return { atMs: first };
  if (secondFits) return { atMs: second };
  return { atMs: first, flag: 'dst_gap' };
}
