import { addDays } from '#lib/time.ts';
import { ownActs } from './acts.ts';
import type { Statement } from './brand-scope.ts';
import { bucketBefore, bucketSql, bucketsOf } from './calendar.ts';
import {
  askParams,
  eventColumn,
  filterSql,
  inRange,
  keySql,
  knownPerson,
  orderKey,
  personKey,
  wordList,
} from './compile.ts';
import type { Ask } from './kpi.ts';

const column = (split: keyof typeof eventColumn) => eventColumn[split];

/** Buyers with two orders or more in the bucket, of all its buyers. */
export function repurchase(ask: Ask): Statement {
  return {
    name: 'buyers by number of orders',
    sql:
      'SELECT t, k, countIf(orders >= 2) AS n, count() AS d FROM (' +
      `SELECT ${bucketSql(ask.grain)} AS t, ${keySql(ask, column)} AS k, person_id, uniqExact(${orderKey}) AS orders FROM @events ` +
      `WHERE type = 'order.paid' AND ${knownPerson} AND ${inRange}${filterSql(ask, column)} GROUP BY t, k, person_id) GROUP BY t, k`,
    params: askParams(ask),
  };
}

/** First day on which day D+N is not over yet. */
export function firstDayNotDue(ask: Pick<Ask, 'to' | 'today'>, days: number): string {
  const due = addDays(ask.today, -days);
  return due < ask.to ? due : ask.to;
}

/** Condition that the row p of `person_month` shows an act a number of days after the first day of f. */
export function actedOn(days: number): string {
  const day = `f.day0 + ${days}`;
  return `p.month = toStartOfMonth(${day}) AND bitTest(p.acts, toDayOfMonth(${day}) - 1)`;
}

/** Persons by the day D of their first act, and those of them who acted again on exactly day D+N; only where D+N is over. */
export function retention(ask: Ask, days: number): Statement {
  return {
    name: `persons first active and active again after ${days} days`,
    sql:
      `SELECT ${bucketSql(ask.grain, 'f.day0')} AS t, '' AS k, uniqExactIf(cityHash64(p.person_id), ${actedOn(days)}) AS n, ` +
      'uniqExactIf(cityHash64(p.person_id), p.month = toStartOfMonth(f.day0)) AS d FROM @person_month AS p ' +
      "INNER JOIN (SELECT person_id, min(first_day) AS day0 FROM @person_first WHERE act = 'any' GROUP BY person_id " +
      'HAVING day0 >= {from:Date} AND day0 < {due:Date}) AS f ON f.person_id = p.person_id ' +
      `WHERE p.month >= toStartOfMonth({from:Date}) AND p.month < {due:Date} + ${days} GROUP BY t`,
    params: { ...askParams(ask), due: firstDayNotDue(ask, days) },
  };
}

/** How many persons were first active in the range but too late for their day D+N to be over: n. */
export function retentionNotDue(ask: Ask, days: number): Statement {
  return {
    name: `persons first active fewer than ${days} days ago`,
    sql:
      "SELECT count() AS n FROM (SELECT person_id, min(first_day) AS day0 FROM @person_first WHERE act = 'any' GROUP BY person_id " +
      'HAVING day0 >= {due:Date} AND day0 >= {from:Date} AND day0 < {to:Date})',
    params: { from: ask.from, to: ask.to, due: firstDayNotDue(ask, days) },
  };
}

const communityDays = 30;

/** Joinings of a group, and those whose person is still in that group at the end of the 30th day after. */
export function communityRetention(ask: Ask): Statement {
  return {
    name: 'joinings of groups and who stayed',
    sql:
      `SELECT ${bucketSql(ask.grain, 'joined_on')} AS t, ${keySql(ask, (split) => groupColumn[split] ?? "''")} AS k, ` +
      'countIf(stays) AS n, count() AS d FROM (' +
      `SELECT group_id, community_id, joined_on, arrayLast(m -> m.2 <= joined_on + ${communityDays}, moves).3 AS stays FROM (` +
      'SELECT person_id, e.group_id AS group_id, toString(max(e.community_id)) AS community_id, ' +
      "arraySort(groupArray((occurred_at, day, type = 'group.joined'))) AS moves, " +
      'arrayDistinct(arrayMap(m -> m.2, arrayFilter(m -> m.3 AND m.2 >= {from:Date} AND m.2 < {due:Date}, moves))) AS joinings ' +
      `FROM @events AS e WHERE type IN ('group.joined', 'group.left') AND ${knownPerson} AND day >= {from:Date} AND day < {to:Date} + ${communityDays + 1}` +
      `${filterSql(ask, (split) => `e.${eventColumn[split]}`)} GROUP BY person_id, group_id) ARRAY JOIN joinings AS joined_on) GROUP BY t, k`,
    params: { ...askParams(ask), due: firstDayNotDue(ask, communityDays) },
  };
}
const groupColumn: Partial<Record<keyof typeof eventColumn, string>> = { group: 'group_id', community: 'community_id' };

/** Pairs of a bucket and the one before it. */
function bucketPairs(ask: Ask): [before: string, bucket: string][] {
  const buckets = bucketsOf(ask.from, ask.to, ask.grain);
  return buckets.map((bucket, i) => [i === 0 ? bucketBefore(ask.from, ask.to, ask.grain) : buckets[i - 1]!, bucket]);
}

