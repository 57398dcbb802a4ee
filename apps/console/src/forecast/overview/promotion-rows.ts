import type { PromotionEntry } from '@tandem/server/schema/forecast';
import { addDays } from '../../figures/period.ts';

/** A promotion as it is edited: the last day is included, the depth is in per cent, and what is missing is null. */
export interface PromotionRow {
  key: string;
  name: string;
  first: string | null;
  last: string | null;
  depthPercent: number | null;
}

export function rowsOf(entries: readonly PromotionEntry[]): PromotionRow[] {
  return entries.map((one, index) => ({
    key: `${one.from}-${index}`,
    name: one.name,
    first: one.from,
    last: addDays(one.to, -1),
    depthPercent: Number((one.depth * 100).toPrecision(6)),
  }));
}

export type RowFault = 'name' | 'days' | 'order' | 'depth';

/** What stands in the way of keeping a row; null where nothing does. */
export function faultOf({ name, first, last, depthPercent }: PromotionRow): RowFault | null {
  if (name.trim() === '') return 'name';
  if (first === null || last === null) return 'days';
  if (last < first) return 'order';
  return depthPercent === null || depthPercent < 0 || depthPercent > 100 ? 'depth' : null;
}

/** The calendar as the server keeps it, by first day; only of rows without a fault. */
export function entriesOf(rows: readonly PromotionRow[]): PromotionEntry[] {
  return rows
    .flatMap(({ name, first, last, depthPercent }) =>
      first === null || last === null || depthPercent === null
        ? []
        : [
            {
              name: name.trim(),
              from: first,
              to: addDays(last, 1),
              depth: Number((depthPercent / 100).toPrecision(6)),
            },
          ],
    )
    .sort((a, b) => (a.from < b.from ? -1 : 1));
}
