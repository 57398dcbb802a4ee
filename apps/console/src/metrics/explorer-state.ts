import type { Grain, Kpi, Split } from '@tandem/server/schema/metrics';

export const grains: readonly Grain[] = ['day', 'week', 'month', 'quarter', 'total'];

export const splits: readonly Split[] = [
  'room',
  'session',
  'community',
  'group',
  'koc',
  'channel',
  'product',
  'customer',
  'strand',
];

export function isGrain(value: unknown): value is Grain {
  return grains.some((grain) => grain === value);
}

export function isSplit(value: unknown): value is Split {
  return splits.some((split) => split === value);
}

/** A filter as the address and the API write it: `room:r-1`. */
export interface Filter {
  split: Split;
  value: string;
}

export function filterOf(text: string): Filter | null {
  const colon = text.indexOf(':');
  const split = text.slice(0, colon);
  return colon > 0 && isSplit(split) ? { split, value: text.slice(colon + 1) } : null;
}

/** The grain to show: the chosen one where the KPI knows it, else the nearest that it knows. */
export function usableGrain(kpi: Kpi, chosen: Grain): Grain {
  if (kpi.grains.includes(chosen)) return chosen;
  return kpi.grains[0] ?? 'total';
}

/** Shifts a point of the compared period onto the axis of this one: both start at their first day. */
export function alignDay(day: string, comparedFrom: string, from: string): string {
  const start = (text: string) => Date.parse(`${text}T00:00:00Z`);
  return new Date(start(from) + start(day) - start(comparedFrom)).toISOString().slice(0, 10);
}