/** Persons and the buckets in which they were active, from the bucket before the range on. */
function activeBuckets(ask: Ask): string {
  const bucket = ask.grain === 'total' ? 'if(day < {from:Date}, {before:Date}, {from:Date})' : bucketSql(ask.grain);
  return (
    `SELECT person_id, groupUniqArray(${bucket}) AS buckets FROM @person_day WHERE type IN ${wordList(ownActs)} ` +
    'AND day >= {before:Date} AND day < {to:Date} GROUP BY person_id'
  );
}

function pairParams(ask: Ask) {
  const pairs = bucketPairs(ask);
  return {
    from: ask.from,
    to: ask.to,
    before: pairs[0]![0],
    befores: pairs.map(([before]) => before),
    buckets: pairs.map(([, bucket]) => bucket),
  };
}

/** Of the persons active in the bucket before, those who were not active in this one. */
export function churn(ask: Ask): Statement {
  return {
    name: 'persons active before and no more',
    sql:
      "SELECT pair.2 AS t, '' AS k, countIf(NOT has(buckets, pair.2)) AS n, count() AS d " +
      `FROM (${activeBuckets(ask)}) ARRAY JOIN arrayFilter(p -> has(buckets, p.1), arrayZip({befores:Array(Date)}, {buckets:Array(Date)})) AS pair GROUP BY t`,
    params: pairParams(ask),
  };
}

/** Of the persons who had been active once but not in the bucket before, those who were active in this one. */
export function winBack(ask: Ask): Statement {
  return {
    name: 'dormant persons and who came back',
    sql:
      "SELECT pair.2 AS t, '' AS k, countIf(has(b.buckets, pair.2)) AS n, count() AS d FROM (" +
      "SELECT person_id, min(first_day) AS day0 FROM @person_first WHERE act = 'any' GROUP BY person_id) AS f " +
      `LEFT JOIN (${activeBuckets(ask)}) AS b ON b.person_id = f.person_id ` +
      'ARRAY JOIN arrayFilter(p -> f.day0 < p.1 AND NOT has(b.buckets, p.1), arrayZip({befores:Array(Date)}, {buckets:Array(Date)})) AS pair GROUP BY t',
    params: pairParams(ask),
  };
}

/**
 * Comings and goings by bucket (n = net change), and everything before the range under 1970-01-01. A person who joins
 * twice is there once; the state after the last event of a day counts for the day.
 */
export function stockChanges(ask: Ask, of: 'person' | 'koc', joined: string, left: string): Statement {
  const [entity, known] = of === 'person' ? ['person_id', knownPerson] : ['partner_id', "partner_id != ''"];
  return {
    name: `${joined} less ${left}`,
    sql:
      `SELECT if(move.2 < {from:Date}, toDate('1970-01-01'), ${bucketSql(ask.grain, 'move.2')}) AS t, '' AS k, sum(if(move.3, 1, -1)) AS n FROM (` +
      `SELECT ${entity}, arraySort(groupArray((occurred_at, day, type = '${joined}'))) AS moves, arrayMap(m -> m.3, moves) AS states, ` +
      'arrayFilter((m, now, before) -> now != before, moves, states, arrayPushFront(arrayPopBack(states), false)) AS changes ' +
      `FROM @events WHERE type IN ('${joined}', '${left}') AND ${known} AND day < {to:Date} GROUP BY ${entity}) ARRAY JOIN changes AS move GROUP BY t`,
    params: { from: ask.from, to: ask.to },
  };
}

/** Invitations accepted per person who invited, of one generation: n accepted, d inviters, squares for the interval. */
export function kFactor(ask: Ask, seed: boolean): Statement {
  const variant = `JSONExtractBool(props, 'seed') = ${seed}`;
  const inviter = "JSONExtractString(props, 'inviterPersonId')";
  return {
    name: `${seed ? 'seed' : 'member'} invitations`,
    sql:
      'SELECT t, k, sum(accepted) AS n, sum(inviters) AS d, sum(square) AS squares FROM (' +
      `SELECT ${bucketSql(ask.grain)} AS t, ${keySql(ask, column)} AS k, toUInt64(0) AS accepted, uniqExact(${personKey}) AS inviters, toUInt64(0) AS square ` +
      `FROM @events WHERE type = 'invite.sent' AND ${knownPerson} AND ${variant} AND ${inRange}${filterSql(ask, column)} GROUP BY t, k UNION ALL ` +
      'SELECT t, k, sum(taken) AS accepted, toUInt64(0) AS inviters, sum(taken * taken) AS square FROM (' +
      `SELECT ${bucketSql(ask.grain)} AS t, ${keySql(ask, column)} AS k, if(${inviter} = '', toString(event_id), ${inviter}) AS inviter, count() AS taken ` +
      `FROM @events WHERE type = 'invite.accepted' AND ${variant} AND ${inRange}${filterSql(ask, column)} GROUP BY t, k, inviter) GROUP BY t, k) GROUP BY t, k`,
    params: askParams(ask),
  };
}
