import { communityActs } from './acts.ts';
import type { Statement } from './brand-scope.ts';
import { bucketSql } from './calendar.ts';
import { eventsOf, knownPerson, orderKey, personKey, wordList } from './compile.ts';
import type { DistinctMeasure, SumMeasure } from './kpi.ts';
import { actedOn } from './lifecycle-queries.ts';
import { followed, follows } from './linkage-queries.ts';
import type { Grain } from './schema.ts';

/** A range of days: `from` is in it, `to` is not. */
export interface Period {
  from: string;
  to: string;
}

/** What the first screen asks about: a period, the one it is compared with, and the grain of the sparklines. */
export interface PanelAsk {
  current: Period;
  previous: Period;
  spark: Grain;
  today: string;
}

/** The days of both periods. */
const inEither = '(day >= {from:Date} AND day < {to:Date} OR day >= {compareFrom:Date} AND day < {compareTo:Date})';
const isCurrent = 'day >= {from:Date}';

function params({ current, previous }: PanelAsk) {
  return { from: current.from, to: current.to, compareFrom: previous.from, compareTo: previous.to };
}

const columns = { events: 'events', quantity: 'quantity', amount: 'amount_minor' } as const;

/** All sums of the screen in one pass over `kpi_day`: now (1 = current period), t, and m<i> for measure i. */
export function panelSums(measures: readonly SumMeasure[], ask: PanelAsk): Statement {
  const sums = measures.map((measure, i) => {
    const values =
      measure.variants ?? (measure.flag ? [measure.flag] : measure.customer ? [measure.customer] : undefined);
    const dimension = measure.variants ? 'variant' : measure.flag ? 'flag' : measure.customer ? 'customer' : 'all';
    const types = [...measure.types, ...(measure.minus ?? [])];
    const column = columns[measure.of];
    const value = measure.minus ? `if(type IN ${wordList(measure.minus)}, -${column}, ${column})` : column;
    const conditions = [
      `dim = '${dimension}'`,
      `type IN ${wordList(types)}`,
      ...(values ? [`dim_value IN ${wordList(values)}`] : []),
    ];
    return `sumIf(${value}, ${conditions.join(' AND ')}) AS m${i}`;
  });
  return {
    name: 'sums',
    sql:
      `SELECT ${isCurrent} AS now, ${bucketSql(ask.spark)} AS t, ${sums.join(', ')} FROM @kpi_day ` +
      `WHERE dim IN ('all', 'variant', 'flag', 'customer') AND ${inEither} GROUP BY now, t`,
    params: params(ask),
  };
}

/** A count of different things: t = '' with `now` and `before` of the two periods, then `now` of each bucket of the current one. */
export function panelDistinct(name: string, measure: DistinctMeasure, ask: PanelAsk, byBucket: boolean): Statement {
  const counted = { order: orderKey, person: personKey, koc: 'partner_id' }[measure.of];
  const source = `FROM ${measure.of === 'person' ? '@person_day' : '@events'} WHERE ${eventsOf(measure)}`;
  const totals = `SELECT '' AS t, uniqExactIf(${counted}, ${isCurrent}) AS now, uniqExactIf(${counted}, NOT (${isCurrent})) AS before ${source} AND ${inEither}`;
  const buckets = `SELECT toString(${bucketSql(ask.spark)}) AS t, uniqExact(${counted}) AS now, toUInt64(0) AS before ${source} AND ${isCurrent} AND day < {to:Date} GROUP BY t`;
  return { name, sql: byBucket ? `${totals} UNION ALL ${buckets}` : totals, params: params(ask) };
}

/** Buyers with two orders or more, of all buyers, in both periods. */
export function panelRepurchase(ask: PanelAsk): Statement {
  return {
    name: 'repurchase',
    sql:
      'SELECT countIf(now >= 2) AS n, countIf(now > 0) AS d, countIf(before >= 2) AS n_before, countIf(before > 0) AS d_before FROM (' +
      `SELECT person_id, uniqExactIf(${orderKey}, ${isCurrent}) AS now, uniqExactIf(${orderKey}, NOT (${isCurrent})) AS before ` +
      `FROM @events WHERE type = 'order.paid' AND ${knownPerson} AND ${inEither} GROUP BY person_id)`,
    params: params(ask),
  };
}

export const panelRetentionDays = [1, 7, 30] as const;

/** Persons by the day of their first act (n0), and those who acted again n days later: t, n<days>. */
export function panelRetention(ask: PanelAsk): Statement {
  const last = panelRetentionDays.at(-1)!;
  const back = panelRetentionDays.map((days) => `uniqExactIf(cityHash64(p.person_id), ${actedOn(days)}) AS n${days}`);
  return {
    name: 'retention of newcomers',
    sql:
      `SELECT f.day0 AS t, uniqExactIf(cityHash64(p.person_id), p.month = toStartOfMonth(f.day0)) AS n0, ${back.join(', ')} FROM @person_month AS p ` +
      "INNER JOIN (SELECT person_id, min(first_day) AS day0 FROM @person_first WHERE act = 'any' GROUP BY person_id " +
      'HAVING day0 >= {compareFrom:Date} AND day0 < {to:Date}) AS f ON f.person_id = p.person_id ' +
      `WHERE p.month >= toStartOfMonth({compareFrom:Date}) AND p.month < {to:Date} + ${last} GROUP BY t`,
    params: { compareFrom: ask.previous.from, to: ask.current.to },
  };
}

/** Persons of a first kind of act, and those who followed with a second, in both periods. */
export function panelFollow(name: 'community_to_live' | 'live_to_community', ask: PanelAsk): Statement {
  const [first, second] =
    name === 'community_to_live' ? [communityActs, ['live.entered']] : [['live.entered'], ['group.joined']];
  const period = { now: 'f >= {current:Date}', before: 'f < {compareTo:Date}' };
  const reached = `arrayExists(s -> ${follows}, seconds)`;
  return {
    name,
    sql:
      `SELECT countIf(arrayExists(f -> ${period.now} AND ${reached}, firsts)) AS n, countIf(arrayExists(f -> ${period.now}, firsts)) AS d, ` +
      `countIf(arrayExists(f -> ${period.before} AND ${reached}, firsts)) AS n_before, countIf(arrayExists(f -> ${period.before}, firsts)) AS d_before ` +
      `FROM (${followed(first, second)})`,
    params: { from: ask.previous.from, to: ask.current.to, current: ask.current.from, compareTo: ask.previous.to },
  };
}
