import { type LoadedModel, leverHistories } from '../model/index.ts';
import type { SetupLever } from '../setup.ts';
import type { LeverPath, Snapshot } from '../task.ts';
import { pulseHabit } from './pulses.ts';

/**
 * How far a lever may leave what the data have seen: a quarter of the observed range beyond either end, so that it gets
 * 1.5 times as wide, and at least a tenth of its largest value where it hardly ever moved.
 */
export const rangeFactor = 1.5;
const leastShare = 0.1;

/** A lever that may be chosen. */
export interface FreeLever {
  lever: SetupLever;
  /** Bounds of each month's value. */
  low: number;
  high: number;
  /** What it goes on as, where nothing is changed. */
  today: number;
  seen: { low: number; high: number } | undefined;
}

export interface LeverRanges {
  free: FreeLever[];
  /** Levers asked for that stay as today, since the data do not show what moving them does. */
  unseen: SetupLever[];
  /** Other shares with the values at which all shares add up to 1. */
  held: LeverPath[];
  /** What the free shares add up to in each month; null where none are free. */
  shareSum: number | null;
}

/** Which of the levers asked for may be chosen, and within what. Forced ones get the bounds of the setup. */
export function leverRanges(
  { setup }: LoadedModel,
  snapshot: Snapshot,
  asked: readonly string[],
  isForced: boolean,
): LeverRanges {
  const all = leverHistories(setup, snapshot).map(({ seen, onward }, i) => ({ lever: setup.levers[i]!, seen, onward }));
  const shares = all.filter(({ lever }) => lever.kind === 'share');
  const total = shares.reduce((sum, { onward }) => sum + onward, 0);
  const divisor = total > 0 ? total : 1;
  const chosen = all.filter(({ lever }) => asked.includes(lever.variable));
  const candidates = chosen.map(({ lever, seen, onward }): FreeLever => {
    const usual = lever.kind === 'pulse' ? pulseHabit(lever, snapshot).strength : onward;
    const today = lever.kind === 'share' ? onward / divisor : usual;
    const { low, high } = isForced ? lever : widened(lever, seen, today);
    return { lever, low, high, today, seen };
  });
  const movable = candidates.filter(({ low, high }) => high > low);
  // One share alone cannot move while the others stay.
  const isLone = movable.filter(({ lever }) => lever.kind === 'share').length === 1;
  const free = isLone ? movable.filter(({ lever }) => lever.kind !== 'share') : movable;
  const names = new Set(free.map(({ lever }) => lever.variable));
  const rest = shares.filter(({ lever }) => !names.has(lever.variable));
  return {
    free,
    unseen: candidates
      .filter(({ lever, seen }) => !isForced && seen === undefined && !names.has(lever.variable))
      .map(({ lever }) => lever),
    held: rest.map(({ lever, onward }) => ({ variable: lever.variable, steps: [{ day: 0, value: onward / divisor }] })),
    shareSum: rest.length === shares.length ? null : 1 - rest.reduce((sum, { onward }) => sum + onward / divisor, 0),
  };
}

function widened(lever: SetupLever, seen: FreeLever['seen'], today: number): { low: number; high: number } {
  if (seen === undefined) return { low: today, high: today };
  const width = seen.high - seen.low;
  const most = Math.max(Math.abs(seen.low), Math.abs(seen.high));
  const pad = Math.max(((rangeFactor - 1) / 2) * width, leastShare * most);
  return { low: Math.max(lever.low, seen.low - pad), high: Math.min(lever.high, seen.high + pad) };
}

/** The values nearest to the given ones that lie within bounds and add up to a sum; as near as bounds let them. */
export function toSum(
  values: readonly number[],
  ranges: readonly { low: number; high: number }[],
  sum: number,
): number[] {
  const at = (shift: number) =>
    values.map((value, i) => Math.min(ranges[i]!.high, Math.max(ranges[i]!.low, value + shift)));
  const added = (list: readonly number[]) => list.reduce((total, value) => total + value, 0);
  const reach =
    1 + Math.max(...values.map(Math.abs), ...ranges.map(({ low, high }) => Math.max(Math.abs(low), Math.abs(high))));
  let [low, high] = [-2 * reach, 2 * reach];
  for (let i = 0; i < 100 && high - low > 1e-15 * reach; i += 1) {
    const middle = (low + high) / 2;
    if (added(at(middle)) < sum) low = middle;
    else high = middle;
  }
  return at((low + high) / 2);
}
