import type { Column } from '@tandem/dynamics';
import type { SetupObservation } from '../setup.ts';

/** How rows of an ensemble become KPI by week. */
export interface ObservedLayout {
  columns: Column[];
  /** Numbers in a row of the ensemble. */
  width: number;
  /** KPI x weeks, KPI after KPI. */
  count: number;
  weeks: number;
  /** Reads the row that begins at `from` of `values` into `into` from `place` on: KPI after KPI, week after week. */
  read(values: Float64Array, from: number, into: Float64Array, place: number): void;
}

/**
 * Columns that see a model as KPI do, for weeks between `boundaries` (model days, as `weekBoundaries` gives them; spans may
 * also be shorter or longer than a week). Totals are increases over a span, levels are values at its end, means are means
 * of its days, each day seen at its end.
 */
export function observedLayout(
  observations: readonly SetupObservation[],
  boundaries: readonly number[],
): ObservedLayout {
  const weeks = boundaries.length - 1;
  const plans = observations.map(({ measure }) => {
    if (measure !== 'mean') return { measure, times: boundaries, ends: [] };
    const times: number[] = [];
    const ends: number[] = [];
    for (let week = 0; week < weeks; week++) {
      for (let day = boundaries[week]! + 1; day < boundaries[week + 1]!; day++) times.push(day);
      times.push(boundaries[week + 1]!);
      ends.push(times.length);
    }
    return { measure, times, ends };
  });
  const columns = plans.map(
    ({ times }, i): Column => ({ output: observations[i]!.variable, reduce: { kind: 'samples', times: [...times] } }),
  );
  return {
    columns,
    width: plans.reduce((sum, { times }) => sum + times.length, 0),
    count: observations.length * weeks,
    weeks,
    read(values, from, into, place) {
      let at = from;
      let next = place;
      for (const { measure, times, ends } of plans) {
        for (let week = 0; week < weeks; week++) {
          if (measure === 'total') into[next++] = values[at + week + 1]! - values[at + week]!;
          else if (measure === 'level') into[next++] = values[at + week + 1]!;
          else into[next++] = meanBetween(values, at + (ends[week - 1] ?? 0), at + ends[week]!);
        }
        at += times.length;
      }
    },
  };
}

function meanBetween(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i]!;
  return sum / (to - from);
}
