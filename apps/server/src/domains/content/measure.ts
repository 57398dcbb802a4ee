import { hash } from 'node:crypto';
import type { Uuid } from '#lib/id.ts';

/** A number that files report and later files may correct: spend of a day and campaign, exposure of a day and medium. */
export interface Measure {
  id: Uuid;
  atMs: number;
  value: number;
  /** Second number of a measure, for example the whole market's voice. */
  total: number | null;
  revision: number;
  seen: readonly number[];
}

const SEEN_KEPT = 16;

/** What a newly read value adds to what is known. */
export interface MeasureStep {
  next: Measure;
  delta: number;
  totalDelta: number | null;
}

/** Digest of what a file says of a measure, so that an older file read again changes nothing. */
export function measureDigest(value: number, total: number | null): number {
  return Number.parseInt(hash('sha1', `${value} ${total}`, 'hex').slice(0, 8), 16) | 0;
}

/** The measure after reading a value; null when the value says nothing new or was superseded before. */
export function stepMeasure(
  known: Measure | undefined,
  read: Pick<Measure, 'id' | 'atMs' | 'value' | 'total'>,
): MeasureStep | null {
  const digest = measureDigest(read.value, read.total);
  if (known?.seen.includes(digest)) return null;
  const total = read.total ?? known?.total ?? null;
  const next: Measure = {
    ...read,
    atMs: known?.atMs ?? read.atMs,
    total,
    revision: (known?.revision ?? 0) + 1,
    seen: [...(known?.seen ?? []), digest].slice(-SEEN_KEPT),
  };
  return {
    next,
    delta: read.value - (known?.value ?? 0),
    totalDelta: total === null ? null : total - (known?.total ?? 0),
  };
}
