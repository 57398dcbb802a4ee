import { followDays } from './acts.ts';
import type { Statement } from './brand-scope.ts';
import { bucketsOf, daysBetween, nextBucket } from './calendar.ts';
import type { PanelAsk, Period } from './cockpit-queries.ts';

/** Who was active and who crossed from one strand to the other, as counts of persons. */
export interface PeopleCounts {
  active: PairCount;
  /** Active persons by bucket of the sparkline. */
  activeAt: Map<string, bigint>;
  communityToLive: { over: PairCount; per: PairCount };
  liveToCommunity: { over: PairCount; per: PairCount };
}

/** A count in the current period and in the one it is compared with. */
export interface PairCount {
  current: bigint;
  previous: bigint;
}

const widths = [64, 128, 256] as const;

/** Bits that the days of both periods and what follows them take; undefined when they are more than an integer holds. */
function widthOf(ask: PanelAsk): (typeof widths)[number] | undefined {
  const days = daysBetween(ask.previous.from, ask.current.to) + followDays;
  return widths.find((width) => days <= width);
}

/** The days of a period as bits, counted from the start of the window. */
function maskOf(ask: PanelAsk, period: Period, width: number): string {
  const first = daysBetween(ask.previous.from, period.from);
  const days = daysBetween(period.from, period.to);
  return `toUInt${width}('${((1n << BigInt(days)) - 1n) << BigInt(first)}')`;
}

/**
 * Counts of persons by bit operations: the months of `person_month` are shifted to one window that starts with the earlier
 * period, one bit a day, and joined by person. Undefined for periods too long for that.
 */
export function panelPeople(ask: PanelAsk): Statement | undefined {
  const width = widthOf(ask);
  if (width === undefined) return undefined;
  const window = (column: string) =>
    `groupBitOr(if(month < {start:Date}, bitShiftRight(toUInt${width}(${column}), toUInt16(greatest({start:Date} - month, 0))), ` +
    `bitShiftLeft(toUInt${width}(${column}), toUInt16(greatest(month - {start:Date}, 0))))) AS ${column}_days`;
  const now = maskOf(ask, ask.current, width);
  const before = maskOf(ask, ask.previous, width);
  const any = (days: string, mask: string) => `countIf(bitAnd(${days}, ${mask}) != 0)`;
  const reached = (first: string, second: string, mask: string) =>
    `countIf(bitAnd(${withFollowing(`bitAnd(${first}, ${mask})`)}, ${second}) != 0)`;
  const pair = (name: string, count: (mask: string) => string) => [
    `${count(now)} AS ${name}_now`,
    `${count(before)} AS ${name}_before`,
  ];
  const columns = [
    ...pair('active', (mask) => any('acts_days', mask)),
    ...pair('community', (mask) => any('community_days', mask)),
    ...pair('live', (mask) => any('live_days', mask)),
    ...pair('to_live', (mask) => reached('community_days', 'live_days', mask)),
    ...pair('to_community', (mask) => reached('live_days', 'joined_days', mask)),
    ...sparkPeriods(ask).map(({ t, period }) => `${any('acts_days', maskOf(ask, period, width))} AS \`${t}\``),
  ];
  return {
    name: 'active persons and crossings',
    sql:
      `SELECT ${columns.join(', ')} FROM (SELECT person_id, ${['acts', 'community', 'live', 'joined'].map(window).join(', ')} FROM @person_month ` +
      `WHERE month >= toStartOfMonth({start:Date}) AND month < {end:Date} + ${followDays} GROUP BY person_id)`,
    params: { start: ask.previous.from, end: ask.current.to },
  };
}

/** The days given and the seven after each: shifts of 1, 2 and 4 together reach every distance from 0 to 7. */
function withFollowing(days: string): string {
  return [1, 2, 4].reduce((sql, step) => `bitOr(${sql}, bitShiftLeft(${sql}, ${step}))`, days);
}

function sparkPeriods(ask: PanelAsk): { t: string; period: Period }[] {
  const { from, to } = ask.current;
  return bucketsOf(from, to, ask.spark).map((t) => {
    const end = nextBucket(t, ask.spark, to);
    return { t, period: { from: t < from ? from : t, to: end < to ? end : to } };
  });
}

/** Reads the one row that `panelPeople` answers. */
export function peopleCounts(row: Record<string, string> | undefined, ask: PanelAsk): PeopleCounts {
  const count = (name: string) => BigInt(row?.[name] ?? 0);
  const pair = (name: string): PairCount => ({ current: count(`${name}_now`), previous: count(`${name}_before`) });
  return {
    active: pair('active'),
    activeAt: new Map(sparkPeriods(ask).map(({ t }) => [t, count(t)])),
    communityToLive: { over: pair('to_live'), per: pair('community') },
    liveToCommunity: { over: pair('to_community'), per: pair('live') },
  };
}
